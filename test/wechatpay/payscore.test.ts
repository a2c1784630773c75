import { PayscoreError } from '../../lambda/core/errors';
import { OUTCOME_RULES } from '../../lambda/core/outcome';
import { Payscore } from '../../lambda/wechatpay/payscore';
import type { WireRequest } from '../../lambda/wechatpay/transport';
import { ANSWERS_TO_PAY } from './support/answers-to-pay';
import { clientTo, closeTransports } from './support/client';
import { LIMITS, ORDER, payscoreOver, payscoreTo } from './support/payscore';
import { answer, closedPort, closeServers, NOW_MS, signedHeaders } from './support/server';

afterEach(async () => {
  closeTransports();
  await closeServers();
});

describe('a collection over HTTP comes to what its answer means', () => {
  test.each([
    [204, '', '08F1-0', { kind: 'accepted' }, { http_status: 204, request_id: '08F1-0', sub_code: '0' }],
    [
      200,
      '{"trade_state":"USERPAYING"}',
      '08F1-0',
      { kind: 'in_progress' },
      { http_status: 200, request_id: '08F1-0', sub_code: '0' },
    ],
    [
      403,
      '{"code":"TRADE_ERROR","message":"扣款失败"}',
      '08F1-271316574',
      { kind: 'declined' },
      {
        http_status: 403,
        code: 'TRADE_ERROR',
        message: '扣款失败',
        request_id: '08F1-271316574',
        sub_code: '271316574',
      },
    ],
    [
      429,
      '{"code":"RATE_LIMITED","message":"慢"}',
      '08F1',
      { kind: 'throttled' },
      { http_status: 429, code: 'RATE_LIMITED', message: '慢', request_id: '08F1' },
    ],
    [
      500,
      '<html>',
      '08F1-1',
      { kind: 'unknown', because: 'server_error' },
      { http_status: 500, request_id: '08F1-1', sub_code: '1' },
    ],
    [
      418,
      '{"code":7,"message":{"a":1}}',
      '',
      { kind: 'unknown', because: 'unrecognised' },
      { http_status: 418 },
    ],
    [
      302,
      '',
      '08F1-0',
      { kind: 'unknown', because: 'unrecognised' },
      { http_status: 302, request_id: '08F1-0', sub_code: '0' },
    ],
  ])('%d %s (%s)', async (status, body, requestId, outcome, evidence) => {
    const { server, payscore } = await payscoreTo((_, response) => answer(response, status, body, requestId));
    await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({ outcome, evidence });
    expect(server.arrivals.map(({ method, url, body: sent }) => [method, url, sent.toString()])).toEqual([
      [
        'POST',
        '/v3/payscore/partner/serviceorder/a%7Cb*c/pay',
        '{"service_id":"500001","sub_mchid":"1900000109"}',
      ],
    ]);
  });

  test('every example of every row is answered over HTTP and leaves the attempt open or not, as its row says', async () => {
    const examples = Object.entries(ANSWERS_TO_PAY).flatMap(([id, list]) =>
      list.map((one) => ({ id, ...one })),
    );
    const queue = [...examples];
    const { payscore } = await payscoreTo((_, response) => {
      const next = queue.shift();
      answer(response, next?.status ?? 500, next?.body ?? '', next?.requestId ?? '');
    });
    const open = new Set(['accepted', 'in_progress', 'busy', 'unknown']);
    for (const { status } of examples) {
      // eslint-disable-next-line no-await-in-loop -- the answers are handed out in this order
      const { outcome, evidence } = await payscore.collect(ORDER, LIMITS);
      expect(evidence.http_status).toBe(status);
      expect(OUTCOME_RULES[outcome.kind].leavesOpen).toBe(open.has(outcome.kind));
      expect(outcome.kind).not.toBe('not_sent');
    }
    expect(queue).toEqual([]);
  });

  test('a refused connection is not sent', async () => {
    const payscore = new Payscore(clientTo(`http://127.0.0.1:${await closedPort()}`));
    await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({
      outcome: { kind: 'not_sent', because: 'connect_failed' },
      evidence: { detail: 'The request was not sent (connect_failed: ECONNREFUSED).' },
    });
  });

  test('send_by passed is not sent', async () => {
    const { server, payscore } = await payscoreTo((_, response) => answer(response, 204));
    await expect(payscore.collect(ORDER, { ...LIMITS, sendBy: NOW_MS })).resolves.toMatchObject({
      outcome: { kind: 'not_sent', because: 'send_by_passed' },
    });
    expect(server.arrivals).toEqual([]);
  });

  test('an answer that is lost is unknown, and the request is not repeated', async () => {
    const { server, payscore } = await payscoreTo((_, response) => response.destroy());
    await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({
      outcome: { kind: 'unknown', because: 'no_answer' },
      evidence: { detail: 'No whole answer came back (connection_lost: ECONNRESET).' },
    });
    expect(server.arrivals).toHaveLength(1);
  });

  test('a 2xx that cannot be verified is unknown, its Request-ID kept', async () => {
    const { payscore } = await payscoreTo((_, response) => {
      response.writeHead(204, { ...signedHeaders('{}'), 'request-id': '08F1-0' }).end();
    });
    await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({
      outcome: { kind: 'unknown', because: 'unverified' },
      evidence: {
        http_status: 204,
        request_id: '08F1-0',
        detail: expect.stringContaining('signature_wrong') as string,
      },
    });
  });
});

