import { isFen, type Fen } from './ids';
import type { PaymentDetail } from './observe';
import type { Order } from './order';

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
  if (observed?.standing.kind !== 'paid') return undefined;
  const { standing, facts } = observed;
  const charged = chargedOf(facts.details) ?? standing.paid_amount;
  switch (intent?.operation.kind) {
    case 'sync':
      return due(charged, 'paid_twice');
    case 'cancel':
      return due(charged, 'charged_after_waiver');
    case 'modify':
      return due(standing.paid_amount - intent.operation.total_amount, 'charged_more_than_decided');
    case undefined:
      // Whoever is paid has a total: `observe` demands it.
      return due(standing.paid_amount - (facts.total_amount ?? standing.paid_amount), 'overpaid');
  }
}

/** What is to be refunded and nobody has dealt with yet. */
export function refundDue(order: Pick<Order, 'observed' | 'intent' | 'refund_noted'>): RefundDue | undefined {
  const refund = refundOf(order);
  return refund !== undefined && refund.amount > (order.refund_noted ?? 0) ? refund : undefined;
}

function due(amount: number, because: RefundDue['because']): RefundDue | undefined {
  return isFen(amount) && amount > 0 ? { amount, because } : undefined;
}

/** What WeChat Pay itself took (NEWTON), as far as the parts say: what was paid elsewhere (MCH) is not its to give back. */
function chargedOf(details: readonly PaymentDetail[]): Fen | undefined {
  let sum = 0;
  for (const { amount, paid_type } of details) {
    if (amount === undefined) return undefined;
    if (paid_type !== 'MCH') sum += amount;
  }
  return details.length > 0 && isFen(sum) ? sum : undefined;
}
