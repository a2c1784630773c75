import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { PayscoreError } from '../core/errors';
import type { Instant } from '../core/ids';

/** A key the merchant signs requests with: a generation of the API certificate (商户API证书). */
export interface SigningKey {
  /** Serial number of the API certificate, upper-case hexadecimal. */
  readonly serial_no: string;
  readonly privateKey: KeyObject;
  /** Absent: good at any time. */
  readonly validFrom?: Instant;
  readonly validTo?: Instant;
}

/** A signing key as its certificate has it. */
export interface CertifiedKey extends SigningKey {
  readonly validFrom: Instant;
  readonly validTo: Instant;
}

/**
 * Keys that prove that WeChat Pay sent something, by the value of `Wechatpay-Serial`: platform-certificate
 * serials (平台证书) and `PUB_KEY_ID_…` ids (微信支付公钥), both kinds at once during a changeover. Asked anew for each
 * answer, because certificates come and go.
 */
export interface VerificationKeys extends Iterable<readonly [serial: string, key: KeyObject]> {
  get(serial: string): KeyObject | undefined;
}

/** A certificate that WeChat Pay signs with (平台证书). */
export interface PlatformCertificate {
  /** Upper-case hexadecimal, as in `Wechatpay-Serial`. */
  readonly serial_no: string;
  readonly key: KeyObject;
  readonly validFrom: Instant;
  readonly validTo: Instant;
}

const PUBLIC_KEY_ID = /^PUB_KEY_ID_[0-9A-Za-z]+$/;
/** WECHATPAY2-SHA256-RSA2048: WeChat Pay issues RSA keys of 2048 bits. */
const MODULUS_BITS_MIN = 2048;

/** @throws PayscoreError KEY_INVALID, naming `field` and never quoting what is in it. */
export function parsePrivateKey(pem: string, field: string): KeyObject {
  return requireRsa(
    attempt(() => createPrivateKey(pem), `${field} is not a private key in PEM form (apiclient_key.pem)`),
    field,
  );
}

/** @throws PayscoreError KEY_INVALID, naming `field`. */
export function parsePublicKey(pem: string, field: string): KeyObject {
  if (!pem.includes('PUBLIC KEY')) throw invalid(`${field} is not a public key in PEM form (pub_key.pem)`);
  return requireRsa(
    attempt(() => createPublicKey(pem), `${field} is not a public key in PEM form (pub_key.pem)`),
    field,
  );
}

/** @throws PayscoreError KEY_INVALID, naming `field`. */
export function parseCertificate(pem: string, field: string): X509Certificate {
  return attempt(() => new X509Certificate(pem), `${field} is not a certificate in PEM form`);
}

/**
 * One generation of a merchant's signing key, checked against its own certificate: a serial number and a key of
 * two different certificates sign requests that WeChat Pay answers with 401.
 */
export function signingKey(given: {
  serial_no: string;
  private_key: string;
  certificate: string;
}): CertifiedKey {
  const certificate = parseCertificate(given.certificate, 'certificate');
  const privateKey = parsePrivateKey(given.private_key, 'private_key');
  const serial = given.serial_no.toUpperCase();
  if (certificate.serialNumber.toUpperCase() !== serial) {
    throw invalid('serial_no is not the serial number of certificate; take it from apiclient_cert.pem');
  }
  if (!certificate.checkPrivateKey(privateKey)) {
    throw invalid(
      'private_key does not belong to certificate; both come from one download (apiclient_*.pem)',
    );
  }
  return {
    serial_no: serial,
    privateKey,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}

/** @throws PayscoreError KEY_INVALID, naming `field`. */
export function platformCertificate(pem: string, field: string): PlatformCertificate {
  const certificate = parseCertificate(pem, field);
  return {
    serial_no: certificate.serialNumber.toUpperCase(),
    key: requireRsa(certificate.publicKey, field),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}

/** Whether a `Wechatpay-Serial` names a WeChat Pay public key, and not a platform certificate. */
export function isPublicKeyId(serial: string): boolean {
  return PUBLIC_KEY_ID.test(serial);
}

/** The verification key of a WeChat Pay public key, under its id. */
export function wechatpayPublicKey(id: string, pem: string): [id: string, key: KeyObject] {
  if (!isPublicKeyId(id)) throw invalid('its id is not of the form PUB_KEY_ID_…');
  return [id, parsePublicKey(pem, id)];
}

/**
 * Refuses a merchant's own certificate among the keys that verify WeChat Pay: the commonest misconfiguration,
 * and one under which every true answer fails and a forged one of the merchant's own making would pass.
 */
export function refuseOwnSerials(keys: VerificationKeys, own: readonly SigningKey[]): void {
  for (const { serial_no, privateKey } of own) {
    const ownKey = createPublicKey(privateKey);
    for (const [id, key] of keys) {
      if (id === serial_no || key.equals(ownKey)) {
        throw invalid(
          `verification key ${id} is the merchant's own API certificate, not one of WeChat Pay's`,
        );
      }
    }
  }
}

function requireRsa(key: KeyObject, field: string): KeyObject {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < MODULUS_BITS_MIN) {
    throw invalid(`${field} is not an RSA key of at least ${MODULUS_BITS_MIN} bits`);
  }
  return key;
}

function attempt<T>(parse: () => T, message: string): T {
  try {
    return parse();
  } catch {
    // OpenSSL's own message is left out: it can quote what it was given.
    throw invalid(message);
  }
}

function invalid(message: string): PayscoreError {
  return new PayscoreError('KEY_INVALID', message);
}
