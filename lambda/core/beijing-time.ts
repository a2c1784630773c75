import type { Instant } from './ids';
import { DAY_MS, HOUR_MS } from './time';

const OFFSET_MS = 8 * HOUR_MS;
const OFFSET = '+08:00';
const DATE = /^(\d{4})(\d\d)(\d\d)$/;
const DATE_AND_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;

/**
 * A time as WeChat Pay writes it: `yyyyMMddHHmmss` or `yyyyMMdd` (its first moment), Beijing time, as the API pages
 * have it; the troubleshooting manual has RFC 3339. Undefined for anything else.
 */
export function readBeijingTime(text: string): Instant | undefined {
  const iso = text.replace(DATE, '$1$2$3000000').replace(DATE_AND_TIME, `$1-$2-$3T$4:$5:$6${OFFSET}`);
  const instant = /^\d{4}-.*(Z|[+-]\d\d:\d\d)$/.test(iso) ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

/** Whether it names a day and no time of it. */
export function isDateOnly(text: string): boolean {
  return DATE.test(text);
}

/** A time as WeChat Pay reads it: `yyyyMMddHHmmss`, Beijing time. */
export function writeBeijingTime(instant: Instant): string {
  return new Date(instant + OFFSET_MS).toISOString().replaceAll(/\D/g, '').slice(0, 14);
}

/** RFC 3339 by the clocks of Beijing, which are 8 hours ahead all year. */
export function spellBeijingTime(instant: Instant): string {
  return new Date(instant + OFFSET_MS).toISOString().replace('Z', OFFSET);
}

/** A day by the clocks of Beijing, `2026-11-30`. */
export function beijingDate(instant: Instant): string {
  return spellBeijingTime(instant).slice(0, 10);
}

/** The first moment of a day in Beijing. */
export function startOfBeijingDate(date: string): Instant {
  return Date.parse(`${date}T00:00:00.000${OFFSET}`);
}

/** So many days later, or earlier. */
export function addDays(date: string, days: number): string {
  return beijingDate(startOfBeijingDate(date) + days * DAY_MS);
}

/** Where in the week an instant lies in Beijing: Monday is 1. */
export function beijingHour(instant: Instant): { readonly weekday: number; readonly hour: number } {
  const shifted = new Date(instant + OFFSET_MS);
  return { weekday: ((shifted.getUTCDay() + 6) % 7) + 1, hour: shifted.getUTCHours() };
}
