import type { Around } from '../../lambda/core/decide';
import type { Order, OrderStatus } from '../../lambda/core/order';
import { HANDLING_MS, inHand, planned, QUESTION_MS } from '../../lambda/core/plan';
import {
  ACTOR,
  around,
  beijing,
  CLAIM,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  orderWith,
  REGISTRATION,
  saw,
  STANDING_KINDS,
} from './orders';

const pending = (changes: Partial<Order> = {}): Order =>
  orderWith({ observed: saw('pending', NOW), ...changes });
const EIGHT = Array.from({ length: 8 }, (_, n) => NOW - (9 - n) * DAY);
const plan = (order: Order, chance = 0, within: Around = around(), now = NOW) => {
  const { status, due_at: due, planned_at: at } = planned(order, within, now, chance);
  expect(due).toBe(at);
  return { status, due };
};

describe('an order at rest is taken up next', () => {
  test.each<[string, Order, { status: OrderStatus; due: number | undefined }]>([
    ['now, when a collection is due', pending(), { status: 'active', due: NOW }],
    ['now, when a question is due', orderWith({}), { status: 'active', due: NOW }],
    ['at the end of a wait', pending({ calls: [NOW - DAY + HOUR] }), { status: 'active', due: NOW + HOUR }],
    [
      'four minutes after a claim, to ask about it',
      pending({ open: CLAIM }),
      { status: 'active', due: NOW + 4 * MINUTE },
    ],
    [
      'a day after it was last asked about, when it is watched',
      pending({ calls: EIGHT }),
      { status: 'watched', due: NOW + DAY },
    ],
    [
      'at the end of its hold',
      pending({ hold: { actor: ACTOR, reason: 'x', until: NOW + HOUR } }),
      { status: 'watched', due: NOW + HOUR },
    ],
  ])('%s', (_, order, next) => {
    expect(plan(order)).toEqual(next);
  });

  test.each([
    ['each hour, while a breaker is open for longer: somebody may have lifted it', DAY, HOUR],
    ['when the wait of a breaker is over, if that is sooner', 20 * MINUTE, 20 * MINUTE],
  ])('%s', (_, opens, looks) => {
    const breaker = { kind: 'open', until: NOW + opens, scope: 'merchant', because: '401' } as const;
    expect(plan(pending(), 0, around({}, { breaker }))).toEqual({ status: 'active', due: NOW + looks });
  });

  test('never, at its verified end: what was planned is gone', () => {
    const order = orderWith({ observed: saw('paid', NOW), due_at: NOW, planned_at: NOW });
    const { due_at: _due, planned_at: _planned, ...rest } = order;
    expect(planned(order, around(), NOW, 0)).toEqual({ ...rest, status: 'paid', ended_at: NOW });
  });

  test('and one that ever was at its end bears when it was last written, whatever became of it', () => {
    const order = orderWith({ observed: saw('pending', NOW), ended_at: NOW - DAY });
    expect(planned(order, around(), NOW, 0).ended_at).toBe(NOW);
    expect(inHand(order, NOW).ended_at).toBe(NOW);
    expect(planned(pending({}), around(), NOW, 0)).not.toHaveProperty('ended_at');
    expect(inHand(pending({}), NOW)).not.toHaveProperty('ended_at');
  });

  test('never, when nothing is left to ask', () => {
    const registration = { ...REGISTRATION, at: NOW - 181 * DAY };
    expect(plan(pending({ registration }))).toEqual({ status: 'watched', due: undefined });
  });

  test('and nothing else of it changes: not even its version, which is the writer’s', () => {
    const order = pending({ calls: EIGHT });
    const at = NOW + DAY;
    expect(planned(order, around(), NOW, 0)).toEqual({
      ...order,
      status: 'watched',
      stopped: { at: NOW, because: 'exhausted' },
      due_at: at,
      planned_at: at,
    });
  });
});

test('an order is found among the active, the watched, or at its end', () => {
  expect(STANDING_KINDS.map((kind) => plan(orderWith({ observed: saw(kind, NOW) })).status)).toEqual([
    'active',
    'paid',
    'settled',
    'cancelled',
    'expired',
    'watched',
    'watched',
  ]);
  expect(plan(pending({ calls: EIGHT, open: CLAIM })).status).toBe('active');
});

test('an order that is only asked about is found among the watched also while its question is due', () => {
  const order = pending({ calls: EIGHT });
  expect(plan(order, 0, around(), NOW + DAY)).toEqual({ status: 'watched', due: NOW + DAY });
  const held = pending({ hold: { actor: ACTOR, reason: 'x' } });
  expect(plan(held, 0, around(), NOW + 3 * DAY)).toEqual({ status: 'watched', due: NOW + 3 * DAY });
});

test('any other question that is due leaves an order among the active', () => {
  expect(plan(pending(), 0, around(), NOW + DAY)).toEqual({ status: 'active', due: NOW + DAY });
  const open = pending({ calls: EIGHT, open: CLAIM });
  expect(plan(open, 0, around(), NOW + DAY)).toEqual({ status: 'active', due: NOW + DAY });
});

