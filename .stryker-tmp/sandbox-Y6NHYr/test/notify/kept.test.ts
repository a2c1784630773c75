import type { OrderRef } from '../../lambda/core/ids';
import { MCHID } from '../support/keys';
import { envelopeOf, resourceOf } from '../support/notifications';
import { MINUTE, SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';
import { keptRow, paidBody, pendingOrder, send } from './support';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

test('of an order that nobody registered the notification is kept, as it came, and acknowledged', async () => {
  const ref = world.order();
  const body = paidBody(world, ref, undefined, { id: 'EV-STRANGER' });
  expect(await send(world, body)).toMatchObject({ status: 204, text: '' });
  const row = await keptRow(world, 'EV-STRANGER');
  expect(row).toEqual({
    pk: `notification#${MCHID}`,
    sk: 'EV-STRANGER',
    schema: 1,
    event_type: 'PAYSCORE.USER_PAID',
    created_at: world.clock.now(),
    received_at: world.clock.now(),
    because: 'unregistered',
    order: { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no: ref.out_order_no },
    envelope: body,
    expires_at: Math.floor(world.clock.now() / 1000) + 180 * 86_400,
  });
  await expect(world.ledger(ref)).rejects.toThrow('not in the ledger');
});

test('nothing of what is kept can be read without the key: the payer least of all', async () => {
  const body = paidBody(world, world.order(), undefined, { id: 'EV-SEALED' });
  await send(world, body);
  const row = JSON.stringify(await keptRow(world, 'EV-SEALED'));
  for (const text of ['openid', 'oUpF8uMuAJO', 'wxd678efh567hg6787', '充电服务', 'transaction'])
    expect(row).not.toContain(text);
});

test('the same one twice is kept once, as it came first', async () => {
  const body = paidBody(world, world.order(), undefined, { id: 'EV-TWICE' });
  await send(world, body);
  const first = await keptRow(world, 'EV-TWICE');
  world.clock.forward(MINUTE);
  expect(await send(world, body)).toMatchObject({ status: 204 });
  expect(await keptRow(world, 'EV-TWICE')).toEqual(first);
});

test('an order that is registered after its notification came learns of the payment by its first question', async () => {
  const ref = world.order();
  await send(world, paidBody(world, ref));
  world.simulator.payByHand(ref);
  await world.register(ref);
  await world.tick();
  expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
});

test.each([
  'PAYSCORE.USER_CONFIRM',
  'PAYSCORE.USER_OPEN_SERVICE',
  'PAYSCORE.USER_CLOSE_SERVICE',
  'REFUND.SUCCESS',
  'PAYSCORE.NEW_IN_2027',
])('%s is kept and acknowledged, and changes no order', async (eventType) => {
  const ref = await pendingOrder(world);
  const before = await world.ledger(ref);
  const body = paidBody(world, ref, undefined, { eventType, id: `EV-${eventType}` });
  expect(await send(world, body)).toMatchObject({ status: 204 });
  expect(await keptRow(world, `EV-${eventType}`)).toMatchObject({
    event_type: eventType,
    because: 'other_event',
    envelope: body,
  });
  expect(await world.ledger(ref)).toEqual(before);
});

test('a payment under another service than the registered one is never applied: kept, and WeChat Pay is asked', async () => {
  const ref = await pendingOrder(world);
  const other = { ...ref, service_id: SERVICE_ID.replace(/1$/, '2') } as OrderRef;
  const body = envelopeOf(resourceOf(other), { createdAt: world.clock.now(), id: 'EV-SERVICE' });
  expect(await send(world, body)).toMatchObject({ status: 204 });
  expect(await keptRow(world, 'EV-SERVICE')).toMatchObject({ because: 'other_service' });
  const order = await world.ledger(ref);
  expect(order).toMatchObject({ status: 'active', observed: { standing: { kind: 'pending' } } });
  expect(order.due_at).toBe(world.clock.now());
});
