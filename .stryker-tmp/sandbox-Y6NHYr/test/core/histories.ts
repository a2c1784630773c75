import fc from 'fast-check';
import { TRANSITIONS, type Change } from '../../lambda/core/evolve';
import type { StandingKind } from '../../lambda/core/observe';
import { phaseOf, type Observation, type Open, type Order } from '../../lambda/core/order';
import type { OutcomeKind } from '../../lambda/core/outcome';
import {
  after,
  byHandAt,
  claim,
  claimAt,
  corrected,
  DAY,
  doubted,
  held,
  HOUR,
  intended,
  KINDS,
  MINUTE,
  NOW,
  OPERATIONS,
  orderWith,
  released,
  saw,
  settle,
  STANDING_KINDS,
  unanswered,
  wouldCollect,
} from './orders';

/** What may be drawn; `which` picks one of the claims made so far, so that reports come late, twice and out of order. */
interface Step {
  readonly kind: Change['kind'];
  readonly afterMs: number;
  readonly standing: StandingKind;
  readonly outcome: OutcomeKind;
  readonly which: number;
  readonly backMs: number;
}

export interface Moved {
  readonly before: Order;
  readonly change: Change;
  readonly after: Order;
}

export interface History {
  readonly moves: readonly Moved[];
  readonly claims: readonly Open[];
  readonly order: Order;
  readonly now: number;
}

/** Plays every step that is legal where the order then is. */
export function play(steps: readonly Step[]): History {
  const moves: Moved[] = [];
  const claims: Open[] = [];
  const reports = new Map<string, Change>();
  let order = orderWith({});
  let now = NOW;
  for (const step of steps) {
    now += step.afterMs;
    if (TRANSITIONS[step.kind][phaseOf(order)].length === 0) continue;
    const change = changeOf(step, now, claims, reports);
    if (change === undefined) continue;
    if (change.kind === 'claim') claims.push(change.open);
    const next = after(order, change);
    moves.push({ before: order, change, after: next });
    order = next;
  }
  return { moves, claims, order, now };
}

function changeOf(
  { kind, standing, outcome, which, backMs }: Step,
  now: number,
  claims: readonly Open[],
  reports: Map<string, Change>,
): Change | undefined {
  switch (kind) {
    case 'register':
      return { kind, said: { completed_at: now - which * 10 * DAY } };
    case 'claim': {
      const id = `c${claims.length}`;
      return claim(which % 5 === 4 ? byHandAt(now, id, operationOf(which)) : claimAt(now, id));
    }
    case 'settle': {
      const open = claims[which % Math.max(claims.length, 1)];
      if (open === undefined) return undefined;
      // A worker has one report; what it writes again is the same one.
      const report = reports.get(open.claim_id) ?? settle(outcome, open, now);
      reports.set(open.claim_id, report);
      return report;
    }
    case 'observe':
      return {
        kind,
        observation: {
          ...withPlannedEnd(saw(standing, now - backMs), which % 3 === 0),
          ...(which % 7 === 6 ? { by: 'notification' } : {}),
        },
      };
    case 'unanswered':
      return unanswered(now);
    case 'would_collect':
      return wouldCollect(now);
    case 'hold':
      return held(now, which % 2 === 0 ? undefined : now + which * HOUR);
    case 'release':
      return released(now);
    case 'doubt':
      return doubted(now);
    case 'intend':
      return intended(now, operationOf(which));
    case 'correct':
      return corrected(now);
  }
}

const operationOf = (which: number) =>
  [OPERATIONS.sync, OPERATIONS.cancel, OPERATIONS.modify][which % 3] ?? OPERATIONS.sync;

/** What WeChat Pay may tell of an order that runs for long: an end that lies ahead. */
const withPlannedEnd = (seen: Observation, planned: boolean): Observation =>
  planned ? { ...seen, facts: { ...seen.facts, end_time: '20271231235959' } } : seen;

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...(['claim', 'claim', 'settle', 'settle', 'settle', 'observe', 'observe', 'unanswered'] as const),
      ...(['register', 'would_collect', 'hold', 'release', 'doubt', 'intend', 'correct'] as const),
    ),
    afterMs: fc.oneof(
      fc.integer({ min: 1, max: MINUTE }),
      fc.integer({ min: 1, max: 40 * MINUTE }),
      fc.integer({ min: 1, max: 2 * DAY }),
    ),
    standing: fc.oneof(
      { weight: 6, arbitrary: fc.constant('pending' as const) },
      { weight: 1, arbitrary: fc.constantFrom(...STANDING_KINDS) },
    ),
    outcome: fc.constantFrom(...KINDS),
    which: fc.nat({ max: 40 }),
    backMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10 * MINUTE })),
  }),
  { minLength: 10, maxLength: 60, size: 'max' },
);
