import { generateKeyPair, randomBytes, randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { type DistinguishedName, issueCertificate } from './x509';

const generate = promisify(generateKeyPair);

const MODULUS_BITS = 2048;
const DAY_MS = 86_400_000;
// WeChat Pay: a platform certificate lives five years; the same serves for the API certificate.
const LIFETIME_MS = 5 * 365 * DAY_MS;

/** What a merchant downloads as apiclient_cert.pem and apiclient_key.pem, or what the platform keeps to itself. */
export interface CertifiedKey {
  /** 40 upper-case hexadecimal digits. */
  readonly serial_no: string;
  /** X.509, PEM. */
  readonly certificate: string;
  /** PKCS#8, PEM. */
  readonly private_key: string;
}

export type ApiCertificate = CertifiedKey;

/** Both ways in which WeChat Pay signs answers: platform certificate and WeChat Pay public key. */
export interface PlatformKeys {
  readonly certificate: string;
  readonly serial_no: string;
  readonly certificate_private_key: string;
  readonly public_key: string;
  /** PUB_KEY_ID_ and 28 digits. */
  readonly public_key_id: string;
  readonly public_key_private_key: string;
}

const ISSUER: DistinguishedName = [
  ['country', 'CN'],
  ['organization', 'Tenpay.com'],
  ['unit', 'Tenpay.com CA Center'],
  ['commonName', 'Simulated Tenpay.com Root CA'],
];

const PLATFORM: DistinguishedName = [
  ['country', 'CN'],
  ['organization', 'Tenpay.com'],
  ['unit', 'Tenpay.com CA Center'],
  ['commonName', 'Tenpay.com sign'],
];

const merchantName = (mchid: string): DistinguishedName => [
  ['country', 'CN'],
  ['locality', 'Shenzhen'],
  ['organization', '微信商户系统'],
  ['unit', 'Simulated merchant'],
  ['commonName', mchid],
];

function serialNumber(): string {
  const bytes = randomBytes(20);
  // Positive and without a leading zero byte, so that it is 40 digits wherever it is printed.
  bytes[0] = 0x40 | (bytes.readUInt8(0) & 0x3f);
  return bytes.toString('hex').toUpperCase();
}

async function certify(subject: DistinguishedName, nowMs: number): Promise<CertifiedKey> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: MODULUS_BITS });
  const serialHex = serialNumber();
  // A day's start, so that a clock a little behind still finds it valid.
  const fromMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const untilMs = fromMs + LIFETIME_MS;
  return {
    serial_no: serialHex,
    certificate: issueCertificate({
      serialHex,
      subject,
      issuer: ISSUER,
      fromMs,
      untilMs,
      publicKey,
      signingKey: privateKey,
    }),
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** A fresh RSA-2048 key with its certificate, as a merchant number gets it from WeChat Pay. */
export function createApiCertificate(mchid: string, nowMs = Date.now()): Promise<ApiCertificate> {
  return certify(merchantName(mchid), nowMs);
}

/** What the platform signs with after its next rotation. */
export function createPlatformCertificate(nowMs: number): Promise<CertifiedKey> {
  return certify(PLATFORM, nowMs);
}

/** Fresh keys of the platform: a certificate and, beside it, a WeChat Pay public key. */
export async function createPlatformKeys(): Promise<PlatformKeys> {
  const [platform, pair] = await Promise.all([
    certify(PLATFORM, Date.now()),
    generate('rsa', { modulusLength: MODULUS_BITS }),
  ]);
  const digits = Array.from({ length: 26 }, () => String(randomInt(10))).join('');
  return {
    certificate: platform.certificate,
    serial_no: platform.serial_no,
    certificate_private_key: platform.private_key,
    public_key: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    public_key_id: `PUB_KEY_ID_01${digits}`,
    public_key_private_key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
