import type { Fen } from '../../lambda/core/ids';
import {
  isTerminal,
  observe,
  type OrderFacts,
  type PaymentDetail,
  type Standing,
} from '../../lambda/core/observe';

const fen = (amount: number): Fen => amount as Fen;

describe('over every combination of known and unknown values', () => {
  const STATES = [
    'CREATED',
    'DOING',
    'DONE',
    'REVOKED',
    'EXPIRED',
    'CLOSED',
    'FROZEN',
    'done',
    '',
    '__proto__',
    'constructor',
  ];
  const DESCRIPTIONS = [undefined, 'USER_CONFIRM', 'MCH_COMPLETE', 'OTHER'];
  const COLLECTIONS = [undefined, 'USER_PAYING', 'USER_PAID', 'WAIT_PAY', '', 'OTHER', 'constructor'];
  const NEEDS = [undefined, true, false];
  const TOTALS = [undefined, 0, 100];
  const PAYING = [undefined, 0, 100];
  const PAIDS = [undefined, 0, 99, 100, 101];
  const DETAILS: readonly {
    readonly details: readonly PaymentDetail[];
    readonly sum?: number;
    readonly allMch?: true;
  }[] = [
    { details: [] },
    { details: [{}] },
    { details: [{ amount: fen(100), paid_type: 'NEWTON', transaction_id: 'T' }], sum: 100 },
    { details: [{ amount: fen(100), paid_type: 'MCH' }], sum: 100, allMch: true },
    {
      details: [
        { amount: fen(60), paid_type: 'NEWTON' },
        { amount: fen(40), paid_type: 'MCH' },
      ],
      sum: 100,
    },
    {
      details: [
        { amount: fen(60), paid_type: 'MCH' },
        { amount: fen(39), paid_type: 'MCH' },
      ],
      sum: 99,
      allMch: true,
    },
    { details: [{ amount: fen(100), paid_type: 'OTHER' }], sum: 100 },
    { details: [{ amount: fen(60), paid_type: 'NEWTON' }, { paid_type: 'NEWTON' }] },
  ];

  interface Case {
    readonly given: OrderFacts;
    readonly covered: boolean;
    readonly allMch: boolean;
  }

  function* everyCase(): Generator<Case> {
    for (const state of STATES)
      for (const description of DESCRIPTIONS)
        for (const collection of COLLECTIONS)
          for (const need of NEEDS)
            for (const total of TOTALS)
              for (const paying of PAYING)
                for (const paid of PAIDS)
                  for (const { details, sum, allMch } of DETAILS) {
                    const covering = paid ?? sum;
                    yield {
                      given: {
                        state,
                        details,
                        ...(description === undefined ? {} : { state_description: description }),
                        ...(collection === undefined ? {} : { collection_state: collection }),
                        ...(need === undefined ? {} : { need_collection: need }),
                        ...(total === undefined ? {} : { total_amount: fen(total) }),
                        ...(paying === undefined ? {} : { paying_amount: fen(paying) }),
                        ...(paid === undefined ? {} : { paid_amount: fen(paid) }),
                      },
                      covered: total !== undefined && covering !== undefined && covering >= total,
                      allMch: allMch === true,
                    };
                  }
  }

  /** The cases, of all, in which `holds` is not true. At most three, to be read. */
  function exceptions(holds: (standing: Standing, one: Case) => boolean): Case[] {
    const found: Case[] = [];
    let count = 0;
    for (const one of everyCase()) {
      count += 1;
      if (!holds(observe(one.given), one) && found.length < 3) found.push(one);
    }
    expect(count).toBe(332_640);
    return found;
  }

  const isDue = ({ given }: Case) => given.need_collection !== false && given.total_amount !== 0;

  test('paid comes out of DONE and USER_PAID with what was due covered, and of nothing else', () => {
    expect(
      exceptions((standing, one) => {
        const { given, covered, allMch } = one;
        const paid = given.state === 'DONE' && given.collection_state === 'USER_PAID' && covered;
        return (standing.kind === 'paid') === (paid && isDue(one) && !allMch);
      }),
    ).toEqual([]);
  });

  test('pending comes out of DOING, MCH_COMPLETE and paying, with something due, and of nothing else', () => {
    expect(
      exceptions(
        (standing, { given }) =>
          (standing.kind === 'pending') ===
          (given.state === 'DOING' &&
            given.state_description === 'MCH_COMPLETE' &&
            ['USER_PAYING', 'WAIT_PAY'].includes(given.collection_state ?? '') &&
            given.need_collection !== false &&
            given.paying_amount !== 0),
      ),
    ).toEqual([]);
  });

  test('settled comes out of DONE with nothing due, or with all of it paid elsewhere', () => {
    expect(
      exceptions((standing, one) => {
        const { given, covered, allMch } = one;
        const { collection_state: collection, details } = given;
        const elsewhere = isDue(one) && collection === 'USER_PAID' && covered && allMch;
        const money = (given.paid_amount ?? 0) > 0 || details.some(({ amount = 0 }) => amount > 0);
        const waived =
          !isDue(one) &&
          [undefined, '', 'USER_PAID'].includes(collection) &&
          !money &&
          (given.paying_amount ?? 0) === 0;
        return (standing.kind === 'settled') === (given.state === 'DONE' && (waived || elsewhere));
      }),
    ).toEqual([]);
  });

  test('cancelled, expired and not completed come out of their states, unless WeChat Pay speaks of money', () => {
    expect(
      exceptions(({ kind }, { given }) => {
        const {
          state,
          state_description: description,
          collection_state: collection,
          paid_amount: paid,
        } = given;
        const money =
          collection === 'USER_PAID' || (paid ?? 0) > 0 || given.details.some(({ amount = 0 }) => amount > 0);
        return (
          (kind === 'cancelled') === (['REVOKED', 'CLOSED'].includes(state) && !money) &&
          (kind === 'expired') === (state === 'EXPIRED' && !money) &&
          (kind === 'not_completed') ===
            (!money && (state === 'CREATED' || (state === 'DOING' && description === 'USER_CONFIRM')))
        );
      }),
    ).toEqual([]);
  });

  test('everything else is unrecognised and says why; nothing ends an order that is not terminal', () => {
    expect(
      exceptions((standing) => {
        const terminal = ['paid', 'settled', 'cancelled', 'expired'].includes(standing.kind);
        return (
          isTerminal(standing) === terminal &&
          (standing.kind !== 'unrecognised' || standing.because.length > 10)
        );
      }),
    ).toEqual([]);
  });
});
