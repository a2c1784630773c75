import type { Cut } from './plan';
import { shrink } from './shrink';
import { type Outcome, simulate } from './simulate';
import { runSeeds, type Tally } from './tally';

/** What came of some seeds, and the memory of the process that has run them. */
export interface Ran extends Tally {
  readonly residentBytes: number;
}

/** What a process of the simulation is asked for. */
export type Ask =
  | { readonly kind: 'seeds'; readonly from: number; readonly count: number }
  /** Of a seed that failed. */
  | { readonly kind: 'shrink'; readonly cut: Cut };

async function answer(ask: Ask): Promise<Ran | Outcome> {
  if (ask.kind === 'shrink') return shrink(await simulate(ask.cut));
  return { ...(await runSeeds(ask.from, ask.count)), residentBytes: process.memoryUsage().rss };
}

process.on('message', (ask: Ask) => {
  void answer(ask).then((told) => process.send?.(told));
});
