import { X509Certificate } from 'node:crypto';
import { Aes } from 'wechatpay-axios-plugin';
import { z } from 'zod';
import { type Verification } from '../../../local/wechatpay/index';
import {
  APIV3_KEY,
  call,
  drawKeys,
  gist,
  type Keys,
  openWorld,
  order,
  pay,
  query,
  signedWith,
  type World,
} from './caller';

let keys: Keys;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  world = await openWorld(keys);
  world.simulator.addOrder(order());
});
afterEach(() => world.simulator.close());

const asking = (serial: string) => ({ headers: { 'Wechatpay-Serial': serial } });

async function reopen(verification: Verification): Promise<void> {
  await world.simulator.close();
  world = await openWorld(keys, {}, { verification });
  world.simulator.addOrder(order());
}

describe('with which key an answer is signed', () => {
  test('with the certificate when the request names none', async () => {
    expect(signedWith(world, await query(world))).toBe('certificate');
  });

  test('with whichever the request names', async () => {
    const { public_key_id, serial_no } = world.simulator.platform;
    expect(signedWith(world, await query(world, {}, asking(public_key_id)))).toBe('public_key');
    expect(signedWith(world, await query(world, {}, asking(serial_no)))).toBe('certificate');
  });

  test('with the certificate when the request names one that nobody knows', async () => {
    expect(signedWith(world, await query(world, {}, asking('PUB_KEY_ID_0')))).toBe('certificate');
  });

  test('a merchant who never started the switch gets the certificate, whatever it names', async () => {
    await reopen('certificate');
    const named = asking(world.simulator.platform.public_key_id);
    expect(signedWith(world, await query(world, {}, named))).toBe('certificate');
  });

  test('a merchant with a public key only gets that, whatever it names', async () => {
    await reopen('public_key');
    expect(signedWith(world, await query(world))).toBe('public_key');
  });
});

describe('what is signed', () => {
  test('a 204 is signed over an empty body', async () => {
    const reply = await pay(world);
    expect(reply.status).toBe(204);
    expect(signedWith(world, reply)).toBe('certificate');
    expect(reply.headers['wechatpay-signature-type']).toBe('WECHATPAY2-SHA256-RSA2048');
    expect(reply.headers['wechatpay-timestamp']).toBe('1772337600');
  });

  test('an error is not signed', async () => {
    const reply = await pay(world, 'NONE');
    expect(reply.status).toBe(404);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('wechatpay-'))).toEqual([]);
  });

  test('every answer bears a Request-ID that ends in its sub-code', async () => {
    expect((await query(world)).headers['request-id']).toMatch(/^[0-9A-F]{40}-0$/);
    expect((await pay(world, 'NONE')).headers['request-id']).toMatch(/^[0-9A-F]{40}-271317510$/);
    const { outcome } = world.simulator.requests.at(-1) ?? {};
    expect(outcome).toMatchObject({
      kind: 'answered',
      status: 404,
      requestId: expect.stringMatching(/-271317510$/),
    });
  });

  test('an idle connection is kept for 8 seconds', async () => {
    const reply = await query(world, {}, { headers: { Connection: 'keep-alive' } });
    expect(reply.headers['keep-alive']).toBe('timeout=8');
  });
});

describe('the list of platform certificates', () => {
  const listSchema = z.object({
    data: z.array(
      z.object({
        serial_no: z.string(),
        effective_time: z.string(),
        expire_time: z.string(),
        encrypt_certificate: z.object({
          algorithm: z.string(),
          nonce: z.string(),
          associated_data: z.string(),
          ciphertext: z.string(),
        }),
      }),
    ),
  });

  test('it is encrypted under the APIv3 key and signed by a certificate found inside it', async () => {
    const reply = await call(world, { path: '/v3/certificates' });
    expect(signedWith(world, reply)).toBe('certificate');
    const [listed, ...others] = listSchema.parse(reply.json).data;
    expect(others).toEqual([]);
    expect(listed).toMatchObject({
      serial_no: keys.platform.serial_no,
      encrypt_certificate: { algorithm: 'AEAD_AES_256_GCM', associated_data: 'certificate' },
    });
    const { ciphertext = '', nonce = '', associated_data = '' } = listed?.encrypt_certificate ?? {};
    const pem = Aes.AesGcm.decrypt(ciphertext, APIV3_KEY, nonce, associated_data);
    expect(new X509Certificate(pem).serialNumber).toBe(keys.platform.serial_no);
    expect(listed?.effective_time).toMatch(/^\d{4}-\d\d-\d\dT08:00:00\+08:00$/);
  });

  test('a merchant with a public key only has none', async () => {
    await reopen('public_key');
    expect(gist(await call(world, { path: '/v3/certificates' }))).toBe('404 RESOURCE_NOT_EXISTS 268435457');
  });

  test.each([
    ['RSA', '200'],
    ['ALL', '200'],
    ['SM2', '404 RESOURCE_NOT_EXISTS 268435457'],
    ['DSA', '400 PARAM_ERROR 268435464'],
  ])('algorithm_type=%s gives %s', async (algorithm, expected) => {
    expect(gist(await call(world, { path: `/v3/certificates?algorithm_type=${algorithm}` }))).toBe(expected);
  });
});

test('both hosts keep the same books', async () => {
  expect(world.simulator.backupUrl).not.toBe(world.simulator.url);
  expect(gist(await pay(world, 'ORDER1', { host: 'backup' }))).toBe('204');
  expect((await query(world)).json).toMatchObject({ state: 'DONE' });
  expect(world.simulator.requests.map(({ host }) => host)).toEqual(['backup', 'main']);
});
