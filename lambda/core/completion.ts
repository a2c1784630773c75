import type { Instant } from './ids';
import type { Order } from './order';
import { DAY_MS } from './time';

/** When an order's service was completed (完结), and who says so. */
export interface Completion {
  readonly at: Instant;
  /**
   * `first_seen`: only a planned end is known, and this is when the order was first seen completed. `registered`: nobody
   * said; the time of registration stands in for it.
   */
  readonly from: 'registration' | 'wechatpay' | 'first_seen' | 'registered';
}

/** From the registration, else from the verified `time_range.end_time`, else from when it was seen or registered. */
export function completionOf({ registration, observed, timeline }: Order): Completion {
  if (registration.completed_at !== undefined) return { at: registration.completed_at, from: 'registration' };
  const ended = readEndTime(observed?.facts.end_time);
  // An end that is further off is what was planned, not when the service was completed. Clocks differ, and of a day
  // without a time the end counts: so far it may lie ahead.
  if (observed !== undefined && ended !== undefined) {
    if (ended <= observed.at + DAY_MS) return { at: ended, from: 'wechatpay' };
    const seen = timeline.find((entry) => entry.kind === 'observed' && entry.standing === 'pending');
    if (seen !== undefined) return { at: seen.at, from: 'first_seen' };
  }
  return { at: registration.at, from: 'registered' };
}

const BEIJING_OFFSET = '+08:00';

/**
 * `yyyyMMddHHmmss` or `yyyyMMdd`, Beijing time, as the API pages have it; the troubleshooting manual has RFC 3339.
 * Of a day without a time its end counts: rather an hour later to the user's door than one too early.
 */
function readEndTime(text: string | undefined): Instant | undefined {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)(\d{6})?$/.exec(text ?? '') ?? [];
  if (year === undefined) return instantOf(text ?? '');
  const date = `${year}-${month}-${day}`;
  if (time === undefined) return later(instantOf(`${date}T00:00:00${BEIJING_OFFSET}`), DAY_MS);
  return instantOf(`${date}T${time.replace(/^(..)(..)(..)$/, '$1:$2:$3')}${BEIJING_OFFSET}`);
}

function instantOf(text: string): Instant | undefined {
  const instant = /^\d{4}-.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

function later(instant: Instant | undefined, ms: number): Instant | undefined {
  return instant === undefined ? undefined : instant + ms;
}
