import type { KeyObject } from 'node:crypto';
import { isPayscoreError, PayscoreError } from '../core/errors';
import { decrypt } from './decrypt';
import { platformCertificate, type PlatformCertificate } from './keys';
import { isRecord } from './service-order';

export const CERTIFICATES_PATH = '/v3/certificates';

/** WeChat Pay lists one certificate, or two while they change; each takes 2.5 KB. */
const CERTIFICATES_MAX = 10;
const LIST_BYTES_MAX = 64 * 1024;

/**
 * The platform certificates (平台证书) of a list as WeChat Pay sent it. Every one of them has to decrypt under the
 * merchant's own APIv3 key, which is what makes the list WeChat Pay's: nobody else has that key, and the tag is checked.
 * @throws PayscoreError CERTIFICATES_INVALID
 */
export function openCertificates(list: string, apiv3Key: KeyObject): readonly PlatformCertificate[] {
  const bytes = Buffer.byteLength(list);
  if (bytes > LIST_BYTES_MAX) throw invalid(`it has ${bytes} bytes, more than ${LIST_BYTES_MAX}`);
  const entries = readList(list);
  if (entries.length === 0 || entries.length > CERTIFICATES_MAX)
    throw invalid(`it has ${entries.length} certificates instead of 1 to ${CERTIFICATES_MAX}`);
  return entries.map((entry, index) => openCertificate(entry, `data[${index}]`, apiv3Key));
}

function readList(list: string): readonly unknown[] {
  let answer: unknown;
  try {
    answer = JSON.parse(list);
  } catch {
    throw invalid('it is not JSON');
  }
  if (!isRecord(answer) || !Array.isArray(answer['data'])) throw invalid('data is not a list');
  return answer['data'] as unknown[];
}

function openCertificate(entry: unknown, field: string, apiv3Key: KeyObject): PlatformCertificate {
  const sealed = isRecord(entry) ? entry['encrypt_certificate'] : undefined;
  if (!isRecord(entry) || !isRecord(sealed)) throw invalid(`${field}.encrypt_certificate is missing`);
  const text = (name: string): string => {
    const value = sealed[name];
    if (typeof value !== 'string') throw invalid(`${field}.encrypt_certificate.${name} is missing`);
    return value;
  };
  const resource = {
    algorithm: text('algorithm'),
    nonce: text('nonce'),
    associated_data: text('associated_data'),
    ciphertext: text('ciphertext'),
  };
  const certificate = attempt(field, () =>
    platformCertificate(decrypt(resource, apiv3Key).toString('utf8'), 'what it encrypts'),
  );
  if (certificate.serial_no !== entry['serial_no'])
    throw invalid(`${field}.serial_no is not that of the certificate it encrypts`);
  return certificate;
}

function attempt<T>(field: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (!isPayscoreError(error, 'DECRYPTION_FAILED', 'KEY_INVALID')) throw error;
    throw invalid(`${field}: ${error.message}`, error);
  }
}

function invalid(why: string, cause?: unknown): PayscoreError {
  const message = `The list of platform certificates cannot be used: ${why}.`;
  return new PayscoreError('CERTIFICATES_INVALID', message, {}, cause);
}
