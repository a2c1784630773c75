import { inspect } from 'node:util';
import { createPrivateKey } from 'node:crypto';
import { Payscore } from '../../lambda/wechatpay/payscore';
import { decrypt, parseApiv3Key } from '../../lambda/wechatpay/decrypt';
import { parsePrivateKey, parsePublicKey, signingKey } from '../../lambda/wechatpay/keys';
import { RequestSigner } from '../../lambda/wechatpay/sign';
import { clientTo, closeTransports } from './support/client';
import { MCHID, MERCHANT_KEY, MERCHANT_SERIAL, pem } from './support/keys';
import { answer, closedPort, closeServers, serve } from './support/server';

const APIV3_KEY = 'TEST-ONLY-apiv3-key-of-32-bytes!';
const PRIVATE_PEM = pem('merchant-key');
const JWK = createPrivateKey(PRIVATE_PEM).export({ format: 'jwk' });

/** Every spelling in which the key could come out: lines of the PEM, its numbers, its bytes. */
const SECRETS = [
  'PRIVATE KEY',
  ...PRIVATE_PEM.split('\n').filter((line) => line.length === 64),
  ...[JWK.d, JWK.p, JWK.q].map((number) => String(number).slice(0, 40)),
  ...[JWK.d, JWK.p, JWK.q].map((number) =>
    Buffer.from(String(number), 'base64url').toString('hex').slice(0, 40),
  ),
  APIV3_KEY,
  Buffer.from(APIV3_KEY).toString('hex'),
  Buffer.from(APIV3_KEY).toString('base64'),
];

/** Everything a log could make of it. */
function printed(thing: unknown): string {
  const shown = inspect(thing, { depth: Infinity, showHidden: true, getters: true, maxStringLength: null });
  const error = thing instanceof Error ? `${thing.message}\n${thing.stack}\n${String(thing.cause)}` : '';
  return `${shown}\n${error}\n${JSON.stringify(thing, withoutCycles())}`;
}

function withoutCycles(): (key: string, value: unknown) => unknown {
  const seen = new Set<unknown>();
  return (_, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (seen.has(value)) return '(again)';
    seen.add(value);
    return value;
  };
}

function secretsIn(thing: unknown): string[] {
  const text = printed(thing);
  return SECRETS.filter((secret) => text.includes(secret));
}

afterEach(async () => {
  closeTransports();
  await closeServers();
});

test('this test would see a key that leaks', () => {
  expect(SECRETS.length).toBeGreaterThan(30);
  expect(secretsIn(new Error(PRIVATE_PEM))).toContain('PRIVATE KEY');
  expect(secretsIn({ key: createPrivateKey(PRIVATE_PEM).export({ format: 'jwk' }) })).not.toEqual([]);
  expect(secretsIn({ deep: { deeper: { key: APIV3_KEY } } })).toEqual([APIV3_KEY]);
});

test('no printing of a client, a signer or a call shows key material', async () => {
  const server = await serve((_, response) => answer(response, 204));
  const wxpay = clientTo(server.url);
  const { pay } = wxpay.v3.payscore.partner.serviceorder._out_order_no_;
  const response = await pay({ service_id: '1', sub_mchid: '2' }, { out_order_no: 'A' });
  expect(secretsIn(wxpay)).toEqual([]);
  expect(secretsIn(new Payscore(wxpay))).toEqual([]);
  expect(secretsIn(new RequestSigner(MCHID, MERCHANT_KEY))).toEqual([]);
  expect(secretsIn(parseApiv3Key(APIV3_KEY))).toEqual([]);
  expect(secretsIn(response)).toEqual([]);
});

test('no error of a call shows key material', async () => {
  const declined = await serve((_, response) => answer(response, 403, '{"code":"TRADE_ERROR"}'));
  const unsigned = await serve((_, response) => response.writeHead(204).end());
  const silent = await serve((_, response) => response.destroy());
  const hosts = [declined.url, unsigned.url, silent.url, `http://127.0.0.1:${await closedPort()}`];
  const errors = await Promise.all(
    hosts.map(async (host) => {
      const { pay } = clientTo(host).v3.payscore.partner.serviceorder._out_order_no_;
      return pay({ service_id: '1', sub_mchid: '2' }, { out_order_no: 'A' }).catch((error: unknown) => error);
    }),
  );
  expect(errors.map((error) => (error as { code?: string }).code)).toEqual([
    'ERR_BAD_REQUEST',
    'ANSWER_UNVERIFIED',
    'NO_ANSWER',
    'NOT_SENT',
  ]);
  expect(errors.flatMap(secretsIn)).toEqual([]);
});

test('no refusal of a key quotes it, whatever is wrong with it', () => {
  const given = { serial_no: MERCHANT_SERIAL, private_key: PRIVATE_PEM, certificate: pem('merchant-cert') };
  const attempts = [
    () => parsePrivateKey(PRIVATE_PEM.replace('BEGIN', 'BEGlN'), 'private_key'),
    () => parsePrivateKey(PRIVATE_PEM.slice(0, 900), 'private_key'),
    () => parsePrivateKey(PRIVATE_PEM.replaceAll('\n', '\\n'), 'private_key'),
    () => parsePublicKey(PRIVATE_PEM, 'public_keys'),
    () => signingKey({ ...given, certificate: PRIVATE_PEM }),
    () => signingKey({ ...given, certificate: pem('platform-cert') }),
    () => signingKey({ ...given, serial_no: PRIVATE_PEM }),
    () => parseApiv3Key(`${APIV3_KEY}x`),
    () =>
      decrypt(
        { algorithm: 'AEAD_AES_256_GCM', nonce: '012345678901', ciphertext: 'A'.repeat(64) },
        parseApiv3Key(APIV3_KEY),
      ),
  ];
  const errors = attempts.map((attempt) => {
    try {
      return attempt();
    } catch (error) {
      return error;
    }
  });
  expect(errors.map((error) => (error as { name?: string }).name)).toEqual(Array(9).fill('PayscoreError'));
  expect(errors.flatMap(secretsIn)).toEqual([]);
});
