import type { Fen } from '../../lambda/core/ids';
import type { Observation, Order } from '../../lambda/core/order';
import { CODES_MAX, count, merge, newTally, NUMBERS_MAX, type Tally } from '../../lambda/core/tally';
import {
  after,
  beijing,
  claim,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  NOW,
  observed,
  orderWith,
  saw,
  settle,
} from './orders';

const tallyOf = (...orders: readonly Order[]): Tally => {
  const tally = newTally();
  for (const order of orders) count(tally, order);
  return tally;
};

/** Paid at a time that WeChat Pay gives. */
const paidAt = (time: string, at: number): Observation => ({
  ...saw('paid', at),
  facts: { state: 'DONE', details: [{ paid_time: time, amount: 100 as Fen }] },
});

/** Attempted twice, at noon and the day after at three in the morning; the second was paid. */
const SECOND = claimAt(NOW + 15 * HOUR, 'c2');
const PAID_BY_SECOND = after(
  orderWith({}),
  claim(),
  settle('declined'),
  claim(SECOND),
  settle('accepted', SECOND, NOW + 15 * HOUR + 1_000),
  observed('paid', NOW + 15 * HOUR + MINUTE),
);

test('nothing comes to nothing', () => {
  expect(newTally()).toEqual({ orders: 0, recovered: [0, 0], days: {}, numbers: [], hours: {}, codes: {} });
});

test('attempts count on the day, in the hour and under the number at which they were made; the one that was open when the order was paid is paid', () => {
  expect(tallyOf(PAID_BY_SECOND)).toEqual({
    orders: 1,
    first_registered_at: NOW - 10 * DAY,
    recovered: [1, 100],
    days: { '2026-03-02': [0, 0, 1], '2026-03-03': [1, 100, 1] },
    numbers: [
      [1, 0],
      [1, 1],
    ],
    // Monday noon, and Tuesday three o'clock.
    hours: { '1/12': [1, 0], '2/3': [1, 1] },
    codes: { 'declined/': 1, 'accepted/': 1 },
  });
});

test('an attempt that was claimed in the very moment of the payment is paid too', () => {
  const order = after(orderWith({}), claim(), observed('paid', NOW));
  expect(tallyOf(order)).toMatchObject({ numbers: [[1, 1]], hours: { '1/12': [1, 1] } });
});

test('an order that was paid while nothing was open was paid by no attempt', () => {
  const order = after(orderWith({}), claim(), settle('declined'), observed('paid', NOW + DAY));
  expect(tallyOf(order)).toMatchObject({ recovered: [1, 100], numbers: [[1, 0]], hours: { '1/12': [1, 0] } });
});

test('a payment counts on the day that WeChat Pay gives, whenever it was learnt of', () => {
  const order = orderWith({ observed: paidAt('20260227235959', NOW) });
  expect(tallyOf(order).days).toEqual({ '2026-02-27': [1, 100, 0] });
});

test('without a time of WeChat Pay a payment counts when it was learnt of', () => {
  expect(tallyOf(orderWith({ observed: saw('paid', beijing('2026-03-01 00:00')) })).days).toEqual({
    '2026-03-01': [1, 100, 0],
  });
});

test.each(['pending', 'settled', 'cancelled', 'expired'] as const)(
  'an order that is %s recovers nothing',
  (kind) => {
    expect(tallyOf(orderWith({ observed: saw(kind, NOW) }))).toMatchObject({ recovered: [0, 0], days: {} });
  },
);

test('what never left counts as an outcome and not as an attempt', () => {
  const order = after(orderWith({}), claim(), settle('not_sent'));
  expect(tallyOf(order)).toMatchObject({ numbers: [], days: {}, codes: { 'not_sent/': 1 } });
});

test('a call whose worker died counts as unreported until it is closed, and from then on as an attempt', () => {
  const open = after(orderWith({}), claim());
  expect(tallyOf(open)).toMatchObject({ numbers: [], codes: { 'unreported/': 1 } });
  const closed = after(open, observed('pending', NOW + HOUR));
  expect(tallyOf(closed)).toMatchObject({ numbers: [[1, 0]], codes: { 'unreported/': 1 } });
});

test('outcomes are told apart by their sub-codes', () => {
  const order = after(orderWith({}), claim(), {
    kind: 'settle',
    at: NOW + 1_000,
    claim: claimAt(NOW, 'c1'),
    report: { outcome: { kind: 'declined' }, evidence: { sub_code: '271316574' } },
  });
  expect(tallyOf(order).codes).toEqual({ 'declined/271316574': 1 });
});

test('beyond a bound attempts and sub-codes are counted together with others', () => {
  const calls = Array.from({ length: NUMBERS_MAX + 3 }, (_, index) => NOW + index * DAY);
  const tally = tallyOf(orderWith({ calls }));
  expect(tally.numbers).toHaveLength(NUMBERS_MAX);
  expect(tally.numbers.at(-1)).toEqual([4, 0]);
  const codes = Object.fromEntries(Array.from({ length: CODES_MAX }, (_, at) => [`declined/${at}`, 1]));
  const full = { ...newTally(), codes };
  merge(full, { ...newTally(), codes: { 'declined/new': 2, 'declined/newer': 3, 'declined/7': 1 } });
  expect(full.codes).toMatchObject({ 'declined/other': 5, 'declined/7': 2 });
  expect(Object.keys(full.codes)).toHaveLength(CODES_MAX + 1);
});

test('what some orders and others come to is what all of them come to, in whatever order they are put together', () => {
  const orders = [
    PAID_BY_SECOND,
    after(
      orderWith({ registration: { at: NOW - 20 * DAY, actor: { kind: 'api', id: 'x' } } }),
      claim(),
      settle('unknown'),
    ),
    orderWith({ observed: paidAt('20260302120000', NOW) }),
    orderWith({}),
  ];
  const all = tallyOf(...orders);
  for (const parts of [[], [0], [0, 1], [2, 3], [0, 1, 2, 3]]) {
    const some = tallyOf(...orders.filter((_, index) => parts.includes(index)));
    const others = tallyOf(...orders.filter((_, index) => !parts.includes(index)));
    merge(some, others);
    expect(some).toEqual(all);
    expect(JSON.parse(JSON.stringify(some))).toEqual(all);
  }
  expect(all.first_registered_at).toBe(NOW - 20 * DAY);
});
