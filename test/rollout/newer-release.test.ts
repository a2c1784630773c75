import { DynamoDBClient, UpdateItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { OrderRef } from '../../lambda/core/ids';
import { SCHEMA } from '../../lambda/core/order';
import { pack, unpack } from '../../lambda/store/packed';
import { LOCAL_AWS } from '../../local/aws/identity';
import { backUp } from '../restore/backups';
import { pathOf } from '../support/api';
import { MCHID } from '../support/keys';
import { EAGER, HOUR, MINUTE, SUB_MCHID, startWorld, TABLE, type World } from '../support/world';

let world: World;
let client: DynamoDBClient;
async function start(): Promise<void> {
  world = await startWorld();
  client = new DynamoDBClient({ endpoint: world.dynamodb.url, ...LOCAL_AWS });
}
async function stop(): Promise<void> {
  client.destroy();
  await world.close();
}

async function registered(more: Parameters<World['order']>[0] = {}): Promise<OrderRef> {
  const ref = world.order(more);
  expect((await world.register(ref)).status).toBe(201);
  return ref;
}

const keyOf = ({ mchid, sub_mchid, out_order_no }: OrderRef) => ({
  pk: `order#${mchid}#${sub_mchid}#${out_order_no}`,
  sk: 'order',
});

/** A write of a newer release: whatever it may set. */
async function written(
  key: { readonly pk: string; readonly sk: string },
  set: Readonly<Record<string, AttributeValue>>,
): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: marshall(key),
      UpdateExpression: `SET ${Object.keys(set)
        .map((_, index) => `#a${index} = :a${index}`)
        .join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(
        Object.keys(set).map((name, index) => [`#a${index}`, name]),
      ),
      ExpressionAttributeValues: Object.fromEntries(
        Object.values(set).map((value, index) => [`:a${index}`, value]),
      ),
    }),
  );
}

/** A write of a newer release to what is packed, and to the list that its status stands in. */
async function writtenInside(
  ref: OrderRef,
  { status, ...set }: Readonly<Record<string, unknown>>,
): Promise<void> {
  const packed = { ...(unpack((await row(ref))['packed']?.B ?? '') as object), ...set };
  const list = typeof status === 'string' ? { list_of: value(`list#${ref.mchid}#${status}`) } : {};
  await written(keyOf(ref), { packed: { B: pack(packed) }, ...list });
}

async function inside(ref: OrderRef): Promise<Readonly<Record<string, unknown>>> {
  return unpack((await row(ref))['packed']?.B ?? '') as Readonly<Record<string, unknown>>;
}

async function row(ref: OrderRef): Promise<Record<string, AttributeValue>> {
  const { items } = await backUp(world.dynamodb.url, TABLE, 0);
  const found = items.find(({ pk }) => pk?.S === keyOf(ref).pk);
  if (found === undefined) throw new Error('the row is gone');
  return { ...found };
}

const value = (of: unknown): AttributeValue => marshall({ of })['of'] as AttributeValue;
const NEWER = {
  schema: value(SCHEMA + 1),
  instalments: value({ count: 3, since: 'yesterday' }),
  huge: { N: '12345678901234567890123456789012345678' },
  tags: { SS: ['a', 'b'] },
};
const teleported = [{ kind: 'teleported', at: 1, to: 'Mars' }];

