import { createPrivateKey, sign } from 'node:crypto';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import type { OrderRef } from '../lambda/core/ids';
import type { Services } from '../lambda/services';
import { lambdaContext } from '../local/aws/invoke';
import {
  ATTEMPT,
  BATCH_ORDERS,
  CALLS,
  SIGNATURE,
  WRITES,
  type AttemptsAsk,
  type AttemptsTold,
} from './attempts-ask';
import { startAws } from './aws';
import { loadFunctions, type Functions } from './bundle';
import type { Reading } from './growth';
import { guard, inFlight, measure, type Plan, type Sample } from './harness';
import { batchOf, collectAtOnce, orderRef, registerDue } from './orders';
import { startPayscore } from './payscore';
import { newServiceKeys } from './service-keys';

/**
 * The function that collects, in a process that does nothing else, so that its CPU and its memory are all there is;
 * and whose standard output nobody reads, because the function logs as it does when it is deployed.
 */

const SUB_MCHID = '1900000109';
const TIMEOUT_MS = 60_000;
/** What the question brought, the claim, and what became of the call. */
const WRITES_PER_ATTEMPT = 2;

class Attempts {
  private numbers = 0;
  private client: InstanceType<Functions['DynamoDBClient']> | undefined;

  constructor(
    private readonly services: Services,
    private readonly functions: Functions,
    private readonly wechatpay: Awaited<ReturnType<typeof startPayscore>>,
    private readonly signingPem: string,
    private readonly tableName: string,
  ) {}

  /** Orders that are due, and nobody has been at. */
  async fresh(count: number): Promise<readonly OrderRef[]> {
    const refs = this.numbered(count);
    await registerDue(refs, this.services, this.functions.register);
    return refs;
  }

  private numbered(count: number): readonly OrderRef[] {
    return Array.from({ length: count }, () => orderRef(SUB_MCHID, `BENCH${(this.numbers += 1)}`));
  }

  /** One batch after another through the handler. */
  async collect(refs: readonly OrderRef[]): Promise<void> {
    for (let first = 0; first < refs.length; first += BATCH_ORDERS) {
      const back = await this.invoke(refs.slice(first, first + BATCH_ORDERS));
      guard(back === 0, 'no message goes back to the queue');
    }
  }

  /** How many messages of a batch go back to the queue. */
  private async invoke(batch: readonly OrderRef[]): Promise<number> {
    const handler = this.functions.createCollect(this.services);
    const context = lambdaContext({ functionName: 'collect', timeoutMs: TIMEOUT_MS });
    const { batchItemFailures } = await handler(batchOf(batch), context);
    return batchItemFailures.length;
  }

  /** A benchmark of attempts that were held back, or found nothing due, would be a fine one. */
  async check(): Promise<void> {
    // Few at a time until V8 has compiled it: a whole batch of uncompiled code can outlast the time a write has.
    for (let done = 0; done < 10; done += 1) await this.collect(await this.fresh(10));
    const refs = await this.fresh(BATCH_ORDERS);
    await this.wechatpay.tally();
    await this.collect(refs);
    const { queries, arrivals } = await this.wechatpay.tally();
    guard(queries === refs.length, 'every order is asked about once');
    guard(new Set(arrivals.map(([number]) => number)).size === refs.length, 'every order is collected');
    guard(arrivals.length === refs.length, 'no order is collected twice');
    const orders = await this.services.ports.ledger.findMany(refs);
    const accepted = orders.filter(({ open }) => open?.outcome?.kind === 'accepted');
    guard(accepted.length === refs.length, 'the ledger has what became of every call');
  }

  async inFlight(invocations: number): Promise<readonly number[]> {
    const most: number[] = [];
    for (let done = 0; done < invocations; done += 1) {
      const refs = await this.fresh(BATCH_ORDERS);
      await this.wechatpay.tally();
      await this.collect(refs);
      most.push((await this.wechatpay.tally()).inFlightMax);
    }
    return most;
  }

  async cpu(plan: Plan): Promise<readonly (readonly [string, readonly Sample[]])[]> {
    const key = createPrivateKey(this.signingPem);
    const message = Buffer.from('POST\n/v3/payscore/partner/serviceorder/BENCH0/pay\n1700000000\nb2\n{}\n');
    let due: readonly OrderRef[] = [];
    const candidates = [
      {
        name: ATTEMPT,
        prime: async () => void (due = await this.fresh(plan.operations)),
        run: async () => this.collect(due),
      },
      { name: CALLS, run: async (operations: number) => this.call(operations) },
      {
        name: WRITES,
        prime: async () => this.connect(),
        run: async (operations: number) => this.write(operations),
      },
      {
        name: SIGNATURE,
        run: (operations: number) => {
          for (let done = 0; done < operations; done += 1) sign('sha256', message, key);
        },
      },
    ];
    const onRound = (round: number) => console.error(`  attempts: CPU, round ${round + 1} of ${plan.rounds}`);
    return [...(await measure(candidates, plan, { onRound }))];
  }

