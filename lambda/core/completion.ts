import { isDateOnly, readBeijingTime } from './beijing-time';
import type { Instant } from './ids';
import type { Order, TimelineEntry } from './order';
import { DAY_MS } from './time';

/** When an order's service was completed (完结), and who says so. */
export interface Completion {
  readonly at: Instant;
  /**
   * `first_seen`: WeChat Pay gives no end but a planned one, or none at all of a service that it had said was not
   * completed; this is when the order was first seen completed. `registered`: nobody said; the time of registration
   * stands in for it.
   */
  readonly from: 'registration' | 'wechatpay' | 'first_seen' | 'registered';
}

/** From the registration, else from the verified `time_range.end_time`, else from when it was seen or registered. */
export function completionOf(order: Order): Completion {
  const { registration, observed, not_completed_at } = order;
  if (registration.completed_at !== undefined) return { at: registration.completed_at, from: 'registration' };
  const registered = { at: registration.at, from: 'registered' } as const;
  if (observed?.standing.kind === 'not_completed') return registered;
  const seen = firstSeenCompleted(order);
  const ended = readEndTime(observed?.facts.end_time) ?? Infinity;
  // An end that was further off when the order was seen completed was planned, and so was one that had passed when
  // WeChat Pay said that it was not. Clocks differ, and of a day without a time the end counts: so far it may lie ahead.
  const latest = (seen?.at ?? observed?.at ?? 0) + DAY_MS;
  if (ended >= (not_completed_at ?? 0) && ended <= latest) return { at: ended, from: 'wechatpay' };
  const wasPlanned = ended < Infinity || not_completed_at !== undefined;
  return seen !== undefined && wasPlanned ? { at: seen.at, from: 'first_seen' } : registered;
}

/** The entry of the answer that first showed the order completed, or did so again after one that showed it was not. */
export function firstSeenCompleted({
  timeline,
  not_completed_at = 0,
}: Pick<Order, 'timeline' | 'not_completed_at'>): TimelineEntry | undefined {
  return timeline.find(
    (entry) => entry.kind === 'observed' && entry.standing === 'pending' && entry.at >= not_completed_at,
  );
}

/** Nobody plans a service for longer than so many days from its registration: an end that is further off is no end. */
export const PLANNED_DAYS_MAX = 730;
/** What nobody completes is asked about daily for so long after it was to be completed, or was registered. */
export const NOT_YET_DAYS_MAX = 180;

/**
 * When WeChat Pay last said that the service is not completed: of one of months, registered at its beginning, the days
 * in which it is watched have not begun then. Undefined for every other order.
 */
export function notCompletedAt({ registration, observed }: Order): Instant | undefined {
  if (registration.completed_at !== undefined || observed?.standing.kind !== 'not_completed')
    return undefined;
  const planned = readEndTime(observed.facts.end_time) ?? 0;
  const ends = Math.min(Math.max(registration.at, planned), registration.at + PLANNED_DAYS_MAX * DAY_MS);
  return Math.min(observed.at, ends + NOT_YET_DAYS_MAX * DAY_MS);
}

/** Of a day without a time its end counts: rather an hour later to the user's door than one too early. */
function readEndTime(text = ''): Instant | undefined {
  const instant = readBeijingTime(text);
  return instant !== undefined && isDateOnly(text) ? instant + DAY_MS : instant;
}
