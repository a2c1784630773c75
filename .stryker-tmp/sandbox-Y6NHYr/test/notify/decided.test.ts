import { pathOf } from '../support/api';
import { envelopeOf, resourceOf } from '../support/notifications';
import { MINUTE, startWorld, type World } from '../support/world';
import { paidBody, pendingOrder, send } from './support';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

test('one charged after it was paid elsewhere is to be refunded, and the notification is how it is known', async () => {
  const ref = await pendingOrder(world);
  const paid_at = new Date(world.clock.now()).toISOString();
  const settled = await world.api.at('POST', `${pathOf(ref)}/settle`, { reason: 'cash', paid_at });
  expect(settled.body).toMatchObject({ order_status: 'settled' });
  world.clock.forward(5 * MINUTE);
  expect(await send(world, paidBody(world, ref))).toMatchObject({ status: 204 });
  const { body } = await world.api.at('GET', pathOf(ref));
  expect(body).toMatchObject({
    order_status: 'refund_due',
    standing: { kind: 'paid', paid_amount: 100 },
    refund_due: { amount: 100 },
  });
});

test('one paid at the lower amount that was decided is paid, and nothing is to be refunded', async () => {
  const ref = await pendingOrder(world);
  await world.api.at('POST', `${pathOf(ref)}/reduce`, { reason: 'goodwill', total_amount: 60 });
  world.clock.forward(5 * MINUTE);
  const body = envelopeOf(resourceOf(ref, [{ amount: 60 }], 60), { createdAt: world.clock.now() });
  await send(world, body);
  const shown = await world.api.at('GET', pathOf(ref));
  expect(shown.body).toMatchObject({
    order_status: 'paid',
    standing: { kind: 'paid', paid_amount: 60 },
    refund_due: null,
  });
});

test('an order that is held learns of its payment like any other', async () => {
  const ref = await pendingOrder(world);
  await world.api.at('POST', `${pathOf(ref)}/hold`, { reason: 'disputed' });
  await send(world, paidBody(world, ref));
  expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
});
