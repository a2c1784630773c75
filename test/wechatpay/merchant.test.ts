import type { OrderRef } from '../../lambda/core/ids';
import { parseApiv3Key } from '../../lambda/wechatpay/decrypt';
import { Merchant } from '../../lambda/wechatpay/merchant';
import type { CertifiedKey } from '../../lambda/wechatpay/keys';
import { closeTransports, credentialsOf, transportTo } from './support/client';
import { APIV3_KEY, listOf, PLATFORM_CERTIFICATE } from './support/certificates';
import { MERCHANT_KEY, PLATFORM_PRIVATE_KEY, PLATFORM_SERIAL } from './support/keys';
import { byCertificate, LIMITS, MCHID, merchantAt, PAY_LIMITS, PUBLIC_KEYS, REF } from './support/merchant';
import { answer, closeServers, type Handler, NOW_MS, NOW_S, serve, signedHeaders } from './support/server';

afterEach(async () => {
  closeTransports();
  await closeServers();
});

describe('the first list of platform certificates', () => {
  const list = listOf([PLATFORM_CERTIFICATE]);
  const sends =
    (headers: Record<string, string>, body = list): Handler =>
    (_, response) =>
      response.writeHead(200, headers).end(body);

  test('is verified with a certificate found in it, and kept as it was sent', async () => {
    const { server, merchant, told } = await merchantAt(sends(byCertificate(list)));
    expect(await merchant.download(1_000)).toBe(list);
    expect(server.arrivals.map(({ method, url }) => [method, url])).toEqual([['GET', '/v3/certificates']]);
    expect(server.arrivals[0]?.headers['wechatpay-serial']).toBeUndefined();
    expect(told).toEqual([['verified', 'certificate', 0]]);
    // Nothing is verified with it before somebody has decided to take it.
    expect(merchant.facts.platform_certificates).toEqual([]);
  });

  test('is verified with the public key where there is one', async () => {
    const { merchant, told } = await merchantAt(sends(signedHeaders(list)), { publicKeys: PUBLIC_KEYS });
    expect(await merchant.download(1_000)).toBe(list);
    expect(told).toEqual([['verified', 'public_key', 0]]);
  });

  test('of a forger, signed by a certificate in it but not encrypted under our APIv3 key, is refused', async () => {
    const forged = listOf([PLATFORM_CERTIFICATE], 'TEST-ONLY-apiv3-key-of-another-m');
    const { merchant, told } = await merchantAt(sends(byCertificate(forged), forged));
    await expect(merchant.download(1_000)).rejects.toMatchObject({
      code: 'CERTIFICATES_INVALID',
      message:
        'The list of platform certificates cannot be used: data[0]: the tag does not match: altered, or encrypted under another APIv3 key.',
    });
    expect(told).toEqual([]);
  });

  test.each([
    ['is not signed', {}, 'header_missing'],
    ['was altered after it was signed', byCertificate(`${list} `), 'signature_wrong'],
    [
      'is signed by a certificate that is not in it',
      { ...byCertificate(list), 'wechatpay-serial': 'AB' },
      'serial_unknown',
    ],
    [
      'was signed 301 s ago',
      signedHeaders(list, { serial: PLATFORM_SERIAL, key: PLATFORM_PRIVATE_KEY, timestamp: NOW_S - 301 }),
      'timestamp_outside_window',
    ],
  ])('that %s is refused', async (_, headers, fault) => {
    const { merchant } = await merchantAt(sends(headers), {
      renew: async () => Promise.reject(new Error('never')),
    });
    await expect(merchant.download(1_000)).rejects.toMatchObject({
      code: 'ANSWER_UNVERIFIED',
      data: { fault },
    });
  });

  test('that WeChat Pay does not give says what to do', async () => {
    const body = '{"code":"RESOURCE_NOT_EXISTS","message":"无可用的平台证书"}';
    const { merchant } = await merchantAt((_, response) => answer(response, 404, body));
    await expect(merchant.download(1_000)).rejects.toMatchObject({
      code: 'CERTIFICATES_INVALID',
      data: { status: 404 },
      message:
        `WeChat Pay did not list its platform certificates (404 ${body}). ` +
        'If this merchant has none any more, take platform_certificates out of its …/verify secret.',
    });
  });

  test('that WeChat Pay does not give, with a long page of words, is told of in short', async () => {
    const { merchant } = await merchantAt((_, response) => answer(response, 404, 'x'.repeat(300)));
    await expect(merchant.download(1_000)).rejects.toMatchObject({
      message: expect.stringContaining(`(404 ${'x'.repeat(256)}…)`) as string,
    });
  });

  test('that does not come is told as any other answer that did not', async () => {
    const { merchant } = await merchantAt(({ url }, response) => response.destroy(new Error(url)));
    await expect(merchant.download(0)).rejects.toMatchObject({
      code: expect.stringMatching(/^NO/) as string,
    });
  });
});

