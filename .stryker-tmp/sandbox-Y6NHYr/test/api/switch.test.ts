import type { Mchid, SubMchid } from '../../lambda/core/ids';
import { MCHID, OTHER_MCHID } from '../support/keys';
import { pathOf } from '../support/api';
import { DAY, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const SERVICE = '/v1/switch';
const MERCHANT = `/v1/merchants/${MCHID}/switch`;
const SUB = `${MERCHANT}/${SUB_MCHID}`;

const get = (path: string) => world.api.at('GET', path);
const put = (path: string, mode: string) => world.api.at('PUT', path, { mode });

beforeEach(async () => {
  const { admin } = world.services;
  const of = { mchid: MCHID as Mchid, sub_mchid: SUB_MCHID as SubMchid };
  const targets = ['service', { mchid: of.mchid }, of] as const;
  const inherited = targets.map((target) => admin.saveMode(target, undefined, 'test', world.clock.now()));
  await Promise.all(inherited);
});

describe('the switch', () => {
  test('is on observe in a new table, where nobody has said anything', async () => {
    for (const path of [SERVICE, MERCHANT, SUB])
      expect(await get(path)).toMatchObject({
        status: 200,
        body: { mode: 'observe', from: 'default', levels: {} },
      });
  });

  test('says what each level says and what holds, from the widest that is the most careful', async () => {
    await put(SERVICE, 'on');
    await put(MERCHANT, 'observe');
    const answer = await put(SUB, 'on');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      mode: 'observe',
      from: 'merchant',
      levels: { service: 'on', merchant: 'observe', sub_merchant: 'on' },
    });
    expect((await get(SERVICE)).body).toEqual({ mode: 'on', from: 'service', levels: { service: 'on' } });
    expect((await get(MERCHANT)).body).toEqual({
      mode: 'observe',
      from: 'merchant',
      levels: { service: 'on', merchant: 'observe' },
    });
  });

  test.each([
    ['on', 'on', 'on', 'on', 'service'],
    ['on', 'on', 'off', 'off', 'sub_merchant'],
    ['on', 'off', 'on', 'off', 'merchant'],
    ['observe', 'on', 'on', 'observe', 'service'],
    ['observe', 'off', 'observe', 'off', 'merchant'],
    ['off', 'on', 'observe', 'off', 'service'],
    ['on', 'inherit', 'inherit', 'on', 'service'],
    ['inherit', 'on', 'on', 'observe', 'default'],
    ['inherit', 'off', 'inherit', 'off', 'merchant'],
  ])(
    'service %s, merchant %s, sub-merchant %s: %s, by the %s',
    async (service, merchant, sub, mode, from) => {
      await put(SERVICE, service);
      await put(MERCHANT, merchant);
      await put(SUB, sub);
      expect((await get(SUB)).body).toMatchObject({ mode, from });
    },
  );

  test('of one merchant or sub-merchant holds for no other', async () => {
    await put(SERVICE, 'on');
    await put(MERCHANT, 'off');
    await put(SUB, 'observe');
    expect((await get(`/v1/merchants/${OTHER_MCHID}/switch/${SUB_MCHID}`)).body).toMatchObject({
      mode: 'on',
    });
    await put(MERCHANT, 'inherit');
    expect((await get(`${MERCHANT}/1900000110`)).body).toMatchObject({ mode: 'on' });
    expect((await get(SUB)).body).toMatchObject({ mode: 'observe' });
  });

  test.each<readonly [string, object, object]>([
    [SERVICE, {}, { field: 'mode', rule: 'is not one of off, observe, on, inherit' }],
    [SERVICE, { mode: 'ON' }, { field: 'mode', rule: 'is not one of off, observe, on, inherit' }],
    [SERVICE, { mode: true }, { field: 'mode', rule: 'is not one of off, observe, on, inherit' }],
    [
      SERVICE,
      { mode: 'on', merchant: '1' },
      { field: '', rule: 'has fields that are not known here: merchant' },
    ],
    // Each of these would turn a wider switch than whoever wrote it meant.
    [
      SERVICE,
      { mode: 'on', mchid: MCHID },
      { field: 'mchid', rule: 'belongs into the path, not into the body' },
    ],
    [
      SERVICE,
      { mode: 'on', sub_mchid: '1' },
      { field: 'sub_mchid', rule: 'belongs into the path, not into the body' },
    ],
    [
      MERCHANT,
      { mode: 'on', sub_mchid: '1' },
      { field: 'sub_mchid', rule: 'belongs into the path, not into the body' },
    ],
    [
      `${MERCHANT}/x`,
      { mode: 'on' },
      { field: 'sub_mchid', rule: 'is not a merchant number: 1 to 32 digits' },
    ],
  ])('%s with %j is refused, and nothing is turned', async (path, body, fault) => {
    expect(await world.api.at('PUT', path, body)).toMatchObject({ status: 400, body: { errors: [fault] } });
    for (const level of [SERVICE, MERCHANT, SUB])
      expect((await get(level)).body).toMatchObject({ levels: {} });
  });

  test.each([`${SERVICE}?mchid=${MCHID}`, `${MERCHANT}?sub_mchid=1`, `${SERVICE}?x=1`])(
    'GET %s is refused',
    async (path) => {
      expect((await get(path)).status).toBe(400);
    },
  );
});

