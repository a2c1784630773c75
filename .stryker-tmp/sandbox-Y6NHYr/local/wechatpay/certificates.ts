import { X509Certificate } from 'node:crypto';
import { Aes, Formatter } from 'wechatpay-axios-plugin';
import { type Answer, ERRORS, refuse } from './answers';
import { invalid } from './input';
import type { Merchant } from './merchants';
import type { ListedCertificate } from './platform';
import { rfc3339 } from './time';

const NONCE_CHARACTERS = 12;
const ALGORITHMS = ['RSA', 'SM2', 'ALL'] as const;

function encrypted(certificate: string, apiv3Key: string): object {
  const nonce = Formatter.nonce(NONCE_CHARACTERS);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    nonce,
    associated_data: 'certificate',
    ciphertext: Aes.AesGcm.encrypt(certificate, apiv3Key, nonce, 'certificate'),
  };
}

/** GET /v3/certificates: the platform certificates, encrypted under the merchant's own APIv3 key. */
export function listCertificates(
  merchant: Merchant,
  listed: readonly ListedCertificate[],
  query: URLSearchParams,
): Answer {
  const algorithm = query.get('algorithm_type') ?? 'RSA';
  if (!ALGORITHMS.some((known) => known === algorithm)) {
    const issue = `must be one of ${ALGORITHMS.join(', ')}`;
    return invalid({ field: 'algorithm_type', value: algorithm, issue, location: 'query' });
  }
  // Merchants with a public key only, and everyone asking for SM2, have no platform certificate.
  if (merchant.verification === 'public_key' || algorithm === 'SM2') return refuse(ERRORS.noCertificate);
  const data = listed.map(({ serial_no, certificate }) => {
    const x509 = new X509Certificate(certificate);
    return {
      serial_no,
      effective_time: rfc3339(Date.parse(x509.validFrom)),
      expire_time: rfc3339(Date.parse(x509.validTo)),
      encrypt_certificate: encrypted(certificate, merchant.apiv3_key),
    };
  });
  return { kind: 'json', body: { data } };
}
