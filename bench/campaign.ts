import type { Context, SQSEvent } from 'aws-lambda';
import { FUNCTIONS, type FunctionName } from '../infra/manifest';
import { lambdaContext } from '../local/aws/invoke';
import type { OrderRef } from '../lambda/core/ids';
import { register } from '../lambda/flow/register';
import { createServices } from '../lambda/services';
import { DAY_MS, MINUTE_MS } from '../lambda/core/time';
import { startAws, type AwsProcess } from './aws';
import { guard } from './harness';
import { MCHID, PAY_DATA } from './merchant';
import { startMeter, type AwsUsage, type Meter, type Streamed } from './meter';
import { startPayscore, type PayscoreProcess } from './payscore';
import type { Fate } from './payscore-process';
import type { ServiceKeys } from './service-keys';

/** What some invocations of one function came to. */
export interface Usage extends AwsUsage {
  readonly invocations: number;
  readonly messages: number;
  /** Billed time at the function's memory. */
  readonly gbSeconds: number;
  readonly logBytes: number;
}

export interface Campaign {
  readonly orders: number;
  /** Calls of 订单收款 that WeChat Pay saw, and 查询服务订单 besides. */
  readonly attempts: number;
  readonly queries: number;
  readonly requestBytes: number;
  /** Of the table and its indexes, at the end. */
  readonly storedBytes: number;
  /** What would be published of it, were events on. */
  readonly streamed: Streamed;
  readonly collect: Usage;
  /** Ticks that found something. */
  readonly sweep: Usage;
  /** Ticks that found nothing. */
  readonly idle: Usage;
}

export interface CampaignOptions {
  readonly orders: number;
  /** Messages to one invocation, at most. */
  readonly batchMessages: number;
  readonly answerAfterMs: number;
  readonly fates: readonly Fate[];
}

const DAYS = 6;
/** In Beijing, with time in between for the questions about attempts that are still open. */
const TICKS_AT_MINUTES = [10 * 60, 10 * 60 + 40, 14 * 60];
const BEIJING_MINUTES = 8 * 60;
/** As deployed by default; an order takes a question and a call. */
const CALLS_PER_SECOND_MAX = 50;
const CALLS_PER_ORDER = 2;

/**
 * Time that is waited costs as it is; time that is computed takes longer where there is less of a CPU: 1,769 MB are
 * one. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
 */
const VCPU_MB = 1_769;
/** The lines START, END and REPORT that Lambda itself writes, and what CloudWatch adds to each line. */
const PLATFORM_LOG_BYTES = 300;
const LOG_EVENT_BYTES = 26;

/**
 * Orders are registered and collected by the real functions, day after day in a time of their own, until each is paid or six days are
 * over: DynamoDB and WeChat Pay answer from processes of their own, messages are handed over in batches as they come.
 */
export async function runCampaign(keys: ServiceKeys, options: CampaignOptions): Promise<Campaign> {
  const { answerAfterMs, fates } = options;
  const payscore = await startPayscore(keys, { answerAfterMs, fates });
  try {
    const aws = await startAws(keys, {
      wechatpayHost: payscore.origin,
      callsPerSecondMax: CALLS_PER_SECOND_MAX,
      sweepOrdersMax: 3_000,
    });
    const meter = startMeter();
    try {
      return await new Runner(payscore, aws, meter, options).run();
    } finally {
      meter.remove();
      aws.stop();
    }
  } finally {
    payscore.stop();
  }
}

const NOTHING: Usage = {
  readRequests: 0,
  readUnits: 0,
  tableWriteUnits: 0,
  dueWriteUnits: 0,
  listWriteUnits: 0,
  sendRequests: 0,
  invocations: 0,
  messages: 0,
  gbSeconds: 0,
  logBytes: 0,
};

