import { deepStrictEqual } from 'node:assert';
import type { OrderRef } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import { MCHID, OTHER_MCHID } from '../support/keys';
import {
  BY_CERTIFICATE,
  BY_PUBLIC_KEY,
  deliver,
  envelopeOf,
  headersOf,
  resourceOf,
} from '../support/notifications';
import { DAY, HOUR, MINUTE, SECOND, startWorld, type World } from '../support/world';
import { keptRow, newInstance, paidBody, pendingOrder, send } from './support';

let world: World;
let ref: OrderRef;
let before: Order;

beforeAll(async () => {
  world = await startWorld();
  ref = await pendingOrder(world);
  before = await world.ledger(ref);
});
afterAll(async () => world.close());

/** Whatever was sent, the order that it speaks of is as it was, byte for byte. */
afterEach(async () => {
  deepStrictEqual(await world.ledger(ref), before);
  deepStrictEqual(world.faults, []);
});

const WRONG = { serial: BY_PUBLIC_KEY.serial, key: BY_CERTIFICATE.key };

const UNVERIFIED = {
  status: 401,
  code: 'FAIL',
  text: '{"code":"FAIL","message":"The signature does not prove that WeChat Pay sent this, lately."}',
};

describe('what WeChat Pay did not sign', () => {
  test('forged: signed by somebody else under the serial of WeChat Pay', async () => {
    const by = { serial: BY_PUBLIC_KEY.serial, key: BY_CERTIFICATE.key };
    expect(await send(world, paidBody(world, ref), { by })).toMatchObject(UNVERIFIED);
  });

  test('a probe (探测流量) fails like any other, and the right one that follows does not', async () => {
    const body = paidBody(world, ref);
    const signature = headersOf(body, { at: world.clock.now() })['wechatpay-signature'] ?? '';
    const headers = { 'wechatpay-signature': `WECHATPAY/SIGNTEST/${signature}` };
    expect(await send(world, body, { headers })).toMatchObject(UNVERIFIED);
    const probed = await pendingOrder(world);
    expect(await send(world, paidBody(world, probed), { headers })).toMatchObject(UNVERIFIED);
    expect(await send(world, paidBody(world, probed))).toMatchObject({ status: 204 });
    expect(await world.ledger(probed)).toMatchObject({ status: 'paid' });
  });

  test.each(['wechatpay-serial', 'wechatpay-signature', 'wechatpay-timestamp', 'wechatpay-nonce'])(
    '%s is missing, empty, or there twice',
    async (name) => {
      const body = paidBody(world, ref);
      const value = headersOf(body, { at: world.clock.now() })[name] ?? '';
      for (const given of [undefined, '', [value, value], [value, 'x']])
        expect(await send(world, body, { headers: { [name]: given } })).toMatchObject(UNVERIFIED);
    },
  );

  test('a Signature-Type of another algorithm, or there twice', async () => {
    const body = paidBody(world, ref);
    const ours = 'WECHATPAY2-SHA256-RSA2048';
    for (const type of ['WECHATPAY2-SM2-WITH-SM3', [ours, ours]])
      expect(await send(world, body, { headers: { 'wechatpay-signature-type': type } })).toMatchObject(
        UNVERIFIED,
      );
  });

  test('a signature header repeated as another kind of header does not count', async () => {
    const body = paidBody(world, ref);
    const { 'wechatpay-signature': signature = '' } = headersOf(body, { at: world.clock.now() });
    const headers = { 'wechatpay-signature': undefined, cookie: `wechatpay-signature=${signature}` };
    expect(await send(world, body, { headers })).toMatchObject(UNVERIFIED);
  });

  test.each([
    ['written again by a framework', (body: string) => JSON.stringify(JSON.parse(body), undefined, 2)],
    ['cut off', (body: string) => body.slice(0, body.length / 2)],
    ['without its last byte', (body: string) => body.slice(0, -1)],
    ['with a line feed more', (body: string) => `${body}\n`],
    ['empty', () => ''],
    ['another one', () => '{}'],
  ])('the body is %s', async (_, change) => {
    const body = paidBody(world, ref);
    expect(await send(world, body, { body: change(body) })).toMatchObject(UNVERIFIED);
  });

  test('the signature of one notification does not carry another one', async () => {
    const other = await pendingOrder(world);
    const body = paidBody(world, other);
    expect(await send(world, body, { body: paidBody(world, ref) })).toMatchObject(UNVERIFIED);
  });

  test('one bit of the ciphertext is another', async () => {
    const body = paidBody(world, ref);
    const flipped = Buffer.from(body);
    const at = body.indexOf('"ciphertext":"') + 20;
    flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
    expect(await send(world, body, { body: flipped })).toMatchObject(UNVERIFIED);
  });

  test('signed in the future', async () => {
    const signedAt = world.clock.now() + 301 * SECOND;
    expect(await send(world, paidBody(world, ref), { signedAt })).toMatchObject(UNVERIFIED);
  });

  test('an old one under a new time', async () => {
    const body = paidBody(world, ref);
    const headers = headersOf(body, { at: world.clock.now() - DAY });
    const now = String(world.clock.now() / SECOND);
    const url = `${world.notifications.url}/${MCHID}`;
    expect(await deliver(url, { ...headers, 'wechatpay-timestamp': now }, body)).toMatchObject(UNVERIFIED);
  });
});

