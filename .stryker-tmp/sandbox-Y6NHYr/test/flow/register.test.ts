import { PayscoreError } from '../../lambda/core/errors';
import type { Fen } from '../../lambda/core/ids';
import type { Registration } from '../../lambda/core/order';
import { register } from '../../lambda/flow/register';
import { work } from '../../lambda/flow/work';
import {
  DAY,
  empty,
  freely,
  type Gate,
  HOUR,
  MINUTE,
  noting,
  type Outside,
  PENDING,
  portsOf,
  REF,
  refOf,
  registered,
  rowOf,
  type Step,
  T0,
} from './support/memory';
import { everySchedule, Worker } from './support/schedules';

const ACTOR = { kind: 'api', id: 'shop' } as const;
const REGISTRATION: Registration = { at: T0, actor: ACTOR };
const CORRECTED = refOf(REF.out_order_no, { service_id: '2' });
const COMPLETED = { ...REGISTRATION, completed_at: T0 - 2 * DAY };

/** One message about the order. */
async function workOnIt(world: Outside): Promise<void> {
  const items = [{ message_id: 'M', key: REF }];
  await work({ items, actor: ACTOR, deadlineAt: world.clock + MINUTE }, portsOf(world));
}

/** Something happens just before the first write, and is over before it. */
function onceAtSave(happens: () => Promise<unknown>): Gate {
  let once = false;
  return async (step, act) => {
    if (step === 'save' && !once) {
      once = true;
      await happens();
    }
    return act();
  };
}

describe('an order that is new', () => {
  test('is in the ledger, due when its first attempt is', async () => {
    const world = empty();
    const { kind, order } = await register(REF, { ...REGISTRATION, completed_at: T0 - HOUR }, portsOf(world));
    expect(kind).toBe('registered');
    expect(rowOf(world)).toEqual(order);
    // 24 h after completion.
    expect(order).toEqual({
      ref: REF,
      version: 1,
      registration: { at: T0, actor: ACTOR, completed_at: T0 - HOUR },
      calls: [],
      status: 'active',
      due_at: T0 + 23 * HOUR,
      planned_at: T0 + 23 * HOUR,
      timeline: [],
    });
  });

  test('and was completed long enough ago is due now', async () => {
    const world = empty();
    const { order } = await register(REF, COMPLETED, portsOf(world));
    expect([order.due_at, order.planned_at]).toEqual([T0, T0]);
  });

  test.each([26, 181, 731])(
    'and was completed %d days ago, too long to be collected, is asked about at once, then watched',
    async (days) => {
      const world = empty();
      const old = { ...REGISTRATION, completed_at: T0 - days * DAY };
      const { order } = await register(REF, old, portsOf(world));
      expect(order).toMatchObject({ status: 'watched', due_at: T0, planned_at: T0 });
      await workOnIt(world);
      expect(rowOf(world)).toMatchObject({ status: 'watched', observed: { at: T0 }, due_at: T0 + DAY });
      expect(world.sent).toEqual([]);
    },
  );

  test('and was paid long ago is found to be at its end, and is not due any more', async () => {
    const world = empty();
    world.paid.add(REF.out_order_no);
    await register(REF, { ...REGISTRATION, completed_at: T0 - 181 * DAY }, portsOf(world));
    await workOnIt(world);
    expect(rowOf(world)).toMatchObject({ status: 'paid' });
    expect(rowOf(world)).not.toHaveProperty('due_at');
  });

  test('and that WeChat Pay never answers for is asked about until day 180 after its registration, and then no more', async () => {
    const world = empty();
    world.unobserved = { kind: 'refused', because: 'not_found', evidence: {} };
    await register(REF, { ...REGISTRATION, completed_at: T0 - 181 * DAY }, portsOf(world));
    let asked = 0;
    for (; rowOf(world).due_at !== undefined; asked += 1) {
      world.clock = rowOf(world).due_at ?? 0;
      await workOnIt(world);
    }
    expect(world.clock).toBeGreaterThan(T0 + 178 * DAY);
    expect(world.clock).toBeLessThanOrEqual(T0 + 180 * DAY);
    expect(rowOf(world).unanswered?.count).toBe(asked);
  });

  test('of the same number under another sub-merchant is another order', async () => {
    const world = empty();
    await register(REF, COMPLETED, portsOf(world));
    const other = refOf(REF.out_order_no, { sub_mchid: '1900000110' });
    expect(await register(other, COMPLETED, portsOf(world))).toMatchObject({ kind: 'registered' });
    expect(world.rows.size).toBe(2);
  });

  test('asks nobody at WeChat Pay', async () => {
    const steps: Step[] = [];
    await register(REF, REGISTRATION, portsOf(empty(), noting(steps)));
    expect(steps).toEqual(['find', 'controls', 'create']);
  });
});

