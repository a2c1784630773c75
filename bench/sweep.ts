import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { FUNCTIONS } from '../infra/manifest';
import { lambdaContext } from '../local/aws/invoke';
import { HANDLING_MS } from '../lambda/core/plan';
import { createServices } from '../lambda/services';
import { startAws } from './aws';
import type { Group } from './group';
import { guard, median, processClock, ratios, turns, type Sample } from './harness';
import { startMeter, type AwsUsage, type Meter } from './meter';
import { table, target } from './report';
import { newServiceKeys, type ServiceKeys } from './service-keys';

const DUE = 1_000;
const SIZES = [1_000, 10_000, 100_000, 1_000_000];
/** Storing ten times as many takes minutes. */
const STORED_MAX = 100_000;
const STORED_MAX_QUICK = 10_000;
const WANTED = 1.2;
const WARM_UPS = 2;

interface Swept extends Sample, AwsUsage {
  /** Orders whose due time was moved at the first try, as far as is known. */
  readonly moved: number;
}

interface Ledger {
  readonly stored: number;
  /** One sweep, so long after the orders were stored. */
  sweep(afterMs: number, meter: Meter): Promise<Swept>;
  stop(): void;
}

interface Place {
  readonly stored: number;
  readonly path: string;
  readonly keys: ServiceKeys;
  readonly progress: (line: string) => void;
}

/** A DynamoDB of its own with so many orders in it, on disk, and the function that sweeps it. */
async function openLedger({ stored, path: folder, keys, progress }: Place): Promise<Ledger> {
  const begun = Date.now();
  progress(`storing ${stored} orders`);
  const aws = await startAws(keys, {
    wechatpayHost: 'http://127.0.0.1:9',
    callsPerSecondMax: 50,
    sweepOrdersMax: 3_000,
    kept: { path: folder, stored: { orders: stored, due: DUE, now: begun } },
  });
  try {
    progress(`${stored} orders stored in ${Math.round((Date.now() - begun) / 1_000)} s`);
    let now = begun;
    const services = createServices(aws.config, { now: () => now });
    const { createHandler } = await import('../lambda/sweep');
    const handler = createHandler({ ...services, logger: silent(services.logger) });
    // The SDK looks where DynamoDB is when it is first wanted: before another one is started.
    await services.dueOrders.due(0, 1);
    const { timeoutSeconds } = FUNCTIONS.sweep;
    return {
      stored,
      async sweep(afterMs, meter) {
        now = begun + afterMs;
        const context = lambdaContext({ functionName: 'sweep', timeoutMs: timeoutSeconds * 1_000 });
        meter.take();
        const [wallUs, cpuUs] = [processClock.wallUs(), processClock.cpuUs()];
        const { due, sent, moved } = await handler({}, context);
        const sample = { wallUs: processClock.wallUs() - wallUs, cpuUs: processClock.cpuUs() - cpuUs };
        guard(due === DUE && sent === DUE, `${DUE} orders are due and sent (${due}, ${sent})`);
        const own = meter.takeMessages().every((body) => body.includes(`"OF${stored}NO`));
        guard(own, `the ledger of ${stored} orders is swept`);
        return { ...sample, ...meter.take(), moved };
      },
      stop: () => aws.stop(),
    };
  } catch (error) {
    aws.stop();
    throw error;
  }
}

function silent<Logger extends { setLogLevel(level: 'SILENT'): void }>(logger: Logger): Logger {
  logger.setLogLevel('SILENT');
  return logger;
}

type Results = ReadonlyMap<Ledger, readonly Swept[]>;

/** All of them in every round; what one sweep has moved is due again in the next. */
async function sweepAll(ledgers: readonly Ledger[], rounds: number, meter: Meter): Promise<Results> {
  const results = new Map<Ledger, Swept[]>(ledgers.map((ledger) => [ledger, []]));
  for (let round = -WARM_UPS; round < rounds; round += 1)
    for (const ledger of turns(ledgers, round + WARM_UPS)) {
      const swept = await ledger.sweep((round + WARM_UPS) * 2 * HANDLING_MS, meter);
      if (round >= 0) results.get(ledger)?.push(swept);
    }
  return results;
}

