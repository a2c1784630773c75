import {
  isAllowed,
  isLocalDate,
  isTimeZone,
  minuteOfDay,
  nextAllowed,
  NEXT_ALLOWED_DAYS_MAX,
  startOfLocalDay,
  startOfNextLocalDay,
  type Calendar,
} from '../../lambda/core/calendar';

const calendar = (changes: Partial<Calendar>): Calendar => ({
  time_zone: 'Asia/Shanghai',
  windows: [],
  quiet_hours: [],
  avoid_dates: [],
  ...changes,
});

const daytime = calendar({ windows: [{ from: '08:00', to: '21:00' }] });

/** The next allowed instant, as UTC; both sides of a test are then written with an offset of their own. */
const next = (given: Calendar, from: string): string | undefined => {
  const found = nextAllowed(given, Date.parse(from));
  return found === undefined ? undefined : new Date(found).toISOString();
};
const utc = (text: string): string => new Date(text).toISOString();
const allowed = (given: Calendar, at: string): boolean => isAllowed(given, Date.parse(at));

// 2026-11-23 is a Monday.
describe('windows', () => {
  test.each([
    ['2026-11-23T07:59:59.999+08:00', false],
    ['2026-11-23T08:00:00.000+08:00', true],
    ['2026-11-23T20:59:59.999+08:00', true],
    ['2026-11-23T21:00:00.000+08:00', false],
  ])('from eight to nine in the evening, %s is allowed: %s', (at, is) => {
    expect(allowed(daytime, at)).toBe(is);
  });

  test.each([
    ['2026-11-23T00:00:00.000+08:00', '2026-11-23T08:00:00.000+08:00'],
    ['2026-11-23T07:59:59.999+08:00', '2026-11-23T08:00:00.000+08:00'],
    ['2026-11-23T12:34:56.789+08:00', '2026-11-23T12:34:56.789+08:00'],
    ['2026-11-23T20:59:59.999+08:00', '2026-11-23T20:59:59.999+08:00'],
    ['2026-11-23T21:00:00.000+08:00', '2026-11-24T08:00:00.000+08:00'],
    ['2026-12-31T23:00:00.000+08:00', '2027-01-01T08:00:00.000+08:00'],
  ])('from eight to nine in the evening, the next after %s is %s', (from, to) => {
    expect(next(daytime, from)).toBe(utc(to));
  });

  test('none means the whole day', () => {
    expect(next(calendar({}), '2026-11-23T03:04:05.678+08:00')).toBe(utc('2026-11-23T03:04:05.678+08:00'));
  });

  test('that overlap add up, in whatever order they stand', () => {
    const windows = [
      { from: '14:00', to: '18:00' },
      { from: '09:00', to: '12:00' },
      { from: '11:00', to: '13:00' },
    ];
    const given = calendar({ windows });
    expect(next(given, '2026-11-23T07:00+08:00')).toBe(utc('2026-11-23T09:00+08:00'));
    expect(next(given, '2026-11-23T12:30+08:00')).toBe(utc('2026-11-23T12:30+08:00'));
    expect(next(given, '2026-11-23T13:00+08:00')).toBe(utc('2026-11-23T14:00+08:00'));
    expect(next(given, '2026-11-23T18:00+08:00')).toBe(utc('2026-11-24T09:00+08:00'));
  });

  test('come back after a week when they have one weekday', () => {
    const given = calendar({ windows: [{ from: '08:00', to: '21:00', weekdays: ['mon'] }] });
    expect(next(given, '2026-11-23T21:00+08:00')).toBe(utc('2026-11-30T08:00+08:00'));
    expect(next(given, '2026-11-27T08:00+08:00')).toBe(utc('2026-11-30T08:00+08:00'));
  });

  test('that cross midnight belong to the weekday on which they begin', () => {
    const given = calendar({ windows: [{ from: '22:00', to: '02:00', weekdays: ['fri'] }] });
    expect(allowed(given, '2026-11-27T01:00+08:00')).toBe(false);
    expect(allowed(given, '2026-11-27T21:59:59.999+08:00')).toBe(false);
    expect(allowed(given, '2026-11-27T22:00+08:00')).toBe(true);
    expect(allowed(given, '2026-11-28T01:59:59.999+08:00')).toBe(true);
    expect(allowed(given, '2026-11-28T02:00+08:00')).toBe(false);
    expect(allowed(given, '2026-11-28T22:00+08:00')).toBe(false);
    expect(next(given, '2026-11-28T02:00+08:00')).toBe(utc('2026-12-04T22:00+08:00'));
  });

  test.each([
    ['22:00', '24:00', '23:59', true],
    ['22:00', '24:00', '00:00', false],
    ['22:00', '00:00', '23:59', true],
    ['22:00', '00:00', '00:00', false],
    ['00:00', '24:00', '12:00', true],
    ['00:00', '00:00', '12:00', true],
    ['24:00', '06:00', '05:59', true],
    ['24:00', '06:00', '06:00', false],
    ['24:00', '00:00', '00:00', false],
    ['08:00', '08:00', '08:00', false],
    ['08:00', '07:59', '07:59', false],
    ['08:00', '07:59', '08:00', true],
  ])('one from %s to %s holds %s: %s', (from, to, at, is) => {
    expect(allowed(calendar({ windows: [{ from, to }] }), `2026-11-23T${at}+08:00`)).toBe(is);
  });

  test('whose times are none are a broken assumption, told by field and rule', () => {
    const given = (from: string, to: string): Calendar => calendar({ quiet_hours: [{ from, to }] });
    expect(() => isAllowed(given('8:00', '21:00'), 0)).toThrow(new RangeError('from is not HH:MM'));
    expect(() => nextAllowed(given('08:00', '24:01'), 0)).toThrow(new RangeError('to is not HH:MM'));
  });
});

