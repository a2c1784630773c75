import { createPrivateKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { OrderRef } from '../../lambda/core/ids';
import { MCHID, MERCHANT_KEY, OTHER_MCHID } from '../support/keys';
import {
  BY_CERTIFICATE,
  BY_PUBLIC_KEY,
  envelopeOf,
  headersOf,
  resourceOf,
  type Signer,
} from '../support/notifications';
import { SERVICE_ID, SUB_MCHID } from '../support/world';
import { ORDER_NUMBERS } from './from-schema';
import type { Sent } from './requests';

/** A delivery, and whether WeChat Pay could have made it. */
export interface Delivery {
  readonly sent: Sent;
  /** Its signature is WeChat Pay's own, of these bytes and of now. */
  readonly isSigned: boolean;
}

/** Somebody who has a key, though not one of WeChat Pay's. */
const BY_ANOTHER: Signer = { serial: BY_PUBLIC_KEY.serial, key: createPrivateKey(MERCHANT_KEY.private_key) };
const BY_UNKNOWN: Signer = { ...BY_PUBLIC_KEY, serial: 'PUB_KEY_ID_0000000000000000000000000000000' };

const refs: fc.Arbitrary<OrderRef> = fc
  .record({
    mchid: fc.constantFrom(MCHID, MCHID, MCHID, OTHER_MCHID),
    sub_mchid: fc.constantFrom(SUB_MCHID, SUB_MCHID, '1'),
    out_order_no: fc.constantFrom(...ORDER_NUMBERS),
    service_id: fc.constantFrom(SERVICE_ID, SERVICE_ID, '2'),
  })
  .map((ref) => ref as OrderRef);

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    0,
    -1,
    1.5,
    1e308,
    true,
    [],
    {},
    '9'.repeat(400),
    'DONE',
    'USER_PAID',
    '\ud800',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** What is encrypted: as WeChat Pay would have it, with one member otherwise, or anything. */
const resources: fc.Arbitrary<object | string> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(refs, fc.constantFrom(0, 1, 40, 100, 100, 5_000), fc.nat({ max: 2 }))
      .map(([ref, amount, parts]) =>
        resourceOf(
          ref,
          Array.from({ length: parts }, (_, at) => ({ amount, transaction_id: `42000${at}` })),
        ),
      ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(refs, fc.nat(), odd).map(([ref, nth, value]) => {
      const whole = Object.entries(resourceOf(ref));
      return Object.fromEntries(
        whole.map(([key, one], at) => [key, at === nth % whole.length ? value : one]),
      );
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(refs, fc.constantFrom('state', 'total_amount', 'paid_amount', 'details'), odd)
      .map(([ref, name, value]) => {
        const whole = resourceOf(ref);
        return { ...whole, collection: { ...(whole['collection'] as object), [name]: value } };
      }),
  },
  { weight: 1, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', '\u0000', '[', '[]', 'null', '"'.repeat(3), '{"mchid":"1","mchid":"2"}'),
  },
);

const envelopes = (now: () => number) =>
  fc
    .record({
      resource: resources,
      apiv3Key: fc.constantFrom(undefined, undefined, undefined, 'AnotherApiV3KeyOf32Characters000'),
      eventType: fc.constantFrom(
        undefined,
        undefined,
        undefined,
        'PAYSCORE.USER_CONFIRM',
        '',
        'x'.repeat(65),
        '__proto__',
      ),
      id: fc.constantFrom(undefined, undefined, 'EV-1', '', ' ', 'x'.repeat(65), '\u0000'),
      associatedData: fc.constantFrom(undefined, undefined, '', '附加'),
      agoMs: fc.constantFrom(0, 0, 60_000, 86_400_000, -86_400_000),
    })
    .map(({ resource, agoMs, ...options }) => {
      const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
      return Buffer.from(envelopeOf(resource, { createdAt: now() - agoMs, ...given }));
    });

/** Signed like the others, and no envelope at all. */
const strangeBodies: fc.Arbitrary<Buffer> = fc.oneof(
  fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from('[['),
    Buffer.from('\uFEFF{}'),
    Buffer.alloc(70_000, 'a'),
    Buffer.alloc(64 * 1024, ' '),
  ),
  fc.tuple(fc.constantFrom('algorithm', 'ciphertext', 'nonce', 'associated_data'), odd).map(([name, value]) =>
    Buffer.from(
      JSON.stringify({
        id: 'EV-2',
        create_time: '2026-03-02T12:00:00+08:00',
        event_type: 'PAYSCORE.USER_PAID',
        resource: { algorithm: 'AEAD_AES_256_GCM', ciphertext: 'AAAA', nonce: '0123456789ab', [name]: value },
      }),
    ),
  ),
);

type Headers = Readonly<Record<string, string>>;
interface Spoiling {
  readonly signed: (body: Buffer, now: number) => Headers;
  /** What is sent instead of what was signed. */
  readonly body?: (body: Buffer) => Buffer;
  readonly isSigned: boolean;
}

const sign =
  (by: Signer, agoMs = 0) =>
  (body: Buffer, now: number) =>
    headersOf(body.toString('utf8'), { at: now - agoMs, by });
const without = (name: string) => (body: Buffer, now: number) => {
  const { [name]: _gone, ...rest } = sign(BY_PUBLIC_KEY)(body, now);
  return rest;
};
const withOther = (name: string, value: string) => (body: Buffer, now: number) => ({
  ...sign(BY_PUBLIC_KEY)(body, now),
  [name]: value,
});
const flip = (body: Buffer) => {
  const other = Buffer.from(body.length === 0 ? 'x' : body);
  other[0] = (other[0] ?? 0) ^ 1;
  return other;
};

const GOOD: readonly Spoiling[] = [
  { signed: sign(BY_PUBLIC_KEY), isSigned: true },
  { signed: sign(BY_CERTIFICATE), isSigned: true },
];
const FORGED: readonly Spoiling[] = [
  ...['serial', 'signature', 'timestamp', 'nonce'].map((name) => ({
    signed: without(`wechatpay-${name}`),
    isSigned: false,
  })),
  { signed: sign(BY_ANOTHER), isSigned: false },
  { signed: sign(BY_UNKNOWN), isSigned: false },
  { signed: sign(BY_PUBLIC_KEY, -3_600_000), isSigned: false },
  { signed: sign(BY_PUBLIC_KEY), body: flip, isSigned: false },
  { signed: sign(BY_PUBLIC_KEY), body: (body) => Buffer.concat([body, Buffer.from(' ')]), isSigned: false },
  {
    signed: withOther('wechatpay-signature', `WECHATPAY/SIGNTEST/${randomBytes(256).toString('base64')}`),
    isSigned: false,
  },
  ...['', 'AAAA', '%%%', '=', 'ä', 'a'.repeat(3_000)].map((value) => ({
    signed: withOther('wechatpay-signature', value),
    isSigned: false,
  })),
  ...['', '0', '-1', '1e9', '99999999999999999999', 'NaN', '２０'].map((value) => ({
    signed: withOther('wechatpay-timestamp', value),
    isSigned: false,
  })),
  ...['', 'PUB_KEY_ID_', '__proto__', 'constructor', '0'.repeat(500)].map((value) => ({
    signed: withOther('wechatpay-serial', value),
    isSigned: false,
  })),
  { signed: withOther('wechatpay-nonce', 'other'), isSigned: false },
];

/** Deliveries to the notification route: two in three are not WeChat Pay's. */
export function deliveries(now: () => number): fc.Arbitrary<Delivery> {
  const bodies = fc.oneof({ weight: 3, arbitrary: envelopes(now) }, { weight: 1, arbitrary: strangeBodies });
  const spoilings = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...GOOD) },
    { weight: 2, arbitrary: fc.constantFrom(...FORGED) },
  );
  const addresses = fc.oneof(
    { weight: 8, arbitrary: fc.constant(MCHID) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(OTHER_MCHID, '1', '0', '', '%00', '__proto__', '1'.repeat(33), '%31', 'a'),
    },
  );
  // What is not JSON by its type reaches the function in base64.
  const types = fc.constantFrom(
    'application/json',
    'application/json',
    'application/json; charset=utf-8',
    'application/octet-stream',
    '',
  );
  return fc.tuple(bodies, spoilings, addresses, types).map(([body, spoiling, address, type]) => {
    const signed = spoiling.signed(body, now());
    const sentBody = spoiling.body?.(body) ?? body;
    // The signature is of the text: bytes that are no UTF-8 are not what was signed.
    const isText = Buffer.from(body.toString('utf8')).equals(body);
    const headers = Object.entries({ ...signed, 'content-type': type });
    return {
      sent: { method: 'POST', target: `/notifications/${address}`, headers, body: sentBody },
      isSigned: spoiling.isSigned && isText,
    };
  });
}
