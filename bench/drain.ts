import { setTimeout as wait } from 'node:timers/promises';
import type { OrderRef } from '../lambda/core/ids';
import type { Services } from '../lambda/services';
import { FUNCTIONS, WORK_QUEUE } from '../infra/manifest';
import { startMapping } from '../local/aws/event-source-mapping';
import { lambdaContext } from '../local/aws/invoke';
import { startSqs } from '../local/aws/sqs';
import { startAws } from './aws';
import { loadFunctions, type Functions } from './bundle';
import { dueOrders, QUIET_SUB_MERCHANTS, waitingOf } from './due-orders';
import type { Group, GroupContext } from './group';
import { guard } from './harness';
import { collectAtOnce, registerDue } from './orders';
import { startPayscore, type PayscoreProcess } from './payscore';
import { table, target, type ReportTable } from './report';
import { newServiceKeys } from './service-keys';

const ANSWER_AFTER_MS = 200;
/** A minute of the schedule, thirty times as fast. */
const TICK_MS = 2_000;
/** SWEEP_ORDERS_MAX: much less than what is due, and what is admitted in a tick is collected in a tick. */
const ORDERS_PER_TICK = 100;
const CALLS_PER_SECOND_MAX = 200;
const CONCURRENCY_MAX = 10;
const DUE_BY_DEFAULT = 2_000;
const DUE_QUICK = 400;
const WAIT_TIMES_WANTED = 1.5;

interface World {
  readonly services: Services;
  readonly functions: Functions;
  readonly wechatpay: PayscoreProcess;
  readonly sqsUrl: string;
  readonly queueUrl: string;
}

