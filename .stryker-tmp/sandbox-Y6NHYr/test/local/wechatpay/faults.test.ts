import { type Fault } from '../../../local/wechatpay/index';
import {
  drawKeys,
  gist,
  type Keys,
  MCHID,
  openWorld,
  order,
  pay,
  query,
  signedWith,
  SUB_MCHID,
  type World,
} from './caller';

let keys: Keys;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  world = await openWorld(keys, { throttleMs: 0 });
  world.simulator.addOrder(order());
});
afterEach(() => world.simulator.close());

const ask = (fault: Fault): void => world.simulator.fault(fault);
const state = () => world.simulator.order(MCHID, SUB_MCHID, 'ORDER1')?.state;
const calls = () => world.simulator.books()[0]?.payCalls;
const last = () => world.simulator.requests.at(-1);

describe('connections that break', () => {
  test('refuse: nothing was read and nothing done', async () => {
    ask({ kind: 'refuse' });
    await expect(pay(world)).rejects.toThrow('ECONNRESET');
    expect(calls()).toEqual({ received: 0, processed: 0 });
    expect(last()).toMatchObject({
      body: '',
      faults: ['refuse'],
      outcome: { kind: 'reset', when: 'before_reading' },
    });
  });

  test('lost_request: it arrived, and nothing was done', async () => {
    ask({ kind: 'lost_request' });
    await expect(pay(world)).rejects.toThrow('ECONNRESET');
    expect([calls(), state()]).toEqual([{ received: 1, processed: 0 }, 'DOING']);
    expect(last()).toMatchObject({ signature: { verdict: 'valid' }, outcome: { when: 'before_processing' } });
  });

  test('lost_answer: the money moved, and nobody was told', async () => {
    ask({ kind: 'lost_answer' });
    await expect(pay(world)).rejects.toThrow('ECONNRESET');
    expect([calls(), state()]).toEqual([{ received: 1, processed: 1 }, 'DONE']);
    expect(last()).toMatchObject({ outcome: { kind: 'reset', when: 'after_processing' } });
  });

  test('truncated_body: half of what was promised arrives', async () => {
    ask({ kind: 'truncated_body', times: 2 });
    await expect(query(world)).rejects.toThrow('aborted');
    await expect(pay(world)).rejects.toThrow('aborted');
    expect(state()).toBe('DONE');
  });

  test('a host that is down refuses connections and comes back on the same port', async () => {
    await world.simulator.setDown('main', true);
    await world.simulator.setDown('main', true);
    await expect(pay(world)).rejects.toThrow('ECONNREFUSED');
    expect(gist(await query(world, {}, { host: 'backup' }))).toBe('200');
    await world.simulator.setDown('main', false);
    await world.simulator.setDown('main', false);
    expect(gist(await pay(world))).toBe('204');
  });
});

const arrived = async (): Promise<void> => {
  while (last()?.signature.verdict !== 'valid') await new Promise(setImmediate);
};

describe('delays', () => {
  test('a caller who gives up while it lasts is gone, and the deed is done all the same', async () => {
    ask({ kind: 'delay', delayMs: 300 });
    const impatience = new AbortController();
    const gaveUp = pay(world, 'ORDER1', { signal: impatience.signal }).catch((error: unknown) =>
      String(error),
    );
    await arrived();
    impatience.abort();
    expect(await gaveUp).toContain('aborted');
    while (last()?.outcome.kind === 'pending') await new Promise(setImmediate);
    expect(last()?.outcome.kind).toBe('caller_gone');
    expect(state()).toBe('DONE');
  });

  test('closing the simulator does not wait for them', async () => {
    ask({ kind: 'delay', delayMs: 60_000 });
    const lost = pay(world).catch((error: unknown) => String(error));
    await arrived();
    await world.simulator.close();
    expect(await lost).toMatch(/socket hang up|ECONNRESET/);
  });

  test.each(['before', 'after'] as const)(
    'delay %s: the answer comes later and is otherwise untouched',
    async (when) => {
      ask({ kind: 'delay', delayMs: 30, when });
      const startedMs = performance.now();
      expect(gist(await pay(world))).toBe('204');
      expect(performance.now() - startedMs).toBeGreaterThanOrEqual(29);
    },
  );

  test('a delay may accompany another fault', async () => {
    ask({ kind: 'lost_answer' });
    ask({ kind: 'delay', delayMs: 5 });
    await expect(pay(world)).rejects.toThrow('ECONNRESET');
    expect(last()?.faults).toEqual(['delay', 'lost_answer']);
    expect(gist(await query(world))).toBe('200');
  });
});

