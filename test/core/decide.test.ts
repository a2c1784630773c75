import { decide, FRESH_MS, ruleOf, type Decision, type Occasion } from '../../lambda/core/decide';
import type { StandingKind } from '../../lambda/core/observe';
import { TIMELINE_MAX_ENTRIES, type Observation, type Order } from '../../lambda/core/order';
import {
  around,
  beijing,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  orderWith,
  OUTCOMES,
  REGISTRATION,
  saw,
  TERMINAL,
} from './orders';

const OCCASIONS: readonly Occasion[] = ['schedule', 'demand', 'consent'];

const seen = (kind: StandingKind, ageMs = 0): Observation => saw(kind, NOW - ageMs);
const pending = (changes: Partial<Order> = {}): Order => orderWith({ observed: seen('pending'), ...changes });
const decided = (order: Order, occasion: Occasion = 'demand', now = NOW): Decision =>
  decide(order, around(), occasion, now);
const entries = (length: number): Order['timeline'] =>
  Array.from({ length }, () => ({ kind: 'observed', at: NOW, standing: 'pending' }) as const);

const COLLECT = { kind: 'collect', rule: 'demand' } as const;
const ASK = { kind: 'query', because: 'attempt_open' } as const;
const wait = (until: number, because: string) => ({ kind: 'wait', until, because });
const query = (because: string) => ({ kind: 'query', because });

describe('while an attempt is open', () => {
  test('whoever asks waits for three minutes after the last moment of arriving, then WeChat Pay is asked', () => {
    const order = pending({ open: claimAt(NOW - 15_000, 'c1') });
    const until = NOW + 10_000 + 3 * MINUTE;
    for (const occasion of ['demand', 'consent'] as const) {
      expect(decided(order, occasion)).toEqual(wait(until, 'attempt_open'));
      expect(decided(order, occasion, until - 1)).toEqual(wait(until, 'attempt_open'));
      expect(decided(order, occasion, until)).toEqual(ASK);
    }
  });

  test('the schedule asks four minutes after the claim', () => {
    const order = pending({ open: claimAt(NOW, 'c1') });
    expect(decided(order, 'schedule')).toEqual(wait(NOW + 4 * MINUTE, 'attempt_open'));
    expect(decided(order, 'schedule', NOW + 4 * MINUTE)).toEqual(ASK);
  });

  test.each(OCCASIONS)('after USERPAYING it waits for thirty minutes, on %s', (occasion) => {
    const order = orderWith({ open: { ...claimAt(NOW - 15_000, 'c1'), outcome: OUTCOMES.in_progress } });
    const until = NOW + 10_000 + 30 * MINUTE;
    expect(decided(order, occasion, until - 1)).toEqual(wait(until, 'attempt_open'));
    expect(decided(order, occasion, until)).toEqual(ASK);
  });

  test.each([
    [1, 5 * MINUTE],
    [2, 15 * MINUTE],
    [3, HOUR],
    [27, 6 * HOUR],
    [35, DAY],
    [400, DAY],
  ])(
    'after %d questions that proved nothing the schedule waits %d ms from the last, others do not',
    (count, waitMs) => {
      const last = NOW + DAY;
      const order = orderWith({ open: claimAt(NOW, 'c1'), unanswered: { count, at: last } });
      expect(decided(order, 'schedule', last + waitMs - 1)).toEqual(wait(last + waitMs, 'attempt_open'));
      expect(decided(order, 'schedule', last + waitMs)).toEqual(ASK);
      expect(decided(order, 'demand', last + 1)).toEqual(ASK);
    },
  );
});

