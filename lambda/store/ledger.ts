import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { PayscoreError } from '../core/errors';
import type { OrderKey, OrderRef, ServiceId } from '../core/ids';
import { newOrder, SCHEMA, type Order } from '../core/order';

export interface LedgerOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

/**
 * The ledger in DynamoDB: one item an order, and every change one `UpdateItem` on the version that was seen.
 *
 *     pk  order#<mchid>#<sub_mchid>#<out_order_no>    sk  order
 *     schema, version, mchid, sub_mchid, out_order_no, service_id,
 *     open {…}, observed {…}, last_call_at, last_sent_at, timeline […]
 */
export class DynamoLedger {
  constructor(private readonly options: LedgerOptions) {}

  /**
   * The order as it stands; a new one (version 0) when the ledger has none.
   * @throws PayscoreError LEDGER_UNAVAILABLE, LEDGER_ROW_NEWER
   */
  async load(ref: OrderRef): Promise<Order> {
    return (await this.find(ref)) ?? newOrder(ref);
  }

  /**
   * The order as it stands, read consistently, if the ledger has it.
   * @throws PayscoreError LEDGER_UNAVAILABLE, LEDGER_ROW_NEWER
   */
  async find(key: OrderKey): Promise<Order | undefined> {
    const command = new GetItemCommand({
      TableName: this.options.tableName,
      Key: keyOf(key),
      ConsistentRead: true,
    });
    const { Item: item } = await this.#reach(() => this.options.client.send(command));
    return item === undefined ? undefined : readItem(key, item);
  }

  /**
   * Writes what changed between two states of an order, if the ledger still holds the first.
   * `conflict`: somebody else changed it, or an earlier try of this very write got through and its answer was lost.
   * @throws PayscoreError LEDGER_UNAVAILABLE
   */
  async save(before: Order, after: Order): Promise<'saved' | 'conflict'> {
    const isNew = before.version === 0;
    const { sets, removes, values } = changes(before, after);
    const command = new UpdateItemCommand({
      TableName: this.options.tableName,
      Key: keyOf(after.ref),
      UpdateExpression: `SET ${sets.join(', ')}${removes.length > 0 ? ` REMOVE ${removes.join(', ')}` : ''}`,
      ConditionExpression: isNew ? ROW_IS_NEW : ROW_IS_AS_SEEN,
      ExpressionAttributeNames: namesIn(sets, removes, isNew),
      ExpressionAttributeValues: marshall(isNew ? values : { ...values, ':seen': before.version }, {
        removeUndefinedValues: true,
      }),
    });
    try {
      await this.#reach(() => this.options.client.send(command));
      return 'saved';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'conflict';
      throw error;
    }
  }

  async #reach<T>(send: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) throw error;
      const reason = error instanceof Error ? error.name : 'unknown';
      throw new PayscoreError(
        'LEDGER_UNAVAILABLE',
        `DynamoDB did not answer, or refused (${reason}).`,
        { reason },
        error,
      );
    }
  }
}

const ROW_IS_NEW = 'attribute_not_exists(#pk)';
const ROW_IS_AS_SEEN = '#version = :seen';

function keyOf({ mchid, sub_mchid, out_order_no }: OrderKey): Record<string, AttributeValue> {
  // No part can hold a `#`, so two tenants with the same out_order_no never meet.
  return { pk: { S: `order#${mchid}#${sub_mchid}#${out_order_no}` }, sk: { S: 'order' } };
}

interface Changes {
  readonly sets: string[];
  readonly removes: string[];
  readonly values: Record<string, unknown>;
}

function changes(before: Order, after: Order): Changes {
  const sets = ['#version = :version'];
  const removes: string[] = [];
  const values: Record<string, unknown> = { ':version': after.version };
  const set = (name: string, value: unknown) => {
    sets.push(`#${name} = :${name}`);
    values[`:${name}`] = value;
  };
  if (before.version === 0)
    for (const [name, value] of Object.entries({ schema: SCHEMA, ...after.ref })) set(name, value);
  for (const name of ['open', 'observed', 'last_call_at', 'last_sent_at'] as const) {
    if (before[name] === after[name]) continue;
    if (after[name] === undefined) removes.push(`#${name}`);
    else set(name, after[name]);
  }
  if (before.timeline !== after.timeline || before.version === 0) set('timeline', after.timeline);
  return { sets, removes, values };
}

function namesIn(
  sets: readonly string[],
  removes: readonly string[],
  isNew: boolean,
): Record<string, string> {
  const used = [...sets.map((set) => set.slice(0, set.indexOf(' '))), ...removes, ...(isNew ? ['#pk'] : [])];
  return Object.fromEntries(used.map((name) => [name, name.slice(1)]));
}

function readItem(key: OrderKey, item: Record<string, AttributeValue>): Order {
  const row = unmarshall(item);
  if (row['schema'] !== SCHEMA) {
    throw new PayscoreError(
      'LEDGER_ROW_NEWER',
      `Order ${key.out_order_no} was written by another release (schema ${String(row['schema'])}); this one knows ${SCHEMA}.`,
    );
  }
  const { version, service_id, open, observed, last_call_at, last_sent_at, timeline } = row as Order & {
    service_id: ServiceId;
  };
  return {
    ref: { mchid: key.mchid, sub_mchid: key.sub_mchid, out_order_no: key.out_order_no, service_id },
    version,
    ...(open === undefined ? {} : { open }),
    ...(observed === undefined ? {} : { observed }),
    ...(last_call_at === undefined ? {} : { last_call_at }),
    ...(last_sent_at === undefined ? {} : { last_sent_at }),
    timeline,
  };
}
