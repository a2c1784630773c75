import type { Instant } from './ids';
import { DAY_MS, MINUTE_MS } from './time';

/** In the order of `Date.getUTCDay`. */
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/**
 * A stretch of the day, `from` inclusive, `to` exclusive, both 'HH:MM'. `to` before `from` crosses midnight; as an
 * end, '00:00' and '24:00' are the same midnight. A weekday names the day on which the stretch begins, by the
 * calendar: also where clocks were changed and that day never was.
 */
export interface DayWindow {
  readonly from: string;
  readonly to: string;
  /** Absent: every day. */
  readonly weekdays?: readonly Weekday[];
}

/** When a user may be charged, by the wall clock of one time zone. */
export interface Calendar {
  /** IANA name. */
  readonly time_zone: string;
  /** Charging is allowed in these only; empty: the whole day. */
  readonly windows: readonly DayWindow[];
  /** Never in these, whatever the windows say. */
  readonly quiet_hours: readonly DayWindow[];
  /**
   * Local dates (YYYY-MM-DD) on which nothing is charged: one that began the day before ends at midnight, and of one
   * that begins here what lies beyond the next midnight stands.
   */
  readonly avoid_dates: readonly string[];
}

/** Nobody waits longer than this for a window: by then every weekday and every date of a year has come. */
export const NEXT_ALLOWED_DAYS_MAX = 400;

/**
 * No zone has changed its clocks twice within so long (IANA tz 2025b: Freetown 1939 comes closest, 95 h), and no
 * local date with its repeated hours lasts longer. So equal offsets at both ends mean none changed in between.
 */
const STRETCH_MS = 3 * DAY_MS;

/** @throws RangeError when the zone or a time of day in the calendar is none */
export function isAllowed(calendar: Calendar, at: Instant): boolean {
  const local = at + offsetMsAt(calendar.time_zone, at);
  return firstAllowed(rulesOf(calendar), local, local + 1) !== undefined;
}

/**
 * The earliest allowed instant at or after `from`: `from` itself, or the first ms of an allowed local minute.
 * Undefined when none comes within NEXT_ALLOWED_DAYS_MAX days.
 * @throws RangeError when the zone or a time of day in the calendar is none
 */
export function nextAllowed(calendar: Calendar, from: Instant): Instant | undefined {
  const rules = rulesOf(calendar);
  const limit = from + NEXT_ALLOWED_DAYS_MAX * DAY_MS;
  const found = seek(calendar.time_zone, from, limit, (start, end) => firstAllowed(rules, start, end));
  return found < limit ? found : undefined;
}

/** The first instant that bears the same local date as `at`. RangeError for an unknown zone. */
export function startOfLocalDay(timeZone: string, at: Instant): Instant {
  const midnight = midnightBefore(at + offsetMsAt(timeZone, at));
  return seek(timeZone, at - STRETCH_MS, at, notBefore(midnight));
}

/**
 * The first instant after `at` that bears a later local date. RangeError for an unknown zone. Where clocks go back
 * across midnight (St. John’s until 2011) a date begins twice; after the first time, this is the second.
 */
export function startOfNextLocalDay(timeZone: string, at: Instant): Instant {
  const midnight = midnightBefore(at + offsetMsAt(timeZone, at));
  return seek(timeZone, at, at + STRETCH_MS, notBefore(midnight + DAY_MS));
}

/** Whether this runtime knows the IANA zone. An offset ('+08:00') is none, though newer runtimes take it for one. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatterOf(name);
    return true;
  } catch {
    // The only thing about it that can be wrong is the name.
    return false;
  }
}

/** Minutes since midnight of 'HH:MM', 00:00–24:00, or undefined. */
export function minuteOfDay(text: string): number | undefined {
  if (text === '24:00') return 1440;
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return undefined;
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** YYYY-MM-DD that exists in the calendar. */
export function isLocalDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const midnight = Date.parse(`${text}T00:00:00Z`);
  // V8 reads 30 February as 2 March.
  return !Number.isNaN(midnight) && dateOf(midnight) === text;
}

/*
 * A local time is written as the instant at which UTC shows it: plain arithmetic, days of 24 h. All rules are judged
 * there; only `seek` knows that the clocks of a zone may jump.
 */
type LocalTime = number;

/** Milliseconds from the midnight of the day on which it begins; an end after DAY_MS is on the day after. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  readonly weekdays: readonly Weekday[];
}

interface Rules {
  readonly open: readonly Span[];
  readonly quiet: readonly Span[];
  readonly avoided: readonly string[];
}

const WHOLE_DAY: DayWindow = { from: '00:00', to: '24:00' };

function rulesOf({ windows, quiet_hours, avoid_dates }: Calendar): Rules {
  const open = windows.length === 0 ? [WHOLE_DAY] : windows;
  return { open: open.map(spanOf), quiet: quiet_hours.map(spanOf), avoided: avoid_dates };
}

function spanOf({ from, to, weekdays = WEEKDAYS }: DayWindow): Span {
  const [begins, ends] = [minuteOfDay(from), minuteOfDay(to)];
  if (begins === undefined) throw new RangeError('from is not HH:MM');
  if (ends === undefined) throw new RangeError('to is not HH:MM');
  const toMs = ends === 0 ? DAY_MS : ends * MINUTE_MS;
  const fromMs = begins * MINUTE_MS;
  return { fromMs, toMs: toMs < fromMs ? toMs + DAY_MS : toMs, weekdays };
}

interface Stretch {
  readonly begins: LocalTime;
  readonly ends: LocalTime;
}

/** The stretches of which some part may lie on the day of that midnight, begun on it or the day before. */
function stretchesAround(midnight: LocalTime, spans: readonly Span[]): Stretch[] {
  return [midnight - DAY_MS, midnight].flatMap((day) => {
    const weekday = weekdayOf(day);
    return spans
      .filter(({ weekdays }) => weekdays.includes(weekday))
      .map(({ fromMs, toMs }) => ({ begins: day + fromMs, ends: day + toMs }));
  });
}

