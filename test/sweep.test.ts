import type { OrderRef } from '../lambda/core/ids';
import type { WorkQueue } from '../lambda/flow/ports';
import type { Services } from '../lambda/services';
import { deliver, scheduledEvent, type Tick } from '../local/aws/events';
import type { Invocation } from '../local/aws/invoke';
import { MCHID, OTHER_MCHID } from './support/keys';
import { DAY, EAGER, HOUR, MINUTE, SECOND, START, SERVICE_ID, startWorld, type World } from './support/world';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => world.close());

async function run(
  tick: Tick<unknown>,
  { services = world.services, timeoutMs = 50_000 }: { services?: Services; timeoutMs?: number } = {},
): Promise<Invocation> {
  // It reads its environment when it is loaded, as on Lambda.
  const { createHandler } = await import('../lambda/sweep');
  const handler = world.handlerOf('sweep', services, createHandler(services));
  return deliver(handler, tick, { functionName: 'sweep', timeoutMs, now: world.clock.now });
}
const sweep = (input: unknown, options = {}) => run({ kind: 'constant', input }, options);

async function registered(count: number, more: Parameters<World['order']>[0] = {}): Promise<OrderRef[]> {
  const refs = Array.from({ length: count }, () => world.order(more));
  for (const ref of refs) expect((await world.register(ref)).status).toBe(201);
  return refs;
}

const callsOf = (refs: readonly OrderRef[]) => refs.map((ref) => world.paysReceived(ref));
const OTHER_SERVICE = '00004000000000000000000000000002';

describe('a run of the rule', () => {
  test('sends what is due to the queue, leaves its due time to the workers, and asks WeChat Pay nothing', async () => {
    const refs = await registered(3);
    expect(await sweep({})).toEqual({
      kind: 'returned',
      value: {
        due: 3,
        more_due: false,
        sub_merchants: 1,
        admitted: 3,
        sent: 3,
        moved: 0,
        left: 0,
        late: 0,
        overdue: 0,
        latest_seconds: 0,
      },
    });
    expect(await world.messages()).toBe(3);
    expect(world.received()).toBe(0);
    for (const ref of refs)
      expect(await world.ledger(ref)).toMatchObject({
        version: 1,
        due_at: START,
        planned_at: START,
      });
  });

  test('as EventBridge itself sends it, without constant input, narrows nothing', async () => {
    await registered(2);
    const event = scheduledEvent({ now: world.clock.now });
    expect(await run({ kind: 'event', event })).toMatchObject({
      kind: 'returned',
      value: { due: 2, sent: 2 },
    });
  });

  test('finds nothing in an empty ledger', async () => {
    expect(await sweep({})).toMatchObject({
      value: { due: 0, sub_merchants: 0, sent: 0, latest_seconds: 0 },
    });
  });

  test('finds orders that are due and no others', async () => {
    await world.policy({ ...EAGER, first_attempt_after_hours: 1 });
    await registered(2);
    world.clock.forward(HOUR - 1);
    expect(await sweep({})).toMatchObject({ value: { due: 0 } });
    world.clock.forward(1);
    expect(await sweep({})).toMatchObject({ value: { due: 2 } });
  });

  test('sends the orders of each merchant at its rate, those of one not behind those of another', async () => {
    await registered(5);
    await registered(3, { mchid: OTHER_MCHID });
    const delays: Record<string, number[]> = {};
    const send: WorkQueue['send'] = async (orders) => {
      for (const { key, delaySeconds } of orders) (delays[key.mchid] ??= []).push(delaySeconds);
      return world.services.queue.send(orders);
    };
    const limits = { ...world.services.limits, callsPerSecondMax: 2 };
    const services = { ...world.services, queue: { send }, limits };
    expect(await sweep({}, { services })).toMatchObject({ value: { due: 8, sent: 8 } });
    expect(delays).toEqual({ [MCHID]: [0, 0, 1, 1, 2], [OTHER_MCHID]: [0, 0, 1] });
    expect(await world.messages()).toBe(8);
  });

  test('says how late it is: orders planned for more than an hour ago, and the latest of all', async () => {
    await registered(2);
    world.clock.forward(HOUR);
    await registered(1);
    expect(await sweep({ max_orders: 1 })).toMatchObject({ value: { overdue: 0, latest_seconds: 3_600 } });
    world.clock.forward(SECOND);
    // Another instance, which knows nothing of the one that was sent.
    expect(await sweep({})).toMatchObject({ value: { due: 3, overdue: 2, latest_seconds: 3_601 } });
  });

  test('goes on counting lateness from the first plan, however often a message is lost', async () => {
    await registered(1);
    await sweep({});
    world.clock.forward(2 * HOUR);
    expect(await sweep({})).toMatchObject({ value: { due: 1, overdue: 1, latest_seconds: 7_200 } });
  });
});

