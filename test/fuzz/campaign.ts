import { inspect } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BatchWriteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { growth, type Reading } from '../../bench/growth';
import { LOCAL_AWS } from '../../local/aws/identity';
import { MCHID, OTHER_MCHID } from '../support/keys';
import { EAGER, SERVICE_ID, SUB_MCHID, TABLE, type World } from '../support/world';
import { handings } from './bytes';
import { ORDER_NUMBERS } from './from-schema';
import { faultOfAnswer, faultOfNotified, Watch } from './judge';
import { deliveries, type Delivery } from './notifications';
import { requests, type Sent } from './requests';
import { type Answer, askInProcess } from './side';
import { bytesLineOf, curlOf } from './spell';
import { bytesOf, exchange, type Handing, readAnswer } from './wire';

export type Surface = 'api' | 'notifications';

/** What was sent, by the way it went. */
export interface Counts {
  inProcess: number;
  overHttp: number;
  bytes: number;
  /** Answers by their status. */
  readonly statuses: Record<string, number>;
}

export interface Failure {
  readonly surface: Surface;
  readonly seed: number;
  readonly fault: string;
  /** The smallest request that fails, as a line for the shell. */
  readonly reproduce: string;
}

export interface Result {
  readonly surface: Surface;
  readonly requests: number;
  readonly counts: Counts;
  readonly seconds: number;
  /** Of what is alive, from the second block to the last; null with fewer than four blocks. */
  readonly growthBytes: number | null;
  readonly failure: Failure | null;
}

export interface CampaignOptions {
  readonly world: World;
  readonly surface: Surface;
  readonly requests: number;
  readonly seed: number;
  readonly progress: (line: string) => void;
}

/** After so many the table is emptied, so that what is read does not grow with what was written before. */
const BLOCK_REQUESTS = 500;
/** Of a hundred requests so many go over a socket, whole; and so many more as bytes that are nearly HTTP. The rest need no socket. */
const OVER_HTTP_PERCENT = 10;
const BYTES_PERCENT = 5;
/** What is alive may differ by that much from one reading to another, whatever the number of requests. */
const GROWTH_MAX_BYTES = 24 * 1024 * 1024;
/** Lets the gap between two calls go by, so that orders are collected more than once. */
const STEP_MS = 10 * 60_000;

const PROBE: Sent = { method: 'GET', target: '/openapi.json', headers: [], body: Buffer.alloc(0) };

type Case =
  | { readonly way: 'in_process' | 'http'; readonly one: Delivery }
  | { readonly way: 'bytes'; readonly handing: Handing };

/** Sends so many requests, and stops at the first answer that may not be. */
export async function fuzz(options: CampaignOptions): Promise<Result> {
  const { world, surface, seed, progress } = options;
  const counts: Counts = { inProcess: 0, overHttp: 0, bytes: 0, statuses: {} };
  const readings: Reading[] = [];
  const begun = performance.now();
  const seconds = () => (performance.now() - begun) / 1000;
  let failure: Failure | null = null;
  for (let done = 0; done < options.requests && failure === null; done += BLOCK_REQUESTS) {
    await empty(world);
    if (done > 0) readings.push(read(done));
    const numRuns = Math.min(BLOCK_REQUESTS, options.requests - done);
    failure = await runBlock(world, surface, { seed: seed + done, numRuns, counts });
    const rate = ((done + numRuns) / seconds()).toFixed(0);
    progress(`${done + numRuns} of ${options.requests}, ${rate} a second`);
  }
  const growthBytes = readings.length < 4 ? null : Math.round(growth(readings, 'liveBytes'));
  if (failure === null && growthBytes !== null && growthBytes > GROWTH_MAX_BYTES)
    failure = { surface, seed, fault: `memory grew by ${growthBytes} bytes`, reproduce: `--seed ${seed}` };
  return { surface, requests: options.requests, counts, seconds: seconds(), growthBytes, failure };
}

interface Block {
  readonly seed: number;
  readonly numRuns: number;
  readonly counts: Counts;
}

async function runBlock(
  world: World,
  surface: Surface,
  { seed, numRuns, counts }: Block,
): Promise<Failure | null> {
  const judge = judgeOf(world, surface, counts);
  const found = await fc.check(
    fc.asyncProperty(casesOf(world, surface), async (given) => {
      const fault = await judge(given);
      if (fault !== undefined) throw new Error(fault);
    }),
    { seed, numRuns },
  );
  if (!found.failed) return null;
  const [given] = found.counterexample ?? [];
  const fault =
    found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance);
  return { surface, seed, fault, reproduce: given === undefined ? `--seed ${seed}` : spell(given) };
}

function spell(given: Case): string {
  return given.way === 'bytes' ? bytesLineOf(given.handing) : curlOf(given.one.sent);
}

function casesOf(world: World, surface: Surface): fc.Arbitrary<Case> {
  const ofApi = requests.map((sent): Delivery => ({ sent, isSigned: false }));
  const whole = surface === 'api' ? ofApi : deliveries(world.clock.now);
  const inBytes =
    surface === 'api'
      ? handings
      : whole.map(({ sent }): Handing => ({ pieces: halves(bytesOf(sent)), end: 'said' }));
  return fc.oneof(
    {
      weight: 100 - OVER_HTTP_PERCENT - BYTES_PERCENT,
      arbitrary: whole.map((one) => ({ way: 'in_process' as const, one })),
    },
    { weight: OVER_HTTP_PERCENT, arbitrary: whole.map((one) => ({ way: 'http' as const, one })) },
    { weight: BYTES_PERCENT, arbitrary: inBytes.map((handing) => ({ way: 'bytes' as const, handing })) },
  );
}

