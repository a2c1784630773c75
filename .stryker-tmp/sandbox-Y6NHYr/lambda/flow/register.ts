import { PayscoreError } from '../core/errors';
import type { Change } from '../core/evolve';
import type { Fault } from '../core/faults';
import type { Instant, OrderRef } from '../core/ids';
import { isUnconfirmed, newOrder, type Order, type Registration, type Said } from '../core/order';
import { planned } from '../core/plan';
import { DAY_MS } from '../core/time';
import { aroundNow, persistIfAsSeen, type LedgerPorts } from './persist';

export type RegisterResult =
  | { readonly kind: 'registered' | 'changed' | 'already'; readonly order: Order }
  | { readonly kind: 'service_mismatch'; readonly order: Order };

/** Tries to write what others keep getting in the way of. */
const TRIES_MAX = 5;
/** Clocks differ; and what is not completed yet has no completion. */
const AHEAD_MS_MAX = DAY_MS;
/** One of two years may have a day more. */
const TWO_YEARS_MS = (365 + 366) * DAY_MS;

/** What nobody may say of an order, however well it is spelled. */
export function faultIn({ at, completed_at }: Registration): Fault | undefined {
  if (completed_at === undefined) return undefined;
  if (completed_at > at + AHEAD_MS_MAX) return { field: 'completed_at', rule: 'lies more than a day ahead' };
  return faultOfAge('completed_at', completed_at, at);
}

/** An order is asked about for half a year: what somebody tells of longer ago is a slip, such as another year. */
export function faultOfAge(field: string, told: Instant, now: Instant): Fault | undefined {
  return told < now - TWO_YEARS_MS ? { field, rule: 'lies more than two years behind' } : undefined;
}

/**
 * Brings an order into the ledger, once: from then on it is collected by the policy and asked about until it is at
 * its end. Given again it changes nothing; other words about completion or amount replace the earlier ones, and
 * another `service_id` does as long as WeChat Pay has never confirmed the order under the earlier one.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function register(
  ref: OrderRef,
  registration: Registration,
  ports: LedgerPorts,
): Promise<RegisterResult> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const known = await ports.ledger.find(ref);
    const result =
      known === undefined
        ? await first(ref, registration, ports)
        : await again(known, ref, registration, ports);
    // Undefined: somebody else was faster, or the answer to this very write was lost; what is there now decides.
    if (result !== undefined) return result;
  }
  throw new PayscoreError(
    'LEDGER_UNAVAILABLE',
    `Order ${ref.out_order_no} is being changed by others; ${TRIES_MAX} tries to register it failed.`,
  );
}

async function first(
  ref: OrderRef,
  registration: Registration,
  ports: LedgerPorts,
): Promise<RegisterResult | undefined> {
  const order = newOrder(ref, registration);
  const after = planned(order, await aroundNow(order, ports), ports.now(), ports.chance());
  return (await ports.ledger.create(after)) === 'saved' ? { kind: 'registered', order: after } : undefined;
}

async function again(
  known: Order,
  ref: OrderRef,
  registration: Registration,
  ports: LedgerPorts,
): Promise<RegisterResult | undefined> {
  const told = changeBy(known, ref, registration);
  if (told === 'already' || told === 'service_mismatch') return { kind: told, order: known };
  const order = await persistIfAsSeen(ports, known, told);
  return order && { kind: 'changed', order };
}

/** What a registration would change of an order that is known. */
export function changeBy(
  known: Order,
  { service_id }: OrderRef,
  { completed_at, total_amount }: Said,
): 'already' | 'service_mismatch' | Change {
  const other = known.ref.service_id !== service_id;
  if (other && !isUnconfirmed(known)) return 'service_mismatch';
  const said: Said = {
    ...(completed_at === undefined ? {} : { completed_at }),
    ...(total_amount === undefined ? {} : { total_amount }),
  };
  const before: Said = known.registration;
  const changes = { ...before, ...said };
  const same =
    !other && changes.completed_at === before.completed_at && changes.total_amount === before.total_amount;
  return same ? 'already' : { kind: 'register', ...(other ? { service_id } : {}), said };
}
