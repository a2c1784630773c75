import { MCHID, MERCHANT_KEY, PLATFORM } from '../support/keys';
import type { OrderRef } from '../../lambda/core/ids';
import {
  HOUR,
  MINUTE,
  PREFIX,
  putSecrets,
  SECOND,
  SERVICE_ID,
  startWorld,
  SUB_MCHID,
  type World,
} from '../support/world';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => world.close());

const MERCHANT = `/v1/merchants/${MCHID}`;
const PAIR = { sub_mchid: SUB_MCHID, service_id: SERVICE_ID };
const NO_AUTH = { kind: 'status', status: 403, code: 'NO_AUTH', on: { action: 'pay' } } as const;
const SIGN_ERROR = { kind: 'status', status: 401, code: 'SIGN_ERROR', on: { action: 'pay' } } as const;

const get = async () => (await world.api.at('GET', MERCHANT)).body;
const lift = (body: object = {}) => world.api.at('POST', `${MERCHANT}/breakers/lift`, body);
const iso = (at: number) => new Date(at).toISOString();

/** An order whose collection was refused for want of configuration. */
async function refused(fault: typeof NO_AUTH | typeof SIGN_ERROR): Promise<OrderRef> {
  const ref = world.order();
  world.fault(fault);
  expect((await world.api.collect(ref)).body).toMatchObject({ attempt: { outcome: 'misconfigured' } });
  return ref;
}

