import type { Operation } from '../../lambda/core/order';
import { attempt } from '../../lambda/flow/attempt';
import { byHand, decideNow } from '../../lambda/flow/by-hand';
import { work } from '../../lambda/flow/work';
import {
  HOUR,
  MINUTE,
  outside,
  PAID,
  PENDING,
  portsOf,
  REF,
  rowOf,
  type Step,
  T0,
  type Gate,
  type Outside,
} from './support/memory';
import { everySchedule, Worker } from './support/schedules';

const ACTOR = { kind: 'api', id: 'operator' } as const;
const CANCEL: Operation = { kind: 'cancel', user_reason: '免除' };
/** What nobody changes here: when it is read makes no difference. */
const FREE: readonly Step[] = ['controls', 'keys', 'budget'];

async function workOnIt(world: Outside): Promise<void> {
  const items = [{ message_id: 'M', key: REF }];
  await work({ items, actor: ACTOR, deadlineAt: world.clock + MINUTE }, portsOf(world));
}

/** The same with its members in the opposite order, as DynamoDB may give them back. */
function turned<V>(value: V): V {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(turned) as V;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, turned(member)]),
  ) as V;
}

describe('beside the running worker', () => {
  test('in whatever order their steps fall, one call is open at a time, and none leaves on top of another', async () => {
    let told = 0;
    let sent = 0;
    await everySchedule(
      () => {
        const world = outside({ outcome: { kind: 'accepted' }, takesEffect: false });
        const operator = new Worker('O', FREE);
        const collector = new Worker('C', FREE);
        const order = rowOf(world);
        const deadlineAt = T0 + HOUR;
        const request = { order, actor: ACTOR, occasion: 'schedule', dryRun: false, deadlineAt } as const;
        const decision = { order, actor: ACTOR, reason: 'goodwill', operation: CANCEL, deadlineAt };
        return {
          world,
          actors: [operator, collector],
          done: Promise.all([
            byHand(decision, portsOf(world, operator.gate)),
            attempt(request, portsOf(world, collector.gate, 'B')),
          ]),
        };
      },
      (world) => {
        told += world.told.length;
        sent += world.sent.length;
        expect(world.told.length + world.sent.length).toBe(1);
        // Whoever came first, nothing is collected after the decision.
        expect(rowOf(world).intent).toMatchObject({ operation: CANCEL });
      },
    );
    expect(told).toBeGreaterThan(0);
    expect(sent).toBeGreaterThan(0);
  });
});

describe('a decision that others get in the way of', () => {
  const hold = { kind: 'hold', at: T0, hold: { actor: ACTOR, reason: 'disputed' } } as const;

  test('is looked at again on the order as it then is', async () => {
    const world = outside();
    const seen = rowOf(world);
    world.facts = PAID;
    await workOnIt(world);
    const result = await decideNow(
      seen,
      (order) => (order.status === 'paid' ? { refused: 'ended' } : { change: hold }),
      portsOf(world),
    );
    expect(result).toMatchObject({ kind: 'refused', because: 'ended' });
  });

  test('is written once when the answer to its write was lost', async () => {
    const world = outside();
    let lost = false;
    const gate: Gate = async (step, act) => {
      const done = act();
      if (step !== 'save' || lost) return done;
      lost = true;
      return 'conflict' as never;
    };
    const result = await decideNow(rowOf(world), () => ({ change: hold }), portsOf(world, gate));
    expect(result.kind).toBe('changed');
    expect(rowOf(world).timeline).toEqual([{ kind: 'held', at: T0, hold: hold.hold }]);
  });

  test('is known again in whatever order the members of a row come back', async () => {
    const world = outside();
    let lost = false;
    const gate: Gate = async (step, act) => {
      const done = act();
      if (step === 'find' && done !== undefined) return turned(done);
      if (step !== 'save' || lost) return done;
      lost = true;
      return 'conflict' as never;
    };
    const result = await decideNow(rowOf(world), () => ({ change: hold }), portsOf(world, gate));
    expect(result.kind).toBe('changed');
    expect(rowOf(world).timeline).toHaveLength(1);
  });

  test('gives up after five tries, and says that it did', async () => {
    const world = outside();
    const gate: Gate = async (step, act) => (step === 'save' ? ('conflict' as never) : act());
    await expect(
      decideNow(rowOf(world), () => ({ change: hold }), portsOf(world, gate)),
    ).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      message: 'Order ORDER_1 is being changed by others; 5 tries to write a decision failed.',
    });
  });
});

test('the amount that WeChat Pay shows before is the one that is due', () => {
  expect(PENDING.total_amount).toBe(100);
});
