import type { Fault } from '../../local/wechatpay';
import { MINUTE, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(async () => {
  world.simulator.clearFaults();
  await world.simulator.setDown('main', false);
  await world.simulator.setDown('backup', false);
  // Past the cooldown of the keys, and past what is known of any order.
  world.clock.forward(MINUTE);
});
afterAll(async () => world.close());

type Kind = Fault['kind'];
type Example = readonly [name: string, fault: Fault, because: string];

const no_answer = 'no_answer';
const unverified = 'unverified';

/** What a caller is told of a query that gave nothing. */
const ADVICE: Readonly<Record<string, string>> = {
  not_sent: 'The order could not be asked about: no connection. Try again.',
  no_answer: 'The order could not be asked about: no whole answer came back. Try again.',
  server_error: 'WeChat Pay has a system error. Try again.',
  unreadable: 'WeChat Pay answered something that is not this order. See wechatpay.detail.',
  unverified:
    'The answer’s signature does not prove that WeChat Pay sent it. If it stays so, compare public_keys in the …/verify secret and the clock.',
};

/** Every kind of fault on the way of one call, and what is known of the call after it. */
function faultsOn(action: 'pay' | 'query', garbage: string): readonly Example[] {
  const on = { action } as const;
  return [
    ['refuse', { kind: 'refuse', on }, no_answer],
    ['lost_request', { kind: 'lost_request', on }, no_answer],
    ['lost_answer', { kind: 'lost_answer', on }, no_answer],
    ['truncated_body', { kind: 'truncated_body', on }, no_answer],
    ['huge_body', { kind: 'huge_body', on }, no_answer],
    ['signtest', { kind: 'signtest', on }, unverified],
    ['bad_signature', { kind: 'bad_signature', on }, unverified],
    ['unknown_serial', { kind: 'unknown_serial', on }, unverified],
    ['stale_timestamp', { kind: 'stale_timestamp', seconds: 301, on }, unverified],
    ['stale_timestamp of the future', { kind: 'stale_timestamp', seconds: -301, on }, unverified],
    ['unsigned', { kind: 'unsigned', on }, unverified],
    ['altered_body', { kind: 'altered_body', on }, unverified],
    ['garbage_body', { kind: 'garbage_body', on }, garbage],
    ['status', { kind: 'status', status: 502, on }, 'server_error'],
    ['status after it was done', { kind: 'status', status: 504, when: 'after', on }, 'server_error'],
    ['body', { kind: 'body', status: 200, body: 'null', on }, garbage],
  ];
}

const ON_PAY = faultsOn('pay', 'unrecognised');
const ON_QUERY = faultsOn('query', 'unreadable');
/** A delay is shown on its own below, since it takes real time. */
const KINDS: readonly Kind[] = [
  'refuse',
  'lost_request',
  'lost_answer',
  'delay',
  'status',
  'body',
  'signtest',
  'bad_signature',
  'unknown_serial',
  'stale_timestamp',
  'unsigned',
  'altered_body',
  'truncated_body',
  'garbage_body',
  'huge_body',
];

test('every kind of fault that the simulator knows is shown on both calls', () => {
  for (const examples of [ON_PAY, ON_QUERY]) {
    expect(new Set([...examples.map(([, { kind }]) => kind), 'delay'])).toEqual(new Set(KINDS));
  }
  // `Fault` is a closed union: a kind that is missing here does not compile.
  const all: Record<Kind, true> = Object.fromEntries(KINDS.map((kind) => [kind, true])) as never;
  expect(Object.keys(all)).toHaveLength(15);
});

describe('on the collection call', () => {
  test.each(ON_PAY)(
    '%s leaves the attempt open as unknown, and it is never sent again',
    async (_n, fault, because) => {
      const ref = world.order();
      world.fault(fault);
      const answer = await world.api.collect(ref);
      expect(answer.status).toBe(202);
      expect(answer.body).toMatchObject({
        attempt: { outcome: 'unknown', because, open: true },
        recorded: true,
        open_attempt: { outcome: 'unknown' },
        next: { action: 'wait', because: 'attempt_open' },
      });
      expect((await world.ledger(ref)).calls).toEqual([world.clock.now()]);

      expect((await world.api.collect(ref)).status).toBe(409);
      world.clock.forward(10 * MINUTE);
      const later = await world.api.collect(ref);
      expect(later.status).toBe(409);
      const { standing, open_attempt } = later.body as { standing: { kind: string }; open_attempt: unknown };
      const order = world.simulator.order(ref.mchid, ref.sub_mchid, ref.out_order_no);
      // What is known now is what is true at WeChat Pay, whichever of the two it is.
      expect(standing.kind).toBe(order?.paying_amount === 0 ? 'paid' : 'pending');
      expect(open_attempt).toBeNull();
      expect(order?.movements.length).toBeLessThanOrEqual(1);
      expect(world.paysReceived(ref)).toBe(1);
    },
  );

  test('an answer later than the deadline leaves the attempt open as unknown', async () => {
    // The least time that a collection call may have: 3 s, 5 s for the ledger, 1 s for the answer.
    const api = await world.apiOf(world.newServices(), 9_000);
    const ref = world.order();
    world.fault({ kind: 'delay', delayMs: 20_000, when: 'after', on: { action: 'pay' } });
    const answer = await api.collect(ref);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      attempt: { outcome: 'unknown', because: 'no_answer', open: true },
      wechatpay: { detail: expect.stringContaining('timeout') as string },
      recorded: true,
    });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('too little time for a whole call is 503 out of time, and nothing is claimed', async () => {
    const api = await world.apiOf(world.newServices(), 8_999);
    const ref = world.order();
    const answer = await api.collect(ref);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.body).toMatchObject({ type: 'urn:payscore-collector:problem:out-of-time' });
    expect((await world.ledger(ref)).open).toBeUndefined();
    expect(world.paysReceived(ref)).toBe(0);
  });
});

