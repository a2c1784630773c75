import type { OrderRef } from '../../lambda/core/ids';
import { pathOf } from '../support/api';
import { startWorld, type World } from '../support/world';

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

describe('every decision by hand', () => {
  const ACTIONS: readonly (readonly [string, object])[] = [
    ['hold', {}],
    ['release', {}],
    ['settle', { paid_at: '2026-03-01T00:00:00Z' }],
    ['waive', {}],
    ['reduce', { total_amount: 1 }],
    ['correct', {}],
  ];

  test.each(ACTIONS)('%s wants a reason', async (action, body) => {
    const ref = await registered();
    const answer = await world.api.at('POST', `${pathOf(ref)}/${action}`, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'reason', rule: 'is missing' }] },
    });
  });

  test.each(ACTIONS)('%s wants an order of the ledger', async (action, body) => {
    const ref = world.order();
    expect(await post(ref, action, body)).toMatchObject({
      status: 404,
      body: { type: 'urn:payscore-collector:problem:order-unknown' },
    });
    expect(arrived(ref)).toEqual([]);
  });

  test.each(ACTIONS.filter(([action]) => action !== 'correct'))(
    '%s is refused of an order at its end, and changes nothing',
    async (action, body) => {
      const ref = await registered();
      world.simulator.payByHand(ref);
      await world.api.query(ref);
      const before = await world.ledger(ref);
      expect(await post(ref, action, body)).toMatchObject({
        status: 409,
        body: { type: 'urn:payscore-collector:problem:not-possible', order_status: 'paid' },
      });
      expect(await world.ledger(ref)).toEqual(before);
    },
  );

  test('a release of nothing is told so', async () => {
    const ref = await registered();
    expect(await post(ref, 'release')).toMatchObject({ status: 409, body: { because: 'not_held' } });
  });

  test('a release names a decision or a refund, not both at once', async () => {
    const ref = await registered();
    expect(await post(ref, 'release', { takes_back: 'waive', refund_amount: 40 })).toMatchObject({
      status: 400,
      body: {
        errors: [
          { field: 'refund_amount', rule: 'is given beside takes_back: a release names one of the two' },
        ],
      },
    });
  });

  test.each([0, -1, 1.5, '40', null])('a refund of %p is none', async (refund_amount) => {
    const ref = await registered();
    expect(await post(ref, 'release', { refund_amount })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'refund_amount', rule: 'is not a whole number of fen above 0' }] },
    });
  });

  test('a refund where none is due is refused', async () => {
    const ref = await registered();
    expect(await post(ref, 'release', { refund_amount: 1 })).toMatchObject({
      status: 409,
      body: { because: 'refund_differs' },
    });
  });

  test('shows no text to the user that WeChat Pay would not take', async () => {
    const ref = await registered();
    for (const user_reason of ['', '字'.repeat(51), 'two\nlines', 'smile 😀'])
      expect((await post(ref, 'waive', { user_reason })).status).toBe(400);
    expect(arrived(ref)).toEqual([]);
  });

  test('a hold whose end lies behind is no hold', async () => {
    const ref = await registered();
    expect(await post(ref, 'hold', { until: iso(world.clock.now()) })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'until', rule: 'lies behind' }] },
    });
  });
});
