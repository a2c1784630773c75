import { decide, DEFAULT_POLICY, explain, FRESH_MS, type Decision } from '../../lambda/core/decide';
import type { StandingKind } from '../../lambda/core/observe';
import {
  TIMELINE_MAX_ENTRIES,
  type Observation,
  type OpenAttempt,
  type Order,
} from '../../lambda/core/order';
import { ACTOR, NOW, orderWith, REF, standing, STANDING_KINDS } from './orders';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const claimed = (sendBy: number, outcome?: OpenAttempt['outcome']): OpenAttempt => ({
  claim_id: 'c1',
  actor: ACTOR,
  claimed_at: sendBy - 15_000,
  send_by: sendBy,
  ...(outcome === undefined ? {} : { outcome }),
});

const seen = (kind: StandingKind, ageMs = 0): Observation => ({
  at: NOW - ageMs,
  standing: standing(kind),
  facts: { state: 'X', details: [] },
});

const afterCall = (agoMs: number, gapMs: number): Decision =>
  decide(orderWith({ observed: seen('pending'), last_call_at: NOW - agoMs }), { gapMs }, NOW);

const pendingWith = (length: number): Order =>
  orderWith({ observed: seen('pending'), timeline: entries(length) });

const reasonOf = (decision: Decision): string => ('because' in decision ? decision.because : '');

describe('while an attempt is open', () => {
  test('it waits for three minutes after the last moment of arriving, then asks', () => {
    const order = orderWith({ open: claimed(NOW), observed: seen('pending') });
    const until = NOW + 10_000 + 3 * MINUTE;
    expect(decide(order, DEFAULT_POLICY, NOW)).toEqual({ kind: 'wait', until, because: 'attempt_open' });
    expect(decide(order, DEFAULT_POLICY, until - 1)).toEqual({
      kind: 'wait',
      until,
      because: 'attempt_open',
    });
    expect(decide(order, DEFAULT_POLICY, until)).toEqual({ kind: 'query', because: 'attempt_open' });
  });

  test('after USERPAYING it waits for thirty minutes', () => {
    const order = orderWith({ open: claimed(NOW, { kind: 'in_progress' }) });
    const until = NOW + 10_000 + 30 * MINUTE;
    expect(decide(order, DEFAULT_POLICY, until - 1)).toEqual({
      kind: 'wait',
      until,
      because: 'attempt_open',
    });
    expect(decide(order, DEFAULT_POLICY, until)).toEqual({ kind: 'query', because: 'attempt_open' });
  });
});

describe('while none is open', () => {
  test('an order of which nothing verified is known is asked about', () => {
    expect(decide(orderWith({}), DEFAULT_POLICY, NOW)).toEqual({
      kind: 'query',
      because: 'nothing_verified',
    });
  });

  test.each([
    [0, { kind: 'collect' }],
    [15_000, { kind: 'collect' }],
    [15_001, { kind: 'query', because: 'stale' }],
  ] as const)('a pending order seen %d ms ago: %j', (ageMs, decision) => {
    expect(FRESH_MS).toBe(15_000);
    expect(decide(orderWith({ observed: seen('pending', ageMs) }), DEFAULT_POLICY, NOW)).toEqual(decision);
  });

  test('a day after the last call it is collected again, six hours less a millisecond after it is not', () => {
    expect(afterCall(24 * HOUR, 6 * HOUR)).toEqual({ kind: 'collect' });
    expect(afterCall(6 * HOUR, 6 * HOUR)).toEqual({ kind: 'collect' });
    expect(afterCall(6 * HOUR - 1, 6 * HOUR)).toEqual({ kind: 'wait', until: NOW + 1, because: 'gap' });
  });

  test.each([0, 1, -5, 3 * MINUTE - 1])(
    'no policy, not even one of %d ms, lowers the gap below three minutes',
    (gapMs) => {
      expect(afterCall(3 * MINUTE - 1, gapMs)).toEqual({ kind: 'wait', until: NOW + 1, because: 'gap' });
      expect(afterCall(3 * MINUTE, gapMs)).toEqual({ kind: 'collect' });
    },
  );

  test('a gap of six hours is what a merchant gets who says nothing', () => {
    expect(DEFAULT_POLICY).toEqual({ gapMs: 21_600_000 });
  });

  test.each(['paid', 'settled', 'cancelled', 'expired'] as const)(
    '%s is the end, however long ago it was seen',
    (kind) => {
      expect(decide(orderWith({ observed: seen(kind, 400 * 24 * HOUR) }), DEFAULT_POLICY, NOW)).toEqual({
        kind: 'stop',
        because: kind,
      });
    },
  );

  test.each(['not_completed', 'unrecognised'] as const)(
    '%s stops it while it is fresh; later it is asked about again',
    (kind) => {
      expect(decide(orderWith({ observed: seen(kind) }), DEFAULT_POLICY, NOW)).toEqual({
        kind: 'stop',
        because: kind,
      });
      expect(decide(orderWith({ observed: seen(kind, 15_001) }), DEFAULT_POLICY, NOW)).toEqual({
        kind: 'query',
        because: 'stale',
      });
    },
  );

  test('an order whose timeline is full is collected no more', () => {
    expect(decide(pendingWith(55), DEFAULT_POLICY, NOW)).toEqual({ kind: 'collect' });
    expect(decide(pendingWith(56), DEFAULT_POLICY, NOW)).toEqual({ kind: 'stop', because: 'timeline_full' });
  });
});

