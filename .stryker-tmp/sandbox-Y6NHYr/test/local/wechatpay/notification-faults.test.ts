import { Rsa, Formatter } from 'wechatpay-axios-plugin';
import type { NotificationFault, Simulator } from '../../../local/wechatpay/index';
import {
  drawKeys,
  type Keys,
  MCHID,
  MINUTE_MS,
  NOON_MS,
  openWorld,
  order,
  pay,
  SECOND_MS,
  send,
  SERVICE_ID,
  SUB_MCHID,
  type World,
} from './caller';
import { envelopeOf, opened, openReceiver, type Received, type Receiver, verifiedBy } from './receiver';

const KEY = { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no: 'ORDER1' };
const OTHER = { mchid: '1900000002', apiv3_key: 'another-merchants-apiv3-key-32-b' };

let keys: Keys;
let receiver: Receiver;
let world: World;

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  receiver = await openReceiver();
  const own = { mchid: MCHID, apiv3_key: '0123456789abcdef0123456789ABCDEF', certificates: [keys.api] };
  world = await openWorld(keys, {}, {}, { merchants: [own, { ...OTHER, certificates: [] }] });
  world.simulator.merchant(MCHID).setNotifyUrl(receiver.url);
  world.simulator.addOrder(order());
});
afterEach(async () => {
  await world.simulator.close();
  await receiver.close();
});

const ask = (fault: NotificationFault): void => world.simulator.notificationFault(fault);
const later = (ms: number): void => {
  world.nowMs += ms;
};
/** The order is paid, and what is due a second later is delivered. */
const paid = async (): ReturnType<Simulator['deliverNotifications']> => {
  await pay(world);
  later(SECOND_MS);
  return world.simulator.deliverNotifications();
};
const after = (ms: number): ReturnType<Simulator['deliverNotifications']> => {
  later(ms);
  return world.simulator.deliverNotifications();
};
const signers = () => Promise.all(receiver.received.map((one) => verifiedBy(one, keys)));
const only = (): Received => {
  const [one, ...more] = receiver.received;
  if (one === undefined || more.length > 0) throw new Error(`${receiver.received.length} were received`);
  return one;
};
const ids = () => new Set(receiver.received.map((one) => envelopeOf(one).id));

