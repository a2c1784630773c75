import { createPublicKey } from 'node:crypto';
import { Rsa } from 'wechatpay-axios-plugin';
import type { Mchid, OrderRef } from '../../lambda/core/ids';
import type { NotificationReading } from '../../lambda/core/notification';
import { parseApiv3Key } from '../../lambda/wechatpay/decrypt';
import { readNotification, type NotificationKeys } from '../../lambda/wechatpay/notification';
import { APIV3_KEY, MCHID, OTHER_MCHID, PLATFORM } from '../support/keys';
import { BY_CERTIFICATE, BY_PUBLIC_KEY, envelopeOf, headersOf, resourceOf } from '../support/notifications';

const NOW = Date.parse('2026-03-02T04:00:10Z');
const CREATED_AT = Date.parse('2026-03-02T04:00:00Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const REF = {
  mchid: MCHID,
  sub_mchid: '1900000109',
  out_order_no: 'ORDER_1',
  service_id: '00004000000000000000000000000001',
} as OrderRef;
const KEY = { mchid: MCHID, sub_mchid: '1900000109', out_order_no: 'ORDER_1' };

const KEYS: NotificationKeys = {
  mchid: MCHID as Mchid,
  verificationKeys: new Map([
    [PLATFORM.public_key_id, createPublicKey(PLATFORM.public_key)],
    [PLATFORM.serial_no, createPublicKey(PLATFORM.certificate)],
  ]),
  apiv3Key: parseApiv3Key(APIV3_KEY),
};

interface Changes {
  readonly at?: number;
  readonly by?: typeof BY_PUBLIC_KEY;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly keys?: NotificationKeys;
}

function read(
  body: string | Buffer,
  { at = NOW, by, headers, keys = KEYS }: Changes = {},
): NotificationReading {
  const signed = headersOf(body.toString(), { at, ...(by === undefined ? {} : { by }) });
  return readNotification({ headers: { ...signed, ...headers }, body: Buffer.from(body) }, keys, NOW);
}

const envelope = (resource: object | string, more = {}) =>
  envelopeOf(resource, { createdAt: CREATED_AT, id: 'EV-1', ...more });
const PAID = resourceOf(REF);

const NOTICE = {
  id: 'EV-1',
  event_type: 'PAYSCORE.USER_PAID',
  created_at: CREATED_AT,
  signed_at: NOW,
  signed_by: 'public_key',
  late: false,
};
const FACTS = {
  state: 'DONE',
  collection_state: 'USER_PAID',
  need_collection: true,
  total_amount: 100,
  paying_amount: 0,
  paid_amount: 100,
  details: [
    {
      seq: 1,
      amount: 100,
      paid_type: 'NEWTON',
      paid_time: '20260302120000',
      transaction_id: '4200000000001',
    },
  ],
  order_id: '15646546545165651651',
};

describe('a genuine notification of a payment says which order it is of, and how that stands', () => {
  test('signed by the WeChat Pay public key', () => {
    expect(read(envelope(PAID))).toEqual({
      kind: 'order',
      notice: NOTICE,
      key: KEY,
      service_id: REF.service_id,
      facts: FACTS,
    });
  });

  test('signed by a platform certificate', () => {
    expect(read(envelope(PAID), { by: BY_CERTIFICATE })).toMatchObject({
      kind: 'order',
      notice: { signed_by: 'certificate' },
    });
  });

  test('paid in part: the parts are in details, and what is still due', () => {
    const resource = resourceOf(REF, [{ amount: 30, transaction_id: 'T1' }, { amount: 20 }]);
    expect(read(envelope(resource))).toMatchObject({
      facts: {
        state: 'DOING',
        state_description: 'MCH_COMPLETE',
        collection_state: 'USER_PAYING',
        paying_amount: 50,
        paid_amount: 50,
        details: [
          { seq: 1, amount: 30, transaction_id: 'T1' },
          { seq: 2, amount: 20 },
        ],
      },
    });
  });

  test.each([
    ['sp_mchid, as the sample code spells it', { mchid: undefined, sp_mchid: MCHID }],
    ['both, and they agree', { sp_mchid: MCHID }],
    ['mchid, and sp_mchid is empty', { sp_mchid: '' }],
  ])('its merchant is named by %s', (_, change) => {
    expect(read(envelope({ ...PAID, ...change }))).toMatchObject({ kind: 'order', key: KEY });
  });

  test.each([undefined, null, ''])('a service_id of %p says nothing of the service', (service_id) => {
    const reading = read(envelope({ ...PAID, service_id }));
    expect(reading).toMatchObject({ kind: 'order', key: KEY });
    expect(reading).not.toHaveProperty('service_id');
  });

  test.each(['payscore', 'transaction', ''])('associated data %p', (associatedData) => {
    expect(read(envelope(PAID, { associatedData }))).toMatchObject({ kind: 'order' });
  });

  test.each([[{}], [{ associated_data: null }]])('associated data left out of the JSON: %j', (change) => {
    const text = envelope(PAID, { associatedData: '' });
    const { resource, ...rest } = JSON.parse(text) as { resource: Record<string, unknown> };
    const { associated_data: _, ...sealed } = resource;
    const body = JSON.stringify({ ...rest, resource: { ...sealed, ...change } });
    expect(read(body)).toMatchObject({ kind: 'order' });
  });

  test('with members of the envelope that nobody knows yet', () => {
    const known = JSON.parse(envelope(PAID)) as object;
    expect(read(JSON.stringify({ ...known, new_member: [1] }))).toMatchObject({ kind: 'order' });
  });
});

