import type { Fen } from '../../lambda/core/ids';
import type { OrderFacts, Standing } from '../../lambda/core/observe';
import type { Observation } from '../../lambda/core/order';
import { refusesRelease } from '../../lambda/core/by-hand';
import { planned } from '../../lambda/core/plan';
import { refundDue, refundOf } from '../../lambda/core/refund';
import {
  ACTOR,
  after,
  around,
  claim,
  claimAt,
  DAY,
  HOUR,
  intended,
  MINUTE,
  NOW,
  OPERATIONS,
  orderWith,
  named,
  refunded,
  released,
  settle,
} from './orders';
import { decided, part } from './refunds';

function paid(paid_amount: number): Observation {
  const facts = { state: 'DONE', total_amount: 100, details: [] } as unknown as OrderFacts;
  return { at: NOW, standing: { kind: 'paid', paid_amount } as Standing, facts };
}

describe('a waiver that is told twice while nothing is known', () => {
  /** A part of 40 fen, of an order that is still pending. */
  const charged = (paid_time: string): Observation => ({
    ...part(40),
    at: NOW + 6 * HOUR,
    facts: { ...part(40).facts, details: [{ amount: 40 as Fen, paid_type: 'NEWTON', paid_time }] },
  });
  const first = after(orderWith({}), intended(NOW, OPERATIONS.cancel));
  const observe = (paid_time: string) => ({ kind: 'observe', observation: charged(paid_time) }) as const;

  test.each([OPERATIONS.cancel, OPERATIONS.sync])(
    'counts what is charged after its first word: %j',
    (again) => {
      const twice = after(
        first,
        intended(NOW + 2 * HOUR, again),
        intended(NOW + 4 * HOUR, OPERATIONS.cancel),
      );
      expect(twice.intent).toMatchObject({ at: NOW + 4 * HOUR, since: NOW });
      const between = after(twice, observe('20260302130000'));
      expect(refundDue(between)).toEqual({ amount: 40, because: 'charged_after_waiver' });
      const before = after(twice, observe('20260302110000'));
      expect(refundDue(before)).toBeUndefined();
      expect(after(before, intended(NOW + 8 * HOUR, OPERATIONS.cancel)).intent).toMatchObject({
        since: NOW,
        charged_before: 40,
      });
    },
  );

  test('and one that follows a lower amount begins with its own word', () => {
    const lowered = after(orderWith({}), intended(NOW, OPERATIONS.modify));
    expect(lowered.intent).not.toHaveProperty('since');
    expect(after(lowered, intended(NOW + HOUR, OPERATIONS.cancel)).intent).not.toHaveProperty('since');
    expect(after(first, intended(NOW + HOUR, OPERATIONS.modify)).intent).not.toHaveProperty('since');
  });
});

