import {
  addDays,
  beijingDate,
  beijingHour,
  isDateOnly,
  readBeijingTime,
  spellBeijingTime,
  startOfBeijingDate,
  writeBeijingTime,
} from '../../lambda/core/beijing-time';

test.each([
  ['20260301120000', '2026-03-01T04:00:00Z'],
  ['20260301', '2026-02-28T16:00:00Z'],
  ['2026-03-01T12:00:00+08:00', '2026-03-01T04:00:00Z'],
  ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z'],
])('%s is %s', (text, iso) => {
  expect(readBeijingTime(text)).toBe(Date.parse(iso));
});

test.each([
  '',
  '2026-03-01',
  '2026-03-01T12:00:00',
  '202603011200',
  '20261301',
  '20260301250000',
  'soon',
  '+002026-03-01T12:00:00Z',
  '2026-03-01 12:00:00+08:00 (CST)',
])('%j is no time', (text) => {
  expect(readBeijingTime(text)).toBeUndefined();
});

test('only eight digits name a day without a time', () => {
  expect(['20260301', '20260301000000', '2026-03-01T00:00:00Z', ''].map(isDateOnly)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test('WeChat Pay is told a time in fourteen digits, by the clocks of Beijing, without its milliseconds', () => {
  expect(writeBeijingTime(Date.parse('2026-03-01T16:00:07.999Z'))).toBe('20260302000007');
  expect(writeBeijingTime(Date.parse('2026-02-28T15:59:59Z'))).toBe('20260228235959');
});

test('a time is spelled by the clocks of Beijing, to the millisecond', () => {
  expect(spellBeijingTime(Date.parse('2026-03-01T16:00:00.007Z'))).toBe('2026-03-02T00:00:00.007+08:00');
  expect(spellBeijingTime(0)).toBe('1970-01-01T08:00:00.000+08:00');
});

test('a day begins at midnight in Beijing, and days are counted on from day to day', () => {
  const midnight = Date.parse('2026-02-28T16:00:00Z');
  expect([midnight - 1, midnight].map(beijingDate)).toEqual(['2026-02-28', '2026-03-01']);
  expect(startOfBeijingDate('2026-03-01')).toBe(midnight);
  expect([addDays('2026-02-28', 1), addDays('2026-03-01', -1), addDays('2028-02-28', 1)]).toEqual([
    '2026-03-01',
    '2026-02-28',
    '2028-02-29',
  ]);
});

test('the hours of a week begin with Monday, in Beijing', () => {
  const monday = Date.parse('2026-03-01T16:00:00Z');
  expect([monday, monday - 1, monday + 12 * 3_600_000].map(beijingHour)).toEqual([
    { weekday: 1, hour: 0 },
    { weekday: 7, hour: 23 },
    { weekday: 1, hour: 12 },
  ]);
});
