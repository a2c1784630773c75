import { createPublicKey } from 'node:crypto';
import { openCertificates } from '../../lambda/wechatpay/certificates';
import { parseApiv3Key } from '../../lambda/wechatpay/decrypt';
import { createPlatformCertificate } from '../../local/wechatpay';
import { APIV3_KEY, entry, listOf, PLATFORM_CERTIFICATE } from './support/certificates';
import { pem, PLATFORM_SERIAL } from './support/keys';

const KEY = parseApiv3Key(APIV3_KEY);

/** Everything that can be wrong with the one entry of a list. */
function changed(change: (one: Record<string, unknown>, sealed: Record<string, unknown>) => unknown): string {
  const one = entry(PLATFORM_CERTIFICATE) as Record<string, unknown>;
  change(one, one['encrypt_certificate'] as Record<string, unknown>);
  return JSON.stringify({ data: [one] });
}

test('a certificate that another’s code encrypted is read, with its key and its dates', () => {
  const [certificate] = openCertificates(listOf([PLATFORM_CERTIFICATE]), KEY);
  expect(certificate).toMatchObject({
    serial_no: PLATFORM_SERIAL,
    validFrom: Date.parse('2020-01-01T00:00:00Z'),
    validTo: Date.parse('2120-01-01T00:00:00Z'),
  });
  expect(certificate?.key.equals(createPublicKey(pem('platform-key')))).toBe(true);
});

test('two certificates are read while one succeeds the other', async () => {
  const next = await createPlatformCertificate(Date.parse('2026-03-02T00:00:00Z'));
  const list = listOf([PLATFORM_CERTIFICATE, next]);
  expect(openCertificates(list, KEY).map(({ serial_no }) => serial_no)).toEqual([
    PLATFORM_SERIAL,
    next.serial_no,
  ]);
});

test('ten certificates are read, and a list of 64 KiB', () => {
  const ten = Array.from({ length: 10 }, () => PLATFORM_CERTIFICATE);
  expect(openCertificates(listOf(ten), KEY)).toHaveLength(10);
  const list = listOf([PLATFORM_CERTIFICATE]);
  expect(openCertificates(list.padEnd(65_536), KEY)).toHaveLength(1);
  expect(() => openCertificates(list.padEnd(65_537), KEY)).toThrow('it has 65537 bytes, more than 65536');
});

test('what a certificate says of its dates counts, and not what stands beside it', () => {
  const list = changed((one) => Object.assign(one, { expire_time: '1999-01-01T00:00:00Z' }));
  expect(openCertificates(list, KEY)[0]?.validTo).toBe(Date.parse('2120-01-01T00:00:00Z'));
});

test.each<readonly [string, string, string]>([
  ['no JSON', '<html>', 'it is not JSON'],
  ['another shape', '[]', 'data is not a list'],
  ['data that is no list', '{"data":{}}', 'data is not a list'],
  ['no certificate', '{"data":[]}', 'it has 0 certificates instead of 1 to 10'],
  [
    'eleven certificates',
    listOf(Array.from({ length: 11 }, () => PLATFORM_CERTIFICATE)),
    'it has 11 certificates instead of 1 to 10',
  ],
  ['more than 64 KiB', `{"data":[],"x":"${'x'.repeat(65_536)}"}`, 'it has 65554 bytes, more than 65536'],
  ['an entry that is no object', '{"data":[null]}', 'data[0].encrypt_certificate is missing'],
  [
    'nothing encrypted',
    changed((one) => delete one['encrypt_certificate']),
    'data[0].encrypt_certificate is missing',
  ],
  ...['algorithm', 'nonce', 'associated_data', 'ciphertext'].map(
    (name) =>
      [
        `no ${name}`,
        changed((_, sealed) => delete sealed[name]),
        `data[0].encrypt_certificate.${name} is missing`,
      ] as const,
  ),
  [
    'another algorithm',
    changed((_, sealed) => Object.assign(sealed, { algorithm: 'AEAD_SM4_GCM' })),
    'data[0]: algorithm "AEAD_SM4_GCM" is not AEAD_AES_256_GCM',
  ],
  [
    'another associated data',
    changed((_, sealed) => Object.assign(sealed, { associated_data: 'certificat' })),
    'data[0]: the tag does not match: altered, or encrypted under another APIv3 key',
  ],
  [
    'the serial number of another certificate',
    changed((one) => Object.assign(one, { serial_no: 'AB' })),
    'data[0].serial_no is not that of the certificate it encrypts',
  ],
  [
    'something else than a certificate',
    listOf([{ serial_no: PLATFORM_SERIAL, certificate: pem('wechatpay-pub') }]),
    'data[0]: what it encrypts is not a certificate in PEM form',
  ],
  [
    'a certificate under another APIv3 key',
    listOf([PLATFORM_CERTIFICATE], 'TEST-ONLY-apiv3-key-of-another-m'),
    'data[0]: the tag does not match: altered, or encrypted under another APIv3 key',
  ],
  [
    'one that is right and one that is not',
    JSON.stringify({ data: [entry(PLATFORM_CERTIFICATE), entry(PLATFORM_CERTIFICATE, 'x'.repeat(32))] }),
    'data[1]: the tag does not match: altered, or encrypted under another APIv3 key',
  ],
])('a list with %s is refused as a whole', (_, list, why) => {
  expect(() => openCertificates(list, KEY)).toThrow(
    expect.objectContaining({
      code: 'CERTIFICATES_INVALID',
      message: `The list of platform certificates cannot be used: ${why}.`,
    }) as Error,
  );
});

test('a fault that is not of the list is not swallowed', () => {
  expect(() =>
    openCertificates(listOf([PLATFORM_CERTIFICATE]), createPublicKey(pem('platform-key'))),
  ).toThrow(/^Invalid key object type/);
});