describe('answers that are errors', () => {
  test('status before: the error instead of the deed', async () => {
    ask({ kind: 'status', status: 500, code: 'SYSTEM_ERROR', message: '系统错误' });
    const reply = await pay(world);
    expect([gist(reply), signedWith(world, reply)]).toEqual(['500 SYSTEM_ERROR 268435457', 'nothing']);
    expect(reply.json).toEqual({ code: 'SYSTEM_ERROR', message: '系统错误' });
    expect(calls()).toEqual({ received: 1, processed: 0 });
  });

  test('status after: the deed, and the error all the same', async () => {
    ask({ kind: 'status', status: 500, code: 'SYSTEM_ERROR', when: 'after' });
    expect(gist(await pay(world))).toBe('500 SYSTEM_ERROR 268435457');
    expect([calls(), state()]).toEqual([{ received: 1, processed: 1 }, 'DONE']);
  });

  test.each([
    [{ status: 429, code: 'RATE_LIMITED', sub_code: 268435472 }, '429 RATE_LIMITED 268435472'],
    [{ status: 503, code: 'SERVICE_UNAVAILABLE' }, '503 SERVICE_UNAVAILABLE 268435457'],
    [{ status: 401, code: 'SIGN_ERROR' }, '401 SIGN_ERROR 270924332'],
    [{ status: 403, code: 'NO_AUTH' }, '403 NO_AUTH 268503786'],
  ])('any status and code can be had, with the sub-code known for it: %j', async (given, expected) => {
    ask({ kind: 'status', ...given });
    expect(gist(await pay(world))).toBe(expected);
  });

  test('without a code it is a gateway page and not JSON', async () => {
    ask({ kind: 'status', status: 502 });
    const reply = await pay(world);
    expect(reply).toMatchObject({ status: 502, json: undefined });
    expect(reply.headers['content-type']).toBe('text/html');
  });
});

describe('signatures that do not hold', () => {
  test('signtest: the probe of WeChat Pay, on an answer that is otherwise true', async () => {
    ask({ kind: 'signtest' });
    const reply = await pay(world);
    expect(reply.headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\/[\w+/]{300,}=*$/);
    expect([reply.status, signedWith(world, reply), state()]).toEqual([204, 'wrong', 'DONE']);
  });

  test('bad_signature: well formed, of another text', async () => {
    ask({ kind: 'bad_signature' });
    const reply = await query(world);
    expect(Buffer.from(reply.headers['wechatpay-signature'] ?? '', 'base64')).toHaveLength(256);
    expect(signedWith(world, reply)).toBe('wrong');
  });

  test('unknown_serial: a key nobody has', async () => {
    ask({ kind: 'unknown_serial' });
    const reply = await query(world);
    expect(reply.headers['wechatpay-serial']).toMatch(/^[0-9A-F]{40}$/);
    expect(reply.headers['wechatpay-serial']).not.toBe(keys.platform.serial_no);
  });

  test.each([
    [301, '1772337299'],
    [-301, '1772337901'],
  ])('stale_timestamp %i: rightly signed at %s', async (seconds, timestamp) => {
    ask({ kind: 'stale_timestamp', seconds });
    const reply = await query(world);
    expect(reply.headers['wechatpay-timestamp']).toBe(timestamp);
    expect(signedWith(world, reply)).toBe('certificate');
  });

  test('unsigned: a 2xx without a signature', async () => {
    ask({ kind: 'unsigned' });
    const reply = await pay(world);
    expect([reply.status, signedWith(world, reply)]).toEqual([204, 'nothing']);
  });

  test('altered_body: one byte is not the one that was signed', async () => {
    const before = await query(world);
    ask({ kind: 'altered_body' });
    const reply = await query(world);
    expect(signedWith(world, reply)).toBe('wrong');
    const [sent, signed] = [Buffer.from(reply.body), Buffer.from(before.body)];
    expect(sent.filter((byte, index) => byte !== signed[index])).toHaveLength(1);
  });

  test('altered_body: a body that should be empty gains a byte', async () => {
    ask({ kind: 'altered_body' });
    const reply = await pay(world);
    expect([reply.status, reply.body, signedWith(world, reply)]).toEqual([200, ' ', 'wrong']);
  });

  test('an error answer has no signature to spoil, and the fault is spent', async () => {
    ask({ kind: 'bad_signature' });
    expect(gist(await pay(world, 'NONE'))).toBe('404 ORDER_NOT_EXIST 271317510');
    expect(signedWith(world, await query(world))).toBe('certificate');
  });
});