describe('constant input', () => {
  test.each([
    ['a merchant', { mchid: OTHER_MCHID }, [0, 0, 0, 1]],
    ['a sub-merchant', { sub_mchid: '1900000802' }, [0, 1, 0, 0]],
    ['a service', { service_id: OTHER_SERVICE }, [0, 0, 1, 0]],
    ['all three', { mchid: MCHID, sub_mchid: '1900000801', service_id: SERVICE_ID }, [1, 0, 0, 0]],
    ['what no order is', { mchid: OTHER_MCHID, service_id: OTHER_SERVICE }, [0, 0, 0, 0]],
  ])('narrows a sweep to %s; what is left out stays due', async (_what, input, calls) => {
    const refs = [
      ...(await registered(1, { sub_mchid: '1900000801' })),
      ...(await registered(1, { sub_mchid: '1900000802' })),
      ...(await registered(1, { sub_mchid: '1900000801', service_id: OTHER_SERVICE })),
      ...(await registered(1, { mchid: OTHER_MCHID, sub_mchid: '1900000801' })),
    ];
    const due = calls.filter((one) => one === 1).length;
    expect(await world.tick(input)).toMatchObject({ due, sent: due });
    expect(callsOf(refs)).toEqual(calls);
    expect(await world.sweep()).toMatchObject({ due: 4 - due });
  });

  test('caps a sweep, which is then fair to every sub-merchant', async () => {
    const many = await registered(6, { sub_mchid: '1900000801' });
    const few = await registered(2, { sub_mchid: '1900000802' });
    expect(await world.tick({ max_orders: 4 })).toMatchObject({
      due: 8,
      sub_merchants: 2,
      admitted: 4,
      sent: 4,
    });
    expect(callsOf(few)).toEqual([1, 1]);
    expect(callsOf(many).filter((calls) => calls === 1)).toHaveLength(2);
    expect(await world.tick()).toMatchObject({ due: 4, sent: 4 });
    expect(callsOf(many)).toEqual([1, 1, 1, 1, 1, 1]);
  });

  test('never raises the cap that is set for every sweep', async () => {
    await registered(4);
    const services = { ...world.services, limits: { ...world.services.limits, sweepOrdersMax: 3 } };
    expect(await sweep({ max_orders: 20_000 }, { services })).toMatchObject({
      value: { due: 4, admitted: 3 },
    });
  });

  test('that asks for a dry run counts what is due, and sends, moves and registers nothing', async () => {
    const [known] = (await registered(1)) as [OrderRef];
    const before = await world.ledger(known);
    const named = world.order();
    expect(await sweep({ dry_run: true, orders: [named] })).toMatchObject({
      kind: 'returned',
      value: { due: 1, admitted: 1, sent: 0, moved: 0, left: 0 },
    });
    expect(await world.messages()).toBe(0);
    expect(await world.ledger(known)).toEqual(before);
    await expect(world.ledger(named)).rejects.toThrow('is not in the ledger');
  });

  test.each<readonly [string, unknown, readonly string[]]>([
    ['null', null, ['is not of type object']],
    ['a list', [], ['is not of type object']],
    ['no orders', { orders: [] }, ['orders has fewer than 1']],
    ['orders that are none', { orders: 'all' }, ['orders is not of type array']],
    ['a cap of nothing', { max_orders: 0 }, ['max_orders has fewer than 1']],
    ['a cap of too many', { max_orders: 20_001 }, ['max_orders has more than 20000']],
    ['a cap that is no number', { max_orders: '5' }, ['max_orders is not of type number']],
    ['an event of another source', { source: 'aws.s3' }, ['has fields that are not known here: source']],
    [
      'an order with faults',
      { orders: [{ mchid: '1', sub_mchid: 'x', out_order_no: 5, servce_id: '1' }], dry_run: 'no', mchid: '' },
      [
        'mchid is not a merchant number: 1 to 32 digits',
        'dry_run is not of type boolean',
        'orders[0].sub_mchid is not a merchant number: 1 to 32 digits',
        'orders[0].out_order_no is not of type string',
        'orders[0].service_id is missing',
        'orders[0] has fields that are not known here: servce_id',
      ],
    ],
  ])('with %s is refused with every fault, and nothing is sent', async (_name, input, faults) => {
    const refs = await registered(1);
    expect(await sweep(input)).toMatchObject({
      kind: 'threw',
      error: {
        code: 'INPUT_INVALID',
        message: `The sweep's input is not usable: ${faults.join('; ')}.`,
        data: { faults },
      },
    });
    expect(await world.messages()).toBe(0);
    expect((await world.ledger(refs[0] as OrderRef)).due_at).toBe(START);
  });
});

