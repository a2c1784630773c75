import { isAllowed, startOfLocalDay } from '../../lambda/core/calendar';
import { DAY_MS, HOUR_MS } from '../../lambda/core/time';

const BERLIN = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Berlin',
  hour: '2-digit',
  hourCycle: 'h23',
});
const NIGHT = {
  time_zone: 'Europe/Berlin',
  windows: [{ from: '22:00', to: '24:00' }],
  quiet_hours: [],
  avoid_dates: [],
};

test('what a zone is ahead by is remembered day by day: over ten years, every day is right, the days of change among them', () => {
  const first = Date.parse('2020-01-01T21:30:00Z');
  const wrong: string[] = [];
  for (let day = 0; day < 3_660; day += 1) {
    const at = first + day * DAY_MS;
    // In winter it is 22:30 in Berlin, in summer 23:30.
    const isNight = Number(BERLIN.format(at)) >= 22;
    if (!isNight || !isAllowed(NIGHT, at) || isAllowed(NIGHT, at - 3 * HOUR_MS))
      wrong.push(new Date(at).toISOString());
  }
  expect(wrong).toEqual([]);
});

test('on the day on which clocks change, each hour has its own', () => {
  // 2026-03-29: 02:00 becomes 03:00, at 01:00 UTC.
  const change = Date.parse('2026-03-29T01:00:00Z');
  const window = (from: string, to: string) => ({ ...NIGHT, windows: [{ from, to }] });
  expect(isAllowed(window('01:00', '02:00'), change - 1)).toBe(true);
  expect(isAllowed(window('03:00', '04:00'), change)).toBe(true);
  expect(isAllowed(window('02:00', '03:00'), change)).toBe(false);
  expect(startOfLocalDay('Europe/Berlin', change)).toBe(Date.parse('2026-03-28T23:00:00Z'));
});
