import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { billOf, eventsBillOf, parsePrices, totalUsd, type Prices } from '../../bench/bill';
import type { Campaign, Usage } from '../../bench/campaign';
import { itemBytes, readUnits, writeUnits, type Item } from '../../bench/capacity';

const PRICES: Prices = {
  source: 'Test',
  lambda_requests_per_million: 2,
  lambda_gb_second_arm64: 0.5,
  dynamodb_write_units_per_million: 10,
  dynamodb_read_units_per_million: 1,
  dynamodb_storage_gb_month: 3,
  sqs_requests_per_million: 4,
  secrets_manager_calls_per_million: 100,
  secrets_manager_secret_month: 7,
  logs_ingested_gb: 5,
  traffic_out_gb: 6,
  eventbridge_custom_events_per_million: 8,
};

const NOTHING: Usage = {
  readRequests: 0,
  readUnits: 0,
  tableWriteUnits: 0,
  dueWriteUnits: 0,
  listWriteUnits: 0,
  sendRequests: 0,
  invocations: 1,
  messages: 0,
  gbSeconds: 0,
  logBytes: 0,
};

const GB = 1_073_741_824;

const CAMPAIGN: Campaign = {
  orders: 100,
  attempts: 1_000,
  queries: 1_500,
  requestBytes: GB / 1_000,
  storedBytes: GB / 500,
  streamed: { changes: 5_000, events: 2_500 },
  collect: {
    ...NOTHING,
    invocations: 100,
    messages: 2_500,
    gbSeconds: 20,
    readUnits: 3_000,
    tableWriteUnits: 5_000,
    dueWriteUnits: 2_000,
    listWriteUnits: 1_000,
    logBytes: GB / 250,
  },
  sweep: { ...NOTHING, invocations: 10, sendRequests: 200 },
  idle: { ...NOTHING, invocations: 2, readUnits: 8 },
};

test('a million attempts cost what was counted for a thousand, a thousand times', () => {
  const lines = billOf(CAMPAIGN, PRICES).map(({ part, item, count, usd }) => [
    part,
    item,
    Number(count.toFixed(6)),
    Number(usd.toFixed(6)),
  ]);
  expect(lines).toEqual([
    ['collect', 'Lambda requests', 100_000, 0.2],
    ['collect', 'Lambda GB-seconds', 20_000, 10_000],
    ['collect', 'DynamoDB read units', 3_000_000, 3],
    ['collect', 'DynamoDB write units, table', 5_000_000, 50],
    ['collect', 'DynamoDB write units, index due', 2_000_000, 20],
    ['collect', 'DynamoDB write units, index list', 1_000_000, 10],
    ['collect', 'GB of log', 4, 20],
    ['sweep', 'Lambda requests', 10_000, 0.02],
    ['queue', 'requests: messages sent, ten at a time', 200_000, 0.8],
    // Batches of 25: three receipts of ten, and as many deletions.
    ['queue', 'requests: messages received', 300_000, 1.2],
    ['queue', 'requests: messages deleted', 300_000, 1.2],
    ['WeChat Pay', 'GB sent', 1, 6],
    ['month: idle ticks', 'Lambda requests', 43_200, 0.0864],
    ['month: idle ticks', 'DynamoDB read units', 172_800, 0.1728],
    ['month: queue', 'requests: receipts of nothing', 648_000, 2.592],
    ['month: secrets', 'calls', 34_560, 3.456],
    ['month: secrets', 'secrets kept', 2, 14],
    ['month: ledger', 'GB kept, indexes included', 2, 6],
  ]);
  expect(totalUsd(billOf(CAMPAIGN, PRICES))).toBeCloseTo(10_138.7272, 6);
});

test('events cost what was counted of them, besides: the total above is without', () => {
  const lines = eventsBillOf(CAMPAIGN, PRICES).map(({ part, item, count, usd }) => [
    part,
    item,
    Number(count.toFixed(6)),
    Number(usd.toFixed(6)),
  ]);
  expect(lines).toEqual([
    ['bus', 'events put', 2_500_000, 20],
    // 25 changes to a batch, each of 100 ms at 256 MB and with 800 bytes of log.
    ['publish', 'Lambda requests', 200_000, 0.4],
    ['publish', 'Lambda GB-seconds', 5_000, 2_500],
    ['publish', 'GB of log', 0.149012, 0.745058],
  ]);
});

