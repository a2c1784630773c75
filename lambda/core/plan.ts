import { isAllowed } from './calendar';
import { decide, type Around, type Decision } from './decide';
import type { Instant } from './ids';
import { jittered } from './ladder';
import { marked } from './marks';
import { isTerminal } from './observe';
import { phaseOf, type Order, type OrderStatus } from './order';
import { refundDue } from './refund';
import { MINUTE_MS } from './time';

/**
 * An order in somebody's hands is left alone by the sweep for this long. Should they die, it is taken up again then:
 * late enough for the first question about an attempt they may have begun.
 */
export const HANDLING_MS = 15 * MINUTE_MS;
/** A due time this near is good enough for an order in hand or open: moving it would touch the index of due orders. */
export const HANDLING_MS_MAX = 20 * MINUTE_MS;

/** An order at rest: when the schedule takes it up next, and in which list it is found. */
export function planned(given: Order, around: Around, now: Instant, chance: number): Order {
  const order = withEnd(given, now);
  const decision = decide(order, around, 'schedule', now);
  const wakeAt = wakeOf(decision, now);
  const status = statusOf(order, decision);
  const rested = { ...marked(order, decision, around.effective.policy, now), status };
  if (wakeAt === undefined) return withoutPlan(rested);
  const later = spread(wakeAt, around, now, chance);
  // Not past the last day: what is spread is not what is lost.
  const then = decide(order, around, 'schedule', later);
  const lost = decision.kind === 'wait' && statusOf(order, then) !== 'active';
  const at = lost ? wakeAt : later;
  return { ...rested, due_at: at, planned_at: at };
}

/** An order that is being handled now: it is due again in case nobody finishes. */
export function inHand(given: Order, now: Instant): Order {
  const order = withEnd(given, now);
  const { due_at: due } = order;
  if (due !== undefined && due > now && due <= now + HANDLING_MS_MAX) return order;
  return { ...order, due_at: now + HANDLING_MS, planned_at: now };
}

function withEnd(order: Order, now: Instant): Order {
  return phaseOf(order) === 'ended' || order.ended_at !== undefined ? { ...order, ended_at: now } : order;
}

function wakeOf(decision: Decision, now: Instant): Instant | undefined {
  switch (decision.kind) {
    case 'collect':
    case 'query':
      return now;
    case 'wait':
      return decision.ask_at ?? decision.until;
    case 'stop':
      return decision.ask_at;
  }
}

/** Orders that become due together are spread out, later and never earlier, and not out of the window. */
function spread(wakeAt: Instant, { effective: { policy } }: Around, now: Instant, chance: number): Instant {
  if (wakeAt <= now) return now;
  const later = now + jittered(wakeAt - now, chance);
  return isAllowed(policy, wakeAt) && !isAllowed(policy, later) ? wakeAt : later;
}

function statusOf(order: Order, decision: Decision): OrderStatus {
  const standing = order.observed?.standing;
  if (refundDue(order) !== undefined) return 'refund_due';
  if (standing !== undefined && isTerminal(standing)) return standing.kind;
  if (decision.kind === 'query' && decision.because === 'watch') return 'watched';
  return decision.kind === 'stop' ? 'watched' : 'active';
}

function withoutPlan({ due_at: _due, planned_at: _planned, ...order }: Order): Order {
  return order;
}
