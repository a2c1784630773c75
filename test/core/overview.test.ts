import type { Breaker } from '../../lambda/core/breaker';
import type { MerchantControls } from '../../lambda/core/controls';
import type { Fen, Mchid } from '../../lambda/core/ids';
import type { KeyEnd } from '../../lambda/core/key-facts';
import type { Order } from '../../lambda/core/order';
import { countOpen, DAYS_MAX, NAMED_MAX, nothingOpen, overviewOf } from '../../lambda/core/overview';
import { count, newTally, type Tally } from '../../lambda/core/tally';
import {
  ACTOR,
  after,
  beijing,
  CLAIM,
  claim,
  DAY,
  HOUR,
  NOW,
  OPERATIONS,
  orderWith,
  REF,
  REGISTRATION,
  saw,
  SEND_BY,
  settle,
} from './orders';

const NOTHING: MerchantControls = {
  modes: { service: 'on', sub_merchants: new Map() },
  policies: { sub_merchants: new Map(), services: new Map() },
  breakers: { pairs: new Map() },
};
const OFF: MerchantControls = { ...NOTHING, modes: { service: 'off', sub_merchants: new Map() } };

function opened(orders: readonly Order[], now = NOW, controls = NOTHING) {
  const open = nothingOpen();
  for (const order of orders) countOpen(open, order, controls, now);
  return open;
}

const of = (amount: number, changes: Partial<Order> = {}) =>
  orderWith({ registration: { ...REGISTRATION, total_amount: amount as Fen }, ...changes });
const none = { orders: 0, amount: 0 };

test('what is owed is what is still to be paid, of orders that are not at their end', () => {
  const partly = { ...saw('pending', NOW), standing: { kind: 'pending', paid_amount: 30 as Fen } } as const;
  const orders = [
    of(100),
    of(80, { observed: partly }),
    of(500, { observed: saw('paid', NOW) }),
    orderWith({}),
  ];
  expect(opened(orders).owed).toEqual({ orders: 3, amount: 150 });
});

test('an order that is collected is none that is only asked about', () => {
  const open = opened([of(100), of(40, { status: 'refund_due' })]);
  expect(open.watched).toEqual({ orders: 0, amount: 0 });
  expect([...open.stopped]).toEqual([]);
});

test('an order that has been paid more in parts than it comes to owes nothing', () => {
  const over = { ...saw('pending', NOW), standing: { kind: 'pending', paid_amount: 130 as Fen } } as const;
  expect(opened([of(100, { observed: over })]).owed).toEqual({ orders: 1, amount: 0 });
});

test('due today is what the schedule takes up before midnight in Beijing, and only of what it collects', () => {
  const lastMoment = beijing('2026-03-03 00:00') - 1;
  const orders = [
    of(1, { due_at: NOW - DAY }),
    of(2, { due_at: lastMoment }),
    of(4, { due_at: lastMoment + 1 }),
    of(8),
    of(16, { due_at: NOW, status: 'watched' }),
  ];
  expect(opened(orders).due_today).toEqual({ orders: 2, amount: 3 });
});

test('what is in flight is unknown when its answer says so, or when nobody reported until it could not leave any more', () => {
  const open = after(orderWith({}), claim());
  expect(opened([open], SEND_BY)).toMatchObject({ in_flight: 1, unknown: 0 });
  expect(opened([open], SEND_BY + 1)).toMatchObject({ in_flight: 1, unknown: 1, older_than_24h: 0 });
  expect(opened([after(open, settle('unknown'))])).toMatchObject({ in_flight: 1, unknown: 1 });
  expect(opened([after(open, settle('accepted'))], NOW + 2 * DAY)).toMatchObject({
    in_flight: 1,
    unknown: 0,
  });
});

test('what is unknown for longer than a day is named, twenty at most', () => {
  const orders = Array.from({ length: NAMED_MAX + 1 }, (_, index) => ({
    ...orderWith({ open: CLAIM }),
    ref: { ...REF, out_order_no: `N${index}` as never },
  }));
  expect(opened(orders, NOW + DAY)).toMatchObject({ unknown: 21, older_than_24h: 0, unknown_over_24h: [] });
  const late = opened(orders, NOW + DAY + 1);
  expect(late).toMatchObject({ unknown: 21, older_than_24h: 21 });
  expect(late.unknown_over_24h).toHaveLength(20);
  expect(late.unknown_over_24h[0]).toEqual({
    mchid: REF.mchid,
    sub_mchid: REF.sub_mchid,
    out_order_no: 'N0',
  });
});