describe('quiet hours', () => {
  test('outweigh the windows, across midnight too', () => {
    const given = calendar({
      windows: [{ from: '06:00', to: '23:00' }],
      quiet_hours: [
        { from: '12:00', to: '14:00' },
        { from: '21:00', to: '09:00' },
      ],
    });
    expect(next(given, '2026-11-23T06:00+08:00')).toBe(utc('2026-11-23T09:00+08:00'));
    expect(next(given, '2026-11-23T11:59:59.999+08:00')).toBe(utc('2026-11-23T11:59:59.999+08:00'));
    expect(next(given, '2026-11-23T12:00+08:00')).toBe(utc('2026-11-23T14:00+08:00'));
    expect(next(given, '2026-11-23T21:00+08:00')).toBe(utc('2026-11-24T09:00+08:00'));
  });

  test('that overlap or touch are waited out together', () => {
    const given = calendar({
      quiet_hours: [
        { from: '09:30', to: '11:00' },
        { from: '11:00', to: '12:00' },
        { from: '08:00', to: '10:00' },
        { from: '08:15', to: '08:30' },
      ],
    });
    expect(next(given, '2026-11-23T08:00+08:00')).toBe(utc('2026-11-23T12:00+08:00'));
  });

  test('that cross midnight belong to the weekday on which they begin', () => {
    const given = calendar({ quiet_hours: [{ from: '20:00', to: '10:00', weekdays: ['sat', 'sun'] }] });
    expect(next(given, '2026-11-28T09:00+08:00')).toBe(utc('2026-11-28T09:00+08:00'));
    expect(next(given, '2026-11-28T20:00+08:00')).toBe(utc('2026-11-29T10:00+08:00'));
    expect(next(given, '2026-11-29T20:00+08:00')).toBe(utc('2026-11-30T10:00+08:00'));
    expect(next(given, '2026-11-30T20:00+08:00')).toBe(utc('2026-11-30T20:00+08:00'));
  });

  test('that leave nothing of the windows leave nothing', () => {
    const given = calendar({
      windows: [{ from: '08:00', to: '21:00' }],
      quiet_hours: [
        { from: '21:00', to: '20:00' },
        { from: '19:00', to: '21:00' },
      ],
    });
    expect(next(given, '2026-11-23T00:00+08:00')).toBeUndefined();
  });
});

