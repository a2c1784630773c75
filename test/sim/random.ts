/** Chance out of one seed. Each name is a stream of its own, so that leaving one out does not change what others draw. */
export class Random {
  #state: number;

  constructor(seed: number, name: string) {
    this.#state = mixed(seed, name);
  }

  /** In [0, 1). mulberry32: small, and the same everywhere. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mix = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mix = (mix + Math.imul(mix ^ (mix >>> 7), 61 | mix)) ^ mix;
    return ((mix ^ (mix >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Whether something with this chance happens. It draws even when the chance is 0 or 1. */
  draw(chance: number): boolean {
    return this.next() < chance;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  between(min: number, max: number): number {
    return min + this.below(max - min + 1);
  }

  pick<T>(some: readonly [T, ...T[]]): T {
    return some[this.below(some.length)] ?? some[0];
  }

  shuffled<T>(some: readonly T[]): T[] {
    return some
      .map((one) => ({ one, sort: this.next() }))
      .toSorted((a, b) => a.sort - b.sort)
      .map(({ one }) => one);
  }
}

/** FNV-1a over the name, begun with the seed. */
function mixed(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let at = 0; at < name.length; at += 1) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) ^ Math.imul(seed, 0x9e3779b1);
}
