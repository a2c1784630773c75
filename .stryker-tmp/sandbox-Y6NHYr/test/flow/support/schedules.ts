import type { Gate, Step } from './memory';

/** Somebody who can take the next turn. */
export interface Actor {
  readonly name: string;
  /** The next thing it wants to do; undefined when it has nothing more to do. */
  next(): (() => void) | undefined;
}

/** A worker whose every touch of the outside waits until it is its turn. */
export class Worker implements Actor {
  #waiting: (() => void) | undefined;

  /** Steps in `free` wait for no turn. */
  constructor(
    readonly name: string,
    readonly free: readonly Step[] = [],
  ) {}

  readonly gate: Gate = (step, act) =>
    new Promise((resolve, reject) => {
      if (this.free.includes(step)) {
        resolve(act());
        return;
      }
      this.#waiting = () => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      };
    });

  next(): (() => void) | undefined {
    const waiting = this.#waiting;
    return waiting === undefined
      ? undefined
      : () => {
          this.#waiting = undefined;
          waiting();
        };
  }
}

/** Things that happen by themselves, each once, in their order. */
export function happenings(name: string, acts: readonly (() => void)[]): Actor {
  let done = 0;
  return {
    name,
    next: () => {
      const act = acts[done];
      return act === undefined
        ? undefined
        : () => {
            done += 1;
            act();
          };
    },
  };
}

/**
 * Plays a world once for each order in which its actors can take turns: all of them, none twice.
 * `play` builds a fresh world and says who acts in it; `judge` looks at it when nobody wants anything any more.
 * Returns how many orders there were.
 */
export async function everySchedule<W>(
  play: () => { readonly world: W; readonly actors: readonly Actor[]; readonly done: Promise<unknown> },
  judge: (world: W, schedule: string) => void,
): Promise<number> {
  let prefix: number[] = [];
  for (let count = 1; ; count += 1) {
    const taken: number[] = [];
    const options: number[] = [];
    const names: string[] = [];
    const { world, actors, done } = play();
    for (;;) {
      await quiet();
      const ready = actors.filter((actor) => actor.next() !== undefined);
      if (ready.length === 0) break;
      const choice = prefix[taken.length] ?? 0;
      const actor = ready[choice];
      if (actor === undefined) throw new Error('the world did not play the same way twice');
      taken.push(choice);
      options.push(ready.length);
      names.push(actor.name);
      actor.next()?.();
    }
    await done;
    judge(world, names.join(''));
    const last = taken.findLastIndex((choice, at) => choice + 1 < (options[at] ?? 0));
    if (last < 0) return count;
    prefix = [...taken.slice(0, last), (taken[last] ?? 0) + 1];
  }
}

/** Until everybody waits for a turn, or for nothing. */
function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
