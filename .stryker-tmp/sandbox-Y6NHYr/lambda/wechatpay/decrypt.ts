import { createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { PayscoreError } from '../core/errors';
import { decodeBase64 } from './base64';

/** `resource` of a notification and `encrypt_certificate` of a downloaded certificate. */
export interface EncryptedResource {
  readonly algorithm: string;
  /** base64 of ciphertext and 16-byte tag. */
  readonly ciphertext: string;
  /** 12 bytes, used as they are. */
  readonly nonce: string;
  readonly associated_data?: string;
}

const ALGORITHM = 'AEAD_AES_256_GCM';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The APIv3 key (APIv3密钥): 32 bytes of text, used as they are. @throws PayscoreError KEY_INVALID */
export function parseApiv3Key(text: string, field = 'apiv3_key'): KeyObject {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length !== KEY_BYTES) {
    throw new PayscoreError(
      'KEY_INVALID',
      `${field} has ${bytes.length} bytes; an APIv3 key has ${KEY_BYTES}`,
    );
  }
  return createSecretKey(bytes);
}

/**
 * Decrypts and checks the tag: one altered byte anywhere, in the ciphertext, the tag, the nonce or the
 * associated data, and nothing comes out.
 * @throws PayscoreError DECRYPTION_FAILED
 */
export function decrypt(resource: EncryptedResource, apiv3Key: KeyObject): Buffer {
  if (resource.algorithm !== ALGORITHM)
    throw failed(`algorithm ${JSON.stringify(resource.algorithm)} is not ${ALGORITHM}`);
  const nonce = Buffer.from(resource.nonce, 'utf8');
  if (nonce.length !== NONCE_BYTES) throw failed(`nonce has ${nonce.length} bytes instead of ${NONCE_BYTES}`);
  const sealed = decodeBase64(resource.ciphertext);
  if (sealed === undefined) throw failed('ciphertext is not base64');
  if (sealed.length < TAG_BYTES) throw failed(`ciphertext is shorter than its tag of ${TAG_BYTES} bytes`);
  const decipher = createDecipheriv('aes-256-gcm', apiv3Key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(resource.associated_data ?? '', 'utf8'));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const opened = decipher.update(sealed.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    throw failed('the tag does not match: altered, or encrypted under another APIv3 key');
  }
  return opened;
}

function failed(message: string): PayscoreError {
  return new PayscoreError('DECRYPTION_FAILED', message);
}
