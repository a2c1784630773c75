import { CLOCK_WINDOW_S, isSigned, verify, type WireHeaders } from '../../lambda/wechatpay/verify';
import { PLATFORM_SERIAL, PUBLIC_KEY_ID, VERIFICATION_KEYS } from './support/keys';
import vectors from './vectors/answers.json';

const SIGNED_AT_MS = 1_700_000_000_000;

type Vector = (typeof vectors.answers)[number];

function named(name: string): Vector {
  const found = vectors.answers.find((vector) => vector.name === name);
  if (found === undefined) throw new Error(`no vector is called ${name}`);
  return found;
}

const EMPTY = named('204 without a body, signed by wechatpay');
const FULL = named('200 with a body, signed by platform');

function headersOf(vector: Vector, changes: WireHeaders = {}): WireHeaders {
  return {
    'wechatpay-serial': vector.serial,
    'wechatpay-timestamp': String(vector.timestamp),
    'wechatpay-nonce': vector.nonce,
    'wechatpay-signature': vector.signature,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    ...changes,
  };
}

function check(vector: Vector, changes: WireHeaders = {}, body = vector.body, nowMs = SIGNED_AT_MS) {
  return verify(headersOf(vector, changes), Buffer.from(body), VERIFICATION_KEYS, nowMs);
}

describe('what openssl signed is accepted', () => {
  test.each(vectors.answers)('$name', (vector) => {
    expect(check(vector)).toEqual({ ok: true, serial: vector.serial, signedAt: 1_700_000_000_000 });
  });

  test('by a platform certificate and by a WeChat Pay public key, side by side in one map', () => {
    expect([...VERIFICATION_KEYS].map(([serial]) => serial)).toEqual([PLATFORM_SERIAL, PUBLIC_KEY_ID]);
    expect(new Set(vectors.answers.map((vector) => vector.serial))).toEqual(
      new Set([PLATFORM_SERIAL, PUBLIC_KEY_ID]),
    );
  });

  test('without a Signature-Type header, which did not always exist', () => {
    expect(check(FULL, { 'wechatpay-signature-type': undefined }).ok).toBe(true);
  });
});

describe('the clock may differ by 300 seconds, either way, and by no more', () => {
  test.each([
    [-301_000, false],
    [-300_000, true],
    [-299_000, true],
    [299_000, true],
    [300_000, true],
    [300_999, true],
    [301_000, false],
  ])('%d ms: %s', (difference, accepted) => {
    expect(CLOCK_WINDOW_S).toBe(300);
    const result = check(FULL, {}, FULL.body, SIGNED_AT_MS + difference);
    expect(result).toEqual(
      accepted
        ? { ok: true, serial: PLATFORM_SERIAL, signedAt: SIGNED_AT_MS }
        : {
            ok: false,
            fault: 'timestamp_outside_window',
            serial: PLATFORM_SERIAL,
            signedAt: SIGNED_AT_MS,
          },
    );
  });

  const HOUR_MS = 3_600_000;

  test.each([
    ['a wrong signature', { 'wechatpay-nonce': 'f6f6f6f6f6f6f6f7' }, 'signature_wrong'],
    ['a probe', { 'wechatpay-signature': `WECHATPAY/SIGNTEST/${FULL.signature}` }, 'signature_malformed'],
    ['an unknown serial', { 'wechatpay-serial': 'FFFF' }, 'serial_unknown'],
    ['a timestamp put to now', { 'wechatpay-timestamp': '1700003600' }, 'signature_wrong'],
  ])('what WeChat Pay did not sign is never just late: %s', (_, changes, fault) => {
    const result = check(FULL, changes, FULL.body, SIGNED_AT_MS + HOUR_MS);
    expect(result).toMatchObject({ ok: false, fault });
    expect(result).not.toHaveProperty('signedAt');
  });

  test('what is late by years says when it was signed, and so does what comes from the future', () => {
    for (const nowMs of [SIGNED_AT_MS + 1_000_000 * HOUR_MS, SIGNED_AT_MS - HOUR_MS])
      expect(check(FULL, {}, FULL.body, nowMs)).toMatchObject({
        fault: 'timestamp_outside_window',
        signedAt: SIGNED_AT_MS,
      });
  });
});

