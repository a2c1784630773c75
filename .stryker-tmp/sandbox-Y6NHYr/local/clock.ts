import { DAY_MS } from '../lambda/core/time';
/**
 * The time of everything in this process, which can be moved on: what people wait days for is seen in seconds.
 * Between two moves it runs as always, so that whatever is under way (signatures, locks, deadlines) sees true time.
 */
export class MovableClock {
  readonly #real = Date.now;
  #aheadMs = 0;

  now = (): number => this.#real() + this.#aheadMs;

  /** Moves on to `instant`; one that has passed changes nothing. */
  forwardTo(instant: number): void {
    this.#aheadMs += Math.max(0, instant - this.now());
  }

  /** From now on `Date.now()` is this clock. Functions that were given it as a default keep to it as well. */
  install(): void {
    Date.now = this.now;
  }
}

const BEIJING_OFFSET_MS = 8 * 3_600_000;

/** The next time at which it is `hour` o'clock in Beijing. */
export function nextHourInBeijing(hour: number, now: number): number {
  const local = now + BEIJING_OFFSET_MS;
  const today = local - (local % DAY_MS) + hour * 3_600_000;
  return (today > local ? today : today + DAY_MS) - BEIJING_OFFSET_MS;
}