class Runner {
  #aheadMs = 0;
  readonly #usage: Record<'collect' | 'sweep' | 'idle', Usage> = {
    collect: NOTHING,
    sweep: NOTHING,
    idle: NOTHING,
  };

  constructor(
    private readonly payscore: PayscoreProcess,
    private readonly aws: AwsProcess,
    private readonly meter: Meter,
    private readonly options: CampaignOptions,
  ) {}

  async run(): Promise<Campaign> {
    const { orders, batchMessages } = this.options;
    const services = createServices(this.aws.config, { now: () => this.#now() });
    // Only now: the modules read their environment.
    const [collect, sweep] = await Promise.all([import('../lambda/collect'), import('../lambda/sweep')]);
    const handlers = { collect: collect.createHandler(services), sweep: sweep.createHandler(services) };
    const firstDay = Math.ceil(Date.now() / DAY_MS) * DAY_MS - BEIJING_MINUTES * MINUTE_MS;
    await this.#moveTo(firstDay);
    await services.admin.saveMode('service', 'on', 'bench', firstDay);
    for (let index = 0; index < orders; index += 1) await this.#register(index, services.ports);
    this.meter.take();
    this.meter.takeStreamed();
    for (let day = 0; day < DAYS; day += 1)
      for (const minutes of TICKS_AT_MINUTES) {
        await this.#moveTo(firstDay + day * DAY_MS + minutes * MINUTE_MS);
        const bodies = await this.#tick(async (context) => handlers.sweep({}, context));
        for (let first = 0; first < bodies.length; first += batchMessages) {
          const batch = bodies.slice(first, first + batchMessages);
          await this.#work(batch, handlers.collect);
          await this.#moveTo(this.#now() + (batch.length * CALLS_PER_ORDER * 1_000) / CALLS_PER_SECOND_MAX);
        }
      }
    const { arrivals, queries, requestBytes } = await this.payscore.tally();
    const attempts = arrivals.length;
    guard(attempts >= orders, `every order is attempted (${attempts} attempts on ${orders} orders)`);
    guard(this.#usage.idle.invocations > 0, 'some tick finds nothing');
    const storedBytes = this.meter.storedBytes();
    const streamed = this.meter.takeStreamed();
    return { orders, attempts, queries, requestBytes, storedBytes, streamed, ...this.#usage };
  }

  #now(): number {
    return Date.now() + this.#aheadMs;
  }

  async #moveTo(at: number): Promise<void> {
    this.#aheadMs = Math.max(this.#aheadMs, at - Date.now());
    await this.payscore.setAhead(this.#aheadMs);
  }

  async #register(index: number, ports: Parameters<typeof register>[2]): Promise<void> {
    const ref = {
      mchid: MCHID,
      ...PAY_DATA,
      out_order_no: `BENCH20261124${String(index).padStart(12, '0')}`,
    } as OrderRef;
    const completed_at = this.#now() - 2 * DAY_MS;
    const actor = { kind: 'api', id: 'bench' } as const;
    await register(ref, { at: this.#now(), actor, completed_at }, ports);
  }

  async #tick(sweep: (context: Context) => Promise<{ readonly sent: number }>): Promise<readonly string[]> {
    const { result, usage } = await this.#measured('sweep', sweep);
    const messages = this.meter.takeMessages();
    guard(messages.length === result.sent, 'the sweep sent what it says');
    const kind = result.sent === 0 ? 'idle' : 'sweep';
    this.#usage[kind] = sum(this.#usage[kind], { ...usage, messages: result.sent });
    return messages;
  }

  async #work(
    bodies: readonly string[],
    collect: (
      event: SQSEvent,
      context: Context,
    ) => Promise<{ readonly batchItemFailures: readonly unknown[] }>,
  ): Promise<void> {
    const records = bodies.map((body, index) => ({ messageId: `m${index}`, body }));
    const event = { Records: records } as unknown as SQSEvent;
    const { result, usage } = await this.#measured('collect', async (context) => collect(event, context));
    guard(result.batchItemFailures.length === 0, 'no message goes back to the queue');
    this.#usage.collect = sum(this.#usage.collect, { ...usage, messages: bodies.length });
  }

  async #measured<T>(
    name: FunctionName,
    invocation: (context: Context) => Promise<T>,
  ): Promise<{ result: T; usage: Usage }> {
    const { timeoutSeconds, memoryMb } = FUNCTIONS[name];
    const context = lambdaContext({ functionName: name, timeoutMs: timeoutSeconds * 1_000, memoryMb });
    const log = keepLog();
    const wall = performance.now();
    const cpu = process.cpuUsage();
    let result: T;
    try {
      result = await invocation(context);
    } finally {
      log.end();
    }
    const { user, system } = process.cpuUsage(cpu);
    const cpuMs = (user + system) / 1_000;
    const billedMs = Math.ceil(performance.now() - wall + cpuMs * (VCPU_MB / memoryMb - 1));
    const usage = {
      ...this.meter.take(),
      invocations: 1,
      messages: 0,
      gbSeconds: (billedMs / 1_000) * (memoryMb / 1_024),
      logBytes: log.bytes() + PLATFORM_LOG_BYTES,
    };
    return { result, usage };
  }
}

function sum(a: Usage, b: Usage): Usage {
  const names = Object.keys(NOTHING) as (keyof Usage)[];
  return Object.fromEntries(names.map((name) => [name, a[name] + b[name]])) as unknown as Usage;
}

/** Counts what is logged, and keeps it off the terminal. */
function keepLog(): { bytes(): number; end(): void } {
  let bytes = 0;
  process.stdout.write = (chunk: string | Uint8Array) => {
    bytes += Buffer.byteLength(chunk) + LOG_EVENT_BYTES;
    return true;
  };
  return {
    bytes: () => bytes,
    // What is left is the stream's own.
    end: () => void Reflect.deleteProperty(process.stdout, 'write'),
  };
}
