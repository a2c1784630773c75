import { explain } from '../../lambda/core/explain';
import { decide, type Decision, type Occasion } from '../../lambda/core/decide';
import { WAITS, type WaitBecause } from '../../lambda/core/guards';
import type { Order } from '../../lambda/core/order';
import type { PolicyLayer } from '../../lambda/core/policy';
import type { Mode } from '../../lambda/core/switch';
import { ACTOR, around, claimAt, DAY, HOUR, MINUTE, NOW, orderWith, REGISTRATION, saw } from './orders';

const OCCASIONS: readonly Occasion[] = ['schedule', 'demand', 'consent'];
const HOLD = { actor: ACTOR, reason: 'disputed' };
const EIGHT = Array.from({ length: 8 }, (_, n) => NOW - (100 - n) * DAY);
/** 2026-03-02 is avoided and so is every other day that a search looks at. */
const NEVER: PolicyLayer = {
  windows: [{ from: '08:00', to: '21:00' }],
  quiet_hours: [{ from: '00:00', to: '24:00' }],
};

const pending = (changes: Partial<Order> = {}, ageMs = 0): Order =>
  orderWith({ observed: saw('pending', NOW - ageMs), ...changes });
const on = (order: Order, occasion: Occasion, now = NOW): Decision => decide(order, around(), occasion, now);
const stop = (because: string, askAt?: number) => ({
  kind: 'stop',
  because,
  ...(askAt === undefined ? {} : { ask_at: askAt }),
});

describe.each(OCCASIONS)('on %s, nothing is collected', (occasion) => {
  test('while the order is held, until somebody releases it', () => {
    expect(on(pending({ hold: HOLD }), occasion)).toEqual(stop('held', NOW + DAY));
  });

  test('while it is held for a time, and at its end it is taken up again', () => {
    const order = pending({ hold: { ...HOLD, until: NOW + HOUR } });
    expect(on(order, occasion)).toEqual(stop('held', NOW + HOUR));
    expect(on(order, occasion, NOW + HOUR - 1)).toEqual(stop('held', NOW + HOUR));
    expect(on(order, occasion, NOW + HOUR)).toEqual({ kind: 'query', because: 'stale' });
  });

  test('after as many attempts in all as the policy allows', () => {
    expect(on(pending({ calls: EIGHT }), occasion)).toEqual(stop('exhausted', NOW + DAY));
    expect(on(pending({ calls: EIGHT.slice(1) }), occasion).kind).toBe('collect');
  });

  test('after the last day, to the millisecond', () => {
    const completed = (at: number) => pending({ registration: { ...REGISTRATION, completed_at: at } });
    expect(on(completed(NOW - 25 * DAY), occasion).kind).toBe('collect');
    expect(on(completed(NOW - 25 * DAY - 1), occasion)).toEqual(stop('last_day', NOW + DAY));
  });

  test('when the next attempt would only come after the last day', () => {
    const order = pending({
      registration: { ...REGISTRATION, completed_at: NOW - 24.9 * DAY },
      calls: [NOW - HOUR],
    });
    expect(on(order, occasion)).toEqual(stop('last_day', NOW + DAY));
  });

  test.each<[Mode, string]>([
    ['observe', 'observing'],
    ['off', 'switched_off'],
  ])('while the switch is on %s', (mode, because) => {
    expect(decide(pending(), around({}, { mode }), occasion, NOW)).toEqual(stop(because, NOW + DAY));
  });
});

test('a policy that leaves no time for a collection stops it, but for the user’s consent', () => {
  for (const occasion of ['schedule', 'demand'] as const)
    expect(decide(pending(), around(NEVER), occasion, NOW)).toEqual(stop('no_window', NOW + DAY));
  expect(decide(pending(), around(NEVER), 'consent', NOW)).toEqual({ kind: 'collect', rule: 'consent' });
});

test('a switch that is not on forbids collecting, never asking', () => {
  for (const mode of ['off', 'observe'] as const) {
    const switched = around({}, { mode });
    expect(decide(pending({}, 15_001), switched, 'schedule', NOW)).toEqual({
      kind: 'query',
      because: 'stale',
    });
    expect(decide(orderWith({}), switched, 'schedule', NOW)).toEqual({
      kind: 'query',
      because: 'nothing_verified',
    });
    const open = orderWith({ open: claimAt(NOW - HOUR, 'c1') });
    expect(decide(open, switched, 'schedule', NOW)).toEqual({ kind: 'query', because: 'attempt_open' });
  }
});