  /** What an attempt asks and sends, and nothing around it. */
  private async call(operations: number): Promise<void> {
    const { merchants, now } = this.services.ports;
    const refs = this.numbered(operations);
    await inFlight(operations, BATCH_ORDERS, async (index) => {
      const ref = refs[index];
      if (ref === undefined) return;
      const calls = await merchants.get(ref.mchid);
      const asked = await calls.query(ref, { timeoutMs: 8_000 });
      const { outcome } = await calls.collect(ref, { timeoutMs: 10_000, sendBy: now() + 5_000 });
      guard(asked.kind === 'verified' && outcome.kind === 'accepted', 'both calls are answered');
    });
  }

  /** New connections, opened: those of the last turn idled away at once, and that is more than the SDK retries. */
  private async connect(): Promise<void> {
    this.client?.destroy();
    const { DynamoDBClient } = this.functions;
    this.client = new DynamoDBClient({ requestHandler: { httpAgent: { maxSockets: BATCH_ORDERS } } });
    await this.write(BATCH_ORDERS);
  }

  /** As many writes as an attempt makes, as small as they can be. */
  private async write(operations: number): Promise<void> {
    const { UpdateItemCommand } = this.functions;
    const { client } = this;
    if (client === undefined) throw new Error('nothing is connected');
    await inFlight(operations, BATCH_ORDERS, async (index) => {
      for (let write = 0; write < WRITES_PER_ATTEMPT; write += 1) {
        const command = new UpdateItemCommand({
          TableName: this.tableName,
          Key: { pk: { S: `bare#${index}` }, sk: { S: 'bare' } },
          UpdateExpression: 'SET #n = :n',
          ExpressionAttributeNames: { '#n': 'n' },
          ExpressionAttributeValues: { ':n': { N: String(write) } },
        });
        await client.send(command);
      }
    });
  }

  async memory(warmUpAttempts: number, steps: readonly number[]): Promise<readonly Reading[]> {
    this.showStack();
    await this.attempt(warmUpAttempts);
    const readings = [read(0)];
    const wanted = steps.reduce((sum, one) => sum + one, 0);
    let attempts = 0;
    for (const step of steps) {
      attempts += await this.attempt(step);
      readings.push(read(attempts));
      console.error(`  attempts: memory, ${attempts} of ${wanted}`);
    }
    return readings;
  }

  /** Out of the bundle: for the first stack that anybody looks at Node reads its source map, 25 MB that stay. */
  private showStack(): void {
    try {
      this.functions.createServices(undefined as never);
    } catch (error) {
      guard(String((error as Error).stack).includes('at '), 'what cannot work has a stack');
    }
  }

  /**
   * How many there were. A message that goes back, because a write outlasted its second, is no attempt, and keeps as
   * little: over so many batches there may be one, and others are made in its stead.
   */
  private async attempt(count: number): Promise<number> {
    let [made, back] = [0, 0];
    while (made < count) {
      guard(back < count, 'more messages are worked on than go back to the queue');
      const batch = await this.fresh(Math.min(BATCH_ORDERS, count - made));
      const failed = await this.invoke(batch);
      made += batch.length - failed;
      back += failed;
    }
    // What it tells is thrown away there: not even the other side's list grows for as long as the run.
    await this.wechatpay.tally();
    return made;
  }
}

setFlagsFromString('--expose-gc');
const collectAllGarbage = runInNewContext('gc') as () => void;

function read(attempts: number): Reading {
  // What a first collection finalises, a second one frees.
  collectAllGarbage();
  collectAllGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { attempts, liveBytes: heapUsed + external, residentBytes: rss };
}

async function start(answerAfterMs: number): Promise<Attempts> {
  const keys = await newServiceKeys();
  const wechatpay = await startPayscore(keys, { answerAfterMs, fates: ['accepted'] });
  const aws = await startAws(keys, {
    wechatpayHost: wechatpay.origin,
    // What is measured is an attempt, not the wait for its turn.
    callsPerSecondMax: 1_000,
    sweepOrdersMax: 3_000,
  });
  const functions = await loadFunctions();
  const services = functions.createServices(aws.config);
  await collectAtOnce(services);
  const attempts = new Attempts(services, functions, wechatpay, keys.signingPem, aws.config.tableName);
  await attempts.check();
  return attempts;
}

let started: Attempts | undefined;

async function answer(ask: AttemptsAsk): Promise<AttemptsTold> {
  if (ask.kind === 'start') {
    started = await start(ask.answerAfterMs);
    return { kind: 'started' };
  }
  if (started === undefined) throw new Error('asked before it was started');
  switch (ask.kind) {
    case 'in_flight':
      return { kind: 'in_flight', most: await started.inFlight(ask.invocations) };
    case 'cpu':
      return { kind: 'cpu', samples: await started.cpu(ask.plan) };
    case 'memory':
      return { kind: 'memory', readings: await started.memory(ask.warmUpAttempts, ask.steps) };
  }
}

process.on('message', (ask: AttemptsAsk) => {
  answer(ask).then(
    (told) => process.send?.(told),
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      process.send?.({ kind: 'failed', message } satisfies AttemptsTold);
    },
  );
});
process.on('disconnect', () => process.exit(0));
