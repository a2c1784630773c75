import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';

/** Something that is measured beside others: a way of doing the one thing a group is about. */
export interface Candidate {
  readonly name: string;
  /** Does the thing `operations` times. */
  run(operations: number): void | Promise<void>;
  /** Runs before the clock starts in every turn: opens connections that idled away since the last one. */
  prime?(): Promise<void>;
}

export interface Plan {
  readonly rounds: number;
  /** Of each candidate in each round. */
  readonly operations: number;
  /** Of each candidate, before the first round; not measured. */
  readonly warmUpOperations: number;
}

/** What one operation took in one round. */
export interface Sample {
  /** User and system time of the whole process, thread pool included. */
  readonly cpuUs: number;
  readonly wallUs: number;
}

export type Measure = keyof Sample;

/** By candidate, in the order of the rounds. */
export type Samples = ReadonlyMap<string, readonly Sample[]>;

/** Readings since an arbitrary moment, in microseconds. */
export interface Clock {
  cpuUs(): number;
  wallUs(): number;
}

export const processClock: Clock = {
  cpuUs() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  wallUs: () => performance.now() * 1000,
};

export interface MeasureOptions {
  readonly clock?: Clock;
  /** Before every turn. */
  readonly tidy?: () => void;
  readonly onRound?: (round: number) => void;
}

/**
 * Lets the candidates take turns, round by round, so that whatever slows the machine down for a while slows all
 * of them. Every round starts with another candidate and every second one goes backwards: none has a fixed place.
 */
export async function measure(
  candidates: readonly Candidate[],
  plan: Plan,
  { clock = processClock, tidy = collectYoungGarbage, onRound }: MeasureOptions = {},
): Promise<Samples> {
  const samples = new Map<string, Sample[]>(candidates.map(({ name }) => [name, []]));
  if (samples.size !== candidates.length) throw new Error('two candidates have the same name');
  for (const candidate of candidates) {
    await candidate.prime?.();
    await candidate.run(plan.warmUpOperations);
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    onRound?.(round);
    for (const candidate of turns(candidates, round)) {
      await candidate.prime?.();
      tidy();
      const cpuUs = clock.cpuUs();
      const wallUs = clock.wallUs();
      await candidate.run(plan.operations);
      samples.get(candidate.name)?.push({
        wallUs: (clock.wallUs() - wallUs) / plan.operations,
        cpuUs: (clock.cpuUs() - cpuUs) / plan.operations,
      });
    }
  }
  return samples;
}

/** Who is when in turn in this round. */
export function turns<T>(candidates: readonly T[], round: number): readonly T[] {
  const first = candidates.length === 0 ? 0 : Math.floor(round / 2) % candidates.length;
  const order = [...candidates.slice(first), ...candidates.slice(0, first)];
  return round % 2 === 0 ? order : order.toReversed();
}

/** The value at `share` (0 to 1) of the sorted values, between two of them when it falls between. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('nothing was measured');
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function medianOf(samples: Samples, name: string, what: Measure): number {
  return median(pick(samples, name, what));
}

export interface Ratio {
  readonly median: number;
  /** Half of the rounds lie between these two. */
  readonly low: number;
  readonly high: number;
}

/**
 * How many times as much `name` takes as `base`: the median of the ratios of the rounds, not the ratio of the
 * medians, because the two stood side by side in each round.
 */
export function ratioOf(samples: Samples, name: string, base: string, what: Measure): Ratio {
  return ratios(pick(samples, name, what), pick(samples, base, what));
}

/** The same of plain values, one for each round. */
export function ratios(values: readonly number[], bases: readonly number[]): Ratio {
  if (values.length !== bases.length) throw new Error('the two were not measured in the same rounds');
  const each = values.map((value, round) => value / (bases[round] ?? Number.NaN));
  return { median: median(each), low: quantile(each, 0.25), high: quantile(each, 0.75) };
}

function pick(samples: Samples, name: string, what: Measure): readonly number[] {
  const own = samples.get(name);
  if (own === undefined) throw new Error(`${name} was not measured`);
  return own.map((sample) => sample[what]);
}

/** Runs `call` with the numbers from 0 to `count`, `concurrency` of them at any time. */
export async function inFlight(
  count: number,
  concurrency: number,
  call: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      next += 1;
      await call(next - 1);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
}

type Collect = (options: { type: 'minor' }) => void;
let collect: Collect | undefined;

/**
 * What one candidate leaves behind is not cleared away in the next one's time. The young generation only: full
 * collections, this often, would make V8 throw away compiled code of whoever is not in turn.
 */
function collectYoungGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as Collect;
  }
  collect({ type: 'minor' });
}

/** Stops a group before anything is timed: a benchmark must never measure a failure. */
export function guard(condition: boolean, expectation: string): asserts condition {
  if (!condition) throw new Error(`not measured, because this does not hold: ${expectation}`);
}
