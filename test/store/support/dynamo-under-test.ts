import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { OrderKey } from '../../../lambda/core/ids';
import { DynamoLedger } from '../../../lambda/store/ledger';
import { createLedgerTable } from '../../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../../local/aws/identity';
import type { LocalServer } from '../../../local/aws/loopback';
import { startFlakyProxy } from '../../support/flaky';
import type { LedgerUnderTest } from '../ledger.contract';

export const TABLE = 'orders';
const LOST = { kind: 'lost_request', times: 100 } as const;

export const keyOf = ({ mchid, sub_mchid, out_order_no }: OrderKey) => ({
  pk: { S: `order#${mchid}#${sub_mchid}#${out_order_no}` },
  sk: { S: 'order' },
});

/** The ledger on some DynamoDB, behind a proxy that can lose what goes through it. */
export async function dynamoUnderTest(dynamodb: LocalServer) {
  const proxy = await startFlakyProxy(dynamodb.url);
  await createLedgerTable(proxy.url, TABLE);
  const client = new DynamoDBClient({ endpoint: proxy.url, ...LOCAL_AWS, maxAttempts: 2 });
  const under: LedgerUnderTest = {
    ledger: new DynamoLedger({ client, tableName: TABLE }),
    setSchema: async (ref, schema) => {
      await client.send(
        new UpdateItemCommand({
          TableName: TABLE,
          Key: keyOf(ref),
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': 'schema' },
          ExpressionAttributeValues: { ':s': { N: String(schema) } },
        }),
      );
    },
    cutOff: () => {
      for (const action of ['GetItem', 'UpdateItem']) proxy.disturb({ ...LOST, action });
    },
    heal: () => proxy.heal(),
    close: async () => {
      client.destroy();
      await Promise.all([proxy.close(), dynamodb.close()]);
    },
  };
  return { under, client };
}