/** The earliest allowed local time in [from, to). */
function firstAllowed(
  { open, quiet, avoided }: Rules,
  from: LocalTime,
  to: LocalTime,
): LocalTime | undefined {
  for (let midnight = midnightBefore(from); midnight < to; midnight += DAY_MS) {
    if (avoided.length > 0 && avoided.includes(dateOf(midnight))) continue;
    const silent = stretchesAround(midnight, quiet).toSorted((a, b) => a.begins - b.begins);
    const firsts = stretchesAround(midnight, open).map(({ begins, ends }) => {
      const first = firstAfter(silent, Math.max(from, midnight, begins));
      // The day after may be an avoided date; it is looked at in its turn.
      return first < Math.min(ends, midnight + DAY_MS) ? first : Infinity;
    });
    const first = Math.min(...firsts);
    if (first < to) return first;
  }
  return undefined;
}

/** The earliest local time from `from` on that lies in none of the stretches, which are in the order they begin. */
function firstAfter(stretches: readonly Stretch[], from: LocalTime): LocalTime {
  return stretches.reduce((at, { begins, ends }) => (begins <= at ? Math.max(at, ends) : at), from);
}

/** The earliest local time in [from, to) that is wanted. */
type Search = (from: LocalTime, to: LocalTime) => LocalTime | undefined;

function notBefore(wanted: LocalTime): Search {
  return (from, to) => {
    const first = Math.max(from, wanted);
    return first < to ? first : undefined;
  };
}

/** The earliest instant from `from` on whose local time is wanted; `until` when none comes before. */
function seek(timeZone: string, from: Instant, until: Instant, search: Search): Instant {
  let at = from;
  while (at < until) {
    const offset = offsetMsAt(timeZone, at);
    const end = Math.min(at + STRETCH_MS, until);
    const local = search(at + offset, end + offset);
    const next = local === undefined ? end : local - offset;
    if (offsetMsAt(timeZone, next) !== offset) at = changeOf(timeZone, at, next, offset);
    else if (local === undefined) at = next;
    else return next;
  }
  return until;
}

/** The instant in (from, to] at which the zone's offset is `offset` no more. */
function changeOf(timeZone: string, from: Instant, to: Instant, offset: number): Instant {
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMsAt(timeZone, middle) === offset) before = middle;
    else after = middle;
  }
  return after;
}

function midnightBefore(local: LocalTime): LocalTime {
  return Math.floor(local / DAY_MS) * DAY_MS;
}

function weekdayOf(midnight: LocalTime): Weekday {
  return WEEKDAYS[new Date(midnight).getUTCDay()] as Weekday;
}

function dateOf(midnight: LocalTime): string {
  return new Date(midnight).toISOString().slice(0, 10);
}

/** A formatter costs some thousand times what a use of it does. */
const FORMATTERS = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATTERS.get(timeZone);
  if (known !== undefined) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  FORMATTERS.set(timeZone, formatter);
  return formatter;
}

/** By zone and day of UTC: what its clocks are ahead by as that day begins. */
const OFFSETS = new Map<string, number>();
const OFFSETS_MAX = 2_000;

/** Milliseconds that the zone’s clocks are ahead of UTC at that instant. */
function offsetMsAt(timeZone: string, at: Instant): number {
  const day = Math.floor(at / DAY_MS);
  const offset = offsetMsOnDay(timeZone, day);
  // The same at both ends of the day: it did not change in between (see STRETCH_MS).
  return offset === offsetMsOnDay(timeZone, day + 1) ? offset : offsetMsShown(timeZone, at);
}

function offsetMsOnDay(timeZone: string, day: number): number {
  const id = `${timeZone} ${day}`;
  const known = OFFSETS.get(id);
  if (known !== undefined) return known;
  const offset = offsetMsShown(timeZone, day * DAY_MS);
  if (OFFSETS.size >= OFFSETS_MAX) OFFSETS.clear();
  OFFSETS.set(id, offset);
  return offset;
}

/** Twenty times what looking it up costs. */
function offsetMsShown(timeZone: string, at: Instant): number {
  const second = Math.floor(at / 1000) * 1000;
  // 6/1/2024, 11:04:05. Thrice as fast as formatToParts, and only the order of the numbers is relied on.
  const shown = formatterOf(timeZone).format(second).split(/\D+/);
  const [month, day, year, ...time] = shown.map(Number) as [number, number, number, ...number[]];
  return Date.UTC(year, month - 1, day, ...time) - second;
}