describe('a notification that', () => {
  test('is lost never comes, by no retry either', async () => {
    ask({ kind: 'lost' });
    expect(await paid()).toMatchObject([{ ...KEY, wrong: 'lost', outcome: { kind: 'lost' } }]);
    expect(await after(2 * 86_400_000)).toEqual([]);
    expect(receiver.received).toEqual([]);
    expect(world.simulator.deliveries).toHaveLength(1);
  });

  test.each([[true], [false]])('is duplicated comes so often with one id, at once: %s', async (at_once) => {
    ask({ kind: 'duplicated', copies: 3, at_once });
    expect(await paid()).toMatchObject(
      Array.from({ length: 3 }, () => ({ wrong: 'duplicated', outcome: { status: 204 } })),
    );
    expect(await signers()).toEqual(['public_key', 'public_key', 'public_key']);
    expect(ids().size).toBe(1);
    expect(await after(MINUTE_MS)).toEqual([]);
  });

  test('is duplicated and refused each time is repeated', async () => {
    ask({ kind: 'duplicated', at_once: false });
    receiver.answers.push(500, 500);
    const [first, second] = await paid();
    expect([first?.retryAtMs, second?.retryAtMs]).toEqual([undefined, world.nowMs + 15 * SECOND_MS]);
  });

  test('is late comes after its retry, signed at the time it was sent', async () => {
    ask({ kind: 'late', delayMs: MINUTE_MS });
    const sentAtMs = NOON_MS + SECOND_MS;
    expect(await paid()).toMatchObject([
      {
        wrong: 'late',
        outcome: { kind: 'on_its_way', untilMs: sentAtMs + MINUTE_MS },
        retryAtMs: sentAtMs + 15 * SECOND_MS,
      },
    ]);
    expect(receiver.received).toEqual([]);
    expect(await after(15 * SECOND_MS)).toMatchObject([{ attempt: 2, outcome: { status: 204 } }]);
    expect(await after(45 * SECOND_MS)).toMatchObject([
      { attempt: 1, wrong: 'late', outcome: { status: 204 } },
    ]);
    const times = receiver.received.map(({ headers }) => Number(headers['wechatpay-timestamp']));
    expect(times).toEqual([sentAtMs / 1000 + 15, sentAtMs / 1000]);
    expect(await signers()).toEqual(['public_key', 'public_key']);
    expect(ids().size).toBe(1);
  });

  test('is late comes after its retry also when both are overdue', async () => {
    ask({ kind: 'late', delayMs: MINUTE_MS });
    await paid();
    expect((await after(86_400_000)).map(({ attempt }) => attempt)).toEqual([2, 1]);
  });

  test('is forged bears the right serial number and somebody else’s signature', async () => {
    ask({ kind: 'forged' });
    receiver.answers.push(401);
    expect(await paid()).toMatchObject([{ wrong: 'forged', signed_by: 'somebody_else' }]);
    expect(only().headers['wechatpay-serial']).toBe(keys.platform.public_key_id);
    expect(opened(only())).toMatchObject({ state: 'DONE' });
    expect(await after(15 * SECOND_MS)).toMatchObject([{ attempt: 2, signed_by: 'public_key' }]);
    expect(await signers()).toEqual(['nobody', 'public_key']);
  });

  test('is preceded by a probe comes twice at once, and the probe’s answer decides nothing', async () => {
    ask({ kind: 'signtest' });
    receiver.answers.push(204, 500);
    expect(await paid()).toMatchObject([
      { wrong: 'probe', outcome: { status: 204 } },
      { wrong: 'signtest', outcome: { status: 500 }, retryAtMs: world.nowMs + 15 * SECOND_MS },
    ]);
    const [probe] = receiver.received;
    expect(probe?.headers['wechatpay-signature']).toMatch(/^WECHATPAY\/SIGNTEST\//);
    expect(await signers()).toEqual(['nobody', 'public_key']);
  });

  test('is re-serialised says the same in other bytes than were signed', async () => {
    ask({ kind: 'reserialised' });
    await paid();
    expect(opened(only())).toMatchObject({ out_order_no: 'ORDER1' });
    expect(await signers()).toEqual(['nobody']);
    const asSigned = { ...only(), body: JSON.stringify(JSON.parse(only().body)) };
    expect(await verifiedBy(asSigned, keys)).toBe('public_key');
  });

  test('is truncated ends in the middle', async () => {
    ask({ kind: 'truncated' });
    await paid();
    expect(() => envelopeOf(only())).toThrow('JSON');
    expect(await signers()).toEqual(['nobody']);
  });

  test('is another tenant’s is well signed, and encrypted under that one’s key', async () => {
    ask({ kind: 'wrong_tenant', mchid: OTHER.mchid });
    await paid();
    expect(await signers()).toEqual(['public_key']);
    expect(() => opened(only())).toThrow('unable to authenticate data');
    expect(opened(only(), OTHER.apiv3_key)).toMatchObject({ mchid: OTHER.mchid, out_order_no: 'ORDER1' });
  });

  test('spells sp_mchid has no mchid, and the transaction beside the collection', async () => {
    ask({ kind: 'sp_mchid' });
    await paid();
    const resource = opened(only());
    expect(resource).toMatchObject({ sp_mchid: MCHID, transaction_id: '4200202603010000000000010001' });
    expect(resource).not.toHaveProperty('mchid');
  });

  test('is stale is well signed, long ago', async () => {
    ask({ kind: 'stale', seconds: 600 });
    await paid();
    expect(only().headers['wechatpay-timestamp']).toBe(String(NOON_MS / 1000 + 1 - 600));
    expect(await signers()).toEqual(['public_key']);
  });
});

describe('a fault is spent on', () => {
  test('the deliveries that it names, in the order in which it was asked for', async () => {
    ask({ kind: 'truncated', on: { out_order_no: 'ORDER2' } });
    ask({ kind: 'truncated', on: { sub_mchid: '1' } });
    ask({ kind: 'truncated', on: { event_type: 'PAYSCORE.USER_CONFIRM' } });
    ask({ kind: 'forged', on: { attempt: 2 } });
    ask({ kind: 'stale', on: KEY_OF.on, times: 2 });
    receiver.answers.push(500, 500, 500, 500);
    const wrong = [(await paid())[0]?.wrong];
    for (const ms of [15, 15, 30]) wrong.push((await after(ms * SECOND_MS))[0]?.wrong);
    expect(wrong).toEqual(['stale', 'forged', 'stale', undefined]);
  });

  test('none any more once they are cleared', async () => {
    ask({ kind: 'lost', times: 'always' });
    world.simulator.clearFaults();
    expect(await paid()).toMatchObject([{ outcome: { status: 204 } }]);
  });

  test.each<[string, object]>([
    ['Invalid discriminator value', { kind: 'eaten' }],
    ['copies', { kind: 'duplicated', copies: 51 }],
    ['delayMs', { kind: 'late', delayMs: 0 }],
    ['seconds', { kind: 'stale', seconds: -1 }],
    ['on.event_type', { kind: 'lost', on: { event_type: 'PAYSCORE.NEWS' } }],
    ['Unrecognized key: "order"', { kind: 'lost', on: { order: '1' } }],
    ['no merchant 7 here', { kind: 'wrong_tenant', mchid: '7' }],
  ])('nothing when it is malformed: %s', (message, fault) => {
    expect(() => ask(fault as NotificationFault)).toThrow(message);
  });

  test('no more than a thousand at a time', () => {
    for (let i = 0; i < 1000; i += 1) ask({ kind: 'lost' });
    expect(() => ask({ kind: 'lost' })).toThrow('1000 faults are the limit');
  });
});

const KEY_OF = { on: { sub_mchid: SUB_MCHID, out_order_no: 'ORDER1' } };

describe('what is sent besides', () => {
  test('a forgery claims that an order was paid which was not, and is sent once', async () => {
    world.simulator.forge(KEY);
    receiver.answers.push(401);
    expect(await world.simulator.deliverNotifications()).toMatchObject([
      { wrong: 'forgery', signed_by: 'somebody_else', outcome: { status: 401 } },
    ]);
    expect(opened(only())).toMatchObject({
      state: 'DONE',
      collection: { state: 'USER_PAID', paid_amount: 4000, details: [{ amount: 4000, paid_type: 'NEWTON' }] },
    });
    expect(await signers()).toEqual(['nobody']);
    expect(world.simulator.orders()).toMatchObject([{ state: 'DOING', paid_amount: 0 }]);
    expect(await after(86_400_000)).toEqual([]);
  });

  test('a permission that a user gave, in the spelling of its own', async () => {
    world.simulator.announce(KEY, 'PAYSCORE.USER_OPEN_SERVICE');
    await world.simulator.deliverNotifications();
    expect(envelopeOf(only()).event_type).toBe('PAYSCORE.USER_OPEN_SERVICE');
    expect(opened(only())).toEqual({
      appid: 'wx0000000000000001',
      mch_id: MCHID,
      sub_mch_id: SUB_MCHID,
      service_id: SERVICE_ID,
      openid: 'o190000010900000000000000000',
      user_service_status: 'USER_OPEN_SERVICE',
      openorclose_time: '20260301120000',
    });
    expect(await signers()).toEqual(['public_key']);
  });

  test('that an order was confirmed, as the order is', async () => {
    world.simulator.addOrder(order({ out_order_no: 'NEW', phase: 'user_confirm' }));
    world.simulator.announce({ ...KEY, out_order_no: 'NEW' }, 'PAYSCORE.USER_CONFIRM');
    await world.simulator.deliverNotifications();
    expect(opened(only())).toMatchObject({ state: 'DOING', state_description: 'USER_CONFIRM' });
  });

  test('nothing of an order that is not there, nor where nobody listens', () => {
    const nobody = { ...KEY, out_order_no: 'NONE' };
    expect(() => world.simulator.forge(nobody)).toThrow('no order 1900000001/1900000109/NONE');
    world.simulator.merchant(MCHID).setNotifyUrl(undefined);
    expect(() => world.simulator.forge(KEY)).toThrow('no notify_url for 1900000001/1900000109/ORDER1');
    expect(() => world.simulator.announce(KEY, 'PAYSCORE.USER_CONFIRM')).toThrow('no notify_url');
  });
});

describe('anyone with curl', () => {
  const drive = (method: string, path: string, body: unknown = '') => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'Content-Length': String(Buffer.byteLength(text)) };
    return send(world.simulator.url, method, `/_simulator${path}`, headers, text);
  };
  const ORDER = `/orders/${MCHID}/${SUB_MCHID}/ORDER1`;

  test('can ask for faults of notifications, have them delivered, and read what came of it', async () => {
    expect((await drive('POST', '/notification-faults', { kind: 'truncated' })).status).toBe(201);
    await pay(world);
    later(SECOND_MS);
    const delivered = await drive('POST', '/notifications/deliver');
    expect(delivered.json).toMatchObject([{ wrong: 'truncated', outcome: { status: 204 } }]);
    expect((await drive('GET', '/notifications')).json).toEqual(delivered.json);
  });

  test('can clear them', async () => {
    await drive('POST', '/notification-faults', { kind: 'lost' });
    await drive('DELETE', '/faults');
    expect(await paid()).toMatchObject([{ outcome: { status: 204 } }]);
  });

  test('can forge, and announce', async () => {
    expect((await drive('POST', `${ORDER}/forge`)).status).toBe(201);
    const event = { event_type: 'PAYSCORE.USER_OPEN_SERVICE' };
    expect((await drive('POST', `${ORDER}/announce`, event)).status).toBe(201);
    await world.simulator.deliverNotifications();
    expect(world.simulator.deliveries.map(({ wrong }) => wrong ?? 'right')).toEqual(
      expect.arrayContaining(['forgery', 'right']),
    );
  });

  test.each([
    ['/notification-faults', { kind: 'eaten' }, 'kind'],
    [`${ORDER}/announce`, '', 'event_type must be one of'],
    [`${ORDER}/announce`, { event_type: 'PAYSCORE.NEWS' }, 'event_type must be one of'],
    [`/orders/1/2/3/forge`, '', 'no order 1/2/3'],
  ])('is told what is wrong with %s %j', async (path, body, message) => {
    const refused = await drive('POST', path, body);
    expect(refused.status).toBe(400);
    expect(refused.body).toContain(message);
  });
});

test('wechatpay-axios-plugin verifies what it signed, too', async () => {
  await paid();
  const { headers, body } = only();
  const text = Formatter.response(
    String(headers['wechatpay-timestamp']),
    String(headers['wechatpay-nonce']),
    body,
  );
  const key = Rsa.from(keys.platform.public_key, Rsa.KEY_TYPE_PUBLIC);
  expect(Rsa.verify(text, String(headers['wechatpay-signature']), key)).toBe(true);
});
