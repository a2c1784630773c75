import type { Instant } from './ids';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time';

/*
 * How long to wait before the next step, after each kind of setback. A decline says something about the user, a
 * fault in between says nothing, and an unknown outcome may be money that moved: each has its own counter, so that
 * none of them uses up the steps of another.
 */

/**
 * The wait in ms after the n-th call that was burned (n ≥ 1), by the policy's `decline_ladder_hours`. The last step
 * repeats. RangeError for an n that is no such count, or a ladder without steps.
 */
export function declineWaitMs(ladderHours: readonly number[], n: number): number {
  return stepOf(ladderHours, n) * HOUR_MS;
}

/**
 * The wait in ms after the n-th setback in a row (n ≥ 1) that was not the user's, by the policy's
 * `infrastructure_ladder_minutes`; after its last step 24 h each. RangeError for an n that is no such count.
 */
export function infrastructureWaitMs(ladderMinutes: readonly number[], n: number): number {
  return stepOf([...ladderMinutes, DAY_MS / MINUTE_MS], n) * MINUTE_MS;
}

/**
 * The waits between questions about an open attempt. The first counts from the claim: by then a verified answer is
 * conclusive (`conclusiveAt`: at most 3 min 25 s after the claim), unless WeChat Pay said USERPAYING. The last
 * repeats, because an attempt closes by evidence alone and never by patience.
 */
export const PROBE_LADDER: readonly { readonly times: number; readonly waitMs: number }[] = [
  { times: 1, waitMs: 4 * MINUTE_MS },
  { times: 1, waitMs: 5 * MINUTE_MS },
  { times: 1, waitMs: 15 * MINUTE_MS },
  { times: 24, waitMs: HOUR_MS },
  { times: 8, waitMs: 6 * HOUR_MS },
  { times: 1, waitMs: DAY_MS },
];

const PROBE_WAITS_MS = PROBE_LADDER.flatMap(({ times, waitMs }) => Array<number>(times).fill(waitMs));

/**
 * The wait in ms before the next question about an open attempt, after so many that proved nothing; with 0 the wait
 * for the first, counted from the claim. RangeError for what is no such count.
 */
export function probeWaitMs(unanswered: number): number {
  return stepOf(PROBE_WAITS_MS, unanswered + 1);
}

/** What is still watched is asked about daily up to this day after completion, then weekly. */
export const WATCH_DAILY_DAYS = 35;
/** From this day after completion on nothing is asked any more. */
export const WATCH_DAYS_MAX = 180;

/**
 * When an order that is not collected any more is asked about next: WeChat Pay goes on deducting, and people pay by
 * hand. Undefined when that would be later than day 180 after completion.
 */
export function watchAt(completedAt: Instant, lastAskedAt: Instant): Instant | undefined {
  const days = lastAskedAt < completedAt + WATCH_DAILY_DAYS * DAY_MS ? 1 : 7;
  const next = lastAskedAt + days * DAY_MS;
  return next > completedAt + WATCH_DAYS_MAX * DAY_MS ? undefined : next;
}

/** Half an hour spreads whatever came together; more would let a ladder of weeks drift past the last day. */
export const JITTER_MS_MAX = 30 * MINUTE_MS;

/**
 * A wait lengthened by at most a tenth and half an hour, so that what failed together does not come back together;
 * never shortened, because waits are floors. `waitMs` is whole milliseconds and so is the result; `chance` is in
 * [0, 1). RangeError for anything else.
 */
export function jittered(waitMs: number, chance: number): number {
  if (!Number.isSafeInteger(waitMs) || waitMs < 0)
    throw new RangeError('waitMs is not whole milliseconds from 0');
  if (!(chance >= 0 && chance < 1)) throw new RangeError('chance is not in [0, 1)');
  return waitMs + Math.floor(Math.min(waitMs / 10, JITTER_MS_MAX) * chance);
}

/** The n-th step, counted from 1; the last one repeats. */
function stepOf(ladder: readonly number[], n: number): number {
  const step = Number.isSafeInteger(n) ? ladder[Math.min(n, ladder.length) - 1] : undefined;
  if (step === undefined) throw new RangeError(`a ladder of ${ladder.length} steps has no step ${n}`);
  return step;
}
