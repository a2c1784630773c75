import { isFen, type Fen } from './ids';
import type { Intent, Observation, Order } from './order';

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

function chargedSince(observation: Observation, { charged_before }: Intent): number {
  return (chargedOf(observation) ?? 0) - (charged_before ?? 0);
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
