import { isFresh } from './decide';
import type { WaitBecause } from './guards';
import type { Fen, Instant } from './ids';
import { isTerminal, type OrderFacts, type StandingKind } from './observe';
import {
  conclusiveAt,
  phaseOf,
  TIMELINE_BY_HAND_MAX_ENTRIES,
  TIMELINE_MAX_ENTRIES,
  type Named,
  type Operation,
  type Order,
} from './order';
import { LOCK_MS, type OutcomeKind } from './outcome';
import { refundDue } from './refund';
import { isRefused } from './timeline';
import { underWayUntil, type Unseen } from './unseen';

/** What is done about a decision by hand now. */
export type ByHandDecision =
  | { readonly kind: 'call' }
  | { readonly kind: 'query' }
  | { readonly kind: 'wait'; readonly until: Instant; readonly because: ByHandWait }
  | { readonly kind: 'refuse'; readonly because: ByHandRefusal };

export type ByHandWait = Extract<WaitBecause, 'attempt_open' | 'lock' | 'restored'>;

export type ByHandRefusal = Exclude<StandingKind, 'pending'> | keyof typeof BY_HAND_REFUSALS;

/** What a state forbids a person, beyond the standings that do. */
export const BY_HAND_REFUSALS = {
  not_lower:
    'The amount can only be lowered: it has to be less than what is due now, and more than what is paid.',
  record_full: 'The record of the order is full. Release it first: older entries are let go then.',
  decided_already:
    'Nothing is to be paid any more: the order was settled or waived. Release that first, by its name (takes_back).',
  held_longer: 'It is held for longer than that already. Release it first.',
  not_held: 'There is nothing to release: the order is not held, and nobody decided anything about it.',
  not_named:
    'Somebody decided to settle, waive or reduce it. Whoever takes that back says so: takes_back is settle, waive or reduce.',
  refund_differs:
    'That is not what is to be refunded now: nothing is, or another amount. Look again; refund_amount is the amount that refund_due shows.',
  refund_not_named:
    'There is money to be refunded, and nothing else to release without a name. Whoever has dealt with the refund names its amount: refund_amount is what refund_due shows. A decision is taken back by its name (takes_back).',
  ended: 'The order is at its end, verified: there is nothing to hold back any more.',
} as const;

/**
 * Whether WeChat Pay can be told now of what a person decided. As with a collection, what is open comes first, what is
 * known has to be fresh, and the documented lock has to have passed. In a restored ledger a deduction that nobody
 * knows of is waited for like one that is open. No policy, switch or breaker has a say: they are about collecting.
 */
export function decideByHand(
  order: Order,
  operation: Operation,
  unseen: readonly Unseen[] | undefined,
  now: Instant,
): ByHandDecision {
  const { open, observed, last_sent_at, intent } = order;
  if (operation.kind === 'modify' && intent !== undefined && intent.operation.kind !== 'modify')
    return { kind: 'refuse', because: 'decided_already' };
  if (open !== undefined) {
    const until = conclusiveAt(open);
    return now >= until ? { kind: 'query' } : { kind: 'wait', until, because: 'attempt_open' };
  }
  if (observed === undefined) return { kind: 'query' };
  const { standing, facts } = observed;
  if (isTerminal(standing)) return { kind: 'refuse', because: standing.kind };
  if (!isFresh(order, now)) return { kind: 'query' };
  if (standing.kind !== 'pending') return { kind: 'refuse', because: standing.kind };
  if (operation.kind === 'modify' && !isLower(operation.total_amount, facts))
    return { kind: 'refuse', because: 'not_lower' };
  // What is opened has to be closed on it, too.
  if (order.timeline.length + 1 >= TIMELINE_BY_HAND_MAX_ENTRIES)
    return { kind: 'refuse', because: 'record_full' };
  const locked = last_sent_at === undefined ? now : last_sent_at + LOCK_MS;
  const underWay = underWayUntil(order, unseen) ?? now;
  if (underWay > Math.max(now, locked)) return { kind: 'wait', until: underWay, because: 'restored' };
  return locked > now ? { kind: 'wait', until: locked, because: 'lock' } : { kind: 'call' };
}

