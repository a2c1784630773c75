import { createPublicKey } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from '../../local/aws/loopback';
import { APIV3_KEY, MCHID, PLATFORM, verifySecret } from '../support/keys';
import { BY_CERTIFICATE, BY_PUBLIC_KEY } from '../support/notifications';
import { MINUTE, PREFIX, SECOND, startWorld, type World } from '../support/world';
import { keptRow, newInstance, paidBody, pendingOrder, send } from './support';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.dynamodb.heal());
afterAll(async () => world.close());

const AGAIN = {
  status: 503,
  text: '{"code":"FAIL","message":"Something behind is out of reach; send it again."}',
};

describe('the ledger is out of reach', () => {
  test.each(['GetItem', 'UpdateItem'])(
    '%s: 503, nothing is lost, and 204 when it is back',
    async (action) => {
      const ref = await pendingOrder(world);
      const body = paidBody(world, ref);
      world.dynamodb.disturb({ kind: 'lost_request', action, times: 100 });
      expect(await send(world, body)).toMatchObject(AGAIN);
      world.dynamodb.heal();
      expect(await world.ledger(ref)).toMatchObject({ status: 'active' });
      expect(await send(world, body)).toMatchObject({ status: 204 });
      expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    },
  );

  test('for an order that nobody registered too: not acknowledged before it is kept', async () => {
    const body = paidBody(world, world.order(), undefined, { id: 'EV-LOST' });
    world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 100 });
    expect(await send(world, body)).toMatchObject(AGAIN);
    world.dynamodb.heal();
    expect(await keptRow(world, 'EV-LOST')).toBeUndefined();
    expect(await send(world, body)).toMatchObject({ status: 204 });
    expect(await keptRow(world, 'EV-LOST')).toMatchObject({ because: 'unregistered' });
  });

  test('a write that got through and lost its answer is told as done', async () => {
    const ref = await pendingOrder(world);
    world.dynamodb.disturb({ kind: 'lost_answer', action: 'UpdateItem', times: 1 });
    expect(await send(world, paidBody(world, ref))).toMatchObject({ status: 204 });
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid', version: 3 });
  });

  test('not knowing the policies does not keep a payment out', async () => {
    const ref = await pendingOrder(world);
    world.dynamodb.disturb({ kind: 'lost_request', action: 'Query', times: 100 });
    expect(await send(world, paidBody(world, ref))).toMatchObject({ status: 204 });
    expect((await world.ledger(ref)).observed).toMatchObject({ standing: { kind: 'paid' } });
  });
});

describe('the keys', () => {
  test('are out of reach: 503, and 204 when they are back', async () => {
    const ref = await pendingOrder(world);
    const fresh = await newInstance(world);
    try {
      world.secrets.fail(2, 'InternalServiceError');
      const body = paidBody(world, ref);
      expect(await send(world, body, { url: fresh.url })).toMatchObject(AGAIN);
      expect(await send(world, body, { url: fresh.url })).toMatchObject({ status: 204 });
    } finally {
      await fresh.close();
    }
  });

  test('a WeChat Pay public key that was added to the secret counts at once', async () => {
    const ref = await pendingOrder(world);
    const by = { serial: 'PUB_KEY_ID_0119000091912026', key: BY_CERTIFICATE.key };
    expect(await send(world, paidBody(world, ref), { by })).toMatchObject({ status: 401 });
    const keys = {
      [PLATFORM.public_key_id]: PLATFORM.public_key,
      [by.serial]: createPublicKey(PLATFORM.certificate).export({ type: 'spki', format: 'pem' }),
    };
    const secret = { mchid: MCHID, apiv3_key: APIV3_KEY, public_keys: keys };
    world.secrets.put(`${PREFIX}/${MCHID}/verify`, JSON.stringify(secret));
    world.clock.forward(31 * SECOND);
    expect(await send(world, paidBody(world, ref), { by })).toMatchObject({ status: 204 });
  });

  test('an APIv3 key that was changed is read again when the old one does not decrypt', async () => {
    const ref = await pendingOrder(world);
    const apiv3Key = 'AnotherKeyOf32CharactersLength00';
    const secret = { ...verifySecret(MCHID), apiv3_key: apiv3Key };
    world.secrets.put(`${PREFIX}/${MCHID}/verify`, JSON.stringify(secret));
    world.clock.forward(31 * SECOND);
    const body = paidBody(world, ref, undefined, { apiv3Key });
    expect(await send(world, body)).toMatchObject({ status: 204 });
    world.secrets.put(`${PREFIX}/${MCHID}/verify`, JSON.stringify(verifySecret(MCHID)));
    world.clock.forward(5 * MINUTE);
  });

  test('a flood of serials that nobody knows reads the secret once in half a minute', async () => {
    const ref = await pendingOrder(world);
    await send(world, paidBody(world, ref));
    const calls = world.secrets.calls();
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) =>
        send(world, paidBody(world, ref), { by: { ...BY_PUBLIC_KEY, serial: `PUB_KEY_ID_${n}` } }),
      ),
    );
    expect(world.secrets.calls() - calls).toBeLessThanOrEqual(1);
  });
});

