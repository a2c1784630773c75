import fc from 'fast-check';
import { evolve } from '../../lambda/core/evolve';
import type { Fen } from '../../lambda/core/ids';
import {
  doubt,
  judge,
  type Judgement,
  type Notice,
  NOTIFICATION_OUTCOMES,
} from '../../lambda/core/notification';
import { observe, type OrderFacts } from '../../lambda/core/observe';
import type { Observation, Order } from '../../lambda/core/order';
import { CLAIM, MINUTE, NOW, orderWith } from './orders';

const SECOND = 1_000;

/** What WeChat Pay says after so much of 100 fen was paid. */
function paidSoFar(fen: number): OrderFacts {
  const amounts = { total_amount: 100, paying_amount: 100 - fen, paid_amount: fen } as unknown as object;
  return fen < 100
    ? {
        state: 'DOING',
        state_description: 'MCH_COMPLETE',
        collection_state: 'USER_PAYING',
        details: [],
        ...amounts,
      }
    : { state: 'DONE', collection_state: 'USER_PAID', details: [], ...amounts };
}

const CANCELLED: OrderFacts = { state: 'REVOKED', details: [] };
const NOT_COMPLETED: OrderFacts = { state: 'DOING', state_description: 'USER_CONFIRM', details: [] };
const PENDING: OrderFacts = {
  state: 'DOING',
  state_description: 'MCH_COMPLETE',
  collection_state: 'USER_PAYING',
  details: [],
};
const FROZEN: OrderFacts = { state: 'FROZEN', details: [] };
const ELSEWHERE: OrderFacts = {
  ...paidSoFar(100),
  details: [{ seq: 1, amount: 100 as Fen, paid_type: 'MCH' }],
};

function seen(facts: OrderFacts, at: number, by?: 'notification'): Observation {
  return { at, standing: observe(facts), facts, ...(by === undefined ? {} : { by }) };
}

const known = (facts: OrderFacts, at: number): Order => orderWith({ observed: seen(facts, at) });

function notice(created_at: number, late = false): Notice {
  return {
    id: 'EV-1',
    event_type: 'PAYSCORE.USER_PAID',
    created_at,
    signed_at: created_at,
    signed_by: 'public_key',
    late,
  };
}

function judged(order: Order, facts: OrderFacts, created_at: number, late = false): Judgement {
  return judge(order, { notice: notice(created_at, late), facts }, NOW);
}

describe('what a notification says is applied as an answer to a query would be', () => {
  const applied = (facts: OrderFacts, at: number) => ({
    kind: 'applied',
    change: { kind: 'observe', observation: seen(facts, at, 'notification') },
  });

  test('to an order that nothing is known of', () => {
    expect(judged(orderWith({}), paidSoFar(100), NOW - MINUTE)).toEqual(
      applied(paidSoFar(100), NOW - MINUTE),
    );
  });

  test('to one that was pending, as of when it was written, not of when it came', () => {
    const order = known(paidSoFar(0), NOW - 10 * MINUTE);
    expect(judged(order, paidSoFar(100), NOW - MINUTE)).toEqual(applied(paidSoFar(100), NOW - MINUTE));
    expect(judged(order, paidSoFar(30), NOW - MINUTE)).toEqual(applied(paidSoFar(30), NOW - MINUTE));
  });

  test('but never as of later than now, whatever its clock says', () => {
    const order = known(paidSoFar(0), NOW - 10 * MINUTE);
    expect(judged(order, paidSoFar(100), NOW + MINUTE)).toEqual(applied(paidSoFar(100), NOW));
  });

  test('to one that had come to another end, because WeChat Pay corrects itself', () => {
    expect(judged(known(CANCELLED, NOW - 10 * MINUTE), paidSoFar(100), NOW)).toMatchObject({
      kind: 'applied',
    });
    expect(judged(known(ELSEWHERE, NOW - 10 * MINUTE), paidSoFar(100), NOW)).toMatchObject({
      kind: 'applied',
    });
  });

  test('and a state that is not known is kept as it came', () => {
    expect(judged(known(paidSoFar(0), NOW - MINUTE), FROZEN, NOW)).toEqual(applied(FROZEN, NOW));
  });

  test('a payment closes an open attempt', () => {
    const order = orderWith({ open: CLAIM, observed: seen(paidSoFar(0), NOW - MINUTE) });
    const judgement = judged(order, paidSoFar(100), NOW);
    if (judgement.kind !== 'applied') throw new Error(judgement.kind);
    expect(evolve(order, judgement.change).open).toBeUndefined();
  });
});

describe('nothing is written', () => {
  test('when the ledger says the same, be it older or newer', () => {
    for (const at of [NOW - MINUTE, NOW, NOW + MINUTE]) {
      expect(judged(known(paidSoFar(100), at), paidSoFar(100), NOW)).toEqual({ kind: 'known' });
      expect(judged(known(paidSoFar(30), at), paidSoFar(30), NOW)).toEqual({ kind: 'known' });
      expect(judged(known(FROZEN, at), FROZEN, NOW)).toEqual({ kind: 'known' });
    }
  });

  test.each([
    ['less was paid than is known by now', paidSoFar(30), paidSoFar(60)],
    ['it was pending, and is paid by now', paidSoFar(60), paidSoFar(100)],
    ['it was pending, and is cancelled by now', paidSoFar(0), CANCELLED],
    ['it was pending, and is paid elsewhere by now', paidSoFar(0), ELSEWHERE],
    ['it was not completed, and is pending by now', NOT_COMPLETED, paidSoFar(0)],
    ['it was pending, and says nothing of amounts', PENDING, paidSoFar(30)],
  ])('when an earlier stage comes late: %s', (_, earlier, later) => {
    expect(judged(known(later, NOW - MINUTE), earlier, NOW - 2 * MINUTE)).toEqual({ kind: 'known' });
    expect(judged(known(later, NOW - MINUTE), earlier, NOW - 2 * MINUTE, true)).toEqual({ kind: 'known' });
  });

  test('when two stages bear the same second, the further one counts, whichever comes first', () => {
    expect(judged(known(paidSoFar(60), NOW), paidSoFar(30), NOW)).toEqual({ kind: 'known' });
    expect(judged(known(paidSoFar(30), NOW), paidSoFar(60), NOW)).toMatchObject({ kind: 'applied' });
  });
});

