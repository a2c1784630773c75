import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Instant, OrderKey, OrderRef } from '../core/ids';
import { DUE_SHARDS, keyOf, orderKeyOf, shardName, type Item } from './ledger-item';
import type { LedgerTable } from './ledger-table';
import { TABLE_INDEXES } from './table-schema';

/** An order that is due, as the index has it. */
export interface DueRow {
  readonly key: OrderKey;
  readonly service_id: OrderRef['service_id'];
  readonly due_at: Instant;
  readonly planned_at: Instant;
}

/**
 * Orders that are due, longest due first, at most `ordersMax`. Every part of the index gives at most its share, so
 * that none hides another: what is left over in one is due at the next reading too.
 */
export async function readDue(table: LedgerTable, now: Instant, ordersMax: number): Promise<DueRow[]> {
  const share = Math.ceil(ordersMax / DUE_SHARDS);
  const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => shardName(shard));
  const found = await Promise.all(shards.map(async (shard) => readShard(table, shard, now, share)));
  return found
    .flat()
    .toSorted((a, b) => a.due_at - b.due_at)
    .slice(0, ordersMax);
}

async function readShard(table: LedgerTable, shard: string, now: Instant, share: number): Promise<DueRow[]> {
  const { name, partitionKey, sortKey } = TABLE_INDEXES.due;
  const items = await table.query(
    {
      IndexName: name,
      KeyConditionExpression: '#shard = :shard AND #due_at <= :now',
      ExpressionAttributeNames: { '#shard': partitionKey, '#due_at': sortKey },
      ExpressionAttributeValues: { ':shard': { S: shard }, ':now': { N: String(now) } },
    },
    share,
  );
  return items.map(readRow);
}

function readRow(item: Item): DueRow {
  const { service_id, due_at, planned_at } = unmarshall(item) as Omit<DueRow, 'key'>;
  return { key: orderKeyOf(item), service_id, due_at, planned_at };
}

/** Moves the due time of an order on, if it is still as seen. */
export async function postponeDue(
  table: LedgerTable,
  { key, due_at }: Pick<DueRow, 'key' | 'due_at'>,
  until: Instant,
): Promise<'saved' | 'conflict'> {
  return table.update({
    Key: keyOf(key),
    UpdateExpression: 'SET #due_at = :until',
    // Not on the version, and leaving it as it is: a worker that has the row in hand must not find it changed. What
    // that worker writes about the due time then stands, whichever comes last.
    ConditionExpression: '#due_at = :seen',
    ExpressionAttributeNames: { '#due_at': TABLE_INDEXES.due.sortKey },
    ExpressionAttributeValues: { ':until': { N: String(until) }, ':seen': { N: String(due_at) } },
  });
}