describe('time', () => {
  test('at 300 seconds it is not late yet, at 301 it is', () => {
    const late = (at: number) => (read(envelope(PAID), { at }) as { notice: { late: boolean } }).notice.late;
    expect(late(NOW - 300 * SECOND)).toBe(false);
    expect(late(NOW - 301 * SECOND)).toBe(true);
    expect(late(NOW - 30 * 24 * 60 * MINUTE)).toBe(true);
  });

  test('one signed in the future is not taken: a slow way does not explain it', () => {
    expect(read(envelope(PAID), { at: NOW + 300 * SECOND })).toMatchObject({ kind: 'order' });
    expect(read(envelope(PAID), { at: NOW + 301 * SECOND })).toEqual({
      kind: 'unverified',
      because: 'timestamp_outside_window',
    });
  });

  test('a late one with a signature that is wrong is not late but forged', () => {
    const body = envelope(PAID);
    const headers = { 'wechatpay-signature': headersOf('{}', { at: NOW })['wechatpay-signature'] };
    expect(read(body, { at: NOW - 30 * MINUTE, headers })).toEqual({
      kind: 'unverified',
      because: 'signature_wrong',
    });
  });
});

describe('what WeChat Pay did not sign is not looked into', () => {
  const body = envelope(PAID);
  const names = [
    'wechatpay-serial',
    'wechatpay-signature',
    'wechatpay-timestamp',
    'wechatpay-nonce',
  ] as const;

  test.each(names)('%s is missing', (name) => {
    expect(read(body, { headers: { [name]: undefined } })).toEqual({
      kind: 'unverified',
      because: 'header_missing',
    });
  });

  test('a serial that is not known is told, so that its certificate can be had', () => {
    expect(read(body, { by: { ...BY_CERTIFICATE, serial: '4A1B' } })).toEqual({
      kind: 'serial_unknown',
      serial: '4A1B',
    });
  });

  test('of a serial that somebody made up no more than 64 characters are told', () => {
    expect(read(body, { by: { ...BY_CERTIFICATE, serial: 'F'.repeat(5_000) } })).toEqual({
      kind: 'serial_unknown',
      serial: 'F'.repeat(64),
    });
  });

  test('a probe (探测流量) fails like any other', () => {
    const headers = headersOf(body, { at: NOW });
    const probe = { 'wechatpay-signature': `WECHATPAY/SIGNTEST/${headers['wechatpay-signature'] ?? ''}` };
    expect(read(body, { headers: probe })).toEqual({ kind: 'unverified', because: 'signature_malformed' });
  });

  test.each([
    ['forged: signed by another key', { by: { serial: PLATFORM.public_key_id, key: BY_CERTIFICATE.key } }],
    ['under the serial of another known key', { by: { serial: PLATFORM.serial_no, key: BY_PUBLIC_KEY.key } }],
  ])('%s', (_, changes) => {
    expect(read(body, changes)).toEqual({ kind: 'unverified', because: 'signature_wrong' });
  });

  test.each([
    ['re-serialised', JSON.stringify(JSON.parse(body), undefined, 1)],
    ['cut off', body.slice(0, -1)],
    ['with a space more', `${body} `],
    ['with another id', body.replace('"EV-1"', '"EV-2"')],
    ['empty', ''],
  ])('the body %s', (_, other) => {
    const headers = headersOf(body, { at: NOW });
    expect(readNotification({ headers, body: Buffer.from(other) }, KEYS, NOW)).toEqual({
      kind: 'unverified',
      because: 'signature_wrong',
    });
  });
});