describe('orders that become due together are spread', () => {
  test('later by at most half an hour, never earlier', () => {
    const order = pending({ calls: EIGHT });
    expect(plan(order, 0).due).toBe(NOW + DAY);
    expect(plan(order, 0.5).due).toBe(NOW + DAY + 15 * MINUTE);
    expect(plan(order, 0.999_999_999).due).toBe(NOW + DAY + 30 * MINUTE - 1);
  });

  test('by at most a tenth of the wait, when that is less', () => {
    const order = pending({ calls: [NOW - DAY + HOUR] });
    expect(plan(order, 0).due).toBe(NOW + HOUR);
    expect(plan(order, 0.5).due).toBe(NOW + HOUR + 3 * MINUTE);
    expect(plan(order, 0.999_999_999).due).toBe(NOW + HOUR + 6 * MINUTE - 1);
  });

  test('not at all, when they are due now', () => {
    expect(plan(pending(), 0.9).due).toBe(NOW);
  });

  test('not out of the window: rather all at once than outside it', () => {
    const now = beijing('2026-03-02 20:30');
    const called = claimAt(beijing('2026-03-01 20:58'), 'c1').claimed_at;
    const order = orderWith({ observed: saw('pending', now), calls: [called] });
    expect(plan(order, 0.5, around(), now).due).toBe(beijing('2026-03-02 20:58') + 84_000);
    expect(plan(order, 0.9, around(), now).due).toBe(beijing('2026-03-02 20:58'));
  });

  test('not past the last day: rather all at once than never', () => {
    const now = beijing('2026-03-02 18:00');
    const within = around({ windows: [], attempts_per_day_max: 2, decline_ladder_hours: [6] });
    const completedAgo = (days: number) =>
      orderWith({
        registration: { ...REGISTRATION, completed_at: now - days * DAY },
        observed: saw('pending', now),
        calls: [beijing('2026-03-02 17:50')],
      });
    // The last day of the first ends ten minutes after the wait; half an hour of chance would lead past it.
    expect(plan(completedAgo(25), 0.2, within, now).due).toBe(beijing('2026-03-02 23:56'));
    expect(plan(completedAgo(25), 0.5, within, now).due).toBe(beijing('2026-03-02 23:50'));
    expect(plan(completedAgo(24), 0.5, within, now).due).toBe(beijing('2026-03-03 00:05'));
  });

  test('not past the last day either where the order would be asked about by then', () => {
    const now = beijing('2026-03-01 23:50');
    const within = around({ windows: [], decline_ladder_hours: [24] });
    const order = orderWith({
      registration: { ...REGISTRATION, completed_at: beijing('2026-02-05 12:00') },
      observed: saw('pending', now),
      calls: [now],
    });
    expect(plan(order, 0.9, within, now).due).toBe(beijing('2026-03-02 23:50'));
  });

  test('outside the window too, where the time for a question is outside it anyway', () => {
    const now = beijing('2026-03-02 23:00');
    const order = orderWith({ open: claimAt(now, 'c1') });
    expect(plan(order, 0.5, around(), now).due).toBe(now + 4 * MINUTE + 12_000);
  });
});

describe('an order in somebody’s hands', () => {
  test('is left alone for 15 minutes; lateness counts from now', () => {
    expect(HANDLING_MS).toBe(900_000);
    expect(inHand(pending(), NOW)).toEqual({ ...pending(), due_at: NOW + 15 * MINUTE, planned_at: NOW });
    const late = pending({ due_at: NOW - DAY, planned_at: NOW - DAY });
    expect(inHand(late, NOW)).toMatchObject({ due_at: NOW + 15 * MINUTE, planned_at: NOW });
    const far = pending({ due_at: NOW + DAY, planned_at: NOW + DAY });
    expect(inHand(far, NOW)).toMatchObject({ due_at: NOW + 15 * MINUTE, planned_at: NOW });
  });

  test('for whom a call is claimed is due when the question about it is', () => {
    expect(QUESTION_MS).toBe(240_000);
    const open = claimAt(NOW, 'c1');
    const due = { due_at: NOW + 4 * MINUTE, planned_at: NOW + 4 * MINUTE };
    expect(inHand(orderWith({ open }), NOW)).toEqual({ ...orderWith({ open }), ...due });
  });

  test.each([
    [4 * MINUTE - 1, 4 * MINUTE + 12_000],
    [4 * MINUTE, 4 * MINUTE],
    [5 * MINUTE, 5 * MINUTE],
    [24 * MINUTE, 24 * MINUTE],
    [24 * MINUTE + 1, 4 * MINUTE + 12_000],
  ])(
    'whose call is open stays due where that is from the question on (%d ms): due after %d ms',
    (inMs, expected) => {
      const now = beijing('2026-03-02 12:00');
      const order = orderWith({ open: claimAt(now, 'c1'), due_at: now + inMs, planned_at: now + inMs });
      expect(plan(order, 0.5, around(), now).due).toBe(now + expected);
    },
  );

  test('is taken up when its wait ends, though it is planned for little later: only for an open call that will do', () => {
    const order = pending({ calls: [NOW - DAY + HOUR], due_at: NOW + HOUR + 1, planned_at: NOW });
    expect(plan(order).due).toBe(NOW + HOUR);
  });

  test('whose call is open is asked about at once when something says that it has changed, whenever it is due', () => {
    const now = beijing('2026-03-02 12:00');
    const then = now + 4 * MINUTE;
    const order = orderWith({
      open: claimAt(now, 'c1'),
      doubted_at: then,
      due_at: then + MINUTE,
      planned_at: then,
    });
    expect(plan(order, 0.5, around(), then).due).toBe(then);
  });

  test.each([
    [0, false],
    [1, true],
    [15 * MINUTE, true],
    [20 * MINUTE, true],
    [20 * MINUTE + 1, false],
  ])('that is due %d ms from now anyway is the same order: %s', (inMs, same) => {
    const order = pending({ due_at: NOW + inMs, planned_at: NOW - HOUR });
    expect(inHand(order, NOW) === order).toBe(same);
  });
});