describe('every result of the transport comes to one outcome', () => {
  test.each([['connect_failed'], ['connect_timeout'], ['send_by_passed'], ['timeout']] as const)(
    'not sent because of %s',
    async (because) => {
      const payscore = payscoreOver(async () => ({ kind: 'not_sent', because, detail: 'D' }));
      await expect(payscore.collect(ORDER, LIMITS)).resolves.toStrictEqual({
        outcome: { kind: 'not_sent', because },
        evidence: { detail: `The request was not sent (${because}: D).` },
      });
    },
  );

  test.each([['timeout'], ['connection_lost'], ['answer_too_large']] as const)(
    'no answer because of %s',
    async (because) => {
      const payscore = payscoreOver(async () => ({ kind: 'no_answer', because, detail: 'D' }));
      await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({
        outcome: { kind: 'unknown', because: 'no_answer' },
        evidence: { detail: `No whole answer came back (${because}: D).` },
      });
    },
  );

  test('a request that cannot be made is not sent', async () => {
    const invalid = new PayscoreError('REQUEST_INVALID', 'no such path', { because: 'path' });
    const payscore = payscoreOver(() => Promise.reject(invalid));
    await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({
      outcome: { kind: 'not_sent', because: 'path' },
      evidence: { detail: 'no such path' },
    });
  });

  test('of an answer that broke off what is known is kept', async () => {
    const cut = new PayscoreError('NO_ANSWER', 'cut off', { status: 200, request_id: 'R-0' });
    const payscore = payscoreOver(() => Promise.reject(cut));
    await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({
      outcome: { kind: 'unknown', because: 'no_answer' },
      evidence: { detail: 'cut off', http_status: 200, request_id: 'R-0' },
    });
  });

  test.each([
    ['an Error', new Error('out of memory'), 'out of memory'],
    ['anything else', 'text', 'fault'],
    ['something that cannot be printed', Object.create(null), 'fault'],
  ])(
    'a fault of our own, thrown as %s, is unknown: it may have been sent',
    async (_, thrown: unknown, detail) => {
      const payscore = payscoreOver(() => Promise.reject(thrown));
      await expect(payscore.collect(ORDER, LIMITS)).resolves.toEqual({
        outcome: { kind: 'unknown', because: 'no_answer' },
        evidence: { detail },
      });
      await expect(payscore.query(ORDER, LIMITS)).resolves.toEqual({
        kind: 'unanswered',
        because: 'no_answer',
        evidence: { detail },
      });
    },
  );

  test('what the caller asks for reaches the transport: its limits, and no default where no time is left', async () => {
    const seen: WireRequest[] = [];
    const payscore = payscoreOver(async (request) => {
      seen.push(request);
      return { kind: 'not_sent', because: 'timeout', detail: 'D' };
    });
    await payscore.collect(ORDER, LIMITS);
    await payscore.collect(ORDER, { timeoutMs: 0, sendBy: NOW_MS });
    await payscore.query(ORDER, { timeoutMs: -5 });
    expect(seen.map(({ timeoutMs, sendBy }) => [timeoutMs, sendBy])).toEqual([
      [5_000, 1_700_000_015_000],
      [1, 1_700_000_000_000],
      [1, undefined],
    ]);
  });
});

describe('evidence is kept word for word, at most 256 characters of each', () => {
  test('code, message and Request-ID', async () => {
    const body = JSON.stringify({ code: 'C'.repeat(256), message: '失'.repeat(257) });
    const { payscore } = await payscoreTo((_, response) =>
      answer(response, 403, body, `${'R'.repeat(300)}-271316574`),
    );
    const { evidence } = await payscore.collect(ORDER, LIMITS);
    expect(evidence).toEqual({
      http_status: 403,
      code: 'C'.repeat(256),
      message: `${'失'.repeat(256)}…`,
      request_id: `${'R'.repeat(256)}…`,
      sub_code: '271316574',
    });
  });

  test('an answer without a Request-ID has no reason either', async () => {
    const payscore = payscoreOver(async () => ({
      kind: 'answered',
      status: 403,
      headers: {},
      body: Buffer.from('{}'),
    }));
    const { evidence } = await payscore.collect(ORDER, LIMITS);
    expect(evidence).toStrictEqual({ http_status: 403 });
  });

  test('what could not be verified, whatever stands in its headers', async () => {
    const { payscore } = await payscoreTo((_, response) => {
      const headers = {
        ...signedHeaders(''),
        'wechatpay-serial': 'S'.repeat(5_000),
        'request-id': 'R'.repeat(5_000),
      };
      response.writeHead(204, headers).end();
    });
    const { evidence } = await payscore.collect(ORDER, LIMITS);
    expect(evidence.detail).toMatch(
      /^WeChat Pay's answer \(204\) could not be verified: serial_unknown \(serial S+…$/,
    );
    expect(evidence.detail).toHaveLength(257);
    expect(evidence.request_id).toHaveLength(257);
  });

  test('a fault of our own', async () => {
    const payscore = payscoreOver(() => Promise.reject(new Error('x'.repeat(1_000))));
    expect((await payscore.collect(ORDER, LIMITS)).evidence.detail).toHaveLength(257);
  });
});
