import type { ServiceId } from '../../lambda/core/ids';
import { OTHER_MCHID } from '../support/keys';
import { pathOf } from '../support/api';
import { DAY, EAGER, HOUR, MINUTE, SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(async () => {
  world.simulator.clearFaults();
  await world.policy(EAGER);
});
afterAll(async () => world.close());

const NO_TIME = 'is not a time such as 2026-10-01T00:00:00Z';
const iso = (at: number) => new Date(at).toISOString();

describe('an order that is registered', () => {
  test('is 201 with all that is decided about it, and nothing is asked or sent', async () => {
    await world.policy({});
    const ref = world.order();
    const received = world.received();
    const answer = await world.register(ref);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      registration: 'registered',
      order: ref,
      order_status: 'active',
      standing: null,
      open_attempt: null,
      open_operation: null,
      registered_at: '2026-03-02T04:00:00.000Z',
      completed: { at: '2026-03-02T04:00:00.000Z', from: 'registered' },
      exhausting_at: '2026-03-22T04:00:00.000Z',
      attempts: [],
      hold: null,
      decision: null,
      refund_due: null,
      due_at: '2026-03-03T04:00:00.000Z',
      switch: 'on',
      policy: 'default',
      next: {
        action: 'wait',
        because: 'first_attempt',
        until: '2026-03-03T04:00:00.000Z',
        reason:
          'The user is given time to pay by himself before the first attempt (first_attempt_after_hours).',
      },
    });
    expect(world.received()).toBe(received);
  });

  test('is 200 and changes nothing when it is registered again with the same words', async () => {
    const ref = world.order();
    const more = { completed_at: '2026-03-01T20:00:00+08:00', total_amount: 100 };
    expect((await world.register(ref, more)).status).toBe(201);
    const before = await world.ledger(ref);
    world.clock.forward(MINUTE);
    for (const again of [more, {}, { total_amount: 100 }]) {
      const answer = await world.register(ref, again);
      expect(answer).toMatchObject({ status: 200, body: { registration: 'already', order: ref } });
    }
    expect(await world.ledger(ref)).toEqual(before);
  });

  test('is planned anew when somebody says otherwise when its service was completed', async () => {
    await world.policy({ ...EAGER, first_attempt_after_hours: 24 });
    const ref = world.order();
    const now = world.clock.now();
    expect((await world.register(ref)).body).toMatchObject({ due_at: iso(now + DAY) });
    const answer = await world.register(ref, { completed_at: iso(now - 20 * HOUR) });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        registration: 'changed',
        registered_at: iso(now),
        completed: { at: iso(now - 20 * HOUR), from: 'registration' },
        exhausting_at: iso(now + 20 * DAY - 20 * HOUR),
        due_at: iso(now + 4 * HOUR),
      },
    });
    expect((await world.ledger(ref)).version).toBe(2);
  });

  test('keeps what was said before of whatever is not said again', async () => {
    const ref = world.order();
    await world.register(ref, { completed_at: '2026-03-01T12:00:00Z', total_amount: 100 });
    await world.register(ref, { total_amount: 90 });
    expect((await world.ledger(ref)).registration).toMatchObject({
      completed_at: Date.parse('2026-03-01T12:00:00Z'),
      total_amount: 90,
    });
  });

  test('is one order, however many register it at once', async () => {
    const ref = world.order();
    const answers = await Promise.all(Array.from({ length: 8 }, () => world.register(ref)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 200, 200, 200, 201,
    ]);
    expect((await world.ledger(ref)).version).toBe(1);
  });

  test('is registered by whoever asked, and shown by GET from then on', async () => {
    const ref = world.order();
    await world.register(ref);
    expect((await world.ledger(ref)).registration.actor).toEqual({
      kind: 'api',
      id: 'arn:aws:iam::000000000000:user/local',
    });
    expect(await world.api.at('GET', pathOf(ref))).toMatchObject({
      status: 200,
      body: { order: ref, timeline: [] },
    });
  });

  test('under a service_id that WeChat Pay never confirmed is put right by the next registration', async () => {
    const ref = world.order();
    await world.register({ ...ref, service_id: '2' as ServiceId });
    await world.tick();
    expect(await world.register(ref)).toMatchObject({ status: 200, body: { registration: 'changed' } });
    expect((await world.ledger(ref)).ref).toEqual(ref);
    // By a registration only: what is collected by a wrong name is refused.
    expect((await world.api.collect({ ...ref, service_id: '2' as ServiceId })).status).toBe(409);
  });

  test('under another service_id than the confirmed one is 409 and stays as it is', async () => {
    const ref = world.order();
    await world.register(ref);
    await world.api.query(ref);
    const before = await world.ledger(ref);
    const answer = await world.api.at('PUT', pathOf(ref), { service_id: '2', total_amount: 1 });
    expect(answer).toMatchObject({
      status: 409,
      body: {
        type: 'urn:payscore-collector:problem:service-mismatch',
        detail: `The ledger knows this order under service_id ${SERVICE_ID}. Nothing was sent.`,
      },
    });
    expect(await world.ledger(ref)).toEqual(before);
  });

  test('of another merchant or sub-merchant under the same number is another order', async () => {
    const ref = world.order({ out_order_no: 'TWICE' });
    const of = [ref, { ...ref, mchid: OTHER_MCHID }, { ...ref, sub_mchid: '1900000110' }] as (typeof ref)[];
    for (const one of of) expect((await world.register(one)).status).toBe(201);
  });

  test('after it was paid by hand before anybody asked is asked about, and not collected', async () => {
    const ref = world.order();
    world.simulator.payByHand(ref);
    await world.register(ref);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid', calls: [] });
    expect(world.paysReceived(ref)).toBe(0);
  });
});

