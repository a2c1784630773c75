import type { Fen } from '../../lambda/core/ids';
import type { OrderFacts, PaymentDetail, Standing } from '../../lambda/core/observe';
import type { Observation, Operation, Order } from '../../lambda/core/order';
import { refusesRelease } from '../../lambda/core/by-hand';
import { planned } from '../../lambda/core/plan';
import { REFUND_REASONS, refundDue, refundOf } from '../../lambda/core/refund';
import {
  ACTOR,
  after,
  around,
  DAY,
  intended,
  MINUTE,
  NOW,
  OPERATIONS,
  orderWith,
  released,
  saw,
  STANDING_KINDS,
} from './orders';

function paid(
  paid_amount: number,
  { total = 100, details = [] }: { total?: number | undefined; details?: object[] } = {},
): Observation {
  const facts = {
    state: 'DONE',
    total_amount: total,
    details: details as PaymentDetail[],
  } as unknown as OrderFacts;
  return { at: NOW, standing: { kind: 'paid', paid_amount } as Standing, facts };
}

function part(paid_amount: number): Observation {
  const facts = { state: 'DOING', total_amount: 100, paid_amount, details: [] } as unknown as OrderFacts;
  return { at: NOW, standing: { kind: 'pending', paid_amount } as Standing, facts };
}

const decided = (operation: Operation): Pick<Order, 'intent'> => ({
  intent: { at: NOW - DAY, actor: ACTOR, reason: 'goodwill', operation },
});

describe('money is to be refunded', () => {
  test('when the user was charged although he had paid elsewhere', () => {
    const order = orderWith({ observed: paid(100), ...decided(OPERATIONS.sync) });
    expect(refundOf(order)).toEqual({ amount: 100, because: 'paid_twice' });
  });

  test('when he was charged although the order was waived', () => {
    const order = orderWith({ observed: paid(100), ...decided(OPERATIONS.cancel) });
    expect(refundOf(order)).toEqual({ amount: 100, because: 'charged_after_waiver' });
  });

  test('when he was charged the earlier amount, by the difference', () => {
    const order = orderWith({ observed: paid(100), ...decided(OPERATIONS.modify) });
    expect(refundOf(order)).toEqual({ amount: 40, because: 'charged_more_than_decided' });
    expect(refundOf(orderWith({ observed: paid(60), ...decided(OPERATIONS.modify) }))).toBeUndefined();
  });

  test('when more was paid than the order came to', () => {
    expect(refundOf(orderWith({ observed: paid(200) }))).toEqual({ amount: 100, because: 'overpaid' });
  });

  test('as far as WeChat Pay took it: what was paid elsewhere is not its to give back', () => {
    const details = [
      { amount: 30, paid_type: 'NEWTON' },
      { amount: 100, paid_type: 'MCH' },
      { amount: 20, paid_type: 'NEWTON' },
    ];
    const order = orderWith({ observed: paid(150, { details }), ...decided(OPERATIONS.sync) });
    expect(refundOf(order)).toEqual({ amount: 50, because: 'paid_twice' });
    const elsewhere = [{ amount: 100, paid_type: 'MCH' }];
    expect(
      refundOf(orderWith({ observed: paid(100, { details: elsewhere }), ...decided(OPERATIONS.sync) })),
    ).toBeUndefined();
    // Parts without amounts tell nothing: then the whole counts.
    const unknown = [{ paid_type: 'NEWTON' }];
    expect(
      refundOf(orderWith({ observed: paid(100, { details: unknown }), ...decided(OPERATIONS.cancel) })),
    ).toEqual({ amount: 100, because: 'charged_after_waiver' });
    const halfKnown = [{ amount: 30, paid_type: 'NEWTON' }, { paid_type: 'MCH' }];
    expect(
      refundOf(orderWith({ observed: paid(100, { details: halfKnown }), ...decided(OPERATIONS.cancel) })),
    ).toEqual({ amount: 100, because: 'charged_after_waiver' });
  });

  test('as far as it was taken after the decision: a part that was paid before it is no reason', () => {
    const intent = {
      at: NOW - DAY,
      actor: ACTOR,
      reason: 'x',
      operation: OPERATIONS.sync,
      charged_before: 40 as Fen,
    };
    const parts = [
      { amount: 40, paid_type: 'NEWTON' },
      { amount: 60, paid_type: 'MCH' },
    ];
    expect(refundOf(orderWith({ observed: paid(100, { details: parts }), intent }))).toBeUndefined();
    const charged = [...parts, { amount: 60, paid_type: 'NEWTON' }];
    expect(refundOf(orderWith({ observed: paid(160, { details: charged }), intent }))).toEqual({
      amount: 60,
      because: 'paid_twice',
    });
  });

  test('as far as it is known to have been taken: a decision before anything was seen claims no part of it', () => {
    const waived = after(orderWith({}), intended(NOW, OPERATIONS.cancel));
    expect(waived.intent).not.toHaveProperty('charged_before');
    expect(refundDue({ ...waived, observed: paid(100) })).toEqual({
      amount: 100,
      because: 'charged_after_waiver',
    });
  });

  test('as far as it was taken after the first word: a decision that is told again forgets nothing', () => {
    const waived = after(orderWith({ observed: part(0) }), intended(NOW, OPERATIONS.cancel));
    const again = after({ ...waived, observed: part(40) }, intended(NOW + MINUTE, OPERATIONS.cancel));
    expect(refundDue(again)).toEqual({ amount: 40, because: 'charged_after_waiver' });
    // A lower amount was still to be paid: what is paid of it before the waiver is no reason.
    const reduced = after(orderWith({ observed: part(0) }), intended(NOW, OPERATIONS.modify));
    const gone = after({ ...reduced, observed: part(40) }, intended(NOW + MINUTE, OPERATIONS.cancel));
    expect(refundDue(gone)).toBeUndefined();
  });

  test('when a part was taken after a waiver, and the rest is still pending', () => {
    const before = orderWith({ observed: part(0) });
    const waived = after(before, intended(NOW, OPERATIONS.cancel));
    expect(waived.intent?.charged_before).toBe(0);
    const charged = { ...waived, observed: part(40) };
    expect(refundDue(charged)).toEqual({ amount: 40, because: 'charged_after_waiver' });
    expect(planned(charged, around(), NOW, 0)).toMatchObject({ status: 'refund_due', due_at: NOW + DAY });
    // A part that is paid of an order that goes on is no refund.
    expect(refundDue(orderWith({ observed: part(40) }))).toBeUndefined();
    expect(
      refundOf(orderWith({ observed: saw('pending', NOW), ...decided(OPERATIONS.cancel) })),
    ).toBeUndefined();
  });

  test('never of an order that was paid as it should be, or of one that is not verified as paid', () => {
    expect(refundOf(orderWith({ observed: paid(100) }))).toBeUndefined();
    expect(refundOf(orderWith({ observed: paid(100, { total: undefined }) }))).toBeUndefined();
    expect(refundOf(orderWith(decided(OPERATIONS.cancel)))).toBeUndefined();
    for (const kind of STANDING_KINDS.filter((one) => one !== 'paid'))
      expect(
        refundOf(orderWith({ observed: saw(kind, NOW), ...decided(OPERATIONS.cancel) })),
      ).toBeUndefined();
    const details = [{ amount: 30, paid_type: 'NEWTON' }] as unknown as PaymentDetail[];
    const waived = { ...saw('cancelled', NOW), facts: { state: 'REVOKED', details } };
    expect(refundOf(orderWith({ observed: waived, ...decided(OPERATIONS.cancel) }))).toBeUndefined();
  });

  test.each(Object.keys(REFUND_REASONS) as (keyof typeof REFUND_REASONS)[])(
    '%s is told in a sentence',
    (because) => {
      expect(REFUND_REASONS[because]).toMatch(/^[A-Z].{20,}\.$/);
    },
  );
});

