import type { Instant, OrderKey } from '../lambda/core/ids';
import { amountsOf } from '../lambda/core/money';
import { ORDER_STATUSES, type Order } from '../lambda/core/order';
import type { DueOrder, DueOrders, Ledger, OrderList, Saved } from '../lambda/flow/ports';
import { listAtOf, listOf, spell } from '../lambda/store/ledger-item';
import {
  foundMaxOf,
  pageOf,
  startOf,
  statusesFrom,
  type Found,
  type ListPage,
  type ListQuery,
} from '../lambda/store/list-page';
import {
  rangeOf,
  stretchOf,
  type ListRead,
  type RegisteredQuery,
  type RegisteredStretch,
} from '../lambda/store/registered';

/** The ledger in memory, with the semantics of the one in DynamoDB but for the lag of its indexes. */
export class MemoryLedger implements Ledger, DueOrders, OrderList {
  readonly #rows = new Map<string, Order>();
  readonly #due = new SortedIndex<Instant>();
  readonly #lists = new Map<string, SortedIndex<string>>();

  /** `onWrite` is told of every change at the moment it takes effect; `before` is undefined when it is the first. */
  constructor(private readonly onWrite?: (before: Order | undefined, after: Order) => void) {}

  async find(key: OrderKey): Promise<Order | undefined> {
    return this.#rows.get(spell(key));
  }

  async findMany(keys: readonly OrderKey[]): Promise<readonly Order[]> {
    return [...new Set(keys.map(spell))].flatMap((id) => this.#rows.get(id) ?? []);
  }

  async create(order: Order): Promise<Saved> {
    if (this.#rows.has(spell(order.ref))) return 'conflict';
    this.#put(order);
    return 'saved';
  }

  async save(before: Order, after: Order): Promise<Saved> {
    const row = this.#rows.get(spell(after.ref));
    if (row === undefined || row.version !== before.version) return 'conflict';
    // Only what changed is written: a due time that the change leaves alone stays as the sweep has moved it.
    const isLeft = before.due_at === after.due_at && row.due_at !== undefined;
    this.#put(isLeft ? { ...after, due_at: row.due_at } : after);
    return 'saved';
  }

  async due(now: Instant, ordersMax: number): Promise<readonly DueOrder[]> {
    return this.#due.upTo(now, ordersMax).map((id) => {
      const { ref, due_at, planned_at } = this.#row(id) as Order & Pick<DueOrder, 'due_at' | 'planned_at'>;
      return { key: keyOf(ref), service_id: ref.service_id, due_at, planned_at };
    });
  }

  /** When the next order is due; undefined when none is. */
  nextDueAt(): Instant | undefined {
    return this.#due.first();
  }

  async postpone({ key, due_at }: Pick<DueOrder, 'key' | 'due_at'>, until: Instant): Promise<Saved> {
    const row = this.#rows.get(spell(key));
    if (row?.due_at !== due_at) return 'conflict';
    this.#put({ ...row, due_at: until });
    return 'saved';
  }

  async list(query: ListQuery): Promise<ListPage> {
    const start = startOf(query);
    const max = foundMaxOf(query);
    const found: Found[] = [];
    for (const status of statusesFrom(query, start)) {
      const after = start?.status === status ? start.list_at : '';
      const ids = this.#lists.get(listOf(query.mchid, status))?.after(after) ?? [];
      for (const id of ids) {
        if (found.length === max) break;
        const row = this.#row(id);
        if ((query.sub_mchid ?? row.ref.sub_mchid) === row.ref.sub_mchid) found.push(foundAs(row));
      }
    }
    return pageOf(query, found);
  }