describe('orders that the input names', () => {
  test('are registered by the schedule, and collected as their policy says', async () => {
    const refs = [world.order(), world.order({ mchid: OTHER_MCHID })];
    expect(await world.tick({ orders: refs })).toMatchObject({ due: 2, sent: 2 });
    expect(callsOf(refs)).toEqual([1, 1]);
    for (const ref of refs)
      expect((await world.ledger(ref)).registration.actor).toEqual({ kind: 'schedule', id: 'sweep' });
  });

  test('are not collected before their policy says so', async () => {
    await world.policy({});
    const ref = world.order();
    expect(await world.tick({ orders: [ref] })).toMatchObject({ due: 0 });
    expect(await world.ledger(ref)).toMatchObject({ due_at: START + DAY });
  });

  test('may be named every time, and nothing is done twice', async () => {
    const refs = [world.order({ customer: { kind: 'declines' } }), world.order()];
    for (let n = 0; n < 3; n += 1) await world.tick({ orders: [...refs, ...refs] });
    expect(callsOf(refs)).toEqual([1, 1]);
  });

  test('are at most 50, and 51 are refused whole', async () => {
    const refs = Array.from({ length: 51 }, () => world.order());
    expect(await sweep({ orders: refs })).toMatchObject({
      kind: 'threw',
      error: { code: 'INPUT_INVALID', data: { faults: ['orders has more than 50'] } },
    });
    await expect(world.ledger(refs[0] as OrderRef)).rejects.toThrow('is not in the ledger');
    expect(await sweep({ orders: refs.slice(0, 50) })).toMatchObject({ value: { due: 50, sent: 50 } });
  });

  test('and that the ledger knows under another service_id are told at the end, when all else is done', async () => {
    const [known] = (await registered(1)) as [OrderRef];
    const fine = world.order();
    const wrong = { ...known, service_id: OTHER_SERVICE };
    expect(await sweep({ orders: [wrong, fine] })).toMatchObject({
      kind: 'threw',
      error: {
        code: 'SWEEP_INCOMPLETE',
        message: `The sweep is not complete: not registered: ${known.out_order_no}: the ledger knows it under service_id ${SERVICE_ID}`,
      },
    });
    await world.work();
    expect(callsOf([known, fine])).toEqual([1, 1]);
  });

  test('and could not be registered are told by name, and the others are', async () => {
    const [lost, fine] = [world.order(), world.order()];
    world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 3 });
    expect(await sweep({ orders: [lost] })).toMatchObject({
      kind: 'threw',
      error: {
        code: 'SWEEP_INCOMPLETE',
        message: expect.stringMatching(
          new RegExp(
            `^The sweep is not complete: not registered: ${lost.out_order_no}: DynamoDB did not answer`,
          ),
        ) as string,
      },
    });
    world.dynamodb.heal();
    expect(await world.tick({ orders: [lost, fine] })).toMatchObject({ due: 2, sent: 2 });
  });
});