function entries(length: number): Order['timeline'] {
  return Array.from({ length }, () => ({ kind: 'observed', at: NOW, standing: 'pending' }) as const);
}

describe('over every combination', () => {
  interface Case {
    readonly order: Order;
    readonly gapMs: number;
    readonly decision: Decision;
  }

  const OPENS: readonly (OpenAttempt | undefined)[] = [
    undefined,
    ...[
      NOW + 15_000,
      NOW,
      NOW - 3 * MINUTE + 1,
      NOW - 3 * MINUTE,
      NOW - 30 * MINUTE,
      NOW - 400 * 24 * HOUR,
    ].flatMap((sendBy) => [
      claimed(sendBy),
      claimed(sendBy, { kind: 'in_progress' }),
      claimed(sendBy, { kind: 'accepted' }),
      claimed(sendBy, { kind: 'busy' }),
      claimed(sendBy, { kind: 'unknown', because: 'no_answer' }),
    ]),
  ];
  const OBSERVED: readonly (Observation | undefined)[] = [
    undefined,
    ...STANDING_KINDS.flatMap((kind) => [-1_000, 0, 15_000, 15_001, 24 * HOUR].map((age) => seen(kind, age))),
  ];
  const LAST_CALLS = [
    undefined,
    NOW + 1,
    NOW,
    NOW - 3 * MINUTE + 1,
    NOW - 3 * MINUTE,
    NOW - 6 * HOUR + 1,
    NOW - 6 * HOUR,
  ];
  const GAPS = [0, 3 * MINUTE, 6 * HOUR];
  const TIMELINES = [0, 55, 56, 64].map(entries);

  const CASES: Case[] = OPENS.flatMap((open) =>
    OBSERVED.flatMap((observed) =>
      LAST_CALLS.flatMap((last) =>
        TIMELINES.flatMap((timeline) =>
          GAPS.map((gapMs) => {
            const order: Order = {
              ref: REF,
              version: 1,
              timeline,
              ...(open === undefined ? {} : { open }),
              ...(observed === undefined ? {} : { observed }),
              ...(last === undefined ? {} : { last_call_at: last }),
            };
            return { order, gapMs, decision: decide(order, { gapMs }, NOW) };
          }),
        ),
      ),
    ),
  );

  const where = (holds: (one: Case) => boolean) => CASES.filter(holds);

  test('all of them were looked at', () => {
    expect(CASES).toHaveLength(31 * 36 * 7 * 4 * 3);
    expect(new Set(CASES.map(({ decision }) => decision.kind))).toEqual(
      new Set(['collect', 'query', 'wait', 'stop']),
    );
  });

  test('nothing is collected while an attempt is open', () => {
    expect(where(({ order, decision }) => order.open !== undefined && decision.kind === 'collect')).toEqual(
      [],
    );
  });

  test('while an attempt is open the answer is to wait or to ask about it, whatever else holds', () => {
    expect(
      where(
        (one) =>
          one.order.open !== undefined &&
          (reasonOf(one.decision) !== 'attempt_open' || !/^(query|wait)$/.test(one.decision.kind)),
      ),
    ).toEqual([]);
    expect(where((one) => one.order.open === undefined && reasonOf(one.decision) === 'attempt_open')).toEqual(
      [],
    );
  });

  test('nothing is collected that is not pending by a verified answer of the last 15 seconds', () => {
    expect(
      where(
        ({ order: { observed }, decision }) =>
          decision.kind === 'collect' &&
          (observed?.standing.kind !== 'pending' || NOW - observed.at > 15_000),
      ),
    ).toEqual([]);
  });

  test('nothing is collected within three minutes of the last call, nor within the policy’s gap', () => {
    expect(
      where(
        ({ order: { last_call_at: last = -Infinity }, gapMs, decision }) =>
          decision.kind === 'collect' && (NOW - last < 180_000 || NOW - last < gapMs),
      ),
    ).toEqual([]);
  });

  test('nothing is collected once the timeline is full', () => {
    expect(
      where(({ order, decision }) => order.timeline.length >= 56 && decision.kind === 'collect'),
    ).toEqual([]);
    expect(TIMELINE_MAX_ENTRIES).toBe(56);
  });

  test('whatever is pending, fresh, past its gap and not open is collected', () => {
    const due = where(
      ({ order: { open, observed, last_call_at: last = -Infinity, timeline }, gapMs }) =>
        open === undefined &&
        observed?.standing.kind === 'pending' &&
        NOW - observed.at <= 15_000 &&
        NOW - last >= Math.max(gapMs, 180_000) &&
        timeline.length < 56,
    );
    expect(due.length).toBeGreaterThan(0);
    expect(due.filter(({ decision }) => decision.kind !== 'collect')).toEqual([]);
  });

  test('whoever is told to wait is told until when, and that lies ahead', () => {
    expect(where(({ decision }) => decision.kind === 'wait' && decision.until <= NOW)).toEqual([]);
  });

  test('at the end of a wait the decision is another', () => {
    const stuck = where(({ order, gapMs, decision }) => {
      if (decision.kind !== 'wait') return false;
      const next = decide(order, { gapMs }, decision.until);
      return next.kind === 'wait';
    });
    expect(stuck).toEqual([]);
  });
});