describe('another merchant’s', () => {
  test('at this merchant’s address is refused, even where both have the same keys', async () => {
    const theirs = world.order({ mchid: OTHER_MCHID, out_order_no: ref.out_order_no });
    await world.register(theirs);
    const row = await world.ledger(theirs);
    expect(await send(world, paidBody(world, theirs), { mchid: MCHID })).toMatchObject({
      status: 400,
      text: '{"code":"FAIL","message":"The order is not of the merchant that the address names."}',
    });
    expect(await world.ledger(theirs)).toEqual(row);
  });

  test('with this merchant’s number at another merchant’s address', async () => {
    expect(await send(world, paidBody(world, ref), { mchid: OTHER_MCHID })).toMatchObject({
      status: 400,
      code: 'FAIL',
    });
  });

  test('that names one merchant as mchid and another as sp_mchid', async () => {
    const resource = { ...resourceOf(ref), sp_mchid: OTHER_MCHID };
    const body = envelopeOf(resource, { createdAt: world.clock.now() });
    expect(await send(world, body)).toMatchObject({ status: 400, code: 'FAIL' });
  });

  test('the same order number under another sub-merchant is another order', async () => {
    const resource = { ...resourceOf(ref), sub_mchid: '1900000110' };
    const body = envelopeOf(resource, { createdAt: world.clock.now(), id: 'EV-OTHER-SUB' });
    expect(await send(world, body)).toMatchObject({ status: 204 });
    expect(await keptRow(world, 'EV-OTHER-SUB')).toMatchObject({ because: 'unregistered' });
  });
});

describe('signed, and not to be read', () => {
  test.each([
    ['no JSON', 'pay'],
    ['not an envelope', '{"hello":"world"}'],
    ['nothing', ''],
  ])('%s: 400', async (_, body) => {
    expect(await send(world, body)).toMatchObject({
      status: 400,
      text: '{"code":"FAIL","message":"The notification is not of the documented form."}',
    });
  });

  test('an order number that no order can have: 400', async () => {
    const resource = { ...resourceOf(ref), out_order_no: '../../x' };
    expect(await send(world, envelopeOf(resource, { createdAt: world.clock.now() }))).toMatchObject({
      status: 400,
    });
  });

  test('encrypted under another key than ours: 500, for rather ours is wrong', async () => {
    const body = paidBody(world, ref, undefined, { apiv3Key: 'AnotherKeyOf32CharactersLength00' });
    expect(await send(world, body)).toMatchObject({
      status: 500,
      text: '{"code":"FAIL","message":"The resource does not decrypt under the APIv3 key held here."}',
    });
  });
});

describe('the size', () => {
  test('64 KiB are read, one byte more is not', async () => {
    expect(await send(world, 'x'.repeat(65_536))).toMatchObject({ status: 400 });
    expect(await send(world, 'x'.repeat(65_537))).toMatchObject({
      status: 413,
      text: '{"code":"FAIL","message":"The body is too large."}',
    });
  });

  test('counts bytes and not characters, in base64 too', async () => {
    expect(await send(world, '付'.repeat(21_846))).toMatchObject({ status: 413 });
    const headers = { 'content-type': 'application/octet-stream' };
    expect(await send(world, 'x'.repeat(65_537), { headers })).toMatchObject({ status: 413 });
    expect(await send(world, 'x'.repeat(65_536), { headers })).toMatchObject({ status: 400 });
  });
});