describe('an event that is delivered twice', () => {
  test('one after the other sends nothing twice', async () => {
    const refs = await registered(5, { customer: { kind: 'declines' } });
    await world.tick();
    expect(await world.tick()).toMatchObject({ due: 0, sent: 0 });
    expect(callsOf(refs)).toEqual([1, 1, 1, 1, 1]);
  });

  test('at the same time, with orders twice in it, calls nothing twice', async () => {
    const refs = Array.from({ length: 12 }, () => world.order());
    const ended = await Promise.all([
      sweep({ orders: [...refs, ...refs] }),
      sweep({ orders: refs }),
      sweep({ orders: refs }),
    ]);
    expect(ended.map(({ kind }) => kind)).toEqual(['returned', 'returned', 'returned']);
    await world.work();
    expect(callsOf(refs)).toEqual(refs.map(() => 1));
  });
});

describe('a sweep that cannot finish', () => {
  test('for want of time leaves the rest due, says how many, and has sent none of them', async () => {
    const refs = await registered(3);
    // 2 s are kept for the summary, and 8 s are what one chunk may take.
    expect(await sweep({}, { timeoutMs: 9_999 })).toMatchObject({
      kind: 'returned',
      value: { due: 3, admitted: 3, sent: 0, moved: 0, left: 3 },
    });
    expect(await world.messages()).toBe(0);
    expect(await sweep({}, { timeoutMs: 10_000 })).toMatchObject({ value: { due: 3, sent: 3, left: 0 } });
    await world.work();
    expect(callsOf(refs)).toEqual([1, 1, 1]);
  });

  test('because the ledger cannot be read throws, and sends nothing', async () => {
    await registered(2);
    // Every part of the index, as often as the SDK tries.
    world.dynamodb.disturb({ kind: 'lost_request', action: 'Query', times: 24 });
    expect(await sweep({})).toMatchObject({ kind: 'threw', error: { code: 'LEDGER_UNAVAILABLE' } });
    expect(await world.messages()).toBe(0);
  });

  test('because due times could not be moved sends again, and nothing is called twice', async () => {
    const refs = await registered(3);
    const { createHandler } = await import('../lambda/sweep');
    const handler = createHandler(world.services);
    const options = { functionName: 'sweep', timeoutMs: 50_000, now: world.clock.now } as const;
    const tick = async () => deliver(handler, { kind: 'constant', input: {} }, options);
    expect(await tick()).toMatchObject({ value: { due: 3, sent: 3, moved: 0, left: 0 } });
    world.clock.forward(MINUTE);
    world.dynamodb.disturb({ kind: 'lost_request', action: 'UpdateItem', times: 9 });
    expect(await tick()).toMatchObject({ value: { due: 0, sent: 0, moved: 0 } });
    world.dynamodb.heal();
    expect(await tick()).toMatchObject({ value: { due: 3, sent: 3, moved: 0 } });
    world.clock.forward(MINUTE);
    expect(await tick()).toMatchObject({ value: { due: 0, sent: 0, moved: 3 } });
    await world.work();
    expect(callsOf(refs)).toEqual([1, 1, 1]);
    expect(await world.messages()).toBe(0);
  });

  test('because the queue takes nothing says so, leaves every order due, and moves none', async () => {
    const refs = await registered(3);
    const queue = { send: async (orders: readonly unknown[]) => orders.map(() => false) };
    const message = 'The sweep is not complete: the queue took none of 3 orders';
    expect(await sweep({}, { services: { ...world.services, queue } })).toMatchObject({
      kind: 'threw',
      error: { code: 'SWEEP_INCOMPLETE', message },
    });
    expect((await world.ledger(refs[0] as OrderRef)).due_at).toBe(START);
  });
});
