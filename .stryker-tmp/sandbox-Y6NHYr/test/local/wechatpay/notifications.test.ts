import type { NewOrder, Simulator } from '../../../local/wechatpay/index';
import {
  change,
  drawKeys,
  type Keys,
  MCHID,
  MINUTE_MS,
  NOON_MS,
  openWorld,
  order,
  pay,
  query,
  SECOND_MS,
  SERVICE_ID,
  SUB_MCHID,
  type World,
} from './caller';
import { envelopeOf, opened, openReceiver, type Received, type Receiver, verifiedBy } from './receiver';

const KEY = { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no: 'ORDER1' };

let keys: Keys;
let receiver: Receiver;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  receiver = await openReceiver();
  world = await openWorld(keys, { throttleMs: 0 }, { notifyUrl: receiver.url });
});
afterEach(async () => {
  await world.simulator.close();
  await receiver.close();
});

const add = (more: Partial<NewOrder> = {}) => world.simulator.addOrder(order(more));
const later = (ms: number): void => {
  world.nowMs += ms;
};
/** Everything that is due a second after what happened last. */
const deliver = (): ReturnType<Simulator['deliverNotifications']> => {
  later(SECOND_MS);
  return world.simulator.deliverNotifications();
};
const last = (): Received => {
  const received = receiver.received.at(-1);
  if (received === undefined) throw new Error('nothing was received');
  return received;
};
const collectionsReceived = (): unknown[] =>
  receiver.received.map((received) => {
    const { state, collection } = opened(received);
    const { paid_amount, paying_amount, details } = collection as Record<string, unknown>;
    return { state, paid_amount, paying_amount, details: (details as unknown[]).length };
  });

describe('when money moves', () => {
  test('the merchant is told, signed and encrypted as the documentation has it', async () => {
    add();
    await pay(world);
    expect(await deliver()).toMatchObject([{ ...KEY, attempt: 1, outcome: { status: 204 } }]);
    const { method, path, headers } = last();
    expect([method, path, headers['content-type']]).toEqual(['POST', '/notify', 'application/json']);
    expect(headers['request-id']).toMatch(/^[0-9A-F]{40}-0$/);
    expect(headers['wechatpay-signature-type']).toBe('WECHATPAY2-SHA256-RSA2048');
    expect(headers['wechatpay-timestamp']).toBe(String(NOON_MS / 1000 + 1));
    expect(await verifiedBy(last(), keys)).toBe('public_key');
    expect(envelopeOf(last())).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      create_time: '2026-03-01T12:00:01+08:00',
      resource_type: 'encrypt-resource',
      event_type: 'PAYSCORE.USER_PAID',
      summary: '微信支付分用户支付成功',
      resource: {
        original_type: 'payscore',
        algorithm: 'AEAD_AES_256_GCM',
        ciphertext: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
        associated_data: 'payscore',
        nonce: expect.stringMatching(/^\w{12}$/),
      },
    });
    expect(opened(last())).toEqual({
      mchid: MCHID,
      sub_mchid: SUB_MCHID,
      appid: 'wx0000000000000001',
      service_id: SERVICE_ID,
      out_order_no: 'ORDER1',
      service_introduction: '充电宝租借',
      state: 'DONE',
      total_amount: 4000,
      need_collection: true,
      post_payments: [{ name: '服务费', amount: 4000, description: '按时计费', count: 1 }],
      risk_fund: { name: 'ESTIMATE_ORDER_COST', amount: 4000, description: '预估费用' },
      collection: {
        state: 'USER_PAID',
        total_amount: 4000,
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
      time_range: { start_time: '20260301110000', end_time: '20260301120000' },
      location: { start_location: '深圳市南山区', end_location: '深圳市南山区' },
      openid: 'o190000010900000000000000000',
      order_id: '10000000000000000001',
    });
  });

  test('nothing is sent before somebody says so, nor before its time', async () => {
    add();
    await pay(world);
    expect(await world.simulator.deliverNotifications()).toEqual([]);
    later(MINUTE_MS);
    await new Promise(setImmediate);
    expect(receiver.received).toEqual([]);
    expect(await world.simulator.deliverNotifications()).toHaveLength(1);
    expect(await world.simulator.deliverNotifications()).toEqual([]);
  });

  test('by hand, by itself or after a deduction that took its time: each is told', async () => {
    add({ out_order_no: 'HAND' });
    world.simulator.payByHand({ ...KEY, out_order_no: 'HAND' });
    add({ out_order_no: 'AUTO', autoDeductionsAtMs: [NOON_MS + 500] });
    add({ out_order_no: 'SLOW', customer: { kind: 'pays', settlesAfterMs: 600 } });
    await pay(world, 'SLOW');
    add({ out_order_no: 'AT', customer: { kind: 'declines' }, byHandAtMs: NOON_MS + 700 });
    await deliver();
    await deliver();
    const told = receiver.received.map(
      (received) => `${String(opened(received)['out_order_no'])} ${envelopeOf(received).create_time}`,
    );
    expect(told.toSorted((a, b) => a.localeCompare(b))).toEqual([
      'AT 2026-03-01T12:00:01+08:00',
      'AUTO 2026-03-01T12:00:01+08:00',
      'HAND 2026-03-01T12:00:01+08:00',
      'SLOW 2026-03-01T12:00:01+08:00',
    ]);
  });

  test('a partial payment is told when it comes, as it was then', async () => {
    add({ customer: { kind: 'pays', balanceFen: 1500 }, autoDeductionsAtMs: [NOON_MS + 1] });
    later(SECOND_MS);
    await world.simulator.deliverNotifications();
    world.simulator.payByHand(KEY);
    await deliver();
    await deliver();
    expect(collectionsReceived()).toEqual([
      { state: 'DOING', paid_amount: 1500, paying_amount: 2500, details: 1 },
      { state: 'DONE', paid_amount: 4000, paying_amount: 0, details: 2 },
    ]);
    expect(new Set(receiver.received.map((received) => envelopeOf(received).id)).size).toBe(2);
  });

  test('two movements that nobody looked at in between are told as each was then', async () => {
    add({
      customer: { kind: 'pays', balanceFen: 1500 },
      autoDeductionsAtMs: [NOON_MS + 1],
      byHandAtMs: NOON_MS + 2,
    });
    later(MINUTE_MS);
    await query(world);
    await world.simulator.deliverNotifications();
    expect(
      collectionsReceived().toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    ).toEqual([
      { state: 'DOING', paid_amount: 1500, paying_amount: 2500, details: 1 },
      { state: 'DONE', paid_amount: 4000, paying_amount: 0, details: 2 },
    ]);
  });

  test('an order of its own address is told there, one without any address is not told', async () => {
    const other = await openReceiver();
    add({ notify_url: other.url });
    world.simulator.merchant(MCHID).setNotifyUrl(undefined);
    add({ out_order_no: 'UNTOLD' });
    await pay(world);
    await pay(world, 'UNTOLD');
    expect(await deliver()).toHaveLength(1);
    expect([other.received.length, receiver.received.length]).toEqual([1, 0]);
    expect((await query(world)).json).toMatchObject({ notify_url: other.url });
    await other.close();
  });

  test('what was paid elsewhere is not told: no money moved through WeChat Pay', async () => {
    add();
    const detail = { paid_time: '20260301' };
    expect((await change(world, 'sync', { type: 'Order_Paid', detail })).status).toBe(204);
    expect(await deliver()).toEqual([]);
  });

  test.each([
    'ftp://127.0.0.1/x',
    'https://a.example/n?x=1',
    'nowhere',
    `https://a.example/${'n'.repeat(240)}`,
  ])('%s is no address for notifications', (url) => {
    expect(() => world.simulator.merchant(MCHID).setNotifyUrl(url)).toThrow(
      'notifyUrl must be an http or https',
    );
    expect(() => add({ notify_url: url })).toThrow('must be an http or https address');
  });
});

