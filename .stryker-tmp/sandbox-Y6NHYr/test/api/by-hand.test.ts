import type { OrderRef } from '../../lambda/core/ids';
import { pathOf } from '../support/api';
import { DAY, HOUR, MINUTE, SECOND, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.simulator.clearFaults());
afterAll(async () => world.close());

const iso = (at: number) => new Date(at).toISOString();
const REASON = { reason: 'agreed on the phone, call 4711' };
const post = (ref: OrderRef, action: string, body: object = {}) =>
  world.api.at('POST', `${pathOf(ref)}/${action}`, { ...REASON, ...body });
const show = async (ref: OrderRef) => (await world.api.at('GET', pathOf(ref))).body;
const atWechatPay = ({ mchid, sub_mchid, out_order_no }: OrderRef) =>
  world.simulator.order(mchid, sub_mchid, out_order_no);
/** What arrived at WeChat Pay for an order, by the last part of the path. */
const arrived = ({ out_order_no }: OrderRef) =>
  world.simulator.requests
    .filter(({ url }) => url.includes(`/${out_order_no}/`))
    .map(({ url }) => url.split('/').at(-1));

async function registered(more: object = {}): Promise<OrderRef> {
  const ref = world.order(more);
  expect((await world.register(ref)).status).toBe(201);
  return ref;
}

describe('an order that is held', () => {
  test('is not collected until its end, and says who held it and why', async () => {
    const ref = await registered();
    const until = world.clock.now() + HOUR;
    expect(await post(ref, 'hold', { until: iso(until) })).toMatchObject({
      status: 200,
      body: {
        order_status: 'watched',
        hold: { ...REASON, until: iso(until), actor: expect.stringContaining('arn:aws:') as string },
        next: { action: 'query', because: 'watch' },
      },
    });
    expect(await world.api.collect(ref)).toMatchObject({
      status: 409,
      body: { held_back: { because: 'held' } },
    });
    await world.tick();
    expect(world.paysReceived(ref)).toBe(0);
    world.clock.forward(HOUR + SECOND);
    await world.tick();
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('without an end, until somebody releases it', async () => {
    const ref = await registered();
    await post(ref, 'hold');
    world.clock.forward(3 * DAY);
    await world.tick();
    expect(world.paysReceived(ref)).toBe(0);
    expect(await post(ref, 'release')).toMatchObject({ status: 200, body: { hold: null } });
    await world.tick();
    expect(world.paysReceived(ref)).toBe(1);
    const { timeline } = await show(ref);
    expect(timeline).toMatchObject([
      { kind: 'held', hold: REASON },
      { kind: 'observed' },
      { kind: 'released', ...REASON },
      { kind: 'attempt' },
    ]);
  });

  test('is asked about all the same: the user may pay by hand', async () => {
    const ref = await registered();
    await post(ref, 'hold');
    world.simulator.payByHand(ref);
    world.clock.forward(DAY);
    await world.tick();
    expect(await show(ref)).toMatchObject({ order_status: 'paid' });
  });
});

describe('an order that the user paid elsewhere', () => {
  test('is settled at WeChat Pay (同步), verified, and never collected', async () => {
    const ref = await registered();
    const paid_at = '2026-03-02T03:04:05Z';
    expect(await post(ref, 'settle', { paid_at })).toMatchObject({
      status: 200,
      body: {
        operation: { kind: 'sync', outcome: 'accepted', open: false },
        recorded: true,
        order_status: 'settled',
        standing: { kind: 'settled', because: 'paid_elsewhere' },
        decision: { operation: { kind: 'sync', paid_at: '2026-03-02T03:04:05.000Z' } },
        next: { action: 'stop', because: 'settled' },
      },
    });
    expect(arrived(ref)).toEqual(['sync']);
    // Beijing time, as the page of WeChat Pay has it.
    const sent = world.simulator.requests.find(({ url }) => url.endsWith(`${ref.out_order_no}/sync`));
    expect(JSON.parse(sent?.body ?? '')).toEqual({
      service_id: ref.service_id,
      sub_mchid: ref.sub_mchid,
      type: 'Order_Paid',
      detail: { paid_time: '20260302110405' },
    });
    expect(atWechatPay(ref)?.details).toMatchObject([{ paid_type: 'MCH' }]);
    expect((await show(ref))['timeline']).toMatchObject([
      { kind: 'observed', standing: 'pending' },
      { kind: 'operation', operation: { kind: 'sync' }, outcome: 'accepted', ...REASON },
      { kind: 'observed', standing: 'settled' },
      { kind: 'closed', as: 'settled' },
    ]);
  });

  test('cannot have paid in the future', async () => {
    const ref = await registered();
    const paid_at = iso(world.clock.now() + 6 * MINUTE);
    expect(await post(ref, 'settle', { paid_at })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'paid_at', rule: 'lies ahead' }] },
    });
  });

  test('cannot have paid years before it', async () => {
    const ref = await registered();
    for (const [paid_at, rule] of [
      ['2023-01-01T00:00:00Z', 'lies more than two years behind'],
      ['0000-01-01T00:00:00+14:00', 'is not in the years 2000 to 2999'],
    ]) {
      const answer = await post(ref, 'settle', { paid_at });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'paid_at', rule }] } });
    }
    expect(arrived(ref)).toEqual([]);
  });

  test('but was charged by WeChat Pay first, is paid: nothing is told', async () => {
    const ref = await registered();
    world.simulator.payByHand(ref);
    expect(await post(ref, 'settle', { paid_at: '2026-03-02T03:04:05Z' })).toMatchObject({
      status: 409,
      body: {
        because: 'paid',
        order_status: 'paid',
        detail: expect.stringContaining('Nothing was changed') as string,
      },
    });
    expect(arrived(ref)).toEqual([]);
  });
});

