import { readBeijingTime } from './beijing-time';
import type { Fen, Instant } from './ids';
import type { Order } from './order';

/** What lists show of an order's money. */
export function amountsOf({ registration, observed }: Pick<Order, 'registration' | 'observed'>): {
  readonly total_amount: Fen | undefined;
  readonly paid_amount: Fen | undefined;
} {
  return {
    total_amount: registration.total_amount ?? observed?.facts.total_amount,
    paid_amount: observed?.standing.kind === 'paid' ? observed.standing.paid_amount : undefined,
  };
}

/** When the last part of an order that is paid was paid, as far as WeChat Pay says. */
export function paidAtOf({ observed }: Pick<Order, 'observed'>): Instant | undefined {
  if (observed?.standing.kind !== 'paid') return undefined;
  const times = observed.facts.details.map(({ paid_time = '' }) => readBeijingTime(paid_time) ?? -Infinity);
  const last = Math.max(-Infinity, ...times);
  return last === -Infinity ? undefined : last;
}
