import {
  call,
  change,
  drawKeys,
  gist,
  type Keys,
  MCHID,
  MINUTE_MS,
  openWorld,
  order,
  pay,
  query,
  SECOND_MS,
  SUB_MCHID,
  type World,
} from './caller';

const PARAMETER = '400 PARAM_ERROR 268435464';
const DONE = '400 ORDER_DONE 271316657';
const DAY_MS = 24 * 60 * MINUTE_MS;

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

describe('the query', () => {
  test('a pending order is answered with the triple, the amounts and the end of the service', async () => {
    world.simulator.addOrder(order({ completedAtMs: Date.UTC(2026, 1, 28, 16, 30, 0) }));
    expect((await query(world)).json).toEqual({
      out_order_no: 'ORDER1',
      service_id: '00004000000000000000000000000001',
      appid: 'wx0000000000000001',
      mchid: '1900000001',
      sub_mchid: '1900000109',
      service_introduction: '充电宝租借',
      state: 'DOING',
      state_description: 'MCH_COMPLETE',
      post_payments: [{ name: '服务费', amount: 4000, description: '按时计费', count: 1 }],
      total_amount: 4000,
      need_collection: true,
      risk_fund: { name: 'ESTIMATE_ORDER_COST', amount: 4000, description: '预估费用' },
      collection: { state: 'USER_PAYING', total_amount: 4000, paying_amount: 4000, paid_amount: 0 },
      time_range: { start_time: '20260228233000', end_time: '20260301003000' },
      location: { start_location: '深圳市南山区', end_location: '深圳市南山区' },
      notify_url: 'https://provider.example/notify',
      openid: 'o190000010900000000000000000',
      order_id: '10000000000000000001',
    });
  });

  test('a paid order is answered with what was paid, how, when and under which transaction', async () => {
    world.simulator.addOrder(order());
    await pay(world);
    const { json } = await query(world);
    expect(json).toMatchObject({
      state: 'DONE',
      collection: {
        state: 'USER_PAID',
        paying_amount: 0,
        paid_amount: 4000,
        details: [
          {
            seq: 1,
            amount: 4000,
            paid_type: 'NEWTON',
            paid_time: '20260301120000',
            transaction_id: '4200202603010000000000010001',
          },
        ],
      },
    });
    expect(json).not.toHaveProperty('state_description');
  });

  test.each([
    ['created', { state: 'CREATED' }],
    ['user_confirm', { state: 'DOING', state_description: 'USER_CONFIRM' }],
    ['revoked', { state: 'REVOKED' }],
    ['expired', { state: 'EXPIRED' }],
  ] as const)('an order in phase %s has no collection', async (phase, expected) => {
    world.simulator.addOrder(order({ phase }));
    const { json } = await query(world);
    expect(json).toMatchObject(expected);
    expect(json).not.toHaveProperty('collection');
  });

  test('an order completed for 0 fen is DONE and needs no collection', async () => {
    world.simulator.addOrder(order({ phase: 'free', total_amount: 0 }));
    const { json } = await query(world);
    expect(json).toMatchObject({ state: 'DONE', total_amount: 0, need_collection: false });
    expect(json).not.toHaveProperty('collection');
  });

  test('the end of the service may be unknown', async () => {
    world.simulator.addOrder(order({ completedAtMs: null }));
    expect((await query(world)).json).toMatchObject({ time_range: { start_time: '20260301110000' } });
    expect((await query(world)).json).not.toHaveProperty('time_range.end_time');
  });

  test('an order nobody confirmed lapses after 30 days', async () => {
    world.simulator.addOrder(order({ phase: 'created' }));
    later(30 * DAY_MS - 1);
    expect((await query(world)).json).toMatchObject({ state: 'CREATED' });
    later(1);
    expect((await query(world)).json).toMatchObject({ state: 'EXPIRED' });
  });

  test('a query_id finds the order as well', async () => {
    world.simulator.addOrder(order({ query_id: 'Q1' }));
    expect((await query(world, { query_id: 'Q1' })).json).toMatchObject({ out_order_no: 'ORDER1' });
    expect(gist(await query(world, { query_id: 'Q2' }))).toBe('404 ORDER_NOT_EXIST 271317510');
    expect(gist(await query(world, { query_id: 'Q1', sub_mchid: '2' }))).toBe(
      '404 ORDER_NOT_EXIST 271317510',
    );
  });

  test.each([
    ['both numbers', '?sub_mchid=1900000109&out_order_no=ORDER1&query_id=Q1'],
    ['neither number', '?sub_mchid=1900000109'],
    ['no sub_mchid', '?out_order_no=ORDER1'],
    ['an empty number', '?sub_mchid=1900000109&out_order_no='],
    ['nothing at all', ''],
  ])('with %s it is a PARAM_ERROR', async (_what, search) => {
    world.simulator.addOrder(order({ query_id: 'Q1' }));
    expect(gist(await call(world, { path: `/v3/payscore/partner/serviceorder${search}` }))).toBe(PARAMETER);
  });

  test('malformed percent-encoding in a query finds nothing and breaks nothing', async () => {
    const path = '/v3/payscore/partner/serviceorder?sub_mchid=1900000109&out_order_no=%E4%B8';
    expect(gist(await call(world, { path }))).toBe('404 ORDER_NOT_EXIST 271317510');
  });
});