describe('the time of completion', () => {
  test('is what the registration says, whatever WeChat Pay says', async () => {
    const ref = world.order({ completedAtMs: world.clock.now() - 3 * DAY });
    const said = iso(world.clock.now() - 5 * DAY);
    await world.register(ref, { completed_at: said });
    expect((await world.api.query(ref)).body).toMatchObject({
      completed: { at: said, from: 'registration' },
    });
  });

  test('is what WeChat Pay says, verified, when the registration does not', async () => {
    const completedAtMs = Math.floor(world.clock.now() / 1000) * 1000 - 3 * DAY;
    const ref = world.order({ completedAtMs });
    expect((await world.register(ref)).body).toMatchObject({ completed: { from: 'registered' } });
    expect((await world.api.query(ref)).body).toMatchObject({
      completed: { at: iso(completedAtMs), from: 'wechatpay' },
    });
  });

  test('is the time of registration when nobody says', async () => {
    const ref = world.order({ completedAtMs: null });
    const now = world.clock.now();
    await world.register(ref);
    world.clock.forward(HOUR);
    expect((await world.api.query(ref)).body).toMatchObject({
      completed: { at: iso(now), from: 'registered' },
    });
  });

  test('after which last_attempt_day has passed leaves the order watched: asked about at once, then daily', async () => {
    const ref = world.order();
    const answer = await world.register(ref, { completed_at: iso(world.clock.now() - 26 * DAY) });
    expect(answer.body).toMatchObject({
      order_status: 'watched',
      due_at: iso(world.clock.now()),
      next: { action: 'query', because: 'watch' },
    });
    expect((await world.api.query(ref)).body).toMatchObject({
      order_status: 'watched',
      next: { action: 'stop', because: 'last_day', asks_again_at: iso(world.clock.now() + DAY) },
    });
  });

  test('that is more than 180 days ago: the days in which an order is asked about count from its registration', async () => {
    const ref = world.order();
    await world.register(ref, { completed_at: iso(world.clock.now() - 181 * DAY) });
    await world.tick();
    expect((await world.api.query(ref)).body).toMatchObject({
      order_status: 'watched',
      standing: { kind: 'pending' },
      due_at: iso(world.clock.now() + DAY),
      next: { action: 'stop', because: 'last_day' },
    });
    expect(world.paysReceived(ref)).toBe(0);
  });

  test.each(['2999-12-31T23:59:59.999Z', 'a day and a second ahead'])(
    'that lies more than a day ahead is refused: %s',
    async (text) => {
      const ref = world.order();
      const completed_at = text.startsWith('a') ? iso(world.clock.now() + DAY + 1_000) : text;
      expect(await world.register(ref, { completed_at })).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'completed_at', rule: 'lies more than a day ahead' }] },
      });
      await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
    },
  );

  test('may be two years ago', async () => {
    await world.policy({});
    const ref = world.order();
    const completed_at = iso(world.clock.now() - 731 * DAY);
    expect((await world.register(ref, { completed_at })).status).toBe(201);
    expect((await world.api.at('GET', pathOf(ref))).status).toBe(200);
  });

  test.each([
    ['0000-01-01T00:00:00+14:00', 'is not in the years 2000 to 2999'],
    ['0001-01-01T00:00:00Z', 'is not in the years 2000 to 2999'],
    ['1970-01-01T00:00:00Z', 'is not in the years 2000 to 2999'],
    ['2000-01-01T00:00:00+08:00', 'is not in the years 2000 to 2999'],
    ['3000-01-01T00:00:00Z', 'is not in the years 2000 to 2999'],
    ['9999-12-31T23:59:59.999-23:59', 'is not in the years 2000 to 2999'],
    ['2000-01-01T00:00:00Z', 'lies more than two years behind'],
    ['two years and a moment ago', 'lies more than two years behind'],
  ])('of %s is refused: %s', async (text, rule) => {
    const ref = world.order();
    const completed_at = text.startsWith('two') ? iso(world.clock.now() - 731 * DAY - 1) : text;
    expect(await world.register(ref, { completed_at })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'completed_at', rule }] },
    });
    await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
  });
});

