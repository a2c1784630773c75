import { decide, type Decision, type Occasion } from '../../lambda/core/decide';
import type { Order } from '../../lambda/core/order';
import type { PolicyLayer } from '../../lambda/core/policy';
import type { Mode } from '../../lambda/core/switch';
import {
  ACTOR,
  around,
  beijing,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  orderWith,
  REGISTRATION,
  saw,
} from './orders';

const OCCASIONS: readonly Occasion[] = ['schedule', 'demand', 'consent'];
const HOLD = { actor: ACTOR, reason: 'disputed' };
const EIGHT = Array.from({ length: 8 }, (_, n) => NOW - (100 - n) * DAY);
/** The quiet hours leave nothing of the window. */
const NEVER: PolicyLayer = {
  windows: [{ from: '08:00', to: '21:00' }],
  quiet_hours: [{ from: '00:00', to: '24:00' }],
};

const pending = (changes: Partial<Order> = {}, ageMs = 0): Order =>
  orderWith({ observed: saw('pending', NOW - ageMs), ...changes });
const orderCompleted = (completedAt: number, seenAt: number, changes: Partial<Order> = {}): Order =>
  orderWith({
    registration: { ...REGISTRATION, completed_at: completedAt },
    observed: saw('pending', seenAt),
    ...changes,
  });
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

  test('after the last day, the whole of which counts, to the millisecond', () => {
    const end = beijing('2026-03-03 00:00');
    const allDay = (completedAt: number, now: number) =>
      decide(orderCompleted(completedAt, now), around({ windows: [] }), occasion, now);
    for (const completed of ['2026-02-05 00:00', '2026-02-05 12:00', '2026-02-05 23:59'].map(beijing)) {
      expect(allDay(completed, end - 1).kind).toBe('collect');
      expect(allDay(completed, end)).toEqual(stop('last_day', end + DAY));
    }
    expect(allDay(beijing('2026-02-05 00:00') - 1, NOW)).toEqual(stop('last_day', NOW + DAY));
    expect(allDay(beijing('2026-02-06 00:00'), end).kind).toBe('collect');
  });

  test('after the last day as it is where the policy’s clock stands', () => {
    const end = beijing('2026-03-03 08:00');
    const inLondon = (now: number) =>
      decide(
        orderCompleted(NOW - 25 * DAY, now),
        around({ windows: [], time_zone: 'Europe/London' }),
        occasion,
        now,
      );
    expect(inLondon(end - 1).kind).toBe('collect');
    expect(inLondon(end)).toEqual(stop('last_day', end + DAY));
  });

  test('when the next attempt would only come after the last day, but the last day is waited for', () => {
    const called = orderCompleted(NOW - 25 * DAY, NOW, { calls: [NOW - HOUR] });
    // One a day: the next would come at the midnight with which the last day ends.
    expect(on(called, occasion)).toEqual(stop('last_day', NOW + DAY));
    const twiceADay = around({ attempts_per_day_max: 2, decline_ladder_hours: [6] });
    expect(decide(called, twiceADay, occasion, NOW)).toMatchObject({ kind: 'wait', until: NOW + 5 * HOUR });
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

  test('of an order that was old when it was registered, the days count from its registration', () => {
    const registration = { at: NOW, completed_at: NOW - 400 * DAY, actor: ACTOR };
    const askedAt = (at: number) =>
      on(orderWith({ registration, observed: saw('pending', at) }), 'schedule', at);
    expect(askedAt(NOW)).toEqual(stop('last_day', NOW + DAY));
    expect(askedAt(NOW + 35 * DAY - 1)).toEqual(stop('last_day', NOW + 36 * DAY - 1));
    expect(askedAt(NOW + 35 * DAY)).toEqual(stop('last_day', NOW + 42 * DAY));
    expect(askedAt(NOW + 173 * DAY)).toEqual(stop('last_day', NOW + 180 * DAY));
    expect(askedAt(NOW + 173 * DAY + 1)).toEqual(stop('last_day'));
  });

  test('of an order that was completed after it was registered, they count from its completion', () => {
    const completed = { at: NOW - 200 * DAY, completed_at: NOW - 34 * DAY, actor: ACTOR };
    expect(on(pending({ registration: completed }), 'schedule')).toEqual(stop('last_day', NOW + DAY));
    const earlier = { ...completed, completed_at: NOW - 35 * DAY };
    expect(on(pending({ registration: earlier }), 'schedule')).toEqual(stop('last_day', NOW + 7 * DAY));
  });

  test('sooner while nobody answers, on the infrastructure ladder', () => {
    const order = completedAgo(40, DAY, { unanswered: { count: 2, at: NOW - MINUTE } });
    expect(on(order, 'schedule')).toEqual(stop('last_day', NOW + 4 * MINUTE));
    expect(on(order, 'schedule', NOW + 4 * MINUTE)).toEqual({ kind: 'query', because: 'watch' });
  });

  test('at once when nothing verified is known, however old it is, and again while nobody answers', () => {
    const WATCH = { kind: 'query', because: 'watch' };
    for (const days of [60, 179, 181, 400]) {
      const registration = { at: NOW, completed_at: NOW - days * DAY, actor: ACTOR };
      expect(on(orderWith({ registration }), 'schedule')).toEqual(WATCH);
      const asked = orderWith({ registration, unanswered: { count: 2, at: NOW } });
      expect(on(asked, 'schedule')).toEqual(stop('last_day', NOW + 5 * MINUTE));
      expect(on(asked, 'schedule', NOW + 5 * MINUTE)).toEqual(WATCH);
    }
    expect(on(orderWith({ hold: HOLD }), 'schedule')).toEqual(WATCH);
  });

  test('for 180 days from its registration at most, when nothing is ever verified', () => {
    const registeredAgo = (ms: number, count: number, askedAgoMs: number) =>
      orderWith({
        registration: { at: NOW - ms, completed_at: NOW - 300 * DAY, actor: ACTOR },
        unanswered: { count, at: NOW - askedAgoMs },
      });
    expect(on(registeredAgo(179 * DAY, 9, 0), 'schedule')).toEqual(stop('last_day', NOW + DAY));
    expect(on(registeredAgo(179 * DAY + 1, 9, 0), 'schedule')).toEqual(stop('last_day'));
    expect(on(registeredAgo(180 * DAY, 9, DAY), 'schedule')).toEqual({ kind: 'query', because: 'watch' });
    expect(on(registeredAgo(200 * DAY, 9, 10 * DAY), 'schedule')).toEqual(stop('last_day'));
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

  test('at the end of a hold that lies ahead, and from that millisecond on in its own time', () => {
    const order = (until: number) => completedAgo(30, HOUR, { hold: { ...HOLD, until } });
    expect(on(order(NOW + 1), 'schedule')).toEqual(stop('held', NOW + 1));
    expect(on(order(NOW), 'schedule')).toEqual(stop('last_day', NOW + 23 * HOUR));
    expect(on(order(NOW), 'schedule', NOW + 23 * HOUR)).toEqual({ kind: 'query', because: 'watch' });
  });
});

test('an order past its last day is told that, from the first moment on, whether or not a window is left for it', () => {
  const end = beijing('2026-03-03 00:00');
  const order = orderCompleted(beijing('2026-03-01 12:00'), end - 1);
  const never = around({ ...NEVER, last_attempt_day: 1, exhausting_day: 1 });
  expect(decide(order, never, 'demand', end - 1)).toMatchObject({ kind: 'stop', because: 'no_window' });
  expect(decide(order, never, 'demand', end)).toMatchObject({ kind: 'stop', because: 'last_day' });
  expect(decide(order, never, 'demand', end + DAY)).toMatchObject({ kind: 'stop', because: 'last_day' });
});

test('when nothing is left to ask, no time for a question is given', () => {
  const registration = { ...REGISTRATION, at: NOW - 181 * DAY };
  expect(decide(pending({ registration }), around(), 'schedule', NOW)).toStrictEqual({
    kind: 'stop',
    because: 'last_day',
  });
});
