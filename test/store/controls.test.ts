import { DynamoDBClient, GetItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Mchid, SubMchid } from '../../lambda/core/ids';
import { DynamoControls } from '../../lambda/store/controls';
import { createLedgerTable, startDynamoDb } from '../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';
import { MemoryControls } from '../../local/memory-controls';
import { startFlakyProxy, type FlakyProxy } from '../support/flaky';
import {
  controlsContract,
  LAYER,
  mchid,
  ME,
  NOTHING,
  PAIR,
  TARGETS,
  service_id,
  sub_mchid,
  T,
  TRYING,
  WAITING,
} from './controls.contract';

let dynamodb: LocalServer;
let proxy: FlakyProxy;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  proxy = await startFlakyProxy(dynamodb.url);
  client = new DynamoDBClient({ endpoint: proxy.url, ...LOCAL_AWS, maxAttempts: 2 });
});
afterAll(async () => {
  client.destroy();
  await Promise.all([proxy.close(), dynamodb.close()]);
});
afterEach(() => proxy.heal());

let tables = 0;
async function newTable(): Promise<string> {
  const name = `orders-${(tables += 1)}`;
  await createLedgerTable(dynamodb.url, name);
  return name;
}

async function dynamoControls(): Promise<DynamoControls> {
  return new DynamoControls({ client, tableName: await newTable() });
}

controlsContract('DynamoControls', dynamoControls);
controlsContract('MemoryControls', async () => new MemoryControls());

