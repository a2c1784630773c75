import type { SigningKey } from '../../lambda/wechatpay/keys';
import { SigningRotation } from '../../lambda/wechatpay/signing-rotation';
import { MCHID, MERCHANT_KEY } from './support/keys';

const { privateKey } = MERCHANT_KEY;
let clock = 1_000;

const key = (serial_no: string, validFrom: number, validTo: number): SigningKey => ({
  serial_no,
  privateKey,
  validFrom,
  validTo,
});

function rotation(...keys: readonly [SigningKey, ...SigningKey[]]): SigningRotation {
  return new SigningRotation(MCHID, keys, () => clock);
}

const signs = (keys: SigningRotation) => keys.current().key.serial_no;

beforeEach(() => {
  clock = 1_000;
});

test('the first generation signs while it is valid, and then the next one, by their dates', () => {
  const keys = rotation(key('OLD', 0, 2_000), key('NEW', 500, 3_000));
  expect(signs(keys)).toBe('OLD');
  clock = 1_999;
  expect(signs(keys)).toBe('OLD');
  clock = 2_000;
  expect(signs(keys)).toBe('NEW');
});

test('a generation that is not valid yet leaves the signing to the next one until it is', () => {
  const keys = rotation(key('NEW', 1_500, 3_000), key('OLD', 0, 2_000));
  expect(signs(keys)).toBe('OLD');
  clock = 1_500;
  expect(signs(keys)).toBe('NEW');
});

test('when none is valid by its dates the first one signs: the clock may be wrong', () => {
  const keys = rotation(key('A', 0, 500), key('B', 0, 600));
  expect(signs(keys)).toBe('A');
});

test('a key without dates is good at any time', () => {
  const keys = rotation({ serial_no: 'A', privateKey }, key('B', 0, Number.MAX_SAFE_INTEGER));
  expect(signs(keys)).toBe('A');
  clock = Number.MAX_SAFE_INTEGER - 1;
  expect(signs(keys)).toBe('A');
});

test('the one that WeChat Pay took instead of another signs from then on, and back again if that turns', () => {
  const keys = rotation(key('A', 0, 2_000), key('B', 0, 2_000));
  const first = keys.current();
  const [other] = keys.others(first);
  if (other === undefined) throw new Error('there are two');
  keys.choose(other);
  expect(signs(keys)).toBe('B');
  expect(keys.others(other)).toEqual([first]);
  keys.choose(first);
  expect(signs(keys)).toBe('A');
});

test('of two, the one that signs is proven for 15 s after WeChat Pay took what it had signed', () => {
  const keys = rotation(key('A', 0, 90_000), key('B', 0, 90_000));
  const first = keys.current();
  const [other] = keys.others(first);
  if (other === undefined) throw new Error('there are two');
  expect(keys.isProven()).toBe(false);
  keys.took(first);
  clock += 15_000;
  expect(keys.isProven()).toBe(true);
  clock += 1;
  expect(keys.isProven()).toBe(false);
  keys.choose(other);
  expect(keys.isProven()).toBe(true);
  clock += 15_000;
  // What was signed with the other one before, and taken, says nothing of the one that signs now.
  keys.took(first);
  expect([signs(keys), keys.isProven()]).toEqual(['B', true]);
  clock += 1;
  expect(keys.isProven()).toBe(false);
});

test('one that came to sign by the dates is proven by what it signs itself', () => {
  const keys = rotation(key('OLD', 0, 2_000), key('NEW', 500, 3_000));
  keys.took(keys.current());
  clock = 2_000;
  expect([signs(keys), keys.isProven()]).toEqual(['NEW', false]);
});

test('the only one needs no proof', () => {
  expect(rotation(key('A', 0, 2_000)).isProven()).toBe(true);
});

test('there is nothing to try instead of the only one', () => {
  const keys = rotation(key('A', 0, 2_000));
  expect(keys.others(keys.current())).toEqual([]);
});
