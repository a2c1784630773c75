import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchGetItemCommand,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type QueryCommandInput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { PayscoreError } from '../core/errors';
import type { Item } from './ledger-item';
import { reach, reachIf } from './reach';

export interface LedgerOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Waits before keys are asked for again that DynamoDB left unread. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

/** Keys to one BatchGetItem: its limit. */
const BATCH_KEYS_MAX = 100;
/**
 * Items to one page of a query. A page of 1 MB has some 4,000, and eight of them read side by side keep a small Lambda
 * function from everything else for longer than a request has: the SDK then gives up answers that have arrived.
 */
const PAGE_ITEMS_MAX = 500;
/** Before each further try for keys that were left unread: DynamoDB leaves them when it is throttled, and asks for patience. */
const BATCH_PAUSES_MS = [50, 100, 200, 400];

/**
 * The four commands that the ledger is made of. There is no Scan, no transaction and no Delete among them.
 * Every method throws PayscoreError LEDGER_UNAVAILABLE for whatever DynamoDB throws but a failed condition.
 */
export class LedgerTable {
  readonly #pause: (ms: number) => Promise<unknown>;

  constructor(private readonly options: LedgerOptions) {
    this.#pause = options.pause ?? sleep;
  }

  /** One item, as of now. */
  async get(key: Item): Promise<Item | undefined> {
    const { client, tableName } = this.options;
    const command = new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true });
    return (await reach(() => client.send(command))).Item;
  }

  /** Those of the items that are there, as of now, in no order. No key may be given twice. */
  async getMany(keys: readonly Item[]): Promise<Item[]> {
    const items: Item[] = [];
    for (let first = 0; first < keys.length; first += BATCH_KEYS_MAX)
      items.push(...(await this.#getBatch(keys.slice(first, first + BATCH_KEYS_MAX))));
    return items;
  }

  async #getBatch(keys: Item[]): Promise<Item[]> {
    const { client, tableName } = this.options;
    const items: Item[] = [];
    let left = keys;
    for (const pauseMs of [0, ...BATCH_PAUSES_MS]) {
      if (pauseMs > 0) await this.#pause(pauseMs);
      const command = new BatchGetItemCommand({
        RequestItems: { [tableName]: { Keys: left, ConsistentRead: true } },
      });
      const answer = await reach(() => client.send(command));
      items.push(...(answer.Responses?.[tableName] ?? []));
      left = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (left.length === 0) return items;
    }
    throw new PayscoreError(
      'LEDGER_UNAVAILABLE',
      `DynamoDB left ${left.length} of ${keys.length} orders unread, ${BATCH_PAUSES_MS.length + 1} times.`,
      { reason: 'UnprocessedKeys' },
    );
  }

  /** The first `itemsMax` items of an index, over as many pages as that takes; indexes lag behind by moments. */
  async query(input: Omit<QueryCommandInput, 'TableName' | 'Limit'>, itemsMax: number): Promise<Item[]> {
    const { client, tableName } = this.options;
    const items: Item[] = [];
    let from = input.ExclusiveStartKey;
    do {
      const command = new QueryCommand({
        ...input,
        TableName: tableName,
        Limit: Math.min(PAGE_ITEMS_MAX, itemsMax - items.length),
        ExclusiveStartKey: from,
      });
      const page = await reach(() => client.send(command));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined && items.length < itemsMax);
    return items;
  }

  /** Items of one partition, as of now, a page at a time: those whose sort key lies between two. */
  between(pk: string, first: string, last: string): AsyncGenerator<readonly Item[]> {
    return this.pages({
      ConsistentRead: true,
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :first AND :last',
      ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
      ExpressionAttributeValues: { ':pk': { S: pk }, ':first': { S: first }, ':last': { S: last } },
    });
  }

  /** All items of one partition, as of now, a page at a time; `from`: those whose sort key begins so. */
  partition(pk: string, from?: string): AsyncGenerator<readonly Item[]> {
    return this.pages({
      ConsistentRead: true,
      KeyConditionExpression: `#pk = :pk${from === undefined ? '' : ' AND begins_with(#sk, :from)'}`,
      ExpressionAttributeNames: { '#pk': 'pk', ...(from === undefined ? {} : { '#sk': 'sk' }) },
      ExpressionAttributeValues: {
        ':pk': { S: pk },
        ...(from === undefined ? {} : { ':from': { S: from } }),
      },
    });
  }

  /** Everything that a query finds, a page of DynamoDB's at a time. */
  async *pages(input: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<readonly Item[]> {
    const { client, tableName } = this.options;
    let from = input.ExclusiveStartKey;
    do {
      const command = new QueryCommand({ ...input, TableName: tableName, ExclusiveStartKey: from });
      const page = await reach(() => client.send(command));
      if (page.Items !== undefined && page.Items.length > 0) yield page.Items;
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }

  /** One write under a condition; `conflict`: the condition did not hold. */
  async update(input: Omit<UpdateItemCommandInput, 'TableName'>): Promise<'saved' | 'conflict'> {
    const { client, tableName } = this.options;
    const command = new UpdateItemCommand({ ...input, TableName: tableName });
    return reachIf(async () => {
      await client.send(command);
      return 'saved' as const;
    });
  }
}
