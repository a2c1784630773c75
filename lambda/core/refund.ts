import { isDateOnly, readBeijingTime } from './beijing-time';
import { isFen, type Fen, type Instant } from './ids';
import type { Intent, Observation, Operation, Order } from './order';

/** Money that WeChat Pay took and the user should have back; nothing here refunds, a person has to. */
export interface RefundDue {
  readonly amount: Fen;
  readonly because: keyof typeof REFUND_REASONS;
}

/** Why, for the operator on the phone. */
export const REFUND_REASONS = {
  paid_twice: 'The user had paid elsewhere, and WeChat Pay charged him all the same.',
  charged_after_waiver: 'The order was waived, and WeChat Pay charged the user all the same.',
  charged_more_than_decided: 'A lower amount was decided, and WeChat Pay charged the earlier one.',
  overpaid: 'More was paid than the order came to.',
} as const;

/** What is to be refunded of an order, whether a person has dealt with it or not. */
export function refundOf({ observed, intent }: Pick<Order, 'observed' | 'intent'>): RefundDue | undefined {
  if (observed === undefined) return undefined;
  const { standing, facts } = observed;
  if (standing.kind !== 'paid' && standing.kind !== 'pending') return undefined;
  const paid = standing.paid_amount ?? 0;
  switch (intent?.operation.kind) {
    case 'sync':
      return due(chargedSince(observed, intent), 'paid_twice');
    case 'cancel':
      return due(chargedSince(observed, intent), 'charged_after_waiver');
    case 'modify':
      return due(paid - intent.operation.total_amount, 'charged_more_than_decided');
    case undefined:
      return due(paid - (facts.total_amount ?? paid), 'overpaid');
  }
}

/** What is to be refunded and nobody has dealt with yet. */
export function refundDue(order: Pick<Order, 'observed' | 'intent' | 'refund_noted'>): RefundDue | undefined {
  const refund = refundOf(order);
  return refund && due(refund.amount - (order.refund_noted ?? 0), refund.because);
}

function due(amount: number, because: RefundDue['because']): RefundDue | undefined {
  return isFen(amount) && amount > 0 ? { amount, because } : undefined;
}

function chargedSince(observation: Observation, { at, since = at, charged_before }: Intent): number {
  return (chargedOf(observation) ?? 0) - (charged_before ?? chargedUntil(observation, since));
}

/**
 * Whether a decision counts refunds from where the one before did. After a settlement or a waiver nothing more is due: of
 * one that is told again, the first word counts. A lower amount is measured by all that was paid, whenever.
 */
export function goesOn(before: Intent | undefined, operation: Operation): boolean {
  return operation.kind === 'modify' || isLast(before);
}

/** Whether nothing more is to be paid after it. */
function isLast(intent: Intent | undefined): intent is Intent {
  return intent !== undefined && intent.operation.kind !== 'modify';
}

/** What a decision keeps of its first word: when that was, and what it finds charged that is no reason to refund anything. */
export function firstWord(
  order: Pick<Order, 'observed' | 'intent' | 'refund_noted'>,
  operation: Operation,
): Pick<Intent, 'since' | 'charged_before'> {
  const { observed, intent } = order;
  if (operation.kind === 'modify') return {};
  if (isLast(intent)) {
    const { at, since = at, charged_before = observed && chargedUntil(observed, since) } = intent;
    return { since, ...(charged_before === undefined ? {} : { charged_before }) };
  }
  const charged = observed && chargedOf(observed);
  if (charged === undefined) return {};
  // What is to be refunded already stays so, whatever is decided next.
  return { charged_before: Math.max(0, charged - (refundDue(order)?.amount ?? 0)) as Fen };
}

/** What WeChat Pay itself had taken by then, as far as it dates it: what bears no time may have been taken since. */
function chargedUntil({ facts: { details } }: Observation, at: Instant): Fen {
  let sum = 0;
  for (const { amount = 0, paid_type, paid_time = '' } of details) {
    const paidAt = isDateOnly(paid_time) ? undefined : readBeijingTime(paid_time);
    if (paid_type !== 'MCH' && (paidAt ?? Infinity) <= at) sum += amount;
  }
  return sum as Fen;
}

/**
 * What WeChat Pay itself took (NEWTON), as far as the parts say, else all that was paid: what was paid elsewhere (MCH)
 * is not its to give back.
 */
export function chargedOf({ standing, facts: { details } }: Observation): Fen | undefined {
  const all = standing.kind === 'paid' || standing.kind === 'pending' ? standing.paid_amount : undefined;
  let sum = 0;
  for (const { amount, paid_type } of details) {
    if (amount === undefined) return all;
    if (paid_type !== 'MCH') sum += amount;
  }
  return details.length > 0 && isFen(sum) ? sum : all;
}
