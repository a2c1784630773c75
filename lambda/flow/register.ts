import { PayscoreError } from '../core/errors';
import type { OrderRef } from '../core/ids';
import { isUnconfirmed, newOrder, type Order, type Registration, type Said } from '../core/order';
import { planned } from '../core/plan';
import { aroundNow, persist } from './persist';
import type { Ports } from './ports';

export type RegisterResult =
  | { readonly kind: 'registered' | 'changed' | 'already'; readonly order: Order }
  | { readonly kind: 'service_mismatch'; readonly order: Order };

/**
 * Brings an order into the ledger, once: from then on it is collected by the policy and asked about until it is at
 * its end. Given again it changes nothing; other words about completion or amount replace the earlier ones.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function register(
  ref: OrderRef,
  registration: Registration,
  ports: Ports,
): Promise<RegisterResult> {
  const known = await ports.ledger.find(ref);
  if (known !== undefined) return again(known, ref, registration, ports);
  const order = newOrder(ref, registration);
  const after = planned(order, await aroundNow(order, ports), ports.now(), ports.chance());
  if ((await ports.ledger.create(after)) === 'saved') return { kind: 'registered', order: after };
  // Somebody else was first, or the answer to this very write was lost: either way the order is there.
  const there = await ports.ledger.find(ref);
  if (there === undefined)
    throw new PayscoreError('LEDGER_UNAVAILABLE', `Order ${ref.out_order_no} could not be registered.`);
  return again(there, ref, registration, ports);
}

async function again(
  known: Order,
  ref: OrderRef,
  { completed_at, total_amount }: Registration,
  ports: Ports,
): Promise<RegisterResult> {
  const { service_id } = ref;
  const other = known.ref.service_id !== service_id;
  // One that was mistyped is put right, as long as WeChat Pay has never confirmed it.
  if (other && !isUnconfirmed(known)) return { kind: 'service_mismatch', order: known };
  const said: Said = {
    ...(completed_at === undefined ? {} : { completed_at }),
    ...(total_amount === undefined ? {} : { total_amount }),
  };
  const before: Said = known.registration;
  const changes = { ...before, ...said };
  const same =
    !other && changes.completed_at === before.completed_at && changes.total_amount === before.total_amount;
  if (same) return { kind: 'already', order: known };
  const change = { kind: 'register', ...(other ? { service_id } : {}), said } as const;
  return { kind: 'changed', order: await persist(ports, known, change) };
}
