import { Aes } from 'wechatpay-axios-plugin';
import { pem, PLATFORM_SERIAL } from './keys';

/** 32 bytes that open nothing. */
export const APIV3_KEY = 'TEST-ONLY-apiv3-key-of-32-bytes!';

export interface Listed {
  readonly serial_no: string;
  readonly certificate: string;
}

export const PLATFORM_CERTIFICATE: Listed = { serial_no: PLATFORM_SERIAL, certificate: pem('platform-cert') };

/** One entry of the list, encrypted by another's code. */
export function entry(
  { serial_no, certificate }: Listed,
  apiv3Key = APIV3_KEY,
  nonce = 'nonce-of-12b',
): object {
  return {
    serial_no,
    effective_time: '2020-01-01T08:00:00+08:00',
    expire_time: '2120-01-01T08:00:00+08:00',
    encrypt_certificate: {
      algorithm: 'AEAD_AES_256_GCM',
      nonce,
      associated_data: 'certificate',
      ciphertext: Aes.AesGcm.encrypt(certificate, apiv3Key, nonce, 'certificate'),
    },
  };
}

/** The answer of `GET /v3/certificates`. */
export function listOf(listed: readonly Listed[], apiv3Key = APIV3_KEY): string {
  return JSON.stringify({ data: listed.map((one) => entry(one, apiv3Key)) });
}
