import { createPublicKey, X509Certificate } from 'node:crypto';
import type { Mchid } from '../../lambda/core/ids';
import { isPayscoreError, type PayscoreError } from '../../lambda/core/errors';
import { parseCredentials, parseVerification } from '../../lambda/wechatpay/credentials';
import { MCHID, MERCHANT_SERIAL, pem, PLATFORM_SERIAL, PUBLIC_KEY_ID } from './support/keys';

const APIV3_KEY = 'TEST-ONLY-apiv3-key-of-32-bytes!';

const KEY = {
  serial_no: MERCHANT_SERIAL,
  private_key: pem('merchant-key'),
  certificate: pem('merchant-cert'),
};
const NEXT = {
  serial_no: PLATFORM_SERIAL,
  private_key: pem('platform-key'),
  certificate: pem('platform-cert'),
};
const OWN_PUBLIC_KEY = createPublicKey(KEY.private_key).export({ type: 'spki', format: 'pem' });
const SIGNING = { mchid: MCHID, keys: [KEY] };
const VERIFY = { mchid: MCHID, apiv3_key: APIV3_KEY, public_keys: { [PUBLIC_KEY_ID]: pem('wechatpay-pub') } };

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function parse(signing: unknown, verify: unknown, mchid = MCHID) {
  return parseCredentials(mchid as Mchid, {
    signing: { name: 'm/signing', text: text(signing) },
    verify: { name: 'm/verify', text: text(verify) },
  });
}

function refusal(signing: unknown, verify: unknown): PayscoreError | undefined {
  try {
    parse(signing, verify);
    return undefined;
  } catch (error) {
    if (!isPayscoreError(error, 'SECRET_INVALID')) throw error;
    return error;
  }
}

test('two whole secrets become keys, once', () => {
  const credentials = parse(SIGNING, VERIFY);
  expect(credentials.mchid).toBe('1900009191');
  expect(credentials.signingKeys.map(({ serial_no }) => serial_no)).toEqual([MERCHANT_SERIAL]);
  expect([...credentials.publicKeys.keys()]).toEqual([PUBLIC_KEY_ID]);
  expect(credentials.platformCertificates).toBe(false);
  expect(credentials.apiv3Key.symmetricKeySize).toBe(32);
});

test('two generations of the signing key are taken, and the first one signs', () => {
  const { signingKeys } = parse({ mchid: MCHID, keys: [NEXT, KEY] }, VERIFY);
  expect(signingKeys.map(({ serial_no }) => serial_no)).toEqual([PLATFORM_SERIAL, MERCHANT_SERIAL]);
});

