import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoControls } from '../../lambda/store/controls';
import { createLedgerTable } from '../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';
import { controlsContract } from './controls.contract';
import { startDynamoDbLocal } from './support/dynamodb-local';

let dynamodb: LocalServer;
let client: DynamoDBClient;
beforeAll(async () => {
  dynamodb = await startDynamoDbLocal();
  client = new DynamoDBClient({ endpoint: dynamodb.url, ...LOCAL_AWS });
}, 120_000);
afterAll(async () => {
  client.destroy();
  await dynamodb.close();
});

let tables = 0;
controlsContract('DynamoControls on DynamoDB Local', async () => {
  const tableName = `orders-${(tables += 1)}`;
  await createLedgerTable(dynamodb.url, tableName);
  return new DynamoControls({ client, tableName });
});
