import { Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
import { createApiCertificate, startWechatPay } from '../../../local/wechatpay/index';
import {
  APIV3_KEY,
  call,
  drawKeys,
  gist,
  type Keys,
  MCHID,
  openWorld,
  order,
  pay,
  query,
  send,
  SERVICE_ID,
  SUB_MCHID,
  type World,
} from './caller';

const SIGN_ERROR = '401 SIGN_ERROR 270924332';
const PROTOCOL = '400 INVALID_REQUEST 268435464';
const PAY_PATH = '/v3/payscore/partner/serviceorder/ORDER1/pay';

let keys: Keys;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  world = await openWorld(keys);
  world.simulator.addOrder(order());
});
afterEach(() => world.simulator.close());

const lastRequest = () => world.simulator.requests.at(-1);

describe('what a signature must be', () => {
  test('a request signed by the npm package is accepted, and recorded with the text that was verified', async () => {
    expect(gist(await query(world))).toBe('200');
    expect(lastRequest()?.signature.verdict).toBe('valid');
    expect(lastRequest()?.signature.message).toMatch(
      /^GET\n\/v3\/payscore\/partner\/serviceorder\?service_id=.*&out_order_no=ORDER1\n1772337600\n\w{32}\n\n$/,
    );
  });

  test('an unsigned request is refused', async () => {
    expect(gist(await query(world, {}, { headers: { Authorization: undefined } }))).toBe(SIGN_ERROR);
    expect(lastRequest()?.signature.verdict).toBe('missing');
  });

  test.each([
    ['another scheme', 'Bearer abc'],
    ['a missing item', `WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="2",timestamp="3",serial_no="4"`],
    [
      'an item twice',
      `WECHATPAY2-SHA256-RSA2048 mchid="1",mchid="1",nonce_str="2",timestamp="3",signature="5"`,
    ],
    ['no quotes', `WECHATPAY2-SHA256-RSA2048 mchid=1,nonce_str=2,timestamp=3,serial_no=4,signature=5`],
    [
      'a timestamp in letters',
      `WECHATPAY2-SHA256-RSA2048 mchid="1",nonce_str="2",timestamp="x",serial_no="4",signature="5"`,
    ],
  ])('an Authorization with %s is refused as malformed', async (_what, Authorization) => {
    expect(gist(await query(world, {}, { headers: { Authorization } }))).toBe(SIGN_ERROR);
    expect(lastRequest()?.signature.verdict).toBe('malformed');
  });

  test('the five items may come in any order', async () => {
    const nonce = Formatter.nonce();
    const path = '/v3/certificates';
    const message = Formatter.request('GET', path, 1772337600, nonce);
    const signature = Rsa.sign(message, Rsa.from(keys.api.private_key, Rsa.KEY_TYPE_PRIVATE));
    const Authorization = `WECHATPAY2-SHA256-RSA2048 signature="${signature}", timestamp="1772337600",serial_no="${keys.api.serial_no}",nonce_str="${nonce}",mchid="${MCHID}"`;
    expect((await call(world, { path, headers: { Authorization } })).status).toBe(200);
  });

  test('an unknown merchant number and an unknown serial number are refused', async () => {
    expect(gist(await query(world, {}, { mchid: '1900000002' }))).toBe(SIGN_ERROR);
    expect(lastRequest()?.signature.verdict).toBe('unknown_merchant');
    expect(gist(await query(world, {}, { serial_no: 'A'.repeat(40) }))).toBe(SIGN_ERROR);
    expect(lastRequest()?.signature.verdict).toBe('unknown_serial');
  });

  test.each([
    [-300, '200'],
    [300, '200'],
    [-301, SIGN_ERROR],
    [301, SIGN_ERROR],
  ])('a timestamp %d s off gives %s', async (offS, expected) => {
    expect(gist(await query(world, {}, { timestampS: 1772337600 + offS }))).toBe(expected);
  });

  test.each([
    ['method', { method: 'GET' }],
    ['path', { path: '/v3/payscore/partner/serviceorder/ORDER2/pay' }],
    ['body', { body: `{"service_id":"${SERVICE_ID}","sub_mchid":"1900000110"}` }],
  ])('a signature over another %s does not match, and nothing is done', async (_what, signed) => {
    const refused = await pay(world, 'ORDER1', { signed });
    expect(gist(refused)).toBe(SIGN_ERROR);
    expect(lastRequest()?.signature.verdict).toBe('mismatch');
    expect(world.simulator.books()[0]?.payCalls).toEqual({ received: 0, processed: 0 });
  });

  test('a SIGN_ERROR echoes what was verified, so that the caller can compare', async () => {
    const refused = await pay(world, 'ORDER1', { signed: { path: '/elsewhere' } });
    expect(refused.json).toMatchObject({
      code: 'SIGN_ERROR',
      detail: {
        field: 'signature',
        issue: 'sign not match',
        sign_information: {
          method: 'POST',
          url: PAY_PATH,
          truncated_sign_message: expect.stringMatching(
            /^POST\n\/v3\/payscore\/partner\/serviceorder\/ORDER1\/pay\n/,
          ),
          sign_message_length: lastRequest()?.signature.message.length,
        },
      },
    });
  });

  test('two API certificates of one merchant are accepted side by side', async () => {
    const next = await createApiCertificate(MCHID);
    await world.simulator.close();
    world = await openWorld(keys, {}, { certificates: [keys.api, next] });
    expect((await call(world, { path: '/v3/certificates' })).status).toBe(200);
    world = { ...world, keys: { ...keys, api: next } };
    expect((await call(world, { path: '/v3/certificates' })).status).toBe(200);
  });

  test('the body is signed byte for byte, Chinese included', async () => {
    const body = JSON.stringify({ sub_mchid: SUB_MCHID, reason: '用户投诉' });
    const sent = await call(world, { method: 'POST', path: PAY_PATH.replace(/pay$/, 'cancel'), body });
    expect(gist(sent)).toBe('204');
  });
});

