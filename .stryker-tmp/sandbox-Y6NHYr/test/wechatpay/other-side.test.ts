/** Against someone else's implementation of the same protocol, so that a mistake of ours cannot agree with itself. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import { decrypt, parseApiv3Key } from '../../lambda/wechatpay/decrypt';
import { RequestSigner } from '../../lambda/wechatpay/sign';
import { verify } from '../../lambda/wechatpay/verify';
import { clientTo, closeTransports, credentialsOf } from './support/client';
import { MCHID, MERCHANT_KEY, PLATFORM_PRIVATE_KEY, WECHATPAY_PRIVATE_KEY } from './support/keys';
import { answer, closeServers, NOW_MS, NOW_S, serve, signedHeaders, type Arrival } from './support/server';

const RUNS = { numRuns: 100 };

const KEYS = [
  MERCHANT_KEY.privateKey,
  PLATFORM_PRIVATE_KEY,
  WECHATPAY_PRIVATE_KEY,
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
].map((privateKey) => ({ privateKey, publicKey: createPublicKey(privateKey) }));

const keyPair = fc.constantFrom(...KEYS);
const CHARACTERS = Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-|*');
const orderNumber = fc.string({ unit: fc.constantFrom(...CHARACTERS), minLength: 1, maxLength: 32 });
const nonce = fc.string({ unit: fc.constantFrom(...CHARACTERS.slice(0, 62)), minLength: 1, maxLength: 32 });
const timestamp = fc.integer({ min: 1, max: 4_102_444_800 });
const chinese = fc.string({
  unit: fc.constantFrom(...Array.from('用户投诉不再收款 "\\\n,。押金abc')),
  maxLength: 50,
});
const body = fc.oneof(
  fc.constant(''),
  fc.json({ maxDepth: 2 }),
  chinese.map((reason) => JSON.stringify({ service_id: '500001', sub_mchid: '1900000109', reason })),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
);

afterAll(async () => {
  closeTransports();
  await closeServers();
});

test('it accepts every request that we sign', async () => {
  await fc.assert(
    fc.asyncProperty(
      keyPair,
      fc.constantFrom('GET', 'POST'),
      orderNumber,
      timestamp,
      nonce,
      body,
      fc.boolean(),
      async ({ privateKey, publicKey }, method, number, seconds, random, text, spread) => {
        const path = `/v3/payscore/partner/serviceorder/${encodeURIComponent(number)}/pay`;
        const signer = new RequestSigner(MCHID, { serial_no: 'ABCD', privateKey });
        const header = await signer.authorization(
          { method, path, body: text, timestamp: seconds, nonce: random },
          { spread },
        );
        const credentials = credentialsOf(header);
        expect(credentials).toMatchObject({
          mchid: '1900009191',
          serial_no: 'ABCD',
          timestamp: String(seconds),
          nonce_str: random,
        });
        const message = Formatter.request(method, path, seconds, random, text);
        expect(Rsa.verify(message, credentials['signature'] ?? '', publicKey)).toBe(true);
        expect(Rsa.verify(`${message} `, credentials['signature'] ?? '', publicKey)).toBe(false);
      },
    ),
    RUNS,
  );
});

test('we accept every answer that it signs, and none with one more character', () => {
  fc.assert(
    fc.property(keyPair, timestamp, nonce, body, ({ privateKey, publicKey }, seconds, random, text) => {
      const headers = signedHeaders(text, {
        timestamp: seconds,
        nonce: random,
        serial: 'PUB_KEY_ID_1',
        key: privateKey,
      });
      const keys = new Map([['PUB_KEY_ID_1', publicKey]]);
      expect(verify(headers, Buffer.from(text), keys, seconds * 1000)).toEqual({
        ok: true,
        serial: 'PUB_KEY_ID_1',
        signedAt: seconds * 1000,
      });
      expect(verify(headers, Buffer.from(`${text} `), keys, seconds * 1000)).toMatchObject({
        fault: 'signature_wrong',
      });
    }),
    RUNS,
  );
});

test('we decrypt everything that it encrypts, under its own key only', () => {
  const byte = fc.constantFrom(...CHARACTERS.slice(0, 62));
  const apiv3Key = fc.string({ unit: byte, minLength: 32, maxLength: 32 });
  const gcmNonce = fc.string({ unit: byte, minLength: 12, maxLength: 12 });
  const aad = fc.constantFrom('', 'payscore', 'transaction', 'certificate');
  fc.assert(
    fc.property(
      fc.tuple(apiv3Key, apiv3Key),
      gcmNonce,
      aad,
      body,
      ([key, other], iv, associated_data, text) => {
        const ciphertext = Aes.AesGcm.encrypt(text, key, iv, associated_data);
        const resource = { algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce: iv, associated_data };
        expect(decrypt(resource, parseApiv3Key(key)).equals(Buffer.from(text))).toBe(true);
        fc.pre(key !== other);
        expect(() => decrypt(resource, parseApiv3Key(other))).toThrow('the tag does not match');
      },
    ),
    RUNS,
  );
});

/** Whether the other side, from the raw bytes that arrived, finds the signature right. */
function accepted({ method, url, body: raw, headers }: Arrival): boolean {
  const { timestamp: seconds = '', nonce_str = '', signature = '' } = credentialsOf(headers.authorization);
  const message = Formatter.request(method, url, seconds, nonce_str, raw.toString('utf8'));
  return Rsa.verify(message, signature, createPublicKey(MERCHANT_KEY.privateKey));
}