describe('what is known of the order', () => {
  test('nothing verified: it is asked about by whoever wants it collected now', () => {
    for (const occasion of ['demand', 'consent'] as const)
      expect(decided(orderWith({}), occasion)).toEqual(query('nothing_verified'));
  });

  test('nothing verified: the schedule asks when the first attempt is due, not before', () => {
    const order = orderWith({ registration: { ...REGISTRATION, at: NOW } });
    expect(decided(order, 'schedule')).toEqual(wait(NOW + DAY, 'first_attempt'));
    expect(decided(order, 'schedule', NOW + DAY)).toEqual(query('nothing_verified'));
  });

  test.each(OCCASIONS)(
    'contested after a call: it is asked about before anything else, on %s',
    (occasion) => {
      const order = orderWith({ calls: [NOW - 1_000], hold: { actor: REGISTRATION.actor, reason: 'x' } });
      expect(decided(order, occasion)).toEqual(query('nothing_verified'));
    },
  );

  test.each([
    [0, COLLECT],
    [15_000, COLLECT],
    [15_001, query('stale')],
  ] as const)('pending, seen %d ms ago: %j', (ageMs, decision) => {
    expect(FRESH_MS).toBe(15_000);
    expect(decided(orderWith({ observed: seen('pending', ageMs) }))).toEqual(decision);
  });

  test('an answer from the future, by another clock, is no knowledge of now', () => {
    expect(decided(orderWith({ observed: seen('pending', -15_000) }))).toEqual(COLLECT);
    expect(decided(orderWith({ observed: seen('pending', -15_001) }))).toEqual(query('stale'));
  });

  test.each(TERMINAL)('%s is the end, however long ago it was seen, and nothing is left to ask', (kind) => {
    for (const occasion of OCCASIONS)
      expect(decided(orderWith({ observed: seen(kind, 400 * DAY) }), occasion)).toEqual({
        kind: 'stop',
        because: kind,
      });
  });

  test.each(['not_completed', 'unrecognised'] as const)(
    '%s stops it: whoever asks later has it asked about again, the schedule does so every day',
    (kind) => {
      for (const occasion of OCCASIONS) {
        expect(decided(orderWith({ observed: seen(kind) }), occasion)).toEqual({
          kind: 'stop',
          because: kind,
          ask_at: NOW + DAY,
        });
        const later = occasion === 'schedule' ? 'watch' : 'stale';
        expect(decided(orderWith({ observed: seen(kind, DAY) }), occasion)).toEqual(query(later));
      }
      for (const occasion of ['demand', 'consent'] as const)
        expect(decided(orderWith({ observed: seen(kind, 15_001) }), occasion)).toEqual(query('stale'));
    },
  );

  test('a question that nothing verified came back to is repeated by the schedule on the infrastructure ladder', () => {
    const after = (count: number) => orderWith({ unanswered: { count, at: NOW } });
    expect([1, 2, 3, 4, 5, 6].map((count) => decided(after(count), 'schedule'))).toEqual([
      wait(NOW + MINUTE, 'unanswered'),
      wait(NOW + 5 * MINUTE, 'unanswered'),
      wait(NOW + 30 * MINUTE, 'unanswered'),
      wait(NOW + 2 * HOUR, 'unanswered'),
      wait(NOW + DAY, 'unanswered'),
      wait(NOW + DAY, 'unanswered'),
    ]);
    expect(decided(after(1), 'schedule', NOW + MINUTE)).toEqual(query('nothing_verified'));
    expect(decided(after(6), 'demand')).toEqual(query('nothing_verified'));
  });
});

describe('the gap between two calls', () => {
  const afterCall = (agoMs: number, gapMinutes: number): Decision => {
    const order = pending({ calls: [NOW - agoMs] });
    const layer = { min_gap_minutes: gapMinutes, attempts_per_day_max: 24, windows: [] };
    return decide(order, around(layer), 'demand', NOW);
  };

  test('a day after the last call it is collected again, six hours less a millisecond after it is not', () => {
    expect(afterCall(DAY, 360)).toEqual(COLLECT);
    expect(afterCall(6 * HOUR, 360)).toEqual(COLLECT);
    expect(afterCall(6 * HOUR - 1, 360)).toEqual(wait(NOW + 1, 'gap'));
  });

  test.each([0, 1, -5, 2.9])(
    'no policy, not even one of %d minutes, lowers it below three minutes',
    (gapMinutes) => {
      expect(afterCall(3 * MINUTE - 1, gapMinutes)).toEqual(wait(NOW + 1, 'gap'));
      expect(afterCall(3 * MINUTE, gapMinutes)).toEqual(COLLECT);
    },
  );

  test('is six hours for a merchant who says nothing', () => {
    const order = pending({ calls: [beijing('2026-03-01 23:00')] });
    const early = beijing('2026-03-02 04:59');
    const policy = { windows: [] };
    expect(decide(order, around(policy), 'demand', early)).toEqual(wait(beijing('2026-03-02 05:00'), 'gap'));
  });

  test('after a call that was throttled the lock of three minutes is waited for, and then it is asked again', () => {
    const order = pending({ last_sent_at: NOW });
    const until = NOW + 3 * MINUTE;
    expect(decided(order, 'demand', until - 1)).toEqual(wait(until, 'lock'));
    expect(decided(order, 'demand', until)).toEqual(query('stale'));
  });
});