describe('a customer who pays by hand at a time of his own', () => {
  test('waits for the end of a deduction that runs, and pays what that one left', async () => {
    add({
      customer: { kind: 'in_progress', forMs: MINUTE_MS, ends: 'failed' },
      byHandAtMs: NOON_MS + SECOND_MS,
    });
    await pay(world);
    expect(world.simulator.nextEventAtMs()).toBe(NOON_MS + SECOND_MS);
    later(2 * SECOND_MS);
    expect(await world.simulator.deliverNotifications()).toEqual([]);
    expect(world.simulator.nextEventAtMs()).toBe(NOON_MS + MINUTE_MS);
    later(MINUTE_MS);
    await world.simulator.deliverNotifications();
    expect(world.simulator.books()).toMatchObject([
      { movements: [{ atMs: NOON_MS + MINUTE_MS, amountFen: 4000, cause: 'by_hand' }] },
    ]);
    expect(world.simulator.nextEventAtMs()).toBe(Infinity);
  });

  test('has nothing to pay when a deduction was quicker', async () => {
    add({ byHandAtMs: NOON_MS + MINUTE_MS });
    await pay(world);
    later(2 * MINUTE_MS);
    expect(await world.simulator.deliverNotifications()).toHaveLength(1);
    expect(world.simulator.books()).toMatchObject([{ movements: [{ cause: 'collect' }] }]);
  });
});

describe('what is kept of it', () => {
  test('the last deliveries, and no more than were asked for', async () => {
    await world.simulator.close();
    world = await openWorld(
      keys,
      { throttleMs: 0 },
      { notifyUrl: receiver.url },
      { maxRecordedDeliveries: 2 },
    );
    for (const out_order_no of ['A', 'B', 'C']) {
      add({ out_order_no });
      await pay(world, out_order_no);
      await deliver();
    }
    expect(world.simulator.deliveries.map(({ out_order_no }) => out_order_no)).toEqual(['B', 'C']);
  });

  test('nothing of what waits: a simulator that is closed sends no more', async () => {
    add();
    await pay(world);
    await world.simulator.close();
    expect(await deliver()).toMatchObject([{ outcome: { kind: 'no_answer' } }]);
    expect(receiver.received).toEqual([]);
  });
});

test('in true time they go by themselves when that is wanted', async () => {
  add();
  world.simulator.deliverEvery(5);
  await pay(world);
  later(SECOND_MS);
  while (receiver.received.length === 0) await new Promise(setImmediate);
  expect(opened(last())).toMatchObject({ out_order_no: 'ORDER1', state: 'DONE' });
});