describe('a merchant that nobody knows', () => {
  const UNKNOWN = {
    status: 404,
    text: '{"code":"FAIL","message":"The address names no merchant of this service."}',
  };

  test('is looked for once a minute, however often it is named', async () => {
    const calls = world.secrets.calls();
    for (let time = 0; time < 5; time += 1)
      expect(await send(world, paidBody(world, ref), { mchid: '1900009999' })).toMatchObject(UNKNOWN);
    expect(world.secrets.calls() - calls).toBe(1);
    world.clock.forward(MINUTE);
    expect(await send(world, paidBody(world, ref), { mchid: '1900009999' })).toMatchObject(UNKNOWN);
    expect(world.secrets.calls() - calls).toBe(2);
  });

  test.each(['wechatpay-serial', 'wechatpay-signature', 'wechatpay-timestamp', 'wechatpay-nonce'])(
    'is not looked for without %s: nothing could be verified',
    async (name) => {
      const calls = world.secrets.calls();
      for (const given of [undefined, ''])
        expect(
          await send(world, paidBody(world, ref), { mchid: '1900009998', headers: { [name]: given } }),
        ).toMatchObject(UNVERIFIED);
      expect(world.secrets.calls()).toBe(calls);
    },
  );

  test.each(['x', '190000919%2F1', '%2E%2E', '1'.repeat(33), '1900009191%00', '１９'])(
    'is not looked for when it is no merchant number: %s',
    async (mchid) => {
      const calls = world.secrets.calls();
      expect(await send(world, paidBody(world, ref), { mchid: encodeURI(decodeURI(mchid)) })).toMatchObject({
        status: 404,
      });
      expect(world.secrets.calls()).toBe(calls);
    },
  );
});

test('a flood of what anybody can send reads no secret and no order', async () => {
  const calls = world.secrets.calls();
  const by = { serial: BY_PUBLIC_KEY.serial, key: BY_CERTIFICATE.key };
  world.dynamodb.disturb({ kind: 'lost_request', action: 'GetItem', times: 1_000 });
  try {
    for (let time = 0; time < 20; time += 1)
      expect(await send(world, paidBody(world, ref), { by })).toMatchObject(UNVERIFIED);
  } finally {
    world.dynamodb.heal();
  }
  expect(world.secrets.calls() - calls).toBeLessThanOrEqual(1);
});

test('a flood of numbers that nobody has costs 30 questions a minute; merchants that are known do not notice', async () => {
  const fresh = await newInstance(world);
  const to = async (mchid: string) => send(world, paidBody(world, ref), { mchid, url: fresh.url, by: WRONG });
  const flood = async (first: number) => {
    const calls = world.secrets.calls();
    const statuses: number[] = [];
    for (let n = 0; n < 40; n += 1) statuses.push((await to(`77${first + n}`)).status);
    return [statuses.lastIndexOf(404), statuses.indexOf(503), world.secrets.calls() - calls];
  };
  try {
    expect(await to(MCHID)).toMatchObject(UNVERIFIED);
    expect(await flood(100)).toEqual([29, 30, 30]);
    expect(await to('77100')).toMatchObject({ status: 404 });
    expect(await to(MCHID)).toMatchObject(UNVERIFIED);
    expect(await to(OTHER_MCHID)).toMatchObject({ status: 503 });
    world.clock.forward(MINUTE);
    expect(await to(OTHER_MCHID)).toMatchObject(UNVERIFIED);
    expect(await flood(200)).toEqual([29, 30, 30]);
  } finally {
    await fresh.close();
  }
});

test('what is replayed later than it may be does not undo what came after it', async () => {
  const paid = await pendingOrder(world);
  const part = paidBody(world, paid, [{ amount: 30 }]);
  const signedAt = world.clock.now();
  await send(world, part, { signedAt });
  world.clock.forward(MINUTE);
  await send(world, paidBody(world, paid));
  const row = await world.ledger(paid);
  for (const wait of [0, MINUTE, HOUR, DAY]) {
    world.clock.forward(wait);
    expect(await send(world, part, { signedAt })).toMatchObject({ status: 204 });
    expect(await world.ledger(paid)).toEqual(row);
  }
});