test('no other answer is verified with certificates that it brings itself', async () => {
  const list = listOf([PLATFORM_CERTIFICATE]);
  const { merchant } = await merchantAt((_, response) =>
    response.writeHead(200, byCertificate(list)).end(list),
  );
  expect(await merchant.query(REF, LIMITS)).toMatchObject({ kind: 'unanswered', because: 'unverified' });
});

test('certificates that were taken are asked for and verify, and are told of with their dates', async () => {
  const { server, merchant, told } = await merchantAt((_, response) =>
    response.writeHead(204, byCertificate('')).end(),
  );
  merchant.adopt(listOf([PLATFORM_CERTIFICATE]));
  expect(merchant.facts).toMatchObject({
    signing: [{ serial_no: '4A1B2C3D4E5F60718293A4B5C6D7E8F901234567' }],
    public_keys: [],
    uses_certificates: true,
    platform_certificates: [
      {
        serial_no: PLATFORM_SERIAL,
        valid_from: Date.parse('2020-01-01T00:00:00Z'),
        valid_to: Date.parse('2120-01-01T00:00:00Z'),
      },
    ],
  });
  expect(merchant.mchid).toBe('1900009191');
  expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual({ kind: 'accepted' });
  expect(server.arrivals[0]?.headers['wechatpay-serial']).toBe(PLATFORM_SERIAL);
  expect(told).toEqual([['verified', 'certificate', 0]]);
});

test('a list that cannot be used leaves the one before in use', async () => {
  const { merchant } = await merchantAt((_, response) => response.end());
  merchant.adopt(listOf([PLATFORM_CERTIFICATE]));
  expect(() => merchant.adopt('{}')).toThrow('data is not a list');
  expect(merchant.facts.platform_certificates).toHaveLength(1);
});

describe('an answer signed by a certificate that is not known', () => {
  const unknown: Handler = (_, response) => response.writeHead(204, byCertificate('')).end();

  test('is verified once the certificate is here, and nothing is sent twice', async () => {
    const given: unknown[] = [];
    const { server, merchant } = await merchantAt(unknown, {
      renew: async (of, timeoutMs) => {
        given.push(timeoutMs);
        of.adopt(listOf([PLATFORM_CERTIFICATE]));
        return true;
      },
    });
    expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual({ kind: 'accepted' });
    expect(server.arrivals).toHaveLength(1);
    // What is left of the call's own time, by a clock that stands still.
    expect(given).toEqual([1_000]);
  });

  test.each([
    ['there is nothing newer', false],
    ['what is newer does not have it either', true],
  ])('stays unverified when %s', async (_, renewed) => {
    const { merchant, told } = await merchantAt(unknown, { renew: async () => renewed });
    expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual({
      kind: 'unknown',
      because: 'unverified',
    });
    expect(told).toEqual([['unsigned', false]]);
  });
});

test('nothing is fetched for an answer whose key is known, whatever its signature', async () => {
  let fetched = 0;
  const { merchant } = await merchantAt(
    ({ url }, response) =>
      response.writeHead(204, signedHeaders(url.includes('/A/') ? '' : 'of something else')).end(),
    { publicKeys: PUBLIC_KEYS, renew: async () => Boolean((fetched += 1)) },
  );
  expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual({ kind: 'accepted' });
  const wrong = await merchant.collect({ ...REF, out_order_no: 'B' } as OrderRef, PAY_LIMITS);
  expect(wrong.outcome).toEqual({ kind: 'unknown', because: 'unverified' });
  expect(fetched).toBe(0);
});