describe('signed, but not of the documented form', () => {
  const known = JSON.parse(envelope(PAID)) as { resource: object };

  test.each([
    ['empty', '', 'the body'],
    ['no JSON', 'no JSON', 'the body'],
    ['a list', '[]', 'the body'],
    ['null', 'null', 'the body'],
    ['without members', '{}', 'id, create_time, event_type, resource'],
  ])('the envelope is %s', (_, body, fields) => {
    expect(read(body)).toEqual({ kind: 'unreadable', because: `not as documented: ${fields}` });
  });

  test.each([
    ['id', 7],
    ['id', ''],
    ['id', 'x'.repeat(65)],
    ['id', '微信'],
    ['create_time', '2026-03-02 12:00:00'],
    ['create_time', '2026-03-02T12:00:00'],
    ['event_type', ''],
    ['event_type', 'x'.repeat(65)],
    ['resource', null],
  ])('the %s of the envelope is %p', (field, value) => {
    expect(read(JSON.stringify({ ...known, [field]: value }))).toEqual({
      kind: 'unreadable',
      because: `not as documented: ${field}`,
    });
  });

  test('a member of what is encrypted is no text', () => {
    expect(read(JSON.stringify({ ...known, resource: { ...known.resource, nonce: 1 } }))).toEqual({
      kind: 'unreadable',
      because: 'not as documented: resource.nonce',
    });
  });

  test('an envelope that is not UTF-8', () => {
    const body = Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff]), Buffer.from('"}')]);
    // What is signed are the bytes; the other side signs texts, so its signature is made of these bytes by hand.
    const at = NOW / SECOND;
    const message = Buffer.concat([Buffer.from(`${at}\nabc\n`), body, Buffer.from('\n')]);
    const headers = {
      'wechatpay-serial': PLATFORM.public_key_id,
      'wechatpay-timestamp': String(at),
      'wechatpay-nonce': 'abc',
      'wechatpay-signature': Rsa.sign(message as unknown as string, BY_PUBLIC_KEY.key),
    };
    expect(readNotification({ headers, body }, KEYS, NOW)).toEqual({
      kind: 'unreadable',
      because: 'not as documented: the body',
    });
  });

  test.each([
    ['is a list', '[]', 'the resource is not a JSON object'],
    ['is no JSON', 'no JSON', 'the resource is not a JSON object'],
    ['names no merchant', { mchid: undefined }, 'the resource names no mchid'],
    ['names no order', { out_order_no: undefined }, 'not as documented: out_order_no'],
    ['has a / in its order number', { out_order_no: 'A/B' }, 'not as documented: out_order_no'],
    ['has an order number too long', { out_order_no: 'x'.repeat(33) }, 'not as documented: out_order_no'],
    ['names no sub-merchant', { sub_mchid: undefined }, 'not as documented: sub_mchid'],
    ['has a number for a sub-merchant', { sub_mchid: 1900000109 }, 'not as documented: sub_mchid'],
    [
      'tries to reach over the key of an order',
      { sub_mchid: '1#2', out_order_no: '' },
      'not as documented: sub_mchid, out_order_no',
    ],
    ['has a service id that is none', { service_id: 'x' }, 'not as documented: service_id'],
    ['has no state', { state: undefined }, 'the answer has no state'],
  ])('the resource %s', (_, change, because) => {
    const resource = typeof change === 'string' ? change : { ...PAID, ...change };
    expect(read(envelope(resource))).toEqual({ kind: 'unreadable', because, id: 'EV-1' });
  });
});

test.each([
  ['mchid', { mchid: OTHER_MCHID }],
  ['sp_mchid', { mchid: undefined, sp_mchid: OTHER_MCHID }],
  ['sp_mchid, and mchid is right', { sp_mchid: OTHER_MCHID }],
  ['mchid as a number', { mchid: Number(MCHID) }],
])('a notification of another merchant is refused: by its %s', (_, change) => {
  expect(read(envelope({ ...PAID, ...change }))).toEqual({
    kind: 'wrong_tenant',
    because: 'the resource is of another mchid',
    id: 'EV-1',
  });
});

describe('what does not decrypt', () => {
  test('because it is encrypted under another APIv3 key', () => {
    const body = envelope(PAID, { apiv3Key: 'AnotherKeyOf32CharactersLength00' });
    expect(read(body)).toEqual({
      kind: 'undecryptable',
      because: 'the tag does not match: altered, or encrypted under another APIv3 key',
      id: 'EV-1',
    });
  });

  test('because it is encrypted in another way', () => {
    const body = envelope(PAID).replace('AEAD_AES_256_GCM', 'AEAD_SM4_GCM');
    expect(read(body)).toMatchObject({ kind: 'undecryptable', because: expect.stringContaining('SM4') });
  });

  test('a fault of ours is not taken for one of the notification', () => {
    const keys = { ...KEYS, apiv3Key: undefined as unknown as NotificationKeys['apiv3Key'] };
    expect(() => read(envelope(PAID), { keys })).toThrow('"key" argument');
  });
});

test.each(['PAYSCORE.USER_CONFIRM', 'PAYSCORE.USER_OPEN_SERVICE', 'REFUND.SUCCESS', 'SOMETHING_NEW'])(
  'of %s only the envelope is read: it is not about how an order stands',
  (eventType) => {
    const sealedElsewhere = 'AnotherKeyOf32CharactersLength00';
    expect(read(envelope(PAID, { eventType, apiv3Key: sealedElsewhere }))).toEqual({
      kind: 'other_event',
      notice: { ...NOTICE, event_type: eventType },
    });
  },
);
