import { createPublicKey } from 'node:crypto';
import https from 'node:https';
import { type Fault } from '../../local/wechatpay';
import { MCHID, MERCHANT_KEY, OTHER_MCHID, PLATFORM } from '../support/keys';
import { pem } from '../wechatpay/support/keys';
import { closedPort, serve, serveBytes, signedHeaders } from '../wechatpay/support/server';
import { ABOUT, check, found, store, wechatPay } from './merchant-checking';
import { certificate } from './merchant-command';

describe('what WeChat Pay refuses is told apart', () => {
  const status = (code: number, error?: string, message?: string): Fault => ({
    kind: 'status',
    status: code,
    ...(error === undefined ? {} : { code: error }),
    ...(message === undefined ? {} : { message }),
  });

  test('a certificate that it does not know for this merchant number', async () => {
    await wechatPay({ certificates: [certificate()] });
    const { status: exit, stdout } = await check();
    expect([exit, found()]).toEqual([1, [['serial_refused']]]);
    expect(stdout).toContain(
      `WeChat Pay has no certificate ${MERCHANT_KEY.serial_no} for merchant number 1900009191`,
    );
  });

  test('a merchant number that it does not know', async () => {
    await wechatPay({ mchid: OTHER_MCHID });
    expect([(await check()).status, found()]).toEqual([1, [['mchid_refused']]]);
  });

  test('a clock that is more than five minutes off', async () => {
    await wechatPay({}, { now: () => Date.now() + 400_000 });
    const { status: exit, stdout } = await check();
    expect([exit, found()]).toEqual([1, [['clock_refused']]]);
    expect(stdout).toContain("this machine's clock is more than 5 minutes off. Set it (NTP).");
  });

  test.each([
    ['a revoked certificate', status(401, 'SIGN_ERROR', '商户证书已作废'), ['certificate_revoked']],
    ['a certificate that ended', status(401, 'SIGN_ERROR', '商户证书已过期'), ['certificate_ended']],
    [
      'a certificate that was replaced',
      status(401, 'SIGN_ERROR', '商户已更换证书,请使用新证书'),
      ['certificate_replaced'],
    ],
    ['a wrong signature', status(401, 'SIGN_ERROR', '签名错误,请检查后再试'), ['signature_refused']],
    ['a 401 without words', status(401), ['signature_refused']],
    ['too many calls', status(429, 'FREQUENCY_LIMITED'), ['throttled']],
    ['a system error', status(500, 'SYSTEM_ERROR'), ['server_error']],
    ['a gateway’s own page', status(502), ['server_error']],
    ['a page that is not WeChat Pay’s', status(403), ['unexpected']],
    ['a redirect', status(302), ['unexpected']],
  ])('%s', async (_, fault, codes) => {
    (await wechatPay()).fault(fault);
    expect([(await check(ABOUT)).status, found()]).toEqual([1, [codes]]);
  });

  test.each([
    ['an order that it does not know', status(404, 'ORDER_NOT_EXIST'), 'order_unknown'],
    ['permissions that are missing', status(403, 'NO_AUTH'), 'no_permission'],
    ['an address that is not open', status(404, 'NOT_FOUND'), 'route_closed'],
    ['parameters', status(400, 'PARAM_ERROR'), 'question_refused'],
  ])('%s, asked about by name: the signature was accepted', async (_, fault, code) => {
    (await wechatPay()).fault(fault);
    expect([(await check(ABOUT)).status, found()]).toEqual([
      1,
      [['signature_accepted', code, 'apiv3_key_not_checked']],
    ]);
  });

  test('anything but the signature is no fault when an order is asked for that nobody has', async () => {
    (await wechatPay()).fault(status(403, 'NO_AUTH'));
    expect([(await check()).status, found()[0]?.[0]]).toEqual([0, 'signature_accepted']);
  });
});

