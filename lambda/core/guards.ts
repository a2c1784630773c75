import { startOfNextLocalDay, startOfLocalDay } from './calendar';
import { completionOf } from './completion';
import type { Around, Occasion } from './decide';
import type { Instant } from './ids';
import { declineWaitMs, infrastructureWaitMs } from './ladder';
import type { Order } from './order';
import { LOCK_MS } from './outcome';
import type { Policy } from './policy';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time';
import { callsReckoned, underWayUntil } from './unseen';

/** What keeps a collection back for a time, each in a sentence. */
export const WAITS = {
  attempt_open:
    'An attempt is open and may still take money. A query may show the payment at any time; from then on one that still shows the order pending closes the attempt.',
  unanswered: 'WeChat Pay gave no usable answer about the order; it is asked again then.',
  gap: 'The least time between two attempts on one order has not passed (min_gap_minutes).',
  lock: 'The last call left and was not processed; its outcome says why. WeChat Pay may hold an order for 3 minutes after any call.',
  first_attempt:
    'The user is given time to pay by himself before the first attempt (first_attempt_after_hours).',
  decline_ladder: 'The attempts so far took nothing; the next one is due then (decline_ladder_hours).',
  infrastructure_ladder:
    'The last attempt never reached the deduction; it is made again then (infrastructure_ladder_minutes).',
  day_cap: 'The order had as many attempts today as the policy allows (attempts_per_day_max).',
  month_cap: 'The order had as many attempts in 30 days as the policy allows (attempts_per_30_days_max).',
  breaker:
    'WeChat Pay refused this merchant, or this sub_mchid and service_id, for want of configuration; one collection tries again then.',
  budget: 'The merchant’s calls per second are used up.',
  restored:
    'The ledger was restored from a backup, and what was called after that is not in it: as many attempts as the policy allowed are taken to have been made.',
  window: 'Outside the hours in which the policy allows collecting (windows, quiet_hours, avoid_dates).',
} as const;

export type WaitBecause = keyof typeof WAITS;

interface Wait {
  readonly until: Instant;
  readonly because: WaitBecause;
}

type Guard = (order: Order, around: Around, now: Instant) => Instant | undefined;

/**
 * Everything but the window. When two end at the same instant the first in this list is the one that is told.
 * Which of them an occasion lifts: `LIFTED`.
 */
const GUARDS: Readonly<Partial<Record<WaitBecause, Guard>>> = {
  gap: ({ calls }, { effective }) => afterGap(calls, effective.policy),
  lock: ({ last_sent_at }) => after(last_sent_at, LOCK_MS),
  day_cap: ({ calls }, { effective }, now) => afterDayCap(calls, effective.policy, now),
  month_cap: ({ calls }, { effective }) => afterMonthCap(calls, effective.policy),
  breaker: (_order, { breaker }) => (breaker.kind === 'open' ? breaker.until : undefined),
  budget: (_order, { budget_until }) => budget_until,
  first_attempt: (order, { effective }) =>
    after(completionOf(order).at, effective.policy.first_attempt_after_hours * HOUR_MS),
  decline_ladder: ({ calls }, { effective }) =>
    calls.length === 0
      ? undefined
      : after(calls.at(-1), declineWaitMs(effective.policy.decline_ladder_hours, calls.length)),
  infrastructure_ladder: ({ setbacks }, { effective }) =>
    setbacks === undefined
      ? undefined
      : after(
          setbacks.at,
          infrastructureWaitMs(effective.policy.infrastructure_ladder_minutes, setbacks.count),
        ),
  // What is known of keeps its own name.
  restored: (order, { unseen, effective: { policy } }, now) => {
    const underWay = underWayUntil(order, unseen);
    if (underWay === undefined) return undefined;
    const calls = callsReckoned(order, unseen, policy);
    const waits = [afterGap(calls, policy), afterDayCap(calls, policy, now), afterMonthCap(calls, policy)];
    return Math.max(underWay, ...waits.map((until) => until ?? 0));
  },
};

function afterGap(calls: readonly Instant[], { min_gap_minutes }: Policy): Instant | undefined {
  return after(calls.at(-1), Math.max(min_gap_minutes * MINUTE_MS, LOCK_MS));
}

function afterDayCap(
  calls: readonly Instant[],
  { time_zone, attempts_per_day_max }: Policy,
  now: Instant,
): Instant | undefined {
  const today = startOfLocalDay(time_zone, now);
  const made = calls.filter((call) => call >= today).length;
  return made >= attempts_per_day_max ? startOfNextLocalDay(time_zone, now) : undefined;
}

function afterMonthCap(calls: readonly Instant[], { attempts_per_30_days_max }: Policy): Instant | undefined {
  return after(calls.at(-attempts_per_30_days_max), 30 * DAY_MS);
}

/** The ladders bind the schedule only; the time before the first attempt is the user's to give up. */
const LIFTED: Readonly<Record<Occasion, readonly WaitBecause[]>> = {
  schedule: [],
  demand: ['decline_ladder', 'infrastructure_ladder'],
  consent: ['decline_ladder', 'infrastructure_ladder', 'first_attempt'],
};

/** Until when each guard keeps a collection back; those that have passed may be among them. */
export function waitsOf(order: Order, around: Around, occasion: Occasion, now: Instant): readonly Wait[] {
  return Object.entries(GUARDS).flatMap(([name, guard]) => {
    const because = name as WaitBecause;
    const until = LIFTED[occasion].includes(because) ? undefined : guard(order, around, now);
    return until === undefined ? [] : [{ until, because }];
  });
}

function after(instant: Instant | undefined, ms: number): Instant | undefined {
  return instant === undefined ? undefined : instant + ms;
}
