import type { OrderRef } from '../../lambda/core/ids';
import { pathOf, type Answer } from '../support/api';
import { APIV3_KEY, MERCHANT_KEY, PLATFORM, SECRET_TEXTS } from '../support/keys';
import { MINUTE, PREFIX, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());

const MCHID = '1900000777';
const GOOD_SIGNING = { mchid: MCHID, keys: [MERCHANT_KEY] };
const GOOD_VERIFY = {
  mchid: MCHID,
  apiv3_key: APIV3_KEY,
  public_keys: { [PLATFORM.public_key_id]: PLATFORM.public_key },
};
const SIGNING = `${PREFIX}/${MCHID}/signing`;
const VERIFY = `${PREFIX}/${MCHID}/verify`;

/** A collection with these two secrets, by an instance that has read none before. */
async function collectWith(signing: unknown, verify: unknown): Promise<Answer> {
  world.secrets.put(SIGNING, typeof signing === 'string' ? signing : JSON.stringify(signing));
  world.secrets.put(VERIFY, typeof verify === 'string' ? verify : JSON.stringify(verify));
  const api = await world.apiOf(world.newServices());
  const path = `/v1/merchants/${MCHID}/orders/1900000109/ORDER/collect`;
  const headers = { 'content-type': 'application/json' };
  return api.send({ path, headers, body: '{"service_id":"1"}' });
}

const withKey = (change: object) => ({ mchid: MCHID, keys: [{ ...MERCHANT_KEY, ...change }] });

