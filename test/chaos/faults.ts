import { setTimeout as wait } from 'node:timers/promises';
import { randomBy } from './random';
import { STEADY, type Slowness, type SlowProxy } from './slow-proxy';
import type { ChaosWorld } from './world';

export interface FaultCounts {
  readonly workersKilled: number;
  readonly wechatpayStops: number;
  readonly store: SlowProxy['counts'];
}

/** The SDK gives up on a request after a second: some of what is late arrives when its sender has tried again. */
const SLOW: Slowness = {
  delayedShare: 0.04,
  delayMsMax: 1_600,
  lostRequestShare: 0.005,
  lostAnswerShare: 0.005,
};
/** In true time, from one to the next. */
const KILL_EVERY_MS = [250, 1_500] as const;
const STOP_EVERY_MS = [2_500, 7_000] as const;
const DOWN_MS = [200, 1_500] as const;

/** Kills workers, stops the simulated WeChat Pay and makes the store slow, until it is told to end. */
export class Faults {
  #workersKilled = 0;
  #wechatpayStops = 0;
  #store: SlowProxy['counts'] = { requests: 0, delayed: 0, lostRequests: 0, lostAnswers: 0 };
  readonly #random: () => number;
  readonly #ending = new AbortController();
  #running: Promise<unknown> | undefined;

  constructor(
    private readonly world: ChaosWorld,
    seed: number,
  ) {
    this.#random = randomBy(seed + 1);
  }

  get counts(): FaultCounts {
    return { workersKilled: this.#workersKilled, wechatpayStops: this.#wechatpayStops, store: this.#store };
  }

  told(): string {
    return this.#ending.signal.aborted
      ? 'faults are over'
      : `${this.#workersKilled} workers killed, WeChat Pay stopped ${this.#wechatpayStops} times`;
  }

  async begin(): Promise<void> {
    await this.world.aws.ask('slow', SLOW);
    this.#running = Promise.all([this.#kill(), this.#stop()]);
  }

  /** Everything is there again, and quick. */
  async end(): Promise<void> {
    if (this.#running === undefined || this.#ending.signal.aborted) return;
    this.#ending.abort();
    await this.#running;
    if (!this.world.wechatpay.isUp) await this.world.wechatpay.start();
    await this.world.aws.ask('slow', STEADY);
    this.#store = await this.world.aws.ask('counts', null);
  }

  async #kill(): Promise<void> {
    const { workers } = this.world;
    while (await this.#after(KILL_EVERY_MS)) {
      const at = Math.floor(this.#random() * workers.length);
      await workers[at]?.kill();
      this.#workersKilled += 1;
      const next = await this.world.newWorker();
      workers[at] = next;
      // Time may have been moved on while it came up.
      await next.ask('clock', this.world.now());
    }
  }

  async #stop(): Promise<void> {
    while (await this.#after(STOP_EVERY_MS)) {
      await this.world.wechatpay.stop();
      this.#wechatpayStops += 1;
      await this.#after(DOWN_MS);
      await this.world.wechatpay.start();
    }
  }

  /** False when it was told to end. */
  async #after([least, most]: readonly [number, number]): Promise<boolean> {
    const ms = least + this.#random() * (most - least);
    return wait(ms, true, { signal: this.#ending.signal }).catch(() => false);
  }
}
