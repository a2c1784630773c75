import { MCHID, OTHER_MCHID } from '../support/keys';
import type { OrderRef } from '../../lambda/core/ids';
import { EAGER, MINUTE, startWorld, type World } from '../support/world';

const [FIRST, SECOND_SUB] = ['1900000201', '1900000202'] as const;

let world: World;
/** By the sub-merchant, in the order of registration. */
let active: OrderRef[];
let paid: OrderRef;
let watched: OrderRef;
let foreign: OrderRef;

beforeAll(async () => {
  world = await startWorld();
  // Registered a minute apart, and nothing of it is due while the tests look at it.
  await world.policy({ ...EAGER, first_attempt_after_hours: 100 });
  const register = async (more: Parameters<World['order']>[0], said: object = {}) => {
    const ref = world.order(more);
    await world.register(ref, said);
    world.clock.forward(MINUTE);
    return ref;
  };
  const second = await register({ sub_mchid: SECOND_SUB, out_order_no: 'B1' }, { total_amount: 250 });
  const first = await register({ sub_mchid: FIRST, out_order_no: 'Z9' });
  const third = await register({ sub_mchid: FIRST, out_order_no: 'A1' });
  active = [first, third, second];
  paid = await register({ sub_mchid: FIRST, out_order_no: 'P1', phase: 'user_paid', total_amount: 700 });
  await world.api.query(paid);
  watched = await register(
    { sub_mchid: SECOND_SUB, out_order_no: 'W1' },
    { completed_at: '2026-01-01T00:00:00Z' },
  );
  foreign = await register({ mchid: OTHER_MCHID, sub_mchid: FIRST, out_order_no: 'Z9' });
});
afterAll(async () => world.close());

const list = (query = '', mchid: string = MCHID) =>
  world.api.at('GET', `/v1/merchants/${mchid}/orders${query}`);

interface Page {
  readonly orders: readonly { readonly out_order_no: string }[];
  readonly cursor: string | null;
}

async function numbersOf(query: string): Promise<readonly string[]> {
  const answer = await list(query);
  expect(answer.status).toBe(200);
  return (answer.body as unknown as Page).orders.map(({ out_order_no }) => out_order_no);
}

test('a list has every order of the merchant: by status, then by sub-merchant, then in the order of registration', async () => {
  const [first, third, second] = active;
  expect(await list()).toMatchObject({
    status: 200,
    body: {
      orders: [
        { ...first, status: 'active', registered_at: '2026-03-02T04:01:00.000Z' },
        { ...third, status: 'active', registered_at: '2026-03-02T04:02:00.000Z' },
        { ...second, status: 'active', registered_at: '2026-03-02T04:00:00.000Z', total_amount: 250 },
        { ...watched, status: 'watched', registered_at: '2026-03-02T04:04:00.000Z' },
        {
          ...paid,
          status: 'paid',
          registered_at: '2026-03-02T04:03:00.000Z',
          total_amount: 700,
          paid_amount: 700,
        },
      ],
      cursor: null,
    },
  });
});

test('a list shows an order as it is listed, and no more of it', async () => {
  const { orders } = (await list('?status=paid')).body as unknown as Page;
  expect(orders).toEqual([
    {
      ...paid,
      status: 'paid',
      registered_at: '2026-03-02T04:03:00.000Z',
      total_amount: 700,
      paid_amount: 700,
    },
  ]);
});

test.each([
  ['?status=active', ['Z9', 'A1', 'B1']],
  ['?status=watched', ['W1']],
  ['?status=cancelled', []],
  [`?sub_mchid=${FIRST}`, ['Z9', 'A1', 'P1']],
  [`?sub_mchid=${SECOND_SUB}&status=active`, ['B1']],
  ['?sub_mchid=190000020', []],
])('%s is %j', async (query, numbers) => {
  expect(await numbersOf(query)).toEqual(numbers);
});

