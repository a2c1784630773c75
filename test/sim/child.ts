import type { Cut } from './plan';
import { shrink } from './shrink';
import { type Outcome, simulate } from './simulate';
import { runSeeds, type Tally } from './tally';

/** What a process of the simulation is asked for. */
export type Ask =
  | { readonly kind: 'seeds'; readonly from: number; readonly count: number }
  /** Of a seed that failed. */
  | { readonly kind: 'shrink'; readonly cut: Cut };

async function answer(ask: Ask): Promise<Tally | Outcome> {
  return ask.kind === 'seeds' ? runSeeds(ask.from, ask.count) : shrink(await simulate(ask.cut));
}

process.on('message', (ask: Ask) => {
  void answer(ask).then((told) => process.send?.(told));
});
