import type { OrderFacts, Standing } from '../../lambda/core/observe';
import type { Observation, Operation, Order } from '../../lambda/core/order';
import { ACTOR, DAY, NOW } from './orders';

/** Of an order of 100 fen that is still pending, a part was paid. */
export function part(paid_amount: number): Observation {
  const facts = { state: 'DOING', total_amount: 100, paid_amount, details: [] } as unknown as OrderFacts;
  return { at: NOW, standing: { kind: 'pending', paid_amount } as Standing, facts };
}

/** Somebody decided about it the day before. */
export const decided = (operation: Operation): Pick<Order, 'intent'> => ({
  intent: { at: NOW - DAY, actor: ACTOR, reason: 'goodwill', operation },
});