describe('while the switch is on observe', () => {
  test('an order is registered and asked about, and what would be done is on its timeline; nothing is sent', async () => {
    const ref = world.order();
    const began = world.clock.now();
    await world.register(ref);
    await world.tick();
    expect((await world.api.at('GET', pathOf(ref))).body).toMatchObject({
      order_status: 'watched',
      switch: 'observe',
      attempts: [],
      next: {
        action: 'stop',
        because: 'observing',
        asks_again_at: new Date(began + DAY).toISOString(),
        reason: 'It would be collected now, but the switch is on observe: nothing is sent.',
      },
      timeline: [
        { kind: 'observed', standing: 'pending' },
        {
          kind: 'would_collect',
          at: new Date(began).toISOString(),
          decided: { rule: 'first_attempt', policy: expect.stringMatching(/^provider:\d+$/) as string },
          count: 1,
        },
      ],
    });
    world.clock.forward(DAY);
    await world.tick();
    expect((await world.ledger(ref)).timeline.at(-1)).toMatchObject({ kind: 'would_collect', count: 2 });
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('who asks for a collection is told so with 409, and nothing is written to the timeline for it', async () => {
    const ref = world.order();
    expect(await world.api.collect(ref)).toMatchObject({
      status: 409,
      body: { switch: 'observe', held_back: { action: 'stop', because: 'observing' } },
    });
    expect((await world.ledger(ref)).timeline.map(({ kind }) => kind)).toEqual(['observed']);
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('an order that was paid meanwhile is found paid', async () => {
    const ref = world.order();
    await world.register(ref);
    await world.tick();
    world.simulator.payByHand(ref);
    world.clock.forward(DAY);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid', calls: [] });
  });
});

describe('while the switch is off', () => {
  test('nothing is sent, whoever asks, and the order is still asked about', async () => {
    await put(SERVICE, 'off');
    const ref = world.order();
    await world.register(ref);
    await world.tick();
    expect((await world.api.collect(ref)).body).toMatchObject({
      held_back: {
        action: 'stop',
        because: 'switched_off',
        reason: 'It would be collected now, but the switch is off.',
      },
    });
    expect((await world.ledger(ref)).timeline.map(({ kind }) => kind)).toEqual(['observed']);
    expect((await world.api.query(ref)).status).toBe(200);
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('an attempt that is open is asked about and found paid all the same', async () => {
    await put(SERVICE, 'on');
    const ref = world.order();
    expect((await world.api.collect(ref)).status).toBe(202);
    await put(SERVICE, 'off');
    world.clock.forward(4 * 60_000);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
  });
});

test('a switch that is turned on holds for the very next request, and for what is due', async () => {
  const [asked, scheduled] = [world.order(), world.order()];
  await world.register(scheduled);
  await put(SERVICE, 'on');
  expect((await world.api.collect(asked)).status).toBe(202);
  await world.tick();
  expect(world.paysReceived(scheduled)).toBe(1);
});