describe('avoided dates', () => {
  test('are passed over', () => {
    const given = { ...daytime, avoid_dates: ['2026-11-24', '2026-11-25'] };
    expect(next(given, '2026-11-23T20:00+08:00')).toBe(utc('2026-11-23T20:00+08:00'));
    expect(next(given, '2026-11-23T21:00+08:00')).toBe(utc('2026-11-26T08:00+08:00'));
    expect(next(given, '2026-11-24T12:00+08:00')).toBe(utc('2026-11-26T08:00+08:00'));
  });

  test('are dates of the calendar’s own zone', () => {
    const given = calendar({ time_zone: 'Asia/Urumqi', avoid_dates: ['2026-11-24'] });
    expect(next(given, '2026-11-24T01:59:59.999+08:00')).toBe(utc('2026-11-24T01:59:59.999+08:00'));
    expect(next(given, '2026-11-24T02:00+08:00')).toBe(utc('2026-11-25T00:00+06:00'));
  });

  test('cut at midnight a window that began the day before', () => {
    const given = calendar({ windows: [{ from: '22:00', to: '02:00' }], avoid_dates: ['2026-11-24'] });
    expect(allowed(given, '2026-11-23T23:59:59.999+08:00')).toBe(true);
    expect(next(given, '2026-11-24T00:00+08:00')).toBe(utc('2026-11-25T00:00+08:00'));
  });

  test.each([
    [399, '2027-12-27T00:00+08:00'],
    [400, undefined],
  ])('%d of them in a row: the next is %s', (days, to) => {
    expect(NEXT_ALLOWED_DAYS_MAX).toBe(400);
    const avoid_dates = Array.from({ length: days }, (_, day) =>
      new Date(Date.UTC(2026, 10, 23 + day)).toISOString().slice(0, 10),
    );
    expect(next(calendar({ avoid_dates }), '2026-11-23T00:00+08:00')).toBe(to && utc(to));
  });
});

describe('where clocks go forward', () => {
  test.each([
    // 02:00 was followed by 03:00.
    ['America/New_York', '02:00', '03:00', '2026-03-08T00:00-05:00', '2026-03-09T02:00-04:00'],
    ['America/New_York', '02:30', '04:00', '2026-03-08T00:00-05:00', '2026-03-08T03:00-04:00'],
    ['America/New_York', '08:00', '21:00', '2026-03-07T21:00-05:00', '2026-03-08T08:00-04:00'],
    ['Europe/Berlin', '02:59', '03:01', '2026-03-29T01:59:59.999+01:00', '2026-03-29T03:00+02:00'],
    ['Asia/Shanghai', '02:00', '03:00', '1986-05-04T00:00+08:00', '1986-05-05T02:00+09:00'],
    // 02:00 was followed by 02:30.
    ['Australia/Lord_Howe', '02:00', '02:15', '2026-10-04T01:00+10:30', '2026-10-05T02:00+11:00'],
    ['Australia/Lord_Howe', '02:15', '02:45', '2026-10-04T01:00+10:30', '2026-10-04T02:30+11:00'],
    // 1986 began with 00:15.
    ['Asia/Kathmandu', '00:00', '00:15', '1986-01-01T00:00+05:30', '1986-01-02T00:00+05:45'],
    ['Asia/Kathmandu', '00:10', '00:20', '1985-12-31T12:00+05:30', '1986-01-01T00:15+05:45'],
    // At 00:00:00, 44 minutes and a half were left out.
    ['Africa/Monrovia', '00:44', '00:50', '1972-01-07T00:00Z', '1972-01-07T00:44:30Z'],
  ])('minutes left out never come: %s from %s to %s, after %s, is %s', (zone, from, to, start, found) => {
    const given = calendar({ time_zone: zone, windows: [{ from, to }] });
    expect(next(given, start)).toBe(utc(found));
  });

  test('a day that never was is no day to charge on, but what the calendar lets begin on it reaches the next', () => {
    const friday = (from: string, to: string): Calendar =>
      calendar({ time_zone: 'Pacific/Apia', windows: [{ from, to, weekdays: ['fri'] }] });
    expect(next(friday('08:00', '21:00'), '2011-12-29T00:00-10:00')).toBe(utc('2012-01-06T08:00+14:00'));
    expect(next(friday('22:00', '02:00'), '2011-12-29T00:00-10:00')).toBe(utc('2011-12-31T00:00+14:00'));
  });
});