/** All but the last byte, and then nothing more. */
function halves(bytes: Buffer): Buffer[] {
  const half = Math.floor(bytes.length / 2);
  return [bytes.subarray(0, half), bytes.subarray(half, -1)];
}

function judgeOf(
  world: World,
  surface: Surface,
  counts: Counts,
): (given: Case) => Promise<string | undefined> {
  const watch = new Watch(world);
  const judgeWhole = async (one: Delivery, answer: Answer) => {
    count(counts, answer.status);
    const effects = watch.take();
    return surface === 'api'
      ? faultOfAnswer(one.sent, answer, effects)
      : faultOfNotified(one, answer, effects);
  };
  return async (given) => {
    world.clock.forward(STEP_MS / 60);
    const [thrown] = world.faults.splice(0);
    if (thrown !== undefined) return `the function failed: ${inspect(thrown)}`;
    switch (given.way) {
      case 'in_process':
        counts.inProcess += 1;
        return judgeWhole(given.one, await askInProcess(world.gateway, given.one.sent));
      case 'http':
        counts.overHttp += 1;
        return judgeHttp(given.one, judgeWhole);
      case 'bytes':
        counts.bytes += 1;
        return judgeBytes(given.handing);
    }
  };

  async function judgeHttp(one: Delivery, whole: typeof judgeWhole): Promise<string | undefined> {
    const wire = await exchange(world.api.url, { pieces: [bytesOf(one.sent)], end: 'awaited' });
    const { sent } = one;
    // What is no HTTP never gets to the gateway: Node's own refusal says no more than its status.
    if (wire.statuses[0] === 400 && !wire.text.includes('content-type:')) return judgeOther(wire.statuses);
    if (wire.statuses.length === 0) return `no answer to ${sent.method} ${sent.target}`;
    return whole(one, readAnswer(wire));
  }

  async function judgeBytes(handing: Handing): Promise<string | undefined> {
    const { statuses, text } = await exchange(world.api.url, handing);
    // What such a client has left in the server's buffers is read before another's request is answered.
    if (handing.end === 'abrupt') await exchange(world.api.url, { pieces: [bytesOf(PROBE)], end: 'awaited' });
    await world.quiet();
    // Of what was whole before the bytes that Node itself refuses, nobody knows what it was answered either.
    const isUnknown = handing.end === 'abrupt' || !/^content-type:/im.test(text);
    return judgeOther(statuses, isUnknown);
  }

  function judgeOther(statuses: readonly number[], isUnknown = false): string | undefined {
    for (const status of statuses) count(counts, status);
    const { ledgerWrites, pays } = watch.take();
    const bad = statuses.find((status) => status >= 500 && ![502, 503].includes(status));
    if (bad !== undefined) return `status ${bad}`;
    if (isUnknown || statuses.some((status) => status < 300)) return undefined;
    if (pays > 0) return 'refused, and /pay was called';
    // Carried out as far as it could be.
    if (statuses.some((status) => [404, 409, 502, 503].includes(status))) return undefined;
    return ledgerWrites.length > 0
      ? `refused, and the table was written to: ${ledgerWrites[0]?.text}`
      : undefined;
  }
}

function count({ statuses }: Counts, status: number): void {
  statuses[status] = (statuses[status] ?? 0) + 1;
}

/** The table as at the beginning; what the simulated WeChat Pay knows it keeps. */
async function empty(world: World): Promise<void> {
  const client = new DynamoDBClient({ endpoint: world.dynamodb.url, ...LOCAL_AWS });
  try {
    for (;;) {
      const { Items = [] } = await client.send(
        new ScanCommand({ TableName: TABLE, ProjectionExpression: 'pk, sk', Limit: 25 }),
      );
      if (Items.length === 0) break;
      const RequestItems = { [TABLE]: Items.map((Key) => ({ DeleteRequest: { Key } })) };
      await client.send(new BatchWriteItemCommand({ RequestItems }));
    }
  } finally {
    client.destroy();
  }
  for (const out_order_no of ORDER_NUMBERS.filter((one) => one.startsWith('FUZZ')))
    if (world.simulator.order(MCHID, SUB_MCHID, out_order_no) === undefined)
      world.simulator.addOrder({
        mchid: MCHID,
        sub_mchid: SUB_MCHID,
        out_order_no,
        service_id: SERVICE_ID,
        total_amount: 100,
        customer: out_order_no === 'FUZZ_1' ? { kind: 'pays' } : { kind: 'declines' },
      });
  await world.policy(EAGER);
  await world.switch('on');
  // Past whatever an instance remembers of the table, and whatever was under way.
  world.clock.forward(60 * 60_000);
  for (const mchid of [MCHID, OTHER_MCHID]) await world.api.at('GET', `/v1/merchants/${mchid}`);
}

setFlagsFromString('--expose-gc');
const collectAllGarbage = runInNewContext('gc') as () => void;

function read(done: number): Reading {
  // What a first collection finalises, a second one frees.
  collectAllGarbage();
  collectAllGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { attempts: done, liveBytes: heapUsed + external, residentBytes: rss };
}
