import fc from 'fast-check';
import type { Fen } from '../../lambda/core/ids';
import type { Wxpay } from '../../lambda/wechatpay/client';
import { Payscore } from '../../lambda/wechatpay/payscore';
import { clientTo, closeTransports, transportTo } from './support/client';
import { LIMITS, ORDER, payscoreOver, payscoreTo } from './support/payscore';
import { answer, closeServers, NOW_MS, serveBytes } from './support/server';

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const order = (changes: object = {}) =>
  JSON.stringify({
    out_order_no: 'a|b*c',
    sub_mchid: '1900000109',
    mchid: '1900009191',
    state: 'DONE',
    total_amount: 100,
    need_collection: true,
    collection: { state: 'USER_PAID', total_amount: 100, paying_amount: 0, paid_amount: 100 },
    ...changes,
  });

describe('a query', () => {
  test('that is verified gives the facts', async () => {
    const { server, payscore } = await payscoreTo((_, response) => answer(response, 200, order()));
    await expect(payscore.query(ORDER, LIMITS)).resolves.toEqual({
      kind: 'verified',
      facts: {
        state: 'DONE',
        collection_state: 'USER_PAID',
        need_collection: true,
        total_amount: 100 as Fen,
        paying_amount: 0 as Fen,
        paid_amount: 100 as Fen,
        details: [],
      },
      evidence: { http_status: 200, request_id: '08F1A2-0', sub_code: '0' },
    });
    expect(server.arrivals[0]?.url).toBe(
      '/v3/payscore/partner/serviceorder?service_id=500001&sub_mchid=1900000109&out_order_no=a%7Cb*c',
    );
  });

  test.each([
    ['about another order', order({ out_order_no: 'a|b*d' }), 'the answer is about another out_order_no'],
    ['not about an order', '[]', 'the answer is not a JSON object'],
    ['not JSON', 'OK', 'the answer is not a JSON object'],
    ['without a state', order({ state: '' }), 'the answer has no state'],
  ])('whose verified answer is %s teaches nothing', async (_, body, detail) => {
    const { payscore } = await payscoreTo((_arrival, response) => answer(response, 200, body));
    await expect(payscore.query(ORDER, LIMITS)).resolves.toEqual({
      kind: 'unanswered',
      because: 'unreadable',
      evidence: { http_status: 200, request_id: '08F1A2-0', sub_code: '0', detail },
    });
  });

  test.each([
    [401, '{"code":"SIGN_ERROR"}', 'A-0', { kind: 'refused', because: 'credentials' }],
    [400, '{"code":"PARAM_ERROR"}', 'A-270924332', { kind: 'refused', because: 'credentials' }],
    [403, '{"code":"NO_AUTH"}', 'A-268503786', { kind: 'refused', because: 'permission' }],
    [404, '{"code":"NOT_FOUND"}', 'A-0', { kind: 'refused', because: 'permission' }],
    [404, '{"code":"ORDER_NOT_EXIST"}', 'A-0', { kind: 'refused', because: 'not_found' }],
    [404, '{}', 'A-271317510', { kind: 'refused', because: 'not_found' }],
    [429, '', 'A-0', { kind: 'refused', because: 'throttled' }],
    [300, '{}', 'A-0', { kind: 'refused', because: 'request' }],
    [400, '{"code":"ORDER_DONE"}', 'A-0', { kind: 'refused', because: 'request' }],
    [400, '{"code":"PARAM_ERROR"}', 'A-0', { kind: 'refused', because: 'request' }],
    [403, '{"code":"TRADE_ERROR"}', 'A-0', { kind: 'refused', because: 'request' }],
    [302, '', 'A-0', { kind: 'refused', because: 'request' }],
    [500, '{"code":"SYSTEM_ERROR"}', 'A-0', { kind: 'unanswered', because: 'server_error' }],
    [599, '', 'A-0', { kind: 'unanswered', because: 'server_error' }],
  ])('answered %d %s (%s)', async (status, body, requestId, report) => {
    const { payscore } = await payscoreTo((_, response) => answer(response, status, body, requestId));
    await expect(payscore.query(ORDER, LIMITS)).resolves.toMatchObject(report);
  });

  test('an error answer that looks like a paid order teaches nothing', async () => {
    const { payscore } = await payscoreTo((_, response) => answer(response, 404, order()));
    await expect(payscore.query(ORDER, LIMITS)).resolves.toMatchObject({ kind: 'refused' });
  });

  test.each([
    ['not_sent', { kind: 'not_sent', because: 'connect_failed', detail: 'D' }],
    ['no_answer', { kind: 'no_answer', because: 'timeout', detail: 'D' }],
    ['unverified', { kind: 'answered', status: 200, headers: {}, body: Buffer.from(order()) }],
  ] as const)('without a usable answer is unanswered: %s', async (because, result) => {
    const payscore = payscoreOver(async () => result);
    await expect(payscore.query(ORDER, LIMITS)).resolves.toMatchObject({ kind: 'unanswered', because });
  });
});

test('a client of another kind that throws an AxiosError without a response is not known to have failed', async () => {
  const failing = {
    v3: {
      payscore: {
        partner: {
          serviceorder: {
            get: () => Promise.reject(Object.assign(new Error('x'), { isAxiosError: true })),
          },
        },
      },
    },
  } as unknown as Wxpay;
  await expect(new Payscore(failing).query(ORDER, LIMITS)).resolves.toMatchObject({ because: 'no_answer' });
});

test('whatever bytes come back, collecting and asking end in a value and never in "paid"', async () => {
  let bytes = Buffer.alloc(0);
  const server = await serveBytes((socket, received) => {
    if (received.includes('\r\n\r\n')) socket.end(bytes);
  });
  const transport = transportTo(server.url, { answerBytesMax: 2_000 });
  const payscore = new Payscore(clientTo(server.url, { transport }));
  const head = fc.tuple(
    fc.oneof(fc.integer({ min: 100, max: 999 }), fc.constantFrom(200, 204, 403, 404, 500)),
    fc.constantFrom(
      '',
      'Request-ID: A-271316574\r\n',
      'Request-ID: A\r\nRequest-ID: B-1\r\n',
      'Content-Length: 3\r\n',
    ),
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.json().map((json) => Buffer.from(json)),
  );
  const arbitrary = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc
      .tuple(head, content)
      .map(([[status, headers], body]) =>
        Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${headers}\r\n`), body]),
      ),
  );
  await fc.assert(
    fc.asyncProperty(arbitrary, async (sent) => {
      bytes = sent;
      const collected = await payscore.collect(ORDER, { timeoutMs: 5_000, sendBy: NOW_MS + 1 });
      const queried = await payscore.query(ORDER, { timeoutMs: 5_000 });
      expect(collected.outcome.kind).not.toMatch(/not_sent|accepted|in_progress|paid/);
      expect(queried.kind).not.toBe('verified');
    }),
    { numRuns: 300 },
  );
});