describe('where clocks go back', () => {
  test.each([
    // 02:00 was 01:00 again.
    ['America/New_York', '01:00', '01:30', '2026-11-01T01:29-04:00', '2026-11-01T01:29-04:00'],
    ['America/New_York', '01:00', '01:30', '2026-11-01T01:30-04:00', '2026-11-01T01:00-05:00'],
    ['America/New_York', '01:00', '01:30', '2026-11-01T01:29-05:00', '2026-11-01T01:29-05:00'],
    ['America/New_York', '01:00', '01:30', '2026-11-01T01:30-05:00', '2026-11-02T01:00-05:00'],
    ['Europe/Berlin', '02:30', '02:31', '2026-10-25T02:31+02:00', '2026-10-25T02:30+01:00'],
    // 02:00 was 01:30 again.
    ['Australia/Lord_Howe', '01:45', '01:50', '2026-04-05T01:50+11:00', '2026-04-05T01:45+10:30'],
    ['Australia/Lord_Howe', '01:00', '01:45', '2026-04-05T01:45+11:00', '2026-04-05T01:30+10:30'],
  ])('repeated minutes count twice: %s from %s to %s, after %s, is %s', (zone, from, to, start, found) => {
    const given = calendar({ time_zone: zone, windows: [{ from, to }] });
    expect(next(given, start)).toBe(utc(found));
  });
});

describe('a local day', () => {
  test.each([
    ['Asia/Shanghai', '2026-11-23T00:00+08:00', '2026-11-23T00:00+08:00', '2026-11-24T00:00+08:00'],
    ['Asia/Shanghai', '2026-11-23T23:59:59.999+08:00', '2026-11-23T00:00+08:00', '2026-11-24T00:00+08:00'],
    ['Asia/Urumqi', '2026-11-23T01:00+08:00', '2026-11-22T00:00+06:00', '2026-11-23T00:00+06:00'],
    ['Asia/Kathmandu', '2026-11-23T12:00+05:45', '2026-11-23T00:00+05:45', '2026-11-24T00:00+05:45'],
    ['Europe/Berlin', '2026-03-29T12:00+02:00', '2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00'],
    ['Europe/Berlin', '2026-10-25T12:00+01:00', '2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00'],
    ['America/New_York', '2026-11-01T01:30-05:00', '2026-11-01T00:00-04:00', '2026-11-02T00:00-05:00'],
    ['Australia/Lord_Howe', '2026-04-05T01:30+10:30', '2026-04-05T00:00+11:00', '2026-04-06T00:00+10:30'],
    // 30 December 2011 never was.
    ['Pacific/Apia', '2011-12-29T12:00-10:00', '2011-12-29T00:00-10:00', '2011-12-31T00:00+14:00'],
    ['Pacific/Apia', '2011-12-31T12:00+14:00', '2011-12-31T00:00+14:00', '2012-01-01T00:00+14:00'],
    // Begins at 01:00, at 00:15, at 00:44:30.
    ['America/Sao_Paulo', '2018-11-04T12:00-02:00', '2018-11-04T01:00-02:00', '2018-11-05T00:00-02:00'],
    ['Asia/Kathmandu', '1986-01-01T12:00+05:45', '1986-01-01T00:15+05:45', '1986-01-02T00:00+05:45'],
    ['Africa/Monrovia', '1972-01-07T12:00Z', '1972-01-07T00:44:30Z', '1972-01-08T00:00Z'],
    // Its first hour comes twice.
    ['America/Havana', '2026-11-01T00:30-05:00', '2026-11-01T00:00-04:00', '2026-11-02T00:00-05:00'],
    // Its last hour comes twice.
    ['America/Sao_Paulo', '2018-02-17T23:30-03:00', '2018-02-17T00:00-02:00', '2018-02-18T00:00-03:00'],
    // The whole day comes twice.
    ['Pacific/Kwajalein', '1969-09-30T23:00-12:00', '1969-09-30T00:00+11:00', '1969-10-01T00:00-12:00'],
    // One minute after midnight it was 23:01 again.
    ['America/St_Johns', '2010-11-06T12:00-02:30', '2010-11-06T00:00-02:30', '2010-11-07T00:00-02:30'],
    ['America/St_Johns', '2010-11-06T23:30-03:30', '2010-11-06T00:00-02:30', '2010-11-07T00:00-03:30'],
    ['America/St_Johns', '2010-11-07T12:00-03:30', '2010-11-07T00:00-02:30', '2010-11-08T00:00-03:30'],
  ])('in %s, the one of %s begins at %s and the next at %s', (zone, at, start, following) => {
    expect(new Date(startOfLocalDay(zone, Date.parse(at))).toISOString()).toBe(utc(start));
    expect(new Date(startOfNextLocalDay(zone, Date.parse(at))).toISOString()).toBe(utc(following));
  });
});