describe('an answer that cannot be verified is explained', () => {
  test('this merchant number is in certificate mode still', async () => {
    await wechatPay({ verification: 'certificate' });
    const { status, stdout } = await check(ABOUT);
    expect([status, found()[0]?.slice(0, 2)]).toEqual([1, ['signature_accepted', 'still_certificate']]);
    expect(stdout).toContain(`WeChat Pay signs with platform certificate ${PLATFORM.serial_no}`);
    expect(stdout).toContain('rotate --platform-certificates on');
  });

  test('another public key is signed with than the one stored', async () => {
    store({ verify: { public_keys: { PUB_KEY_ID_2: PLATFORM.public_key } } });
    await wechatPay();
    const { status, stdout } = await check(ABOUT);
    expect([status, found()[0]?.slice(0, 2)]).toEqual([1, ['signature_accepted', 'public_key_unknown']]);
    expect(stdout).toContain(
      `rotate --public-key-id ${PLATFORM.public_key_id} --public-key pub_key.pem --mchid ${MCHID}`,
    );
  });

  test('a wrong pub_key.pem stands under the right id', async () => {
    store({ verify: { public_keys: { [PLATFORM.public_key_id]: pem('elliptic-pub') } } });
    expect((await check(ABOUT, ['http://127.0.0.1:1'])).stderr).toContain('is not an RSA key');

    const other = createPublicKey(certificate().certificate).export({ type: 'spki', format: 'pem' });
    store({ verify: { public_keys: { [PLATFORM.public_key_id]: other } } });
    await wechatPay();
    const { status, stdout } = await check(ABOUT);
    expect([status, found()[0]?.slice(0, 2)]).toEqual([1, ['signature_accepted', 'public_key_wrong']]);
    expect(stdout).toContain(`another pub_key.pem stands under this id`);
  });

  test.each([
    ['a probe of WeChat Pay’s own', { kind: 'signtest' }, ['signature_accepted', 'probe']],
    ['no signature', { kind: 'unsigned' }, ['answer_unsigned']],
    ['an altered body', { kind: 'altered_body' }, ['signature_accepted', 'public_key_wrong']],
    ['an old time', { kind: 'stale_timestamp', seconds: 400 }, ['signature_accepted', 'answer_late']],
  ] satisfies [string, Fault, string[]][])('%s', async (_, fault, codes) => {
    (await wechatPay()).fault(fault);
    const { status } = await check(ABOUT);
    expect([status, found()[0]?.filter((code) => code !== 'apiv3_key_not_checked')]).toEqual([1, codes]);
  });

  test('another scheme, or a clock that differs: what the answer’s own headers say', async () => {
    const server = await serve((_, response) => {
      const date = new Date(Date.now() + 100_000).toUTCString();
      const headers = signedHeaders('{}', { timestamp: Math.floor(Date.now() / 1000) });
      response.writeHead(200, { ...headers, 'wechatpay-signature-type': 'WECHATPAY2-SM2-WITH-SM3', date });
      response.end('{}');
    });
    const { status, stdout } = await check(ABOUT, [server.url]);
    expect([status, found()]).toEqual([
      1,
      [['signature_accepted', 'answer_scheme', 'apiv3_key_not_checked', 'clock_off']],
    ]);
    expect(stdout).toMatch(
      /warning +This machine's clock is (99|100)\.\d s behind WeChat Pay's; 5 minutes is the end/,
    );
  });
});

describe('no answer at all is explained', () => {
  test.each([
    ['a name that does not resolve', ['https://wechatpay.invalid'], 'dns'],
    ['nobody listening', ['http://127.0.0.1:1'], 'connection'],
  ])('%s', async (_, hosts, code) => {
    const { status, stdout } = await check([], hosts);
    expect([status, found()]).toEqual([1, [[code]]]);
    expect(stdout).toContain('The keys do not work yet');
  });

  test('a server whose certificate nobody vouches for, and one that speaks no TLS', async () => {
    const server = https.createServer({ key: pem('localhost-key'), cert: pem('localhost-cert') });
    server.on('tlsClientError', () => undefined);
    const { port } = await serve((_, response) => response.end(), server);
    expect([(await check([], [`https://localhost:${port}`])).status, found()]).toEqual([1, [['tls']]]);

    const plain = await serveBytes((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect([(await check([], [`https://localhost:${plain.port}`])).status, found()]).toEqual([1, [['tls']]]);
  });

  test('an answer that ends in the middle', async () => {
    (await wechatPay()).fault({ kind: 'truncated_body' });
    expect([(await check(ABOUT)).status, found()]).toEqual([1, [['no_answer']]]);
  });

  test('the backup host is used when the main one is not there', async () => {
    const { url } = await wechatPay();
    const closed = `http://127.0.0.1:${await closedPort()}`;
    expect([(await check(ABOUT, [closed, url])).status, found()[0]?.[0]]).toEqual([0, 'signature_accepted']);
  });
});

test('what WeChat Pay says is printed without anything that moves the cursor', async () => {
  (await wechatPay()).fault({
    kind: 'status',
    status: 403,
    code: 'NO_AUTH',
    message: '\u001B[2J无权限\u0007',
  });
  const { stdout } = await check();
  expect(stdout).toContain('403 NO_AUTH [2J无权限,');
});