describe('the function cannot sign', () => {
  test('it never asks for what signs, and works where that is not even there', async () => {
    const mchid = '1900009193';
    world.secrets.put(`${PREFIX}/${mchid}/verify`, JSON.stringify(verifySecret(mchid)));
    const asked = world.secrets.asked().length;
    const stranger = { ...(await pendingOrder(world)), mchid } as Parameters<typeof paidBody>[1];
    const before = world.secrets.asked().slice(asked);
    const fresh = await newInstance(world);
    try {
      const url = fresh.url;
      const by = { ...BY_PUBLIC_KEY, serial: 'PUB_KEY_ID_9' };
      expect(await send(world, paidBody(world, stranger), { mchid, url })).toMatchObject({ status: 204 });
      expect(await send(world, paidBody(world, stranger), { mchid, url, by })).toMatchObject({ status: 401 });
      expect(await send(world, 'x', { mchid: '1900009999', url })).toMatchObject({ status: 404 });
    } finally {
      await fresh.close();
    }
    const names = world.secrets.asked().slice(asked + before.length);
    expect(new Set(names)).toEqual(new Set([`${PREFIX}/${mchid}/verify`, `${PREFIX}/1900009999/verify`]));
  });
});

describe('WeChat Pay waits five seconds', () => {
  /** A DynamoDB that takes every request and answers none. */
  async function withSilentDynamoDb(work: (url: string) => Promise<void>, timeoutMs: number): Promise<void> {
    const silent = await listen(createServer(() => undefined));
    const reachable = process.env['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
    const instance = await newInstance(world, timeoutMs);
    try {
      // A client reads where to go when it first goes there.
      process.env['AWS_ENDPOINT_URL_DYNAMODB'] = silent.url;
      await work(instance.url);
    } finally {
      process.env['AWS_ENDPOINT_URL_DYNAMODB'] = reachable;
      await instance.close();
      await silent.close();
    }
  }

  test('with little of the invocation left the answer is on its way before that ends', async () => {
    const ref = await pendingOrder(world);
    await withSilentDynamoDb(async (url) => {
      // Past its own time the gateway would say 500.
      expect(await send(world, paidBody(world, ref), { url })).toMatchObject({
        status: 503,
        text: '{"code":"FAIL","message":"It took too long; send it again."}',
      });
    }, 1_000);
    expect(await send(world, paidBody(world, ref))).toMatchObject({ status: 204 });
  });

  test('a ledger that never answers is given up within them', async () => {
    const ref = await pendingOrder(world);
    await withSilentDynamoDb(async (url) => {
      expect(await send(world, paidBody(world, ref), { url })).toMatchObject(AGAIN);
    }, 5_000);
  });
});