describe('an order with money to be refunded', () => {
  const order = orderWith({ observed: paid(100), ...decided(OPERATIONS.cancel) });

  test('stands in a list of its own until a person has dealt with it, and then among the paid', () => {
    expect(planned(order, around(), NOW, 0).status).toBe('refund_due');
    const dealtWith = after(order, released(NOW + DAY));
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
    expect(refundDue(after(unheld, released(NOW + 2 * DAY)))).toBeUndefined();

    const waived = orderWith({ observed: part(40), ...decided(OPERATIONS.cancel) });
    const takenBack = after(waived, released(NOW + DAY, 'cancel'));
    expect(takenBack).not.toHaveProperty('intent');
    expect(takenBack).not.toHaveProperty('refund_noted');
  });

  test('is released by no name that is not that of its decision', () => {
    expect(refusesRelease(order)).toBeUndefined();
    expect(refusesRelease(order, 'sync')).toBe('ended');
    const waived = orderWith({ observed: part(40), ...decided(OPERATIONS.cancel) });
    expect(refusesRelease(waived, 'cancel')).toBeUndefined();
    expect(refusesRelease(waived, 'sync')).toBe('not_named');
  });

  test('is to be refunded again when more was taken than was dealt with, and no more than that', () => {
    const more = { ...after(order, released(NOW)), observed: paid(150) };
    expect(refundDue(more)).toEqual({ amount: 50, because: 'charged_after_waiver' });
  });

  test('is not asked about any more: its end is verified', () => {
    expect(planned(order, around(), NOW, 0)).not.toHaveProperty('due_at');
  });
});
