import {
  change,
  drawKeys,
  gist,
  type Keys,
  MCHID,
  MINUTE_MS,
  NOON_MS,
  openWorld,
  order,
  pay,
  query,
  SECOND_MS,
  SUB_MCHID,
  type World,
} from './caller';

const DECLINED = '403 TRADE_ERROR 271316574';
const DONE = '400 ORDER_DONE 271316657';
const KEY = { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no: 'ORDER1' };

let keys: Keys;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  world = await openWorld(keys);
});
afterEach(() => world.simulator.close());

const later = (ms: number): void => {
  world.nowMs += ms;
};
const seen = () => world.simulator.order(MCHID, SUB_MCHID, 'ORDER1');
const books = () => world.simulator.books()[0];

describe('what becomes of a collect', () => {
  test('a customer with money pays: 204 without a body, and the order is DONE + USER_PAID', async () => {
    world.simulator.addOrder(order());
    const reply = await pay(world);
    expect(gist(reply)).toBe('204');
    expect(reply.body).toBe('');
    expect(seen()).toMatchObject({ state: 'DONE', collection_state: 'USER_PAID', paid_amount: 4000 });
    expect(books()?.movements).toEqual([
      { atMs: NOON_MS, amountFen: 4000, cause: 'collect', transaction_id: '4200202603010000000000010001' },
    ]);
  });

  test('before the balance arrives it is declined, afterwards it succeeds', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'pays', balanceFromMs: NOON_MS + 60 * MINUTE_MS } }));
    expect(gist(await pay(world))).toBe(DECLINED);
    later(60 * MINUTE_MS - 1);
    expect(gist(await pay(world))).toBe(DECLINED);
    later(1);
    later(SECOND_MS);
    expect(gist(await pay(world))).toBe('204');
    expect(books()).toMatchObject({
      payCalls: { received: 3, processed: 3 },
      movements: [{ amountFen: 4000 }],
    });
  });

  test('a balance may be said to arrive some time after registration', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'pays', balanceAfterMs: MINUTE_MS } }));
    expect(gist(await pay(world))).toBe(DECLINED);
    later(MINUTE_MS);
    expect(gist(await pay(world))).toBe('204');
  });

  test('one who declines is declined for ever', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'declines' } }));
    for (let day = 0; day < 3; day += 1) {
      expect(gist(await pay(world))).toBe(DECLINED);
      later(24 * 60 * MINUTE_MS);
    }
    expect(seen()).toMatchObject({ state: 'DOING', collection_state: 'USER_PAYING' });
    expect(books()).toMatchObject({ movements: [], payCalls: { received: 3, processed: 3 } });
  });

  test('the decline is worded as in the field', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'declines' } }));
    expect((await pay(world)).json).toEqual({ code: 'TRADE_ERROR', message: '扣款失败' });
  });

  test('a 204 may come before the money: pending until it settles, at the time it was due', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'pays', settlesAfterMs: 10 * SECOND_MS } }));
    expect(gist(await pay(world))).toBe('204');
    later(10 * SECOND_MS - 1);
    expect(seen()).toMatchObject({ state: 'DOING', paid_amount: 0, deduction: 'in_progress' });
    later(60 * MINUTE_MS);
    expect(seen()).toMatchObject({ state: 'DONE', paid_amount: 4000, deduction: 'none' });
    expect(books()?.movements).toMatchObject([{ atMs: NOON_MS + 10 * SECOND_MS, amountFen: 4000 }]);
  });

  test('USERPAYING is a 200 without a code, and turns out paid', async () => {
    world.simulator.addOrder(
      order({ customer: { kind: 'in_progress', forMs: 30 * MINUTE_MS, ends: 'paid' } }),
    );
    const reply = await pay(world);
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({ trade_state: 'USERPAYING' });
    expect(seen()).toMatchObject({ state: 'DOING', paid_amount: 0 });
    later(30 * MINUTE_MS);
    expect(seen()).toMatchObject({ state: 'DONE', paid_amount: 4000 });
  });

  test('USERPAYING may turn out unpaid, and leaves the order free to be collected', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'in_progress', forMs: MINUTE_MS, ends: 'failed' } }));
    expect(gist(await pay(world))).toBe('200');
    later(MINUTE_MS);
    expect(seen()).toMatchObject({ state: 'DOING', paid_amount: 0, deduction: 'none' });
    world.simulator.changeCustomer(KEY, { kind: 'pays' });
    expect(gist(await pay(world))).toBe('204');
  });

  test('a customer who becomes poorer while a deduction runs keeps what he has then: its money was set aside', async () => {
    world.simulator.addOrder(
      order({
        customer: { kind: 'pays', balanceFen: 3000, settlesAfterMs: MINUTE_MS },
        autoDeductionsAtMs: [NOON_MS + 2 * MINUTE_MS, NOON_MS + 3 * MINUTE_MS],
      }),
    );
    expect(gist(await pay(world))).toBe('204');
    world.simulator.changeCustomer(KEY, { kind: 'pays', balanceFen: 400 });
    later(3 * MINUTE_MS);
    expect(seen()).toMatchObject({ state: 'DOING', paid_amount: 3400, paying_amount: 600 });
    expect(gist(await pay(world))).toBe(DECLINED);
    expect(world.simulator.books()).toMatchObject([
      {
        movements: [
          { amountFen: 3000, cause: 'collect' },
          { amountFen: 400, cause: 'auto' },
        ],
      },
    ]);
  });

  test('a balance below the amount due is taken, and the order stays pending with the rest', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'pays', balanceFen: 1500 } }));
    expect(gist(await pay(world))).toBe('204');
    expect(seen()).toMatchObject({
      state: 'DOING',
      collection_state: 'USER_PAYING',
      paid_amount: 1500,
      paying_amount: 2500,
    });
    later(3 * MINUTE_MS);
    expect(gist(await pay(world))).toBe(DECLINED);
    expect(world.simulator.payByHand(KEY)).toBe('paid');
    expect(seen()).toMatchObject({ state: 'DONE', paid_amount: 4000, details: [{ seq: 1 }, { seq: 2 }] });
    expect(books()?.movements.map(({ amountFen, cause }) => [amountFen, cause])).toEqual([
      [1500, 'collect'],
      [2500, 'by_hand'],
    ]);
  });
});

