import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_AWS } from '../../../local/aws/identity';
import type { Mchid } from '../../../lambda/core/ids';
import { newOrder, type Order } from '../../../lambda/core/order';
import { keyOf, updateOf, type Item } from '../../../lambda/store/ledger-item';
import { DAY_MS } from '../../../lambda/core/time';
import { guard, inFlight } from '../../../bench/harness';
import { orderRef } from '../../../bench/orders';

const BATCH_ITEMS = 25;
const BATCHES_IN_FLIGHT_MAX = 8;
const SUB_MERCHANTS = 50;
/** After so many a line for whoever waits. */
const TELL_EVERY = 50_000;

interface Fill {
  readonly url: string;
  readonly tableName: string;
  readonly stored: number;
  /** Of those that are stored. */
  readonly due: number;
  readonly now: number;
  /** Whose they are; the benchmark's own merchant when absent. */
  readonly mchid?: string;
  readonly progress: (line: string) => void;
}

/** Puts orders into the table: the first ones due, of the others every second one due in a month and the rest at their end. */
export async function storeOrders(fill: Fill): Promise<void> {
  const { url, tableName, stored, progress } = fill;
  const client = new DynamoDBClient({ endpoint: url, ...LOCAL_AWS });
  try {
    await inFlight(Math.ceil(stored / BATCH_ITEMS), BATCHES_IN_FLIGHT_MAX, async (batch) => {
      const first = batch * BATCH_ITEMS;
      const count = Math.min(BATCH_ITEMS, stored - first);
      const requests = Array.from({ length: count }, (_, at) => ({
        PutRequest: { Item: itemOf(storedOrder(first + at, fill)) },
      }));
      const command = new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } });
      const { UnprocessedItems: left = {} } = await client.send(command);
      guard(Object.keys(left).length === 0, 'every order is stored');
      if (first > 0 && first % TELL_EVERY === 0) progress(`${first} of ${stored} orders stored`);
    });
  } finally {
    client.destroy();
  }
}

function storedOrder(index: number, { stored, due, now, mchid }: Fill): Order {
  const own = orderRef(String(1_900_000_100 + (index % SUB_MERCHANTS)), `OF${stored}NO${index}`);
  const ref = mchid === undefined ? own : { ...own, mchid: mchid as Mchid };
  const at = now - 2 * DAY_MS;
  const order = newOrder(ref, { at, actor: { kind: 'api', id: 'bench' }, completed_at: at });
  if (index < due) return { ...order, due_at: now - 1_000 - index, planned_at: now - 1_000 - index };
  if (index % 2 === 0) return { ...order, due_at: now + 30 * DAY_MS, planned_at: now + 30 * DAY_MS };
  return { ...order, status: 'expired' };
}

function itemOf(order: Order): Item {
  const { values } = updateOf(undefined, order);
  const attributes = Object.entries(values).map(([name, value]) => [name.slice(1), value] as const);
  return { ...keyOf(order.ref), ...Object.fromEntries(attributes) };
}