describe('in the table', () => {
  test('rows bear a schema number and their names in the clear, and stay when what they said is taken back', async () => {
    const tableName = await newTable();
    const controls = new DynamoControls({ client, tableName });
    const row = async (pk: string, sk: string) => {
      const Key = { pk: { S: pk }, sk: { S: sk } };
      return (await client.send(new GetItemCommand({ TableName: tableName, Key }))).Item;
    };
    await controls.saveMode('service', 'on', ME, T);
    expect(await row('service', 'mode')).toEqual({
      pk: { S: 'service' },
      sk: { S: 'mode' },
      schema: { N: '1' },
      version: { N: '1' },
      mode: { S: 'on' },
      changed_by: { S: ME },
      changed_at: { N: '1750000000000' },
      // By its name it is told from a copy.
      table: { S: tableName },
    });
    await controls.savePolicy({ mchid, sub_mchid, service_id }, LAYER, ME, T);
    await controls.savePolicy({ mchid, sub_mchid, service_id }, undefined, ME, T);
    expect(
      await row('merchant#1900009191', 'policy#service#1900000109#00004000000000000000000000000001'),
    ).toMatchObject({ schema: { N: '1' }, version: { N: '2' }, changed_by: { S: ME } });
    await controls.saveBreaker(TARGETS.pair, undefined, TRYING);
    const breaker = ['merchant#1900009191', `breaker#pair#1900000109#${service_id}`] as const;
    expect(await row(...breaker)).toMatchObject({
      schema: { N: '1' },
      version: { N: '2' },
      trial: { M: { claim_id: { S: 'c0ffee' }, at: { N: '1750003600000' } } },
    });
    await controls.saveBreaker(TARGETS.pair, TRYING, undefined);
    expect(await row(...breaker)).toEqual({
      pk: { S: breaker[0] },
      sk: { S: breaker[1] },
      schema: { N: '1' },
    });
  });

  test('a merchant with more than a megabyte of policies is read to the end', async () => {
    const tableName = await newTable();
    const controls = new DynamoControls({ client, tableName });
    const subMerchants = ['1', '2', '3', '4', '5'] as SubMchid[];
    for (const sub of subMerchants) {
      await controls.savePolicy({ mchid, sub_mchid: sub }, LAYER, ME, T);
      // Stands for the policies of hundreds of sub-merchants: DynamoDB counts bytes, not rows.
      await client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: 'merchant#1900009191' }, sk: { S: `policy#sub_merchant#${sub}` } },
          UpdateExpression: 'SET padding = :padding',
          ExpressionAttributeValues: { ':padding': { S: 'x'.repeat(300_000) } },
        }),
      );
    }
    await controls.saveMode({ mchid }, 'on', ME, T);
    await controls.saveBreaker({ mchid }, undefined, WAITING);
    const { modes, policies, breakers } = await controls.read(mchid);
    expect([...policies.sub_merchants.keys()]).toEqual(['1', '2', '3', '4', '5']);
    expect([modes.merchant, breakers.merchant]).toStrictEqual(['on', WAITING]);
    expect(await controls.readPolicies(mchid)).toHaveLength(5);
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'merchant#1900009191' } },
      }),
    );
    // Were there one page only, this would have shown nothing.
    expect(page.LastEvaluatedKey).toBeDefined();
  });

  test('a row that another release wrote is neither passed over nor written over', async () => {
    const tableName = await newTable();
    const controls = new DynamoControls({ client, tableName });
    const fromNewer = (pk: string, sk: string) =>
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: { pk: { S: pk }, sk: { S: sk } },
          UpdateExpression: 'SET #s = :s',
          ExpressionAttributeNames: { '#s': 'schema' },
          ExpressionAttributeValues: { ':s': { N: '2' } },
        }),
      );
    const newer = (what: string) => ({
      name: 'PayscoreError',
      code: 'LEDGER_ROW_NEWER',
      message: `${what} was written by another release; this one knows schema 1.`,
    });
    for (const sk of ['policy#provider', 'breaker#merchant', 'mode#merchant'])
      await fromNewer('merchant#1900009191', sk);
    await expect(controls.read(mchid)).rejects.toMatchObject(
      newer('breaker#merchant of merchant#1900009191'),
    );
    const policy = newer('policy#provider of merchant#1900009191');
    await expect(controls.readPolicies(mchid)).rejects.toMatchObject(policy);
    await expect(controls.savePolicy({ mchid }, LAYER, ME, T)).rejects.toMatchObject(policy);
    expect(await controls.savePolicy({ mchid }, LAYER, ME, T, 0)).toBe('conflict');
    await expect(controls.saveMode({ mchid }, 'off', ME, T)).rejects.toMatchObject(
      newer('mode#merchant of merchant#1900009191'),
    );
    expect(await controls.saveBreaker({ mchid }, undefined, WAITING)).toBe('conflict');
    // The service's mode is everybody's: nobody else's merchant may pass it over either.
    await fromNewer('service', 'mode');
    await expect(controls.read('2' as Mchid)).rejects.toMatchObject(newer('mode of service'));
    await expect(controls.serviceMode()).rejects.toMatchObject(newer('mode of service'));
  });

  test.each<[string, string, (controls: DynamoControls) => Promise<unknown>]>([
    ['Query', 'read', (controls) => controls.read(mchid)],
    ['GetItem', 'read', (controls) => controls.read(mchid)],
    ['GetItem', 'serviceMode', (controls) => controls.serviceMode()],
    ['Query', 'readPolicies', (controls) => controls.readPolicies(mchid)],
    ['UpdateItem', 'savePolicy', (controls) => controls.savePolicy({ mchid }, LAYER, ME, T)],
    ['UpdateItem', 'saveMode', (controls) => controls.saveMode('service', 'off', ME, T)],
    ['UpdateItem', 'saveBreaker', (controls) => controls.saveBreaker(TARGETS.pair, undefined, WAITING)],
  ])('no answer to a %s is an error with a code, and %s changes nothing', async (action, _name, act) => {
    const controls = await dynamoControls();
    proxy.disturb({ kind: 'lost_request', action, times: 100 });
    await expect(act(controls)).rejects.toMatchObject({ name: 'PayscoreError', code: 'LEDGER_UNAVAILABLE' });
    proxy.heal();
    expect(await controls.read(mchid)).toStrictEqual(NOTHING);
  });

  test('a write that got through and whose answer was lost says conflict when it is sent again', async () => {
    const controls = await dynamoControls();
    proxy.disturb({ kind: 'lost_answer', action: 'UpdateItem', times: 1 });
    expect(await controls.saveBreaker(TARGETS.pair, undefined, WAITING)).toBe('conflict');
    expect((await controls.read(mchid)).breakers.pairs.get(PAIR)).toStrictEqual(WAITING);
  });

  test('a table that is not there is LEDGER_UNAVAILABLE with the name of the reason', async () => {
    const controls = new DynamoControls({ client, tableName: 'elsewhere' });
    await expect(controls.read(mchid)).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      message: 'DynamoDB did not answer, or refused (ResourceNotFoundException).',
      data: { reason: 'ResourceNotFoundException' },
    });
  });
});