test('prices are read as a whole: what is missing, no number or unknown is named', () => {
  expect(parsePrices(JSON.stringify(PRICES))).toEqual(PRICES);
  const { logs_ingested_gb: _missing, ...others } = PRICES;
  const wrong = { ...others, traffic_out_gb: '6', nat_gateway: 1 };
  expect(() => parsePrices(JSON.stringify(wrong))).toThrow(
    'prices: logs_ingested_gb: is not a number from 0 up; traffic_out_gb: is not a number from 0 up; nat_gateway: is no price that is asked for',
  );
  expect(() => parsePrices('null')).toThrow('prices: not a JSON object');
});

test('an item weighs its names and its values, as DynamoDB counts them', () => {
  expect(itemBytes({ pk: { S: '订单' } })).toBe(8);
  // Two digits a byte, and one more; zeros at either end are not counted.
  expect(itemBytes({ n: { N: '12345' } })).toBe(5);
  expect(itemBytes({ n: { N: '-0.0120' } })).toBe(3);
  expect(itemBytes({ b: { BOOL: true }, z: { NULL: true } })).toBe(4);
  // A list: three bytes, and one for each element besides its own.
  expect(itemBytes({ l: { L: [{ S: 'ab' }, { S: 'c' }] } })).toBe(9);
  expect(itemBytes({ m: { M: { k: { S: 'abc' } } } })).toBe(9);
  expect(() => itemBytes({ s: { SS: ['a'] } })).toThrow('no sets');
});

test('reads count four kilobytes, half of it where they need not be consistent', () => {
  expect(readUnits(1, true)).toBe(1);
  expect(readUnits(4_096, true)).toBe(1);
  expect(readUnits(4_097, true)).toBe(2);
  expect(readUnits(0, false)).toBe(0.5);
  expect(readUnits(9_000, false)).toBe(1.5);
});

const ORDER: Item = {
  pk: { S: 'order#1' },
  sk: { S: 'order' },
  status: { S: 'active' },
  due_shard: { S: 'due#1' },
  due_at: { N: '1000' },
  list_of: { S: 'list#active' },
  list_at: { S: 'first' },
  total_amount: { N: '1' },
};

test('an index is written to only when its entry changes, and twice when that moves', () => {
  const { due_shard: _shard, due_at: _at, ...rested } = ORDER;
  expect(writeUnits(undefined, ORDER)).toEqual({ table: 1, due: 1, list: 1 });
  expect(writeUnits(ORDER, { ...ORDER, version: { N: '2' } })).toEqual({ table: 1, due: 0, list: 0 });
  expect(writeUnits(ORDER, { ...ORDER, due_at: { N: '2000' } })).toEqual({ table: 1, due: 2, list: 0 });
  expect(writeUnits(ORDER, { ...ORDER, total_amount: { N: '2' } })).toEqual({ table: 1, due: 0, list: 1 });
  expect(writeUnits(ORDER, rested)).toEqual({ table: 1, due: 1, list: 0 });
  expect(writeUnits(ORDER, { ...ORDER, list_of: { S: 'list#paid' } })).toEqual({ table: 1, due: 0, list: 2 });
});

test('the larger of an item before and after counts in the table, by the kilobyte', () => {
  const large = { ...ORDER, timeline: { S: 'x'.repeat(1_100) } };
  expect(writeUnits(ORDER, large)).toEqual({ table: 2, due: 0, list: 0 });
  expect(writeUnits(large, ORDER)).toEqual({ table: 2, due: 0, list: 0 });
});

test('prices that cannot be used are refused before anything is measured', () => {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'bench/run.ts', '--only', 'cost', '--prices', 'tsconfig.json'],
    { cwd: path.resolve(__dirname, '../..'), encoding: 'utf8' },
  );
  expect(status).toBe(1);
  expect(stdout).toContain(
    'NOT MEASURED: cost: prices: source: is not a text; lambda_requests_per_million: is not',
  );
});