test('every decision is explained in a sentence of its own', () => {
  const decisions: Decision[] = [
    { kind: 'collect' },
    { kind: 'query', because: 'attempt_open' },
    { kind: 'query', because: 'nothing_verified' },
    { kind: 'query', because: 'stale' },
    { kind: 'wait', until: NOW, because: 'attempt_open' },
    { kind: 'wait', until: NOW, because: 'gap' },
    ...(
      ['paid', 'settled', 'cancelled', 'expired', 'not_completed', 'unrecognised', 'timeline_full'] as const
    ).map((because) => ({ kind: 'stop', because }) as const),
  ];
  const sentences = decisions.map(explain);
  expect(sentences.filter((sentence) => !/^[A-Z].{15,}\.$/.test(sentence))).toEqual([]);
  expect(new Set(sentences).size).toBe(decisions.length);
  expect(explain({ kind: 'stop', because: 'paid' })).toBe('The order is paid, verified.');
});

test('after a call that was throttled the lock of three minutes is waited for, and then it is asked again', () => {
  const order = orderWith({ last_sent_at: NOW, observed: seen('pending') });
  const until = NOW + 180_000;
  expect(decide(order, { gapMs: 21_600_000 }, until - 1)).toEqual({ kind: 'wait', until, because: 'lock' });
  expect(decide(order, { gapMs: 21_600_000 }, until)).toEqual({ kind: 'query', because: 'stale' });
});

test('an answer from the future, by another clock, is no knowledge of now', () => {
  const order = orderWith({ observed: seen('pending', -15_001) });
  expect(decide(order, { gapMs: 21_600_000 }, NOW)).toEqual({ kind: 'query', because: 'stale' });
});
