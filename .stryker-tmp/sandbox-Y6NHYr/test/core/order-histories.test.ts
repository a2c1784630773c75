import fc from 'fast-check';
import { decide } from '../../lambda/core/decide';
import { evolve } from '../../lambda/core/evolve';
import type { StandingKind } from '../../lambda/core/observe';
import type { OpenAttempt, Order } from '../../lambda/core/order';
import type { OutcomeKind } from '../../lambda/core/outcome';
import {
  after,
  around,
  CLAIM,
  claim,
  claimAt,
  CONCLUSIVE,
  KINDS,
  MINUTE,
  NOW,
  observed,
  orderWith,
  saw,
  settle,
  STANDING_KINDS,
  TERMINAL,
} from './orders';

interface Seen {
  readonly kind: StandingKind;
  readonly at: number;
}

const played = (order: Order, list: readonly Seen[]): Order =>
  after(order, ...list.map(({ kind, at }) => observed(kind, at)));

const isEnd = (kind: StandingKind): boolean => (TERMINAL as readonly StandingKind[]).includes(kind);

const isConclusive = ({ kind, at }: Seen): boolean =>
  isEnd(kind) || (['pending', 'not_completed'].includes(kind) && at >= CONCLUSIVE);

/** An end that was verified outweighs, by a minute of clock skew, an answer that is none. */
const weightOf = ({ kind, at }: Seen): number => at + (isEnd(kind) ? 60_000.5 : 0);
const latestOf = (list: readonly Seen[]): Seen => list.reduce((a, b) => (weightOf(b) > weightOf(a) ? b : a));

describe('answers in any order, any number of times', () => {
  const observations = fc.uniqueArray(
    fc.record({
      kind: fc.constantFrom(...STANDING_KINDS),
      at: fc.integer({ min: NOW - MINUTE, max: NOW + 60 * MINUTE }),
    }),
    { selector: ({ at }) => at, minLength: 1, maxLength: 6 },
  );
  const shuffledTwice = observations.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
  );

  test('end with the one that was asked for last, an end outweighing a minute of skew', () => {
    fc.assert(
      fc.property(shuffledTwice, fc.boolean(), ([list, shuffled], open) => {
        const { kind, at } = latestOf(list);
        const order = played(orderWith(open ? { open: CLAIM } : {}), shuffled);
        expect(order.observed).toEqual(saw(kind, at));
      }),
      { numRuns: 2_000 },
    );
  });

  test('close the attempt whenever the last one is conclusive, never when none is, and once', () => {
    fc.assert(
      fc.property(shuffledTwice, ([list, shuffled]) => {
        const order = played(orderWith({ open: CLAIM }), shuffled);
        const closes = order.timeline.filter(({ kind }) => kind === 'closed').length;
        expect(closes).toBe(order.open === undefined ? 1 : 0);
        expect(closes).toBeGreaterThanOrEqual(isConclusive(latestOf(list)) ? 1 : 0);
        expect(closes).toBeLessThanOrEqual(list.some(isConclusive) ? 1 : 0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('repeated, each changes nothing more', () => {
    fc.assert(
      fc.property(observations, (list) => {
        const once = played(orderWith({ open: CLAIM }), list);
        const again = played(once, list);
        expect({ ...again, version: 0 }).toEqual({ ...once, version: 0 });
      }),
      { numRuns: 1_000 },
    );
  });
});

type Step =
  | { readonly kind: 'collect' }
  | { readonly kind: 'report'; readonly outcome: OutcomeKind }
  | { readonly kind: 'answer'; readonly standing: StandingKind };

interface History {
  readonly order: Order;
  readonly claims: readonly {
    readonly at: number;
    readonly openBefore: boolean;
    readonly sinceLastCallMs: number;
  }[];
  readonly terminalLost: boolean;
}

/** As much as any policy allows, and more: only what no policy can lower is left. */
const EAGER = around({
  min_gap_minutes: 0,
  attempts_per_day_max: 50,
  attempts_per_30_days_max: 50,
  attempts_max: 50,
});

/** Plays a script the way the service does: whoever collects has asked `decide`, and claims. */
function play(script: readonly (readonly [waitMs: number, step: Step])[]): History {
  let order = orderWith({});
  let now = NOW;
  let lastCall = -Infinity;
  let terminalLost = false;
  let reported = false;
  let latest: OpenAttempt | undefined;
  const claims: History['claims'][number][] = [];
  for (const [waitMs, step] of script) {
    now += waitMs;
    switch (step.kind) {
      case 'answer':
        order = evolve(order, observed(step.standing, now));
        break;
      case 'report': {
        if (latest === undefined) break;
        const before = order.observed;
        order = evolve(order, settle(step.outcome, latest, now));
        // A worker has one report; what it writes again is the same one.
        if (!reported && !['throttled', 'misconfigured', 'not_sent'].includes(step.outcome))
          lastCall = latest.claimed_at;
        reported = true;
        if (before?.standing.kind === 'paid' && order.observed !== before) terminalLost = true;
        break;
      }
      case 'collect': {
        if (decide(order, EAGER, 'consent', now).kind !== 'collect') break;
        claims.push({ at: now, openBefore: order.open !== undefined, sinceLastCallMs: now - lastCall });
        latest = claimAt(now, `c${claims.length}`);
        reported = false;
        order = evolve(order, claim(latest));
        break;
      }
    }
  }
  return { order, claims, terminalLost };
}

describe('whatever happens to an order, in whatever order', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.constant({ kind: 'collect' } as const),
    fc.record({ kind: fc.constant('report' as const), outcome: fc.constantFrom(...KINDS) }),
    fc.record({
      kind: fc.constant('answer' as const),
      standing: fc.oneof(
        { weight: 30, arbitrary: fc.constant('pending' as const) },
        { weight: 1, arbitrary: fc.constantFrom(...STANDING_KINDS) },
      ),
    }),
  );
  const waitMs = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: 0, max: 4 * MINUTE }),
  );
  const script = fc.array(fc.tuple(waitMs, step), { minLength: 20, maxLength: 60, size: 'max' });

  test('nothing is collected while an attempt is open, nor within three minutes of a call that was made', () => {
    let claims = 0;
    fc.assert(
      fc.property(script, (steps) => {
        const history = play(steps);
        claims += history.claims.length;
        expect(history.claims.filter(({ openBefore }) => openBefore)).toEqual([]);
        expect(history.claims.filter(({ sinceLastCallMs }) => sinceLastCallMs < 180_000)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
    expect(claims).toBeGreaterThan(3_000);
  });

  test('every attempt is recorded at most once and closed at most once, and no report takes back a payment', () => {
    fc.assert(
      fc.property(script, (steps) => {
        const { order, terminalLost } = play(steps);
        for (const kind of ['attempt', 'closed']) {
          const ids = order.timeline.flatMap((entry) =>
            entry.kind === kind && 'claim_id' in entry ? [entry.claim_id] : [],
          );
          expect(new Set(ids).size).toBe(ids.length);
        }
        expect(terminalLost).toBe(false);
      }),
      { numRuns: 3_000 },
    );
  });
});