describe('an order with money to be refunded', () => {
  const order = orderWith({ observed: paid(100), ...decided(OPERATIONS.cancel) });

  test('stands in a list of its own until a person has dealt with it, and then among the paid', () => {
    expect(planned(order, around(), NOW, 0).status).toBe('refund_due');
    const dealtWith = after(order, released(NOW + DAY, refunded(100)));
    expect(dealtWith.refund_noted).toBe(100);
    expect(refundDue(dealtWith)).toBeUndefined();
    expect(planned(dealtWith, around(), NOW, 0).status).toBe('paid');
    // What was decided still explains it.
    expect(dealtWith.intent).toBeDefined();
  });

  test('is not dealt with by whoever ends a hold, or takes the decision back: he may have seen nothing else', () => {
    const hold = { actor: ACTOR, reason: 'disputed' };
    const unheld = after({ ...order, hold }, released(NOW + DAY));
    expect(unheld).not.toHaveProperty('hold');
    expect(refundDue(unheld)).toEqual({ amount: 100, because: 'charged_after_waiver' });
    expect(refundDue(after(unheld, released(NOW + 2 * DAY, refunded(100))))).toBeUndefined();

    const waived = orderWith({ observed: part(40), ...decided(OPERATIONS.cancel) });
    const takenBack = after(waived, released(NOW + DAY, named('cancel')));
    expect(takenBack).not.toHaveProperty('intent');
    expect(takenBack).not.toHaveProperty('refund_noted');
  });

  test('is released by no name that is not that of its decision', () => {
    expect(refusesRelease(order, named('sync'))).toBe('ended');
    const waived = orderWith({ observed: part(40), ...decided(OPERATIONS.cancel) });
    expect(refusesRelease(waived, named('cancel'))).toBeUndefined();
    expect(refusesRelease(waived, named('sync'))).toBe('not_named');
  });

  test('is to be refunded again when more was taken than was dealt with, and no more than that', () => {
    const more = { ...after(order, released(NOW, refunded(100))), observed: paid(150) };
    expect(refundDue(more)).toEqual({ amount: 50, because: 'charged_after_waiver' });
    expect(refusesRelease(more, refunded(150))).toBe('refund_differs');
    const all = after(more, released(NOW, refunded(50)));
    expect(all.refund_noted).toBe(150);
    expect(refundDue(all)).toBeUndefined();
  });

  test('is not dealt with by a release that names no amount, sent once, again, or for a full record or a refusal', () => {
    const waived = orderWith({ observed: part(40), ...decided(OPERATIONS.cancel) });
    const released40 = { amount: 40, because: 'charged_after_waiver' };
    const unheld = after({ ...waived, hold: { actor: ACTOR, reason: 'disputed' } }, released(NOW));
    expect(refusesRelease(unheld)).toBe('refund_not_named');
    const again = after(unheld, released(NOW));
    expect(refundDue(again)).toEqual(released40);
    expect(again).not.toHaveProperty('refund_noted');

    const entry = { kind: 'released', at: NOW, actor: ACTOR, reason: 'x' } as const;
    const full = { ...waived, timeline: Array.from({ length: 56 }, () => entry) };
    expect(refusesRelease(full)).toBeUndefined();
    const goesOn = after(full, released(NOW));
    expect(refundDue(goesOn)).toEqual(released40);
    expect(refusesRelease(goesOn)).toBe('refund_not_named');

    const open = claimAt(NOW, 'c1');
    const refused = {
      ...waived,
      timeline: after(orderWith({}), claim(open), settle('refused', open)).timeline,
    };
    expect(refusesRelease(refused)).toBeUndefined();
    expect(refundDue(after(refused, released(NOW + MINUTE)))).toEqual(released40);
  });

  test('has been dealt with when the amount that is due is named, and no other amount is taken for it', () => {
    const waived = orderWith({ observed: part(40), ...decided(OPERATIONS.cancel) });
    for (const [one, due] of [
      [waived, 40],
      [order, 100],
    ] as const) {
      expect(refusesRelease(one, refunded(due))).toBeUndefined();
      expect(refusesRelease(one, refunded(due - 1))).toBe('refund_differs');
      expect(refusesRelease(one, refunded(due + 1))).toBe('refund_differs');
      expect(refusesRelease(after(one, released(NOW, refunded(due))), refunded(due))).toBe('refund_differs');
    }
    expect(refusesRelease(orderWith({ observed: paid(100) }), refunded(100))).toBe('refund_differs');
    expect(() => after(orderWith({ observed: paid(100) }), released(NOW, refunded(100)))).toThrow(
      'a refund of 100 is not what is due',
    );
    expect(() => after(waived, released(NOW, refunded(39)))).toThrow(
      'order 1234323JKHDFE1243252: a refund of 39 is not what is due',
    );
  });

  test('whose refund has been dealt with is still waived: that takes nothing back', () => {
    const hold = { actor: ACTOR, reason: 'disputed' };
    const waived = orderWith({ observed: part(40), hold, ...decided(OPERATIONS.cancel) });
    const dealtWith = after(waived, released(NOW, refunded(40)));
    expect(dealtWith.intent?.operation).toEqual(OPERATIONS.cancel);
    expect(dealtWith).not.toHaveProperty('hold');
  });

  test('counts what was dealt with under the decision that it belongs to, and under no later one', () => {
    const waived = after(orderWith({ observed: part(0) }), intended(NOW, OPERATIONS.cancel));
    const refunded40 = after({ ...waived, observed: part(40) }, released(NOW, refunded(40)));
    expect(refunded40.refund_noted).toBe(40);
    const takenBack = after(refunded40, released(NOW + MINUTE, named('cancel')));
    expect(takenBack).not.toHaveProperty('refund_noted');
    const again = after(takenBack, intended(NOW + HOUR, OPERATIONS.cancel));
    expect(refundDue(again)).toBeUndefined();
    expect(refundDue({ ...again, observed: part(70) })).toEqual({
      amount: 30,
      because: 'charged_after_waiver',
    });
    // Whoever names another decision, or whose order is at its end, takes nothing back.
    expect(after(orderWith({}), released(NOW, named('sync')))).not.toHaveProperty('intent');
    expect(after(refunded40, released(NOW, named('sync'))).refund_noted).toBe(40);
    const ended = { ...refunded40, observed: paid(100) };
    expect(after(ended, released(NOW, named('cancel'))).refund_noted).toBe(40);
  });

  test('forgets nothing that was dealt with when a decision is told again', () => {
    const waived = after(orderWith({ observed: part(0) }), intended(NOW, OPERATIONS.cancel));
    const refunded40 = after({ ...waived, observed: part(40) }, released(NOW, refunded(40)));
    for (const operation of [OPERATIONS.cancel, OPERATIONS.sync]) {
      const again = after(refunded40, intended(NOW + HOUR, operation));
      expect(refundDue(again)).toBeUndefined();
      expect(refundDue({ ...again, observed: part(70) })?.amount).toBe(30);
    }
  });

  test('is counted from the first word also when nothing is known while it is told again', () => {
    const waived = after(orderWith({ observed: part(30) }), intended(NOW, OPERATIONS.cancel));
    const refunded40 = after({ ...waived, observed: part(70) }, released(NOW, refunded(40)));
    // A refusal contests what was known.
    const { observed: _contested, ...unknown } = refunded40;
    const again = after(unknown, intended(NOW + HOUR, OPERATIONS.sync));
    expect(again).toMatchObject({ intent: { charged_before: 30 }, refund_noted: 40 });
    expect(refundDue({ ...again, observed: part(75) })).toEqual({ amount: 5, because: 'paid_twice' });
  });

  test('is not hidden by what was dealt with under a lower amount, when a waiver follows it', () => {
    const reduced = after(orderWith({ observed: part(0) }), intended(NOW, OPERATIONS.modify));
    const refunded15 = after({ ...reduced, observed: part(75) }, released(NOW, refunded(15)));
    // A lower amount that is told again measures by all that was paid, as before.
    const lower = { ...OPERATIONS.modify, total_amount: 55 as Fen };
    expect(refundDue(after(refunded15, intended(NOW + MINUTE, lower)))?.amount).toBe(5);
    const waived = after(refunded15, intended(NOW + MINUTE, OPERATIONS.cancel));
    expect(waived).not.toHaveProperty('refund_noted');
    expect(refundDue(waived)).toBeUndefined();
    expect(refundDue({ ...waived, observed: part(85) })).toEqual({
      amount: 10,
      because: 'charged_after_waiver',
    });
  });

  test('that WeChat Pay then shows with the lower amount has no more to be refunded than before', () => {
    const reduced = after(orderWith({ observed: part(0) }), intended(NOW, OPERATIONS.modify));
    const refunded15 = after({ ...reduced, observed: part(75) }, released(NOW, refunded(15)));
    const seen = part(75);
    const done = { ...seen, at: NOW + MINUTE, facts: { ...seen.facts, total_amount: 60 as Fen } };
    const lower = after(refunded15, { kind: 'observe', observation: done });
    expect(lower).not.toHaveProperty('intent');
    expect(refundDue(lower)).toBeUndefined();
    expect(refundOf(lower)).toEqual({ amount: 15, because: 'overpaid' });
    // And hides nothing of a waiver that follows.
    const waived = after(lower, intended(NOW + HOUR, OPERATIONS.cancel));
    expect(refundDue({ ...waived, observed: part(95) })?.amount).toBe(20);
  });

  test('is not asked about any more: its end is verified', () => {
    expect(planned(order, around(), NOW, 0)).not.toHaveProperty('due_at');
  });
});
