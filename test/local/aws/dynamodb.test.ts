import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { createLedgerTable, startDynamoDb } from '../../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../../local/aws/identity';
import type { LocalServer } from '../../../local/aws/loopback';

const TableName = 'ledger';
const Key = { pk: { S: '1900000001' }, sk: { S: '1900000109#A|1' } };

let server: LocalServer;
let client: DynamoDBClient;

async function start(options?: { path: string }): Promise<void> {
  server = await startDynamoDb(options);
  client = new DynamoDBClient({ endpoint: server.url, ...LOCAL_AWS });
  await createLedgerTable(server.url, TableName);
}

async function stop(): Promise<void> {
  client.destroy();
  await server.close();
}

async function claim(): Promise<unknown> {
  return client.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET claim_id = :id',
      ConditionExpression: 'attribute_not_exists(claim_id)',
      ExpressionAttributeValues: { ':id': { S: 'one' } },
    }),
  );
}

test("the table has the stack's key and can be used at once", async () => {
  await start();
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table).toMatchObject({
    TableStatus: 'ACTIVE',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  });
  await stop();
});

test("the table has the stack's indexes, with their projections", async () => {
  await start();
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table?.AttributeDefinitions).toEqual(
    expect.arrayContaining([
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'due_shard', AttributeType: 'S' },
      { AttributeName: 'due_at', AttributeType: 'N' },
      { AttributeName: 'list_of', AttributeType: 'S' },
      { AttributeName: 'list_at', AttributeType: 'S' },
    ]),
  );
  const indexes = (Table?.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName, IndexStatus, KeySchema, Projection }) => ({
      IndexName,
      IndexStatus,
      keys: KeySchema?.map(({ AttributeName }) => AttributeName),
      type: Projection?.ProjectionType,
      projected: Projection?.NonKeyAttributes?.toSorted(),
    }),
  );
  expect(indexes.toSorted((a, b) => (a.IndexName ?? '').localeCompare(b.IndexName ?? ''))).toEqual([
    {
      IndexName: 'due',
      IndexStatus: 'ACTIVE',
      keys: ['due_shard', 'due_at'],
      type: 'INCLUDE',
      projected: ['planned_at', 'service_id'],
    },
    {
      IndexName: 'list',
      IndexStatus: 'ACTIVE',
      keys: ['list_of', 'list_at'],
      type: 'INCLUDE',
      projected: ['paid_amount', 'service_id', 'total_amount'],
    },
  ]);
  await stop();
});

test('of two conditional writes on one order, one wins', async () => {
  await start();
  const results = await Promise.allSettled([claim(), claim()]);
  expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  await expect(claim()).rejects.toBeInstanceOf(ConditionalCheckFailedException);
  await stop();
});

test('a table kept on disk is found again by the next start', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'dynamodb-'));
  await start({ path: directory });
  await claim();
  await stop();
  await start({ path: directory });
  const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
  expect(Item).toEqual({ ...Key, claim_id: { S: 'one' } });
  await stop();
  rmSync(directory, { recursive: true });
});
