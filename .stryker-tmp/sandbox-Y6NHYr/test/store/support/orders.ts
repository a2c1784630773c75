import { evolve, type Change } from '../../../lambda/core/evolve';
import type { OrderRef } from '../../../lambda/core/ids';
import { newOrder, type Decided, type OpenAttempt, type Order } from '../../../lambda/core/order';
import type { DueOrders, Ledger, OrderList } from '../../../lambda/flow/ports';

export type WholeLedger = Ledger & DueOrders & OrderList;

export const T0 = Date.parse('2026-03-02T04:00:00Z');
export const HOUR = 3_600_000;
export const ACTOR = { kind: 'api', id: 'arn:aws:iam::000000000000:user/付' } as const;
export const DECIDED: Decided = { rule: 'first_attempt', policy: 'provider:3 service:1' };
export const CLAIM: OpenAttempt = {
  claim_id: 'c0ffee',
  actor: ACTOR,
  decided: DECIDED,
  claimed_at: T0 + 1,
  send_by: T0 + 5_001,
};

let orders = 0;

export function newRef(change: Partial<Record<keyof OrderRef, string>> = {}): OrderRef {
  return {
    mchid: '1900009191',
    sub_mchid: '1900000109',
    out_order_no: `O|*${(orders += 1)}`,
    service_id: '00004000000000000000000000000001',
    ...change,
  } as OrderRef;
}

/** An order as it comes into the ledger; what is planned of it is given with `change`. */
export function newlyRegistered(ref: OrderRef = newRef(), change: Partial<Order> = {}): Order {
  return { ...newOrder(ref, { at: T0, actor: ACTOR }), ...change };
}

/** Due at an instant, and planned for it. */
export function dueAt(at: number): Pick<Required<Order>, 'due_at' | 'planned_at'> {
  return { due_at: at, planned_at: at };
}

/** The next version of an order, with something changed about it. */
export function next(order: Order, change: Partial<Order>): Order {
  return { ...order, version: order.version + 1, ...change };
}

export function withoutDue({ due_at: _due, planned_at: _planned, ...order }: Order): Order {
  return order;
}

export async function created(ledger: WholeLedger, order: Order): Promise<Order> {
  expect(await ledger.create(order)).toBe('saved');
  return order;
}

/** Saves one change after the other. */
export async function saved(ledger: WholeLedger, order: Order, ...changes: Change[]): Promise<Order> {
  let current = order;
  for (const change of changes) {
    const after = evolve(current, change);
    expect(await ledger.save(current, after)).toBe('saved');
    current = after;
  }
  return current;
}
