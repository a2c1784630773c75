import {
  DynamoDBClient,
  UpdateItemCommand,
  type BatchGetItemCommand,
  type GetItemCommand,
  type QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { OrderKey } from '../../../lambda/core/ids';
import { DynamoLedger } from '../../../lambda/store/ledger';
import { createLedgerTable } from '../../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../../local/aws/identity';
import type { LocalServer } from '../../../local/aws/loopback';
import { startFlakyProxy } from '../../support/flaky';

/** What a ledger sends to its table. */
export type Command = GetItemCommand | BatchGetItemCommand | QueryCommand | UpdateItemCommand;
const ACTIONS = ['GetItem', 'BatchGetItem', 'Query', 'UpdateItem'];

export const keyOf = ({ mchid, sub_mchid, out_order_no }: OrderKey) => ({
  pk: { S: `order#${mchid}#${sub_mchid}#${out_order_no}` },
  sk: { S: 'order' },
});

/** One ledger on a table of its own. */
export interface DynamoUnderTest {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly ledger: DynamoLedger;
  /** Another ledger on the same table. Its client may answer for itself, or change what it sends. */
  through(relay: Relay): DynamoLedger;
  /** Writes the row's schema number, as another release would. */
  setSchema(key: OrderKey, schema: number): Promise<void>;
}

/** Stands between a ledger and its client; `forward` is the client. */
export type Relay = (command: Command, forward: (command: Command) => Promise<unknown>) => Promise<unknown>;

export interface DynamoHost {
  newTable(): Promise<DynamoUnderTest>;
  /** From then on no table can be reached, until `heal`. */
  cutOff(): void;
  heal(): void;
  close(): Promise<void>;
}

/** Ledgers on some DynamoDB, behind a proxy that can lose what goes through it. */
export async function dynamoHost(dynamodb: LocalServer): Promise<DynamoHost> {
  const proxy = await startFlakyProxy(dynamodb.url);
  const client = new DynamoDBClient({ endpoint: proxy.url, ...LOCAL_AWS, maxAttempts: 2 });
  let tables = 0;
  return {
    newTable: async () => {
      const tableName = `orders-${(tables += 1)}`;
      await createLedgerTable(dynamodb.url, tableName);
      return underTest(client, tableName);
    },
    cutOff: () => {
      for (const action of ACTIONS) proxy.disturb({ kind: 'lost_request', times: 1_000, action });
    },
    heal: () => proxy.heal(),
    close: async () => {
      client.destroy();
      await Promise.all([proxy.close(), dynamodb.close()]);
    },
  };
}

function underTest(client: DynamoDBClient, tableName: string): DynamoUnderTest {
  return {
    client,
    tableName,
    ledger: new DynamoLedger({ client, tableName }),
    through: (relay) => {
      const forward = async (command: Command) => client.send(command as never);
      const send = async (command: Command) => relay(command, forward);
      return new DynamoLedger({ client: { send }, tableName });
    },
    setSchema: async (key, schema) => {
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: keyOf(key),
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': 'schema' },
          ExpressionAttributeValues: { ':s': { N: String(schema) } },
        }),
      );
    },
  };
}