const intent = { at: NOW, actor: ACTOR, reason: 'x', operation: OPERATIONS.cancel };
const watched = (changes: Partial<Order>) => of(10, { status: 'watched', ...changes });
test.each([
  ['a hold that lasts', watched({ hold: { actor: ACTOR, reason: 'x' }, intent }), NOTHING, 'held'],
  ['a hold that goes on', watched({ hold: { actor: ACTOR, reason: 'x', until: NOW + 1 } }), NOTHING, 'held'],
  [
    'a hold that is over says nothing',
    watched({ hold: { actor: ACTOR, reason: 'x', until: NOW }, stopped: { at: NOW, because: 'exhausted' } }),
    NOTHING,
    'exhausted',
  ],
  ['a decision by hand', watched({ intent, stopped: { at: NOW, because: 'last_day' } }), NOTHING, 'decided'],
  ['what stopped it', watched({ stopped: { at: NOW, because: 'refused' } }), NOTHING, 'refused'],
  ['what WeChat Pay says', watched({ observed: saw('not_completed', NOW) }), NOTHING, 'not_completed'],
  ['a switch on observe', watched({ observed: saw('pending', NOW) }), NOTHING, 'observing'],
  ['a switch that is off', watched({}), OFF, 'switched_off'],
] as const)(
  'an order that is only asked about is stopped because of %s',
  (_what, order, controls, because) => {
    const open = opened([order, order], NOW, controls);
    expect([...open.stopped]).toEqual([[because, { orders: 2, amount: 20 }]]);
    expect(open.watched).toEqual({ orders: 2, amount: 20 });
  },
);

test('what is to be refunded counts at its end too', () => {
  const overpaid = {
    ...saw('paid', NOW),
    facts: { state: 'DONE', total_amount: 60 as Fen, details: [] },
  };
  const order = orderWith({ observed: overpaid, status: 'refund_due' });
  expect(opened([order, of(100)])).toMatchObject({
    refund_due: { orders: 1, amount: 40 },
    owed: { orders: 1, amount: 100 },
  });
});

const BREAKER: Breaker = {
  version: 1,
  trips: 1,
  tripped_at: NOW - HOUR,
  until: NOW,
  because: '401 SIGN_ERROR',
};
const STOPPED = { because: '401 SIGN_ERROR', tripped_at: NOW - HOUR, until: NOW };
const key = (days_left: number): KeyEnd => ({
  what: 'api_certificate',
  serial_no: 'A1',
  valid_to: NOW + days_left * DAY,
  days_left,
});
const FACTS = {
  mchid: '1900009191' as Mchid,
  as_of: NOW,
  open: nothingOpen(),
  tally: newTally(),
  controls: NOTHING,
  keyEnds: [],
};

test('a merchant without orders has an overview of nothing', () => {
  expect(overviewOf(FACTS)).not.toHaveProperty('since');
  expect(overviewOf(FACTS)).toEqual({
    mchid: '1900009191',
    as_of: NOW,
    owed: none,
    recovered: none,
    due_today: none,
    in_flight: { orders: 0 },
    unknown: { orders: 0, older_than_24h: 0 },
    watched: none,
    stopped: [],
    by_day: [],
    by_attempt: [],
    by_hour: [],
    by_sub_code: [],
    needs_a_person: { refund_due: none, unknown_over_24h: [], keys_ending: [], stopped_pairs: [] },
  });
});

test('a person is needed where a breaker is open, and where a certificate ends within thirty days', () => {
  const pairs = new Map(Array.from({ length: 21 }, (_, at) => [`${at}/7` as `${never}/${never}`, BREAKER]));
  const controls = { ...NOTHING, breakers: { merchant: BREAKER, pairs } };
  const { needs_a_person: needs } = overviewOf({ ...FACTS, controls, keyEnds: [key(30), key(31)] });
  expect(needs.stopped_merchant).toEqual(STOPPED);
  expect(needs.stopped_pairs).toHaveLength(20);
  expect(needs.stopped_pairs[1]).toEqual({ sub_mchid: '1', service_id: '7', ...STOPPED });
  expect(needs.keys_ending).toEqual([key(30)]);
});