describe('a merchant whose secrets cannot be used gets 503 that names the field and never a value, and no call is sent', () => {
  test.each<readonly [string, unknown, unknown, readonly string[]]>([
    ['signing is not JSON', `${APIV3_KEY}{`, GOOD_VERIFY, [`${SIGNING}: is not JSON`]],
    ['verify is empty', GOOD_SIGNING, '', [`${VERIFY}: is not JSON`]],
    ['signing is an array', [GOOD_SIGNING], GOOD_VERIFY, [`${SIGNING}: is not of type object`]],
    ['keys are missing', { mchid: MCHID }, GOOD_VERIFY, [`${SIGNING}: keys is missing`]],
    ['keys are empty', { mchid: MCHID, keys: [] }, GOOD_VERIFY, [`${SIGNING}: keys has fewer than 1`]],
    [
      'three generations are given',
      { mchid: MCHID, keys: [MERCHANT_KEY, MERCHANT_KEY, MERCHANT_KEY] },
      GOOD_VERIFY,
      [`${SIGNING}: keys has more than 2`],
    ],
    [
      'the signing secret is half filled',
      { mchid: MCHID, keys: [{ serial_no: MERCHANT_KEY.serial_no }] },
      GOOD_VERIFY,
      [`${SIGNING}: keys[0].private_key is missing`, `${SIGNING}: keys[0].certificate is missing`],
    ],
    [
      'a field is misspelt',
      GOOD_SIGNING,
      { mchid: MCHID, apiV3Key: APIV3_KEY, public_keys: {} },
      [`${VERIFY}: apiv3_key is missing`, `${VERIFY}: has fields that are not known here: 1 of them`],
    ],
    [
      'both secrets belong to another merchant',
      { ...GOOD_SIGNING, mchid: '1' },
      { ...GOOD_VERIFY, mchid: '2' },
      [
        `${SIGNING}: mchid is not ${MCHID}; the secret belongs to another merchant`,
        `${VERIFY}: mchid is not ${MCHID}; the secret belongs to another merchant`,
      ],
    ],
    [
      'the APIv3 key has 31 bytes',
      GOOD_SIGNING,
      { ...GOOD_VERIFY, apiv3_key: APIV3_KEY.slice(1) },
      [`${VERIFY}: apiv3_key has 31 bytes; an APIv3 key has 32`],
    ],
    [
      'the serial is that of another certificate',
      withKey({ serial_no: PLATFORM.serial_no }),
      GOOD_VERIFY,
      [
        `${SIGNING}: keys[0]: serial_no is not the serial number of certificate; take it from apiclient_cert.pem`,
      ],
    ],
    [
      'the private key is that of another certificate',
      withKey({ private_key: PLATFORM.certificate_private_key }),
      GOOD_VERIFY,
      [
        `${SIGNING}: keys[0]: private_key does not belong to certificate; both come from one download (apiclient_*.pem)`,
      ],
    ],
    [
      'the private key has lost its line breaks',
      withKey({ private_key: MERCHANT_KEY.private_key.replaceAll('\n', '') }),
      GOOD_VERIFY,
      [`${SIGNING}: keys[0]: private_key is not a private key in PEM form (apiclient_key.pem)`],
    ],
    [
      'there is no public key',
      GOOD_SIGNING,
      { ...GOOD_VERIFY, public_keys: {} },
      [
        `${VERIFY}: public_keys is empty; add the WeChat Pay public key under its PUB_KEY_ID_…, ` +
          'or "platform_certificates": true if this merchant still uses platform certificates (平台证书)',
      ],
    ],
    [
      "the merchant's own certificate stands among the keys of WeChat Pay",
      GOOD_SIGNING,
      { ...GOOD_VERIFY, public_keys: { [MERCHANT_KEY.serial_no]: MERCHANT_KEY.certificate } },
      [`${VERIFY}: public_keys[0]: its id is not of the form PUB_KEY_ID_…`],
    ],
    [
      // Whatever was pasted into the wrong place may be the key itself.
      'the values stand where names belong',
      { ...GOOD_SIGNING, [APIV3_KEY]: 1, [`${APIV3_KEY}2`]: 2 },
      { ...GOOD_VERIFY, public_keys: { [APIV3_KEY]: PLATFORM.public_key, [MERCHANT_KEY.private_key]: 5 } },
      [
        `${SIGNING}: has fields that are not known here: 2 of them`,
        `${VERIFY}: public_keys.… is not of type string`,
      ],
    ],
    [
      'everything is wrong at once',
      {
        mchid: MCHID,
        keys: [
          { ...MERCHANT_KEY, serial_no: 'AB' },
          { ...MERCHANT_KEY, certificate: 'CD' },
        ],
      },
      { mchid: '3', apiv3_key: 'short', public_keys: { PUB_KEY_ID_1: MERCHANT_KEY.private_key } },
      [
        `${SIGNING}: keys[0]: serial_no is not the serial number of certificate; take it from apiclient_cert.pem`,
        `${SIGNING}: keys[1]: certificate is not a certificate in PEM form`,
        `${VERIFY}: mchid is not ${MCHID}; the secret belongs to another merchant`,
        `${VERIFY}: public_keys[0]: PUB_KEY_ID_1 is not a public key in PEM form (pub_key.pem)`,
        `${VERIFY}: apiv3_key has 5 bytes; an APIv3 key has 32`,
      ],
    ],
  ])('%s', async (_name, signing, verify, faults) => {
    const answer = await collectWith(signing, verify);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      type: 'urn:payscore-collector:problem:merchant-secret-invalid',
      errors: faults.map((rule) => ({ field: '', rule })),
    });
    for (const fault of faults) expect(answer.body['detail']).toContain(fault);
    expect(answer.body['detail']).toMatch(/ No collection was sent\.$/);
    for (const secret of SECRET_TEXTS) expect(answer.text).not.toContain(secret);
    expect(world.received()).toBe(0);
  });

  test.each(['signing', 'verify'])('only %s is there', async (part) => {
    const mchid = part === 'signing' ? '1900000778' : '1900000779';
    world.secrets.put(`${PREFIX}/${mchid}/${part}`, JSON.stringify({ ...GOOD_SIGNING, mchid }));
    const path = `/v1/merchants/${mchid}/orders/1900000109/ORDER/collect`;
    const answer = await world.api.send({ path, body: '{"service_id":"1"}' });
    const absent = `${PREFIX}/${mchid}/${part === 'signing' ? 'verify' : 'signing'}`;
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      errors: [{ field: '', rule: `${absent}: is missing, or this function may not read it` }],
      detail: `One of the two secrets of merchant ${mchid} is missing: create ${absent}, or check who may read them. No collection was sent.`,
    });
    expect(world.received()).toBe(0);
  });
});

