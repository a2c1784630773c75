import { promisify } from 'node:util';
import * as dynalite from 'dynalite/db';
import { newOrder, type Order } from '../lambda/core/order';
import { keyOf, updateOf, type Item } from '../lambda/store/ledger-item';
import { DAY_MS } from '../lambda/core/time';
import { orderRef } from './orders';

/** Orders that are there before anything is measured. */
export interface Stored {
  readonly orders: number;
  /** Of those that are stored. */
  readonly due: number;
  readonly now: number;
}

const SUB_MERCHANTS = 50;
const BATCH_ORDERS = 1_000;
/** After so many a line for whoever waits. */
const TELL_EVERY = 100_000;

/**
 * Puts orders into a table that dynalite keeps at `path` while nobody else has it open: the first ones due, of the
 * others every second one due in a month and the rest at their end. What is written is what its server would write
 * for a PutItem, without a request for each: a million of those take hours.
 */
export async function storeOrders(path: string, tableName: string, stored: Stored): Promise<void> {
  const store = dynalite.create({ path });
  const table = await promisify(store.getTable)(tableName);
  const { GlobalSecondaryIndexes: indexes = [] } = table;
  const batches = [
    { rows: store.getItemDb(tableName), of: undefined },
    ...indexes.map(({ IndexName: name }) => ({
      rows: store.getIndexDb('Global', tableName, name),
      of: name,
    })),
  ];
  for (let first = 0; first < stored.orders; first += BATCH_ORDERS) {
    const count = Math.min(BATCH_ORDERS, stored.orders - first);
    const items = Array.from({ length: count }, (_, at) => itemOf(storedOrder(first + at, stored)));
    const entries = items.flatMap((item) => [
      { of: undefined, key: dynalite.createKey(item, table), value: item },
      ...dynalite
        .getIndexActions(indexes, undefined, item, table)
        .puts.map(({ index, key, item: value }) => ({ of: index, key, value })),
    ]);
    for (const { rows, of } of batches) {
      const puts = entries.filter((entry) => entry.of === of);
      await promisify(rows.batch)(puts.map(({ key, value }) => ({ type: 'put', key, value })));
    }
    if (first > 0 && first % TELL_EVERY === 0)
      console.error(`  sweep: ${first} of ${stored.orders} orders stored`);
  }
  // As a ledger at rest: nothing is put in order any more while a sweep is measured.
  await store.db.compactRange('', '\u{10FFFF}');
  await promisify(store.db.close)();
}

function storedOrder(index: number, { orders, due, now }: Stored): Order {
  const ref = orderRef(String(1_900_000_100 + (index % SUB_MERCHANTS)), `OF${orders}NO${index}`);
  const at = now - 2 * DAY_MS;
  const order = newOrder(ref, { at, actor: { kind: 'api', id: 'bench' }, completed_at: at });
  if (index < due) return { ...order, due_at: now - 1_000 - index, planned_at: now - 1_000 - index };
  if (index % 2 === 0) return { ...order, due_at: now + 30 * DAY_MS, planned_at: now + 30 * DAY_MS };
  return { ...order, status: 'expired' };
}

/** As dynalite keeps it, and as it is sent: bytes are base64 there. */
function itemOf(order: Order): Item {
  const { values } = updateOf(undefined, order);
  const attributes = Object.entries(values).map(
    ([name, value]) =>
      [
        name.slice(1),
        value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') },
      ] as const,
  );
  return { ...keyOf(order.ref), ...Object.fromEntries(attributes) } as Item;
}