test.each([
  [
    'neither is JSON',
    '-----BEGIN PRIVATE KEY-----',
    '{',
    ['m/signing: is not JSON', 'm/verify: is not JSON'],
  ],
  [
    'both are empty',
    {},
    {},
    [
      'm/signing: mchid is missing',
      'm/signing: keys is missing',
      'm/verify: mchid is missing',
      'm/verify: apiv3_key is missing',
      'm/verify: public_keys is missing',
    ],
  ],
  [
    'another merchant’s',
    { ...SIGNING, mchid: '1' },
    { ...VERIFY, mchid: '2' },
    [
      'm/signing: mchid is not 1900009191; the secret belongs to another merchant',
      'm/verify: mchid is not 1900009191; the secret belongs to another merchant',
    ],
  ],
  ['no generation of the key', { ...SIGNING, keys: [] }, VERIFY, ['m/signing: keys has fewer than 1']],
  ['three generations', { ...SIGNING, keys: [KEY, NEXT, KEY] }, VERIFY, ['m/signing: keys has more than 2']],
  [
    'half a generation',
    { ...SIGNING, keys: [{ serial_no: 'A', private_key: 7 }] },
    VERIFY,
    ['m/signing: keys[0].private_key is not of type string', 'm/signing: keys[0].certificate is missing'],
  ],
  [
    'a field that is not known',
    { ...SIGNING, key: 'x' },
    VERIFY,
    ['m/signing: has fields that are not known here: 1 of them'],
  ],
  [
    'key and certificate of different downloads',
    { ...SIGNING, keys: [KEY, { ...KEY, private_key: pem('platform-key') }] },
    VERIFY,
    [
      'm/signing: keys[1]: private_key does not belong to certificate; both come from one download (apiclient_*.pem)',
    ],
  ],
  [
    'an APIv3 key of 31 bytes',
    SIGNING,
    { ...VERIFY, apiv3_key: APIV3_KEY.slice(1) },
    ['m/verify: apiv3_key has 31 bytes; an APIv3 key has 32'],
  ],
  [
    'no public key',
    SIGNING,
    { ...VERIFY, public_keys: {} },
    [
      'm/verify: public_keys is empty; add the WeChat Pay public key under its PUB_KEY_ID_…, ' +
        'or "platform_certificates": true if this merchant still uses platform certificates (平台证书)',
    ],
  ],
  [
    'no public key, and certificates said to be not used',
    SIGNING,
    { ...VERIFY, public_keys: {}, platform_certificates: false },
    [
      'm/verify: public_keys is empty; add the WeChat Pay public key under its PUB_KEY_ID_…, ' +
        'or "platform_certificates": true if this merchant still uses platform certificates (平台证书)',
    ],
  ],
  [
    'platform certificates that are no yes or no',
    SIGNING,
    { ...VERIFY, platform_certificates: 'yes' },
    ['m/verify: platform_certificates is not of type boolean'],
  ],
  [
    'a public key under a wrong name',
    SIGNING,
    { ...VERIFY, public_keys: { X: pem('wechatpay-pub') } },
    ['m/verify: public_keys[0]: its id is not of the form PUB_KEY_ID_…'],
  ],
  [
    'a public key that is no text',
    SIGNING,
    { ...VERIFY, public_keys: { 'pasted into the wrong place': 7 } },
    ['m/verify: public_keys.… is not of type string'],
  ],
  [
    'its own key for one of WeChat Pay’s',
    SIGNING,
    { ...VERIFY, public_keys: { PUB_KEY_ID_0001: OWN_PUBLIC_KEY } },
    [
      "m/verify: verification key PUB_KEY_ID_0001 is the merchant's own API certificate, not one of WeChat Pay's",
    ],
  ],
  [
    'everything wrong at once',
    { ...SIGNING, keys: [{ ...KEY, serial_no: '00' }] },
    { ...VERIFY, apiv3_key: '', public_keys: {} },
    [
      'm/signing: keys[0]: serial_no is not the serial number of certificate; take it from apiclient_cert.pem',
      'm/verify: public_keys is empty; add the WeChat Pay public key under its PUB_KEY_ID_…, ' +
        'or "platform_certificates": true if this merchant still uses platform certificates (平台证书)',
      'm/verify: apiv3_key has 0 bytes; an APIv3 key has 32',
    ],
  ],
])('every fault is named, and nothing of what is secret: %s', (_, signing, verify, faults) => {
  const error = refusal(signing, verify);
  expect(error?.data).toEqual({ faults });
  expect(error?.message).toBe(
    ['The secrets of merchant 1900009191 cannot be used:', ...faults.map((fault) => `  - ${fault}`)].join(
      '\n',
    ),
  );
  expect(JSON.stringify([error?.message, error?.data])).not.toMatch(/PRIVATE KEY|TEST-ONLY-apiv3/);
});

test.each([
  ['beside its public keys', VERIFY.public_keys, [PUBLIC_KEY_ID]],
  ['and no public key at all', {}, []],
])('a merchant may use platform certificates %s', (_, public_keys, ids) => {
  const credentials = parse(SIGNING, { ...VERIFY, public_keys, platform_certificates: true });
  expect(credentials.platformCertificates).toBe(true);
  expect([...credentials.publicKeys.keys()]).toEqual(ids);
});

describe('the verify secret alone', () => {
  const verification = (verify: unknown) =>
    parseVerification(MCHID as Mchid, { verify: { name: 'm/verify', text: text(verify) } });

  test('verifies and decrypts, and holds nothing that signs', () => {
    const credentials = verification({ ...VERIFY, platform_certificates: true });
    expect(Object.keys(credentials).toSorted()).toEqual([
      'apiv3Key',
      'mchid',
      'platformCertificates',
      'publicKeys',
    ]);
    expect([...credentials.publicKeys.keys()]).toEqual([PUBLIC_KEY_ID]);
  });

  test.each([
    ['is not JSON', '{', ['m/verify: is not JSON']],
    [
      'is another merchant’s',
      { ...VERIFY, mchid: '2' },
      ['m/verify: mchid is not 1900009191; the secret belongs to another merchant'],
    ],
    [
      'has an APIv3 key of 31 bytes',
      { ...VERIFY, apiv3_key: APIV3_KEY.slice(1) },
      ['m/verify: apiv3_key has 31 bytes; an APIv3 key has 32'],
    ],
  ])('that %s is refused with its faults', (_, verify, faults) => {
    expect(() => verification(verify)).toThrow(
      expect.objectContaining({ code: 'SECRET_INVALID', data: { faults } }) as Error,
    );
  });
});

test('a fault that is not of the keys is not swallowed', () => {
  const broken = jest.spyOn(X509Certificate.prototype, 'checkPrivateKey').mockImplementation(() => {
    throw new RangeError('out of memory');
  });
  expect(() => parse(SIGNING, VERIFY)).toThrow(/^out of memory$/);
  broken.mockRestore();
});
