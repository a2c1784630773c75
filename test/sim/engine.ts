import type { Instant } from '../../lambda/core/ids';

interface Entry {
  readonly at: Instant;
  readonly order: number;
  readonly act: () => void;
}

/**
 * One clock and one list of what is still to come. Events are carried out one at a time, in the order of their times; of
 * two at the same time the one that was planned first. Time passes between events only.
 *
 * Flows are real asynchronous code. All they wait for is an event of this list: one that goes on with a flow (`wake`) is
 * followed by a turn of Node's own loop, in which everything runs that can run without another event. So there is one
 * order in which all of it happens, and it comes from the seed alone.
 */
export class Engine {
  now: Instant;
  readonly #heap: Entry[] = [];
  #planned = 0;
  #woken = false;

  constructor(start: Instant) {
    this.now = start;
  }

  at(at: Instant, act: () => void): void {
    this.#push({ at: Math.max(at, this.now), order: (this.#planned += 1), act });
  }

  after(ms: number, act: () => void): void {
    this.at(this.now + ms, act);
  }

  /** Of an event that has let a flow go on, or begun one. */
  woke(): void {
    this.#woken = true;
  }

  /** Carries out all that happens before `until`; `then` looks at the world after each event. */
  async runUntil(until: Instant, then: () => void): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.at >= until) break;
      this.#pop();
      this.now = next.at;
      next.act();
      if (this.#woken) {
        this.#woken = false;
        await turn();
      }
      then();
    }
    this.now = until;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || !comesBefore(entry, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      if (one === undefined) break;
      const smaller = other !== undefined && comesBefore(other, one) ? left + 1 : left;
      const below = heap[smaller] ?? one;
      if (!comesBefore(below, last)) break;
      heap[at] = below;
      at = smaller;
    }
    heap[at] = last;
  }
}

function comesBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** All microtasks are over by then, however many follow from one another. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
