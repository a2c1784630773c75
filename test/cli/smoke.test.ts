import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askerAt, tlsOf } from '../../cli/smoke/ask';
import { type Check, smokeChecks } from '../../cli/smoke/checks';
import { smoke } from '../../cli/smoke/smoke';
import { signerFor } from '../../cli/orders/sign';
import description from '../../lambda/api/openapi.json';
import { MCHID } from '../support/keys';
import { startWorld, TABLE, type World } from '../support/world';
import { backUp } from '../restore/backups';

const printed: string[] = [];
const terminal = { stdout: { write: (text: string) => printed.push(text) }, stderr: { write: () => true } };
beforeEach(() => {
  printed.length = 0;
});

const json = () => path.join(mkdtempSync(path.join(tmpdir(), 'smoke-')), 'report.json');
const reportIn = (file: string) =>
  JSON.parse(readFileSync(file, 'utf8')) as { success: boolean; checks: readonly Check[] };

describe('against the service', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => world.close());

  test('everything that can be checked on this machine passes, and nothing of it writes', async () => {
    await world.register(world.order());
    const requests = world.received();
    // A merchant's keys are noted when they are first used.
    await world.api.at('GET', `/v1/merchants/${MCHID}`);
    const before = await backUp(world.dynamodb.url, TABLE, 0);
    const file = json();
    const options = { url: world.api.url, mchid: MCHID, mode: 'on', json: file };
    // The local gateway dates its answers by the true time.
    expect(await smoke(options, { now: Date.now }, terminal)).toBe(0);
    const { success, checks } = reportIn(file);
    expect(success).toBe(true);
    expect(checks.map(({ check, verdict }) => [check, verdict])).toEqual([
      ['TLS', 'skipped'],
      ['clock', 'passed'],
      ['description', 'passed'],
      ['a request without a signature', 'skipped'],
      ['a request with a wrong signature', 'skipped'],
      ['switch', 'passed'],
      ['a path that does not exist', 'passed'],
      ['merchant', 'passed'],
      ['orders', 'passed'],
      ['an order', 'passed'],
      ['a notification that WeChat Pay did not sign', 'passed'],
    ]);
    expect(printed.join('')).toContain('8 passed, 0 failed, 3 not checked');
    expect(await backUp(world.dynamodb.url, TABLE, 0)).toEqual(before);
    expect(world.received()).toBe(requests);
    expect(world.faults).toEqual([]);
  });

  test('another mode than the one that is expected, and a merchant without keys, are failures', async () => {
    const file = json();
    const options = { url: world.api.url, mchid: '1', mode: 'off', json: file };
    expect(await smoke(options, { now: Date.now }, terminal)).toBe(1);
    const failed = reportIn(file).checks.filter(({ verdict }) => verdict === 'failed');
    expect(failed.map(({ check, seen }) => [check, seen])).toEqual([
      ['switch', '200, on'],
      ['merchant', '404, Merchant unknown'],
      ['orders', '404, Merchant unknown'],
    ]);
  });
});

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const CREDENTIALS = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
const sign = signerFor(new URL('https://abc.execute-api.eu-west-1.amazonaws.com'), 'eu-west-1', CREDENTIALS);
let genuine = '';

