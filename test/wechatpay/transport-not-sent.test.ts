/** What surely never left. Every byte that reaches the other side is counted there. */
import http from 'node:http';
import net from 'node:net';
import { isPayscoreError } from '../../lambda/core/errors';
import { Transport, type WireRequest } from '../../lambda/wechatpay/transport';
import { closeTransports, transportTo } from './support/client';
import { answer, closedPort, closeServers, NOW_MS, serve } from './support/server';

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

afterEach(async () => {
  closeTransports();
  await closeServers();
});

const ok = () => serve((_, response) => answer(response, 204));

describe('a host that cannot be reached is not sent to, and the backup host is used', () => {
  test('a refused connection', async () => {
    const backup = await ok();
    const closed = `http://127.0.0.1:${await closedPort()}`;
    await expect(transportTo(closed).send(request())).resolves.toEqual({
      kind: 'not_sent',
      because: 'connect_failed',
      detail: 'ECONNREFUSED',
    });
    await expect(transportTo([closed, backup.url]).send(request())).resolves.toMatchObject({ status: 204 });
    expect(backup.arrivals).toHaveLength(1);
  });

  test('a name that DNS does not know', async () => {
    const backup = await ok();
    const unknown = 'https://payscore.invalid';
    await expect(transportTo(unknown).send(request())).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'connect_failed',
      detail: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
    });
    await expect(transportTo([unknown, backup.url]).send(request())).resolves.toMatchObject({ status: 204 });
  });

  test('every host refuses: the last refusal is what is told', async () => {
    const hosts = [`http://127.0.0.1:${await closedPort()}`, `http://localhost:${await closedPort()}`];
    await expect(transportTo(hosts).send(request())).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'connect_failed',
    });
  });

  test('a connection that is not made in time', async () => {
    const backup = await ok();
    const stuck = await neverConnecting();
    const transport = transportTo([stuck, backup.url], { connectTimeoutMs: 20 });
    await expect(transport.send(request())).resolves.toMatchObject({ status: 204 });
    await expect(transportTo(stuck, { connectTimeoutMs: 20 }).send(request())).resolves.toEqual({
      kind: 'not_sent',
      because: 'connect_timeout',
      detail: 'ECONNRESET',
    });
  });

  test('the time of the call runs out while connecting: there is none left for the backup host', async () => {
    const backup = await ok();
    const transport = transportTo([await neverConnecting(), backup.url], { connectTimeoutMs: 5_000 });
    await expect(transport.send(request({ timeoutMs: 20 }))).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'timeout',
    });
    expect(backup.connections()).toBe(0);
  });

  test.each([150, 200])('by the clock no time of %i ms is left for the backup host', async (timeoutMs) => {
    const backup = await ok();
    let now = NOW_MS;
    const transport = transportTo([`http://127.0.0.1:${await closedPort()}`, backup.url], {
      now: () => (now += 100),
    });
    await expect(transport.send(request({ timeoutMs }))).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'connect_failed',
    });
    expect(backup.connections()).toBe(0);
  });
});

/** A TLS host that takes the connection and then says nothing: the handshake never ends. */
async function neverConnecting(): Promise<string> {
  const server = net.createServer((socket) => {
    socket.on('error', () => socket.destroy());
    silent.push(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  servers.push(server);
  return `https://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}
const silent: net.Socket[] = [];
const servers: net.Server[] = [];
afterEach(() => {
  for (const socket of silent.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** Everything that was on its way to the server has arrived: a connection made later has come and gone. */
async function quiet(server: { port: number; url: string }): Promise<void> {
  await new Promise<void>((resolve) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.end());
    socket.resume().on('close', () => resolve());
  });
}

describe('past send_by nothing leaves any more', () => {
  test.each([
    ['at', NOW_MS],
    ['after', NOW_MS - 1],
  ])('%s it, on a new connection', async (_, sendBy) => {
    const server = await ok();
    await expect(transportTo(server.url).send(request({ sendBy }))).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'send_by_passed',
    });
    await quiet(server);
    expect(server.bytes()).toBe(0);
  });

  test('after it, on a connection that is used again', async () => {
    const server = await ok();
    let now = NOW_MS;
    const transport = transportTo(server.url, { now: () => now });
    await transport.send(request({ sendBy: NOW_MS + 1 }));
    const bytes = server.bytes();
    now = NOW_MS + 1;
    await expect(transport.send(request({ sendBy: NOW_MS + 1 }))).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'send_by_passed',
    });
    expect(server.connections()).toBe(1);
    await quiet(server);
    expect(server.arrivals).toHaveLength(1);
    expect(server.bytes()).toBe(bytes);
  });

  test('that the backup host was slow to come by is no excuse', async () => {
    const backup = await ok();
    let now = NOW_MS;
    const transport = transportTo([`http://127.0.0.1:${await closedPort()}`, backup.url], {
      now: () => (now += 10),
    });
    await expect(transport.send(request({ sendBy: NOW_MS + 35 }))).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'send_by_passed',
    });
    expect(backup.bytes()).toBe(0);
  });

  test('and the backup host is not asked instead', async () => {
    const [main, backup] = [await ok(), await ok()];
    await transportTo([main.url, backup.url]).send(request({ sendBy: NOW_MS }));
    await quiet(main);
    expect(main.bytes()).toBe(0);
    expect(backup.connections()).toBe(0);
  });

  test('one millisecond before it, it still goes', async () => {
    const server = await ok();
    const result = await transportTo(server.url).send(request({ sendBy: NOW_MS + 1 }));
    expect(result).toMatchObject({ kind: 'answered', status: 204 });
  });
});