describe('bodies nobody expects, well signed', () => {
  test('garbage_body: not JSON', async () => {
    ask({ kind: 'garbage_body', times: 2 });
    for (const reply of [await query(world), await pay(world)]) {
      expect(reply).toMatchObject({ status: 200, json: undefined });
      expect(signedWith(world, reply)).toBe('certificate');
    }
  });

  test('huge_body: exactly as large as asked for', async () => {
    ask({ kind: 'huge_body', bytes: 100_000 });
    const reply = await query(world);
    expect([reply.body.length, signedWith(world, reply)]).toEqual([100_000, 'certificate']);
    expect(reply.json).toHaveProperty('padding');
  });

  test('body: any status and text, instead of the deed or after it', async () => {
    ask({ kind: 'body', status: 202, body: '{"trade_state":"未知"}' });
    const replaced = await pay(world);
    expect([replaced.status, replaced.body]).toEqual([202, '{"trade_state":"未知"}']);
    expect([signedWith(world, replaced), state()]).toEqual(['certificate', 'DOING']);
    ask({ kind: 'body', status: 204, body: 'ignored', when: 'after' });
    const afterwards = await pay(world);
    expect([afterwards.status, afterwards.body, state()]).toEqual([204, '', 'DONE']);
  });
});

describe('which call a fault is for', () => {
  const fault = { kind: 'status', status: 500, code: 'SYSTEM_ERROR' } as const;

  test.each([
    ['method', { method: 'post' }],
    ['path', { path: '/pay$' }],
    ['action', { action: 'pay' }],
    ['host', { host: 'backup' }],
  ] as const)('it waits for its %s', async (_what, on) => {
    ask({ ...fault, on });
    expect((await query(world)).status).toBe(200);
    expect((await pay(world, 'ORDER1', { host: 'backup' })).status).toBe(500);
    expect((await pay(world, 'ORDER1', { host: 'backup' })).status).toBe(204);
  });

  test('it waits for its order number, in a path or in a query', async () => {
    world.simulator.addOrder(order({ out_order_no: 'a|b' }));
    ask({ ...fault, on: { out_order_no: 'a|b' }, times: 2 });
    expect((await pay(world)).status).toBe(204);
    expect((await pay(world, 'a|b')).status).toBe(500);
    expect((await query(world, { out_order_no: 'a|b' })).status).toBe(500);
  });

  test('faults are taken in the order they were asked for, each as often as it says', async () => {
    ask({ ...fault, times: 2 });
    ask({ ...fault, status: 503 });
    const statuses = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await query(world)).status);
    expect(statuses).toEqual([500, 500, 503, 200]);
  });

  test('it may hold always, until faults are cleared', async () => {
    ask({ ...fault, times: 'always' });
    for (let n = 0; n < 3; n += 1) expect((await query(world)).status).toBe(500);
    world.simulator.clearFaults();
    expect((await query(world)).status).toBe(200);
  });

  test.each([
    [{ kind: 'status', status: 99 }],
    [{ kind: 'body', status: 200, body: '', on: { path: '(' } }],
    [{ kind: 'refuse', times: 0 }],
  ] as const)('a malformed one is refused: %j', (wrong) => {
    expect(() => ask(wrong)).toThrow('fault refused');
  });
});