describe('a registration with faults', () => {
  test('lists every one of them, and registers nothing', async () => {
    const ref = world.order();
    const body = { completed_at: 'yesterday', total_amount: -1, service_id: 'x', mchid: ref.mchid, note: 1 };
    const answer = await world.api.at('PUT', pathOf(ref), body);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toEqual([
      { field: 'mchid', rule: 'belongs into the path, not into the body' },
      { field: 'service_id', rule: 'is not a service id: 1 to 32 digits' },
      { field: 'completed_at', rule: NO_TIME },
      { field: 'total_amount', rule: 'is not a whole number of fen' },
      { field: '', rule: 'has fields that are not known here: note' },
    ]);
    await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
  });

  test.each([
    [{}, 'service_id', 'is missing'],
    [{ service_id: SERVICE_ID, completed_at: '2026-03-02T08:00:00' }, 'completed_at', NO_TIME],
    [{ service_id: SERVICE_ID, completed_at: '2026-02-30T08:00:00Z' }, 'completed_at', NO_TIME],
    [{ service_id: SERVICE_ID, completed_at: 1_772_424_000_000 }, 'completed_at', 'is not of type string'],
    [{ service_id: SERVICE_ID, total_amount: 1.5 }, 'total_amount', 'is not a whole number of fen'],
    [{ service_id: SERVICE_ID, total_amount: '100' }, 'total_amount', 'is not a whole number of fen'],
    [{ service_id: SERVICE_ID, total_amount: -1 }, 'total_amount', 'is not a whole number of fen'],
    [{ service_id: SERVICE_ID, total_amount: 2 ** 53 }, 'total_amount', 'is not a whole number of fen'],
    [{ service_id: SERVICE_ID, total_amount: 1e20 }, 'total_amount', 'is not a whole number of fen'],
  ])('%j: %s %s', async (body, field, rule) => {
    const answer = await world.api.at('PUT', `/v1/merchants/${OTHER_MCHID}/orders/${SUB_MCHID}/BAD`, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field, rule }] } });
    expect((await world.api.at('GET', `/v1/merchants/${OTHER_MCHID}/orders/${SUB_MCHID}/BAD`)).status).toBe(
      404,
    );
  });
});

describe('an order that was only asked about', () => {
  test('is answered, and stays out of the ledger', async () => {
    const ref = world.order();
    const answer = await world.api.query(ref);
    expect(answer).toMatchObject({
      status: 200,
      body: { registered: false, order: ref, standing: { kind: 'pending' }, wechatpay: { http_status: 200 } },
    });
    await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
    await world.register(ref);
    expect((await world.api.query(ref)).body).toMatchObject({ registered: true });
  });

  test('and is collected is registered by that', async () => {
    const ref = world.order();
    expect((await world.api.collect(ref)).status).toBe(202);
    expect(await world.register(ref)).toMatchObject({ status: 200, body: { registration: 'already' } });
  });
});