describe('sync: the customer paid elsewhere', () => {
  const fields = { type: 'Order_Paid', detail: { paid_time: '20260301' } };

  test('the order is done through the merchant channel, without a transaction, and no money moved here', async () => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'sync', fields))).toBe('204');
    expect(seen()).toMatchObject({
      state: 'DONE',
      collection_state: 'USER_PAID',
      paid_amount: 4000,
      movements: [],
    });
    expect(seen()?.details).toEqual([
      { seq: 1, amount: 4000, paid_type: 'MCH', paid_time: '20260301000000' },
    ]);
  });

  test('an order that was already deducted answers ORDER_DONE', async () => {
    world.simulator.addOrder(order({ phase: 'user_paid' }));
    expect(gist(await change(world, 'sync', fields))).toBe(DONE);
  });

  test.each([
    ['another type', { ...fields, type: 'Paid' }],
    ['no time', { type: 'Order_Paid', detail: {} }],
    ['an RFC 3339 time', { ...fields, detail: { paid_time: '2026-03-01T12:00:00+08:00' } }],
    ['month 13', { ...fields, detail: { paid_time: '20261301120000' } }],
    ['month 0', { ...fields, detail: { paid_time: '20260001' } }],
    ['30 February', { ...fields, detail: { paid_time: '20260230' } }],
    ['hour 31', { ...fields, detail: { paid_time: '20260301310000' } }],
    ['hour 24', { ...fields, detail: { paid_time: '20260301240000' } }],
    ['minute 60', { ...fields, detail: { paid_time: '20260301126000' } }],
    ['no service_id', { ...fields, service_id: undefined }],
  ])('with %s it is a PARAM_ERROR', async (_what, wrong) => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'sync', wrong))).toBe(PARAMETER);
  });

  test.each(['20240229', '20261231235959'])('at %s it is taken', async (paid_time) => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'sync', { ...fields, detail: { paid_time } }))).toBe('204');
  });
});

const to = (amountFen: number, more: object = {}) => ({
  total_amount: amountFen,
  post_payments: [{ name: '服务费', amount: amountFen }],
  reason: '优惠',
  ...more,
});

describe('modify: downwards only', () => {
  test('the new amount is what is collected', async () => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'modify', to(3000)))).toBe('204');
    later(SECOND_MS);
    expect(gist(await pay(world))).toBe('204');
    expect(seen()).toMatchObject({ total_amount: 3000, movements: [{ amountFen: 3000 }] });
  });

  test('the amount is the fees less the discounts', async () => {
    world.simulator.addOrder(order());
    const discounted = to(3000, { total_amount: 2500, post_discounts: [{ name: '折扣', amount: 500 }] });
    expect(gist(await change(world, 'modify', discounted))).toBe('204');
    expect(seen()?.total_amount).toBe(2500);
  });

  test.each([4000, 4001, 0])('to %i fen of 4000 is refused', async (amountFen) => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'modify', to(amountFen)))).toBe('400 INVALID_REQUEST 268435464');
    expect(seen()?.total_amount).toBe(4000);
  });

  test('each modification must be below the one before', async () => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'modify', to(3000)))).toBe('204');
    later(SECOND_MS);
    expect(gist(await change(world, 'modify', to(3500)))).toBe('400 INVALID_REQUEST 268435464');
  });

  test.each([
    ['parts that do not add up', to(3000, { total_amount: 2999 })],
    ['no reason', to(3000, { reason: undefined })],
    ['a reason of 51 characters', to(3000, { reason: 'x'.repeat(51) })],
    ['half a fen', to(3000.5)],
    ['no fees', to(3000, { post_payments: [] })],
  ])('with %s it is a PARAM_ERROR', async (_what, wrong) => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'modify', wrong))).toBe(PARAMETER);
  });

  test('a paid order cannot be modified', async () => {
    world.simulator.addOrder(order({ phase: 'user_paid' }));
    expect(gist(await change(world, 'modify', to(1)))).toBe(DONE);
  });
});

