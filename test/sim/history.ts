import type { Instant } from '../../lambda/core/ids';

/** What happened, in its order: as a hash that tells two histories apart, and as lines if somebody wants to read them. */
export class History {
  readonly lines: string[] = [];
  #high = 0xdeadbeef | 0;
  #low = 0x41c6ce57 | 0;
  #events = 0;

  constructor(
    private readonly now: () => Instant,
    private readonly keep: boolean,
  ) {}

  get events(): number {
    return this.#events;
  }

  note(what: string): void {
    this.#events += 1;
    const at = this.now();
    this.#mix(at / 1000);
    this.#mix(at);
    for (let index = 0; index < what.length; index += 1) this.#mix(what.charCodeAt(index));
    if (this.keep) this.lines.push(`${new Date(at + 8 * 3_600_000).toISOString().slice(0, 23)} ${what}`);
  }

  /** Of everything noted so far. */
  hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 2_654_435_761);
    this.#low = Math.imul(this.#low ^ value ^ (this.#high >>> 13), 1_597_334_677);
  }
}