  async registered(query: RegisteredQuery): Promise<RegisteredStretch> {
    const { first, last } = rangeOf(query);
    const lists = query.status === undefined ? ORDER_STATUSES : [query.status];
    const reads = lists.map((status): ListRead => {
      const rows: Found[] = [];
      for (const id of this.#lists.get(listOf(query.mchid, status))?.after(first) ?? []) {
        const found = foundAs(this.#row(id));
        if (found.at.list_at > last || rows.length === query.rowsMax) break;
        rows.push(found);
      }
      return { rows, goesOn: rows.length === query.rowsMax };
    });
    return stretchOf(query, reads);
  }

  #row(id: string): Order {
    const row = this.#rows.get(id);
    if (row === undefined) throw new Error(`${id} is in an index and not in the ledger`);
    return row;
  }

  /** What is kept is a copy that nobody can change. */
  #put(order: Order): void {
    const id = spell(order.ref);
    const before = this.#rows.get(id);
    const row = kept(order);
    this.#rows.set(id, row);
    if (before?.due_at !== row.due_at) {
      if (before?.due_at !== undefined) this.#due.remove(before.due_at, id);
      if (row.due_at !== undefined) this.#due.add(row.due_at, id);
    }
    const at = listAtOf(row);
    if (before === undefined || before.status !== row.status || listAtOf(before) !== at) {
      if (before !== undefined) this.#listOf(before).remove(listAtOf(before), id);
      this.#listOf(row).add(at, id);
    }
    this.onWrite?.(before, row);
  }

  #listOf({ ref, status }: Order): SortedIndex<string> {
    const name = listOf(ref.mchid, status);
    const list = this.#lists.get(name) ?? new SortedIndex<string>();
    this.#lists.set(name, list);
    return list;
  }
}

interface Entry<Sort> {
  readonly sort: Sort;
  readonly id: string;
}

/** Ids by a sort key, as an index has them: a long simulation asks what is due far more often than orders change. */
class SortedIndex<Sort extends number | string> {
  readonly #entries: Entry<Sort>[] = [];

  add(sort: Sort, id: string): void {
    this.#entries.splice(this.#position(sort, id), 0, { sort, id });
  }

  remove(sort: Sort, id: string): void {
    this.#entries.splice(this.#position(sort, id), 1);
  }

  first(): Sort | undefined {
    return this.#entries[0]?.sort;
  }

  /** The first `idsMax` ids whose sort key is `last` or before. */
  upTo(last: Sort, idsMax: number): string[] {
    const ids: string[] = [];
    for (const { sort, id } of this.#entries) {
      if (sort > last || ids.length === idsMax) break;
      ids.push(id);
    }
    return ids;
  }

  /** The ids whose sort key comes after `first`. */
  *after(first: Sort): Generator<string> {
    const entries = this.#entries;
    for (let at = this.#position(first, ''); at < entries.length; at += 1) {
      const entry = entries[at];
      if (entry !== undefined && entry.sort > first) yield entry.id;
    }
  }

  /** Where an entry is, or would be. */
  #position(sort: Sort, id: string): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      const isBefore = entry !== undefined && (entry.sort < sort || (entry.sort === sort && entry.id < id));
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function keyOf({ mchid, sub_mchid, out_order_no }: OrderKey): OrderKey {
  return { mchid, sub_mchid, out_order_no };
}

function foundAs(order: Order): Found {
  const { ref, status, registration } = order;
  const { total_amount, paid_amount } = amountsOf(order);
  return {
    at: { status, list_at: listAtOf(order) },
    row: {
      ...ref,
      status,
      registered_at: registration.at,
      ...(total_amount === undefined ? {} : { total_amount }),
      ...(paid_amount === undefined ? {} : { paid_amount }),
    },
  };
}

/** Copies that were made here, and that nobody can change. */
const KEPT = new WeakSet<object>();

/** A copy that nobody can change. What came out of here goes in again as it is: most of an order stays the same. */
function kept<T>(value: T): T {
  if (typeof value !== 'object' || value === null || KEPT.has(value)) return value;
  const copy = (Array.isArray(value) ? value.map(kept) : { ...value }) as Record<string, unknown>;
  if (!Array.isArray(value)) for (const name of Object.keys(copy)) copy[name] = kept(copy[name]);
  KEPT.add(Object.freeze(copy));
  return copy as T;
}
