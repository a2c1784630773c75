import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { FlowEvent } from '../lambda/core/event';
import type { OrderRef } from '../lambda/core/ids';
import type { Services } from '../lambda/services';
import { type Invocation, invoke } from '../local/aws/invoke';
import { EAGER, HOUR, MINUTE, SECOND, START, startWorld, type World } from './support/world';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => world.close());

/** The function with a batch of these bodies; the message of the n-th is `m<n>`. */
async function run(
  bodies: readonly string[],
  { services = world.services, timeoutMs = 60_000 }: { services?: Services; timeoutMs?: number } = {},
): Promise<{ readonly ended: Invocation; readonly recorded: readonly FlowEvent[] }> {
  // It reads its environment when it is loaded, as on Lambda.
  const { createHandler } = await import('../lambda/collect');
  const recorded: FlowEvent[] = [];
  const ports = { ...services.ports, record: (event: FlowEvent) => recorded.push(event) };
  const Records = bodies.map((body, n) => ({ messageId: `m${n}`, body }));
  const handler = world.handlerOf('collect', services, createHandler({ ...services, ports }));
  const ended = await invoke(handler, { Records } as SQSEvent, {
    functionName: 'collect',
    timeoutMs,
    now: world.clock.now,
  });
  return { ended, recorded };
}

const spell = ({ mchid, sub_mchid, out_order_no }: OrderRef) =>
  JSON.stringify({ v: 1, mchid, sub_mchid, out_order_no });
const answering = (...ids: string[]): Invocation => ({
  kind: 'returned',
  value: { batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) } satisfies SQSBatchResponse,
});

async function registered(count: number, more: Parameters<World['order']>[0] = {}): Promise<OrderRef[]> {
  const refs = Array.from({ length: count }, () => world.order(more));
  for (const ref of refs) await world.register(ref);
  return refs;
}

const kindsOf = (recorded: readonly FlowEvent[]) => recorded.map(({ kind }) => kind);

test('a batch that went well gives nothing back to the queue, whatever its orders came to', async () => {
  const [accepted, declined, paid] = [
    ...(await registered(1)),
    ...(await registered(1, { customer: { kind: 'declines' } })),
    ...(await registered(1, { phase: 'user_paid' })),
  ] as [OrderRef, OrderRef, OrderRef];
  const { ended, recorded } = await run([accepted, declined, paid].map(spell));
  expect(ended).toEqual(answering());
  expect(
    recorded.flatMap((event) => (event.kind === 'called' ? [event.report.outcome.kind] : [])).toSorted(),
  ).toEqual(['accepted', 'declined']);
  expect(await world.ledger(paid)).toMatchObject({ status: 'paid', calls: [] });
  expect((await world.ledger(accepted)).open?.actor).toEqual({ kind: 'schedule', id: 'collect' });
});

test('an empty batch is done', async () => {
  expect((await run([])).ended).toEqual(answering());
});

test('messages that nobody can read are taken out of the queue, and each is recorded without its words', async () => {
  const [ref] = (await registered(1)) as [OrderRef];
  const secret = 'hunter2-hunter2';
  const { ended, recorded } = await run([secret, spell(ref), `{"v":1,"mchid":"${secret}"}`, '{"v":7}']);
  expect(ended).toEqual(answering());
  expect(recorded.filter(({ kind }) => kind === 'poison')).toEqual([
    { kind: 'poison', message_id: 'm0', because: 'is not a JSON object' },
    {
      kind: 'poison',
      message_id: 'm2',
      because: 'mchid, sub_mchid, out_order_no: not as WeChat Pay writes it',
    },
    { kind: 'poison', message_id: 'm3', because: 'v is not 1' },
  ]);
  expect(world.paysReceived(ref)).toBe(1);
});

test('a message of an order that is not in the ledger is taken out, and recorded', async () => {
  const ref = world.order();
  const { ended, recorded } = await run([spell(ref)]);
  expect(ended).toEqual(answering());
  const { mchid, sub_mchid, out_order_no } = ref;
  expect(recorded).toEqual([{ kind: 'not_in_ledger', key: { mchid, sub_mchid, out_order_no } }]);
  expect(world.received()).toBe(0);
});

test('an order whose keys are out of reach goes back, the others of the batch do not', async () => {
  const [ref] = (await registered(1)) as [OrderRef];
  // What was read for the registration is too old by then.
  world.clock.forward(5 * MINUTE);
  world.secrets.fail(6, 'InternalServiceError');
  const { ended, recorded } = await run([spell(world.order()), spell(ref), 'x']);
  expect(ended).toEqual(answering('m1'));
  expect(kindsOf(recorded).toSorted()).toEqual(['not_in_ledger', 'poison', 'work_failed']);
  expect((await run([spell(ref)])).ended).toEqual(answering());
  expect(world.paysReceived(ref)).toBe(1);
});

test('an order that the ledger could not be told of goes back before anything is sent', async () => {
  const [ref] = (await registered(1)) as [OrderRef];
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 3 });
  const { ended, recorded } = await run([spell(ref)]);
  expect(ended).toEqual(answering('m0'));
  expect(kindsOf(recorded)).toEqual(['work_failed']);
  expect(world.paysReceived(ref)).toBe(0);
});