describe('one thing altered and the answer is refused', () => {
  test('the body has one more space', () => {
    expect(check(FULL, {}, '{"trade_state":"USERPAYING" }')).toMatchObject({ fault: 'signature_wrong' });
    expect(check(FULL, {}, '{"trade_state":"USERPAYING"} ')).toMatchObject({ fault: 'signature_wrong' });
  });

  test('the body is parsed and written again', () => {
    const odd = named('200 with line feeds and odd spaces in the body, signed by wechatpay');
    expect(check(odd, {}, JSON.stringify(JSON.parse(odd.body)))).toMatchObject({ fault: 'signature_wrong' });
  });

  test('a body was added to an answer that had none, or taken from one that had', () => {
    expect(check(EMPTY, {}, '{}')).toMatchObject({ fault: 'signature_wrong' });
    expect(check(FULL, {}, '')).toMatchObject({ fault: 'signature_wrong' });
  });

  test('the nonce is another', () => {
    expect(check(FULL, { 'wechatpay-nonce': 'f6f6f6f6f6f6f6f7' })).toMatchObject({
      fault: 'signature_wrong',
    });
  });

  test('the timestamp is another, within the window', () => {
    expect(check(FULL, { 'wechatpay-timestamp': '1700000001' })).toMatchObject({ fault: 'signature_wrong' });
  });

  test('the serial is that of another known key', () => {
    expect(check(FULL, { 'wechatpay-serial': PUBLIC_KEY_ID })).toMatchObject({ fault: 'signature_wrong' });
  });

  test.each([
    '4A1B2C3D4E5F60718293A4B5C6D7E8F901234567',
    PLATFORM_SERIAL.toLowerCase(),
    '__proto__',
    'constructor',
  ])('the serial %s is not known', (serial) => {
    expect(check(FULL, { 'wechatpay-serial': serial })).toEqual({
      ok: false,
      fault: 'serial_unknown',
      serial,
    });
  });

  test.each(['1700000000.0', '1.7e9', ' 1700000000', '-1700000000', '0x6553f100', '1700000000000000'])(
    'the timestamp %p is not whole seconds',
    (timestamp) => {
      expect(check(FULL, { 'wechatpay-timestamp': timestamp })).toMatchObject({
        fault: 'timestamp_malformed',
      });
    },
  );

  test.each(['WECHATPAY2-SM2-WITH-SM3', '', 'wechatpay2-sha256-rsa2048', ['WECHATPAY2-SHA256-RSA2048']])(
    'the Signature-Type %j is not ours',
    (type) => {
      expect(check(FULL, { 'wechatpay-signature-type': type })).toMatchObject({
        fault: 'signature_type_unknown',
      });
    },
  );
});

describe('the signature is taken as it stands or not at all', () => {
  const bytes = Buffer.from(FULL.signature, 'base64');
  const check64 = (signature: string) => check(FULL, { 'wechatpay-signature': signature });

  test('every single bit of it counts', () => {
    const accepted: number[] = [];
    for (let bit = 0; bit < 2048; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      if (check64(flipped.toString('base64')).ok) accepted.push(bit);
    }
    expect(accepted).toEqual([]);
  });

  test('a byte too few, a byte too many, or nothing but zeros', () => {
    expect(check64(bytes.subarray(1).toString('base64'))).toMatchObject({ fault: 'signature_wrong' });
    expect(check64(Buffer.concat([bytes, Buffer.from([0])]).toString('base64'))).toMatchObject({
      fault: 'signature_wrong',
    });
    expect(check64(Buffer.alloc(256).toString('base64'))).toMatchObject({ fault: 'signature_wrong' });
  });

  test.each([
    ['without its padding', FULL.signature.replace(/=+$/, '')],
    ['with a line break', `${FULL.signature.slice(0, 64)}\n${FULL.signature.slice(64)}`],
    ['with a space at the end', `${FULL.signature} `],
    ['in the alphabet for URLs', FULL.signature.replaceAll('+', '-').replaceAll('/', '_')],
    ['with other unused bits in the last character', FULL.signature.replace(/[AQgw]==$/, 'R==')],
    ['with a character that is not base64', `*${FULL.signature.slice(1)}`],
    ['that is a probe', `WECHATPAY/SIGNTEST/${FULL.signature}`],
    ['that is a probe of the same length', `WECHATPAY/SIGNTEST/${FULL.signature.slice(19)}`],
  ])('%s it is refused', (_, signature) => {
    expect(signature).not.toBe(FULL.signature);
    expect(check64(signature).ok).toBe(false);
  });

  test('a second spelling of the same bytes is malformed, not the same signature', () => {
    const other = FULL.signature.replace(/[AQgw]==$/, 'R==');
    expect(Buffer.from(`${FULL.signature} `, 'base64').equals(bytes)).toBe(true);
    expect(check64(`${FULL.signature} `)).toMatchObject({ fault: 'signature_malformed' });
    expect(check64(other)).toMatchObject({ fault: 'signature_malformed' });
    expect(check64(FULL.signature.replace(/=+$/, ''))).toMatchObject({ fault: 'signature_malformed' });
  });
});

describe('each header has to be there, once', () => {
  const names = [
    'wechatpay-serial',
    'wechatpay-signature',
    'wechatpay-timestamp',
    'wechatpay-nonce',
  ] as const;

  test.each(names)('or there is nothing to verify: %s', (name) => {
    expect(isSigned(headersOf(FULL))).toBe(true);
    for (const given of [undefined, '', ['x']])
      expect(isSigned(headersOf(FULL, { [name]: given }))).toBe(false);
  });

  test('and a Signature-Type need not be', () => {
    expect(isSigned(headersOf(FULL, { 'wechatpay-signature-type': undefined }))).toBe(true);
  });

  test.each(names)('%s missing', (name) => {
    expect(check(FULL, { [name]: undefined })).toEqual({ ok: false, fault: 'header_missing' });
  });

  test.each(names)('%s empty', (name) => {
    expect(check(FULL, { [name]: '' })).toEqual({ ok: false, fault: 'header_missing' });
  });

  test.each(names)('%s as a list', (name) => {
    expect(check(FULL, { [name]: [String(headersOf(FULL)[name])] })).toEqual({
      ok: false,
      fault: 'header_missing',
    });
  });

  test.each([
    ['wechatpay-serial', 'serial_unknown'],
    ['wechatpay-signature', 'signature_malformed'],
    ['wechatpay-timestamp', 'timestamp_malformed'],
    ['wechatpay-nonce', 'signature_wrong'],
    ['wechatpay-signature-type', 'signature_type_unknown'],
  ] as const)('%s twice, which Node joins by a comma: %s', (name, fault) => {
    const value = String(headersOf(FULL)[name]);
    expect(check(FULL, { [name]: `${value}, ${value}` })).toMatchObject({ ok: false, fault });
  });
});
