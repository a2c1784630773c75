import { decide, type Around, type Decision, type Occasion } from '../../lambda/core/decide';
import type { Order } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import type { PolicyLayer } from '../../lambda/core/policy';
import {
  after,
  around,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  observed,
  orderWith,
  REGISTRATION,
  saw,
  unanswered,
} from './orders';

/** The user has 20 days before the first attempt. */
const PATIENT = around({ first_attempt_after_hours: 480, last_attempt_day: 60 });
const REGISTERED = orderWith({ registration: { ...REGISTRATION, at: NOW } });
const UNASKED = { kind: 'query', because: 'unasked' } as const;

const on = (order: Order, now: number, within: Around = PATIENT, occasion: Occasion = 'schedule'): Decision =>
  decide(order, within, occasion, now);
const wait = (until: number, because: string, askAt?: number) => ({
  kind: 'wait',
  until,
  because,
  ...(askAt === undefined ? {} : { ask_at: askAt }),
});
const pending = (changes: Partial<Order> = {}): Order =>
  orderWith({
    registration: { ...REGISTRATION, completed_at: REGISTRATION.at },
    observed: saw('pending', NOW),
    ...changes,
  });

describe('an order that waits long for its collection', () => {
  test('is asked about on day 8 and on day 16 of a wait of 20 days, and then it is collected', () => {
    const until = NOW + 20 * DAY;
    expect(on(REGISTERED, NOW)).toEqual(wait(until, 'first_attempt', NOW + 8 * DAY));
    expect(on(REGISTERED, NOW + 8 * DAY - 1)).toEqual(wait(until, 'first_attempt', NOW + 8 * DAY));
    expect(on(REGISTERED, NOW + 8 * DAY)).toEqual(UNASKED);
    const once = after(REGISTERED, observed('pending', NOW + 8 * DAY));
    expect(on(once, NOW + 8 * DAY)).toEqual(wait(until, 'first_attempt', NOW + 16 * DAY));
    expect(on(once, NOW + 16 * DAY)).toEqual(UNASKED);
    const twice = after(once, observed('pending', NOW + 16 * DAY));
    expect(on(twice, NOW + 16 * DAY)).toEqual(wait(until, 'first_attempt'));
    expect(on(twice, until)).toEqual({ kind: 'query', because: 'stale' });
  });

  test('is asked about only when the wait is longer than eight days', () => {
    const eight = around({ first_attempt_after_hours: 192 });
    expect(on(REGISTERED, NOW, eight)).toEqual(wait(NOW + 8 * DAY, 'first_attempt'));
    const longer = around({ first_attempt_after_hours: 193 });
    expect(on(REGISTERED, NOW, longer)).toEqual(wait(NOW + 8 * DAY + HOUR, 'first_attempt', NOW + 8 * DAY));
  });

  test('was asked about also when nothing verified came back: the next question is eight days later', () => {
    const order = after(REGISTERED, unanswered(NOW + 8 * DAY));
    expect(on(order, NOW + 8 * DAY)).toEqual(wait(NOW + 20 * DAY, 'first_attempt', NOW + 16 * DAY));
  });

  test('is at its end when it was paid by hand meanwhile', () => {
    const order = after(REGISTERED, observed('paid', NOW + 8 * DAY));
    expect(on(order, NOW + 8 * DAY)).toEqual({ kind: 'stop', because: 'paid' });
  });

  const LATE: PolicyLayer = { last_attempt_day: 60 };
  const DATES = Array.from({ length: 20 }, (_, n) => `2026-03-${String(n + 2).padStart(2, '0')}`);
  const OPEN_BREAKER = { kind: 'open', until: NOW + 20 * DAY, scope: 'pair', because: 'NO_AUTH' } as const;
  test.each<[string, Partial<Order>, Around, number]>([
    ['decline_ladder', { calls: [NOW] }, around({ ...LATE, decline_ladder_hours: [720] }), NOW + 30 * DAY],
    ['month_cap', { calls: [NOW] }, around({ ...LATE, attempts_per_30_days_max: 1 }), NOW + 30 * DAY],
    ['breaker', {}, around(LATE, { breaker: OPEN_BREAKER }), NOW + 20 * DAY],
    // From 2 to 21 March nothing is collected; the 22nd begins for the merchant at 08:00.
    ['window', {}, around({ ...LATE, avoid_dates: DATES }), NOW + 20 * DAY - 4 * HOUR],
  ])('is asked about whatever it waits for: %s', (because, changes, within, until) => {
    const order = pending(changes);
    expect(on(order, NOW, within)).toEqual(wait(until, because, NOW + 8 * DAY));
    expect(on(order, NOW + 8 * DAY, within)).toEqual(UNASKED);
  });

  test('is told to whoever asks for it as waiting, and when the schedule asks is not his matter', () => {
    const order = pending({ calls: [NOW] });
    const monthly = around({ ...LATE, attempts_per_30_days_max: 1 });
    for (const occasion of ['demand', 'consent'] as const)
      for (const now of [NOW, NOW + 8 * DAY, NOW + 29 * DAY])
        expect(on(order, now, monthly, occasion)).toEqual(wait(NOW + 30 * DAY, 'month_cap'));
  });

  test('stays among the active, and is taken up when it is to be asked about', () => {
    expect(planned(REGISTERED, PATIENT, NOW, 0)).toMatchObject({ status: 'active', due_at: NOW + 8 * DAY });
    expect(planned(REGISTERED, PATIENT, NOW, 0.5)).toMatchObject({
      status: 'active',
      due_at: NOW + 8 * DAY + 15 * MINUTE,
    });
    expect(planned(REGISTERED, PATIENT, NOW + 8 * DAY, 0.5)).toMatchObject({
      status: 'active',
      due_at: NOW + 8 * DAY,
    });
  });
});

test('no step of the default ladder is so long: the next question is that of the next attempt', () => {
  const STEPS_HOURS = [24, 24, 48, 72, 120, 120, 168];
  const decisions = STEPS_HOURS.map((_, n) =>
    on(pending({ calls: Array.from({ length: n + 1 }, (__, k) => NOW - (n - k) * DAY) }), NOW, around()),
  );
  expect(decisions).toEqual(STEPS_HOURS.map((hours) => wait(NOW + hours * HOUR, 'decline_ladder')));
});

test('an open attempt is asked about on its own ladder, however long ago the order was', () => {
  const order = orderWith({ open: claimAt(NOW, 'c1'), observed: saw('pending', NOW - 9 * DAY) });
  expect(on(order, NOW)).toEqual(wait(NOW + 4 * MINUTE, 'attempt_open'));
});