describe('an order that is waived', () => {
  test('is cancelled at WeChat Pay (取消), with a reason for the user, and verified', async () => {
    const ref = await registered();
    expect(await post(ref, 'waive', { user_reason: '故障车辆,免除费用' })).toMatchObject({
      status: 200,
      body: { operation: { kind: 'cancel', outcome: 'accepted', open: false }, order_status: 'cancelled' },
    });
    const sent = world.simulator.requests.find(({ url }) => url.endsWith(`${ref.out_order_no}/cancel`));
    expect(JSON.parse(sent?.body ?? '')).toMatchObject({ reason: '故障车辆,免除费用' });
    expect(atWechatPay(ref)).toMatchObject({ state: 'REVOKED' });
  });

  test('while a deduction of it runs is not collected here, and can be waived again after three minutes', async () => {
    const ref = await registered();
    world.simulator.lock(ref, 2 * MINUTE);
    const busy = await post(ref, 'waive');
    expect(busy).toMatchObject({
      status: 202,
      body: { operation: { outcome: 'busy', open: true }, open_operation: { operation: { kind: 'cancel' } } },
    });
    expect(await world.api.collect(ref)).toMatchObject({
      status: 409,
      body: { held_back: { because: 'attempt_open' } },
    });
    const again = await post(ref, 'waive');
    expect(again).toMatchObject({
      status: 503,
      body: { type: 'urn:payscore-collector:problem:not-told', decision: { operation: { kind: 'cancel' } } },
    });
    expect(again.headers['retry-after']).toBe('195');
    world.clock.forward(195 * SECOND);
    expect(await post(ref, 'waive')).toMatchObject({ status: 200, body: { order_status: 'cancelled' } });
  });
});

