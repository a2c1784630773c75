import { z } from 'zod';
import type { Accepted } from './input';
import type { Journal } from './journal';
import {
  customerSchema,
  keyText,
  newOrderSchema,
  type OrderBooks,
  type OrderKey,
  type RegisteredOrder,
  type SimulatedOrder,
} from './orders';
import {
  asOfMovement,
  moveMoney,
  openRecord,
  type OrderRecord,
  payingFen,
  setCustomer,
  view,
} from './record';
import { nextEventAtMs, settle } from './settle';

export const MAX_ORDERS = 200_000;

/** What came of the customer pressing 立即支付 on the order's page. */
export type ByHandResult = 'paid' | 'no_such_order' | 'not_pending' | 'deduction_in_progress';

/** Is told of every movement of money, with the order as it was right after it; the journal has it by then. */
export type OnPaid = (order: OrderRecord, atMs: number) => void;

const queryText = (mchid: string, queryId: string): string => `${mchid}/${queryId}`;

/** All orders, keyed as WeChat Pay keys them. Every way to a record settles it first and journals it last. */
export class Books {
  readonly #records = new Map<string, OrderRecord>();
  readonly #byQueryId = new Map<string, OrderRecord>();
  readonly #now: () => number;
  readonly #mchids: ReadonlySet<string>;
  readonly #journal: Journal | undefined;
  #onPaid: OnPaid = () => undefined;

  /** Goes on with the orders of the journal, which are the books' own from then on. */
  constructor(now: () => number, mchids: ReadonlySet<string>, journal: Journal | undefined) {
    this.#now = now;
    this.#mchids = mchids;
    this.#journal = journal;
    for (const record of journal?.records ?? []) this.#put(record);
  }

  /** Whom to tell of movements of money from now on. */
  onPaid(listener: OnPaid): void {
    this.#onPaid = listener;
  }

  /** Refused when the order is malformed, belongs to no merchant of this simulator, or exists. */
  add(order: unknown): Accepted<SimulatedOrder> {
    const parsed = newOrderSchema.safeParse(order);
    if (!parsed.success) return { ok: false, reason: z.prettifyError(parsed.error) };
    const given = parsed.data;
    const reason = this.#whyNot(given);
    if (reason !== undefined) return { ok: false, reason };
    const record = openRecord(given, this.#records.size + 1, this.#now());
    this.#journal?.save(record);
    this.#put(record);
    return { ok: true, value: view(record) };
  }

  /** Runs `work` on the record as it is now; `work` may change it, and must not keep it. */
  use<T>(key: OrderKey, work: (record: OrderRecord | undefined) => T): T {
    return this.#use(this.#records.get(keyText(key)), work);
  }

  /** A query_id belongs to the provider; whether the sub-merchant is right is for the caller to judge. */
  useByQueryId<T>(mchid: string, queryId: string, work: (record: OrderRecord | undefined) => T): T {
    return this.#use(this.#byQueryId.get(queryText(mchid, queryId)), work);
  }

  order(mchid: string, sub_mchid: string, out_order_no: string): SimulatedOrder | undefined {
    return this.use({ mchid, sub_mchid, out_order_no }, (record) => record && view(record));
  }

  orders(): readonly SimulatedOrder[] {
    return Array.from(this.#records.values(), (record) => this.#use(record, view));
  }

  books(): readonly OrderBooks[] {
    return this.orders().map(({ mchid, sub_mchid, out_order_no, movements, payCalls }) => ({
      mchid,
      sub_mchid,
      out_order_no,
      movements,
      payCalls,
    }));
  }

  /** Lets everything happen that was due by now, on orders that nobody looks at too. */
  settle(): void {
    const nowMs = this.#now();
    for (const record of this.#records.values())
      if (nextEventAtMs(record) <= nowMs) this.#use(record, () => undefined);
  }

  /** When something next happens to any order by itself; Infinity when nothing does. */
  nextEventAtMs(): number {
    let nextMs = Infinity;
    for (const record of this.#records.values()) nextMs = Math.min(nextMs, nextEventAtMs(record));
    return nextMs;
  }

  /** The customer pays what is left, on the phone, with whatever means: no balance limits this. */
  payByHand(key: OrderKey): ByHandResult {
    return this.use(key, (record) => {
      if (record === undefined) return 'no_such_order';
      if (record.phase !== 'user_paying') return 'not_pending';
      if (record.deduction !== undefined) return 'deduction_in_progress';
      moveMoney(record, payingFen(record), this.#now(), 'by_hand');
      return 'paid';
    });
  }

  /** Another fate from now on. */
  changeCustomer(key: OrderKey, customer: unknown): Accepted<SimulatedOrder> {
    const parsed = customerSchema.safeParse(customer);
    if (!parsed.success) return { ok: false, reason: z.prettifyError(parsed.error) };
    return this.use(key, (record) => {
      if (record === undefined) return { ok: false, reason: `no order ${keyText(key)}` };
      setCustomer(record, parsed.data, this.#now());
      return { ok: true, value: view(record) };
    });
  }

  /** The customer opens the cashier: the order is locked although nobody collects. False when there is no such order. */
  lock(key: OrderKey, forMs: number): boolean {
    return this.use(key, (record) => {
      if (record === undefined) return false;
      record.lockedUntilMs = Math.max(record.lockedUntilMs, this.#now() + forMs);
      return true;
    });
  }

  #whyNot(given: RegisteredOrder): string | undefined {
    if (!this.#mchids.has(given.mchid)) return `no merchant ${given.mchid} here`;
    if (this.#records.has(keyText(given))) return `order ${keyText(given)} exists`;
    const { query_id } = given;
    if (query_id !== undefined && this.#byQueryId.has(queryText(given.mchid, query_id))) {
      return `query_id ${query_id} is taken`;
    }
    return this.#records.size >= MAX_ORDERS ? `${MAX_ORDERS} orders are the limit` : undefined;
  }

  #put(record: OrderRecord): void {
    const { given } = record;
    this.#records.set(keyText(given), record);
    if (given.query_id !== undefined) this.#byQueryId.set(queryText(given.mchid, given.query_id), record);
  }

  // What changed is in the journal before the result, which may tell of it, is out.
  #use<R extends OrderRecord | undefined, T>(record: R, work: (record: R) => T): T {
    if (record === undefined) return work(record);
    const before = record.movements.length;
    settle(record, this.#now());
    // Each as it was then: `work` may change what the order is over.
    const paid = movementsSince(record, before);
    const settled = record.movements.length;
    const result = work(record);
    paid.push(...movementsSince(record, settled));
    this.#journal?.save(record);
    for (const { order, atMs } of paid) this.#onPaid(order, atMs);
    return result;
  }
}

function movementsSince(record: OrderRecord, from: number): { order: OrderRecord; atMs: number }[] {
  return record.movements
    .slice(from)
    .map(({ atMs }, index) => ({ order: asOfMovement(record, from + index), atMs }));
}
