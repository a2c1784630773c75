import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { OrderRef } from '../../lambda/core/ids';
import { MINUTE, SECOND, startWorld, TABLE, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => {
  world.dynamodb.heal();
  world.simulator.clearFaults();
});
afterAll(async () => world.close());

/** An order in the ledger of which everything is known, at a time when calls are taken from the budget already. */
async function known(more: Parameters<World['order']>[0] = {}): Promise<OrderRef> {
  expect((await world.api.collect(world.order())).status).toBe(202);
  const ref = world.order(more);
  await world.register(ref);
  await world.api.query(ref);
  return ref;
}

/** The SDK tries a call this often before it gives up. */
const TRIES = 3;
const UNAVAILABLE = 'urn:payscore-collector:problem:ledger-unavailable';

test('a ledger out of reach is 503 before WeChat Pay is asked anything', async () => {
  const ref = world.order();
  const before = world.received();
  world.dynamodb.disturb({ kind: 'lost_request', action: 'GetItem', times: 2 * TRIES });
  for (const answer of [await world.api.collect(ref), await world.api.query(ref)]) {
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('10');
    expect(answer.body).toMatchObject({
      type: UNAVAILABLE,
      title: 'Ledger out of reach',
      detail: expect.stringMatching(
        /^DynamoDB did not answer, or refused \(\w+\)\. No collection was sent\.$/,
      ) as string,
    });
  }
  expect(world.received()).toBe(before);
});

test('a ledger that stumbles once is asked again, and the caller notices nothing', async () => {
  const ref = world.order();
  world.dynamodb.disturb({ kind: 'lost_request', action: 'GetItem', times: 1 });
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 1 });
  expect((await world.api.collect(ref)).status).toBe(202);
});

test('a claim that could not be written is 503, and nothing is sent', async () => {
  const ref = await known();
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: TRIES });
  const answer = await world.api.collect(ref);
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ type: UNAVAILABLE });
  expect(world.paysReceived(ref)).toBe(0);
  expect((await world.ledger(ref)).open).toBeUndefined();
  expect((await world.api.collect(ref)).status).toBe(202);
});

test('a claim whose answer was lost is recognised by its own id, and sent once', async () => {
  const ref = await known();
  world.dynamodb.disturb({ kind: 'lost_answer', action: 'UpdateItem', times: 1 });
  const answer = await world.api.collect(ref);
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({ attempt: { outcome: 'accepted' }, recorded: true });
  expect(world.paysReceived(ref)).toBe(1);
});

test('a claim of which nothing is known stays open without a call, is asked about, and counts', async () => {
  const ref = await known();
  const claimedAt = world.clock.now();
  world.dynamodb.disturb({ kind: 'lost_answer', action: 'UpdateItem', times: TRIES });
  expect((await world.api.collect(ref)).status).toBe(503);
  expect((await world.ledger(ref)).open).toMatchObject({ claimed_at: claimedAt });
  expect((await world.api.collect(ref)).body).toMatchObject({
    open_attempt: { outcome: null },
    held_back: { action: 'wait', because: 'attempt_open' },
  });
  world.clock.forward(15 * SECOND + 3 * MINUTE);
  expect((await world.api.collect(ref)).body).toMatchObject({
    open_attempt: null,
    held_back: { action: 'wait', because: 'gap' },
  });
  expect((await world.ledger(ref)).calls).toEqual([claimedAt]);
  expect(world.paysReceived(ref)).toBe(0);
});

test('an outcome that could not be recorded is answered all the same: 202, and the attempt stays open', async () => {
  const ref = await known({ customer: { kind: 'declines' } });
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', after: 1, times: TRIES });
  const answer = await world.api.collect(ref);
  expect(answer.status).toBe(202);
  expect(answer.body).toMatchObject({
    attempt: { outcome: 'declined', open: true },
    wechatpay: { code: 'TRADE_ERROR' },
    recorded: false,
    open_attempt: { outcome: null },
    next: { action: 'wait', because: 'attempt_open' },
  });
  expect((await world.api.collect(ref)).status).toBe(409);
  world.clock.forward(15 * SECOND + 3 * MINUTE);
  expect((await world.api.query(ref)).body).toMatchObject({ open_attempt: null });
  expect(world.paysReceived(ref)).toBe(1);
});

