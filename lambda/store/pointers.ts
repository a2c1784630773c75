import { unmarshall } from '@aws-sdk/util-dynamodb';
import { beijingDate } from '../core/beijing-time';
import type { Instant, Mchid, OrderKey, OutOrderNo, SubMchid } from '../core/ids';
import type { Order } from '../core/order';
import { transactionsOf } from '../core/transactions';
import type { Item } from './ledger-item';
import type { LedgerTable } from './ledger-table';

/*
 * Rows that lead to an order from elsewhere. Each is written before the row that it leads to, and the same one again
 * changes nothing: whatever is interrupted when, no order lacks one that it should have. One that leads nowhere does no
 * harm, because whoever follows it reads the order and believes that.
 *
 *     pk  number#<mchid>#<out_order_no>            sk  <sub_mchid>#<out_order_no>
 *     pk  transaction#<mchid>#<transaction_id>     sk  <sub_mchid>#<out_order_no>
 *     pk  ended#<mchid>      sk  <day in Beijing>#<sub_mchid>#<out_order_no>           at, was
 */

/** An order that may have come to its end on a day. */
export interface EndedRow {
  readonly date: string;
  readonly key: OrderKey;
  /** The write that this row was made for. */
  readonly at: Instant;
  /** An earlier day among whose orders it was until then. */
  readonly was?: string;
}

/** The orders of one day, or of all days after one; `after` the empty text: of all days. */
export type EndedQuery =
  { readonly on: string; readonly after?: never } | { readonly after: string; readonly on?: never };

/** Writes every row that has to lead to an order once it is `after`. */
export async function leadTo(table: LedgerTable, before: Order | undefined, after: Order): Promise<void> {
  const { mchid, sub_mchid, out_order_no } = after.ref;
  const sk = `${sub_mchid}#${out_order_no}`;
  const known = before === undefined ? [] : transactionsOf(before);
  const pointers = [
    ...(before === undefined ? [numberOf(mchid, out_order_no)] : []),
    ...transactionsOf(after)
      .filter((id) => !known.includes(id))
      .map((id) => transactionOf(mchid, id)),
  ];
  const ended = endedUpdate(before, after);
  await Promise.all([
    ...pointers.map(async (pk) => table.update({ Key: keyOf(pk, sk) })),
    ...(ended === undefined ? [] : [table.update(ended)]),
  ]);
}

function endedUpdate(before: Order | undefined, { ref, ended_at: at }: Order) {
  if (at === undefined || at === before?.ended_at) return undefined;
  const date = beijingDate(at);
  const earlier = before?.ended_at === undefined ? date : beijingDate(before.ended_at);
  const isMoved = earlier !== date;
  return {
    Key: keyOf(endedOf(ref.mchid), `${date}#${ref.sub_mchid}#${ref.out_order_no}`),
    UpdateExpression: `SET #at = :at${isMoved ? ', #was = :was' : ''}`,
    ExpressionAttributeNames: { '#at': 'at', ...(isMoved ? { '#was': 'was' } : {}) },
    ExpressionAttributeValues: {
      ':at': { N: String(at) },
      ...(isMoved ? { ':was': { S: earlier } } : {}),
    },
  };
}

export async function findByNumber(table: LedgerTable, mchid: Mchid, no: OutOrderNo): Promise<OrderKey[]> {
  return find(table, mchid, numberOf(mchid, no));
}

export async function findByTransaction(table: LedgerTable, mchid: Mchid, id: string): Promise<OrderKey[]> {
  return find(table, mchid, transactionOf(mchid, id));
}

/** Orders that one number leads to: more sub-merchants than this share none. */
const FOUND_MAX = 100;

async function find(table: LedgerTable, mchid: Mchid, pk: string): Promise<OrderKey[]> {
  const keys: OrderKey[] = [];
  for await (const page of table.partition(pk)) {
    keys.push(...page.map(({ sk }) => keyIn(mchid, String(sk?.S))));
    if (keys.length >= FOUND_MAX) break;
  }
  return keys.slice(0, FOUND_MAX);
}

/** A page of DynamoDB at a time: a day may have more orders than fit into a function's memory. */
export async function* readEnded(
  table: LedgerTable,
  mchid: Mchid,
  { after, on }: EndedQuery,
): AsyncGenerator<readonly EndedRow[]> {
  // Of the signs that can stand in a day `#` sorts before all others, and `$` comes right after it.
  const [first, last] = on === undefined ? [`${after}$`, ':'] : [`${on}#`, `${on}$`];
  for await (const page of table.between(endedOf(mchid), first, last))
    yield page.map((item) => {
      const { at, was, sk } = unmarshall(item) as Pick<EndedRow, 'at' | 'was'> & { readonly sk: string };
      const [date, ...order] = sk.split('#') as [string, ...string[]];
      return { date, key: keyIn(mchid, order.join('#')), at, ...(was === undefined ? {} : { was }) };
    });
}

function keyIn(mchid: Mchid, text: string): OrderKey {
  const [sub_mchid, out_order_no] = text.split('#') as [SubMchid, OutOrderNo];
  return { mchid, sub_mchid, out_order_no };
}

const numberOf = (mchid: Mchid, no: OutOrderNo) => `number#${mchid}#${no}`;
const transactionOf = (mchid: Mchid, id: string) => `transaction#${mchid}#${id}`;
const endedOf = (mchid: Mchid) => `ended#${mchid}`;

function keyOf(pk: string, sk: string): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}
