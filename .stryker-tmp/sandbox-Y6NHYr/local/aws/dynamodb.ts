import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { TABLE_INDEXES, TABLE_KEY } from '../../lambda/store/table-schema';
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

const INDEXES = Object.values(TABLE_INDEXES);
const ACTIVE_MAX_POLLS = 200;

/** Creates the ledger's table and its indexes as the stack would, or finds it there, and returns once it can be used. */
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
          ...INDEXES.flatMap(({ partitionKey, sortKey, sortKeyType }) => [
            { AttributeName: partitionKey, AttributeType: 'S' as const },
            { AttributeName: sortKey, AttributeType: sortKeyType },
          ]),
        ],
        KeySchema: keySchema(TABLE_KEY),
        GlobalSecondaryIndexes: INDEXES.map((index) => ({
          IndexName: index.name,
          KeySchema: keySchema(index),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...index.projected] },
        })),
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

function keySchema({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }): KeySchemaElement[] {
  return [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
}

async function untilActive(client: DynamoDBClient, tableName: string): Promise<void> {
  for (let poll = 0; poll < ACTIVE_MAX_POLLS; poll += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    if (Table?.TableStatus === 'ACTIVE') return;
  }
  throw new Error(`the local table ${tableName} did not become ACTIVE`);
}