/** All of the service but its API, with nothing in it, for as long as `use` takes. */
async function withWorld<T>(use: (world: World) => Promise<T>): Promise<T> {
  const keys = await newServiceKeys();
  const stops: (() => unknown)[] = [];
  try {
    const wechatpay = await startPayscore(keys, { answerAfterMs: ANSWER_AFTER_MS, fates: ['accepted'] });
    stops.push(() => wechatpay.stop());
    const sqs = await startSqs();
    stops.push(() => sqs.close());
    const { visibilityTimeoutSeconds, maxReceiveCount } = WORK_QUEUE;
    const { queue } = await sqs.createWorkQueue({ name: 'work', visibilityTimeoutSeconds, maxReceiveCount });
    const aws = await startAws(keys, {
      wechatpayHost: wechatpay.origin,
      callsPerSecondMax: CALLS_PER_SECOND_MAX,
      sweepOrdersMax: ORDERS_PER_TICK,
      queueUrl: queue.url,
    });
    stops.push(() => aws.stop());
    // The report is on standard output, and time is measured here, not CPU.
    Object.assign(process.env, { AWS_ENDPOINT_URL_SQS: sqs.url, LOG_LEVEL: 'SILENT' });
    const functions = await loadFunctions();
    const services = functions.createServices(aws.config);
    await collectAtOnce(services);
    return await use({ services, functions, wechatpay, sqsUrl: sqs.url, queueUrl: queue.url });
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

interface Drained {
  readonly ticks: number;
  /** The first tick. */
  readonly begunAt: number;
  /** Of the call that collects, by out_order_no. */
  readonly arrivals: ReadonlyMap<string, number>;
}

/** Registers the orders, and lets ticks and workers run until each has been collected. */
async function untilDrained(refs: readonly OrderRef[], progress: GroupContext['progress']): Promise<Drained> {
  return withWorld(async ({ services, functions, wechatpay, sqsUrl, queueUrl }) => {
    progress(`registering ${refs.length} orders`);
    await registerDue(refs, services, functions.register);
    const sweep = functions.createSweep(services);
    const faults: Error[] = [];
    const { batchSize, windowSeconds } = WORK_QUEUE;
    const mapping = startMapping({
      queueUrl,
      endpoint: sqsUrl,
      handler: functions.createCollect(services),
      functionName: 'collect',
      timeoutMs: FUNCTIONS.collect.timeoutSeconds * 1_000,
      batchSize,
      windowMs: windowSeconds * 1_000,
      concurrencyMax: CONCURRENCY_MAX,
      onFault: (fault) => faults.push(fault),
    });
    const arrivals = new Map<string, number>();
    const begunAt = Date.now();
    // Twice as long as the admission takes: whoever is not collected by then waits for something else.
    const ticksMax = 10 + 2 * Math.ceil(refs.length / ORDERS_PER_TICK);
    let ticks = 0;
    try {
      while (arrivals.size < refs.length) {
        guard(ticks < ticksMax, `${refs.length} orders are collected within ${ticksMax} ticks`);
        await sweep({}, lambdaContext({ functionName: 'sweep', timeoutMs: 50_000 }));
        ticks += 1;
        await wait(Math.max(0, begunAt + ticks * TICK_MS - Date.now()));
        for (const [number, at] of (await wechatpay.tally()).arrivals) {
          guard(!arrivals.has(number), `order ${number} is collected once`);
          arrivals.set(number, at);
        }
        progress(`tick ${ticks}: ${arrivals.size} of ${refs.length} collected`);
      }
    } finally {
      await mapping.stop();
    }
    guard(faults.length === 0, `nothing fails: ${faults[0]?.message}`);
    return { ticks, begunAt, arrivals };
  });
}

interface Measured {
  readonly alone: Drained;
  readonly beside: Drained;
}

function drainTable(
  { alone, beside }: Measured,
  { quiet, noisy }: ReturnType<typeof dueOrders>,
): ReportTable {
  const columns = [
    { key: 'what', heading: '' },
    { key: 'orders', heading: 'orders' },
    { key: 'ticks', heading: 'ticks' },
    { key: 'seconds', heading: 'drained in s', digits: 1 },
    { key: 'speed', heading: 'orders/s', digits: 1 },
    { key: 'p50', heading: 'quiet wait p50 s', digits: 2 },
    { key: 'p95', heading: 'p95 s', digits: 2 },
    { key: 'noisy', heading: 'noisy wait p50 s', digits: 2 },
  ];
  const row = (what: string, { ticks, begunAt, arrivals }: Drained) => {
    const seconds = (Math.max(...arrivals.values()) - begunAt) / 1_000;
    const calm = waitingOf(quiet, arrivals, begunAt);
    const loud = arrivals.size > quiet.length ? waitingOf(noisy, arrivals, begunAt) : undefined;
    return {
      what,
      orders: String(arrivals.size),
      ticks: String(ticks),
      seconds,
      speed: arrivals.size / seconds,
      p50: calm === undefined ? null : calm.p50Ms / 1_000,
      p95: calm === undefined ? null : calm.p95Ms / 1_000,
      noisy: loud === undefined ? null : loud.p50Ms / 1_000,
    };
  };
  return table('From the first tick to the call that collects, as it arrived at WeChat Pay', columns, [
    row(`${QUIET_SUB_MERCHANTS} quiet ones alone`, alone),
    row('the same beside the noisy one', beside),
  ]);
}

function targets({ alone, beside }: Measured, quiet: readonly OrderRef[]) {
  const [calm, loud] = [alone, beside].map(({ arrivals, begunAt }) => waitingOf(quiet, arrivals, begunAt));
  if (calm === undefined || loud === undefined) throw new Error('nobody is quiet');
  return (['p50Ms', 'p95Ms'] as const).map((what) =>
    target({
      text: `waiting time (${what === 'p50Ms' ? 'p50' : 'p95'}) of the quiet ones beside the noisy one ÷ alone`,
      sense: 'at most',
      wanted: WAIT_TIMES_WANTED,
      measured: loud[what] / calm[what],
    }),
  );
}

const NOTES = [
  `Fairness comes from admission: round-robin over sub-merchants, ${ORDERS_PER_TICK} orders a tick. A tick every ${TICK_MS / 1_000} s instead of each minute, all else in real time.`,
  `Time to drain is set by that admission (${ORDERS_PER_TICK / (TICK_MS / 1_000)} orders/s at most), not by the speed of this machine.`,
  'One run of each: a first tick that is slow to start counts in full, and a second more or less is chance.',
  "The noisy one's orders are registered first, so that they are due for longer: read in that order alone, they would all go before the others.",
  'The queue is a plain one; the fair queues of SQS are an extra on AWS and not measured.',
];

export const drain: Group = {
  id: 'drain',
  title: 'Draining a backlog: throughput, and quiet sub-merchants beside a noisy one',
  async run({ quick, due = quick ? DUE_QUICK : DUE_BY_DEFAULT, progress }) {
    const orders = dueOrders(due);
    guard(orders.quiet.length >= QUIET_SUB_MERCHANTS, 'every quiet sub-merchant has an order that is due');
    const alone = await untilDrained(orders.quiet, progress);
    const beside = await untilDrained([...orders.noisy, ...orders.quiet], progress);
    const measured = { alone, beside };
    return {
      measured: [
        `${due} due orders of ${QUIET_SUB_MERCHANTS + 1} sub-merchants, ${orders.noisy.length} of them of one: ticks of the sweep, the queue (fauxqs) and up to ${CONCURRENCY_MAX} batches`,
        `of ${WORK_QUEUE.batchSize} at once, until each is collected; DynamoDB (dynalite) and a WeChat Pay that answers after ${ANSWER_AFTER_MS} ms in processes of their own.`,
        `SWEEP_ORDERS_MAX ${ORDERS_PER_TICK}, CALLS_PER_SECOND_MAX ${CALLS_PER_SECOND_MAX}. Each run begins with empty parts.`,
      ],
      tables: [drainTable(measured, orders)],
      targets: targets(measured, orders.quiet),
      notes: NOTES,
    };
  },
};