describe('an order of a merchant', () => {
  const refOf = (mchid: string) =>
    ({ mchid, sub_mchid: '1900000109', out_order_no: 'ORDER', service_id: '1' }) as OrderRef;

  test.each<readonly [string, (ref: OrderRef) => Promise<Answer>]>([
    ['a registration', async (ref) => world.register(ref)],
    ['a collection', async (ref) => world.api.collect(ref)],
    ['a dry run', async (ref) => world.api.collect(ref, { dry_run: true })],
  ])('without secrets is refused with 404 by %s, and nothing is stored', async (_what, send) => {
    const ref = refOf('1900000780');
    expect(await send(ref)).toMatchObject({
      status: 404,
      body: { type: 'urn:payscore-collector:problem:merchant-unknown' },
    });
    expect(await world.api.at('GET', pathOf(ref))).toMatchObject({
      status: 404,
      body: { type: 'urn:payscore-collector:problem:order-unknown' },
    });
    expect(await world.services.ports.ledger.find(ref)).toBeUndefined();
  });

  test('whose secrets cannot be used is registered all the same; a collection says what is wrong with them', async () => {
    const ref = refOf('1900000781');
    for (const part of ['signing', 'verify']) world.secrets.put(`${PREFIX}/${ref.mchid}/${part}`, '{');
    expect(await world.register(ref)).toMatchObject({ status: 201, body: { registration: 'registered' } });
    expect(await world.api.collect(ref)).toMatchObject({
      status: 503,
      body: { type: 'urn:payscore-collector:problem:merchant-secret-invalid' },
    });
    expect(await world.ledger(ref)).toMatchObject({ version: 1, calls: [], timeline: [] });
  });

  test('whose secrets are out of reach is registered all the same, and collected when they are back', async () => {
    const ref = world.order();
    const api = await world.apiOf(world.newServices());
    const before = world.received();
    world.secrets.fail(6, 'InternalServiceError');
    expect(await api.register(ref)).toMatchObject({ status: 201, body: { registration: 'registered' } });
    world.secrets.fail(6, 'InternalServiceError');
    expect(await api.collect(ref)).toMatchObject({
      status: 503,
      body: { type: 'urn:payscore-collector:problem:secrets-unavailable' },
    });
    expect(world.received()).toBe(before);
    expect((await api.collect(ref)).status).toBe(202);
  });
});

describe('Secrets Manager', () => {
  test.each(['InternalServiceError', 'ThrottlingException'] as const)(
    'that answers %s is 503 and nothing is sent; the next request finds the keys',
    async (fault) => {
      const api = await world.apiOf(world.newServices());
      const ref = world.order();
      const before = world.received();
      // Two secrets, three tries each; asked for when the order is registered, and again for the question.
      world.secrets.fail(12, fault);
      const answer = await api.collect(ref);
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('10');
      expect(answer.body).toMatchObject({
        type: 'urn:payscore-collector:problem:secrets-unavailable',
        detail: expect.stringContaining('Try again. No collection was sent.') as string,
      });
      expect(world.received()).toBe(before);
      expect((await world.ledger(ref)).version).toBe(1);
      expect((await api.collect(ref)).status).toBe(202);
    },
  );

  test('that stumbles once is asked again, and the caller notices nothing', async () => {
    const api = await world.apiOf(world.newServices());
    world.secrets.fail(2, 'InternalServiceError');
    expect((await api.collect(world.order())).status).toBe(202);
  });

  test('is asked twice for many calls at once, and not again for five minutes', async () => {
    const api = await world.apiOf(world.newServices());
    const before = world.secrets.calls();
    const answers = await Promise.all(Array.from({ length: 8 }, () => api.collect(world.order())));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 202));
    expect(world.secrets.calls() - before).toBe(2);
    world.clock.forward(5 * MINUTE - 1);
    await api.collect(world.order());
    expect(world.secrets.calls() - before).toBe(2);
    world.clock.forward(1);
    await api.collect(world.order());
    expect(world.secrets.calls() - before).toBe(4);
  });
});
