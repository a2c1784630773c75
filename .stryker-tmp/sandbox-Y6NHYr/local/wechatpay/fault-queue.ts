const MAX_FAULTS = 1_000;

interface Waiting<F> {
  readonly fault: F;
  timesLeft: number;
}

/** Faults wait in the order they were asked for, each for as many matching occasions as it was asked for. */
export class FaultQueue<F extends { readonly times: number | 'always' }> {
  #waiting: Waiting<F>[] = [];

  /** Why it was not taken; undefined when it was. */
  add(fault: F): string | undefined {
    if (this.#waiting.length >= MAX_FAULTS) return `${MAX_FAULTS} faults are the limit`;
    const timesLeft = fault.times === 'always' ? Number.POSITIVE_INFINITY : fault.times;
    this.#waiting.push({ fault, timesLeft });
    return undefined;
  }

  /** The first that is wanted; it is spent by that. */
  take<T extends F>(wanted: (fault: F) => fault is T): T | undefined {
    for (const waiting of this.#waiting) {
      const { fault } = waiting;
      if (!wanted(fault)) continue;
      waiting.timesLeft -= 1;
      if (waiting.timesLeft <= 0) this.#waiting = this.#waiting.filter((other) => other !== waiting);
      return fault;
    }
    return undefined;
  }

  clear(): void {
    this.#waiting = [];
  }
}
