import type { OrderRef } from '../lambda/core/ids';
import { deliver, type Tick } from '../local/aws/events';
import { scheduledEvent } from '../local/aws/events';
import type { Invocation, LambdaHandler } from '../local/aws/invoke';
import { OTHER_MCHID } from './support/keys';
import { startWorld, type World } from './support/world';

let world: World;
let handler: LambdaHandler<unknown>;
beforeAll(async () => {
  world = await startWorld();
  // It reads its environment when it is loaded, as on Lambda.
  const { createHandler } = await import('../lambda/sweep');
  handler = createHandler(world.services);
});
afterEach(() => world.simulator.clearFaults());
afterAll(async () => world.close());

async function run(tick: Tick<unknown>, timeoutMs = 300_000): Promise<Invocation> {
  return deliver(handler, tick, { functionName: 'sweep', timeoutMs, now: world.clock.now });
}

async function sweep(orders: readonly OrderRef[], more: object = {}): Promise<Invocation> {
  return run({ kind: 'constant', input: { orders, ...more } });
}

function ordersAtWechatPay(count: number, more: Parameters<World['order']>[0] = {}): OrderRef[] {
  return Array.from({ length: count }, () => world.order(more));
}

describe('a run of the rule', () => {
  test('collects the orders that its constant input names, each once, and counts what they came to', async () => {
    const paying = ordersAtWechatPay(3);
    const declining = ordersAtWechatPay(2, { customer: { kind: 'declines' } });
    const paid = world.order({ phase: 'user_paid' });
    expect(await sweep([...paying, ...declining, paid])).toEqual({
      kind: 'returned',
      value: { orders: 6, results: { accepted: 3, declined: 2, held_back: 1 } },
    });
    for (const ref of [...paying, ...declining]) expect(world.paysReceived(ref)).toBe(1);
    const [first] = paying;
    if (first === undefined) throw new Error('there are three');
    expect((await world.ledger(first)).open?.actor).toEqual({ kind: 'schedule', id: 'sweep' });
  });

  test('without a constant input is refused, and every fault of it is named', async () => {
    const ended = await run({ kind: 'event', event: scheduledEvent({ now: world.clock.now }) });
    expect(ended).toMatchObject({
      kind: 'threw',
      error: {
        code: 'INPUT_INVALID',
        message:
          "The sweep's input is not usable: orders is missing; has fields that are not known here: version, id, " +
          'detail-type, source, account, time, region, resources, detail.',
      },
    });
  });

  test.each<readonly [string, unknown, readonly string[]]>([
    ['null', null, ['is not of type object']],
    ['a list', [], ['is not of type object']],
    ['nothing', {}, ['orders is missing']],
    ['no orders', { orders: [] }, ['orders has fewer than 1']],
    ['orders that are none', { orders: 'all' }, ['orders is not of type array']],
    [
      'an order with faults',
      { orders: [{ mchid: '1', sub_mchid: 'x', out_order_no: 5, servce_id: '1' }], dry_run: 'no' },
      [
        'orders[0].sub_mchid is not a merchant number: 1 to 32 digits',
        'orders[0].out_order_no is not of type string',
        'orders[0].service_id is missing',
        'orders[0] has fields that are not known here: servce_id',
        'dry_run is not of type boolean',
      ],
    ],
  ])('with %s is refused, and nothing is asked', async (_name, input, faults) => {
    const before = world.received();
    expect(await run({ kind: 'constant', input })).toMatchObject({
      kind: 'threw',
      error: { code: 'INPUT_INVALID', data: { faults } },
    });
    expect(world.received()).toBe(before);
  });

  test('takes 50 orders and refuses 51, whole', async () => {
    const orders = ordersAtWechatPay(51);
    expect(await sweep(orders)).toMatchObject({
      kind: 'threw',
      error: { code: 'INPUT_INVALID', data: { faults: ['orders has more than 50'] } },
    });
    expect(orders.map((ref) => world.paysReceived(ref)).filter((count) => count > 0)).toEqual([]);
    expect(await sweep(orders.slice(0, 50))).toMatchObject({
      value: { orders: 50, results: { accepted: 50 } },
    });
  });

  test('never has more than ten calls under way at WeChat Pay', async () => {
    const orders = ordersAtWechatPay(30);
    // Slow enough that calls overlap; what is counted can only be too little, never too much.
    world.fault({ kind: 'delay', delayMs: 25, times: 'always' });
    const start = world.received();
    let most = 0;
    const watch = setInterval(() => {
      const underWay = world.simulator.requests
        .slice(start)
        .filter(({ outcome }) => outcome.kind === 'pending');
      most = Math.max(most, underWay.length);
    }, 1);
    await sweep(orders);
    clearInterval(watch);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(10);
  });

  test('that asks for a dry run sends and writes nothing', async () => {
    const orders = ordersAtWechatPay(4);
    expect(await sweep(orders, { dry_run: true })).toMatchObject({
      value: { orders: 4, results: { would_collect: 4 } },
    });
    for (const ref of orders) {
      expect(world.paysReceived(ref)).toBe(0);
      expect((await world.ledger(ref)).version).toBe(0);
    }
  });
});

