import { transactionsOf } from '../../lambda/core/transactions';
import { NOW, orderWith, saw } from './orders';

test('an order is known by the numbers of all its payments, each once, parts included', () => {
  const details = [{ transaction_id: 'T1' }, { transaction_id: 'T2' }, {}];
  const paid = { ...saw('paid', NOW), facts: { state: 'DONE', details } };
  expect(transactionsOf({ observed: paid })).toEqual(['T1', 'T2']);
  const partly = { ...saw('pending', NOW), facts: { state: 'DOING', details } };
  expect(transactionsOf({ observed: partly })).toEqual(['T1', 'T2']);
});

test('the number of the payment counts where no part has one', () => {
  const paid = { ...saw('paid', NOW), facts: { state: 'DONE', details: [{}] } };
  expect(transactionsOf({ observed: paid })).toEqual(['T1']);
});

test('one that nothing is known of has none', () => {
  expect(transactionsOf(orderWith({}))).toEqual([]);
});
