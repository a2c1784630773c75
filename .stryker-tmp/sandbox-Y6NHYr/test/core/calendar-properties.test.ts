import fc from 'fast-check';
import {
  isAllowed,
  nextAllowed,
  startOfLocalDay,
  startOfNextLocalDay,
  type Calendar,
  type DayWindow,
  type Weekday,
} from '../../lambda/core/calendar';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK_MINUTES = 7 * 24 * 60;
/** Past the end of the week that is searched minute by minute. */
const BEYOND = Infinity;
const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** What the clock on the wall shows in one minute. */
interface Wall {
  readonly date: string;
  readonly time: string;
  readonly weekday: number;
}

/** Minute by minute, asked of the runtime each time: nothing is concluded from one minute for the next. */
function wallsOf(zone: string, start: number): readonly Wall[] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return Array.from({ length: WEEK_MINUTES }, (_, minute) => {
    const shown = clock.format(start + minute * MINUTE);
    const date = `${shown.slice(6, 10)}-${shown.slice(3, 5)}-${shown.slice(0, 2)}`;
    return { date, time: shown.slice(12, 17), weekday: (new Date(`${date}T12:00Z`).getUTCDay() + 6) % 7 };
  });
}

function covers({ from, to, weekdays }: DayWindow, { time, weekday }: Wall): boolean {
  const named = (day: number): boolean =>
    weekdays === undefined || weekdays.some((name) => name === WEEKDAYS[day]);
  if (from < to) return named(weekday) && from <= time && time < to;
  return (named(weekday) && time >= from) || (named((weekday + 6) % 7) && time < to);
}

function isOpen({ windows, quiet_hours, avoid_dates }: Calendar, wall: Wall): boolean {
  if (avoid_dates.includes(wall.date)) return false;
  if (quiet_hours.some((quiet) => covers(quiet, wall))) return false;
  return windows.length === 0 || windows.some((window) => covers(window, wall));
}

/** A zone and a change of its clocks; the week around it is looked at minute by minute. */
const WEEKS = [
  ['Asia/Shanghai', '2026-11-25T00:00+08:00'],
  ['Asia/Shanghai', '1986-05-04T02:00+08:00'],
  ['Asia/Shanghai', '1986-09-14T02:00+09:00'],
  ['Asia/Urumqi', '2026-11-25T00:00+06:00'],
  ['America/New_York', '2026-03-08T02:00-05:00'],
  ['America/New_York', '2026-11-01T02:00-04:00'],
  ['Europe/Berlin', '2026-03-29T02:00+01:00'],
  ['Europe/Berlin', '2026-10-25T03:00+02:00'],
  ['Australia/Lord_Howe', '2026-04-05T02:00+11:00'],
  ['Australia/Lord_Howe', '2026-10-04T02:00+10:30'],
  ['Pacific/Apia', '2011-12-29T23:59-10:00'],
  ['Pacific/Apia', '2011-09-24T03:00-11:00'],
  ['Asia/Kathmandu', '1986-01-01T00:00+05:30'],
  ['Asia/Kathmandu', '2026-11-25T00:00+05:45'],
  ['America/St_Johns', '2010-11-07T00:01-02:30'],
  ['America/Sao_Paulo', '2018-11-04T00:00-03:00'],
  ['Pacific/Kwajalein', '1969-10-01T00:00+11:00'],
] as const;

const spelled = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
/** The hours around midnight are where clocks are changed. */
const minutes = fc.oneof(
  fc.integer({ min: 0, max: 1440 }),
  fc.integer({ min: 0, max: 16 }).map((quarter) => quarter * 15),
  fc.constantFrom(0, 1, 1380, 1425, 1439, 1440),
);
const dayWindow: fc.Arbitrary<DayWindow> = fc
  .record(
    {
      from: minutes.map(spelled),
      to: minutes.filter((minute) => minute > 0).map(spelled),
      weekdays: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
    },
    { requiredKeys: ['from', 'to'] },
  )
  .filter(({ from, to }) => from !== to);

const calendarIn = (time_zone: string, dates: readonly string[]): fc.Arbitrary<Calendar> =>
  fc.record({
    time_zone: fc.constant(time_zone),
    windows: fc.array(dayWindow, { maxLength: 4 }),
    quiet_hours: fc.array(dayWindow, { maxLength: 3 }),
    avoid_dates: fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...dates), { maxLength: 4 })),
  });

describe.each(WEEKS)('in %s, in the 168 hours around %s', (zone, change) => {
  const start = Date.parse(change) - (WEEK_MINUTES / 2) * MINUTE;
  const end = start + WEEK_MINUTES * MINUTE;
  const walls = wallsOf(zone, start);
  const dates = [...new Set(walls.map(({ date }) => date))];
  const moments = fc.oneof(
    fc.integer({ min: start, max: end - 1 }),
    fc.integer({ min: -180, max: 180 }).map((minute) => Date.parse(change) + minute * MINUTE),
    fc.integer({ min: -2, max: 2 }).map((ms) => Date.parse(change) + ms),
  );

  test('the next allowed instant is the first that a search minute by minute finds', () => {
    fc.assert(
      fc.property(
        calendarIn(zone, dates),
        fc.array(moments, { minLength: 10, maxLength: 20 }),
        (calendar, froms) => {
          const open = walls.map((wall) => isOpen(calendar, wall));
          for (const from of froms) {
            const minute = Math.floor((from - start) / MINUTE);
            const first = open.indexOf(true, minute);
            const expected = first === -1 ? BEYOND : Math.max(from, start + first * MINUTE);
            const found = nextAllowed(calendar, from) ?? BEYOND;
            expect(isAllowed(calendar, from)).toBe(open[minute]);
            expect(found < end ? found : BEYOND).toBe(expected);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a day begins with the first minute that bears its date, the next one with the next later date', () => {
    // The days at both ends of the week are only partly in sight.
    const inner = moments.filter((at) => at >= start + 60 * HOUR && at < end - 60 * HOUR);
    fc.assert(
      fc.property(inner, (at) => {
        const minute = Math.floor((at - start) / MINUTE);
        const { date } = walls[minute] as Wall;
        const first = walls.findIndex((wall) => wall.date === date);
        const following = walls.findIndex((wall, index) => index > minute && wall.date > date);
        expect(startOfLocalDay(zone, at)).toBe(start + first * MINUTE);
        expect(startOfNextLocalDay(zone, at)).toBe(start + following * MINUTE);
      }),
      { numRuns: 100 },
    );
  });
});

test('at any time, in any of the zones, the next allowed instant is not earlier, is allowed, and is its own next', () => {
  const zones = fc.constantFrom(...WEEKS.map(([zone]) => zone));
  fc.assert(
    fc.property(
      zones.chain((zone) => calendarIn(zone, ['2026-11-25'])),
      fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2040, 0, 1) }),
      (calendar, from) => {
        const found = nextAllowed(calendar, from);
        fc.pre(found !== undefined);
        expect(found).toBeGreaterThanOrEqual(from);
        expect(found - from).toBeLessThan(400 * DAY);
        expect(isAllowed(calendar, found)).toBe(true);
        expect(nextAllowed(calendar, found)).toBe(found);
        expect(found > from && isAllowed(calendar, found - 1)).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});
