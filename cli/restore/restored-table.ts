import { DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Instant, OrderKey } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import type { Unseen } from '../../lambda/core/unseen';
import { awsClient } from '../../lambda/store/aws-client';
import { CONTROLS_SCHEMA, SERVICE_MODE_KEY, type ServiceRow } from '../../lambda/store/control-rows';
import { DynamoLedger } from '../../lambda/store/ledger';
import { DUE_SHARDS, orderKeyOf, shardName } from '../../lambda/store/ledger-item';
import { reach, reachIf } from '../../lambda/store/reach';
import { TABLE_INDEXES } from '../../lambda/store/table-schema';
import { CLI_AWS_LIMITS } from '../runner';

/** An order that is waiting for its time. */
export interface Waiting {
  readonly key: OrderKey;
  readonly due_at: Instant;
}

const PAGE_ROWS = 100;

/** The table, as an operator reaches it: with AWS's own permissions, not through the API. */
export class RestoredTable {
  readonly #client: DynamoDBClient;
  readonly #ledger: DynamoLedger;

  constructor(
    readonly name: string,
    region?: string,
  ) {
    this.#client = new DynamoDBClient({
      ...awsClient(CLI_AWS_LIMITS),
      ...(region === undefined ? {} : { region }),
    });
    this.#ledger = new DynamoLedger({ client: this.#client, tableName: name });
  }

  /** What the whole service is switched to, and what the table says of itself. */
  async serviceRow(): Promise<ServiceRow | undefined> {
    const command = new GetItemCommand({
      TableName: this.name,
      Key: marshall(SERVICE_MODE_KEY),
      ConsistentRead: true,
    });
    const { Item: item } = await reach(() => this.#client.send(command));
    return item && (unmarshall(item) as ServiceRow);
  }

  /** From then on the table is one of its own, observed, that knows what it does not know. */
  async begin(
    seen: ServiceRow | undefined,
    unseen: readonly Unseen[],
    by: { readonly actor: string; readonly at: Instant },
  ): Promise<'saved' | 'conflict'> {
    const said = {
      schema: CONTROLS_SCHEMA,
      mode: 'observe',
      table: this.name,
      unseen,
      changed_by: by.actor,
      changed_at: by.at,
    };
    const names = [...Object.keys(said), 'version'];
    const command = new UpdateItemCommand({
      TableName: this.name,
      Key: marshall(SERVICE_MODE_KEY),
      UpdateExpression: `SET ${Object.keys(said)
        .map((name) => `#${name} = :${name}`)
        .join(', ')} ADD #version :one`,
      ConditionExpression: seen === undefined ? 'attribute_not_exists(#version)' : '#version = :seen',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: marshall({
        ...Object.fromEntries(Object.entries(said).map(([name, value]) => [`:${name}`, value])),
        ':one': 1,
        ...(seen === undefined ? {} : { ':seen': seen.version }),
      }),
    });
    const written = await reachIf(() => this.#client.send(command));
    return written === 'conflict' ? 'conflict' : 'saved';
  }

  /** Every order that is waiting for its time after `now`, or whenever, in pages. */
  async *waiting(after: Instant = -1): AsyncGenerator<readonly Waiting[]> {
    for (let shard = 0; shard < DUE_SHARDS; shard += 1) yield* this.#waitingIn(shardName(shard), after);
  }

  async *#waitingIn(shard: string, after: Instant): AsyncGenerator<readonly Waiting[]> {
    const { name, partitionKey, sortKey } = TABLE_INDEXES.due;
    let from;
    do {
      const command: QueryCommand = new QueryCommand({
        TableName: this.name,
        IndexName: name,
        KeyConditionExpression: '#shard = :shard AND #due_at > :after',
        ExpressionAttributeNames: { '#shard': partitionKey, '#due_at': sortKey },
        ExpressionAttributeValues: { ':shard': { S: shard }, ':after': { N: String(after) } },
        Limit: PAGE_ROWS,
        ExclusiveStartKey: from,
      });
      const page = await reach(() => this.#client.send(command));
      yield (page.Items ?? []).map((item) => ({
        key: orderKeyOf(item),
        due_at: Number(item[sortKey]?.N),
      }));
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }

  /** Has an order taken up now instead of when it was due; `conflict`: somebody has it in hand. */
  async wake(order: Waiting, now: Instant): Promise<'saved' | 'conflict'> {
    return this.#ledger.postpone(order, now);
  }

  /** Those of the orders that this release wrote. */
  async find(keys: readonly OrderKey[]): Promise<readonly Order[]> {
    return this.#ledger.findMany(keys);
  }

  close(): void {
    this.#client.destroy();
  }
}
