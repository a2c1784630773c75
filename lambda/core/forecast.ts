import { decide, type Around } from './decide';
import type { Instant } from './ids';
import { conclusiveAt, type Observation, type Order } from './order';

/** Decisions that are looked at, one after the other: several for each attempt, and no more than that. */
const STEPS_MAX_PER_ATTEMPT = 8;

/**
 * When the schedule would attempt an order from now on, at most so many times, if it stays pending and every attempt is
 * declined: by the policy alone, as if the switch were on and no breaker open. Chance makes the true times a little
 * later. None for an order that is not pending, as far as is known.
 */
export function forecast(
  order: Order,
  around: Around,
  now: Instant,
  attemptsMax: number,
): readonly Instant[] {
  const kind = order.observed?.standing.kind ?? 'pending';
  if (kind !== 'pending') return [];
  const free: Around = { effective: around.effective, mode: 'on', breaker: { kind: 'closed' } };
  const attempts: Instant[] = [];
  const { open, doubted_at: _doubt, unanswered: _unanswered, stopped: _stopped, ...settled } = order;
  let at = open === undefined ? now : Math.max(now, conclusiveAt(open));
  let calls = open === undefined ? order.calls : [...order.calls, open.claimed_at];
  for (
    let steps = 0;
    steps < attemptsMax * STEPS_MAX_PER_ATTEMPT && attempts.length < attemptsMax;
    steps += 1
  ) {
    const pending = { ...settled, calls, observed: stillPending(order, at) };
    const decision = decide(pending, free, 'schedule', at);
    if (decision.kind === 'wait') {
      at = decision.until;
      continue;
    }
    if (decision.kind !== 'collect') break;
    attempts.push(at);
    calls = [...calls, at];
  }
  return attempts;
}

function stillPending({ observed }: Order, at: Instant): Observation {
  const facts = observed?.facts ?? { state: 'DOING', details: [] };
  return { at, standing: { kind: 'pending' }, facts };
}
