import { completionOf } from './completion';
import type { Decision, StopBecause } from './decide';
import type { WaitBecause } from './guards';
import type { Instant } from './ids';
import type { Order } from './order';
import type { Policy } from './policy';
import { DAY_MS } from './time';

/** Stops that call for a person. The others are what a person did: a hold, a decision, a switch. */
export const STOPS_TOLD = [
  'exhausted',
  'last_day',
  'no_window',
  'timeline_full',
  'refused',
  'not_completed',
  'unrecognised',
] as const satisfies readonly StopBecause[];
export type StopTold = (typeof STOPS_TOLD)[number];

/** What is kept of a plan because others have to be told of it; a matter of time and policy, which no row shows. */
export interface Marks {
  /** Collecting has ended, and a person is needed. */
  readonly stopped?: { readonly at: Instant; readonly because: StopTold };
  /** Since then it is known that the order was still pending on the policy's exhausting_day. */
  readonly exhausting_since?: Instant;
}

/** From when on the user should be told to pay by hand, if the order is still pending then. */
export function exhaustingAt(order: Order, { exhausting_day }: Pick<Policy, 'exhausting_day'>): Instant {
  return completionOf(order).at + exhausting_day * DAY_MS;
}

/** An order with the marks that a decision of the schedule leaves on it. */
export function marked(order: Order, decision: Decision, policy: Policy, now: Instant): Order {
  const { stopped: _stopped, exhausting_since: _since, ...bare } = order;
  const stopped = stoppedBy(order, decision, now);
  const exhausting_since = exhaustingSince(order, decision, exhaustingAt(order, policy), now);
  return {
    ...bare,
    ...(stopped === undefined ? {} : { stopped }),
    ...(exhausting_since === undefined ? {} : { exhausting_since }),
  };
}

/** A question ends no stop, and neither does what only keeps every collection of the merchant back. */
const PASSING: readonly WaitBecause[] = ['attempt_open', 'unanswered', 'restored', 'breaker', 'budget'];

function stoppedBy({ stopped }: Marks, decision: Decision, now: Instant): Marks['stopped'] {
  switch (decision.kind) {
    case 'query':
      return stopped;
    case 'collect':
      return undefined;
    case 'wait':
      return PASSING.includes(decision.because) ? stopped : undefined;
    case 'stop': {
      const because = toldOf(decision.because);
      if (because !== undefined) return because === stopped?.because ? stopped : { at: now, because };
      return BY_HAND.includes(decision.because) ? stopped : undefined;
    }
  }
}

/** Whoever holds an order that was stopped has not made it collectable. */
const BY_HAND: readonly StopBecause[] = ['held', 'decided', 'observing', 'switched_off'];

/** Whether it is for this service to collect, or was until it had to stop. */
function isCollected(decision: Decision): boolean {
  return decision.kind === 'wait' || (decision.kind === 'stop' && toldOf(decision.because) !== undefined);
}

function toldOf(because: StopBecause): StopTold | undefined {
  return STOPS_TOLD.find((one) => one === because);
}

/** Told to nobody before a verified answer from that day on: the user may have paid by hand before it. */
function exhaustingSince(
  { open, observed, exhausting_since }: Order,
  decision: Decision,
  from: Instant,
  now: Instant,
): Instant | undefined {
  // While what was known is in doubt, nobody says any more when it was completed: whoever was told is not told again.
  if (exhausting_since !== undefined && (observed === undefined || now >= from)) return exhausting_since;
  const stillPending = observed !== undefined && observed.standing.kind === 'pending' && observed.at >= from;
  return stillPending && open === undefined && isCollected(decision) ? now : undefined;
}
