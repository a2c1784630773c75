import type { Fen } from '../../lambda/core/ids';
import { observe, STANDING_MEANINGS, type OrderFacts, type Standing } from '../../lambda/core/observe';

const fen = (amount: number): Fen => amount as Fen;

function facts(changes: Partial<OrderFacts>): OrderFacts {
  return { state: 'DONE', details: [], ...changes };
}

const PAID = facts({
  collection_state: 'USER_PAID',
  need_collection: true,
  total_amount: fen(100),
  paying_amount: fen(0),
  paid_amount: fen(100),
});
const PENDING = facts({
  state: 'DOING',
  state_description: 'MCH_COMPLETE',
  collection_state: 'USER_PAYING',
  need_collection: true,
  total_amount: fen(100),
  paying_amount: fen(100),
  paid_amount: fen(0),
});

describe('an order is paid', () => {
  test('when it is DONE, USER_PAID, and what was paid covers what was due', () => {
    expect(observe(PAID)).toEqual({ kind: 'paid', paid_amount: 100 });
    expect(observe({ ...PAID, paid_amount: fen(101) })).toEqual({ kind: 'paid', paid_amount: 101 });
  });

  test('with the transaction number of the first payment that has one', () => {
    const details = [
      { amount: fen(40), paid_type: 'MCH' },
      { amount: fen(30), paid_type: 'NEWTON', transaction_id: 'T1' },
      { amount: fen(30), paid_type: 'NEWTON', transaction_id: 'T2' },
    ];
    expect(observe({ ...PAID, details })).toEqual({ kind: 'paid', paid_amount: 100, transaction_id: 'T1' });
  });

  test('by the sum of its payments when the amount paid is not given', () => {
    const { paid_amount: _, ...rest } = PAID;
    const details = [{ amount: fen(60) }, { amount: fen(40), transaction_id: 'T' }];
    expect(observe({ ...rest, details })).toEqual({ kind: 'paid', paid_amount: 100, transaction_id: 'T' });
  });
});

describe('DONE is not paid', () => {
  const without = (name: keyof OrderFacts): OrderFacts => {
    const { [name]: _, ...rest } = PAID;
    return rest as OrderFacts;
  };

  test.each<[string, OrderFacts, Standing]>([
    [
      'one fen short',
      { ...PAID, paid_amount: fen(99) },
      { kind: 'unrecognised', because: 'USER_PAID with 99 of 100 fen' },
    ],
    [
      'without an amount paid',
      without('paid_amount'),
      { kind: 'unrecognised', because: 'USER_PAID without any paid amount' },
    ],
    [
      'with a payment of unknown amount',
      { ...without('paid_amount'), details: [{ amount: fen(100) }, {}] },
      { kind: 'unrecognised', because: 'USER_PAID without any paid amount' },
    ],
    [
      'with payments too large to add up',
      { ...without('paid_amount'), details: [{ amount: fen(2 ** 53 - 1) }, { amount: fen(2 ** 53 - 1) }] },
      { kind: 'unrecognised', because: 'USER_PAID without any paid amount' },
    ],
    [
      'without a total',
      without('total_amount'),
      { kind: 'unrecognised', because: 'USER_PAID without a total_amount' },
    ],
    [
      'while the user is paying',
      { ...PAID, collection_state: 'USER_PAYING' },
      { kind: 'unrecognised', because: 'DONE with collection.state "USER_PAYING"' },
    ],
    [
      'by the synonym for paying',
      { ...PAID, collection_state: 'WAIT_PAY' },
      { kind: 'unrecognised', because: 'DONE with collection.state "WAIT_PAY"' },
    ],
    [
      'without a collection',
      without('collection_state'),
      { kind: 'unrecognised', because: 'DONE with collection.state (absent)' },
    ],
    [
      'with nothing due',
      { ...PAID, total_amount: fen(0), paid_amount: fen(0) },
      { kind: 'settled', because: 'nothing_due' },
    ],
    [
      'with nothing to be collected',
      { ...PAID, need_collection: false, paid_amount: fen(0) },
      { kind: 'settled', because: 'nothing_due' },
    ],
    [
      'with nothing to be collected, although something was paid',
      { ...PAID, need_collection: false },
      { kind: 'unrecognised', because: 'nothing was due although something was paid' },
    ],
    [
      'with nothing due and a collection that is not known',
      { ...PAID, total_amount: fen(0), paid_amount: fen(0), collection_state: 'SOMETHING_NEW' },
      { kind: 'unrecognised', because: 'DONE with collection.state "SOMETHING_NEW"' },
    ],
    [
      'when all of it was paid through another channel',
      { ...PAID, details: [{ amount: fen(100), paid_type: 'MCH' }] },
      { kind: 'settled', because: 'paid_elsewhere' },
    ],
  ])('%s', (_, given, standing) => {
    expect(observe(given)).toEqual(standing);
  });
});