describe('what makes a collection due is told with it', () => {
  const BUSY: Partial<Order> = { calls: [NOW - 2 * DAY], setbacks: { count: 1, at: NOW - HOUR } };
  test.each<[string, Partial<Order>, Occasion, string]>([
    ['the first', {}, 'schedule', 'first_attempt'],
    ['after calls', { calls: [NOW - 2 * DAY] }, 'schedule', 'decline_ladder'],
    ['after a setback', BUSY, 'schedule', 'infrastructure_ladder'],
    ['asked for', BUSY, 'demand', 'demand'],
    ['consented to', BUSY, 'consent', 'consent'],
  ])('%s', (_, changes, occasion, rule) => {
    expect(decided(pending(changes), occasion)).toEqual({ kind: 'collect', rule });
  });

  test.each(OCCASIONS)('while the breaker is half open every collection is its trial, on %s', (occasion) => {
    const halfOpen = around({}, { breaker: { kind: 'half_open', scope: 'pair' } });
    expect(decide(pending(BUSY), halfOpen, occasion, NOW)).toEqual({ kind: 'collect', rule: 'trial' });
  });
});

describe('a breaker that was open when it was read', () => {
  const openUntil = (until: number) =>
    around({}, { breaker: { kind: 'open', until, scope: 'pair', because: 'NO_AUTH' } });

  test.each(OCCASIONS)('has its one trial once its wait has ended, on %s', (occasion) => {
    expect(decide(pending(), openUntil(NOW + 1), occasion, NOW)).toEqual(wait(NOW + 1, 'breaker'));
    expect(decide(pending(), openUntil(NOW), occasion, NOW)).toEqual({ kind: 'collect', rule: 'trial' });
    expect(decide(pending(), openUntil(NOW - HOUR), occasion, NOW)).toEqual({
      kind: 'collect',
      rule: 'trial',
    });
  });

  test.each(OCCASIONS)('makes whatever it lets through its trial, on %s', (occasion) => {
    for (const until of [NOW - 1, NOW, NOW + 1])
      expect(ruleOf(pending({ calls: [NOW - 2 * DAY] }), openUntil(until), occasion)).toBe('trial');
  });
});

test('the rule that would make a collection due is told although the switch forbids it', () => {
  const order = pending({ calls: [NOW - 2 * DAY] });
  expect(ruleOf(order, around({}, { mode: 'observe' }), 'schedule')).toBe('decline_ladder');
});

describe('the window', () => {
  const at = (time: string) => beijing(`2026-03-02 ${time}`);
  const fresh = (now: number) => orderWith({ observed: saw('pending', now) });

  test.each([
    ['07:59', 'wait'],
    ['08:00', 'collect'],
    ['20:59', 'collect'],
    ['21:00', 'wait'],
  ])('at %s in Beijing a merchant who says nothing: %s', (time, kind) => {
    for (const occasion of ['schedule', 'demand'] as const)
      expect(decided(fresh(at(time)), occasion, at(time)).kind).toBe(kind);
    expect(decided(fresh(at(time)), 'consent', at(time)).kind).toBe('collect');
  });

  test('is waited for until it opens', () => {
    expect(decided(fresh(at('21:00')), 'demand', at('21:00'))).toEqual(
      wait(beijing('2026-03-03 08:00'), 'window'),
    );
  });

  test('comes after what else has to pass, which is what is told', () => {
    const order = pending({ calls: [at('11:00')] });
    const policy = around({ min_gap_minutes: 720, attempts_per_day_max: 2 });
    expect(decide(order, policy, 'demand', NOW)).toEqual(wait(beijing('2026-03-03 08:00'), 'gap'));
    expect(decide(order, policy, 'consent', NOW)).toEqual(wait(at('23:00'), 'gap'));
  });
});

test('an order whose timeline is full is asked about, but collected no more', () => {
  const full = (length: number, ageMs: number) =>
    orderWith({ observed: seen('pending', ageMs), timeline: entries(length) });
  expect(TIMELINE_MAX_ENTRIES).toBe(56);
  expect(decided(full(55, 0))).toEqual(COLLECT);
  expect(decided(full(56, 0))).toEqual({ kind: 'stop', because: 'timeline_full', ask_at: NOW + DAY });
  expect(decided(full(56, 15_001))).toEqual(query('stale'));
});
