import { PayscoreError } from '../core/errors';
import type { Instant, Mchid, OrderKey, OutOrderNo } from '../core/ids';
import { SCHEMA, type Order } from '../core/order';
import { postponeDue, readDue, type DueRow } from './due-orders';
import { keyOf, readItem, spell, updateOf } from './ledger-item';
import { LedgerTable, type LedgerOptions } from './ledger-table';
import type { ListPage, ListQuery } from './list-page';
import { listOpen, listOrders, listRegistered } from './order-list';
import {
  findByNumber,
  findByTransaction,
  leadTo,
  readEnded,
  type EndedQuery,
  type EndedRow,
} from './pointers';
import type { RegisteredQuery, RegisteredStretch } from './registered';

/**
 * The ledger in DynamoDB: one item an order, and every change one `UpdateItem` on the version that was seen.
 *
 *     pk  order#<mchid>#<sub_mchid>#<out_order_no>    sk  order
 *     schema, version, service_id
 *     packed:      all else that an order has, as compressed JSON (see packed.ts)
 *     index due:   due_shard  due#0 … due#7, while due_at is      due_at      planned_at
 *     index list:  list_of  list#<mchid>#<status>      list_at  <sub_mchid>#<registered_at, RFC 3339>#<out_order_no>
 *                  total_amount, paid_amount
 *
 * Every method throws PayscoreError LEDGER_UNAVAILABLE when DynamoDB does not answer, or refuses.
 */
export class DynamoLedger {
  readonly #table: LedgerTable;

  constructor(options: LedgerOptions) {
    this.#table = new LedgerTable(options);
  }

  /**
   * The order as it stands, read consistently, if the ledger has it.
   * @throws PayscoreError LEDGER_ROW_NEWER
   */
  async find(key: OrderKey): Promise<Order | undefined> {
    const item = await this.#table.get(keyOf(key));
    if (item === undefined) return undefined;
    const read = readItem(item);
    if (read.kind === 'order') return read.order;
    throw new PayscoreError(
      'LEDGER_ROW_NEWER',
      `Order ${key.out_order_no} was written by another release (schema ${read.schema}); this one knows ${SCHEMA}.`,
    );
  }

  /** Each of the orders once, in no order; those that are not there, or that another release wrote, are missing. */
  async findMany(keys: readonly OrderKey[]): Promise<readonly Order[]> {
    const distinct = new Map(keys.map((key) => [spell(key), keyOf(key)]));
    const items = await this.#table.getMany([...distinct.values()]);
    return items.map(readItem).flatMap((read) => (read.kind === 'order' ? [read.order] : []));
  }

  /** Writes an order that the ledger does not have. `conflict`: it has. */
  async create(order: Order): Promise<'saved' | 'conflict'> {
    await leadTo(this.#table, undefined, order);
    const { expression, names, values } = updateOf(undefined, order);
    return this.#table.update({
      Key: keyOf(order.ref),
      UpdateExpression: expression,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { ...names, '#pk': 'pk' },
      ExpressionAttributeValues: values,
    });
  }

  /**
   * Writes what changed between two states of an order, if the ledger still holds the first.
   * `conflict`: somebody else changed it, or an earlier try of this very write got through and its answer was lost.
   */
  async save(before: Order, after: Order): Promise<'saved' | 'conflict'> {
    await leadTo(this.#table, before, after);
    const { expression, names, values } = updateOf(before, after);
    return this.#table.update({
      Key: keyOf(after.ref),
      UpdateExpression: expression,
      ConditionExpression: '#version = :seen',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ...values, ':seen': { N: String(before.version) } },
    });
  }

  /** What is due at `now`, longest due first within each part of the index, at most `ordersMax`. */
  async due(now: Instant, ordersMax: number): Promise<readonly DueRow[]> {
    return readDue(this.#table, now, ordersMax);
  }

  /** Moves the due time on, if it is still as seen. */
  async postpone(order: Pick<DueRow, 'key' | 'due_at'>, until: Instant): Promise<'saved' | 'conflict'> {
    return postponeDue(this.#table, order, until);
  }

  /**
   * One page of a merchant's orders. An order whose status changes between two pages may be on both, or on neither.
   * @throws PayscoreError CURSOR_INVALID
   */
  async list(query: ListQuery): Promise<ListPage> {
    return listOrders(this.#table, query);
  }

  /** Orders of one merchant that have this number, whatever the sub-merchant. */
  async byNumber(mchid: Mchid, outOrderNo: OutOrderNo): Promise<readonly OrderKey[]> {
    return findByNumber(this.#table, mchid, outOrderNo);
  }

  /** Orders of one merchant that were paid, in whole or in part, by this transaction. */
  async byTransaction(mchid: Mchid, transactionId: string): Promise<readonly OrderKey[]> {
    return findByTransaction(this.#table, mchid, transactionId);
  }

  /**
   * Orders that are not at their end, or are to be refunded, a page at a time. One that changes its list meanwhile may
   * come twice, and never not at all.
   */
  open(mchid: Mchid): AsyncIterable<readonly OrderKey[]> {
    return listOpen(this.#table, mchid);
  }

  /** Which orders may have come to their end, by the day in Beijing, a page at a time. */
  ended(mchid: Mchid, query: EndedQuery): AsyncIterable<readonly EndedRow[]> {
    return readEnded(this.#table, mchid, query);
  }

  /** A stretch of a merchant's orders, in which each has a place that it keeps. */
  async registered(query: RegisteredQuery): Promise<RegisteredStretch> {
    return listRegistered(this.#table, query);
  }
}