describe('an order is pending', () => {
  test('when it is DOING, MCH_COMPLETE and USER_PAYING, with its amounts where they are given', () => {
    expect(observe(PENDING)).toEqual({ kind: 'pending', paying_amount: 100, paid_amount: 0 });
    const { paying_amount: _paying, paid_amount: _paid, ...rest } = PENDING;
    expect(observe(rest)).toEqual({ kind: 'pending' });
  });

  test('by the manual’s synonym WAIT_PAY too', () => {
    expect(observe({ ...PENDING, collection_state: 'WAIT_PAY' }).kind).toBe('pending');
  });

  test('with part of it paid', () => {
    const partly = { ...PENDING, paying_amount: fen(60), paid_amount: fen(40) };
    expect(observe(partly)).toEqual({ kind: 'pending', paying_amount: 60, paid_amount: 40 });
  });

  test.each<[string, Partial<OrderFacts>, string]>([
    [
      'USER_PAID does not go with DOING',
      { collection_state: 'USER_PAID' },
      'DOING with collection.state "USER_PAID"',
    ],
    ['an unknown description', { state_description: 'OTHER' }, 'state_description "OTHER" is not known'],
    ['nothing to be collected', { need_collection: false }, 'USER_PAYING although need_collection is false'],
    ['nothing left to be paid', { paying_amount: fen(0) }, 'USER_PAYING although paying_amount is 0'],
  ])('not when the parts contradict one another: %s', (_, changes, because) => {
    expect(observe({ ...PENDING, ...changes })).toEqual({ kind: 'unrecognised', because });
  });

  test('not when DOING has no description at all', () => {
    const { state_description: _, ...rest } = PENDING;
    expect(observe(rest)).toEqual({
      kind: 'unrecognised',
      because: 'state_description (absent) is not known',
    });
  });
});

describe('the other states', () => {
  test.each<[Partial<OrderFacts>, Standing]>([
    [{ state: 'CREATED' }, { kind: 'not_completed' }],
    [{ state: 'DOING', state_description: 'USER_CONFIRM' }, { kind: 'not_completed' }],
    [{ state: 'REVOKED' }, { kind: 'cancelled' }],
    [{ state: 'CLOSED' }, { kind: 'cancelled' }],
    [{ state: 'EXPIRED' }, { kind: 'expired' }],
    [{ state: 'done' }, { kind: 'unrecognised', because: 'state "done" is not known' }],
    [{ state: '' }, { kind: 'unrecognised', because: 'state "" is not known' }],
    [{ state: 'constructor' }, { kind: 'unrecognised', because: 'state "constructor" is not known' }],
  ])('%j: %j', (given, standing) => {
    expect(observe(facts(given))).toEqual(standing);
  });
});

test.each<[Partial<OrderFacts>, string]>([
  [{ state: 'CREATED', paid_amount: fen(1) }, 'CREATED although something was paid'],
  [{ state: 'REVOKED', collection_state: 'USER_PAID' }, 'REVOKED although something was paid'],
  [{ state: 'EXPIRED', paid_amount: fen(100) }, 'EXPIRED although something was paid'],
  [
    { state: 'DOING', state_description: 'USER_CONFIRM', paid_amount: fen(1) },
    'DOING although something was paid',
  ],
])('%j speaks of money where there can be none: a person has to look', (given, because) => {
  expect(observe(facts(given))).toEqual({ kind: 'unrecognised', because });
});

test('every standing has a meaning that a person can read out', () => {
  expect(Object.keys(STANDING_MEANINGS)).toEqual([
    'pending',
    'paid',
    'settled',
    'cancelled',
    'expired',
    'not_completed',
    'unrecognised',
  ]);
  expect(Object.values(STANDING_MEANINGS).every((meaning) => /^[A-Z].{15,}\.$/.test(meaning))).toBe(true);
});