describe('cancel', () => {
  const NOT_CANCELLABLE = '400 PARAM_ERROR 271316592';

  test.each(['created', 'user_confirm', 'user_paying'] as const)(
    'an order in phase %s is revoked',
    async (phase) => {
      world.simulator.addOrder(order({ phase }));
      expect(gist(await change(world, 'cancel', { reason: '用户投诉' }))).toBe('204');
      expect(seen()).toMatchObject({ state: 'REVOKED' });
      later(SECOND_MS);
      expect(gist(await pay(world))).toBe('400 ORDER_CANCELED 271302333');
    },
  );

  test('the simulator can be told to refuse it while pending payment, since the pages contradict each other', async () => {
    await world.simulator.close();
    world = await openWorld(keys, { cancelPending: 'refuse' });
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'cancel', { reason: 'x' }))).toBe(NOT_CANCELLABLE);
  });

  test('with the same reason it may be repeated, with another it is ORDER_CANCELED', async () => {
    world.simulator.addOrder(order());
    await change(world, 'cancel', { reason: 'x' });
    later(SECOND_MS);
    expect(gist(await change(world, 'cancel', { reason: 'x' }))).toBe('204');
    later(SECOND_MS);
    expect(gist(await change(world, 'cancel', { reason: 'y' }))).toBe('400 ORDER_CANCELED 271302333');
  });

  test('a paid, an expired and a partly paid order cannot be cancelled', async () => {
    world.simulator.addOrder(order({ phase: 'user_paid' }));
    world.simulator.addOrder(order({ out_order_no: 'ORDER2', phase: 'expired' }));
    world.simulator.addOrder(order({ out_order_no: 'ORDER3', customer: { kind: 'pays', balanceFen: 1 } }));
    expect(gist(await change(world, 'cancel', { reason: 'x' }))).toBe(DONE);
    expect(gist(await change(world, 'cancel', { reason: 'x' }, 'ORDER2'))).toBe(NOT_CANCELLABLE);
    await pay(world, 'ORDER3');
    later(3 * MINUTE_MS);
    expect(gist(await change(world, 'cancel', { reason: 'x' }, 'ORDER3'))).toBe(NOT_CANCELLABLE);
  });

  test('it needs a reason', async () => {
    world.simulator.addOrder(order());
    expect(gist(await change(world, 'cancel'))).toBe(PARAMETER);
  });
});

describe('registering an order', () => {
  test.each([
    ['without an amount', { total_amount: 0 }, 'must be above 0'],
    ['with a number WeChat Pay would not take', { out_order_no: 'a b' }, 'must be 1 to 32'],
    ['of an unknown merchant', { mchid: '2' }, 'no merchant 2 here'],
    [
      'with two times for one balance',
      { customer: { kind: 'pays', balanceFromMs: 1, balanceAfterMs: 1 } },
      'not both',
    ],
  ] as const)('%s is refused', (_what, wrong, message) => {
    expect(() => world.simulator.addOrder(order(wrong))).toThrow(message);
  });

  test('twice is refused, as is a query_id that is taken', () => {
    world.simulator.addOrder(order({ query_id: 'Q1' }));
    expect(() => world.simulator.addOrder(order())).toThrow('exists');
    expect(() => world.simulator.addOrder(order({ out_order_no: 'ORDER2', query_id: 'Q1' }))).toThrow(
      'taken',
    );
  });

  test('a customer of an unknown order cannot be changed, nor the order locked', () => {
    const key = { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no: 'NONE' };
    expect(() => world.simulator.changeCustomer(key, { kind: 'declines' })).toThrow('no order');
    expect(world.simulator.lock(key, 1)).toBe(false);
  });
});