test('an order whose outcome could not be recorded does not go back: it is open, and asked about', async () => {
  const [warm, ref] = (await registered(2)) as [OrderRef, OrderRef];
  await run([spell(warm)]);
  // The claim is written, the outcome is not.
  world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', after: 1, times: 3 });
  const { ended, recorded } = await run([spell(ref)]);
  expect(ended).toEqual(answering());
  expect(kindsOf(recorded)).toEqual(['queried', 'called', 'settle_failed']);
  world.dynamodb.heal();
  expect((await world.ledger(ref)).open).toMatchObject({ claimed_at: START });
  world.clock.forward(15 * MINUTE);
  await world.tick();
  expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
  expect(world.paysReceived(ref)).toBe(1);
});

test('a batch whose orders cannot be read fails as a whole, and all of it comes again', async () => {
  const refs = await registered(2);
  world.dynamodb.disturb({ kind: 'lost_request', action: 'BatchGetItem', times: 3 });
  expect((await run(refs.map(spell))).ended).toMatchObject({
    kind: 'threw',
    error: { code: 'LEDGER_UNAVAILABLE' },
  });
  expect(world.received()).toBe(0);
});

test('an order for which too little time is left is not begun; it is done as far as the queue goes, and due again', async () => {
  const [ref] = (await registered(1)) as [OrderRef];
  await world.sweep();
  // 2 s are kept for the answer, and 25 s are what one order may take.
  expect((await run([spell(ref)], { timeoutMs: 26_999 })).ended).toEqual(answering());
  expect(world.received()).toBe(0);
  expect(await world.ledger(ref)).toMatchObject({ due_at: START + 15 * MINUTE });
  expect((await run([spell(ref)], { timeoutMs: 27_000 })).ended).toEqual(answering());
  expect(world.paysReceived(ref)).toBe(1);
});

test('the same order ten times in one batch is asked about and called once, and nothing goes back', async () => {
  const [ref] = (await registered(1)) as [OrderRef];
  const { ended, recorded } = await run(Array.from({ length: 10 }, () => spell(ref)));
  expect(ended).toEqual(answering());
  expect(kindsOf(recorded)).toEqual(['queried', 'called']);
  expect([world.received(), world.paysReceived(ref)]).toEqual([2, 1]);
});

test('orders beyond the merchant’s rate are left alone until its ten seconds are over, as late as they were', async () => {
  const services = world.newServices({ callsPerSecondMax: 1 });
  const refs = await registered(13);
  world.clock.forward(MINUTE);
  await world.sweep();
  expect((await run(refs.map(spell), { services })).ended).toEqual(answering());
  const left = refs.filter((ref) => world.paysReceived(ref) === 0);
  expect(left).toHaveLength(3);
  // One of the rate is a question and a call; the others have not even been asked about.
  expect(world.received()).toBe(20);
  for (const ref of left)
    expect(await world.ledger(ref)).toMatchObject({
      due_at: START + MINUTE + 10 * SECOND,
      planned_at: START,
      calls: [],
      timeline: [],
    });
  world.clock.forward(10 * SECOND - 1);
  expect(await world.sweep({ dry_run: true })).toMatchObject({ due: 0 });
  world.clock.forward(1);
  expect(await world.tick()).toMatchObject({ due: 3, sent: 3, latest_seconds: 70 });
  expect(refs.map((ref) => world.paysReceived(ref))).toEqual(refs.map(() => 1));
});

test('of many orders whose pair is refused only those under way are called, and the next batch calls none', async () => {
  const refs = await registered(8);
  const fault = {
    kind: 'status',
    status: 403,
    code: 'NO_AUTH',
    times: 'always',
    on: { action: 'pay' },
  } as const;
  world.fault(fault);
  const { recorded } = await run(refs.slice(0, 4).map(spell));
  expect(kindsOf(recorded)).toContain('breaker');
  world.clock.forward(10 * SECOND);
  await run(refs.slice(4).map(spell));
  expect(refs.slice(4).map((ref) => world.paysReceived(ref))).toEqual([0, 0, 0, 0]);
  for (const ref of refs.slice(4))
    expect((await world.ledger(ref)).due_at).toBeGreaterThanOrEqual(START + HOUR);
});

test('policies and switch are read once for a batch', async () => {
  await world.policy(EAGER);
  const refs = await registered(10);
  const reads: string[] = [];
  const { controls } = world.services.ports;
  const counted = {
    ...world.services.ports,
    controls: {
      read: async (mchid: Parameters<typeof controls.read>[0]) => {
        reads.push(mchid);
        return controls.read(mchid);
      },
      saveBreaker: async (...change: Parameters<typeof controls.saveBreaker>) =>
        controls.saveBreaker(...change),
    },
  };
  await run(refs.map(spell), { services: { ...world.services, ports: counted } });
  expect(reads).toEqual([refs[0]?.mchid]);
});
