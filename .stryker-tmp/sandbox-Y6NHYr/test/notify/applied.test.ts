import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import type { OrderRef } from '../../lambda/core/ids';
import { pathOf } from '../support/api';
import { MCHID, OTHER_MCHID, verifySecret } from '../support/keys';
import {
  BY_CERTIFICATE,
  BY_PUBLIC_KEY,
  envelopeOf,
  type Payment,
  resourceOf,
} from '../support/notifications';
import { HOUR, MINUTE, PREFIX, SECOND, startWorld, type World } from '../support/world';
import { contentOf, newInstance, paidBody, pendingOrder, send } from './support';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => world.close());
afterEach(() => deepStrictEqual(world.faults, []));

describe('a payment', () => {
  test('is in the ledger when the answer has left: 204 without a body', async () => {
    const ref = await pendingOrder(world);
    const at = world.clock.now();
    world.clock.forward(10 * SECOND);
    expect(await send(world, paidBody(world, ref, undefined, { createdAt: at }))).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await world.ledger(ref)).toMatchObject({
      status: 'paid',
      observed: {
        at,
        by: 'notification',
        standing: { kind: 'paid', paid_amount: 100, transaction_id: '4200000000001' },
        facts: { details: [{ seq: 1, amount: 100, paid_type: 'NEWTON' }] },
      },
    });
  });

  test('is what the API tells of the order from then on, and nothing is collected any more', async () => {
    const ref = await pendingOrder(world);
    await send(world, paidBody(world, ref));
    const { body } = await world.api.at('GET', pathOf(ref));
    expect(body).toMatchObject({ order_status: 'paid', standing: { kind: 'paid', paid_amount: 100 } });
    expect(await world.api.collect(ref)).toMatchObject({ status: 409 });
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('closes an attempt that is open, at once and not after its questions', async () => {
    const ref = await pendingOrder(world);
    await world.api.collect(ref);
    expect((await world.ledger(ref)).open).toBeDefined();
    await send(world, paidBody(world, ref));
    const order = await world.ledger(ref);
    expect(order.open).toBeUndefined();
    expect(order.timeline.at(-1)).toMatchObject({ kind: 'closed', as: 'paid' });
    expect(order.calls).toHaveLength(1);
  });

  test('of an order that nothing is known of yet', async () => {
    const ref = world.order();
    await world.register(ref);
    await send(world, paidBody(world, ref));
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
  });

  test('of an order number that a URL could not hold', async () => {
    const ref = world.order({ out_order_no: 'A|1*_-z' });
    await world.register(ref);
    await send(world, paidBody(world, ref));
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
  });

  test('named by sp_mchid, and without a service_id', async () => {
    const ref = await pendingOrder(world);
    const { mchid, service_id: _, ...resource } = resourceOf(ref);
    const body = envelopeOf({ ...resource, sp_mchid: mchid }, { createdAt: world.clock.now() });
    expect(await send(world, body)).toMatchObject({ status: 204 });
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
  });

  test.each([undefined, 'application/octet-stream', 'application/x-www-form-urlencoded'])(
    'as bytes that the gateway hands over in base64: content type %p',
    async (type) => {
      const ref = await pendingOrder(world);
      const headers = { 'content-type': type };
      expect(await send(world, paidBody(world, ref), { headers })).toMatchObject({ status: 204 });
      expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    },
  );

  test('signed without a Signature-Type, which did not always exist', async () => {
    const ref = await pendingOrder(world);
    const headers = { 'wechatpay-signature-type': undefined };
    expect(await send(world, paidBody(world, ref), { headers })).toMatchObject({ status: 204 });
  });
});

describe('paid in parts', () => {
  test('each part is known when it came, and the order is paid with the last one', async () => {
    const ref = await pendingOrder(world);
    const parts: Payment[] = [
      { amount: 30, transaction_id: 'T1' },
      { amount: 30, transaction_id: 'T2' },
      { amount: 40, transaction_id: 'T3' },
    ];
    for (const [count, standing] of [
      [1, { kind: 'pending', paying_amount: 70, paid_amount: 30 }],
      [2, { kind: 'pending', paying_amount: 40, paid_amount: 60 }],
      [3, { kind: 'paid', paid_amount: 100 }],
    ] as const) {
      world.clock.forward(MINUTE);
      await send(world, paidBody(world, ref, parts.slice(0, count)));
      const { observed } = await world.ledger(ref);
      expect(observed?.standing).toMatchObject(standing);
      expect(observed?.facts.details).toHaveLength(count);
    }
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
  });

  test('one part does not close an attempt: what it says was true at some time', async () => {
    const ref = await pendingOrder(world);
    await world.api.collect(ref);
    world.clock.forward(HOUR);
    await send(world, paidBody(world, ref, [{ amount: 30 }]));
    expect((await world.ledger(ref)).open).toBeDefined();
  });

  test('deliveries twice and in any order leave the same row', async () => {
    const stages = [[30], [30, 30], [30, 30, 40]].map((amounts) => amounts.map((amount) => ({ amount })));
    const deliveries = [...stages.keys(), ...stages.keys()];
    const rows = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(deliveries, { minLength: deliveries.length }), async (order) => {
        const ref = await pendingOrder(world);
        const begun = world.clock.now();
        world.clock.forward(2 * MINUTE);
        const bodies = stages.map((payments, index) => {
          const createdAt = begun + (index + 1) * 20 * SECOND;
          return envelopeOf(resourceOf(ref, payments), { createdAt, id: `EV-${index}` });
        });
        for (const index of order)
          expect(await send(world, bodies[index] ?? '')).toMatchObject({ status: 204 });
        const row = JSON.stringify(contentOf(await world.ledger(ref)), (key, value: unknown) =>
          key === 'out_order_no' ? undefined : instantsFrom(begun, value),
        );
        rows.add(row);
        expect([...rows]).toEqual([row]);
      }),
      { numRuns: 10 },
    );
    expect([...rows][0]).toContain('"status":"paid"');
  });

  /** Instants as their distance from the first of them, so that rows of different times can be compared. */
  function instantsFrom(begun: number, value: unknown): unknown {
    return typeof value === 'number' && Math.abs(value - begun) < 24 * HOUR ? value - begun : value;
  }

  test('twenty deliveries at once write what one would', async () => {
    const ref = await pendingOrder(world);
    const body = paidBody(world, ref);
    const answers = await Promise.all(Array.from({ length: 20 }, async () => send(world, body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    const order = await world.ledger(ref);
    expect(order.timeline.filter(({ kind }) => kind === 'observed')).toHaveLength(2);
    expect(order).toMatchObject({ status: 'paid', version: 3 });
  });
});

describe('a late one, by a slow forwarder or from somebody who kept it', () => {
  test('makes the schedule ask WeChat Pay at once, and what that says is what counts', async () => {
    const ref = await pendingOrder(world);
    const body = paidBody(world, ref);
    const signedAt = world.clock.now();
    world.clock.forward(6 * MINUTE);
    expect(await send(world, body, { signedAt })).toMatchObject({ status: 204 });
    const doubted = await world.ledger(ref);
    expect(doubted).toMatchObject({ status: 'active', observed: { standing: { kind: 'pending' } } });
    expect(doubted.due_at).toBe(world.clock.now());
    world.simulator.payByHand(ref);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    expect((await world.ledger(ref)).observed).not.toHaveProperty('by');
  });

  test('that is replayed when the order is known to be paid changes nothing', async () => {
    const ref = await pendingOrder(world);
    const body = paidBody(world, ref);
    const signedAt = world.clock.now();
    await send(world, body, { signedAt });
    const before = await world.ledger(ref);
    world.clock.forward(HOUR);
    expect(await send(world, body, { signedAt })).toMatchObject({ status: 204 });
    expect(await world.ledger(ref)).toEqual(before);
  });

  test('at 300 seconds it is not late yet', async () => {
    const ref = await pendingOrder(world);
    const body = paidBody(world, ref);
    const signedAt = world.clock.now();
    world.clock.forward(300 * SECOND);
    await send(world, body, { signedAt });
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
  });

  test('a delivery tried again an hour later is signed anew, and applied as of when it was written', async () => {
    const ref = await pendingOrder(world);
    const createdAt = world.clock.now() + SECOND;
    world.clock.forward(HOUR);
    await send(world, paidBody(world, ref, undefined, { createdAt }));
    expect((await world.ledger(ref)).observed).toMatchObject({ at: createdAt, standing: { kind: 'paid' } });
  });
});

test('a query that did not show a payment of before it is asked again', async () => {
  const ref = await pendingOrder(world);
  const createdAt = world.clock.now();
  world.clock.forward(5 * MINUTE);
  await world.api.query(ref);
  expect(await send(world, paidBody(world, ref, undefined, { createdAt }))).toMatchObject({ status: 204 });
  const order = await world.ledger(ref);
  expect(order).toMatchObject({ status: 'active', doubted_at: world.clock.now() });
  expect(order.due_at).toBe(world.clock.now());
});

describe('keys of both kinds', () => {
  let certified: OrderRef;

  beforeAll(async () => {
    const verify = { ...verifySecret(OTHER_MCHID), platform_certificates: true };
    world.secrets.put(`${PREFIX}/${OTHER_MCHID}/verify`, JSON.stringify(verify));
    certified = world.order({ mchid: OTHER_MCHID });
    await world.register(certified);
    world.clock.forward(6 * MINUTE);
    // A function that signs downloads the certificates; `notify` finds them in the table.
    await world.api.query(certified);
  });

  test('prove a notification side by side, as in the week of a changeover', async () => {
    const fresh = await newInstance(world);
    try {
      const parts: Payment[] = [{ amount: 10 }, { amount: 20 }, { amount: 30 }, { amount: 40 }];
      for (const [index, by] of [BY_CERTIFICATE, BY_PUBLIC_KEY, BY_CERTIFICATE, BY_PUBLIC_KEY].entries()) {
        world.clock.forward(SECOND);
        const body = paidBody(world, certified, parts.slice(0, index + 1));
        expect(await send(world, body, { mchid: OTHER_MCHID, by, url: fresh.url })).toMatchObject({
          status: 204,
        });
        expect((await world.ledger(certified)).observed?.facts.details).toHaveLength(index + 1);
      }
      expect(await world.ledger(certified)).toMatchObject({ status: 'paid' });
    } finally {
      await fresh.close();
    }
  });

  test('of a merchant that only has a public key a certificate proves nothing', async () => {
    const ref = await pendingOrder(world);
    const before = await world.ledger(ref);
    const sending = { mchid: MCHID, by: BY_CERTIFICATE };
    expect(await send(world, paidBody(world, ref), sending)).toMatchObject({ status: 401, code: 'FAIL' });
    expect(await world.ledger(ref)).toEqual(before);
  });
});
