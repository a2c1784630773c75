import { aroundOf } from '../core/controls';
import { decide, type Around, type Occasion } from '../core/decide';
import { PayscoreError } from '../core/errors';
import { evolve, type Change } from '../core/evolve';
import type { Order } from '../core/order';
import { inHand, planned } from '../core/plan';
import type { Ports } from './ports';

/** Tries to write a change that other workers keep getting in the way of. */
const TRIES_MAX = 5;

/** What holds around an order now. */
export async function aroundNow(order: Order, { controls, now }: Ports): Promise<Around> {
  return aroundOf(await controls.read(order.ref.mchid), order.ref, now());
}

/**
 * Applies a change to an order, on top of whatever others did to it meanwhile, and plans when it is next taken up.
 * `continues`: whoever asks will collect the order now if that is what is decided for this occasion.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function persist(
  ports: Ports,
  order: Order,
  change: Change,
  continues?: Occasion,
): Promise<Order> {
  let before = order;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const after = await place(ports, evolve(before, change), continues);
    if ((await ports.ledger.save(before, after)) === 'saved') return after;
    before = (await ports.ledger.find(before.ref)) ?? before;
  }
  throw new PayscoreError(
    'LEDGER_UNAVAILABLE',
    `Order ${order.ref.out_order_no} is being changed by others; ${TRIES_MAX} tries to record a change failed.`,
  );
}

/** An order that is collected next stays in hand; every other one is planned. */
async function place(ports: Ports, order: Order, continues: Occasion | undefined): Promise<Order> {
  const around = await aroundNow(order, ports);
  const now = ports.now();
  const goesOn = continues !== undefined && decide(order, around, continues, now).kind === 'collect';
  return goesOn ? inHand(order, now) : planned(order, around, now, ports.chance());
}

/** A due time that is this much too late is not worth a write: it is what the sweep leaves behind. */
const LATE_MS_MAX = 20 * 60_000;

/** Puts an order to rest that nothing happened to: the sweep has moved its due time, and that may be too soon or too late. */
export async function putToRest(ports: Ports, order: Order): Promise<Order> {
  const after = planned(order, await aroundNow(order, ports), ports.now(), ports.chance());
  if (after.status === order.status && isGoodEnough(order, after)) return order;
  const rested = { ...after, version: order.version + 1 };
  // On a conflict somebody else has changed the order, and planned it then.
  return (await ports.ledger.save(order, rested)) === 'saved' ? rested : order;
}

function isGoodEnough({ due_at: is }: Order, { due_at: should }: Order): boolean {
  if (is === undefined || should === undefined) return is === should;
  return is >= should && is <= should + LATE_MS_MAX;
}