describe('what is shown of a merchant', () => {
  test('is its breakers, what was said at each level, its keys as far as they may be told, and its rate', async () => {
    await world.api.at('PUT', `${MERCHANT}/switch/${SUB_MCHID}`, { mode: 'observe' });
    await world.api.at('PUT', `${MERCHANT}/policies/${SUB_MCHID}`, {});
    await world.api.at('PUT', `${MERCHANT}/policies/${SUB_MCHID}/${SERVICE_ID}`, {});
    expect(await world.api.at('GET', MERCHANT)).toMatchObject({ status: 200 });
    expect(await get()).toEqual({
      mchid: MCHID,
      breakers: [],
      switch: { service: 'on', merchant: null, sub_merchants: { [SUB_MCHID]: 'observe' } },
      policies: {
        provider: 1,
        sub_merchants: [SUB_MCHID],
        services: [`${SUB_MCHID}/${SERVICE_ID}`],
      },
      keys: {
        signing: [
          {
            serial_no: MERCHANT_KEY.serial_no,
            valid_from: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string,
            valid_to: expect.stringMatching(/^2\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string,
          },
        ],
        public_keys: [PLATFORM.public_key_id],
        platform_certificates: [],
        warnings: [],
      },
      budget: { calls_max: 500, calls_taken: 0, until: '2026-03-02T04:00:10.000Z' },
    });
  });

  test('counts the calls that were taken of the rate, and begins anew every ten seconds', async () => {
    await world.api.collect(world.order());
    // An instance takes them by twenties.
    expect(await get()).toMatchObject({ budget: { calls_max: 500, calls_taken: 20 } });
    world.clock.forward(10 * SECOND);
    expect(await get()).toMatchObject({ budget: { calls_taken: 0, until: '2026-03-02T04:00:20.000Z' } });
  });

  test('of a merchant without secrets is 404, and the names of both are told', async () => {
    expect(await world.api.at('GET', '/v1/merchants/999')).toMatchObject({
      status: 404,
      body: { type: 'urn:payscore-collector:problem:merchant-unknown' },
    });
  });

  test('whose keys cannot be used has what is wrong with them in their place, and all the rest', async () => {
    world.secrets.put(`${PREFIX}/${MCHID}/signing`, '{');
    expect(await world.api.at('GET', MERCHANT)).toMatchObject({
      status: 200,
      body: {
        breakers: [],
        switch: { service: 'on' },
        keys: {
          fault: {
            code: 'SECRET_INVALID',
            message: expect.stringContaining(`${PREFIX}/${MCHID}/signing: is not JSON`) as string,
          },
        },
        budget: { calls_max: 500 },
      },
    });
  });

  test('whose keys are out of reach has that in their place, and the breaker that is open', async () => {
    await refused(SIGN_ERROR);
    // What was read for the collection is too old by then.
    world.clock.forward(5 * MINUTE);
    world.secrets.fail(6, 'InternalServiceError');
    expect(await world.api.at('GET', MERCHANT)).toMatchObject({
      status: 200,
      body: {
        breakers: [{ scope: 'merchant', state: 'open', trips: 1 }],
        keys: {
          fault: {
            code: 'SECRETS_UNAVAILABLE',
            message: expect.stringMatching(/^Secrets Manager did not give .*\. Try again\.$/) as string,
          },
        },
      },
    });
  });

  test('takes no query string', async () => {
    expect((await world.api.at('GET', `${MERCHANT}?mchid=1`)).status).toBe(400);
  });
});

describe('a breaker', () => {
  test('of a pair is shown with why it tripped and when one tries again', async () => {
    await refused(NO_AUTH);
    expect(await get()).toMatchObject({
      breakers: [
        {
          scope: 'pair',
          ...PAIR,
          state: 'open',
          trips: 1,
          tripped_at: '2026-03-02T04:00:00.000Z',
          tries_again_at: '2026-03-02T05:00:00.000Z',
          because: expect.stringMatching(/^403 NO_AUTH .*[0-9A-F]{40}-\d+$/) as string,
          trial: null,
        },
      ],
    });
    world.clock.forward(HOUR);
    expect(await get()).toMatchObject({ breakers: [{ state: 'half_open' }] });
  });

  test('of a pair keeps its orders from being collected, and no others', async () => {
    await refused(NO_AUTH);
    const until = iso(world.clock.now() + HOUR);
    expect((await world.api.collect(world.order())).body).toMatchObject({
      held_back: { action: 'wait', because: 'breaker', until },
    });
    expect((await world.api.collect(world.order({ sub_mchid: '1900000110' }))).status).toBe(202);
    const service_id = '00004000000000000000000000000002';
    expect((await world.api.collect(world.order({ service_id }))).status).toBe(202);
  });

  test('of a merchant keeps all of its orders from being collected, and they are still asked about', async () => {
    await refused(SIGN_ERROR);
    expect(await get()).toMatchObject({ breakers: [{ scope: 'merchant', state: 'open' }] });
    const ref = world.order({ sub_mchid: '1900000110' });
    expect((await world.api.collect(ref)).body).toMatchObject({
      standing: { kind: 'pending' },
      held_back: { because: 'breaker' },
    });
    world.simulator.payByHand(ref);
    expect((await world.api.query(ref)).body).toMatchObject({ standing: { kind: 'paid' } });
  });

  test('is gone once WeChat Pay served a call that was made after it', async () => {
    const ref = await refused(NO_AUTH);
    world.clock.forward(HOUR);
    expect((await world.api.collect(ref)).status).toBe(202);
    expect((await world.ledger(ref)).open?.decided).toMatchObject({ rule: 'trial' });
    expect(await get()).toMatchObject({ breakers: [] });
  });

  test('that is refused again waits six hours, then a day', async () => {
    const ref = await refused(NO_AUTH);
    for (const [trips, waited, waits] of [
      [2, HOUR, 6 * HOUR],
      [3, 6 * HOUR, 24 * HOUR],
      [4, 24 * HOUR, 24 * HOUR],
    ] as const) {
      world.clock.forward(waited);
      world.fault(NO_AUTH);
      await world.api.collect(ref);
      expect(await get()).toMatchObject({
        breakers: [{ trips, tries_again_at: iso(world.clock.now() + waits) }],
      });
    }
  });

  test('lets one of many try at once, and the others wait for it', async () => {
    await refused(NO_AUTH);
    world.clock.forward(HOUR);
    const refs = Array.from({ length: 6 }, () => world.order());
    for (const ref of refs) await world.register(ref);
    world.fault({ ...NO_AUTH, times: 'always' });
    const answers = await Promise.all(refs.map((ref) => world.api.collect(ref)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 409, 409, 409, 409, 409,
    ]);
    expect(refs.reduce((sum, ref) => sum + world.paysReceived(ref), 0)).toBe(1);
  });

  test('is not held by a trial whose answer was lost: the next one tries 5 minutes later', async () => {
    const ref = await refused(NO_AUTH);
    world.clock.forward(HOUR);
    world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    expect((await world.api.collect(ref)).body).toMatchObject({ attempt: { outcome: 'unknown' } });
    expect(await get()).toMatchObject({
      breakers: [{ state: 'open', trips: 1, tries_again_at: iso(world.clock.now() + 5 * MINUTE) }],
    });
    world.clock.forward(5 * MINUTE);
    expect((await world.api.collect(world.order())).status).toBe(202);
    expect(await get()).toMatchObject({ breakers: [] });
  });
});

describe('lifting a breaker', () => {
  test('of a pair lets the next collection try at once', async () => {
    const ref = await refused(NO_AUTH);
    world.clock.forward(4 * MINUTE);
    expect((await world.api.collect(ref)).status).toBe(409);
    expect(await lift({ pair: PAIR })).toMatchObject({ status: 200, body: { lifted: true } });
    const lifted = { by: 'arn:aws:iam::000000000000:user/local', at: iso(world.clock.now()) };
    expect(await get()).toMatchObject({ breakers: [{ scope: 'pair', state: 'half_open', lifted }] });
    expect((await world.api.collect(ref)).status).toBe(202);
  });

  test('of the merchant does not lift that of a pair, and the other way round', async () => {
    await refused(NO_AUTH);
    expect((await lift()).body).toEqual({ lifted: false });
    expect(await get()).toMatchObject({ breakers: [{ scope: 'pair', state: 'open' }] });
    expect((await lift({ pair: { ...PAIR, service_id: '2' } })).body).toEqual({ lifted: false });
    await lift({ pair: PAIR });
    await refused(SIGN_ERROR);
    expect((await lift({ pair: PAIR })).body).toEqual({ lifted: true });
    expect((await world.api.collect(world.order())).status).toBe(409);
    expect((await lift()).body).toEqual({ lifted: true });
    expect((await world.api.collect(world.order())).status).toBe(202);
  });

  test('that nobody tripped is not lifted', async () => {
    expect(await lift()).toMatchObject({ status: 200, body: { lifted: false } });
  });

  test('does not put it right: who is refused again waits longer', async () => {
    const ref = await refused(NO_AUTH);
    await lift({ pair: PAIR });
    world.clock.forward(4 * MINUTE);
    world.fault(NO_AUTH);
    await world.api.collect(ref);
    expect(await get()).toMatchObject({ breakers: [{ trips: 2, state: 'open' }] });
  });

  test.each([
    [{ pair: { sub_mchid: SUB_MCHID } }, 'pair.service_id', 'is missing'],
    [{ pair: { ...PAIR, sub_mchid: 'x' } }, 'pair.sub_mchid', 'is not a merchant number: 1 to 32 digits'],
    [{ pair: null }, 'pair', 'is not of type object'],
    [PAIR, '', 'has fields that are not known here: sub_mchid, service_id'],
    [{ mchid: MCHID }, 'mchid', 'belongs into the path, not into the body'],
  ])('as %j is refused: %s %s', async (body, field, rule) => {
    expect(await lift(body)).toMatchObject({ status: 400, body: { errors: [{ field, rule }] } });
  });
});

describe('the rate of a merchant that is used up', () => {
  test('holds a collection back until the next ten seconds, without a call and without a claim', async () => {
    const api = await world.apiOf(world.newServices({ callsPerSecondMax: 1 }));
    const refs = Array.from({ length: 11 }, () => world.order());
    for (const ref of refs.slice(0, 10)) expect((await api.collect(ref)).status).toBe(202);
    const last = refs[10] as OrderRef;
    expect((await api.collect(last)).body).toMatchObject({
      open_attempt: null,
      held_back: { action: 'wait', because: 'budget', until: '2026-03-02T04:00:10.000Z' },
    });
    expect(world.paysReceived(last)).toBe(0);
    world.clock.forward(10 * SECOND);
    expect((await api.collect(last)).status).toBe(202);
  });

  test('is shared by all instances', async () => {
    const apis = await Promise.all(
      [1, 2, 3].map(() => world.apiOf(world.newServices({ callsPerSecondMax: 1 }))),
    );
    const answers = await Promise.all(
      Array.from({ length: 15 }, (_, n) => (apis[n % 3] ?? world.api).collect(world.order())),
    );
    expect(answers.filter(({ status }) => status === 202).length).toBeLessThanOrEqual(10);
    expect(answers.filter(({ status }) => status === 409).length).toBeGreaterThanOrEqual(5);
  });
});

test('keys that were renewed are shown with their own dates', async () => {
  await get();
  putSecrets(world.secrets, MCHID);
  world.clock.forward(5 * MINUTE);
  expect(await get()).toMatchObject({ keys: { signing: [{ serial_no: MERCHANT_KEY.serial_no }] } });
});
