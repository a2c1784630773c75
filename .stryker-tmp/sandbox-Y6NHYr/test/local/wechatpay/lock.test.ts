import {
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

const DEDUCTING = '400 INVALID_REQUEST 271316754';
const THROTTLED = '429 FREQUENCY_LIMITED 268435472';
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
const books = () => world.simulator.books()[0];

const collect = async (more: object = { settlesAfterMs: 60 * MINUTE_MS }) => {
  world.simulator.addOrder(order({ customer: { kind: 'pays', ...more } }));
  expect(gist(await pay(world))).toBe('204');
};

describe('the deduction lock', () => {
  const changes = [
    ['pay', {}],
    ['sync', { type: 'Order_Paid', detail: { paid_time: '20260301120000' } }],
    ['modify', { total_amount: 1, post_payments: [{ name: '费', amount: 1 }], reason: 'x' }],
    ['cancel', { reason: 'x' }],
  ] as const;

  test.each(changes)(
    '%s is refused while a deduction is in progress, even after 3 minutes',
    async (action, fields) => {
      await collect();
      later(SECOND_MS);
      expect(gist(await change(world, action, fields))).toBe(DEDUCTING);
      later(10 * MINUTE_MS);
      expect(gist(await change(world, action, fields))).toBe(DEDUCTING);
    },
  );

  test('it holds 3 minutes after money was taken in part, to the millisecond', async () => {
    await collect({ balanceFen: 1 });
    later(3 * MINUTE_MS - 1);
    expect(gist(await pay(world))).toBe(DEDUCTING);
    later(SECOND_MS);
    expect(gist(await pay(world))).toBe(DECLINED);
  });

  test('a locked order does not reach the customer', async () => {
    await collect();
    later(SECOND_MS);
    await pay(world);
    expect(books()?.payCalls).toEqual({ received: 2, processed: 1 });
  });

  test('a decline leaves no lock behind', async () => {
    world.simulator.addOrder(order({ customer: { kind: 'declines' } }));
    expect(gist(await pay(world))).toBe(DECLINED);
    later(SECOND_MS);
    expect(gist(await change(world, 'cancel', { reason: 'x' }))).toBe('204');
  });

  test('its length can be set', async () => {
    await world.simulator.close();
    world = await openWorld(keys, { lockMs: 5 * SECOND_MS });
    await collect({ balanceFen: 1 });
    later(5 * SECOND_MS);
    expect(gist(await pay(world))).toBe(DECLINED);
  });

  test('an open cashier locks the order although nobody collected', async () => {
    world.simulator.addOrder(order());
    expect(world.simulator.lock(KEY, 3 * MINUTE_MS)).toBe(true);
    expect(gist(await pay(world))).toBe(DEDUCTING);
    later(3 * MINUTE_MS);
    expect(gist(await pay(world))).toBe('204');
  });

  test('a paid order is done, not locked', async () => {
    await collect({});
    later(SECOND_MS);
    expect(gist(await pay(world))).toBe(DONE);
  });

  test('a query is never refused for it', async () => {
    await collect();
    expect(gist(await query(world))).toBe('200');
    expect(gist(await query(world))).toBe('200');
  });
});

describe('throttling', () => {
  beforeEach(() => {
    world.simulator.addOrder(order({ customer: { kind: 'declines' } }));
  });

  test('the same order again within a second is too frequent, and the refused call does not prolong it', async () => {
    expect(gist(await pay(world))).toBe(DECLINED);
    later(999);
    expect(gist(await pay(world))).toBe(THROTTLED);
    later(1);
    expect(gist(await pay(world))).toBe(DECLINED);
    expect(books()?.payCalls).toEqual({ received: 3, processed: 2 });
  });

  test('another order is not concerned', async () => {
    world.simulator.addOrder(order({ out_order_no: 'ORDER2' }));
    await pay(world);
    expect(gist(await pay(world, 'ORDER2'))).toBe('204');
  });

  test('a badly signed call does not count towards it', async () => {
    await pay(world, 'ORDER1', { signed: { body: 'x' } });
    expect(gist(await pay(world))).toBe(DECLINED);
  });

  test('the code can be spelt as in another table of WeChat Pay', async () => {
    await world.simulator.close();
    world = await openWorld(keys, { throttleCode: 'RATE_LIMITED' });
    world.simulator.addOrder(order({ customer: { kind: 'declines' } }));
    await pay(world);
    expect(gist(await pay(world))).toBe('429 RATE_LIMITED 268435472');
  });
});