test('an outcome whose recording lost its answer is recorded once', async () => {
  const ref = await known({ customer: { kind: 'declines' } });
  world.dynamodb.disturb({ kind: 'lost_answer', action: 'UpdateItem', after: 1, times: 1 });
  const answer = await world.api.collect(ref);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ attempt: { outcome: 'declined', open: false }, recorded: true });
  expect((await world.ledger(ref)).timeline.filter(({ kind }) => kind === 'attempt')).toHaveLength(1);
});

test('an answer to a query that could not be recorded is 503: what is not kept is not told', async () => {
  const ref = world.order();
  await world.register(ref);
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: TRIES });
  expect((await world.api.query(ref)).body).toMatchObject({ type: UNAVAILABLE });
  expect((await world.ledger(ref)).observed).toBeUndefined();
});

test('a registration that could not be written is 503, and nothing is registered', async () => {
  const ref = world.order();
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: TRIES });
  const answer = await world.register(ref);
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({ type: UNAVAILABLE });
  await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
  expect((await world.register(ref)).status).toBe(201);
});

test('a registration whose answer was lost is there, once', async () => {
  const ref = world.order();
  // The first write leads to the order, the second is the order.
  world.dynamodb.disturb({ kind: 'lost_answer', action: 'UpdateItem', after: 1, times: 1 });
  expect((await world.register(ref)).status).toBe(200);
  expect((await world.ledger(ref)).version).toBe(1);
});

test('a registration whose way was written, and whose answer about that was lost, is new all the same', async () => {
  const ref = world.order();
  world.dynamodb.disturb({ kind: 'lost_answer', action: 'UpdateItem', times: 1 });
  expect((await world.register(ref)).status).toBe(201);
  expect((await world.ledger(ref)).version).toBe(1);
});

test('a change for which policies cannot be read at first is written, due as if in hand, and answered once they can', async () => {
  const ref = world.order();
  await world.register(ref);
  world.dynamodb.disturb({ kind: 'lost_request', action: 'Query', times: TRIES });
  expect(await world.register(ref, { total_amount: 100 })).toMatchObject({
    status: 200,
    body: {
      registration: 'changed',
      due_at: new Date(world.clock.now() + 15 * MINUTE).toISOString(),
      policy: 'provider:1',
    },
  });
});

test('policies, switch and breakers out of reach are 503 before anything is asked or sent', async () => {
  const ref = await known();
  const before = world.received();
  world.dynamodb.disturb({ kind: 'lost_request', action: 'Query', times: 2 * TRIES });
  expect((await world.api.collect(ref)).body).toMatchObject({ type: UNAVAILABLE });
  expect((await world.api.at('GET', `/v1/merchants/${ref.mchid}`)).body).toMatchObject({ type: UNAVAILABLE });
  expect(world.received()).toBe(before);
});

test('a row that a newer release wrote is 503, and is left as it is', async () => {
  const ref = await known();
  const client = new DynamoDBClient({});
  await client.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: { pk: { S: `order#${ref.mchid}#${ref.sub_mchid}#${ref.out_order_no}` }, sk: { S: 'order' } },
      UpdateExpression: 'SET #schema = :newer',
      ExpressionAttributeNames: { '#schema': 'schema' },
      ExpressionAttributeValues: { ':newer': { N: '5' } },
    }),
  );
  client.destroy();
  const answer = await world.api.collect(ref);
  expect(answer.status).toBe(503);
  expect(answer.body).toMatchObject({
    type: 'urn:payscore-collector:problem:release-too-old',
    detail: `Order ${ref.out_order_no} was written by another release (schema 5); this one knows 4. No collection was sent.`,
  });
  expect(world.paysReceived(ref)).toBe(0);
});
