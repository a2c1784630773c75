import { type Outcome, simulate } from './simulate';

/** What some seeds came to. */
export interface Tally {
  readonly seeds: number;
  readonly days: number;
  readonly events: number;
  readonly calls: number;
  readonly paid: number;
  /** Of the histories, whatever order they were run in. */
  readonly hash: string;
  /** The first seed that broke a promise; those after it were not run. */
  readonly failed?: Outcome;
}

export const NOTHING: Tally = { seeds: 0, days: 0, events: 0, calls: 0, paid: 0, hash: '0'.repeat(16) };

export async function runSeeds(from: number, count: number): Promise<Tally> {
  let tally = NOTHING;
  for (let seed = from; seed < from + count; seed += 1) {
    const outcome = await simulate({ seed });
    tally = added(tally, { ...outcome, seeds: 1 });
    if (outcome.verdict !== undefined) return { ...tally, failed: outcome };
  }
  return tally;
}

export function added(one: Tally, other: Omit<Tally, 'failed'>): Tally {
  return {
    seeds: one.seeds + other.seeds,
    days: one.days + other.days,
    events: one.events + other.events,
    calls: one.calls + other.calls,
    paid: one.paid + other.paid,
    hash: (BigInt(`0x${one.hash}`) ^ BigInt(`0x${other.hash}`)).toString(16).padStart(16, '0'),
  };
}
