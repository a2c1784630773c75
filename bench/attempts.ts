import { ATTEMPT, CALLS, SIGNATURE, WRITES, type AttemptsAsk, type AttemptsTold } from './attempts-ask';
import { startChild, type Child } from './child';
import type { Group, GroupContext } from './group';
import { growth, type Reading } from './growth';
import { medianOf, ratioOf, type Plan, type Samples } from './harness';
import { table, target, type ReportTable, type Target } from './report';

const ANSWER_AFTER_MS = 200;
const MB = 1_000_000;

/** Two calls at 1.35 × one signature each, and 2 × for the ledger. */
const CPU_WANTED = 4.7;
const IN_FLIGHT_WANTED = 100;
const GROWTH_WANTED_MB = 10;

interface Counts {
  readonly invocations: number;
  readonly plan: Plan;
  readonly warmUpAttempts: number;
  /** Attempts before each reading of the memory. */
  readonly steps: readonly number[];
}

const ATTEMPTS_BY_DEFAULT = 5_000;
const READINGS = 10;

function countsFor({ quick, attempts = quick ? 400 : ATTEMPTS_BY_DEFAULT }: GroupContext): Counts {
  const steps = stepsOf(attempts, READINGS);
  return quick
    ? {
        invocations: 1,
        plan: { rounds: 3, operations: 100, warmUpOperations: 100 },
        warmUpAttempts: 200,
        steps,
      }
    : {
        invocations: 5,
        plan: { rounds: 9, operations: 200, warmUpOperations: 400 },
        warmUpAttempts: 1_000,
        steps,
      };
}

/** So many attempts in at most so many steps, none of them empty, which differ by one at most. */
export function stepsOf(attempts: number, steps: number): readonly number[] {
  const count = Math.min(attempts, steps);
  return Array.from(
    { length: count },
    (_, step) => Math.floor(((step + 1) * attempts) / count) - Math.floor((step * attempts) / count),
  );
}

type Process = Child<AttemptsAsk, AttemptsTold>;

interface Measured {
  readonly most: readonly number[];
  readonly samples: Samples;
  readonly readings: readonly Reading[];
}

async function told<Kind extends AttemptsTold['kind']>(
  collector: Process,
  ask: AttemptsAsk,
  kind: Kind,
): Promise<Extract<AttemptsTold, { kind: Kind }>> {
  const answer = await collector.ask(ask);
  if (answer.kind === 'failed') throw new Error(answer.message);
  if (answer.kind !== kind) throw new Error(`asked for ${kind}, told ${answer.kind}`);
  return answer as Extract<AttemptsTold, { kind: Kind }>;
}

async function measureAll(
  collector: Process,
  counts: Counts,
  progress: GroupContext['progress'],
): Promise<Measured> {
  const { invocations, plan, warmUpAttempts, steps } = counts;
  progress('starting');
  await told(collector, { kind: 'start', answerAfterMs: ANSWER_AFTER_MS }, 'started');
  progress('calls in flight');
  const inFlight = await told(collector, { kind: 'in_flight', invocations }, 'in_flight');
  const cpu = await told(collector, { kind: 'cpu', plan }, 'cpu');
  progress('memory, warming up');
  const memory = await told(collector, { kind: 'memory', warmUpAttempts, steps }, 'memory');
  return { most: inFlight.most, samples: new Map(cpu.samples), readings: memory.readings };
}

function cpuTable(samples: Samples): ReportTable {
  const columns = [
    { key: 'what', heading: '' },
    { key: 'times', heading: '× signature', digits: 2 },
    { key: 'low', heading: 'from', digits: 2 },
    { key: 'high', heading: 'to', digits: 2 },
    { key: 'us', heading: 'µs', digits: 0 },
  ];
  const rows = [ATTEMPT, CALLS, WRITES, SIGNATURE].map((what) => {
    const { median: times, low, high } = ratioOf(samples, what, SIGNATURE, 'cpuUs');
    return { what, times, low, high, us: medianOf(samples, what, 'cpuUs') };
  });
  return table('CPU of one attempt; half of the rounds lie between from and to', columns, rows);
}