describe('a row that a newer release wrote', () => {
  beforeEach(start);
  afterEach(stop);

  test('is swept, left as it is, and swept again, until that release takes it up; nothing of it is lost', async () => {
    const ref = await registered();
    const plain = await registered();
    await written(keyOf(ref), NEWER);
    await writtenInside(ref, { timeline: teleported });
    const before = await row(ref);

    expect(await world.tick()).toMatchObject({ due: 2, sent: 2 });
    expect([world.paysReceived(ref), world.paysReceived(plain)]).toEqual([0, 1]);
    expect(await world.messages()).toBe(0);
    // Nobody could take it up, so it stays due; the next sweep moves it on.
    expect(await row(ref)).toEqual(before);
    world.clock.forward(2 * MINUTE);
    expect(await world.tick()).toMatchObject({ sent: 0, moved: 1 });
    const { due_at: moved, ...after } = await row(ref);
    const { due_at: _, ...was } = before;
    expect(after).toEqual(was);
    expect(Number(moved?.N)).toBe(world.clock.now() + 15 * MINUTE);

    world.clock.forward(15 * MINUTE);
    expect((await world.tick()).sent).toBe(2);
    expect(world.paysReceived(ref)).toBe(0);

    // The rollout is over: the newer release has it in its hands. Here it becomes readable.
    await written(keyOf(ref), { schema: value(SCHEMA) });
    await writtenInside(ref, { timeline: [] });
    world.clock.forward(2 * MINUTE);
    expect((await world.tick()).moved).toBe(1);
    world.clock.forward(15 * MINUTE);
    await world.tick();
    expect(world.paysReceived(ref)).toBe(1);
    expect(await row(ref)).toMatchObject({
      huge: NEWER.huge,
      tags: NEWER.tags,
      instalments: NEWER.instalments,
    });
  });

  test('with an attempt open is not asked about here, nor claimed on demand, nor overwritten by a registration', async () => {
    const ref = await registered();
    world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    await world.tick();
    await written(keyOf(ref), NEWER);
    const before = await row(ref);
    const asked = world.received();
    world.clock.forward(HOUR);
    const answers = [
      await world.api.collect(ref),
      await world.api.query(ref),
      await world.api.register(ref, { total_amount: 5 }),
      await world.api.at('GET', pathOf(ref)),
      await world.api.at('POST', `${pathOf(ref)}/hold`, { reason: 'disputed' }),
      await world.api.at('POST', `${pathOf(ref)}/waive`, { reason: 'goodwill' }),
    ];
    expect(answers.map(({ status, body }) => [status, body['type']])).toEqual(
      answers.map(() => [503, 'urn:payscore-collector:problem:release-too-old']),
    );
    expect(world.received()).toBe(asked);
    expect(await row(ref)).toEqual(before);
    expect(world.faults).toEqual([]);
  });

  test('is counted by lists and exports, and left for later by an import', async () => {
    const ref = await registered();
    await registered();
    await written(keyOf(ref), NEWER);
    const listed = await world.api.at('GET', `/v1/merchants/${MCHID}/orders`);
    expect(listed.body['orders']).toHaveLength(2);
    const period = 'from=2026-03-01T00:00:00Z&to=2026-03-03T00:00:00Z';
    for (const what of ['orders', 'attempts']) {
      const { headers } = await world.api.at('GET', `/v1/merchants/${MCHID}/export/${what}?${period}`);
      expect(headers['x-rows-left-out']).toBe('1');
    }
    const { sub_mchid, out_order_no, service_id } = ref;
    const rows = [{ sub_mchid, out_order_no, service_id }];
    const imported = await world.api.at('POST', `/v1/merchants/${MCHID}/orders/import`, { rows });
    expect(JSON.stringify(imported.body)).toContain('"left"');
  });
});

describe('a row of this schema', () => {
  beforeAll(start);
  afterAll(stop);

  test('keeps attributes that this release does not know, outside and inside, through every write of it', async () => {
    const ref = await registered({ customer: { kind: 'declines' } });
    const { registration } = (await inside(ref)) as { registration: object };
    const { schema: _, ...unknown } = NEWER;
    await written(keyOf(ref), unknown);
    await writtenInside(ref, { registration: { ...registration, channel: 'kiosk' }, instalments: [1, 2] });
    await world.tick();
    await world.api.register(ref, { total_amount: 100 });
    world.clock.forward(HOUR);
    await world.api.query(ref);
    await world.api.at('POST', `${pathOf(ref)}/hold`, { reason: 'disputed' });
    expect(world.paysReceived(ref)).toBe(1);
    expect(await row(ref)).toMatchObject(unknown);
    expect(await inside(ref)).toMatchObject({
      registration: { channel: 'kiosk', total_amount: 100 },
      instalments: [1, 2],
      hold: { reason: 'disputed' },
    });
  });

  const at = 1;
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['an entry of the timeline', { timeline: teleported }],
    ['a status', { status: 'instalments' }],
    [
      'a standing',
      { observed: { at, standing: { kind: 'half_paid' }, facts: { state: 'DONE', details: [] } } },
    ],
    [
      'a thing that is open',
      { open: { claim_id: 'c', actor: { kind: 'api', id: 'x' }, claimed_at: at, send_by: at } },
    ],
    [
      'a decision by hand',
      {
        open: {
          claim_id: 'c',
          actor: { kind: 'api', id: 'x' },
          claimed_at: at,
          send_by: at,
          reason: 'x',
          operation: { kind: 'split' },
        },
      },
    ],
    [
      'an outcome',
      {
        open: {
          claim_id: 'c',
          actor: { kind: 'api', id: 'x' },
          claimed_at: at,
          send_by: at,
          decided: { rule: 'demand', policy: 'default' },
          outcome: { kind: 'queued' },
        },
      },
    ],
    [
      'the outcome of an earlier attempt',
      {
        timeline: [
          {
            kind: 'attempt',
            at,
            claim_id: 'c',
            actor: { kind: 'api', id: 'x' },
            decided: { rule: 'demand', policy: 'default' },
            outcome: { kind: 'queued' },
            evidence: {},
            count: 1,
          },
        ],
      },
    ],
  ])('in which %s is not known is left alone like one of a newer schema', async (_, set) => {
    const ref = await registered();
    await writtenInside(ref, set);
    const { due_at: _due, ...before } = await row(ref);
    const received = world.received();
    await world.tick();
    expect((await world.api.collect(ref)).status).toBe(503);
    expect(world.received()).toBe(received);
    const { due_at: _moved, ...after } = await row(ref);
    expect(after).toEqual(before);
    expect(world.faults).toEqual([]);
  });
});

