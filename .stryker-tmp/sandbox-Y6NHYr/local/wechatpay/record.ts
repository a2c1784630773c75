import {
  type CollectionDetail,
  type Customer,
  type MoneyMovement,
  type OrderKey,
  type Phase,
  type RegisteredOrder,
  type SimulatedOrder,
  TRIPLES,
} from './orders';
import { compactTime } from './time';

/** The mutable row of the simulator's books. Only `settle`, `deduct` and `change` write to it. */
export interface OrderRecord {
  readonly given: RegisteredOrder;
  readonly key: OrderKey;
  readonly order_id: string;
  readonly sequence: number;
  readonly registeredAtMs: number;
  phase: Phase;
  totalFen: number;
  paidFen: number;
  customer: Customer;
  balanceFromMs: number;
  balanceFen: number;
  readonly details: CollectionDetail[];
  readonly movements: MoneyMovement[];
  /** A deduction that was begun and has not ended; its money is set aside already; 0 fen means that it will fail. */
  deduction: { readonly endsAtMs: number; readonly amountFen: number } | undefined;
  lockedUntilMs: number;
  /** Future deductions by WeChat Pay itself, earliest first. */
  autoDeductionsAtMs: number[];
  byHandAtMs: number | undefined;
  lastChangeCallMs: number | undefined;
  cancelReason: string | undefined;
  payCallsReceived: number;
  payCallsProcessed: number;
}

/** The parts of a record that follow from the others. */
export function identity(given: RegisteredOrder, sequence: number): Pick<OrderRecord, 'key' | 'order_id'> {
  const { mchid, sub_mchid, out_order_no } = given;
  return {
    key: { mchid, sub_mchid, out_order_no },
    order_id: `1000000${String(sequence).padStart(13, '0')}`,
  };
}

export function setCustomer(record: OrderRecord, customer: Customer, nowMs: number): void {
  record.customer = customer;
  record.balanceFromMs = 0;
  record.balanceFen = Number.POSITIVE_INFINITY;
  if (customer.kind !== 'pays') return;
  record.balanceFromMs =
    customer.balanceFromMs ?? (customer.balanceAfterMs === undefined ? 0 : nowMs + customer.balanceAfterMs);
  record.balanceFen = customer.balanceFen ?? Number.POSITIVE_INFINITY;
}

export function openRecord(given: RegisteredOrder, sequence: number, nowMs: number): OrderRecord {
  const paid = given.phase === 'user_paid';
  const record: OrderRecord = {
    ...identity(given, sequence),
    given,
    sequence,
    registeredAtMs: nowMs,
    phase: given.phase,
    totalFen: given.total_amount,
    paidFen: 0,
    customer: given.customer,
    balanceFromMs: 0,
    balanceFen: 0,
    details: [],
    movements: [],
    deduction: undefined,
    lockedUntilMs: 0,
    autoDeductionsAtMs: given.autoDeductionsAtMs.toSorted((a, b) => a - b),
    byHandAtMs: given.byHandAtMs,
    lastChangeCallMs: undefined,
    cancelReason: undefined,
    payCallsReceived: 0,
    payCallsProcessed: 0,
  };
  setCustomer(record, given.customer, nowMs);
  // Registered as paid: the first automatic deduction succeeded before the simulation began.
  if (paid) moveMoney(record, given.total_amount, nowMs, 'auto');
  return record;
}

export const payingFen = (record: OrderRecord): number => record.totalFen - record.paidFen;

/** 28 digits, 4200 first, as WeChat Pay's are; unique because sequence and seq are. */
function transactionId(record: OrderRecord, atMs: number): string {
  const seq = String(record.details.length + 1).padStart(4, '0');
  return `4200${compactTime(atMs).slice(0, 8)}${String(record.sequence).padStart(12, '0')}${seq}`;
}

/** Money changes hands; with nothing left to pay the order is DONE + USER_PAID. */
export function moveMoney(
  record: OrderRecord,
  amountFen: number,
  atMs: number,
  cause: MoneyMovement['cause'],
): void {
  if (amountFen <= 0 || amountFen > payingFen(record)) {
    throw new Error(
      `simulator: ${amountFen} fen cannot move on ${record.key.out_order_no}, ${payingFen(record)} fen are open`,
    );
  }
  const transaction_id = transactionId(record, atMs);
  record.details.push({
    seq: record.details.length + 1,
    amount: amountFen,
    paid_type: 'NEWTON',
    paid_time: compactTime(atMs),
    transaction_id,
  });
  record.movements.push({ atMs, amountFen, cause, transaction_id });
  record.paidFen += amountFen;
  if (payingFen(record) === 0) record.phase = 'user_paid';
}

/** The record as it was right after its movement at `index`. */
export function asOfMovement(record: OrderRecord, index: number): OrderRecord {
  const id = record.movements[index]?.transaction_id;
  const details = record.details.slice(
    0,
    record.details.findIndex(({ transaction_id }) => transaction_id === id) + 1,
  );
  const paidFen = details.reduce((sum, { amount }) => sum + amount, 0);
  return { ...record, details, paidFen, phase: paidFen === record.totalFen ? 'user_paid' : 'user_paying' };
}

export function view(record: OrderRecord): SimulatedOrder {
  return {
    ...record.key,
    ...TRIPLES[record.phase],
    service_id: record.given.service_id,
    order_id: record.order_id,
    total_amount: record.totalFen,
    paid_amount: record.paidFen,
    paying_amount: payingFen(record),
    details: record.details.map((detail) => ({ ...detail })),
    customer: record.customer,
    access: record.given.access,
    deduction: record.deduction === undefined ? 'none' : 'in_progress',
    lockedUntilMs: record.lockedUntilMs,
    movements: record.movements.map((movement) => ({ ...movement })),
    payCalls: { received: record.payCallsReceived, processed: record.payCallsProcessed },
  };
}
