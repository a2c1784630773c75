import type { Campaign, Usage } from './campaign';

/** USD, each for what its name says. */
export interface Prices {
  /** Where they are from, and of when. */
  readonly source: string;
  readonly lambda_requests_per_million: number;
  readonly lambda_gb_second_arm64: number;
  readonly dynamodb_write_units_per_million: number;
  readonly dynamodb_read_units_per_million: number;
  readonly dynamodb_storage_gb_month: number;
  readonly sqs_requests_per_million: number;
  readonly secrets_manager_calls_per_million: number;
  readonly secrets_manager_secret_month: number;
  readonly logs_ingested_gb: number;
  readonly traffic_out_gb: number;
  /** Put on a bus by the customer, up to 64 KB each; what AWS puts is free, and so are rules. */
  readonly eventbridge_custom_events_per_million: number;
}

const PRICE_NAMES = Object.keys({
  lambda_requests_per_million: true,
  lambda_gb_second_arm64: true,
  dynamodb_write_units_per_million: true,
  dynamodb_read_units_per_million: true,
  dynamodb_storage_gb_month: true,
  sqs_requests_per_million: true,
  secrets_manager_calls_per_million: true,
  secrets_manager_secret_month: true,
  logs_ingested_gb: true,
  traffic_out_gb: true,
  eventbridge_custom_events_per_million: true,
} satisfies Record<Exclude<keyof Prices, 'source'>, true>);

/** @throws Error naming every price that is missing, unknown, or no number from 0 up */
export function parsePrices(text: string): Prices {
  const given: unknown = JSON.parse(text);
  if (typeof given !== 'object' || given === null) throw new Error('prices: not a JSON object');
  const prices = given as Record<string, unknown>;
  const wrong = [
    ...(typeof prices['source'] === 'string' ? [] : ['source: is not a text']),
    ...PRICE_NAMES.filter((name) => !isPrice(prices[name])).map(
      (name) => `${name}: is not a number from 0 up`,
    ),
    ...Object.keys(prices)
      .filter((name) => name !== 'source' && !PRICE_NAMES.includes(name))
      .map((name) => `${name}: is no price that is asked for`),
  ];
  if (wrong.length > 0) throw new Error(`prices: ${wrong.join('; ')}`);
  return given as Prices;
}

function isPrice(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

export interface Line {
  readonly part: string;
  readonly item: string;
  /** For a million attempts, or for the month in which they are made. */
  readonly count: number;
  readonly usd: number;
}

const MILLION = 1_000_000;
/** As AWS counts gigabytes. */
const GB_BYTES = 1_024 ** 3;
/** To one receipt, and to one deletion. */
const SQS_BATCH_MESSAGES = 10;

const TICKS_A_MONTH = 43_200;
/** Lambda reads a queue with at least so many at once, and an empty receipt waits 20 seconds. */
const POLLERS = 5;
const EMPTY_POLLS_A_MONTH = POLLERS * 3 * TICKS_A_MONTH;
/** Two secrets of one merchant, every five minutes, by two instances that are never cold. */
const SECRETS = 2;
const SECRET_READS_A_MONTH = SECRETS * 2 * (TICKS_A_MONTH / 5);

/** What a million attempts cost, made within a month like those of the campaign. */
export function billOf(campaign: Campaign, prices: Prices): readonly Line[] {
  const { attempts, collect, sweep, idle, requestBytes, storedBytes } = campaign;
  const each = MILLION / attempts;
  const receipts =
    collect.invocations * Math.ceil(collect.messages / collect.invocations / SQS_BATCH_MESSAGES);
  return [
    ...usageLines('collect', collect, each, prices),
    ...usageLines('sweep', sweep, each, prices),
    ...priced(prices.sqs_requests_per_million / MILLION, [
      ['queue', 'requests: messages sent, ten at a time', sweep.sendRequests * each],
      ['queue', 'requests: messages received', receipts * each],
      ['queue', 'requests: messages deleted', receipts * each],
    ]),
    ...priced(prices.traffic_out_gb, [['WeChat Pay', 'GB sent', (requestBytes * each) / GB_BYTES]]),
    ...usageLines('month: idle ticks', idle, TICKS_A_MONTH / idle.invocations, prices),
    ...priced(prices.sqs_requests_per_million / MILLION, [
      ['month: queue', 'requests: receipts of nothing', EMPTY_POLLS_A_MONTH],
    ]),
    ...priced(prices.secrets_manager_calls_per_million / MILLION, [
      ['month: secrets', 'calls', SECRET_READS_A_MONTH],
    ]),
    ...priced(prices.secrets_manager_secret_month, [['month: secrets', 'secrets kept', SECRETS]]),
    ...priced(prices.dynamodb_storage_gb_month, [
      ['month: ledger', 'GB kept, indexes included', (storedBytes * each) / GB_BYTES],
    ]),
  ];
}

/** Changes that Lambda hands to `publish` at a time while a merchant's whole rate is used, and what it takes it. */
const CHANGES_A_BATCH = 25;
const PUBLISH_SECONDS = 0.1;
const PUBLISH_GB = 0.25;
const PUBLISH_LOG_BYTES = 800;

/** What telling of a million attempts costs besides, where events are on. Lambda reads a table's stream for nothing. */
export function eventsBillOf({ attempts, streamed }: Campaign, prices: Prices): readonly Line[] {
  const each = MILLION / attempts;
  const batches = (streamed.changes * each) / CHANGES_A_BATCH;
  return [
    ...priced(prices.eventbridge_custom_events_per_million / MILLION, [
      ['bus', 'events put', streamed.events * each],
    ]),
    ...priced(prices.lambda_requests_per_million / MILLION, [['publish', 'Lambda requests', batches]]),
    ...priced(prices.lambda_gb_second_arm64, [
      ['publish', 'Lambda GB-seconds', batches * PUBLISH_SECONDS * PUBLISH_GB],
    ]),
    ...priced(prices.logs_ingested_gb, [['publish', 'GB of log', (batches * PUBLISH_LOG_BYTES) / GB_BYTES]]),
  ];
}

function usageLines(part: string, usage: Usage, times: number, prices: Prices): readonly Line[] {
  const writes = prices.dynamodb_write_units_per_million / MILLION;
  return [
    ...priced(prices.lambda_requests_per_million / MILLION, [
      [part, 'Lambda requests', usage.invocations * times],
    ]),
    ...priced(prices.lambda_gb_second_arm64, [[part, 'Lambda GB-seconds', usage.gbSeconds * times]]),
    ...priced(prices.dynamodb_read_units_per_million / MILLION, [
      [part, 'DynamoDB read units', usage.readUnits * times],
    ]),
    ...priced(writes, [
      [part, 'DynamoDB write units, table', usage.tableWriteUnits * times],
      [part, 'DynamoDB write units, index due', usage.dueWriteUnits * times],
      [part, 'DynamoDB write units, index list', usage.listWriteUnits * times],
    ]),
    ...priced(prices.logs_ingested_gb, [[part, 'GB of log', (usage.logBytes * times) / GB_BYTES]]),
  ];
}

function priced(usd: number, counts: readonly (readonly [string, string, number])[]): readonly Line[] {
  return counts.flatMap(([part, item, count]) =>
    count === 0 ? [] : [{ part, item, count, usd: count * usd }],
  );
}

export function totalUsd(lines: readonly Line[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}
