import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { republishAll } from '../../cli/orders/republish';
import { serviceAt, ServiceError } from '../../cli/orders/service';
import { eventsIn } from '../../lambda/core/change-events';
import type { OrderRef } from '../../lambda/core/ids';
import { ROUTES } from '../../lambda/routes';
import { EventBridgeBus } from '../../lambda/store/event-bus';
import { startEventBus, type LocalEventBus } from '../../local/aws/event-bus';
import { startGateway } from '../../local/aws/gateway';
import { LOCAL_AWS } from '../../local/aws/identity';
import { apiAt, type Api } from '../support/api';
import { MCHID, OTHER_MCHID } from '../support/keys';
import { DAY, HOUR, MINUTE, START, startWorld, type World } from '../support/world';

const PATH = `/v1/merchants/${MCHID}/events/republish`;
/** As often as it is tried. */
const THROTTLED = Array.from({ length: 3 }, () => ({ kind: 'ThrottlingException' }) as const);
const iso = (at: number) => new Date(at).toISOString();

let world: World;
let local: LocalEventBus;
let client: EventBridgeClient;
/** The API of a deployment that publishes events; the world's own does not. */
let api: Api;
beforeEach(async () => {
  [world, local] = await Promise.all([startWorld(), startEventBus()]);
  client = new EventBridgeClient({ endpoint: local.url, ...LOCAL_AWS, maxAttempts: 1 });
  const bus = new EventBridgeBus({
    client,
    busName: 'bus',
    onRefused: () => {},
    pause: () => Promise.resolve(),
  });
  const { createHandler } = await import('../../lambda/api');
  // An instance of its own: the bundle makes its own bus.
  const withBus = world.instance(world.services, {
    AWS_ENDPOINT_URL_EVENTBRIDGE: local.url,
    EVENT_BUS_NAME: 'bus',
  });
  const gateway = await startGateway({
    functions: [
      {
        name: 'api',
        routes: [...ROUTES, '$default'],
        authorizer: 'iam',
        handler: world.handlerOf('api', withBus, createHandler(world.services, { bus })),
        timeoutMs: 29_000,
      },
    ],
    now: world.clock.now,
    onFault: (fault) => world.faults.push(fault),
  });
  api = apiAt(gateway.url, () => gateway.close());
});
afterEach(async () => {
  client.destroy();
  await api.close();
  await Promise.all([world.close(), local.close()]);
});

const republish = (body: object) => api.at('POST', PATH, body);
const ids = () => local.events.map(({ detail }) => detail['id']);
const idsIn = async (...refs: readonly OrderRef[]) =>
  (await Promise.all(refs.map(async (ref) => eventsIn(await world.ledger(ref)))))
    .flat()
    .map(({ detail }) => detail.id);

/** An order that is registered, collected, and found paid. */
async function collected(mchid = MCHID): Promise<OrderRef> {
  const ref = world.order({ mchid });
  await world.api.collect(ref);
  world.clock.forward(5 * MINUTE);
  await world.api.query(ref);
  world.clock.forward(MINUTE);
  return ref;
}

test('what the ledger knows is published again, page by page, under its ids', async () => {
  const refs: OrderRef[] = [];
  for (let n = 0; n < 27; n += 1) refs.push(world.order());
  for (const ref of refs) await world.register(ref);
  refs.push(await collected());
  const first = await republish({ since: iso(START) });
  expect(first).toMatchObject({ status: 200, body: { events: 25, orders: 25, left_out: 0 } });
  const second = await republish({ since: iso(START), cursor: first.body['cursor'] });
  expect(second).toMatchObject({ status: 200, body: { events: 6, orders: 3, left_out: 0, cursor: null } });
  expect(new Set(ids())).toEqual(new Set(await idsIn(...refs)));
  expect(ids()).toHaveLength(31);
});

test('it is told in the order in which it happened', async () => {
  await collected();
  await republish({ since: iso(START) });
  expect(local.events.map(({ type }) => type)).toEqual([
    'OrderRegistered',
    'AttemptSettled',
    'OrderPaid',
    'AttemptClosed',
  ]);
});

test('only what happened in the period is published: since is part of it, until is not', async () => {
  const early = world.order();
  await world.register(early);
  world.clock.forward(HOUR);
  const late = world.order();
  await world.register(late);
  expect((await republish({ since: iso(START), until: iso(START + HOUR) })).body).toMatchObject({
    events: 1,
  });
  expect(ids()).toEqual(await idsIn(early));
  expect((await republish({ since: iso(START + 1), until: iso(START + HOUR) })).body).toMatchObject({
    events: 0,
  });
  expect((await republish({ since: iso(START + HOUR), until: iso(START + DAY) })).body).toMatchObject({
    events: 1,
  });
  expect(ids()).toEqual(await idsIn(early, late));
});

