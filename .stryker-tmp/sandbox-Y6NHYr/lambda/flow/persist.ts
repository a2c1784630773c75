import { aroundOf } from '../core/controls';
import { decide, type Around, type Occasion } from '../core/decide';
import { isPayscoreError, PayscoreError } from '../core/errors';
import { evolve, type Change } from '../core/evolve';
import type { Instant } from '../core/ids';
import type { Marks } from '../core/marks';
import type { Order } from '../core/order';
import { HANDLING_MS_MAX, inHand, planned } from '../core/plan';
import type { Ports } from './ports';

/** What writing a change takes: nothing of it calls WeChat Pay. */
export type LedgerPorts = Pick<Ports, 'ledger' | 'controls' | 'now' | 'chance'>;

/** Tries to write a change that other workers keep getting in the way of. */
const TRIES_MAX = 5;

/** What holds around an order now. */
export async function aroundNow(order: Order, { controls, now }: LedgerPorts): Promise<Around> {
  return aroundOf(await controls.read(order.ref.mchid), order.ref, now());
}

/**
 * Applies a change to an order, on top of whatever others did to it meanwhile, and plans when it is next taken up.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function persist(ports: LedgerPorts, order: Order, change: Change): Promise<Order> {
  let before = order;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const after = await place(ports, evolve(before, change));
    if ((await ports.ledger.save(before, after)) === 'saved') return after;
    before = (await ports.ledger.find(before.ref)) ?? before;
    // The service_id was corrected meanwhile: what was asked or sent under the other one says nothing of this order.
    if (before.ref.service_id !== order.ref.service_id) return before;
  }
  throw new PayscoreError(
    'LEDGER_UNAVAILABLE',
    `Order ${order.ref.out_order_no} is being changed by others; ${TRIES_MAX} tries to record a change failed.`,
  );
}

/**
 * Where it cannot be known what holds for an order, what happened is written all the same: it is due again as if nobody
 * had finished with it.
 */
async function place(ports: LedgerPorts, order: Order): Promise<Order> {
  const now = ports.now();
  const around = await aroundNow(order, ports).catch(unlessFault);
  return around === undefined ? inHand(order, now) : planned(order, around, now, ports.chance());
}

/** Whether the order is collected next on this occasion; not if it cannot be known. */
export async function isCollectedNext(
  ports: LedgerPorts,
  order: Order,
  occasion: Occasion,
): Promise<boolean> {
  const around = await aroundNow(order, ports).catch(unlessFault);
  return around !== undefined && decide(order, around, occasion, ports.now()).kind === 'collect';
}

/** Undefined for what a part behind could not do; a mistake of this program passes through. */
export function unlessFault(error: unknown): undefined {
  if (!isPayscoreError(error)) throw error;
}

/** A change that only holds of the order as it was seen; undefined when somebody else has changed it meanwhile. */
export async function persistIfAsSeen(
  ports: LedgerPorts,
  order: Order,
  change: Change,
): Promise<Order | undefined> {
  const after = await place(ports, evolve(order, change));
  return (await ports.ledger.save(order, after)) === 'saved' ? after : undefined;
}

/** Just short of certain. */
const CHANCE_MAX = 1 - Number.EPSILON;

/**
 * Puts an order to rest that nothing happened to: the sweep has moved its due time, and that may be too soon or too
 * late. `budgetUntil`: the merchant's rate is used up until then.
 */
export async function putToRest(ports: LedgerPorts, order: Order, budgetUntil?: Instant): Promise<Order> {
  const around = await aroundNow(order, ports);
  const now = ports.now();
  const plan = (chance: number) => planned(order, around, now, chance);
  if (budgetUntil === undefined && isGoodEnough(order, plan(0), plan(CHANCE_MAX))) return order;
  const after = plan(ports.chance());
  const rested = { ...after, ...overRate(order, after, budgetUntil), version: order.version + 1 };
  // On a conflict somebody else has changed the order, and planned it then.
  return (await ports.ledger.save(order, rested)) === 'saved' ? rested : order;
}

/** An order that waits for its merchant's rate is as late as it was: that is what lateness is measured for. */
function overRate(
  { planned_at }: Order,
  after: Order,
  budgetUntil: Instant | undefined,
): Pick<Order, 'due_at' | 'planned_at'> {
  if (budgetUntil === undefined || after.due_at === undefined) return {};
  const due_at = Math.max(after.due_at, budgetUntil);
  return { due_at, planned_at: planned_at ?? due_at };
}

function isMarkedAlike(a: Marks, b: Marks): boolean {
  return a.stopped?.because === b.stopped?.because && a.exhausting_since === b.exhausting_since;
}

/** Whether a due time is one that a plan made now might have as well: then it is not worth a write. */
function isGoodEnough(order: Order, earliest: Order, latest: Order): boolean {
  const { due_at: is, open, status } = order;
  const { due_at: from } = earliest;
  if (status !== earliest.status || !isMarkedAlike(order, earliest)) return false;
  if (is === undefined || from === undefined || latest.due_at === undefined) return is === from;
  const to = open === undefined ? latest.due_at : Math.max(latest.due_at, from + HANDLING_MS_MAX);
  return is >= from && is <= to;
}