describe('an order that is known', () => {
  test.each([
    ['the same words', COMPLETED],
    ['no words', REGISTRATION],
    [
      'another time and actor',
      { ...COMPLETED, at: T0 + HOUR, actor: { kind: 'schedule', id: 'x' } } as const,
    ],
  ])('given again with %s is not changed', async (_name, again) => {
    const world = empty();
    const { order } = await register(REF, COMPLETED, portsOf(world));
    const steps: Step[] = [];
    const ports = portsOf(world, noting(steps));
    expect(await register(REF, again, ports)).toEqual({ kind: 'already', order });
    expect(steps).toEqual(['find']);
  });

  test('is filled in by what is said later, keeps the rest, and is planned by it', async () => {
    const world = empty();
    const ports = portsOf(world);
    await register(REF, { ...REGISTRATION, total_amount: 990 as Fen }, ports);
    world.clock += HOUR;
    const again = {
      at: world.clock,
      actor: { kind: 'api', id: 'other' } as const,
      completed_at: T0 - 2 * HOUR,
    };
    const { kind, order } = await register(REF, again, ports);
    expect(kind).toBe('changed');
    expect(rowOf(world)).toEqual(order);
    expect(order).toMatchObject({
      version: 2,
      registration: { at: T0, actor: ACTOR, completed_at: T0 - 2 * HOUR, total_amount: 990 },
      due_at: T0 + 22 * HOUR,
      planned_at: T0 + 22 * HOUR,
    });
  });

  test('takes other words in the place of earlier ones', async () => {
    const world = empty();
    await register(REF, { ...COMPLETED, total_amount: 100 as Fen }, portsOf(world));
    const { kind } = await register(REF, { ...COMPLETED, total_amount: 200 as Fen }, portsOf(world));
    expect([kind, rowOf(world).registration.total_amount]).toEqual(['changed', 200]);
  });

  test('keeps its open attempt, its calls and its timeline when it is filled in', async () => {
    const world = empty();
    const decided = { rule: 'demand', policy: 'default' } as const;
    const open = { claim_id: 'C', actor: ACTOR, decided, claimed_at: T0, send_by: T0 + 5_000 };
    registered(world, REF, { open, calls: [T0 - DAY] });
    const { order } = await register(REF, COMPLETED, portsOf(world));
    expect(order).toMatchObject({ open, calls: [T0 - DAY], registration: { completed_at: T0 - 2 * DAY } });
    // Four minutes after the claim, when a query proves something.
    expect(order.due_at).toBe(T0 + 240_000);
  });

  test('is filled in even at its end, and stays there', async () => {
    const world = empty();
    const paid = { at: T0, standing: { kind: 'paid', paid_amount: 100 as Fen }, facts: PENDING } as const;
    registered(world, REF, { observed: paid, status: 'paid' });
    const { kind, order } = await register(REF, COMPLETED, portsOf(world));
    expect([kind, order.status, order.due_at]).toEqual(['changed', 'paid', undefined]);
  });

  test('takes another service_id while nothing has confirmed the one it has, and other words with it', async () => {
    const world = empty();
    await register(REF, REGISTRATION, portsOf(world));
    const { kind, order } = await register(CORRECTED, COMPLETED, portsOf(world));
    expect([kind, rowOf(world)]).toEqual(['changed', order]);
    expect(order).toMatchObject({ version: 2, ref: CORRECTED, registration: COMPLETED });
    expect(await register(CORRECTED, REGISTRATION, portsOf(world))).toEqual({ kind: 'already', order });
  });

  test('under another service_id than WeChat Pay has confirmed is a mismatch, and nothing is changed', async () => {
    const world = empty();
    await register(REF, COMPLETED, portsOf(world));
    await workOnIt(world);
    const order = rowOf(world);
    expect(await register(CORRECTED, COMPLETED, portsOf(world))).toEqual({ kind: 'service_mismatch', order });
    expect(rowOf(world)).toBe(order);
  });

  test('and confirmed just while its service_id is being corrected is a mismatch', async () => {
    const world = empty();
    await register(REF, COMPLETED, portsOf(world));
    const ports = portsOf(
      world,
      onceAtSave(() => workOnIt(world)),
    );
    expect(await register(CORRECTED, COMPLETED, ports)).toMatchObject({ kind: 'service_mismatch' });
    expect(rowOf(world).ref).toEqual(REF);
  });

  test('and asked about just while its service_id is being corrected learns nothing of the other service', async () => {
    const world = empty();
    await register(REF, COMPLETED, portsOf(world));
    const ports = portsOf(
      world,
      onceAtSave(() => register(CORRECTED, COMPLETED, portsOf(world, freely, 'B'))),
    );
    const items = [{ message_id: 'M', key: REF }];
    await work({ items, actor: ACTOR, deadlineAt: T0 + MINUTE }, ports);
    expect(rowOf(world)).toMatchObject({ ref: CORRECTED, timeline: [], due_at: T0 });
    expect(rowOf(world).observed).toBeUndefined();
    expect(world.sent).toEqual([]);
  });

  test('given two fill-ins at once keeps both', async () => {
    const world = empty();
    await register(REF, REGISTRATION, portsOf(world));
    const ports = portsOf(
      world,
      onceAtSave(() => register(REF, COMPLETED, portsOf(world, freely, 'B'))),
    );
    const { kind } = await register(REF, { ...REGISTRATION, total_amount: 5 as Fen }, ports);
    expect(kind).toBe('changed');
    expect(rowOf(world).registration).toEqual({ ...COMPLETED, total_amount: 5 });
  });
});