test('a merchant that is stopped is told of with the first page; of other merchants nothing is told', async () => {
  const ref = world.order();
  await world.register(world.order({ mchid: OTHER_MCHID }));
  await world.services.ports.controls.saveBreaker({ mchid: ref.mchid }, undefined, {
    version: 1,
    trips: 2,
    tripped_at: START,
    until: START + HOUR,
    because: 'SIGN_ERROR',
  });
  const { sub_mchid, service_id, mchid } = ref;
  await world.services.ports.controls.saveBreaker({ mchid, sub_mchid, service_id }, undefined, {
    version: 1,
    trips: 1,
    tripped_at: START,
    until: START + HOUR,
    because: 'NO_AUTH',
  });
  world.clock.forward(MINUTE);
  expect((await republish({ since: iso(START) })).body).toMatchObject({ events: 2, orders: 0 });
  expect(ids()).toEqual([
    `${MCHID}/MerchantStopped/${START}`,
    `${MCHID}/${sub_mchid}/${service_id}/PairStopped/${START}`,
  ]);
});

test('an order that a newer release wrote is counted, and left to it', async () => {
  const ref = world.order();
  await world.register(ref);
  world.clock.forward(MINUTE);
  jest.spyOn(world.services.ports.ledger, 'findMany').mockResolvedValue([]);
  expect((await republish({ since: iso(START) })).body).toMatchObject({ events: 0, orders: 0, left_out: 1 });
});

test('a bus that does not take everything is a 503, and the same request may be sent again', async () => {
  await world.register(world.order());
  world.clock.forward(MINUTE);
  local.fail(...THROTTLED);
  expect(await republish({ since: iso(START) })).toMatchObject({
    status: 503,
    headers: { 'retry-after': '10' },
    body: {
      type: 'urn:payscore-collector:problem:events-unavailable',
      detail: expect.stringContaining('EventBridge did not take 1 of 1 events.') as string,
    },
  });
  expect((await republish({ since: iso(START) })).status).toBe(200);
  expect(ids()).toHaveLength(1);
});

test('where events are off, that is said, and how to switch them on', async () => {
  expect(await world.api.at('POST', PATH, { since: iso(START - DAY) })).toMatchObject({
    status: 409,
    body: {
      type: 'urn:payscore-collector:problem:events-off',
      detail: expect.stringContaining('its context value events is not true') as string,
    },
  });
});

test.each([
  [{}, 'since'],
  [{ since: '2026-03-02' }, 'since'],
  [{ since: iso(START), until: iso(START) }, 'until'],
  [{ since: iso(START), until: iso(START - 1) }, 'until'],
  [{ since: iso(START + HOUR) }, 'until'],
  [{ since: iso(START - 1), order: 'A' }, ''],
  [{ since: iso(START - 1), cursor: 7 }, 'cursor'],
  [{ since: iso(START - 1), mchid: OTHER_MCHID }, 'mchid'],
])('%j is not valid, and the answer names %s', async (body, field) => {
  expect(await republish(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
});

test('a cursor of another list is refused', async () => {
  expect(await republish({ since: iso(START - 1), cursor: 'bm9uc2Vuc2U' })).toMatchObject({
    status: 400,
    body: { type: 'urn:payscore-collector:problem:cursor-invalid' },
  });
});

describe('npm run orders -- republish', () => {
  const printed: string[] = [];
  const terminal = {
    stdout: { write: (text: string) => printed.push(text) },
    stderr: { write: (text: string) => printed.push(`! ${text}`) },
  };
  const run = async (url: string) =>
    republishAll(
      { mchid: MCHID, since: iso(START), url },
      serviceAt({ url }, { sleepMs: () => Promise.resolve() }),
      terminal,
    );
  beforeEach(() => {
    printed.length = 0;
  });

  test('goes through every page, and over a bus that is busy', async () => {
    for (let n = 0; n < 26; n += 1) await world.register(world.order());
    world.clock.forward(MINUTE);
    local.fail(...THROTTLED);
    expect(await run(api.url)).toBe(0);
    expect(printed).toEqual(['26 events of 26 orders published\n']);
    expect(new Set(ids()).size).toBe(26);
  });

  test('does not end well when orders had to be left out', async () => {
    await world.register(world.order());
    world.clock.forward(MINUTE);
    jest.spyOn(world.services.ports.ledger, 'findMany').mockResolvedValue([]);
    expect(await run(api.url)).toBe(1);
    expect(printed[1]).toMatch(/^! 1 orders were left out: another release/);
  });

  test('says so where events are off', async () => {
    world.clock.forward(MINUTE);
    const failure = await run(world.api.url).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(String(failure)).toMatch(/409 Events are off: This deployment tells nobody of changes/);
  });
});