describe('what an order number in the path must be', () => {
  test('| and * travel percent-encoded or not, and are decoded once', async () => {
    world.simulator.addOrder(order({ out_order_no: 'a|b*c_-1' }));
    expect(gist(await pay(world, 'a|b*c_-1'))).toBe('204');
    expect(lastRequest()?.url).toBe('/v3/payscore/partner/serviceorder/a%7Cb*c_-1/pay');
    expect(world.simulator.order(MCHID, SUB_MCHID, 'a|b*c_-1')?.state).toBe('DONE');
  });

  test.each([
    ['encoded twice', 'a%257Cb'],
    ['with a slash', 'a%2Fb'],
    ['longer than 32', 'x'.repeat(33)],
    ['empty', ''],
    ['with malformed encoding', '%E4%B8'],
    ['with a lone percent sign', '%'],
  ])('one %s is a PARAM_ERROR', async (_what, raw) => {
    const path = `/v3/payscore/partner/serviceorder/${raw}/pay`;
    const refused = await call(world, { method: 'POST', path, body: `{"sub_mchid":"${SUB_MCHID}"}` });
    expect(gist(refused)).toBe('400 PARAM_ERROR 268435464');
  });
});

describe('interface rules', () => {
  test.each(['User-Agent', 'Accept'])('a request without %s is refused', async (name) => {
    const refused = await query(world, {}, { headers: { [name]: undefined } });
    expect(gist(refused)).toBe(PROTOCOL);
    expect(refused.json).toMatchObject({ detail: { field: name, location: 'header' } });
  });

  test('a body that is not said to be JSON is refused', async () => {
    expect(gist(await pay(world, 'ORDER1', { headers: { 'Content-Type': 'text/plain' } }))).toBe(PROTOCOL);
  });

  test('characters of four bytes are refused', async () => {
    const body = JSON.stringify({ sub_mchid: SUB_MCHID, attach: '😀' });
    expect(gist(await call(world, { method: 'POST', path: PAY_PATH, body }))).toBe(PROTOCOL);
  });

  test.each(['', '{', '[]', 'null', '"text"'])('the body %j is a PARAM_ERROR', async (body) => {
    expect(gist(await call(world, { method: 'POST', path: PAY_PATH, body }))).toBe(
      '400 PARAM_ERROR 268435464',
    );
  });

  test.each([
    ['missing', {}],
    ['a number', { sub_mchid: 1900000109 }],
    ['too long', { sub_mchid: 'x'.repeat(33) }],
  ])('a sub_mchid that is %s is a PARAM_ERROR that points at it', async (_what, fields) => {
    const refused = await call(world, { method: 'POST', path: PAY_PATH, body: JSON.stringify(fields) });
    expect(gist(refused)).toBe('400 PARAM_ERROR 268435464');
    expect(refused.json).toMatchObject({ detail: { field: '/sub_mchid', location: 'body' } });
  });

  test('bytes that are no UTF-8 never match their signature', async () => {
    const body = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
    expect(gist(await call(world, { method: 'POST', path: PAY_PATH, body, signed: { body: '{}' } }))).toBe(
      SIGN_ERROR,
    );
  });

  test('an oversized body is refused and the simulator lives on', async () => {
    const body = JSON.stringify({ sub_mchid: SUB_MCHID, attach: 'x'.repeat(100_000) });
    expect(gist(await call(world, { method: 'POST', path: PAY_PATH, body }))).toBe(
      '413 INVALID_REQUEST 268435464',
    );
    expect(gist(await query(world))).toBe('200');
  });

  test('unknown fields are tolerated, as WeChat Pay tolerates the appid some clients send', async () => {
    const body = JSON.stringify({ sub_mchid: SUB_MCHID, appid: 'wx1', other: [1] });
    expect(gist(await call(world, { method: 'POST', path: PAY_PATH, body }))).toBe('204');
  });

  test.each([
    ['GET', '/'],
    ['GET', '/v3/payscore/partner/serviceorder/ORDER1/pay'],
    ['POST', '/v3/payscore/partner/serviceorder/ORDER1/complete'],
    ['DELETE', '/v3/certificates'],
  ])('%s %s is a 404 that is not ORDER_NOT_EXIST', async (method, path) => {
    expect(gist(await call(world, { method, path }))).toBe('404 NOT_FOUND 268435457');
  });

  test('the records are bounded: the oldest are dropped', async () => {
    const simulator = await startWechatPay({
      merchants: [],
      platform: keys.platform,
      maxRecordedRequests: 2,
    });
    for (const path of ['/1', '/2', '/3']) await send(simulator.url, 'GET', path, {}, '');
    expect(simulator.requests.map(({ url }) => url)).toEqual(['/2', '/3']);
    await simulator.close();
  });
});