describe('controls that a newer release wrote', () => {
  beforeEach(start);
  afterEach(stop);

  const PROVIDER = { pk: `merchant#${MCHID}`, sk: 'policy#provider' };

  test.each<[string, { readonly pk: string; readonly sk: string }, Readonly<Record<string, unknown>>]>([
    ['a policy of a newer schema', PROVIDER, { schema: 2 }],
    ['a key of the policy', PROVIDER, { layer: { ...EAGER, holidays: ['CN'] } }],
    [
      'a value of the policy',
      PROVIDER,
      { layer: { ...EAGER, windows: [{ from: '08:00', to: '21:00', every: 2 }] } },
    ],
    ['a mode of the service', { pk: 'service', sk: 'mode' }, { mode: 'drain' }],
    [
      'a mode of the merchant',
      { pk: `merchant#${MCHID}`, sk: 'mode#merchant' },
      { schema: 1, mode: 'drain' },
    ],
    [
      'a mode of the sub-merchant',
      { pk: `merchant#${MCHID}`, sk: `mode#sub_merchant#${SUB_MCHID}` },
      { schema: 1, mode: 'drain' },
    ],
  ])(
    '%s: nothing is collected by what is not understood, the message goes back, and the order stays due',
    async (_, key, set) => {
      const ref = await registered();
      await written(key, Object.fromEntries(Object.entries(set).map(([name, is]) => [name, value(is)])));
      await world.tick();
      expect(world.paysReceived(ref)).toBe(0);
      expect(await world.messages()).toBe(1);
      expect((await world.ledger(ref)).due_at).toBe(world.clock.now());
      expect((await world.api.collect(ref)).status).toBe(503);
      expect((await world.api.at('GET', `/v1/merchants/${MCHID}/switch`)).status).toBe(503);
      expect(world.paysReceived(ref)).toBe(0);
      expect(world.faults).toEqual([]);

      const restored = key === PROVIDER ? { schema: 1, layer: EAGER } : { mode: 'on' };
      await written(key, Object.fromEntries(Object.entries(restored).map(([name, is]) => [name, value(is)])));
      world.clock.forward(2 * MINUTE);
      expect(await world.tick()).toMatchObject({ sent: 0, moved: 1 });
      world.clock.forward(15 * MINUTE);
      await world.tick();
      expect(world.paysReceived(ref)).toBe(1);
    },
  );
});

describe('messages that a newer release sent', () => {
  beforeAll(start);
  afterAll(stop);

  const message = ({ mchid, sub_mchid, out_order_no }: OrderRef, more: object) =>
    JSON.stringify({ v: 1, mchid, sub_mchid, out_order_no, ...more });

  test('with more in them are understood as far as this one does', async () => {
    const ref = await registered();
    await world.message(message(ref, { priority: 'high', because: { kind: 'instalment' } }));
    await world.work();
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('of another version are taken out, and their orders swept again', async () => {
    const ref = await registered();
    await world.message(message(ref, { v: 2 }));
    await world.work();
    expect([await world.messages(), world.paysReceived(ref)]).toEqual([0, 0]);
    await world.tick();
    expect(world.paysReceived(ref)).toBe(1);
  });
});
