import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Mchid, OrderKey, OutOrderNo, SubMchid } from '../core/ids';
import { ORDER_STATUSES, type OrderStatus } from '../core/order';
import { keyOf, listOf, orderKeyOf, type Item } from './ledger-item';
import type { LedgerTable } from './ledger-table';
import { foundMaxOf, pageOf, startOf, statusesFrom } from './list-page';
import type { Found, ListedRow, ListPage, ListQuery, Position } from './list-page';
import {
  lastRead,
  rangeOf,
  stretchOf,
  type ListRead,
  type PlaceRange,
  type RegisteredQuery,
  type RegisteredStretch,
} from './registered';
import { TABLE_INDEXES } from './table-schema';

const { name: INDEX, partitionKey: LIST_OF, sortKey: LIST_AT } = TABLE_INDEXES.list;

/** One page of a merchant's orders, by status, then by sub-merchant, then in the order of registration. */
export async function listOrders(table: LedgerTable, query: ListQuery): Promise<ListPage> {
  const start = startOf(query);
  const max = foundMaxOf(query);
  const found: Found[] = [];
  for (const status of statusesFrom(query, start)) {
    const after = start?.status === status ? start : undefined;
    found.push(...(await readList(table, query, status, after, max - found.length)));
    if (found.length === max) break;
  }
  return pageOf(query, found);
}

async function readList(
  table: LedgerTable,
  { mchid, sub_mchid }: ListQuery,
  status: OrderStatus,
  after: Position | undefined,
  max: number,
): Promise<Found[]> {
  const ofOne = sub_mchid !== undefined;
  const items = await table.query(
    {
      IndexName: INDEX,
      KeyConditionExpression: `#of = :of${ofOne ? ' AND begins_with(#at, :sub)' : ''}`,
      ExpressionAttributeNames: { '#of': LIST_OF, ...(ofOne ? { '#at': LIST_AT } : {}) },
      ExpressionAttributeValues: {
        ':of': { S: listOf(mchid, status) },
        ...(ofOne ? { ':sub': { S: `${sub_mchid}#` } } : {}),
      },
      ExclusiveStartKey: after === undefined ? undefined : startKeyOf(mchid, after),
    },
    max,
  );
  return items.map((item) => readRow(item, status));
}

/** The first once more: what came into it from the others while they were read. */
const OPEN_LISTS: readonly OrderStatus[] = ['active', 'watched', 'refund_due', 'active'];

/** Orders that are not at their end, or are to be refunded, a page of DynamoDB's at a time; some of them twice. */
export async function* listOpen(table: LedgerTable, mchid: Mchid): AsyncGenerator<readonly OrderKey[]> {
  for (const status of OPEN_LISTS) {
    const pages = table.pages({
      IndexName: INDEX,
      KeyConditionExpression: '#of = :of',
      ExpressionAttributeNames: { '#of': LIST_OF },
      ExpressionAttributeValues: { ':of': { S: listOf(mchid, status) } },
    });
    for await (const items of pages)
      yield items.map((item) => {
        const [sub, , order] = String(item[LIST_AT]?.S).split('#');
        return { mchid, sub_mchid: sub as SubMchid, out_order_no: order as OutOrderNo };
      });
  }
}

/** A stretch of a merchant's orders by sub-merchant, then in the order of registration, whatever their status. */
export async function listRegistered(table: LedgerTable, query: RegisteredQuery): Promise<RegisteredStretch> {
  const range = rangeOf(query);
  if (range.first >= range.last) return { orders: [] };
  const once = await readAll(table, query, range);
  // An order that changes its list while the lists are read may be on none of them at the moment each is looked at.
  const again = await readAll(table, query, { ...range, last: lastRead(once)?.at.list_at ?? range.last });
  return stretchOf(query, [...once, ...again]);
}

async function readAll(
  table: LedgerTable,
  { mchid, status, rowsMax }: RegisteredQuery,
  { first, last }: PlaceRange,
): Promise<ListRead[]> {
  const lists = status === undefined ? ORDER_STATUSES : [status];
  return Promise.all(
    lists.map(async (list) => {
      const items = await table.query(
        {
          IndexName: INDEX,
          KeyConditionExpression: '#of = :of AND #at BETWEEN :first AND :last',
          ExpressionAttributeNames: { '#of': LIST_OF, '#at': LIST_AT },
          ExpressionAttributeValues: {
            ':of': { S: listOf(mchid, list) },
            ':first': { S: first },
            ':last': { S: last },
          },
        },
        rowsMax,
      );
      return { rows: items.map((item) => readRow(item, list)), goesOn: items.length === rowsMax };
    }),
  );
}

/** An index is read on from the index's key and the table's: all of it follows from the position. */
function startKeyOf(mchid: Mchid, { status, list_at }: Position): Item {
  const [sub, , order] = list_at.split('#');
  const key = { mchid, sub_mchid: sub as SubMchid, out_order_no: order as OutOrderNo };
  return { ...keyOf(key), [LIST_OF]: { S: listOf(mchid, status) }, [LIST_AT]: { S: list_at } };
}

function readRow(item: Item, status: OrderStatus): Found {
  const row = unmarshall(item) as Pick<ListedRow, 'service_id' | 'total_amount' | 'paid_amount'> & {
    readonly list_at: string;
  };
  const { service_id, list_at, total_amount, paid_amount } = row;
  const [, registered = ''] = list_at.split('#');
  return {
    at: { status, list_at },
    row: {
      ...orderKeyOf(item),
      service_id,
      status,
      registered_at: Date.parse(registered),
      ...(total_amount === undefined ? {} : { total_amount }),
      ...(paid_amount === undefined ? {} : { paid_amount }),
    },
  };
}
