import type { OrderRef } from '../../lambda/core/ids';
import { MCHID, OTHER_MCHID } from '../support/keys';
import { MINUTE, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

async function found(
  query: string,
  mchid: string = MCHID,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const answer = await world.api.at('GET', `/v1/merchants/${mchid}/search?${query}`);
  expect(answer.status).toBe(200);
  return answer.body['orders'] as readonly Readonly<Record<string, unknown>>[];
}

async function paid(ref: OrderRef): Promise<string> {
  await world.api.collect(ref);
  world.clock.forward(5 * MINUTE);
  const { body } = await world.api.query(ref);
  return (body['standing'] as { readonly transaction_id: string }).transaction_id;
}

test('orders that have one number are found by it, of every sub-merchant, and of no other merchant', async () => {
  const same = { out_order_no: 'SAME|1' };
  const first = world.order({ ...same, sub_mchid: '1900000110', total_amount: 300 });
  const second = world.order({ ...same, sub_mchid: '1900000109' });
  const foreign = world.order({ ...same, mchid: OTHER_MCHID });
  for (const ref of [first, second, foreign]) await world.register(ref, { total_amount: 100 });
  const status = 'active';
  expect(await found('out_order_no=SAME%7C1')).toMatchObject([
    { ...second, status, total_amount: 100 },
    { ...first, status, total_amount: 100 },
  ]);
  expect(await found('out_order_no=SAME%7C1', OTHER_MCHID)).toMatchObject([foreign]);
  expect(await found('out_order_no=NONE')).toEqual([]);
});

test('an order is found by the number of its payment, as lists show it', async () => {
  const ref = world.order({ out_order_no: 'PAID', total_amount: 350 });
  await world.register(ref);
  const id = await paid(ref);
  const { orders } = (await world.api.at('GET', `/v1/merchants/${MCHID}/orders?status=paid`)).body;
  expect(await found(`transaction_id=${id}`)).toEqual(orders);
  expect(await found(`transaction_id=${id}`, OTHER_MCHID)).toEqual([]);
  expect(await found(`transaction_id=${id}0`)).toEqual([]);
});

test('an order whose payment was taken back is not found by it any more', async () => {
  const ref = world.order({ out_order_no: 'TAKEN_BACK' });
  await world.register(ref);
  const id = await paid(ref);
  const order = await world.ledger(ref);
  const { observed, ...rest } = order;
  if (observed === undefined) throw new Error('a paid order was seen');
  const pending = { ...observed, at: world.clock.now(), standing: { kind: 'pending' as const } };
  const facts = { state: 'DOING', details: [] };
  const after = { ...rest, version: order.version + 1, observed: { ...pending, facts } };
  await world.services.ports.ledger.save(order, after);
  expect(await found(`transaction_id=${id}`)).toEqual([]);
  expect(await found('out_order_no=TAKEN_BACK')).toHaveLength(1);
});

test.each([
  ['', [{ field: '', rule: 'takes out_order_no or transaction_id, one of them' }]],
  [
    'out_order_no=A&transaction_id=B',
    [{ field: '', rule: 'takes out_order_no or transaction_id, one of them' }],
  ],
  ['out_order_no=%23', [{ field: 'out_order_no' }]],
  ['transaction_id=a%23b', [{ field: 'transaction_id' }]],
  [`transaction_id=${'1'.repeat(65)}`, [{ field: 'transaction_id' }]],
])('%s is refused', async (query, errors) => {
  const answer = await world.api.at('GET', `/v1/merchants/${MCHID}/search?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { errors } });
});