describe('a query becomes due, and nothing else changes', () => {
  const DOUBTED = { kind: 'doubted', change: { kind: 'doubt', at: NOW } };

  test.each([
    ['it says paid', paidSoFar(100), paidSoFar(0)],
    ['it says that more was paid', paidSoFar(60), paidSoFar(30)],
    ['it says that something was paid of an order that is cancelled', paidSoFar(30), CANCELLED],
    ['it says that something was paid here of an order paid elsewhere', paidSoFar(30), ELSEWHERE],
    ['it knows of a completion that the ledger does not', paidSoFar(0), NOT_COMPLETED],
    ['what the ledger knows is not understood', paidSoFar(0), FROZEN],
    ['it is not understood', FROZEN, paidSoFar(0)],
    ['it says that another amount was paid', { ...paidSoFar(100), paid_amount: 120 as Fen }, paidSoFar(100)],
  ])('when what is known is newer and does not explain what it says: %s', (_, said, newer) => {
    expect(judged(known(newer, NOW - MINUTE), said, NOW - 4 * MINUTE)).toEqual(DOUBTED);
  });

  test('when it is late, even where it says more than is known', () => {
    expect(judged(known(paidSoFar(0), NOW - 60 * MINUTE), paidSoFar(100), NOW - 10 * MINUTE, true)).toEqual(
      DOUBTED,
    );
    expect(judged(orderWith({}), paidSoFar(100), NOW - 10 * MINUTE, true)).toEqual(DOUBTED);
  });

  test('and not even that is written when the order is in doubt already', () => {
    const order = { ...known(paidSoFar(0), NOW - 60 * MINUTE), doubted_at: NOW - 5 * MINUTE };
    expect(judged(order, paidSoFar(100), NOW - 10 * MINUTE, true)).toEqual({ kind: 'doubted' });
    expect(doubt(order, NOW)).toEqual({ kind: 'doubted' });
    expect(doubt(orderWith({}), NOW)).toEqual(DOUBTED);
  });

  test('but written again when the question about that one brought nothing: it is asked at once then, not on the ladder', () => {
    const unanswered = { count: 8, at: NOW - MINUTE };
    expect(doubt(orderWith({ doubted_at: NOW - 5 * MINUTE, unanswered }), NOW)).toEqual(DOUBTED);
  });

  test('when it takes a verified end away: that is left to the answer to a question', () => {
    const later = NOW - 10 * MINUTE;
    for (const end of [paidSoFar(100), CANCELLED, ELSEWHERE])
      expect(judged(known(end, NOW - 60 * MINUTE), paidSoFar(50), later)).toEqual(DOUBTED);
  });
});

test('deliveries in any order, any number of times, leave the same knowledge', () => {
  const stages = fc
    .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 4 })
    .map((amounts) => [...amounts.toSorted((a, b) => a - b), 100]);
  const deliveries = stages.chain((amounts) => {
    const twice = [...amounts.keys(), ...amounts.keys()];
    return fc.tuple(
      fc.constant(amounts),
      fc.shuffledSubarray(twice, { minLength: twice.length }),
      // WeChat Pay writes whole seconds: several payments may bear the same.
      fc.array(fc.integer({ min: 0, max: 90 }), { minLength: amounts.length, maxLength: amounts.length }),
      fc.boolean(),
    );
  });
  fc.assert(
    fc.property(deliveries, ([amounts, order, steps, open]) => {
      const createdAt = amounts.map((_, index) => {
        const seconds = steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0);
        return NOW - 30 * MINUTE + seconds * SECOND;
      });
      const begun = orderWith({
        ...(open ? { open: { ...CLAIM, claimed_at: NOW - 60 * MINUTE } } : {}),
        observed: seen(paidSoFar(0), NOW - 60 * MINUTE),
      });
      const ended = order.reduce((before, index) => {
        const judgement = judged(before, paidSoFar(amounts[index] ?? 0), createdAt[index] ?? 0);
        if (judgement.kind === 'doubted') throw new Error('a plain history raised a doubt');
        return judgement.kind === 'applied' ? evolve(before, judgement.change) : before;
      }, begun);
      expect(ended.observed).toEqual(seen(paidSoFar(100), createdAt.at(-1) ?? 0, 'notification'));
      expect(ended.open).toBeUndefined();
      expect(ended.timeline.filter(({ kind }) => kind === 'observed')).toHaveLength(1);
    }),
    { numRuns: 300 },
  );
});

test.each(Object.entries(NOTIFICATION_OUTCOMES))('what %s means is said in one line', (_, meaning) => {
  expect(meaning).toMatch(/^[A-Z][^\n]{20,100}\.$/);
});
