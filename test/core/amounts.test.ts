import { amountsDiffer } from '../../lambda/core/amounts';
import type { Fen } from '../../lambda/core/ids';
import type { OrderFacts } from '../../lambda/core/observe';
import type { Order } from '../../lambda/core/order';
import { ACTOR, after, claim, byHandAt, NOW, OPERATIONS, orderWith, REGISTRATION, settle } from './orders';

const fen = (amount: number): Fen => amount as Fen;
const facts = (total?: number): OrderFacts => ({
  state: 'DOING',
  details: [],
  ...(total === undefined ? {} : { total_amount: fen(total) }),
});
const registered = (changes: Partial<Order> = {}): Order =>
  orderWith({ registration: { ...REGISTRATION, total_amount: fen(100) }, ...changes });

test('another total than the registered one is told, with both', () => {
  expect(amountsDiffer(registered(), facts(99))).toEqual({ registered: 100, told: 99 });
  expect(amountsDiffer(registered(), facts(101))).toEqual({ registered: 100, told: 101 });
});

test('the registered total is as it should be', () => {
  expect(amountsDiffer(registered(), facts(100))).toBeUndefined();
});

test('where one of the two says nothing there is nothing to compare', () => {
  expect(amountsDiffer(registered(), facts())).toBeUndefined();
  expect(amountsDiffer(orderWith({}), facts(99))).toBeUndefined();
  const observed = { at: NOW, standing: { kind: 'pending' }, facts: facts(99) } as const;
  expect(amountsDiffer(registered({ observed }), facts())).toBeUndefined();
});

test('the same other total is told once, and a further one again', () => {
  const observed = { at: NOW, standing: { kind: 'pending' }, facts: facts(99) } as const;
  expect(amountsDiffer(registered({ observed }), facts(99))).toBeUndefined();
  expect(amountsDiffer(registered({ observed }), facts(98))).toEqual({ registered: 100, told: 98 });
});

describe('a lower total that somebody decided on is as it should be', () => {
  const operation = OPERATIONS.modify;

  test('while WeChat Pay has not been told', () => {
    const intent = { at: NOW, actor: ACTOR, reason: 'goodwill', operation };
    expect(amountsDiffer(registered({ intent }), facts(60))).toBeUndefined();
    expect(amountsDiffer(registered({ intent }), facts(61))).toEqual({ registered: 100, told: 61 });
  });

  test('and afterwards', () => {
    const open = byHandAt(NOW, 'c1', operation);
    const { intent: _, ...reduced } = after(registered(), claim(open), settle('accepted', open));
    expect(amountsDiffer(reduced, facts(60))).toBeUndefined();
    expect(amountsDiffer(reduced, facts(61))).toEqual({ registered: 100, told: 61 });
  });

  test('whatever else was done with the order', () => {
    const collected = after(registered(), claim(), settle('declined'));
    expect(amountsDiffer(collected, facts(99))).toEqual({ registered: 100, told: 99 });
  });

  test('no other decision explains a total', () => {
    const intent = { at: NOW, actor: ACTOR, reason: 'goodwill', operation: OPERATIONS.cancel };
    expect(amountsDiffer(registered({ intent }), facts(60))).toEqual({ registered: 100, told: 60 });
  });
});
