import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { requestMessage, RequestSigner, SIGNATURE_SCHEME } from '../../lambda/wechatpay/sign';
import { MCHID, MERCHANT_KEY, MERCHANT_SERIAL, pem } from './support/keys';
import vectors from './vectors/requests.json';

const signer = new RequestSigner(MCHID, MERCHANT_KEY);

describe('a request is signed as openssl signs it', () => {
  test.each(vectors.requests)('$name', async (vector) => {
    const expected =
      `WECHATPAY2-SHA256-RSA2048 mchid="1900009191",nonce_str="${vector.nonce}",` +
      `signature="${vector.signature}",timestamp="${vector.timestamp}",` +
      'serial_no="4A1B2C3D4E5F60718293A4B5C6D7E8F901234567"';
    await expect(signer.authorization(vector, { spread: false })).resolves.toBe(expected);
    await expect(signer.authorization(vector, { spread: true })).resolves.toBe(expected);
  });
});

test('the documented example of what is signed has five lines, the empty body among them', () => {
  expect(
    requestMessage({
      method: 'GET',
      path: '/v3/certificates',
      timestamp: 1554208460,
      nonce: '593BEC0C930BF1AFEB40B4A08C8FB242',
      body: '',
    }),
  ).toBe('GET\n/v3/certificates\n1554208460\n593BEC0C930BF1AFEB40B4A08C8FB242\n\n');
});

test('the scheme is the one for RSA keys of 2048 bits', () => {
  expect(SIGNATURE_SCHEME).toBe('WECHATPAY2-SHA256-RSA2048');
  const { publicKey, serialNumber } = new X509Certificate(pem('merchant-cert'));
  expect(serialNumber).toBe(MERCHANT_SERIAL);
  expect(publicKey.equals(createPublicKey(pem('merchant-key')))).toBe(true);
});

test('a key that cannot sign is an error on either way, not a header', async () => {
  const { privateKey } = generateKeyPairSync('x25519');
  const broken = new RequestSigner(MCHID, { serial_no: MERCHANT_SERIAL, privateKey });
  const parts = { method: 'GET', path: '/v3/certificates', timestamp: 1, nonce: 'n', body: '' };
  await expect(broken.authorization(parts, { spread: false })).rejects.toThrow('not supported');
  await expect(broken.authorization(parts, { spread: true })).rejects.toThrow('not supported');
});
