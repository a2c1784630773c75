import { completionOf } from './completion';
import type { Instant } from './ids';
import type { Order } from './order';
import { CALL_MS_MAX, LOCK_MS, USERPAYING_MS } from './outcome';
import type { Policy } from './policy';
import { DAY_MS, MINUTE_MS } from './time';

/**
 * A time of which this ledger knows nothing: it is a copy of how things stood at `from`, and until `to` another one
 * was written to. What was called in between stands nowhere, and no query tells of it.
 */
export interface Unseen {
  readonly from: Instant;
  readonly to: Instant;
}

/**
 * What came of asking WeChat Pay about an order after what the ledger missed: a verified answer (or nothing of it was
 * missed), a try that brought none, or nobody has tried.
 */
export type AskedSince = 'answered' | 'unanswered' | 'not_asked';

export function askedSince(
  { registration, observed, unanswered }: Order,
  unseen: readonly Unseen[],
): AskedSince {
  const missed = unseen.map(({ to }) => to).filter((to) => registration.at < to);
  const since = Math.max(0, ...missed);
  if ((observed?.at ?? 0) >= since) return 'answered';
  return (unanswered?.at ?? 0) >= since ? 'unanswered' : 'not_asked';
}

/**
 * The calls that have to be reckoned with: those that are known, and for each time of which nothing is known as many
 * as the policy allowed, as late as can be. The same list when there is no such time.
 */
export function callsReckoned(
  order: Order,
  unseen: readonly Unseen[] | undefined,
  policy: Policy,
): readonly Instant[] {
  const assumed = (unseen ?? []).filter((one) => isTouched(order, one)).flatMap((one) => most(one, policy));
  if (assumed.length === 0) return order.calls;
  return [...order.calls, ...assumed].toSorted((a, b) => a - b);
}

/** Until then a call that nobody knows of may still be under way at WeChat Pay. */
export function settledFrom({ to }: Unseen): Instant {
  return to + CALL_MS_MAX + USERPAYING_MS;
}

function most({ from, to }: Unseen, policy: Policy): readonly Instant[] {
  const gapMs = Math.max(policy.min_gap_minutes * MINUTE_MS, LOCK_MS);
  const byGap = Math.floor((to - from) / gapMs) + 1;
  // So many days a time may touch, wherever their midnights are.
  const days = Math.ceil((to - from) / DAY_MS) + 1;
  const count = Math.min(byGap, days * policy.attempts_per_day_max, policy.attempts_max);
  return Array.from({ length: count }, (_, index) => to - index * gapMs);
}

/** How long an order whose completion nobody told of is taken for one of that time. */
const DOUBTFUL_MS = 30 * DAY_MS;

/**
 * Until then a call on this order that nobody knows of may still be under way at WeChat Pay, whatever a query shows.
 * Undefined: none can be.
 */
export function underWayUntil(order: Order, unseen: readonly Unseen[] | undefined): Instant | undefined {
  const touching = (unseen ?? []).filter((one) => isTouched(order, one));
  return touching.length === 0 ? undefined : Math.max(...touching.map(settledFrom));
}

/** Whether an order may have been collected then: not one that was surely completed later. */
function isTouched(order: Order, { to }: Unseen): boolean {
  const { at, from } = completionOf(order);
  // So far a completion may lie ahead when it is told; with the user's consent an order is collected before it.
  if (from === 'registration' || from === 'wechatpay') return at <= to + DAY_MS;
  return order.registration.at < to + DOUBTFUL_MS;
}
