import type { Fen } from '../../lambda/core/ids';
import { amountsOf, paidAtOf } from '../../lambda/core/money';
import type { PaymentDetail } from '../../lambda/core/observe';
import type { Observation } from '../../lambda/core/order';
import { beijing, NOW, orderWith, REGISTRATION, saw, standing } from './orders';

const paid = (...details: PaymentDetail[]): Observation => ({
  at: NOW,
  standing: standing('paid'),
  facts: { state: 'DONE', details },
});

test('what is due is what the merchant registered, else what WeChat Pay says', () => {
  const observed: Observation = {
    ...saw('pending', NOW),
    facts: { state: 'DOING', details: [], total_amount: 90 as Fen },
  };
  const registration = { ...REGISTRATION, total_amount: 100 as Fen };
  expect(amountsOf(orderWith({})).total_amount).toBeUndefined();
  expect(amountsOf(orderWith({ observed })).total_amount).toBe(90);
  expect(amountsOf(orderWith({ observed, registration })).total_amount).toBe(100);
});

test('only an order that is paid has a paid amount', () => {
  expect(amountsOf(orderWith({})).paid_amount).toBeUndefined();
  expect(amountsOf(orderWith({ observed: saw('pending', NOW) })).paid_amount).toBeUndefined();
  expect(amountsOf(orderWith({ observed: paid() })).paid_amount).toBe(100);
});

test('an order was paid when the last part of it was', () => {
  const observed = paid(
    { paid_time: '20260301120000' },
    { paid_time: '20260301130000' },
    { paid_time: '20260228' },
  );
  expect(paidAtOf(orderWith({ observed }))).toBe(beijing('2026-03-01 13:00'));
});

test('a time that WeChat Pay does not give, or that cannot be read, is not made up', () => {
  expect(paidAtOf(orderWith({ observed: paid() }))).toBeUndefined();
  expect(paidAtOf(orderWith({ observed: paid({}) }))).toBeUndefined();
  expect(paidAtOf(orderWith({ observed: paid({ paid_time: 'yesterday' }) }))).toBeUndefined();
});

test('an order that is not paid was paid at no time', () => {
  expect(paidAtOf(orderWith({}))).toBeUndefined();
  const facts = { state: 'DOING', details: [{ paid_time: '20260301120000' }] };
  expect(paidAtOf(orderWith({ observed: { ...saw('pending', NOW), facts } }))).toBeUndefined();
});
