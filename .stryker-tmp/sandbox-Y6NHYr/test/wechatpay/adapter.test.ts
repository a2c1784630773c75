import { generateKeyPairSync } from 'node:crypto';
import { AxiosHeaders, type InternalAxiosRequestConfig } from 'axios';
import { createAdapter, type AdapterOptions, type RequestConfig } from '../../lambda/wechatpay/adapter';
import { SigningRotation } from '../../lambda/wechatpay/signing-rotation';
import type { WireRequest } from '../../lambda/wechatpay/transport';
import { MCHID, MERCHANT_KEY, VERIFICATION_KEYS } from './support/keys';
import { NOW_MS } from './support/server';

const sent: WireRequest[] = [];
const OPTIONS: AdapterOptions = {
  signing: new SigningRotation(MCHID, [MERCHANT_KEY], () => NOW_MS),
  keys: VERIFICATION_KEYS,
  listed: () => VERIFICATION_KEYS,
  answerKey: () => undefined,
  watch: {},
  transport: {
    async send(request) {
      sent.push(request);
      return { kind: 'answered', status: 404, headers: {}, body: Buffer.from('') };
    },
  },
  now: () => NOW_MS,
  nonce: () => 'n',
  timeoutMs: 1_000,
};
const adapter = createAdapter(OPTIONS);

const config = (changes: Partial<InternalAxiosRequestConfig>): InternalAxiosRequestConfig => ({
  url: '/v3/certificates',
  headers: new AxiosHeaders(),
  ...changes,
});

beforeEach(() => {
  sent.length = 0;
});

test.each([
  ['nothing', undefined, 'url "" does not begin with /v3/'],
  ['another host', 'https://example.com/v3/pay', 'url "https://example.com/v3/pay" does not begin with /v3/'],
  ['another version', '/v2/pay', 'url "/v2/pay" does not begin with /v3/'],
])('a path that is %s is refused before anything is signed', async (_, url, message) => {
  const { url: _ignored, ...rest } = config({});
  await expect(adapter(url === undefined ? rest : { ...rest, url })).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message,
  });
  expect(sent).toEqual([]);
});

test('a body that is not text yet is refused: what is signed has to be what is sent', async () => {
  await expect(adapter(config({ data: { service_id: '1' } }))).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: 'the body reached the adapter unserialised; leave transformRequest alone',
  });
  expect(sent).toEqual([]);
});

test.each([
  [null, ''],
  [undefined, ''],
  ['{"押":1}', '{"押":1}'],
])('the body %j is sent as %j', async (data, body) => {
  await expect(adapter(config({ data }))).rejects.toMatchObject({ response: { status: 404 } });
  expect(sent[0]?.body).toBe(body);
  expect(sent[0]?.headers['content-length']).toBe(body === '' ? undefined : '9');
});

test('a method that is not named is GET, a parameter that is undefined is left out', async () => {
  const params = { a: 'ü &=', b: undefined, c: 0, d: '' };
  await expect(adapter(config({ params }))).rejects.toMatchObject({ response: { status: 404 } });
  expect(sent[0]).toMatchObject({ method: 'GET', path: '/v3/certificates?a=%C3%BC%20%26%3D&c=0&d=' });
});

test('headers that are not text are left out', async () => {
  const headers = new AxiosHeaders({ 'X-Kept': 'yes', 'X-Off': false, 'X-None': null });
  await expect(adapter(config({ headers }))).rejects.toMatchObject({ response: { status: 404 } });
  expect(Object.keys(sent[0]?.headers ?? {}).toSorted()).toEqual([
    'accept',
    'accept-language',
    'authorization',
    'user-agent',
    'x-kept',
  ]);
});

test('a request that cannot be signed is surely not sent', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const broken = createAdapter({
    ...OPTIONS,
    signing: new SigningRotation(MCHID, [{ serial_no: 'AB', privateKey: publicKey }], () => NOW_MS),
  });
  await expect(broken(config({}))).rejects.toMatchObject({
    code: 'NOT_SENT',
    message: 'The request was not sent: it could not be signed with the key at hand.',
    data: { because: 'not_signed' },
  });
  expect(sent).toEqual([]);
});

test('a refused question is not asked with the other key once its time is over', async () => {
  let now = NOW_MS;
  const timeouts: number[] = [];
  const late = createAdapter({
    ...OPTIONS,
    now: () => now,
    signing: new SigningRotation(MCHID, [MERCHANT_KEY, { ...MERCHANT_KEY, serial_no: 'AB' }], () => now),
    transport: {
      async send({ timeoutMs }) {
        timeouts.push(timeoutMs);
        now += 600;
        return { kind: 'answered', status: 401, headers: {}, body: Buffer.from('') };
      },
    },
  });
  const refused = { response: { status: 401 } };
  await expect(late(config({ timeout: 1_000 }))).rejects.toMatchObject(refused);
  // The second try has what the first left of the time.
  expect(timeouts).toEqual([1_000, 400]);
  await expect(late(config({ timeout: 600 }))).rejects.toMatchObject(refused);
  expect(timeouts).toEqual([1_000, 400, 600]);
});

test('a question that finds the key takes of the time of the call that it is for, and half of it at most', async () => {
  let now = NOW_MS;
  const timeouts: [string, number][] = [];
  const two = createAdapter({
    ...OPTIONS,
    now: () => now,
    signing: new SigningRotation(MCHID, [MERCHANT_KEY, { ...MERCHANT_KEY, serial_no: 'AB' }], () => now),
    transport: {
      async send({ method, timeoutMs }) {
        timeouts.push([method, timeoutMs]);
        now += 300;
        return { kind: 'answered', status: 404, headers: {}, body: Buffer.from('') };
      },
    },
  });
  const question = { url: '/v3/question' };
  const collection: RequestConfig = { method: 'post', data: '{}', timeout: 1_000, question };
  await expect(two(config(collection as InternalAxiosRequestConfig))).rejects.toMatchObject({
    response: { status: 404 },
  });
  expect(timeouts).toEqual([
    ['GET', 500],
    ['POST', 700],
  ]);
});