describe('what can be written into a calendar', () => {
  test.each([
    ['Asia/Shanghai', true],
    ['Asia/Urumqi', true],
    ['America/Argentina/Buenos_Aires', true],
    ['Etc/GMT+8', true],
    ['UTC', true],
    ['Asia/Nowhere', false],
    ['Beijing', false],
    ['+08:00', false],
    ['', false],
    [' Asia/Shanghai', false],
  ])('%j is a time zone: %s', (name, is) => {
    expect(isTimeZone(name)).toBe(is);
  });

  test.each(['+08:00', '-05:00', '+08:00[Asia/Shanghai]'])(
    'the offset %s is no time zone, though the runtime take it for one',
    (offset) => {
      const takesAll = jest.spyOn(Intl, 'DateTimeFormat').mockReturnValue({} as Intl.DateTimeFormat);
      expect(isTimeZone(offset)).toBe(false);
      expect(takesAll).not.toHaveBeenCalled();
      takesAll.mockRestore();
    },
  );

  test('a zone nobody knows is a broken assumption', () => {
    expect(() => isAllowed(calendar({ time_zone: 'Asia/Nowhere' }), 0)).toThrow(RangeError);
    expect(() => startOfLocalDay('Asia/Nowhere', 0)).toThrow(RangeError);
  });

  test.each([
    ['00:00', 0],
    ['00:01', 1],
    ['08:30', 510],
    ['19:59', 1199],
    ['23:59', 1439],
    ['24:00', 1440],
    ['24:01', undefined],
    ['23:60', undefined],
    ['8:30', undefined],
    ['08:30:00', undefined],
    ['108:30', undefined],
    ['08:30\n', undefined],
    ['-1:00', undefined],
    ['', undefined],
  ])('%j is minute %p of the day', (text, minute) => {
    expect(minuteOfDay(text)).toBe(minute);
  });

  test.each([
    ['2026-11-23', true],
    ['2028-02-29', true],
    ['2026-02-29', false],
    ['2026-02-30', false],
    ['2026-11-31', false],
    ['2026-13-01', false],
    ['2026-00-01', false],
    ['2026-01-00', false],
    ['2026-1-1', false],
    ['20261123', false],
    ['2026-11-23T00:00', false],
    ['2026-11-23\n', false],
    ['+010000-01', false],
    ['', false],
  ])('%j is a date: %s', (text, is) => {
    expect(isLocalDate(text)).toBe(is);
  });
});