function isLower(
  wanted: Fen,
  { total_amount, paid_amount }: Pick<OrderFacts, 'total_amount' | 'paid_amount'>,
): boolean {
  return total_amount !== undefined && wanted < total_amount && wanted > (paid_amount ?? 0);
}

/** Why an order cannot be held until then; undefined: it can. A hold is made longer by another one, never shorter. */
export function refusesHold(order: Order, until: Instant = Infinity): ByHandRefusal | undefined {
  if (phaseOf(order) === 'ended') return 'ended';
  if (order.hold !== undefined && (order.hold.until ?? Infinity) > until) return 'held_longer';
  return isRecordFull(order) ? 'record_full' : undefined;
}

/**
 * Why an order cannot be released, and what is named taken back or dealt with; undefined: it can. What is named, and not
 * so any more, or never was: whoever says it has seen another order.
 */
export function refusesRelease(order: Order, names?: Named): ByHandRefusal | undefined {
  switch (names?.kind) {
    case 'refund':
      return names.amount === refundDue(order)?.amount ? undefined : 'refund_differs';
    case 'decision':
      if (phaseOf(order) === 'ended') return 'ended';
      return names.operation === order.intent?.operation.kind ? undefined : nothingHeld(order);
    case undefined:
      return refusesUnnamed(order);
  }
}

/** Sent a second time, or meant for something else, a release must not say that a refund has been dealt with. */
function refusesUnnamed(order: Order): ByHandRefusal | undefined {
  const { hold, timeline } = order;
  const ended = phaseOf(order) === 'ended';
  const stuck = hold !== undefined || timeline.length >= TIMELINE_MAX_ENTRIES || isRefused(timeline);
  if (stuck && !ended) return undefined;
  if (refundDue(order) !== undefined) return 'refund_not_named';
  return ended ? 'ended' : nothingHeld(order);
}

function nothingHeld({ intent }: Order): ByHandRefusal {
  return intent === undefined ? 'not_held' : 'not_named';
}

/** Why a correction of an order cannot be recorded; undefined: it can. */
export function refusesCorrection(order: Order): ByHandRefusal | undefined {
  return isRecordFull(order) ? 'record_full' : undefined;
}

/** Whether the record has no room for one more decision by hand. */
export function isRecordFull({ timeline }: Order): boolean {
  return timeline.length >= TIMELINE_BY_HAND_MAX_ENTRIES;
}

/** Whether WeChat Pay shows, verified, what was decided. Whoever was charged meanwhile was neither settled nor waived. */
export function isDone({ observed }: Order, operation: Operation): boolean {
  if (observed === undefined) return false;
  const { standing, facts } = observed;
  switch (operation.kind) {
    case 'sync':
      return standing.kind === 'settled';
    case 'cancel':
      return standing.kind === 'cancelled';
    case 'modify':
      return ['pending', 'paid'].includes(standing.kind) && facts.total_amount === operation.total_amount;
  }
}

const BUSY =
  'A deduction of this order is running at WeChat Pay (扣款中). Wait 3 minutes, then look whether he was charged.';
const STILL_CHARGED =
  'The order is not collected here any more, but WeChat Pay goes on deducting by itself: the user can still be charged. If he is, the order is in refund_due.';

/** What an outcome says of a decision by hand, where that differs from what it says of a collection. */
export const BY_HAND_MEANINGS: Readonly<Record<Operation['kind'], Partial<Record<OutcomeKind, string>>>> = {
  sync: {
    accepted: 'WeChat Pay took it; the order is settled as soon as a query shows it.',
    refused: `WeChat Pay refused it. ${STILL_CHARGED}`,
    busy: BUSY,
  },
  cancel: {
    accepted: 'WeChat Pay took it; the order is cancelled as soon as a query shows it.',
    refused: `WeChat Pay refused it, as it may for an order that is pending payment. ${STILL_CHARGED}`,
    busy: BUSY,
  },
  modify: {
    accepted: 'WeChat Pay took it; less is due as soon as a query shows it.',
    refused:
      'WeChat Pay refused it. The order is not collected here until it is reduced or released, but WeChat Pay goes on deducting the earlier amount by itself.',
    busy: BUSY,
  },
};