describe('over HTTP, what arrives is byte for byte what was signed', () => {
  test('for every order number and every text in the body', async () => {
    const server = await serve((_, response) => answer(response, 204));
    const { sync, cancel, pay } = clientTo(server.url).v3.payscore.partner.serviceorder._out_order_no_;
    await fc.assert(
      fc.asyncProperty(orderNumber, chinese, async (out_order_no, reason) => {
        server.arrivals.length = 0;
        const ids = { service_id: '500001', sub_mchid: '1900000109' };
        await pay(ids, { out_order_no });
        await cancel({ ...ids, reason }, { out_order_no });
        await sync({ ...ids, type: 'Order_Paid', detail: { paid_time: '20231115' } }, { out_order_no });
        expect(server.arrivals.map(accepted)).toEqual([true, true, true]);
        expect(JSON.parse(server.arrivals[1]?.body.toString() ?? '')).toEqual({ ...ids, reason });
      }),
      { numRuns: 50 },
    );
  });

  test('for every query string', async () => {
    const server = await serve((_, response) => answer(response, 200, '{}'));
    const { serviceorder } = clientTo(server.url).v3.payscore.partner;
    await fc.assert(
      fc.asyncProperty(
        orderNumber,
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
        async (number, id) => {
          server.arrivals.length = 0;
          const ids = { service_id: '500001', sub_mchid: '1900000109' };
          await serviceorder.get({ params: { ...ids, out_order_no: number } });
          await serviceorder.get({ params: { ...ids, query_id: id } });
          expect(server.arrivals.map(accepted)).toEqual([true, true]);
          const [first, second] = server.arrivals.map(({ url }) => new URL(url, 'http://host').searchParams);
          expect(first?.get('out_order_no')).toBe(number);
          expect(second?.get('query_id')).toBe(id);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('| is percent-encoded once, * stays, Chinese is UTF-8, and the query keeps its order', async () => {
    const server = await serve((arrival, response) =>
      arrival.method === 'GET' ? answer(response, 200, '{}') : answer(response, 204),
    );
    const { serviceorder } = clientTo(server.url).v3.payscore.partner;
    await serviceorder._out_order_no_.cancel(
      { sub_mchid: '1900000109', reason: '用户投诉' },
      { out_order_no: 'a|b*c_-Z' },
    );
    await serviceorder.get({
      params: { service_id: '500001', sub_mchid: '1900000109', out_order_no: 'a|b*c_-Z' },
    });
    const [post, get] = server.arrivals;
    expect(post?.url).toBe('/v3/payscore/partner/serviceorder/a%7Cb*c_-Z/cancel');
    expect(post?.body.toString('utf8')).toBe('{"sub_mchid":"1900000109","reason":"用户投诉"}');
    expect(post?.headers['content-length']).toBe('50');
    expect(get?.url).toBe(
      '/v3/payscore/partner/serviceorder?service_id=500001&sub_mchid=1900000109&out_order_no=a%7Cb*c_-Z',
    );
    expect(get?.body.length).toBe(0);
    expect(server.arrivals.map(accepted)).toEqual([true, true]);
  });

  test('the clock passed in stamps the request, a new nonce each time', async () => {
    const server = await serve((_, response) => answer(response, 200, '{}'));
    const { certificates } = clientTo(server.url, { now: () => NOW_MS + 999 }).v3;
    await certificates.get();
    await certificates.get();
    const [first, second] = server.arrivals.map(({ headers }) => credentialsOf(headers.authorization));
    expect(first?.['timestamp']).toBe(String(NOW_S));
    expect(first?.['nonce_str']).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.['nonce_str']).not.toBe(first?.['nonce_str']);
  });
});
