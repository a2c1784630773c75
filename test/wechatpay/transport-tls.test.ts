/** The same over TLS, as in production: nothing of a request leaves before the handshake is over. */
import { execFile } from 'node:child_process';
import https from 'node:https';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import type { WireRequest } from '../../lambda/wechatpay/transport';
import { closeTransports, transportTo } from './support/client';
import { pem } from './support/keys';
import { answer, closeServers, NOW_MS, serve, serveBytes, type Handler } from './support/server';

const POST: WireRequest = {
  method: 'POST',
  path: '/v3/pay',
  headers: { 'content-length': '2' },
  body: '{}',
  timeoutMs: 5_000,
};

/** Of those who come in crowds, on a machine that is busy. */
const PATIENCE_MS = 15_000;

afterEach(async () => {
  jest.restoreAllMocks();
  closeTransports();
  await closeServers();
});

async function serveTls(handler: Handler) {
  const server = https.createServer({ key: pem('localhost-key'), cert: pem('localhost-cert') });
  server.on('tlsClientError', () => undefined);
  const listening = await serve(handler, server);
  return { ...listening, url: `https://localhost:${listening.port}` };
}

/** Makes the test certificate one that this process trusts, as it trusts the real authorities. */
function trustTestCertificate(): void {
  const { createSecureContext } = tls;
  jest
    .spyOn(tls, 'createSecureContext')
    .mockImplementation((options) => createSecureContext({ ...options, ca: pem('localhost-cert') }));
}

const noContent: Handler = (_, response) => answer(response, 204);

describe('a TLS handshake that fails is not sent, and the backup host is used', () => {
  test.each([
    ['speaks plain HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
    ['closes', ''],
  ])('the server %s', async (_, bytes) => {
    let received = '';
    const plain = await serveBytes((socket, all) => {
      received = all;
      socket.end(bytes);
    });
    const backup = await serve(noContent);
    const host = `https://localhost:${plain.port}`;
    await expect(transportTo(host).send(POST)).resolves.toMatchObject({
      kind: 'not_sent',
      because: 'connect_failed',
    });
    expect(received).not.toContain('POST');
    expect(received.charCodeAt(0)).toBe(0x16);
    await expect(transportTo([host, backup.url]).send(POST)).resolves.toMatchObject({ status: 204 });
  });

  test('the certificate is signed by nobody known', async () => {
    const server = await serveTls(noContent);
    const backup = await serve(noContent);
    await expect(transportTo(server.url).send(POST)).resolves.toEqual({
      kind: 'not_sent',
      because: 'connect_failed',
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    await expect(transportTo([server.url, backup.url]).send(POST)).resolves.toMatchObject({ status: 204 });
    expect(server.arrivals).toEqual([]);
  });

  test('the certificate is for another name', async () => {
    trustTestCertificate();
    const server = await serveTls(noContent);
    await expect(transportTo(`https://127.0.0.1:${server.port}`).send(POST)).resolves.toEqual({
      kind: 'not_sent',
      because: 'connect_failed',
      detail: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
    expect(server.arrivals).toEqual([]);
  });

  test('no environment variable makes an unknown certificate good', async () => {
    const server = await serveTls(noContent);
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--no-warnings', '--import', 'tsx', join(__dirname, 'support/call-over-tls.ts'), server.url],
      { env: { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' } },
    );
    expect(JSON.parse(stdout)).toEqual({
      kind: 'not_sent',
      because: 'connect_failed',
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(server.arrivals).toEqual([]);
  });
});

describe('over a trusted connection', () => {
  beforeEach(trustTestCertificate);

  test('a request is answered, and the next ones use the same connection', async () => {
    const server = await serveTls((arrival, response) => answer(response, 200, arrival.body.toString()));
    const transport = transportTo(server.url);
    for (const text of ['{"n":1}', '{"n":2}', '{"n":3}']) {
      const headers = { 'content-length': '7' };
      // eslint-disable-next-line no-await-in-loop -- one after another is what is tested
      const result = await transport.send({ ...POST, headers, body: text });
      expect(result.kind === 'answered' && result.body.toString()).toBe(text);
    }
    expect(server.connections()).toBe(1);
  });

  test('past send_by not one byte of the request is written', async () => {
    const server = await serveTls(noContent);
    let now = NOW_MS;
    const transport = transportTo(server.url, { now: () => now });
    const late = { kind: 'not_sent', because: 'send_by_passed' };
    await expect(transport.send({ ...POST, sendBy: NOW_MS })).resolves.toMatchObject(late);
    await expect(transport.send({ ...POST, sendBy: NOW_MS + 1 })).resolves.toMatchObject({ status: 204 });
    now += 1;
    await expect(transport.send({ ...POST, sendBy: NOW_MS + 1 })).resolves.toMatchObject(late);
    expect(server.arrivals).toHaveLength(1);
  });

  test('a server that reads and closes leaves the outcome unknown, and the backup host is not asked', async () => {
    const server = await serveTls((_, response) => response.destroy());
    const backup = await serve(noContent);
    await expect(transportTo([server.url, backup.url]).send(POST)).resolves.toMatchObject({
      kind: 'no_answer',
      because: 'connection_lost',
    });
    expect(server.arrivals).toHaveLength(1);
    expect(backup.connections()).toBe(0);
  });

  test('64 calls at once all get their own answer', async () => {
    const server = await serveTls((arrival, response) => answer(response, 200, arrival.body.toString()));
    const transport = transportTo(server.url, { connectTimeoutMs: PATIENCE_MS });
    const bodies = Array.from({ length: 64 }, (_, index) => `{"call":${index + 10}}`);
    const answers = await Promise.all(
      bodies.map(async (body) => {
        const patient = { ...POST, timeoutMs: PATIENCE_MS };
        const result = await transport.send({ ...patient, headers: { 'content-length': '11' }, body });
        return result.kind === 'answered' ? result.body.toString() : result.kind;
      }),
    );
    expect(answers).toEqual(bodies);
  });
});