describe('what is not collected is watched', () => {
  const completedAgo = (days: number, askedAgoMs: number, changes: Partial<Order> = {}) =>
    pending(
      { registration: { at: NOW - days * DAY, completed_at: NOW - days * DAY, actor: ACTOR }, ...changes },
      askedAgoMs,
    );

  test('daily: the schedule asks a day after the last answer, and others are told when it does', () => {
    const order = completedAgo(30, DAY);
    expect(on(order, 'schedule', NOW - 1)).toEqual(stop('last_day', NOW));
    expect(on(order, 'schedule')).toEqual({ kind: 'query', because: 'watch' });
    expect(on(order, 'demand')).toEqual(stop('last_day', NOW));
  });

  test('weekly from day 35 on, until day 180, and then nothing is left to ask', () => {
    expect(on(completedAgo(40, HOUR), 'schedule')).toEqual(stop('last_day', NOW + 7 * DAY - HOUR));
    expect(on(completedAgo(173, 0), 'schedule')).toEqual(stop('last_day', NOW + 7 * DAY));
    expect(on(completedAgo(173, -1), 'schedule')).toEqual(stop('last_day'));
    expect(on(completedAgo(200, 15 * DAY), 'schedule')).toEqual(stop('last_day'));
  });

  test('sooner while nobody answers, on the infrastructure ladder', () => {
    const order = completedAgo(40, DAY, { unanswered: { count: 2, at: NOW - MINUTE } });
    expect(on(order, 'schedule')).toEqual(stop('last_day', NOW + 4 * MINUTE));
    expect(on(order, 'schedule', NOW + 4 * MINUTE)).toEqual({ kind: 'query', because: 'watch' });
  });

  test('from its registration on when nothing was ever answered', () => {
    const registration = { at: NOW, completed_at: NOW - 60 * DAY, actor: ACTOR };
    expect(on(orderWith({ registration }), 'schedule')).toEqual(stop('last_day', NOW + 7 * DAY));
  });

  test('no sooner for a hold that has long ended: once a day, not at every sweep', () => {
    const order = completedAgo(30, HOUR, { hold: { ...HOLD, until: NOW - DAY } });
    expect(on(order, 'schedule')).toEqual(stop('last_day', NOW + 23 * HOUR));
    const observing = decide(
      pending({ hold: { ...HOLD, until: NOW - DAY } }),
      around({}, { mode: 'observe' }),
      'schedule',
      NOW,
    );
    expect(observing).toEqual(stop('observing', NOW + DAY));
  });
});

test('every decision is explained in a sentence of its own', () => {
  const until = NOW;
  const decisions: Decision[] = [
    ...(
      ['first_attempt', 'decline_ladder', 'infrastructure_ladder', 'trial', 'demand', 'consent'] as const
    ).map((rule) => ({ kind: 'collect', rule }) as const),
    ...(['attempt_open', 'nothing_verified', 'stale', 'watch'] as const).map(
      (because) => ({ kind: 'query', because }) as const,
    ),
    ...(Object.keys(WAITS) as WaitBecause[]).map((because) => ({ kind: 'wait', until, because }) as const),
    ...(
      [
        'paid',
        'settled',
        'cancelled',
        'expired',
        'not_completed',
        'unrecognised',
        'held',
        'exhausted',
        'last_day',
        'no_window',
        'timeline_full',
        'observing',
        'switched_off',
      ] as const
    ).map((because) => ({ kind: 'stop', because }) as const),
  ];
  expect(decisions).toHaveLength(6 + 4 + 12 + 13);
  const sentences = decisions.map(explain);
  expect(sentences.filter((sentence) => !/^[A-Z].{15,}\.$/.test(sentence))).toEqual([]);
  expect(new Set(sentences).size).toBe(decisions.length);
  expect(explain({ kind: 'stop', because: 'paid' })).toBe('The order is paid, verified.');
});