describe('a call that is called off', () => {
  test('before it begins is not sent, and the backup host is not asked', async () => {
    const [main, backup] = [await ok(), await ok()];
    const transport = transportTo([main.url, backup.url]);
    await expect(transport.send(request({ signal: AbortSignal.abort() }))).resolves.toEqual({
      kind: 'not_sent',
      because: 'connect_failed',
      detail: 'ABORT_ERR',
    });
    expect(main.bytes() + backup.bytes()).toBe(0);
    expect(backup.connections()).toBe(0);
    // The connection it may have opened stands in nobody's way.
    await expect(transport.send(request())).resolves.toMatchObject({ status: 204 });
    expect(backup.connections()).toBe(0);
  });

  test('while connecting is not sent', async () => {
    const abort = new AbortController();
    const backup = await ok();
    const sending = transportTo([await neverConnecting(), backup.url]).send(
      request({ signal: abort.signal }),
    );
    setImmediate(() => abort.abort());
    await expect(sending).resolves.toMatchObject({ kind: 'not_sent', detail: 'ABORT_ERR' });
    expect(backup.connections()).toBe(0);
  });

  test('at the very moment of connecting is not sent', async () => {
    const abort = new AbortController();
    const server = await ok();
    const requested = jest.spyOn(http, 'request');
    const sending = transportTo(server.url).send(request({ signal: abort.signal }));
    const outgoing = requested.mock.results[0]?.value as http.ClientRequest;
    requested.mockRestore();
    outgoing.prependListener('socket', (socket) => socket.once('connect', () => abort.abort()));
    await expect(sending).resolves.toMatchObject({ kind: 'not_sent', detail: 'ABORT_ERR' });
    expect(server.bytes()).toBe(0);
  });

  test('after it was sent has no answer', async () => {
    const abort = new AbortController();
    const server = await serve(() => abort.abort());
    await expect(transportTo(server.url).send(request({ signal: abort.signal }))).resolves.toEqual({
      kind: 'no_answer',
      because: 'connection_lost',
      detail: 'ABORT_ERR',
    });
    expect(server.arrivals).toHaveLength(1);
  });
});

/** The transport, or why its hosts are refused. */
function refused(...hosts: string[]): unknown {
  try {
    return new Transport({ hosts, now: () => NOW_MS });
  } catch (error) {
    return isPayscoreError(error, 'REQUEST_INVALID') ? error.message : error;
  }
}

describe('a host is https, or http on loopback', () => {
  test.each([
    'http://api.mch.weixin.qq.com',
    'http://10.0.0.1',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://0.0.0.0',
    'http://[::2]',
  ])('plain http to %s is refused', (host) => {
    expect(refused(host)).toBe(`host "${host}" is not https; plain http is for loopback only`);
  });

  test.each([
    'api.mch.weixin.qq.com',
    '',
    'ftp://api.mch.weixin.qq.com',
    'https://api.mch.weixin.qq.com/v3',
    'https://',
    'file:///etc/passwd',
  ])('%j is no host', (host) => {
    expect(refused(host)).toBe(
      `host ${JSON.stringify(host)} is not of the form https://api.mch.weixin.qq.com`,
    );
  });

  test('no host at all is refused', () => {
    expect(refused()).toBe('hosts is empty; name at least one');
  });

  test('a wrong backup host is refused at the start, not on the day it is needed', () => {
    expect(refused('https://api.mch.weixin.qq.com', 'api2')).toContain('host "api2" is not of the form');
  });

  test.each([
    'https://api.mch.weixin.qq.com',
    'https://api.mch.weixin.qq.com/',
    'https://api.mch.weixin.qq.com:8443',
    'http://localhost',
    'http://127.0.0.1:8080',
    'http://127.8.9.10',
    'http://[::1]:8080',
  ])('%s is taken', (host) => {
    expect(refused(host)).toBeInstanceOf(Transport);
  });
});

test('a request that waits for a free connection ends at its own deadline, and was never sent', async () => {
  const server = await serve(() => undefined);
  const transport = transportTo(server.url);
  const stop = new AbortController();
  const others = Array.from({ length: 256 }, () => transport.send(request({ signal: stop.signal })));
  const result = await transport.send(request({ timeoutMs: 50 }));
  expect(result).toEqual({ kind: 'not_sent', because: 'timeout', detail: 'no connection was free' });
  stop.abort();
  await Promise.all(others);
  expect(server.arrivals.length).toBeLessThanOrEqual(256);
});
