import { PayscoreError } from '../core/errors';
import { evolve, type Change, type Order } from '../core/order';
import type { Ledger } from './ports';

/** Tries to write a change that other workers keep getting in the way of. */
const TRIES_MAX = 5;

/**
 * Applies a change to an order, on top of whatever others did to it meanwhile.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function persist(ledger: Ledger, order: Order, change: Change): Promise<Order> {
  let before = order;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const after = evolve(before, change);
    if ((await ledger.save(before, after)) === 'saved') return after;
    before = await ledger.load(before.ref);
  }
  throw new PayscoreError(
    'LEDGER_UNAVAILABLE',
    `Order ${order.ref.out_order_no} is being changed by others; ${TRIES_MAX} tries to record a change failed.`,
  );
}
