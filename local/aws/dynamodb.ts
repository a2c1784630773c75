import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { TABLE_KEY } from '../../infra/table-schema';
import { LOCAL_AWS } from './identity';
import { listen, type LocalServer } from './loopback';

interface DynamoDbOptions {
  /** Any free port by default. */
  readonly port?: number;
  /** A directory to keep tables in; in memory by default. */
  readonly path?: string;
}

/** DynamoDB on this machine. It has no transactions, streams, TTL or ReturnValuesOnConditionCheckFailure. */
export async function startDynamoDb({ port, path }: DynamoDbOptions = {}): Promise<LocalServer> {
  const store = path === undefined ? {} : { path };
  return listen(dynalite({ ...store, createTableMs: 0 }), port);
}

const ACTIVE_MAX_POLLS = 200;

/** Creates the ledger's table as the stack would, or finds it there, and returns once it can be used. */
export async function createLedgerTable(url: string, tableName: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint: url, ...LOCAL_AWS });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: TABLE_KEY.partitionKey, AttributeType: 'S' },
          { AttributeName: TABLE_KEY.sortKey, AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: TABLE_KEY.partitionKey, KeyType: 'HASH' },
          { AttributeName: TABLE_KEY.sortKey, KeyType: 'RANGE' },
        ],
      }),
    );
  } catch (error) {
    // A table kept on disk from an earlier run is what was asked for.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  try {
    await untilActive(client, tableName);
  } finally {
    client.destroy();
  }
}

async function untilActive(client: DynamoDBClient, tableName: string): Promise<void> {
  for (let poll = 0; poll < ACTIVE_MAX_POLLS; poll += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`the local table ${tableName} did not become ACTIVE`);
}
