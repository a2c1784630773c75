import type { Overview } from '../api/types';

export type DayRow = Overview['by_day'][number];

const DAY_MS = 86_400_000;

/** So many days up to and with `last` (a date in Beijing), those on which nothing happened among them. */
export function daysUpTo(rows: readonly DayRow[], last: string, count: number): readonly DayRow[] {
  const known = new Map(rows.map((row) => [row.date, row]));
  const end = Date.parse(`${last}T00:00:00Z`);
  return Array.from({ length: count }, (_, at) => {
    const date = new Date(end - (count - 1 - at) * DAY_MS).toISOString().slice(0, 10);
    return known.get(date) ?? { date, orders: 0, amount: 0, attempts: 0 };
  });
}

export interface HourCell {
  readonly attempts: number;
  readonly paid: number;
}

/** Seven rows (Monday first) of twenty-four. */
export function heatMap(rows: Overview['by_hour']): readonly (readonly HourCell[])[] {
  const known = new Map(rows.map((row) => [`${row.weekday}/${row.hour}`, row]));
  return Array.from({ length: 7 }, (_d, day) =>
    Array.from({ length: 24 }, (_h, hour) => known.get(`${day + 1}/${hour}`) ?? { attempts: 0, paid: 0 }),
  );
}

/** How well an hour did, in steps of the style sheet: 0 is nobody tried, 1 is nothing paid, 6 is all. */
export function heatOf({ attempts, paid }: HourCell): number {
  if (attempts === 0) return 0;
  return 1 + Math.floor((Math.min(paid, attempts) * 5) / attempts);
}