async function metered(ledgers: readonly Ledger[], rounds: number): Promise<Results> {
  const meter = startMeter();
  try {
    return await sweepAll(ledgers, rounds, meter);
  } finally {
    meter.remove();
  }
}

function figures(results: Results, ledger: Ledger, least: Ledger) {
  const pick = (one: Ledger, what: keyof Swept) => (results.get(one) ?? []).map((swept) => swept[what]);
  const times = (what: keyof Swept) => ratios(pick(ledger, what), pick(least, what)).median;
  return {
    stored: ledger.stored,
    wall_times: times('wallUs'),
    cpu_times: times('cpuUs'),
    reads_times: times('readUnits'),
    wall_ms: median(pick(ledger, 'wallUs')) / 1_000,
    cpu_ms: median(pick(ledger, 'cpuUs')) / 1_000,
    requests: median(pick(ledger, 'readRequests')),
    reads: median(pick(ledger, 'readUnits')),
    moved: median(pick(ledger, 'moved')),
    writes: median(pick(ledger, 'tableWriteUnits')) + median(pick(ledger, 'dueWriteUnits')),
  };
}

const COLUMNS = [
  { key: 'stored', heading: 'orders stored', digits: 0 },
  { key: 'wall_times', heading: 'time ×', digits: 2 },
  { key: 'cpu_times', heading: 'CPU ×', digits: 2 },
  { key: 'reads_times', heading: 'reads ×', digits: 2 },
  { key: 'wall_ms', heading: 'ms', digits: 0 },
  { key: 'cpu_ms', heading: 'CPU ms', digits: 0 },
  { key: 'requests', heading: 'Query requests', digits: 0 },
  { key: 'reads', heading: 'read units', digits: 1 },
  { key: 'moved', heading: 'moved', digits: 0 },
  { key: 'writes', heading: 'write units', digits: 0 },
];

function reportOf(results: Results, rounds: number) {
  const ledgers = [...results.keys()];
  const [least] = ledgers;
  const most = ledgers.at(-1);
  if (least === undefined || most === undefined) throw new Error('nothing was measured');
  const last = figures(results, most, least);
  const compared = [
    ['time', last.wall_times],
    ['reads', last.reads_times],
  ] as const;
  return {
    measured: [
      `One sweep of ${DUE} due orders of 50 sub-merchants, by the real function; ${rounds} rounds in turns, × against ${least.stored} stored.`,
      'Each ledger is on disk in a dynalite of its own process, whose CPU is not counted; the queue takes every message at once.',
    ],
    tables: [
      table(
        'What a sweep costs by what is stored',
        COLUMNS,
        ledgers.map((ledger) => figures(results, ledger, least)),
      ),
    ],
    targets: compared.map(([what, measured]) =>
      target({
        text: `${what} of a sweep, ${most.stored} stored ÷ ${least.stored}`,
        sense: 'at most',
        wanted: WANTED,
        measured,
      }),
    ),
    notes: [
      'Of the orders that are not due every second one is due in a month, the others are at their end.',
      'Moved: known to be; on a busy machine dynalite may answer later than the second that is waited, and a write made twice is not known to be made.',
      'Time includes dynalite’s own on this machine, its LevelDB growing with what is stored; reads are what DynamoDB would count.',
      ...(most.stored < 1_000_000
        ? ['Ten times as many are stored with --stored 1000000: a longer run.']
        : []),
    ],
  };
}

export const sweep: Group = {
  id: 'sweep',
  title: 'A sweep, by what is stored',
  async run({ quick, stored: storedMax = quick ? STORED_MAX_QUICK : STORED_MAX, progress }) {
    const rounds = quick ? 3 : 9;
    const keys = await newServiceKeys();
    const folder = await mkdtemp(path.join(tmpdir(), 'bench-sweep-'));
    const ledgers: Ledger[] = [];
    try {
      for (const stored of SIZES.filter((size) => size <= Math.max(storedMax, DUE)))
        ledgers.push(await openLedger({ stored, path: path.join(folder, String(stored)), keys, progress }));
      progress(`${rounds} rounds of sweeps`);
      return reportOf(await metered(ledgers, rounds), rounds);
    } finally {
      for (const ledger of ledgers) ledger.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};
