import { isDateOnly, readBeijingTime } from './beijing-time';
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
  const ended = readEndTime(observed?.facts.end_time) ?? Infinity;
  // An end that is further off is what was planned, not when the service was completed. Clocks differ, and of a day
  // without a time the end counts: so far it may lie ahead.
  if (ended <= (observed?.at ?? 0) + DAY_MS) return { at: ended, from: 'wechatpay' };
  const seen = timeline.find((entry) => entry.kind === 'observed' && entry.standing === 'pending');
  return seen !== undefined && ended < Infinity
    ? { at: seen.at, from: 'first_seen' }
    : { at: registration.at, from: 'registered' };
}

/** What nobody completes is looked after for so long after it was to be completed, or was registered. */
const NOT_YET_DAYS_MAX = 180;

/**
 * When WeChat Pay last said that the service is not completed: of one of months, registered at its beginning, the days
 * in which it is collected and watched have not begun then. Undefined for every other order.
 */
export function notCompletedAt({ registration, observed }: Order): Instant | undefined {
  if (registration.completed_at !== undefined || observed?.standing.kind !== 'not_completed')
    return undefined;
  const ends = Math.max(registration.at, readEndTime(observed.facts.end_time) ?? 0);
  return Math.min(observed.at, ends + NOT_YET_DAYS_MAX * DAY_MS);
}

/** Of a day without a time its end counts: rather an hour later to the user's door than one too early. */
function readEndTime(text = ''): Instant | undefined {
  const instant = readBeijingTime(text);
  return instant !== undefined && isDateOnly(text) ? instant + DAY_MS : instant;
}
