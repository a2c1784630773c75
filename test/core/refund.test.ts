import type { Fen } from '../../lambda/core/ids';
import type { OrderFacts, PaymentDetail, Standing } from '../../lambda/core/observe';
import type { Observation } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import { REFUND_REASONS, refundDue, refundOf } from '../../lambda/core/refund';
import {
  ACTOR,
  after,
  around,
  byHandAt,
  claim,
  DAY,
  intended,
  MINUTE,
  NOW,
  OPERATIONS,
  orderWith,
  saw,
  STANDING_KINDS,
} from './orders';
import { decided, part } from './refunds';

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
    // Nor is one that is told of a settlement after a waiver another beginning.
    const settled = after({ ...waived, observed: part(40) }, intended(NOW + MINUTE, OPERATIONS.sync));
    expect(refundDue(settled)).toEqual({ amount: 40, because: 'paid_twice' });
  });

  test('as far as it was taken after the first word by WeChat Pay’s own times, when nothing was known at that word', () => {
    const settled = after(orderWith({}), intended(NOW, OPERATIONS.sync));
    const [before, since] = [
      { amount: 40, paid_type: 'NEWTON', paid_time: '20260302120000' },
      { amount: 30, paid_type: 'NEWTON', paid_time: '20260302120001' },
    ];
    const known = (...details: object[]) => {
      const { standing, facts } = part(details.length === 2 ? 70 : 40);
      return { at: NOW, standing, facts: { ...facts, details: details as PaymentDetail[] } };
    };
    expect(refundDue({ ...settled, observed: known(before) })).toBeUndefined();
    expect(refundDue({ ...settled, observed: known(before, since) })).toEqual({
      amount: 30,
      because: 'paid_twice',
    });
    // Told again once it is known, it is the same: neither is what was taken before it due, nor forgotten what was since.
    for (const operation of [OPERATIONS.sync, OPERATIONS.cancel]) {
      const again = after({ ...settled, observed: known(before) }, intended(NOW + DAY, operation));
      expect(again.intent?.charged_before).toBe(40);
      expect(refundDue(again)).toBeUndefined();
      const later = after({ ...settled, observed: known(before, since) }, intended(NOW + DAY, operation));
      expect(later.intent?.charged_before).toBe(40);
      expect(refundDue(later)?.amount).toBe(30);
    }
    const byCall = after(
      { ...settled, observed: known(before) },
      claim(byHandAt(NOW + DAY, 'c1', OPERATIONS.sync)),
    );
    expect(byCall.intent).toMatchObject({ at: NOW + DAY, charged_before: 40 });
    expect(refundDue(byCall)).toBeUndefined();
    // Still nothing known: nothing is said of it.
    expect(after(settled, intended(NOW + DAY, OPERATIONS.cancel)).intent).not.toHaveProperty(
      'charged_before',
    );
  });

  test('also as far as WeChat Pay does not say when it was taken: it may have been since', () => {
    const settled = after(orderWith({}), intended(NOW, OPERATIONS.sync));
    const parts = (...details: object[]) => ({
      ...part(40),
      facts: { ...part(40).facts, details: details as PaymentDetail[] },
    });
    for (const undated of [
      { amount: 40, paid_type: 'NEWTON' },
      { amount: 40, paid_type: 'NEWTON', paid_time: 'soon' },
      // Of a day alone nobody knows which part of it.
      { amount: 40, paid_type: 'NEWTON', paid_time: '20260302' },
    ]) {
      const seen = { ...settled, observed: parts(undated) };
      expect(refundDue(seen)).toEqual({ amount: 40, because: 'paid_twice' });
      expect(refundDue(after(seen, intended(NOW + DAY, OPERATIONS.cancel)))?.amount).toBe(40);
    }
    // What has a time and no amount, or was paid elsewhere, is no part of what was taken before.
    const time = { paid_time: '20260301120000' };
    expect(refundDue({ ...settled, observed: parts({ paid_type: 'NEWTON', ...time }) })?.amount).toBe(40);
    const elsewhere = parts({ amount: 40, paid_type: 'NEWTON' }, { amount: 60, paid_type: 'MCH', ...time });
    expect(refundDue({ ...settled, observed: elsewhere })?.amount).toBe(40);
  });

  test('still, when a waiver follows a lower amount that more was charged than: what was due stays due', () => {
    const reduced = after(orderWith({ observed: part(0) }), intended(NOW, OPERATIONS.modify));
    expect(reduced.intent).not.toHaveProperty('charged_before');
    const charged = { ...reduced, observed: part(75) };
    expect(refundDue(charged)?.amount).toBe(15);
    const waived = after(charged, intended(NOW + MINUTE, OPERATIONS.cancel));
    expect(waived.intent?.charged_before).toBe(60);
    expect(refundDue(waived)).toEqual({ amount: 15, because: 'charged_after_waiver' });
    // Of what was taken elsewhere WeChat Pay has nothing to give back.
    const details = [
      { amount: 5, paid_type: 'NEWTON' },
      { amount: 70, paid_type: 'MCH' },
    ] as unknown as PaymentDetail[];
    const elsewhere = { ...part(75), facts: { ...part(75).facts, details } };
    const gone = after({ ...reduced, observed: elsewhere }, intended(NOW + MINUTE, OPERATIONS.cancel));
    expect(gone.intent?.charged_before).toBe(0);
    expect(refundDue(gone)).toEqual({ amount: 5, because: 'charged_after_waiver' });
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