const start = (merchant: object) =>
  startWechatPay({
    merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [keys.api], ...merchant }],
    platform: keys.platform,
  });

describe('what a simulator is started with', () => {
  test('an APIv3 key that is not 32 bytes is refused', async () => {
    await expect(start({ apiv3_key: 'short' })).rejects.toThrow('apiv3_key must have 32 bytes');
  });

  test('a serial number of another certificate is refused', async () => {
    const certificates = [{ ...keys.api, serial_no: 'A'.repeat(40) }];
    await expect(start({ certificates })).rejects.toThrow(`but the certificate says ${keys.api.serial_no}`);
  });

  test('a port that is taken is refused, and the other one is given back', async () => {
    const port = Number(new URL(world.simulator.url).port);
    const options = { merchants: [], platform: keys.platform };
    await expect(startWechatPay({ ...options, backupPort: port })).rejects.toThrow('EADDRINUSE');
  });
});

test('the npm package as a whole client is served: it signs, is answered, and verifies', async () => {
  const simulator = await startWechatPay({
    merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [keys.api] }],
    platform: keys.platform,
  });
  simulator.addOrder(order());
  const client = new Wechatpay({
    mchid: MCHID,
    serial: keys.api.serial_no,
    privateKey: keys.api.private_key,
    certs: { [keys.platform.public_key_id]: keys.platform.public_key },
    baseURL: simulator.url,
    headers: { 'Wechatpay-Serial': keys.platform.public_key_id },
  });
  const orders = client.chain('v3/payscore/partner/serviceorder');
  const paid = await orders
    .chain('{out_order_no}/pay')
    .post({ service_id: SERVICE_ID, sub_mchid: SUB_MCHID }, { out_order_no: 'ORDER1' });
  expect(paid.status).toBe(204);
  const found = await orders.get({
    params: { service_id: SERVICE_ID, sub_mchid: SUB_MCHID, out_order_no: 'ORDER1' },
  });
  expect(found.data).toMatchObject({ state: 'DONE', collection: { state: 'USER_PAID', paid_amount: 4000 } });
  await simulator.close();
});