describe('what refuses a collect', () => {
  test.each([
    ['created', '400 INVALID_ORDER_STATE 271302262'],
    ['user_confirm', '400 INVALID_ORDER_STATE 271302332'],
    ['user_paid', DONE],
    ['free', DONE],
    ['revoked', '400 ORDER_CANCELED 271302333'],
    ['expired', '400 INVALID_ORDER_STATE 271302262'],
  ] as const)('an order in phase %s answers %s', async (phase, expected) => {
    world.simulator.addOrder(order({ phase }));
    expect(gist(await pay(world))).toBe(expected);
    expect(books()?.payCalls).toEqual({ received: 1, processed: 0 });
  });

  test('an order that is not completed says so in the words of the field', async () => {
    world.simulator.addOrder(order({ phase: 'user_confirm' }));
    expect((await pay(world)).json).toEqual({
      code: 'INVALID_ORDER_STATE',
      message: '当前订单状态不合法,订单状态为确认状态',
    });
  });

  test('without mutual authorisation every changing call is NO_AUTH, while a query works', async () => {
    world.simulator.addOrder(order({ access: 'no_permission' }));
    expect(gist(await pay(world))).toBe('403 NO_AUTH 268503786');
    later(SECOND_MS);
    expect(gist(await change(world, 'cancel', { reason: 'x' }))).toBe('403 NO_AUTH 268503786');
    expect(gist(await query(world))).toBe('200');
  });

  test('where the capability was never opened /pay is a 404 that is not ORDER_NOT_EXIST', async () => {
    world.simulator.addOrder(order({ access: 'not_opened' }));
    expect(gist(await pay(world))).toBe('404 NOT_FOUND 268435457');
    expect(gist(await query(world))).toBe('200');
  });

  test('the order of one sub-merchant does not exist under another', async () => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'pay', { sub_mchid: '1900000110' }))).toBe(
      '404 ORDER_NOT_EXIST 271317510',
    );
    expect(gist(await query(world, { sub_mchid: '1900000110' }))).toBe('404 ORDER_NOT_EXIST 271317510');
  });

  test('another service_id for the same number is refused; none at all is fine', async () => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'pay', { service_id: '9' }))).toBe('400 INVALID_REQUEST 268435464');
    later(SECOND_MS);
    expect(gist(await change(world, 'pay', { service_id: undefined }))).toBe('204');
  });
});

describe('money that moves without a collect', () => {
  test('the customer pays by hand what is left, whatever the balance for deductions', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'declines' } }));
    expect(world.simulator.payByHand(KEY)).toBe('paid');
    expect(gist(await pay(world))).toBe(DONE);
    expect(books()).toMatchObject({ movements: [{ amountFen: 4000, cause: 'by_hand' }] });
  });

  test('nothing can be paid by hand while a deduction runs, after payment, or for an unknown order', async () => {
    expect(world.simulator.payByHand(KEY)).toBe('no_such_order');
    world.simulator.addOrder(order({ customer: { kind: 'pays', settlesAfterMs: MINUTE_MS } }));
    await pay(world);
    expect(world.simulator.payByHand(KEY)).toBe('deduction_in_progress');
    later(MINUTE_MS);
    expect(world.simulator.payByHand(KEY)).toBe('not_pending');
  });

  test('WeChat Pay deducts by itself once there is money, and nobody is told', () => {
    world.simulator.addOrder(
      order({
        customer: { kind: 'pays', balanceAfterMs: 2 * MINUTE_MS },
        autoDeductionsAtMs: [NOON_MS + 3 * MINUTE_MS, NOON_MS + MINUTE_MS],
      }),
    );
    later(2 * MINUTE_MS);
    expect(seen()).toMatchObject({ state: 'DOING', movements: [] });
    later(MINUTE_MS);
    expect(seen()).toMatchObject({
      state: 'DONE',
      movements: [{ atMs: NOON_MS + 3 * MINUTE_MS, amountFen: 4000, cause: 'auto' }],
    });
  });

  test('an automatic deduction that falls into a running one does not take the money twice', async () => {
    world.simulator.addOrder(
      order({
        customer: { kind: 'pays', settlesAfterMs: 2 * MINUTE_MS },
        autoDeductionsAtMs: [NOON_MS + MINUTE_MS, NOON_MS + 5 * MINUTE_MS],
      }),
    );
    await pay(world);
    later(60 * MINUTE_MS);
    expect(seen()?.movements).toMatchObject([
      { atMs: NOON_MS + 2 * MINUTE_MS, amountFen: 4000, cause: 'collect' },
    ]);
  });

  test('the books name every order with its movements and calls', async () => {
    world.simulator.addOrder(order());
    world.simulator.addOrder(order({ out_order_no: 'ORDER2', customer: { kind: 'declines' } }));
    await pay(world);
    await pay(world, 'ORDER2');
    expect(world.simulator.books()).toMatchObject([
      { out_order_no: 'ORDER1', movements: [{ amountFen: 4000 }], payCalls: { received: 1, processed: 1 } },
      { out_order_no: 'ORDER2', movements: [], payCalls: { received: 1, processed: 1 } },
    ]);
  });
});
