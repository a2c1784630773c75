import type { KeyObject } from 'node:crypto';
import { KeySet } from '../../lambda/wechatpay/key-set';
import type { PlatformCertificate } from '../../lambda/wechatpay/keys';
import { PUBLIC_KEY_ID, VERIFICATION_KEYS } from './support/keys';

const [certificateKey, publicKey] = [...VERIFICATION_KEYS.values()] as [KeyObject, KeyObject];
const PUBLIC_KEYS = new Map([[PUBLIC_KEY_ID, publicKey]]);

let clock = 1_000;
const now = () => clock;
beforeEach(() => {
  clock = 1_000;
});

const certificate = (serial_no: string, validFrom: number, validTo: number): PlatformCertificate => ({
  serial_no,
  key: certificateKey,
  validFrom,
  validTo,
});

function keySet(
  certificates: readonly PlatformCertificate[],
  publicKeys = new Map<string, KeyObject>(),
): KeySet {
  const keys = new KeySet(publicKeys, now);
  keys.adopt(certificates);
  return keys;
}

test('public keys and certificates verify side by side, each by its own name', () => {
  const keys = keySet([certificate('AA', 0, 2_000)], PUBLIC_KEYS);
  expect(keys.get(PUBLIC_KEY_ID)).toBe(publicKey);
  expect(keys.get('AA')).toBe(certificateKey);
  expect(keys.get('BB')).toBeUndefined();
  expect([...keys]).toEqual([
    [PUBLIC_KEY_ID, publicKey],
    ['AA', certificateKey],
  ]);
});

test.each([
  ['a moment before it is effective', 999, false],
  ['from the moment it is effective', 1_000, true],
  ['until a moment before it expires', 1_999, true],
  ['once it has expired', 2_000, false],
])('a certificate %s: at %i it verifies: %s', (_, at, verifies) => {
  const keys = keySet([certificate('AA', 1_000, 2_000)]);
  clock = at;
  expect(keys.get('AA')).toBe(verifies ? certificateKey : undefined);
  expect(keys.answerKey()).toBe(verifies ? 'AA' : undefined);
  expect([...keys]).toHaveLength(verifies ? 1 : 0);
});

test('a public key has no end', () => {
  clock = Number.MAX_SAFE_INTEGER;
  expect(keySet([], PUBLIC_KEYS).get(PUBLIC_KEY_ID)).toBe(publicKey);
});

test('a new list takes the place of the one before', () => {
  const keys = keySet([certificate('AA', 0, 2_000)]);
  keys.adopt([certificate('BB', 0, 2_000)]);
  expect([keys.get('AA'), keys.get('BB')]).toEqual([undefined, certificateKey]);
});

describe('WeChat Pay is asked to sign its answers', () => {
  test('with the public key, where there is one', () => {
    expect(keySet([certificate('AA', 0, 2_000)], PUBLIC_KEYS).answerKey()).toBe(PUBLIC_KEY_ID);
  });

  test('else with the newest certificate that is effective', () => {
    const keys = keySet([
      certificate('OLD', 0, 2_000),
      certificate('NEW', 500, 2_500),
      certificate('NEXT', 1_500, 3_000),
    ]);
    expect(keys.answerKey()).toBe('NEW');
    clock = 1_500;
    expect(keys.answerKey()).toBe('NEXT');
  });

  test('with whatever it likes, while no key is known', () => {
    expect(keySet([]).answerKey()).toBeUndefined();
  });
});