/** A service as API Gateway guards it, that answers as it should but where a test has it otherwise. */
async function checksAgainst(
  otherwise: (method: string, url: string, authorization: string) => Reply | 'broken' | undefined,
): Promise<ReadonlyMap<string, Check>> {
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const authorization = headers.authorization ?? '';
    const reply = otherwise(method, url, authorization) ?? proper(method, url, authorization);
    if (reply === 'broken') {
      request.socket.destroy();
      return;
    }
    const type = { 'content-type': 'application/json' };
    response
      .writeHead(reply.status, { ...type, ...reply.headers })
      .end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    const remembering: typeof sign = async (request) => {
      const signed = await sign(request);
      genuine = signed['authorization'] ?? '';
      return signed;
    };
    const checks = await smokeChecks({
      ask: askerAt(base, Date.now),
      sign: remembering,
      tls: undefined,
      guarded: true,
      mchid: '1900000001',
      mode: undefined,
      description,
      now: Date.now,
    });
    return new Map(checks.map((check) => [check.check, check]));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function proper(method: string, url: string, authorization: string): Reply {
  if (method === 'POST') return { status: 401, body: { code: 'FAIL', message: 'not signed' } };
  if (authorization !== genuine) return { status: 403, body: { message: 'Forbidden' } };
  if (url === '/openapi.json') return { status: 200, body: description };
  if (url === '/v1/switch') return { status: 200, body: { mode: 'observe', from: 'default' } };
  if (url === '/v1/merchants/1900000001') return { status: 200, body: { mchid: '1900000001' } };
  if (url === '/v1/merchants/1900000001/orders?limit=1')
    return { status: 200, body: { orders: [{ sub_mchid: '1', out_order_no: 'A|1' }] } };
  if (url === '/v1/merchants/1900000001/orders/1/A%7C1')
    return { status: 200, body: { next: { action: 'wait' } } };
  return { status: 404, body: { type: 'urn:payscore-collector:problem:route-not-found' } };
}

test('a guarded service that answers as it should passes every check that is made', async () => {
  const checks = await checksAgainst(() => undefined);
  const verdicts = [...checks.values()].map(({ check, verdict }) => [check, verdict]);
  expect(verdicts.filter(([, verdict]) => verdict !== 'passed')).toEqual([['TLS', 'skipped']]);
  expect(checks.size).toBe(11);
});

const forbidden = { status: 403, body: { message: 'Forbidden' } };

test.each<[string, string, Parameters<typeof checksAgainst>[0], RegExp]>([
  [
    'an API that takes requests without a signature',
    'a request without a signature',
    (method, _, authorization) =>
      method === 'GET' && authorization === '' ? { status: 200, body: { mode: 'on' } } : undefined,
    /^200/,
  ],
  [
    'an API that does not look at the signature',
    'a request with a wrong signature',
    (method, _, authorization) =>
      method === 'GET' && authorization !== '' && authorization !== genuine
        ? { status: 200, body: { mode: 'on' } }
        : undefined,
    /^200/,
  ],
  ['a caller who may not', 'switch', (method) => (method === 'GET' ? forbidden : undefined), /^403/],
  [
    'another release',
    'description',
    (_, url) =>
      url === '/openapi.json'
        ? { status: 200, body: { ...description, info: { ...description.info, version: '0.0.1' } } }
        : undefined,
    /^200, version 0\.0\.1, another description$/,
  ],
  [
    'the same version of another API',
    'description',
    (_, url) => (url === '/openapi.json' ? { status: 200, body: { ...description, paths: {} } } : undefined),
    /another description$/,
  ],
  [
    'somebody else’s page under the address',
    'description',
    () => ({ status: 200, body: '<html>', headers: { 'content-type': 'text/html' } }),
    /^200, version undefined/,
  ],
  [
    'a mode that does not exist',
    'switch',
    (_, url) => (url === '/v1/switch' ? { status: 200, body: { mode: 'ON' } } : undefined),
    /^200, ON$/,
  ],
  [
    'a gateway that answers unknown paths itself',
    'a path that does not exist',
    (_, url) => (url.includes('no-such') ? { status: 404, body: { message: 'Not Found' } } : undefined),
    /^404/,
  ],
  [
    'a service that takes every path',
    'a path that does not exist',
    (_, url) => (url.includes('no-such') ? { status: 200, body: {} } : undefined),
    /^200/,
  ],
  [
    'a merchant whose keys are not usable',
    'merchant',
    (_, url) =>
      /\/\d+$/.test(url) ? { status: 503, body: { title: 'Merchant keys not usable' } } : undefined,
    /^503, Merchant keys not usable$/,
  ],
  [
    'another merchant’s answer',
    'merchant',
    (_, url) => (/\/\d+$/.test(url) ? { status: 200, body: { mchid: '2' } } : undefined),
    /^200/,
  ],
  [
    'a list that is none',
    'orders',
    (_, url) => (url.includes('/orders?') ? { status: 200, body: { orders: 'none' } } : undefined),
    /^200, no list$/,
  ],
  [
    'an order that says nothing of what is next',
    'an order',
    (_, url) => (url.includes('/orders/') ? { status: 200, body: {} } : undefined),
    /^200, next: undefined$/,
  ],
  [
    'a route that takes notifications from anybody',
    'a notification that WeChat Pay did not sign',
    (method) => (method === 'POST' ? { status: 204, body: '' } : undefined),
    /^204/,
  ],
  [
    'a route of notifications behind a signature of AWS',
    'a notification that WeChat Pay did not sign',
    (method) => (method === 'POST' ? forbidden : undefined),
    /^403/,
  ],
  [
    'a clock that is two minutes off',
    'clock',
    (_, url) =>
      url === '/openapi.json'
        ? { status: 200, body: description, headers: { date: new Date(Date.now() - 120_000).toUTCString() } }
        : undefined,
    /^1(19|20|21) s$/,
  ],
  [
    'a connection that breaks',
    'switch',
    (_, url) => (url === '/v1/switch' ? 'broken' : undefined),
    /^no answer \(\w+/,
  ],
])('%s fails the check of %s, and no check is left out for it', async (_, check, otherwise, seen) => {
  const checks = await checksAgainst(otherwise);
  expect(checks.get(check)).toMatchObject({ verdict: 'failed', seen: expect.stringMatching(seen) as string });
  expect(checks.size).toBe(11);
});

test('a service that nobody answers for fails every check that is made', async () => {
  const checks = await checksAgainst(() => 'broken');
  expect(new Set([...checks.values()].map(({ verdict }) => verdict))).toEqual(new Set(['skipped', 'failed']));
});

describe('TLS', () => {
  const vectors = path.join(__dirname, '../wechatpay/vectors');
  const read = (name: string) => readFileSync(path.join(vectors, name));

  test('a certificate that is not to be trusted is a failure', async () => {
    const tls = {
      key: read('TEST-ONLY-localhost-key.pem'),
      cert: read('TEST-ONLY-localhost-cert.pem'),
    };
    const server = createTlsServer(tls, (_, response) => void response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(`https://localhost:${(server.address() as AddressInfo).port}`);
    await expect(tlsOf(url)).rejects.toThrow(/self.signed|unable to verify|expired/i);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each([
    ['TLSv1.3, 90 days', { protocol: 'TLSv1.3', days: 90 }, 'passed'],
    ['TLSv1.1, 90 days', { protocol: 'TLSv1.1', days: 90 }, 'failed'],
    ['TLSv1.2, 13 days', { protocol: 'TLSv1.2', days: 13 }, 'failed'],
  ])('%s: %j is %s', async (seen, { protocol, days }, verdict) => {
    const endsAt = days * 86_400_000 + 1;
    const checks = await smokeChecks({
      ask: () => Promise.reject(new Error('down')),
      sign,
      tls: async () => ({ protocol, endsAt }),
      guarded: true,
      mchid: undefined,
      mode: undefined,
      description,
      now: () => 0,
    });
    expect(checks[0]).toMatchObject({ check: 'TLS', seen, verdict });
  });
});