test('sums by time come in the order of time, other sums with the largest first', () => {
  const tally = newTally();
  count(tally, orderWith({ calls: [NOW, NOW + HOUR, NOW - DAY, NOW + 6 * DAY] }));
  tally.codes = { 'declined/2': 1, 'declined/1': 1, 'declined/3': 1, 'busy/': 1, 'unknown/': 5 };
  const open = opened([
    watched({ intent }),
    watched({ stopped: { at: NOW, because: 'refused' } }),
    watched({ stopped: { at: NOW, because: 'last_day' } }),
    watched({ stopped: { at: NOW, because: 'exhausted' } }),
    watched({ stopped: { at: NOW, because: 'exhausted' } }),
  ]);
  expect(overviewOf({ ...FACTS, tally, open })).toMatchObject({
    since: NOW - 10 * DAY,
    stopped: [
      { because: 'exhausted', orders: 2 },
      { because: 'decided', orders: 1 },
      { because: 'last_day', orders: 1 },
      { because: 'refused', orders: 1 },
    ],
    by_day: [
      { date: '2026-03-01', orders: 0, amount: 0, attempts: 1 },
      { date: '2026-03-02', orders: 0, amount: 0, attempts: 2 },
      { date: '2026-03-08', orders: 0, amount: 0, attempts: 1 },
    ],
    by_attempt: [1, 2, 3, 4].map((attempt) => ({ attempt, attempts: 1, paid: 0 })),
    by_hour: [
      { weekday: 1, hour: 12, attempts: 1, paid: 0 },
      { weekday: 1, hour: 13, attempts: 1, paid: 0 },
      { weekday: 7, hour: 12, attempts: 2, paid: 0 },
    ],
    by_sub_code: [
      { outcome: 'unknown', attempts: 5 },
      { outcome: 'busy', attempts: 1 },
      { sub_code: '1', outcome: 'declined', attempts: 1 },
      { sub_code: '2', outcome: 'declined', attempts: 1 },
      { sub_code: '3', outcome: 'declined', attempts: 1 },
    ],
  });
});

test('hours come in the order of the week, and of a day, whichever came first', () => {
  const hours = { '7/0': [1, 0], '1/13': [2, 0], '2/0': [3, 1], '1/9': [4, 0], '1/0': [5, 0] };
  const { by_hour } = overviewOf({ ...FACTS, tally: { ...newTally(), hours } as unknown as Tally });
  expect(by_hour).toEqual([
    { weekday: 1, hour: 0, attempts: 5, paid: 0 },
    { weekday: 1, hour: 9, attempts: 4, paid: 0 },
    { weekday: 1, hour: 13, attempts: 2, paid: 0 },
    { weekday: 2, hour: 0, attempts: 3, paid: 1 },
    { weekday: 7, hour: 0, attempts: 1, paid: 0 },
  ]);
});

test('an outcome without a code is told without one, before as many with one', () => {
  const codes = { 'busy/1': 1, 'busy/': 1, 'accepted/': 1, 'declined/268435461': 2 };
  const { by_sub_code } = overviewOf({ ...FACTS, tally: { ...newTally(), codes } });
  expect(by_sub_code).toStrictEqual([
    { sub_code: '268435461', outcome: 'declined', attempts: 2 },
    { outcome: 'accepted', attempts: 1 },
    { outcome: 'busy', attempts: 1 },
    { sub_code: '1', outcome: 'busy', attempts: 1 },
  ]);
});

test('days are told one by one for some time, and stay in the sums; the item is far below what DynamoDB takes', () => {
  const tally = newTally();
  for (let day = 0; day < 10 * 365; day += 1)
    count(
      tally,
      orderWith({ observed: saw('paid', NOW - day * DAY), calls: [NOW - day * DAY - 7 * day * HOUR] }),
    );
  tally.codes = Object.fromEntries(
    Array.from({ length: 201 }, (_, at) => [`misconfigured/27131657${at}`, 1]),
  );
  const overview = overviewOf({ ...FACTS, tally });
  expect(overview.by_day.length).toBeLessThanOrEqual(DAYS_MAX);
  expect(overview.by_day.at(-1)?.date).toBe('2026-03-02');
  expect(overview.by_day[0]?.date).toBe('2025-01-27');
  expect(overview.recovered).toEqual({ orders: 3_650, amount: 365_000 });
  expect(overview.by_sub_code).toHaveLength(100);
  expect(Buffer.byteLength(JSON.stringify(overview))).toBeLessThan(60_000);
});
