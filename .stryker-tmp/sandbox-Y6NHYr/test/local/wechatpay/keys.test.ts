import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { createApiCertificate, createPlatformKeys } from '../../../local/wechatpay/keys';

test('an API certificate is an RSA-2048 certificate that OpenSSL reads, of the merchant it was made for', async () => {
  const made = await createApiCertificate('1900000001');
  const certificate = new X509Certificate(made.certificate);
  expect(made.serial_no).toMatch(/^[0-9A-F]{40}$/);
  expect(certificate.serialNumber).toBe(made.serial_no);
  expect(certificate.subject).toContain('CN=1900000001');
  expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(certificate.checkPrivateKey(createPrivateKey(made.private_key))).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
});

test('an API certificate is valid now and for five years', async () => {
  const { certificate } = await createApiCertificate('1900000001');
  const { validFrom, validTo } = new X509Certificate(certificate);
  expect(Date.parse(validFrom)).toBeLessThanOrEqual(Date.now());
  expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(5 * 365 * 86_400_000);
});

test('the platform has a certificate and a public key of its own, each with its id', async () => {
  const platform = await createPlatformKeys();
  expect(new X509Certificate(platform.certificate).serialNumber).toBe(platform.serial_no);
  expect(platform.public_key_id).toMatch(/^PUB_KEY_ID_01\d{26}$/);
  const derived = createPublicKey(platform.public_key_private_key).export({ type: 'spki', format: 'pem' });
  expect(derived).toBe(platform.public_key);
  expect(platform.certificate_private_key).not.toBe(platform.public_key_private_key);
});

test('two certificates never share a key or a serial number', async () => {
  const [one, other] = await Promise.all([createApiCertificate('1'), createApiCertificate('1')]);
  expect(one.serial_no).not.toBe(other.serial_no);
  expect(one.private_key).not.toBe(other.private_key);
});