test.each(['', '?status=active', `?sub_mchid=${FIRST}`])(
  'the pages of %j together are the list, each order once',
  async (query) => {
    const whole = await numbersOf(query);
    const join = query === '' ? '?' : `${query}&`;
    for (const limit of [1, 2]) {
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const answer = await list(`${join}limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
        const page = answer.body as unknown as Page;
        expect(page.orders.length).toBeLessThanOrEqual(limit);
        seen.push(...page.orders.map(({ out_order_no }) => out_order_no));
        cursor = page.cursor;
      }
      expect(seen).toEqual(whole);
    }
  },
);

test('an order registered after a page was read is on a later page, and none is told twice', async () => {
  const { cursor } = (await list('?status=active&limit=2')).body as unknown as Page;
  const late = world.order({ sub_mchid: '1900000209', out_order_no: 'LATE' });
  await world.register(late);
  expect(await numbersOf(`?status=active&cursor=${cursor}`)).toEqual(['B1', 'LATE']);
  // It is at its end from here on, so that the other tests do not meet it.
  world.simulator.payByHand(late);
  await world.api.query(late);
});

describe('orders of another merchant', () => {
  test('are never in a list', async () => {
    expect((await list('', OTHER_MCHID)).body).toMatchObject({ orders: [{ ...foreign, status: 'active' }] });
  });

  test('are not told from those of a merchant that is unknown here by an empty list: that one is 404', async () => {
    expect(await list('', '1')).toMatchObject({
      status: 404,
      body: { type: 'urn:payscore-collector:problem:merchant-unknown' },
    });
  });

  test('go on with a cursor, without a look for the merchant', async () => {
    const { cursor } = (await list('?status=active&limit=1')).body as unknown as Page;
    world.clock.forward(5 * MINUTE);
    const calls = world.secrets.calls();
    expect(await numbersOf(`?status=active&cursor=${cursor}`)).toEqual(['A1', 'B1']);
    expect(world.secrets.calls()).toBe(calls);
  });

  test('are not reached with a cursor of another list', async () => {
    const { cursor } = (await list('?status=active&limit=1')).body as unknown as Page;
    expect(await list(`?status=active&cursor=${cursor}`, OTHER_MCHID)).toMatchObject({
      status: 400,
      body: {
        type: 'urn:payscore-collector:problem:cursor-invalid',
        title: 'Cursor not valid',
        detail: expect.stringContaining('Begin again without it.') as string,
      },
    });
  });
});

describe('a cursor', () => {
  test.each(['?status=paid', '', `?status=active&sub_mchid=${SECOND_SUB}`])(
    'of the active orders is refused with 400 for %j',
    async (query) => {
      const { cursor } = (await list('?status=active&limit=1')).body as unknown as Page;
      const join = query === '' ? '?' : `${query}&`;
      expect((await list(`${join}cursor=${cursor}`)).status).toBe(400);
    },
  );

  test.each(['x', '%00', 'bnVsbA', 'e30', 'eyJhZnRlciI6e319', '../..', '{}'])(
    'of %j is refused with 400',
    async (cursor) => {
      expect(await list(`?cursor=${encodeURIComponent(cursor)}`)).toMatchObject({
        status: 400,
        body: { status: 400, title: 'Cursor not valid' },
      });
    },
  );

  test('may come with another limit', async () => {
    const { cursor } = (await list('?status=active&limit=1')).body as unknown as Page;
    expect(await numbersOf(`?status=active&limit=100&cursor=${cursor}`)).toEqual(['A1', 'B1']);
  });
});

test.each([
  ['?limit=0', 'limit', 'is not a whole number from 1 to 100'],
  ['?limit=101', 'limit', 'is not a whole number from 1 to 100'],
  ['?limit=1e1', 'limit', 'is not a whole number from 1 to 100'],
  ['?limit=', 'limit', 'is not a whole number from 1 to 100'],
  ['?status=open', 'status', 'is not one of active, watched, refund_due, paid, settled, cancelled, expired'],
  ['?sub_mchid=x', 'sub_mchid', 'is not a merchant number: 1 to 32 digits'],
  [`?mchid=${OTHER_MCHID}`, 'mchid', 'belongs into the path, not into the query string'],
  ['?out_order_no=A1', '', 'has fields that are not known here: out_order_no'],
])('%s is refused: %s %s', async (query, field, rule) => {
  expect(await list(query)).toMatchObject({ status: 400, body: { errors: [{ field, rule }] } });
});
