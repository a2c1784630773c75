import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Mchid } from '../../lambda/core/ids';
import type { SecretFacts } from '../../lambda/core/key-facts';
import { DynamoMerchantRows } from '../../lambda/store/merchant-rows';
import { createLedgerTable, startDynamoDb } from '../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const T0 = Date.parse('2026-03-02T04:00:00Z');
const MINUTE = 60_000;
const FACTS: SecretFacts = {
  signing: [{ serial_no: 'AB', valid_from: T0 - 1, valid_to: T0 + 1 }],
  public_keys: ['PUB_KEY_ID_01'],
  uses_certificates: true,
};
const CERTIFICATES = {
  list: '{"data":[]}',
  fetched_at: T0,
  facts: [{ serial_no: 'CD', valid_from: T0 - 2, valid_to: T0 + 2 }],
};

let dynamodb: LocalServer;
let client: DynamoDBClient;
let tables = 0;
let rows: DynamoMerchantRows;
let tableName: string;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  client = new DynamoDBClient({ endpoint: dynamodb.url, ...LOCAL_AWS });
});
beforeEach(async () => {
  tableName = `table-${(tables += 1)}`;
  await createLedgerTable(dynamodb.url, tableName);
  rows = new DynamoMerchantRows({ client, tableName });
});
afterAll(async () => {
  client.destroy();
  await dynamodb.close();
});

const A = '1900000001' as Mchid;
const B = '1900000002' as Mchid;

async function setSchema(mchid: Mchid, schema: number): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: tableName,
      Key: { pk: { S: 'merchants' }, sk: { S: mchid } },
      UpdateExpression: 'SET #schema = :schema',
      ExpressionAttributeNames: { '#schema': 'schema' },
      ExpressionAttributeValues: { ':schema': { N: String(schema) } },
    }),
  );
}

test('what was never written is not there', async () => {
  expect(await rows.find(A)).toBeUndefined();
  expect(await rows.all()).toEqual([]);
});

test('everything about a merchant is on one row, and of every merchant there is one', async () => {
  await rows.saveFacts(A, FACTS);
  expect(await rows.saveCertificates(A, CERTIFICATES)).toBe(true);
  expect(await rows.want(A, T0 + MINUTE, T0)).toBe(true);
  await rows.saveFacts(B, { ...FACTS, uses_certificates: false });
  const row = { mchid: A, facts: FACTS, certificates: CERTIFICATES, wanted_at: T0 + MINUTE };
  expect(await rows.find(A)).toEqual(row);
  expect(await rows.all()).toEqual([row, { mchid: B, facts: { ...FACTS, uses_certificates: false } }]);
});

test('other facts take the place of those before, and leave the certificates', async () => {
  await rows.saveCertificates(A, CERTIFICATES);
  await rows.saveFacts(A, FACTS);
  await rows.saveFacts(A, { ...FACTS, public_keys: [] });
  expect(await rows.find(A)).toEqual({
    mchid: A,
    facts: { ...FACTS, public_keys: [] },
    certificates: CERTIFICATES,
  });
});

test('an older download never takes the place of a newer one', async () => {
  await rows.saveCertificates(A, CERTIFICATES);
  expect(await rows.saveCertificates(A, { ...CERTIFICATES, fetched_at: T0 - 1, list: 'older' })).toBe(false);
  expect((await rows.find(A))?.certificates?.list).toBe('{"data":[]}');
  expect(await rows.saveCertificates(A, { ...CERTIFICATES, fetched_at: T0 + 1, list: 'newer' })).toBe(true);
  expect((await rows.find(A))?.certificates?.list).toBe('newer');
});

test.each(['claimDownload', 'want'] as const)(
  'of a hundred who %s at the same time one is let through, and the next when the cooldown is over',
  async (what) => {
    const ask = async (at: number) => rows[what](A, at, at - MINUTE);
    const all = await Promise.all(Array.from({ length: 100 }, async () => ask(T0)));
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(await ask(T0 + MINUTE - 1)).toBe(false);
    expect(await ask(T0 + MINUTE)).toBe(true);
    expect(await rows[what](B, T0, T0 - MINUTE)).toBe(true);
  },
);

test('a row that a newer release wrote is not read, not listed and not changed', async () => {
  await rows.saveFacts(A, FACTS);
  await setSchema(A, 2);
  await expect(rows.find(A)).rejects.toMatchObject({ code: 'LEDGER_ROW_NEWER' });
  expect(await rows.all()).toEqual([]);
  expect(await rows.saveCertificates(A, CERTIFICATES)).toBe(false);
  expect(await rows.claimDownload(A, T0, T0)).toBe(false);
  expect(await rows.want(A, T0, T0)).toBe(false);
});

test('a DynamoDB that does not answer is told as such', async () => {
  const { port } = new URL(dynamodb.url);
  const gone = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${Number(port) === 1 ? 2 : 1}`,
    ...LOCAL_AWS,
    maxAttempts: 1,
  });
  const unreached = new DynamoMerchantRows({ client: gone, tableName });
  for (const call of [
    unreached.find(A),
    unreached.all(),
    unreached.saveFacts(A, FACTS),
    unreached.want(A, 1, 0),
  ])
    await expect(call).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  gone.destroy();
});
