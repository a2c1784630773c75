import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Mchid } from '../../lambda/core/ids';
import { nothingOpen, overviewOf, type Overview } from '../../lambda/core/overview';
import { newTally, type ClosedDay } from '../../lambda/core/tally';
import { DynamoOverviews } from '../../lambda/store/overview-rows';
import { createLedgerTable, startDynamoDb } from '../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { LocalServer } from '../../local/aws/loopback';
import { T0 } from './support/orders';

const MCHID = '1900009191' as Mchid;
const OTHER = '19000091910' as Mchid;
const tableName = 'overviews';
let dynamodb: LocalServer;
let client: DynamoDBClient;
let rows: DynamoOverviews;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  client = new DynamoDBClient({ endpoint: dynamodb.url, ...LOCAL_AWS });
  await createLedgerTable(dynamodb.url, tableName);
  rows = new DynamoOverviews({ client, tableName });
});
afterAll(async () => {
  client.destroy();
  await dynamodb.close();
});

const controls = {
  modes: { sub_merchants: new Map() },
  policies: { sub_merchants: new Map(), services: new Map() },
  breakers: { pairs: new Map() },
};

const overview = (mchid: Mchid, as_of: number): Overview =>
  overviewOf({ mchid, as_of, open: nothingOpen(), tally: newTally(), controls, keyEnds: [] });

const day = (date: string, computed_at: number, orders = 1): ClosedDay => ({
  date,
  computed_at,
  tally: { ...newTally(), orders, recovered: [orders, 5], codes: { 'declined/271316574': 2 } },
});

async function days(mchid = MCHID): Promise<readonly ClosedDay[]> {
  const all: ClosedDay[] = [];
  for await (const one of rows.days(mchid)) all.push(one);
  return all;
}

async function setSchema(mchid: Mchid, sk: string): Promise<void> {
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: { pk: { S: `overview#${mchid}` }, sk: { S: sk } },
    UpdateExpression: 'SET #s = :s',
    ExpressionAttributeNames: { '#s': 'schema' },
    ExpressionAttributeValues: { ':s': { N: '99' } },
  });
  await client.send(command);
}

test('an overview is kept as it was made; a merchant that was never rolled up has none', async () => {
  expect(await rows.find(MCHID)).toBeUndefined();
  expect(await rows.save(overview(MCHID, T0))).toBe('saved');
  expect(await rows.find(MCHID)).toEqual(overview(MCHID, T0));
  expect(await rows.find(OTHER)).toBeUndefined();
});

test('an earlier one does not replace a later one, nor the same one again', async () => {
  await rows.save(overview(MCHID, T0 + 2));
  expect(await rows.save(overview(MCHID, T0 + 1))).toBe('conflict');
  expect(await rows.save({ ...overview(MCHID, T0 + 2), since: T0 })).toBe('conflict');
  expect(await rows.find(MCHID)).toEqual(overview(MCHID, T0 + 2));
});

test('a turn comes on step by step, and an earlier one does not take back what a later one has come to', async () => {
  expect(await rows.progress(MCHID)).toBeUndefined();
  const steps = [
    { turn_at: T0, closed_through: '' },
    { turn_at: T0, closed_through: '2026-03-01' },
    { turn_at: T0 + 1, closed_through: '2026-03-02' },
  ];
  for (const step of steps) {
    expect(await rows.saveProgress(MCHID, step)).toBe('saved');
    expect(await rows.progress(MCHID)).toEqual(step);
  }
  expect(await rows.saveProgress(MCHID, { turn_at: T0, closed_through: '2026-03-09' })).toBe('conflict');
  expect(await rows.progress(MCHID)).toEqual(steps.at(-1));
  expect(await rows.progress(OTHER)).toBeUndefined();
});

test('days are kept one by one, and the one that was computed last counts', async () => {
  await rows.saveDay(MCHID, day('2026-03-01', T0));
  await rows.saveDay(MCHID, day('2026-02-28', T0));
  await rows.saveDay(OTHER, day('2026-03-01', T0));
  expect(await rows.saveDay(MCHID, day('2026-03-01', T0 + 1, 7))).toBe('saved');
  expect(await rows.saveDay(MCHID, day('2026-03-01', T0))).toBe('conflict');
  expect(await days()).toEqual([day('2026-02-28', T0), day('2026-03-01', T0 + 1, 7)]);
  expect(await days(OTHER)).toHaveLength(1);
});

test('what another release wrote is passed over, and made anew', async () => {
  await rows.save(overview(OTHER, T0 + 9));
  await rows.saveProgress(OTHER, { turn_at: T0 + 9, closed_through: '2026-03-02' });
  await rows.saveDay(OTHER, day('2026-03-02', T0 + 9));
  for (const sk of ['overview', 'progress', 'day#2026-03-02']) await setSchema(OTHER, sk);
  expect(await rows.find(OTHER)).toBeUndefined();
  expect(await rows.progress(OTHER)).toBeUndefined();
  expect((await days(OTHER)).map(({ date }) => date)).toEqual(['2026-03-01']);
  expect(await rows.save(overview(OTHER, T0))).toBe('saved');
  expect(await rows.saveProgress(OTHER, { turn_at: T0, closed_through: '' })).toBe('saved');
  expect(await rows.saveDay(OTHER, day('2026-03-02', T0))).toBe('saved');
  expect(await rows.find(OTHER)).toEqual(overview(OTHER, T0));
  expect(await rows.progress(OTHER)).toEqual({ turn_at: T0, closed_through: '' });
});
