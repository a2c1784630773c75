import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { OrderRef } from '../../lambda/core/ids';
import { evolve, newOrder } from '../../lambda/core/order';
import { DynamoLedger } from '../../lambda/store/ledger';
import { startDynamoDb } from '../../local/aws/dynamodb';
import { ledgerContract, type LedgerUnderTest } from './ledger.contract';
import { dynamoUnderTest, keyOf, TABLE } from './support/dynamo-under-test';

const started: LedgerUnderTest[] = [];
afterAll(async () => {
  await Promise.all(started.map((one) => one.close()));
});

async function start() {
  const made = await dynamoUnderTest(await startDynamoDb());
  started.push(made.under);
  return made;
}

ledgerContract('DynamoLedger', async () => (await start()).under);

test('a row bears its schema number and its names in the clear, for whoever reads the table', async () => {
  const { under, client } = await start();
  const ref = { mchid: '1', sub_mchid: '2', out_order_no: 'A', service_id: '3' } as OrderRef;
  const open = { claim_id: 'c', actor: { kind: 'api', id: 'me' }, claimed_at: 1, send_by: 2 } as const;
  await under.ledger.save(newOrder(ref), evolve(newOrder(ref), { kind: 'claim', open }));
  const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: keyOf(ref) }));
  expect(Item).toEqual({
    pk: { S: 'order#1#2#A' },
    sk: { S: 'order' },
    schema: { N: '1' },
    version: { N: '1' },
    mchid: { S: '1' },
    sub_mchid: { S: '2' },
    out_order_no: { S: 'A' },
    service_id: { S: '3' },
    open: {
      M: {
        claim_id: { S: 'c' },
        actor: { M: { kind: { S: 'api' }, id: { S: 'me' } } },
        claimed_at: { N: '1' },
        send_by: { N: '2' },
      },
    },
    timeline: { L: [] },
  });
});

test('a table that is not there is LEDGER_UNAVAILABLE with the name of the reason', async () => {
  const { client } = await start();
  const ledger = new DynamoLedger({ client, tableName: 'elsewhere' });
  const ref = { mchid: '1', sub_mchid: '2', out_order_no: 'A', service_id: '3' } as OrderRef;
  await expect(ledger.load(ref)).rejects.toMatchObject({
    code: 'LEDGER_UNAVAILABLE',
    message: 'DynamoDB did not answer, or refused (ResourceNotFoundException).',
    data: { reason: 'ResourceNotFoundException' },
  });
});
