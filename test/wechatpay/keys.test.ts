import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { isPayscoreError } from '../../lambda/core/errors';
import { createWxpay } from '../../lambda/wechatpay/client';
import {
  parseCertificate,
  parsePrivateKey,
  parsePublicKey,
  platformCertificate,
  refuseOwnSerials,
  signingKey,
  wechatpayPublicKey,
} from '../../lambda/wechatpay/keys';
import {
  MCHID,
  MERCHANT_KEY,
  MERCHANT_SERIAL,
  pem,
  PLATFORM_SERIAL,
  PUBLIC_KEY_ID,
  VERIFICATION_KEYS,
} from './support/keys';

const given = {
  serial_no: MERCHANT_SERIAL,
  private_key: pem('merchant-key'),
  certificate: pem('merchant-cert'),
};

/** Why it is refused. Nothing of what OpenSSL says about a key may hang on the error as its cause. */
function refusal(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    return isPayscoreError(error, 'KEY_INVALID') && !('cause' in error) ? error.message : error;
  }
}

describe('a merchant signs with one generation of its API certificate', () => {
  test('the key becomes a KeyObject, the serial number upper case', () => {
    const key = signingKey({ ...given, serial_no: MERCHANT_SERIAL.toLowerCase() });
    expect(key.serial_no).toBe('4A1B2C3D4E5F60718293A4B5C6D7E8F901234567');
    expect(key.privateKey.equals(createPrivateKey(pem('merchant-key')))).toBe(true);
  });

  test.each([
    [
      'the serial number of another certificate',
      { serial_no: PLATFORM_SERIAL },
      'serial_no is not the serial number of certificate; take it from apiclient_cert.pem',
    ],
    [
      'the key of another certificate',
      { private_key: pem('platform-key') },
      'private_key does not belong to certificate; both come from one download (apiclient_*.pem)',
    ],
    [
      'something else for a certificate',
      { certificate: pem('merchant-key') },
      'certificate is not a certificate in PEM form',
    ],
    [
      'something else for a key',
      { private_key: pem('merchant-cert') },
      'private_key is not a private key in PEM form (apiclient_key.pem)',
    ],
    [
      'a key on an elliptic curve',
      { private_key: pem('elliptic-key') },
      'private_key is not an RSA key of at least 2048 bits',
    ],
    [
      'nothing for a key',
      { private_key: '' },
      'private_key is not a private key in PEM form (apiclient_key.pem)',
    ],
    [
      'a key cut off in the middle',
      { private_key: pem('merchant-key').slice(0, 800) },
      'private_key is not a private key in PEM form (apiclient_key.pem)',
    ],
  ])('%s is refused', (_, changes, message) => {
    expect(refusal(() => signingKey({ ...given, ...changes }))).toBe(message);
  });

  test('an RSA key of 1024 bits is refused', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(refusal(() => parsePrivateKey(text, 'keys[1]'))).toBe(
      'keys[1] is not an RSA key of at least 2048 bits',
    );
  });

  test('an RSA-PSS key is refused: its signatures are of another scheme', () => {
    const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(refusal(() => parsePrivateKey(text, 'keys[0]'))).toBe(
      'keys[0] is not an RSA key of at least 2048 bits',
    );
  });
});

describe('WeChat Pay is verified by platform certificates and public keys', () => {
  test('a platform certificate stands under its own serial number', () => {
    const { serial_no, key } = platformCertificate(pem('platform-cert'), 'platform');
    expect(serial_no).toBe('7132D72A03E93CDDF8C03BBD1F37EEDF5A0C1E2B');
    expect(key.equals(createPublicKey(pem('platform-key')))).toBe(true);
  });

  test('a public key stands under the id WeChat Pay gave it', () => {
    const [id, key] = wechatpayPublicKey('PUB_KEY_ID_0119000091912025010100001234', pem('wechatpay-pub'));
    expect(id).toBe('PUB_KEY_ID_0119000091912025010100001234');
    expect(key.type).toBe('public');
  });

  test.each(['', 'PUB_KEY_ID_', 'pub_key_id_01', 'PUB_KEY_ID_01 ', 'PUB_KEY_ID_01\n', PLATFORM_SERIAL])(
    'the id %j is refused',
    (id) => {
      expect(refusal(() => wechatpayPublicKey(id, pem('wechatpay-pub')))).toBe(
        'its id is not of the form PUB_KEY_ID_…',
      );
    },
  );

  test.each([
    ['a private key', pem('wechatpay-key')],
    ['a certificate', pem('platform-cert')],
    ['nothing', ''],
    ['a public key cut off', pem('wechatpay-pub').slice(0, 200)],
  ])('%s is not a public key', (_, text) => {
    expect(refusal(() => parsePublicKey(text, 'public_keys'))).toBe(
      'public_keys is not a public key in PEM form (pub_key.pem)',
    );
  });

  test('a public key on an elliptic curve is refused', () => {
    expect(refusal(() => parsePublicKey(pem('elliptic-pub'), PUBLIC_KEY_ID))).toBe(
      `${PUBLIC_KEY_ID} is not an RSA key of at least 2048 bits`,
    );
  });

  test('what is no certificate is refused by the name of its field', () => {
    expect(refusal(() => parseCertificate('-----BEGIN CERTIFICATE-----', 'platform[0]'))).toBe(
      'platform[0] is not a certificate in PEM form',
    );
  });
});

describe("a merchant's own certificate never verifies WeChat Pay", () => {
  const own = platformCertificate(pem('merchant-cert'), 'own');
  const withOwn = new Map([...VERIFICATION_KEYS, [own.serial_no, own.key]]);
  const message =
    "verification key 4A1B2C3D4E5F60718293A4B5C6D7E8F901234567 is the merchant's own API certificate, not one of WeChat Pay's";

  test('its serial number among the verification keys is refused', () => {
    expect(refusal(() => refuseOwnSerials(withOwn, [MERCHANT_KEY]))).toBe(message);
  });

  test('that of a generation on its way out as well', () => {
    const next = { ...MERCHANT_KEY, serial_no: '00FF' };
    expect(refusal(() => refuseOwnSerials(withOwn, [next, MERCHANT_KEY]))).toBe(message);
  });

  test('its serial number is refused over any other key', () => {
    const misnamed = new Map([...VERIFICATION_KEYS].map(([, key]) => [own.serial_no, key]));
    expect(refusal(() => refuseOwnSerials(misnamed, [MERCHANT_KEY]))).toBe(message);
  });

  test('its key is recognised under any other name', () => {
    const disguised = new Map([
      ...VERIFICATION_KEYS,
      ['PUB_KEY_ID_0000', createPublicKey(MERCHANT_KEY.privateKey)],
    ]);
    expect(refusal(() => refuseOwnSerials(disguised, [MERCHANT_KEY]))).toBe(
      "verification key PUB_KEY_ID_0000 is the merchant's own API certificate, not one of WeChat Pay's",
    );
  });

  test('WeChat Pay’s own keys are not refused', () => {
    expect(() => refuseOwnSerials(VERIFICATION_KEYS, [MERCHANT_KEY])).not.toThrow();
  });

  test('a client is refused at its start, before any call', () => {
    const send = jest.fn();
    const options = { mchid: MCHID, signingKeys: [MERCHANT_KEY] as const, transport: { send }, now: () => 0 };
    expect(refusal(() => createWxpay({ ...options, verificationKeys: withOwn }))).toBe(message);
    expect(send).not.toHaveBeenCalled();
  });
});
