/** What may have left: an answer, or not; never a second request. */
import http from 'node:http';
import type { WireRequest } from '../../lambda/wechatpay/transport';
import { closeTransports, transportTo } from './support/client';
import { answer, closeServers, NOW_MS, serve, serveBytes } from './support/server';

function request(changes: Partial<WireRequest> = {}): WireRequest {
  return {
    method: 'POST',
    path: '/v3/pay',
    headers: { 'content-length': '2' },
    body: '{}',
    timeoutMs: 5_000,
    ...changes,
  };
}

/** Of those who come in crowds, on a machine that is busy. */
const PATIENCE_MS = 15_000;

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const endless = (socket: { write(text: string): boolean; on(event: 'drain', more: () => void): unknown }) => {
  const more = () => {
    while (socket.write('x'.repeat(500)));
  };
  socket.on('drain', more);
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  more();
};

describe('what may have left is never sent again', () => {
  const WHOLE_REQUEST = /\r\n\r\n\{\}$/;
  const withBackup = async (
    converse: Parameters<typeof serveBytes>[0],
    changes: Partial<WireRequest> = {},
  ) => {
    let requests = 0;
    const main = await serveBytes((socket, received) => {
      if (!WHOLE_REQUEST.test(received)) return;
      requests += 1;
      converse(socket, received);
    });
    const backup = await serve((_, response) => answer(response, 204));
    const result = await transportTo([main.url, backup.url], { answerBytesMax: 1000 }).send(request(changes));
    expect({ requests, connections: main.connections(), backup: backup.connections() }).toEqual({
      requests: 1,
      connections: 1,
      backup: 0,
    });
    return result;
  };

  test('the server reads it and closes', async () => {
    await expect(withBackup((socket) => socket.end())).resolves.toEqual({
      kind: 'no_answer',
      because: 'connection_lost',
      detail: 'ECONNRESET',
    });
  });

  test('the server reads it and resets the connection', async () => {
    await expect(withBackup((socket) => socket.resetAndDestroy())).resolves.toEqual({
      kind: 'no_answer',
      because: 'connection_lost',
      detail: 'ECONNRESET',
    });
  });

  test('no answer comes in time', async () => {
    await expect(withBackup(() => undefined, { timeoutMs: 50 })).resolves.toEqual({
      kind: 'no_answer',
      because: 'timeout',
      detail: 'ECONNRESET',
    });
  });

  test('the answer begins and does not end in time', async () => {
    const begin = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a"';
    await expect(withBackup((socket) => socket.write(begin), { timeoutMs: 50 })).resolves.toEqual({
      kind: 'no_answer',
      because: 'timeout',
      detail: 'closed',
    });
  });

  test('the answer is cut off', async () => {
    const begin = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a"';
    await expect(withBackup((socket) => socket.end(begin))).resolves.toEqual({
      kind: 'no_answer',
      because: 'connection_lost',
      detail: 'closed',
    });
  });

  test.each([
    ['shorter than it said', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a"'],
    ['in chunks, the last one missing', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n'],
    ['cut off in its headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['not HTTP', '220 smtp.example.com ESMTP\r\n'],
    [
      'a change of protocol',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
    ],
    ['of headers without end', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('the answer is %s', async (_, bytes) => {
    await expect(withBackup((socket) => socket.end(bytes))).resolves.toMatchObject({
      kind: 'no_answer',
      because: 'connection_lost',
    });
  });

  test.each([
    ['in one piece', (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`],
    [
      'in chunks',
      (body: string) => `HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n${body}\r\n0\r\n\r\n`,
    ],
    ['until the connection closes', (body: string) => `HTTP/1.0 200 OK\r\n\r\n${body}`],
  ])('the answer is one byte too large, %s', async (_, bytes) => {
    await expect(withBackup((socket) => socket.end(bytes('x'.repeat(1001))))).resolves.toMatchObject({
      kind: 'no_answer',
      because: 'answer_too_large',
    });
  });

  test('the answer goes on without end', async () => {
    await expect(withBackup(endless)).resolves.toMatchObject({
      kind: 'no_answer',
      because: 'answer_too_large',
    });
  });

  test('an error without a code is told in its own words', async () => {
    const requested = jest.spyOn(http, 'request');
    const server = await serve(() => {
      const [outgoing] = requested.mock.results.map(({ value }) => value as http.ClientRequest);
      outgoing?.destroy(new Error('something new'));
    });
    await expect(transportTo(server.url).send(request())).resolves.toEqual({
      kind: 'no_answer',
      because: 'connection_lost',
      detail: 'something new',
    });
    requested.mockRestore();
  });
});

describe('a whole answer is handed over as it came', () => {
  test.each([
    [204, ''],
    [200, '{"state":"待支付"}'],
    [403, '{"code":"TRADE_ERROR","message":"扣款失败"}'],
    [500, 'gateway'],
  ])('%d with %j', async (status, body) => {
    const server = await serve((_, response) => answer(response, status, body, 'ABC-123'));
    const result = await transportTo(server.url).send(request());
    expect(result).toMatchObject({ kind: 'answered', status, headers: { 'request-id': 'ABC-123' } });
    expect(result.kind === 'answered' && result.body.toString('utf8')).toBe(body);
  });

  test('in many pieces, a Chinese character cut in two between them', async () => {
    const bytes = Buffer.from('{"state":"待支付"}');
    const server = await serve((_, response) => {
      response.write(bytes.subarray(0, 11));
      setImmediate(() => response.end(bytes.subarray(11)));
    });
    const result = await transportTo(server.url).send(request());
    expect(result.kind === 'answered' && result.body.equals(bytes)).toBe(true);
  });

  test('as large as it may be, and no larger', async () => {
    const body = 'x'.repeat(1000);
    const server = await serve((_, response) => answer(response, 200, body));
    const result = await transportTo(server.url, { answerBytesMax: 1000 }).send(request());
    expect(result.kind === 'answered' && result.body.length).toBe(1000);
  });

  test('that ends with the connection, again and again', async () => {
    const server = await serveBytes((socket, received) => {
      if (received.endsWith('{}')) socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{"whole":true}');
    });
    const transport = transportTo(server.url);
    for (let call = 0; call < 50; call += 1) {
      // eslint-disable-next-line no-await-in-loop -- one after another is what is tested
      const result = await transport.send(request());
      expect(result.kind === 'answered' && result.body.toString()).toBe('{"whole":true}');
    }
  });

  test('a redirect is an answer like any other and is not followed', async () => {
    const other = await serve((_, response) => answer(response, 204));
    const server = await serve((_, response) => response.writeHead(307, { location: other.url }).end());
    const result = await transportTo(server.url).send(request());
    expect(result).toMatchObject({ kind: 'answered', status: 307 });
    expect(other.connections()).toBe(0);
    expect(server.arrivals).toHaveLength(1);
  });
});

const clocked = async () => {
  const server = await serve((_, response) => answer(response, 204));
  let now = NOW_MS;
  const transport = transportTo(server.url, { now: () => now });
  const call = async (afterMs: number) => {
    now += afterMs;
    return transport.send(request());
  };
  return { transport, call, used: () => server.arrivals.map(({ connection }) => connection) };
};

describe('connections are kept, and closed before WeChat Pay closes them', () => {
  test('calls one after another share one connection', async () => {
    const { call, used } = await clocked();
    await call(0);
    await call(1);
    await call(100);
    expect(used()).toEqual([1, 1, 1]);
  });

  test('a connection idle for 7 s by the clock is used again, one idle for longer is not', async () => {
    const { call, used } = await clocked();
    await call(0);
    await call(7_000);
    await call(7_001);
    expect(used()).toEqual([1, 1, 2]);
  });

  test('all are closed when the transport is', async () => {
    const { transport, call, used } = await clocked();
    await call(0);
    transport.close();
    await call(0);
    expect(used()).toEqual([1, 2]);
  });

  test('64 calls at once all get their own answer', async () => {
    const server = await serve((arrival, response) => answer(response, 200, arrival.body.toString()));
    const transport = transportTo(server.url, { connectTimeoutMs: PATIENCE_MS });
    const bodies = Array.from({ length: 64 }, (_, index) => `{"call":${index}}`);
    const round = () =>
      Promise.all(
        bodies.map(async (body) => {
          const headers = { 'content-length': String(body.length) };
          const result = await transport.send(request({ headers, body, timeoutMs: PATIENCE_MS }));
          return result.kind === 'answered' ? result.body.toString() : result.kind;
        }),
      );
    await expect(round()).resolves.toEqual(bodies);
    await expect(round()).resolves.toEqual(bodies);
    expect(server.connections()).toBeLessThanOrEqual(64);
  });

  test('more calls at once than connections are allowed wait for one another', async () => {
    const server = await serve((_, response) => answer(response, 204));
    const transport = transportTo(server.url, { connectTimeoutMs: PATIENCE_MS });
    const results = await Promise.all(
      Array.from({ length: 400 }, () => transport.send(request({ timeoutMs: PATIENCE_MS }))),
    );
    expect(results.filter(({ kind }) => kind === 'answered')).toHaveLength(400);
    expect(server.arrivals).toHaveLength(400);
    expect(server.connections()).toBeLessThanOrEqual(256);
  });

  test('a kept connection that the server closed at the wrong moment leaves the outcome unknown', async () => {
    let served = 0;
    const server = await serve((_, response) => {
      served += 1;
      if (served === 1) answer(response, 204);
      else response.destroy();
    });
    const backup = await serve((_, response) => answer(response, 204));
    const transport = transportTo([server.url, backup.url]);
    await transport.send(request());
    await expect(transport.send(request())).resolves.toMatchObject({
      kind: 'no_answer',
      because: 'connection_lost',
    });
    expect(server.arrivals).toHaveLength(2);
    expect(backup.connections()).toBe(0);
  });

  test('a request without a body has none', async () => {
    const server = await serve((_, response) => answer(response, 200, '{}'));
    await transportTo(server.url).send(request({ method: 'GET', headers: {}, body: '' }));
    expect(server.arrivals[0]?.body.length).toBe(0);
    expect(server.arrivals[0]?.headers).not.toHaveProperty('transfer-encoding');
  });
});
