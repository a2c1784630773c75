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

/** Whether WeChat Pay has to be asked about an order, because the last answer is older than what the ledger missed. */
export function isUnaskedSince({ registration, observed }: Order, unseen: readonly Unseen[]): boolean {
  const asked = observed?.at ?? 0;
  return unseen.some(({ to }) => registration.at < to && asked < to);
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

/** Whether an order may have been collected then: not one that was completed later. */
export function isTouched(order: Order, { to }: Unseen): boolean {
  const { at, from } = completionOf(order);
  if (from === 'registration' || from === 'wechatpay') return at < to;
  return order.registration.at < to + DOUBTFUL_MS;
}
