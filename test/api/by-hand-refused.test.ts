import { pathOf } from '../support/api';
import { DAY, HOUR, startWorld, type World } from '../support/world';

const REASON = { reason: 'agreed on the phone, call 4711' };

let world: World;
beforeAll(async () => {
  world = await startWorld({ rules: { cancelPending: 'refuse' } });
});
afterAll(async () => world.close());

describe('a waiver that WeChat Pay refuses', () => {
  test('keeps the order from being collected, says that the user can still be charged, and if he is, refund due', async () => {
    const ref = world.order();
    await world.register(ref);
    const path = `${pathOf(ref)}/waive`;
    const answer = await world.api.at('POST', path, REASON);
    expect(answer).toMatchObject({
      status: 409,
      body: {
        type: 'urn:payscore-collector:problem:not-done',
        detail: expect.stringContaining('the user can still be charged') as string,
        operation: { kind: 'cancel', outcome: 'refused', open: false },
        order_status: 'watched',
        next: { because: 'decided' },
      },
    });
    // A lower amount would have it collected again: that takes saying that the waiver is taken back.
    expect(
      await world.api.at('POST', `${pathOf(ref)}/reduce`, { ...REASON, total_amount: 60 }),
    ).toMatchObject({
      status: 409,
      body: { because: 'decided_already' },
    });
    expect(await world.api.at('POST', `${pathOf(ref)}/release`, REASON)).toMatchObject({
      status: 409,
      body: { because: 'not_named' },
    });
    world.clock.forward(2 * DAY);
    await world.tick();
    expect(world.paysReceived(ref)).toBe(0);

    world.simulator.payByHand(ref);
    world.clock.forward(2 * DAY);
    await world.tick();
    const shown = await world.api.at('GET', pathOf(ref));
    expect(shown.body).toMatchObject({
      order_status: 'refund_due',
      refund_due: { amount: 100, because: 'charged_after_waiver' },
    });
    const list = `/v1/merchants/${ref.mchid}/orders?status=refund_due`;
    expect((await world.api.at('GET', list)).body['orders']).toMatchObject([
      { out_order_no: ref.out_order_no, paid_amount: 100 },
    ]);
    // Once a person has refunded it, that is said by its amount, and it stands among the paid.
    const refunded = async (refund_amount: number) =>
      world.api.at('POST', `${pathOf(ref)}/release`, { ...REASON, refund_amount });
    const before = await world.ledger(ref);
    expect(await world.api.at('POST', `${pathOf(ref)}/release`, REASON)).toMatchObject({
      status: 409,
      body: {
        because: 'refund_not_named',
        detail: expect.stringContaining('refund_amount') as string,
        refund_due: { amount: 100 },
      },
    });
    expect(await refunded(40)).toMatchObject({
      status: 409,
      body: { because: 'refund_differs', refund_due: { amount: 100 } },
    });
    expect(await world.ledger(ref)).toEqual(before);
    expect(await refunded(100)).toMatchObject({
      status: 200,
      body: { order_status: 'paid', refund_due: null },
    });
    const dealtWith = await world.ledger(ref);
    expect(dealtWith?.timeline.at(-1)).toMatchObject({ kind: 'released', ...REASON, refund_amount: 100 });
    // Sent again, it is refused, and changes nothing.
    expect(await refunded(100)).toMatchObject({ status: 409, body: { because: 'refund_differs' } });
    expect(await world.ledger(ref)).toEqual(dealtWith);
    const { body } = await world.api.at('GET', pathOf(ref));
    expect(body['timeline']).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'released', refund_amount: 100 })]),
    );
  });

  test('and charges a part of all the same leaves that to be refunded, however often a hold is released', async () => {
    const auto = world.clock.now() + HOUR;
    const ref = world.order({ customer: { kind: 'pays', balanceFen: 40 }, autoDeductionsAtMs: [auto] });
    await world.register(ref);
    await world.api.at('POST', `${pathOf(ref)}/waive`, REASON);
    world.clock.forward(2 * HOUR);
    await world.api.query(ref);
    await world.api.at('POST', `${pathOf(ref)}/hold`, REASON);
    const release = async () => world.api.at('POST', `${pathOf(ref)}/release`, REASON);
    expect(await release()).toMatchObject({
      status: 200,
      body: { hold: null, order_status: 'refund_due', refund_due: { amount: 40 } },
    });
    expect(await release()).toMatchObject({
      status: 409,
      body: { because: 'refund_not_named', order_status: 'refund_due', refund_due: { amount: 40 } },
    });
  });
});

test('a waiver that is taken back by its name is one no more, and the order is collected', async () => {
  const ref = world.order();
  await world.register(ref);
  await world.api.at('POST', `${pathOf(ref)}/waive`, REASON);
  world.clock.forward(HOUR);
  expect(
    await world.api.at('POST', `${pathOf(ref)}/release`, { ...REASON, takes_back: 'waive' }),
  ).toMatchObject({
    status: 200,
    body: { decision: null },
  });
  await world.tick();
  expect(world.paysReceived(ref)).toBe(1);
  const { body } = await world.api.at('GET', pathOf(ref));
  expect(body['timeline']).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'released', takes_back: 'cancel' })]),
  );
});