describe('an event that is delivered twice', () => {
  test('one after the other sends nothing twice', async () => {
    const orders = ordersAtWechatPay(5, { customer: { kind: 'declines' } });
    await sweep(orders);
    expect(await sweep(orders)).toMatchObject({ value: { results: { held_back: 5 } } });
    expect(orders.map((ref) => world.paysReceived(ref))).toEqual([1, 1, 1, 1, 1]);
  });

  test('at the same time, with orders twice in it, sends nothing twice', async () => {
    const orders = ordersAtWechatPay(12);
    const ended = await Promise.all([sweep([...orders, ...orders]), sweep(orders), sweep(orders)]);
    expect(ended.map(({ kind }) => kind)).toEqual(['returned', 'returned', 'returned']);
    expect(orders.map((ref) => world.paysReceived(ref))).toEqual(Array.from({ length: 12 }, () => 1));
  });
});

describe('a sweep that cannot finish every order', () => {
  test('finishes all the others first, then fails with SWEEP_INCOMPLETE, which names those left and why', async () => {
    const mine = ordersAtWechatPay(15);
    const other = ordersAtWechatPay(3, { mchid: OTHER_MCHID });
    const unknown = ['X1', 'X2'].map((number) => ({ ...world.order(), mchid: '404', out_order_no: number }));
    const ended = await sweep([...(unknown as unknown as OrderRef[]), ...mine, ...other]);
    const why =
      'Merchant 404 has no secrets here: create payscore-collector/test/404/signing and ' +
      'payscore-collector/test/404/verify, or check who may read them.';
    expect(ended).toMatchObject({
      kind: 'threw',
      error: {
        code: 'SWEEP_INCOMPLETE',
        message: `2 of 20 orders need a look or another sweep: X1: ${why}; X2: ${why}`,
        data: { undone: 2, orders: 20 },
        cause: { code: 'MERCHANT_UNKNOWN' },
      },
    });
    expect([...mine, ...other].map((ref) => world.paysReceived(ref))).toEqual(
      Array.from({ length: 18 }, () => 1),
    );
  });

  test('for want of time says so, order by order, and has begun none of them', async () => {
    const orders = ordersAtWechatPay(2);
    // 2 s are kept for the summary, and 25 s are what one order may take.
    const ended = await run({ kind: 'constant', input: { orders } }, 26_999);
    expect(ended).toMatchObject({
      kind: 'threw',
      error: {
        code: 'SWEEP_INCOMPLETE',
        message: `2 of 2 orders need a look or another sweep: ${orders.map(({ out_order_no }) => `${out_order_no}: no time was left`).join('; ')}`,
      },
    });
    expect(orders.map((ref) => world.paysReceived(ref))).toEqual([0, 0]);
    expect(await run({ kind: 'constant', input: { orders } }, 27_000)).toMatchObject({
      value: { results: { accepted: 2 } },
    });
  });

  test('names an order that the ledger knows under another service_id', async () => {
    const [known, fine] = ordersAtWechatPay(2);
    if (known === undefined || fine === undefined) throw new Error('there are two');
    await world.api.query(known);
    const ended = await sweep([{ ...known, service_id: '2' as OrderRef['service_id'] }, fine]);
    expect(ended).toMatchObject({
      kind: 'threw',
      error: {
        code: 'SWEEP_INCOMPLETE',
        message: `1 of 2 orders need a look or another sweep: ${known.out_order_no}: the ledger knows it under service_id ${known.service_id}`,
        data: { undone: 1, orders: 2 },
      },
    });
    expect([known, fine].map((ref) => world.paysReceived(ref))).toEqual([0, 1]);
  });

  test('names an order whose merchant WeChat Pay refused, with what to correct', async () => {
    const [refused, fine] = ordersAtWechatPay(2);
    if (refused === undefined || fine === undefined) throw new Error('there are two');
    await Promise.all([refused, fine].map((ref) => world.api.query(ref)));
    const out_order_no = refused.out_order_no;
    world.fault({ kind: 'status', status: 403, code: 'NO_AUTH', on: { action: 'pay', out_order_no } });
    expect(await sweep([refused, fine])).toMatchObject({
      kind: 'threw',
      error: {
        code: 'SWEEP_INCOMPLETE',
        message: expect.stringMatching(
          new RegExp(
            `^1 of 2 orders need a look or another sweep: ${out_order_no}: WeChat Pay says that it refused`,
          ),
        ) as string,
      },
    });
    expect([refused, fine].map((ref) => world.paysReceived(ref))).toEqual([1, 1]);
  });

  test('because the ledger is out of reach sends nothing', async () => {
    const orders = ordersAtWechatPay(2);
    world.dynamodb.disturb({ kind: 'lost_request', action: 'GetItem', times: 6 });
    const ended = await sweep(orders);
    world.dynamodb.heal();
    expect(ended).toMatchObject({ kind: 'threw', error: { code: 'SWEEP_INCOMPLETE', data: { undone: 2 } } });
    expect(orders.map((ref) => world.paysReceived(ref))).toEqual([0, 0]);
  });
});