describe('a merchant whose answers nobody watches', () => {
  const unwatched = async (handler: Handler, next: readonly CertifiedKey[] = []) => {
    const server = await serve(handler);
    return Merchant.of(
      {
        mchid: MCHID,
        publicKeys: PUBLIC_KEYS,
        platformCertificates: true,
        apiv3Key: parseApiv3Key(APIV3_KEY),
        signingKeys: [MERCHANT_KEY, ...next],
      },
      { transport: transportTo(server.url), now: () => NOW_MS },
    );
  };

  test.each([
    ['signed by a known key', () => signedHeaders(''), { kind: 'accepted' }],
    [
      'signed by a key that is not known',
      () => byCertificate(''),
      { kind: 'unknown', because: 'unverified' },
    ],
    [
      'signed too long ago',
      () => signedHeaders('', { timestamp: NOW_S - 301 }),
      { kind: 'unknown', because: 'unverified' },
    ],
  ])('is called all the same, with an answer that is %s', async (_, headers, outcome) => {
    const merchant = await unwatched((_request, response) => response.writeHead(204, headers()).end());
    expect((await merchant.collect(REF, PAY_LIMITS)).outcome).toEqual(outcome);
  });

  test('changes to another signing key all the same', async () => {
    const refusesFirst: Handler = ({ headers }, response) =>
      credentialsOf(headers.authorization)['serial_no'] === MERCHANT_KEY.serial_no
        ? answer(response, 401, '{}')
        : answer(response, 200, '{"out_order_no":"A"}');
    const merchant = await unwatched(refusesFirst, [{ ...MERCHANT_KEY, serial_no: '00FF' }]);
    expect(await merchant.query(REF, LIMITS)).toMatchObject({ because: 'unreadable' });
  });
});

describe('the difference between our clock and WeChat Pay’s', () => {
  test.each([
    [NOW_S - 61, ['verified', 'public_key', 61_000]],
    [NOW_S + 5, ['verified', 'public_key', -5_000]],
    [NOW_S - 301, ['outsideWindow', 301_000]],
    [NOW_S + 301, ['outsideWindow', -301_000]],
  ])('of an answer signed at %i is told', async (timestamp, expected) => {
    const { merchant, told } = await merchantAt(
      (_, response) => response.writeHead(204, signedHeaders('', { timestamp })).end(),
      { publicKeys: PUBLIC_KEYS },
    );
    await merchant.collect(REF, PAY_LIMITS);
    expect(told).toEqual([expected]);
  });

  test('is not told of an answer that somebody else signed', async () => {
    const { merchant, told } = await merchantAt(
      (_, response) => response.writeHead(204, signedHeaders('x', { timestamp: NOW_S - 301 })).end(),
      { publicKeys: PUBLIC_KEYS },
    );
    await merchant.collect(REF, PAY_LIMITS);
    expect(told).toEqual([['unsigned', false]]);
  });
});

describe('an answer without a signature that holds', () => {
  const { 'wechatpay-signature': right } = signedHeaders('');
  const signed = (signature: string | undefined) => ({
    ...signedHeaders(''),
    ...(signature === undefined ? {} : { 'wechatpay-signature': signature }),
  });

  test.each([
    ['that has none', {}, false],
    ['whose signature is of something else', signedHeaders('other'), false],
    ['that says it is a probe', signed(`WECHATPAY/SIGNTEST/${right}`), true],
    ['that only speaks of probes', signed(`x${right}WECHATPAY/SIGNTEST/`), false],
  ])('%s is told, and whether it is a probe', async (_what, headers, probe) => {
    const { merchant, told } = await merchantAt((_, response) => response.writeHead(204, headers).end(), {
      publicKeys: PUBLIC_KEYS,
    });
    const { outcome } = await merchant.collect(REF, PAY_LIMITS);
    expect(outcome).toEqual({ kind: 'unknown', because: 'unverified' });
    expect(told).toEqual([['unsigned', probe]]);
  });
});