describe('on the query before a collection', () => {
  test.each(ON_QUERY)('%s is 503, and nothing is claimed or sent', async (_name, fault, because) => {
    const ref = world.order();
    world.fault({ ...fault, times: 2 });
    for (const answer of [await world.api.collect(ref), await world.api.query(ref)]) {
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('10');
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.body).toMatchObject({
        type: 'urn:payscore-collector:problem:wechatpay-unavailable',
        detail: `${ADVICE[because]} This request sent no collection.`,
        order: ref,
        standing: null,
        open_attempt: null,
        next: { action: 'query', because: 'nothing_verified' },
      });
    }
    expect(await world.ledger(ref)).toMatchObject({ version: 1, calls: [], timeline: [] });
    expect(world.paysReceived(ref)).toBe(0);
    expect((await world.api.collect(ref)).status).toBe(202);
  });

  test.each([
    [401, 'SIGN_ERROR', 270924332, 502, 'wechatpay-refused'],
    [403, 'NO_AUTH', 268503786, 502, 'wechatpay-refused'],
    [404, 'NOT_FOUND', 268435457, 502, 'wechatpay-refused'],
    [400, 'PARAM_ERROR', 268435464, 502, 'wechatpay-refused'],
    [400, 'ORDER_DONE', 271316657, 502, 'wechatpay-refused'],
    [403, 'TRADE_ERROR', 271316574, 502, 'wechatpay-refused'],
    [404, 'ORDER_NOT_EXIST', 271317510, 404, 'order-not-found'],
    [429, 'RATE_LIMITED', 268435472, 503, 'wechatpay-throttled'],
    [500, 'SYSTEM_ERROR', 268435457, 503, 'wechatpay-unavailable'],
  ])('an unsigned %i %s (%i) moves nothing: %i %s', async (status, code, sub_code, expected, problem) => {
    const ref = world.order();
    world.fault({ kind: 'status', status, code, sub_code, times: 2, on: { action: 'query' } });
    for (const answer of [await world.api.collect(ref), await world.api.query(ref)]) {
      expect(answer.status).toBe(expected);
      expect(answer.body).toMatchObject({
        type: `urn:payscore-collector:problem:${problem}`,
        detail: expect.stringMatching(/ This request sent no collection\.$/) as string,
        wechatpay: { http_status: status, code, sub_code: String(sub_code) },
        order: ref,
        open_attempt: null,
        next: { action: 'query', because: 'nothing_verified' },
      });
    }
    expect((await world.ledger(ref)).version).toBe(1);
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('that fails after a charge whose answer was lost says that an earlier attempt is open', async () => {
    const ref = world.order();
    world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    const first = await world.api.collect(ref);
    expect(first.body).toMatchObject({ attempt: { outcome: 'unknown', because: 'no_answer' } });
    // By now a query could decide it; this one is not answered.
    world.clock.forward(4 * MINUTE);
    world.fault({ kind: 'lost_answer', times: 2, on: { action: 'query' } });
    for (const answer of [await world.api.collect(ref), await world.api.query(ref)]) {
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({
        detail:
          `${ADVICE['no_answer']} This request sent no collection. ` +
          'An earlier attempt is open: the user may have been charged by it.',
        order: ref,
        standing: { kind: 'pending' },
        open_attempt: { id: (first.body['attempt'] as { id: string }).id, outcome: 'unknown' },
        next: { action: 'query', because: 'attempt_open' },
        wechatpay: { detail: expect.any(String) as string },
      });
    }
    expect((await world.api.query(ref)).body).toMatchObject({ standing: { kind: 'paid' } });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test.each(['out_order_no', 'sub_mchid', 'mchid', 'service_id'] as const)(
    'a signed answer that names another %s is not taken for this order',
    async (name) => {
      const ref = world.order();
      const body = JSON.stringify({ ...ref, [name]: '9', state: 'DONE' });
      world.fault({ kind: 'body', status: 200, body, on: { action: 'query' } });
      const answer = await world.api.collect(ref);
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ wechatpay: { detail: `the answer is about another ${name}` } });
      expect((await world.ledger(ref)).observed).toBeUndefined();
    },
  );

  test('an answer later than the deadline is 503', async () => {
    const api = await world.apiOf(world.newServices(), 6_600);
    const ref = world.order();
    world.fault({ kind: 'delay', delayMs: 20_000, on: { action: 'query' } });
    const answer = await api.query(ref);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      detail: `${ADVICE['no_answer']} This request sent no collection.`,
    });
  });

  test('too little time for a query is 503 out of time, and nothing is asked', async () => {
    // 500 ms at least for the query, 5 s for the ledger, 1 s for the answer.
    const api = await world.apiOf(world.newServices(), 6_499);
    const received = world.received();
    const answer = await api.query(world.order());
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ type: 'urn:payscore-collector:problem:out-of-time' });
    expect(world.received()).toBe(received);
  });

  test('a state that is not known is 409, kept verbatim, and concludes nothing', async () => {
    const ref = world.order();
    const { mchid, sub_mchid, out_order_no } = ref;
    const body = JSON.stringify({ mchid, sub_mchid, out_order_no, state: 'PAID_IN_FULL' });
    world.fault({ kind: 'body', status: 200, body, on: { action: 'query' } });
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      standing: {
        kind: 'unrecognised',
        because: 'state "PAID_IN_FULL" is not known',
        wechatpay: { state: 'PAID_IN_FULL' },
      },
      held_back: { action: 'stop', because: 'unrecognised' },
    });
    expect(world.paysReceived(ref)).toBe(0);
  });
});

