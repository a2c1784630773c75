import type { Fen } from './ids';
import type { OrderFacts } from './observe';
import type { Order } from './order';

/** What the merchant registered as due, and what WeChat Pay says instead. */
export interface AmountsDiffer {
  readonly registered: Fen;
  readonly told: Fen;
}

/**
 * Whether WeChat Pay speaks of another total than the one registered, told once for each such total. A lower one that
 * somebody decided on is as it should be.
 */
export function amountsDiffer(order: Order, { total_amount: told }: OrderFacts): AmountsDiffer | undefined {
  const { registration, observed } = order;
  const registered = registration.total_amount;
  if (registered === undefined || told === undefined || told === registered) return undefined;
  if (told === observed?.facts.total_amount || wasDecided(order, told)) return undefined;
  return { registered, told };
}

function wasDecided({ intent, timeline }: Order, amount: Fen): boolean {
  const decisions = [intent, ...timeline.filter((entry) => entry.kind === 'operation')];
  return decisions.some((one) => one?.operation.kind === 'modify' && one.operation.total_amount === amount);
}
