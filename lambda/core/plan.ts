import { isAllowed } from './calendar';
import { decide, type Around, type Decision } from './decide';
import type { Instant } from './ids';
import { jittered, probeWaitMs } from './ladder';
import { marked } from './marks';
import { isTerminal } from './observe';
import { phaseOf, type Order, type OrderStatus } from './order';
import { refundDue } from './refund';
import { MINUTE_MS } from './time';

/**
 * An order that nobody has taken up, or nobody could plan, is left alone by the sweep for this long, and taken up again
 * then: late enough for the first question about an attempt that may have begun.
 */
export const HANDLING_MS = 15 * MINUTE_MS;
/** From a claim to the first question about it. */
export const QUESTION_MS = probeWaitMs(0);
/** A due time this near is good enough for an order in hand or open: moving it would touch the index of due orders. */
export const HANDLING_MS_MAX = 20 * MINUTE_MS;

/** Somebody may lift a breaker long before its wait is over, and then tells no order: each looks for itself this often. */
const BREAKER_LOOK_MS = 60 * MINUTE_MS;

/** An order at rest: when the schedule takes it up next, and in which list it is found. */
export function planned(given: Order, around: Around, now: Instant, chance: number): Order {
  const order = withEnd(given, now);
  const decision = decide(order, around, 'schedule', now);
  const wakeAt = wakeOf(decision, now);
  const status = statusOf(order, decision);
  const rested = { ...marked(order, decision, around.effective.policy, now), status };
  if (wakeAt === undefined) return withoutPlan(rested);
  // Moving it would touch the index of due orders.
  if (order.open !== undefined && decision.kind === 'wait' && isNear(order.due_at, wakeAt)) return rested;
  const later = spread(wakeAt, around, now, chance);
  // Not past the last day: what is spread is not what is lost.
  const then = decide(order, around, 'schedule', later);
  const lost = decision.kind === 'wait' && statusOf(order, then) !== 'active';
  const at = lost ? wakeAt : later;
  return { ...rested, due_at: at, planned_at: at };
}

/** Whether a due time will do for what is to be done from `wakeAt` on. */
function isNear(due: Instant | undefined, wakeAt: Instant): boolean {
  return due !== undefined && due >= wakeAt && due <= wakeAt + HANDLING_MS_MAX;
}

/**
 * An order that is being handled now: it is due again in case nobody finishes. Once a call is claimed, that is when the
 * question about it is: what most calls come to need not move it then.
 */
export function inHand(given: Order, now: Instant): Order {
  const order = withEnd(given, now);
  const { due_at: due, open } = order;
  if (due !== undefined && due > now && due <= now + HANDLING_MS_MAX) return order;
  if (open === undefined) return { ...order, due_at: now + HANDLING_MS, planned_at: now };
  return { ...order, due_at: now + QUESTION_MS, planned_at: now + QUESTION_MS };
}

function withEnd(order: Order, now: Instant): Order {
  return phaseOf(order) === 'ended' || order.ended_at !== undefined ? { ...order, ended_at: now } : order;
}

function wakeOf(decision: Decision, now: Instant): Instant | undefined {
  switch (decision.kind) {
    case 'collect':
    case 'query':
      return now;
    case 'wait': {
      const at = decision.ask_at ?? decision.until;
      return decision.because === 'breaker' ? Math.min(at, now + BREAKER_LOOK_MS) : at;
    }
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