test('a waiver that comes too late, because the user is charged meanwhile, is said not to be done', async () => {
  const ref = await registered();
  const services = world.newServices();
  const { merchants } = services.ports;
  const late = await world.apiOf({
    ...services,
    ports: {
      ...services.ports,
      merchants: {
        refresh: async () => false,
        get: async (mchid) => {
          const calls = await merchants.get(mchid);
          return {
            collect: async (...call) => calls.collect(...call),
            query: async (...call) => calls.query(...call),
            change: async (...call) => {
              world.simulator.payByHand(ref);
              return calls.change(...call);
            },
          };
        },
      },
    },
  });
  expect(await late.at('POST', `${pathOf(ref)}/waive`, REASON)).toMatchObject({
    status: 409,
    body: {
      type: 'urn:payscore-collector:problem:not-done',
      order_status: 'refund_due',
      refund_due: { amount: 100, because: 'charged_after_waiver' },
    },
  });
});

test('a waiver while the keys are out of reach is in force, and can be sent again', async () => {
  const ref = await registered();
  const fresh = await world.apiOf(world.newServices());
  world.secrets.fail(6, 'InternalServiceError');
  const answer = await fresh.at('POST', `${pathOf(ref)}/waive`, REASON);
  expect(answer).toMatchObject({
    status: 503,
    body: { type: 'urn:payscore-collector:problem:not-told', decision: { operation: { kind: 'cancel' } } },
  });
  world.clock.forward(MINUTE);
  expect(await post(ref, 'waive')).toMatchObject({ status: 200, body: { order_status: 'cancelled' } });
  expect(arrived(ref)).toEqual(['cancel']);
});

describe('an order that is reduced', () => {
  test('is due with less at WeChat Pay (修改), verified, and collected with that', async () => {
    const ref = await registered();
    expect(await post(ref, 'reduce', { total_amount: 60 })).toMatchObject({
      status: 200,
      body: {
        operation: { kind: 'modify', outcome: 'accepted', open: false },
        order_status: 'active',
        decision: null,
        standing: { wechatpay: { total_amount: 60, paying_amount: 60 } },
      },
    });
    world.clock.forward(4 * MINUTE);
    await world.tick();
    world.clock.forward(4 * MINUTE);
    await world.tick();
    expect(await show(ref)).toMatchObject({ order_status: 'paid', standing: { paid_amount: 60 } });
  });

  test.each([
    [100, 'as much as is due'],
    [150, 'more'],
  ])('to %i fen is refused: %s', async (total_amount) => {
    const ref = await registered();
    expect(await post(ref, 'reduce', { total_amount })).toMatchObject({
      status: 409,
      body: { because: 'not_lower', decision: null },
    });
    expect(arrived(ref)).toEqual([]);
  });

  test('to nothing is no reduction', async () => {
    const ref = await registered();
    expect(await post(ref, 'reduce', { total_amount: 0 })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'total_amount', rule: 'is 0: an order that is forgiven is waived' }] },
    });
  });
});

describe('an order that is corrected', () => {
  test('is what WeChat Pay says, verified, and the record says who had it asked', async () => {
    const ref = await registered();
    await post(ref, 'waive');
    world.clock.forward(2 * MINUTE);
    expect(await post(ref, 'correct')).toMatchObject({
      status: 200,
      body: { order_status: 'cancelled', wechatpay: { http_status: 200 } },
    });
    const { timeline } = await show(ref);
    expect((timeline as object[]).at(-1)).toMatchObject({ kind: 'corrected', ...REASON });
  });

  test('takes no state from anybody', async () => {
    const ref = await registered();
    expect(await post(ref, 'correct', { state: 'paid' })).toMatchObject({
      status: 400,
      body: { errors: [{ rule: expect.stringContaining('state') as string }] },
    });
  });

  test('stays as it was when WeChat Pay gives no usable answer', async () => {
    const ref = await registered();
    world.fault({ kind: 'lost_answer', on: { action: 'query' } });
    expect((await post(ref, 'correct')).status).toBe(503);
    expect((await show(ref))['timeline']).toEqual([]);
  });
});