function hostsOf(out_order_no: string): readonly string[] {
  return world.simulator.requests.filter(({ url }) => url.includes(out_order_no)).map(({ host }) => host);
}

describe('when a host is down', () => {
  test('the backup host is used, for the query and for the call', async () => {
    const ref = world.order();
    await world.simulator.setDown('main', true);
    expect((await world.api.collect(ref)).status).toBe(202);
    expect(hostsOf(ref.out_order_no)).toEqual(['backup', 'backup']);
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('and the main host refused a call that may have left, the backup is not tried', async () => {
    const ref = world.order();
    world.fault({ kind: 'refuse', on: { action: 'pay', host: 'main' } });
    expect((await world.api.collect(ref)).body).toMatchObject({ attempt: { outcome: 'unknown' } });
    expect(hostsOf(ref.out_order_no)).toEqual(['main', 'main']);
  });

  test('and the other too, the query says 503 not sent', async () => {
    const ref = world.order();
    await world.simulator.setDown('main', true);
    await world.simulator.setDown('backup', true);
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      detail: `${ADVICE['not_sent']} This request sent no collection.`,
    });
    expect((await world.ledger(ref)).observed).toBeUndefined();
  });

  test('and the other too, a call that surely was not sent burns no attempt', async () => {
    const ref = world.order();
    await world.register(ref);
    expect((await world.api.query(ref)).status).toBe(200);
    await world.simulator.setDown('main', true);
    await world.simulator.setDown('backup', true);
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      attempt: { outcome: 'not_sent', because: 'connect_failed', open: false },
      open_attempt: null,
      attempts: [],
      next: { action: 'wait', because: 'infrastructure_ladder' },
    });
    await world.simulator.setDown('main', false);
    expect((await world.api.collect(ref)).status).toBe(202);
    expect(world.paysReceived(ref)).toBe(1);
  });
});
