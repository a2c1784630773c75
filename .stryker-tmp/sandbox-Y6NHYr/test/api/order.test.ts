import type { Mchid } from '../../lambda/core/ids';
import { persist } from '../../lambda/flow/persist';
import { HOUR, MINUTE, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.simulator.clearFaults());
afterAll(async () => world.close());

const pathOf = (out_order_no: string, query = '') => {
  const { mchid, sub_mchid } = world.order();
  return `/v1/merchants/${mchid}/orders/${sub_mchid}/${encodeURIComponent(out_order_no)}${query}`;
};
const get = (out_order_no: string, query = '') =>
  world.api.send({ method: 'GET', path: pathOf(out_order_no, query) });

test('an order nobody has touched is not in the ledger, and the answer says how to learn of it', async () => {
  const received = world.received();
  const answer = await get('NEVER');
  expect(answer).toMatchObject({
    status: 404,
    body: {
      type: 'urn:payscore-collector:problem:order-unknown',
      detail: 'Nobody registered this order here. PUT it to have it collected; POST …/query asks WeChat Pay.',
    },
  });
  expect(world.received()).toBe(received);
});

test('the story of an order is told from the ledger alone: attempts, answers, what is verified, what comes next', async () => {
  const ref = world.order({ out_order_no: 'STORY|1', customer: { kind: 'declines' } });
  const began = world.clock.now();
  await world.api.collect(ref);
  const received = world.received();
  const answer = await get('STORY|1');

  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    order: ref,
    standing: { kind: 'pending', paying_amount: 100 },
    open_attempt: null,
    next: { action: 'wait', because: 'decline_ladder', until: new Date(began + 24 * HOUR).toISOString() },
    timeline: [
      { kind: 'observed', at: new Date(began).toISOString(), standing: 'pending' },
      {
        kind: 'attempt',
        at: new Date(began).toISOString(),
        actor: { kind: 'api', id: 'arn:aws:iam::000000000000:user/local' },
        decided: { rule: 'demand', policy: 'provider:1' },
        outcome: 'declined',
        wechatpay: { http_status: 403, code: 'TRADE_ERROR', message: '扣款失败', sub_code: '271316574' },
        count: 1,
      },
    ],
  });
  expect(world.received()).toBe(received);
});

test('what closes an open attempt is on the timeline', async () => {
  const ref = world.order({ out_order_no: 'STORY-2' });
  world.fault({ kind: 'status', status: 500, on: { action: 'pay' } });
  await world.api.collect(ref);
  world.clock.forward(5 * MINUTE);
  await world.api.query(ref);
  expect((await get('STORY-2')).body).toMatchObject({
    timeline: [
      { kind: 'observed', standing: 'pending' },
      { kind: 'attempt', outcome: 'unknown', because: 'server_error' },
      { kind: 'closed', as: 'not_paid' },
    ],
  });
});

test.each([
  ['with an end', { until: Date.parse('2026-03-05T04:00:00Z') }, '2026-03-05T04:00:00.000Z'],
  ['without an end', {}, null],
])('a hold %s is on the timeline, in times that people read', async (_what, end, until) => {
  const ref = world.order();
  await world.register(ref);
  const hold = { actor: { kind: 'api', id: 'ops' }, reason: 'disputed', ...end } as const;
  const at = Date.parse('2026-03-02T04:00:00Z');
  await persist(world.services.ports, await world.ledger(ref), { kind: 'hold', at, hold });
  expect((await get(ref.out_order_no)).body).toMatchObject({
    hold: { actor: 'ops', reason: 'disputed', until },
    timeline: [
      { kind: 'held', at: '2026-03-02T04:00:00.000Z', hold: { actor: 'ops', reason: 'disputed', until } },
    ],
  });
});

test('a request that shows, asks about, registers or collects an order reads policies and switch once', async () => {
  const reads: Mchid[] = [];
  const { controls } = world.services.ports;
  const counted = {
    read: async (mchid: Mchid) => {
      reads.push(mchid);
      return controls.read(mchid);
    },
    saveBreaker: async (...change: Parameters<typeof controls.saveBreaker>) =>
      controls.saveBreaker(...change),
  };
  const { services } = world;
  const api = await world.apiOf({ ...services, ports: { ...services.ports, controls: counted } });
  const ref = world.order();
  for (const send of [
    () => api.register(ref),
    () => api.register(ref, { total_amount: 100 }),
    () => api.query(ref),
    () => api.at('GET', pathOf(ref.out_order_no)),
    () => api.collect(ref, { dry_run: true }),
    () => api.collect(ref),
  ]) {
    reads.length = 0;
    expect((await send()).status).toBeLessThan(300);
    expect(reads).toEqual([ref.mchid]);
  }
});

test('?at= says what the schedule would decide at another time', async () => {
  const ref = world.order({ out_order_no: 'STORY-3', customer: { kind: 'declines' } });
  const began = world.clock.now();
  await world.api.collect(ref);
  const later = new Date(began + 24 * HOUR).toISOString();
  expect((await get('STORY-3', `?at=${later}`)).body).toMatchObject({
    next: { action: 'query', because: 'stale' },
  });
  const beijing = new Date(began + 32 * HOUR - 1).toISOString().replace('Z', '%2B08:00');
  expect((await get('STORY-3', `?at=${beijing}`)).body).toMatchObject({
    next: { action: 'wait', because: 'decline_ladder' },
  });
});

test.each([
  [
    'a time that is none',
    '?at=tomorrow',
    { field: 'at', rule: 'is not a time such as 2026-10-01T00:00:00Z' },
  ],
  [
    'a time without a zone',
    '?at=2026-10-01T08:00:00',
    { field: 'at', rule: 'is not a time such as 2026-10-01T00:00:00Z' },
  ],
  ['a parameter nobody knows', '?when=now', { field: '', rule: 'has fields that are not known here: when' }],
  [
    'the order a second time',
    '?out_order_no=X',
    { field: 'out_order_no', rule: 'belongs into the path, not into the query string' },
  ],
])('%s is refused', async (_what, query, fault) => {
  expect(await get('STORY-4', query)).toMatchObject({ status: 400, body: { errors: [fault] } });
});
