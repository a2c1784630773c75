import { HOUR, MINUTE, SECOND, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.simulator.clearFaults());
afterAll(async () => world.close());

describe('an open attempt', () => {
  test('holds a second collection back with 409 and says until when, and nothing is sent', async () => {
    const ref = world.order({ customer: { kind: 'in_progress', forMs: 20 * MINUTE, ends: 'failed' } });
    const first = await world.api.collect(ref);
    expect(first.status).toBe(202);
    const second = await world.api.collect(ref);
    expect(second.status).toBe(409);
    const until = new Date(world.clock.now() + 15 * SECOND + 30 * MINUTE).toISOString();
    expect(second.body).toMatchObject({
      open_attempt: { id: (first.body['attempt'] as { id: string }).id, outcome: 'in_progress' },
      held_back: { action: 'wait', because: 'attempt_open', until },
      next: { action: 'wait', because: 'attempt_open', until },
    });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('is not closed by a query before its outcome can be conclusive', async () => {
    const ref = world.order();
    world.fault({ kind: 'lost_request', on: { action: 'pay' } });
    expect((await world.api.collect(ref)).body).toMatchObject({ attempt: { outcome: 'unknown' } });
    world.clock.forward(15 * SECOND + 3 * MINUTE - 1);
    const answer = await world.api.query(ref);
    expect(answer.body).toMatchObject({
      standing: { kind: 'pending' },
      open_attempt: { outcome: 'unknown' },
      next: { action: 'wait', because: 'attempt_open' },
    });
  });

  test('is closed as not paid by a query after that, and gap and ladder then count from the claim', async () => {
    const ref = world.order();
    const claimedAt = world.clock.now();
    world.fault({ kind: 'lost_request', on: { action: 'pay' } });
    await world.api.collect(ref);
    world.clock.forward(15 * SECOND + 3 * MINUTE);
    const answer = await world.api.query(ref);
    expect(answer.body).toMatchObject({
      standing: { kind: 'pending' },
      open_attempt: null,
      attempts: [new Date(claimedAt).toISOString()],
      next: {
        action: 'wait',
        because: 'decline_ladder',
        until: new Date(claimedAt + 24 * HOUR).toISOString(),
      },
    });
    expect((await world.ledger(ref)).timeline.at(-1)).toMatchObject({ kind: 'closed', as: 'not_paid' });
    expect(await world.api.collect(ref)).toMatchObject({
      status: 409,
      body: { held_back: { because: 'gap', until: new Date(claimedAt + 6 * HOUR).toISOString() } },
    });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('of a call whose answer was lost is known as paid by query, and never sent again', async () => {
    const ref = world.order();
    world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    expect((await world.api.collect(ref)).body).toMatchObject({
      attempt: { outcome: 'unknown', because: 'no_answer' },
    });
    world.clock.forward(4 * MINUTE);
    const again = await world.api.collect(ref);
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ standing: { kind: 'paid', paid_amount: 100 }, open_attempt: null });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('of USERPAYING that failed is closed after 30 minutes only', async () => {
    const ref = world.order({ customer: { kind: 'in_progress', forMs: 20 * MINUTE, ends: 'failed' } });
    await world.api.collect(ref);
    world.clock.forward(30 * MINUTE + 15 * SECOND - 1);
    expect((await world.api.query(ref)).body).toMatchObject({ open_attempt: { outcome: 'in_progress' } });
    world.clock.forward(1);
    expect((await world.api.query(ref)).body).toMatchObject({ open_attempt: null });
  });
});

describe('another service_id than the ledger has', () => {
  const OTHER = '00004000000000000000000000000002';

  test('is refused with 409, and nothing is sent', async () => {
    const ref = world.order();
    await world.register(ref);
    const before = world.received();
    for (const answer of [
      await world.api.collect({ ...ref, service_id: OTHER as typeof ref.service_id }),
      await world.api.query({ ...ref, service_id: OTHER as typeof ref.service_id }),
    ]) {
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({
        type: 'urn:payscore-collector:problem:service-mismatch',
        detail: `The ledger knows this order under service_id ${ref.service_id}. Nothing was sent.`,
      });
    }
    expect(world.received()).toBe(before);
  });

  test('is refused by WeChat Pay with 502 when the ledger has none yet, and nothing is sent', async () => {
    const known = world.order();
    const ref = { ...known, service_id: OTHER as typeof known.service_id };
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(502);
    expect(answer.body).toMatchObject({ type: 'urn:payscore-collector:problem:wechatpay-refused' });
    expect((await world.ledger(known)).observed).toBeUndefined();
    expect(world.paysReceived(known)).toBe(0);
  });

  test('is not put right by a collection, dry or not, but by a registration, and is collected then', async () => {
    const ref = world.order();
    await world.register({ ...ref, service_id: OTHER as typeof ref.service_id });
    const before = await world.ledger(ref);
    for (const more of [{}, { dry_run: true }]) expect((await world.api.collect(ref, more)).status).toBe(409);
    expect(await world.ledger(ref)).toEqual(before);
    expect(await world.register(ref)).toMatchObject({ status: 200, body: { registration: 'changed' } });
    expect((await world.api.collect(ref)).status).toBe(202);
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('stays refused while an attempt is open, though its answer was never verified', async () => {
    const ref = world.order();
    world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    expect((await world.api.collect(ref)).status).toBe(202);
    const before = await world.ledger(ref);
    expect((await world.register({ ...ref, service_id: OTHER as typeof ref.service_id })).status).toBe(409);
    expect(await world.ledger(ref)).toEqual(before);
  });
});

describe('order numbers', () => {
  test.each(['A|1', 'A*1', 'a-b_c|*', '0', 'Z'.repeat(32)])(
    '%s is collected under its own name',
    async (out_order_no) => {
      const ref = world.order({ out_order_no });
      const answer = await world.api.collect(ref);
      expect(answer.status).toBe(202);
      expect(answer.body).toMatchObject({ order: { out_order_no } });
      expect(world.paysReceived(ref)).toBe(1);
      expect((await world.ledger(ref)).open).toBeDefined();
    },
  );

  test('of two sub-merchants that are equal are two orders', async () => {
    const one = world.order({ out_order_no: 'SAME', sub_mchid: '1900000201' });
    const other = world.order({ out_order_no: 'SAME', sub_mchid: '1900000202' });
    expect((await world.api.collect(one)).status).toBe(202);
    await expect(world.ledger(other)).rejects.toThrow('is not in the ledger');
    expect((await world.api.collect(other)).status).toBe(202);
    expect([world.paysReceived(one), world.paysReceived(other)]).toEqual([1, 1]);
  });
});