function memoryTable(readings: readonly Reading[]): ReportTable {
  const columns = [
    { key: 'attempts', heading: 'attempts' },
    { key: 'live', heading: 'alive, MB', digits: 2 },
    { key: 'resident', heading: 'resident, MB', digits: 1 },
  ];
  const rows = readings.map(({ attempts, liveBytes, residentBytes }) => ({
    attempts: String(attempts),
    live: liveBytes / MB,
    resident: residentBytes / MB,
  }));
  return table('Memory after a full collection, by attempts since the warm-up', columns, rows);
}

function targets({ most, samples, readings }: Measured): readonly Target[] {
  const attempts = readings.at(-1)?.attempts ?? 0;
  const grown = (what: 'liveBytes' | 'residentBytes') =>
    target({
      text: `growth of ${what === 'liveBytes' ? 'what is alive' : 'the resident memory'} over ${attempts} attempts`,
      sense: 'at most',
      wanted: GROWTH_WANTED_MB,
      measured: growth(readings, what) / MB,
      unit: 'MB',
    });
  const times = (name: string) => ratioOf(samples, name, SIGNATURE, 'cpuUs').median;
  return [
    target({
      text: 'calls in flight at once, in the poorest of the invocations',
      sense: 'at least',
      wanted: IN_FLIGHT_WANTED,
      measured: Math.min(...most),
      unit: 'calls',
    }),
    target({
      text: `CPU of a whole attempt ÷ ${SIGNATURE}`,
      sense: 'at most',
      wanted: CPU_WANTED,
      measured: times(ATTEMPT),
      // Two calls that do nothing but sign and verify would be less; a DynamoDB client of one's own too.
      atTheLimit: times(CALLS) + times(WRITES),
    }),
    grown('liveBytes'),
    grown('residentBytes'),
  ];
}

const NOTES = [
  'Over loopback HTTP without TLS. DynamoDB, Secrets Manager and WeChat Pay are other processes, whose CPU is not counted but shares the cores.',
  'An attempt is a question, a collection, two conditional writes (the claim, with what the question brought; what became of the call), its share of a batch read and of the rate, and its log line; log level INFO as deployed, to where nobody reads it.',
  'The limit here: the two calls as this project makes them, and two of the smallest writes the AWS SDK can make, nothing else.',
  'Where others use these cores too much, writes outlast their second and the group is not measured at all; over the many batches of the memory such a message is not counted.',
  'The faster this CPU signs (AVX-512 IFMA halves it), the larger the same work of HTTP and the SDK looks beside one signature.',
  'Growth is that of the line nearest to all readings. The orders are registered by the same process, between the batches.',
];

export const attempts: Group = {
  id: 'attempts',
  title: 'Whole attempts: calls in flight, CPU, memory',
  async run(context) {
    const counts = countsFor(context);
    const collector: Process = startChild('attempts-process.ts', undefined, 'ignore');
    try {
      const measured = await measureAll(collector, counts, context.progress);
      const { invocations, plan, steps } = counts;
      const count = steps.reduce((sum, step) => sum + step, 0);
      return {
        measured: [
          `The function that collects, bundled as deployed, with batches of 100 messages, against a WeChat Pay that answers after ${ANSWER_AFTER_MS} ms:`,
          `calls at once as WeChat Pay saw them in ${invocations} invocations (${measured.most.join(', ')}); CPU in ${plan.rounds} rounds of ${plan.operations} attempts; memory over ${count}.`,
          'Before that: every order was asked about once, collected once, and the ledger knew it.',
        ],
        tables: [cpuTable(measured.samples), memoryTable(measured.readings)],
        targets: targets(measured),
        notes: NOTES,
      };
    } finally {
      collector.stop();
    }
  },
};