describe('a registration whose write', () => {
  test('got through and lost its answer finds the order there', async () => {
    const world = empty();
    const ports = portsOf(world, async (step, act) => {
      const result = act();
      return step === 'create' ? ('conflict' as typeof result) : result;
    });
    const { kind, order } = await register(REF, COMPLETED, ports);
    expect([kind, order]).toEqual(['already', rowOf(world)]);
  });

  test('is refused five times although the order is not there is an error that names it', async () => {
    const ports = portsOf(empty(), async (step, act) =>
      step === 'create' ? ('conflict' as ReturnType<typeof act>) : act(),
    );
    await expect(register(REF, COMPLETED, ports)).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      message: 'Order ORDER_1 is being changed by others; 5 tries to register it failed.',
    });
  });

  test('failed is an error; given again it is registered', async () => {
    const world = empty();
    const error = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer (Test).');
    const ports = portsOf(world, async (step, act) => {
      if (step === 'create') throw error;
      return act();
    });
    await expect(register(REF, COMPLETED, ports)).rejects.toBe(error);
    expect(await register(REF, COMPLETED, portsOf(world))).toMatchObject({ kind: 'registered' });
  });
});

test.each([
  ['the same words', COMPLETED, undefined, ['already', 'registered']],
  ['other words', { ...REGISTRATION, total_amount: 5 as Fen }, 5, ['changed', 'registered']],
] as const)(
  'in every order of their steps, two registrations at once, the other with %s, make one order with what both said',
  async (_name, other, amount, kinds) => {
    const schedules = await everySchedule(
      () => {
        const world = empty();
        const workers = [new Worker('A'), new Worker('B')];
        const results: string[] = [];
        const done = Promise.all(
          workers.map(async ({ name, gate }, index) => {
            const { kind } = await register(REF, index === 0 ? COMPLETED : other, portsOf(world, gate, name));
            results.push(kind);
          }),
        );
        return { world: { world, results }, actors: workers, done };
      },
      ({ world, results }) => {
        const { registration, due_at } = rowOf(world);
        expect(results.toSorted()).toEqual(kinds);
        expect([registration.completed_at, registration.total_amount]).toEqual([T0 - 2 * DAY, amount]);
        expect(due_at).toBe(T0);
      },
    );
    expect(schedules).toBeGreaterThan(10);
  },
);
