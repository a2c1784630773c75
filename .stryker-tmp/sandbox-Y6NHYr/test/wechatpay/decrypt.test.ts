import { decrypt, parseApiv3Key, type EncryptedResource } from '../../lambda/wechatpay/decrypt';
import vectors from './vectors/gcm.json';

const KEY = parseApiv3Key('TEST-ONLY-apiv3-key-of-32-bytes!');

function resource(changes: Partial<EncryptedResource> = {}, index = 0): EncryptedResource {
  const vector = vectors.resources[index];
  if (vector === undefined) throw new Error(`no vector ${index}`);
  const { ciphertext, nonce, associated_data } = vector;
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce, associated_data, ...changes };
}

function attempt(changes: Partial<EncryptedResource>): string {
  try {
    return decrypt(resource(changes), KEY).toString('utf8');
  } catch (error) {
    return String(error);
  }
}

const REFUSED = 'PayscoreError: the tag does not match: altered, or encrypted under another APIv3 key';

/** The text with one byte altered, in base64 for bytes and as ASCII for text. */
function flip(bytes: Buffer, index: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(index) ^ 1, index);
  return flipped;
}

describe('what another implementation encrypted is decrypted', () => {
  test.each(vectors.resources)('$name', ({ plaintext, ciphertext, nonce, associated_data }) => {
    const opened = decrypt({ algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce, associated_data }, KEY);
    expect(opened.toString('utf8')).toBe(plaintext);
  });

  test('associated data that is absent is empty', () => {
    const { ciphertext, nonce } = resource({}, 2);
    const opened = decrypt({ algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce }, KEY);
    expect(opened.toString('utf8')).toBe('{"state":"DOING"}');
  });
});

describe('one byte altered and nothing comes out', () => {
  test('every byte of the ciphertext and of its tag', () => {
    const sealed = Buffer.from(resource().ciphertext, 'base64');
    expect(sealed.length).toBe(54 + 16);
    const results = [...sealed.keys()].map((index) =>
      attempt({ ciphertext: flip(sealed, index).toString('base64') }),
    );
    expect(results).toEqual(Array(70).fill(REFUSED));
  });

  test('every byte of the nonce', () => {
    const nonce = Buffer.from('fdasflkja484');
    const results = [...nonce.keys()].map((index) => attempt({ nonce: flip(nonce, index).toString() }));
    expect(results).toEqual(Array(12).fill(REFUSED));
  });

  test('every byte of the associated data, one more, one less, none', () => {
    const data = Buffer.from('payscore');
    const results = [...data.keys()].map((index) =>
      attempt({ associated_data: flip(data, index).toString() }),
    );
    expect(results).toEqual(Array(8).fill(REFUSED));
    expect(attempt({ associated_data: 'payscores' })).toBe(REFUSED);
    expect(attempt({ associated_data: 'payscor' })).toBe(REFUSED);
    expect(attempt({ associated_data: '' })).toBe(REFUSED);
  });

  test('every byte of the key', () => {
    const key = Buffer.from('TEST-ONLY-apiv3-key-of-32-bytes!');
    for (const index of key.keys()) {
      expect(() => decrypt(resource(), parseApiv3Key(flip(key, index).toString()))).toThrow(
        'the tag does not match',
      );
    }
  });
});

describe('what cannot be a resource is refused by name', () => {
  const sealed = Buffer.from(resource().ciphertext, 'base64');

  test.each([
    [
      'an algorithm that is not ours',
      { algorithm: 'AEAD_SM4_GCM' },
      'algorithm "AEAD_SM4_GCM" is not AEAD_AES_256_GCM',
    ],
    ['a nonce of 11 bytes', { nonce: '01234567890' }, 'nonce has 11 bytes instead of 12'],
    ['a nonce of 13 bytes', { nonce: '0123456789012' }, 'nonce has 13 bytes instead of 12'],
    ['an empty nonce', { nonce: '' }, 'nonce has 0 bytes instead of 12'],
    ['a ciphertext that is not base64', { ciphertext: '用' }, 'ciphertext is not base64'],
    ['a ciphertext that is empty', { ciphertext: '' }, 'ciphertext is shorter than its tag of 16 bytes'],
    [
      'a tag of 15 bytes',
      { ciphertext: sealed.subarray(-15).toString('base64') },
      'ciphertext is shorter than its tag of 16 bytes',
    ],
    [
      'a tag cut short by one byte',
      { ciphertext: sealed.subarray(0, -1).toString('base64') },
      'the tag does not match: altered, or encrypted under another APIv3 key',
    ],
    [
      'a tag cut down to four bytes',
      { ciphertext: sealed.subarray(0, -12).toString('base64') },
      'the tag does not match: altered, or encrypted under another APIv3 key',
    ],
  ])('%s', (_, changes, message) => {
    expect(() => decrypt(resource(changes), KEY)).toThrow(
      expect.objectContaining({ name: 'PayscoreError', code: 'DECRYPTION_FAILED', message }),
    );
  });
});

describe('an APIv3 key has 32 bytes', () => {
  test.each([
    ['TEST-ONLY-apiv3-key-of-31-bytes', 31],
    ['TEST-ONLY-apiv3-key-of-33-bytes!!', 33],
    ['', 0],
    ['三十二个汉字三十二个汉字三十二个', 48],
  ])('%s does not', (text, bytes) => {
    expect(() => parseApiv3Key(text)).toThrow(
      expect.objectContaining({
        code: 'KEY_INVALID',
        message: `apiv3_key has ${bytes} bytes; an APIv3 key has 32`,
      }),
    );
  });

  test('the error names the field that it was told of', () => {
    expect(() => parseApiv3Key('short', 'verify.apiv3_key')).toThrow('verify.apiv3_key has 5 bytes');
  });
});
