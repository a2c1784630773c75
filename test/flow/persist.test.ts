import { PayscoreError } from '../../lambda/core/errors';
import { evolve, type Change } from '../../lambda/core/evolve';
import { inHand } from '../../lambda/core/plan';
import { isCollectedNext, persist, persistIfAsSeen, putToRest } from '../../lambda/flow/persist';
import {
  DAY,
  type Gate,
  HOUR,
  MINUTE,
  noting,
  outside,
  type Outside,
  PENDING,
  portsOf,
  REF,
  registered,
  rowOf,
  type Step,
  swept,
  T0,
} from './support/memory';

const DECIDED = { rule: 'demand', policy: 'provider:1' } as const;
const HELD: Change = {
  kind: 'hold',
  at: T0,
  hold: { actor: { kind: 'api', id: 'operator' }, reason: 'disputed' },
};
const SEEN_PENDING: Change = {
  kind: 'observe',
  observation: { at: T0, standing: { kind: 'pending' }, facts: PENDING },
};
const OPEN = {
  claim_id: 'C1',
  actor: { kind: 'api', id: 'test' },
  decided: DECIDED,
  claimed_at: T0,
  send_by: T0 + 5_000,
} as const;

/** Other workers change the row before each of the first so many writes of this one. */
function disturbed(world: Outside, times: number): Gate {
  let writes = 0;
  return async (step, act) => {
    if (step === 'save' && (writes += 1) <= times) {
      const row = rowOf(world);
      registered(world, REF, { ...row, version: row.version + 1, unanswered: { count: writes, at: T0 } });
    }
    return act();
  };
}

describe('a change', () => {
  test('is written with the time at which the order is next taken up', async () => {
    const world = outside();
    registered(world, REF, { observed: SEEN_PENDING.observation });
    const after = await persist(portsOf(world), rowOf(world), HELD);
    expect(rowOf(world)).toEqual(after);
    // Held orders are watched: asked about a day after the last word about them.
    expect(after).toMatchObject({ version: 2, status: 'watched', due_at: T0 + DAY, planned_at: T0 + DAY });
  });

  test('comes on top of what others did meanwhile', async () => {
    const world = outside();
    const after = await persist(portsOf(world, disturbed(world, 4)), rowOf(world), HELD);
    expect(after).toMatchObject({ version: 6, unanswered: { count: 4 }, hold: { reason: 'disputed' } });
    expect(rowOf(world)).toEqual(after);
  });

  test('that others get in the way of five times is an error, and nothing of it is written', async () => {
    const world = outside();
    const steps: Step[] = [];
    const ports = portsOf(world, async (step, act, of) => {
      steps.push(step);
      return disturb(step, act, of);
    });
    const disturb = disturbed(world, 5);
    await expect(persist(ports, rowOf(world), HELD)).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      message: 'Order ORDER_1 is being changed by others; 5 tries to record a change failed.',
    });
    expect(steps.filter((step) => step === 'save')).toHaveLength(5);
    expect(rowOf(world).hold).toBeUndefined();
  });

  test('passes on the error of a ledger that does not answer', async () => {
    const world = outside();
    const error = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer (Test).');
    const ports = portsOf(world, async (step, act) => {
      if (step === 'save') throw error;
      return act();
    });
    await expect(persist(ports, rowOf(world), HELD)).rejects.toBe(error);
  });
});

describe('controls that cannot be read', () => {
  const unread =
    (error: Error): Gate =>
    async (step, act) => {
      if (step === 'controls') throw error;
      return act();
    };
  const UNAVAILABLE = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer (Test).');

  test('lose nothing of what happened: it is written, and the order is due again in 15 minutes', async () => {
    const world = outside();
    const after = await persist(portsOf(world, unread(UNAVAILABLE)), rowOf(world), SEEN_PENDING);
    expect(rowOf(world)).toEqual(after);
    expect(after).toMatchObject({ version: 2, observed: { at: T0 }, due_at: T0 + 15 * MINUTE });
  });

  test('hide no mistake of the program', async () => {
    const world = outside();
    const mistake = new TypeError('undefined is not a function');
    await expect(persist(portsOf(world, unread(mistake)), rowOf(world), SEEN_PENDING)).rejects.toBe(mistake);
    expect(rowOf(world).version).toBe(1);
  });
});

describe('a change that only holds of the order as it was seen', () => {
  const WOULD: Change = { kind: 'would_collect', at: T0, decided: DECIDED };

  test('is written once, with the time at which the order is next taken up', async () => {
    const world = outside({ mode: 'off' });
    registered(world, REF, { observed: SEEN_PENDING.observation });
    const after = await persistIfAsSeen(portsOf(world), rowOf(world), WOULD);
    expect(after).toEqual(rowOf(world));
    expect(after).toMatchObject({ version: 2, status: 'watched', due_at: T0 + DAY });
    expect(after?.timeline).toHaveLength(1);
  });

  test('is dropped when somebody else has changed the order', async () => {
    const world = outside();
    expect(await persistIfAsSeen(portsOf(world, disturbed(world, 1)), rowOf(world), WOULD)).toBeUndefined();
    expect(rowOf(world)).toMatchObject({ version: 2, unanswered: { count: 1 }, timeline: [] });
  });
});

describe('in hand and at rest', () => {
  test('an order whose collection is due is due now', async () => {
    const world = outside();
    swept(world);
    const after = await persist(portsOf(world), rowOf(world), SEEN_PENDING);
    expect(after).toMatchObject({ due_at: T0, planned_at: T0 });
  });

  test('an order is collected next or not by the occasion: whoever asks for it is not bound by the ladder', async () => {
    const world = outside();
    const calls = [T0 - 10 * HOUR];
    registered(world, REF, { calls, observed: SEEN_PENDING.observation });
    const ports = portsOf(world);
    expect(await isCollectedNext(ports, rowOf(world), 'demand')).toBe(true);
    // The schedule goes on at the next step of the decline ladder, 24 h after the call.
    expect(await isCollectedNext(ports, rowOf(world), 'schedule')).toBe(false);
  });

  test('an order of which it cannot be known what holds for it is not collected next', async () => {
    const world = outside();
    registered(world, REF, { observed: SEEN_PENDING.observation });
    const failing: Gate = async (step, act) => {
      if (step === 'controls') throw new PayscoreError('LEDGER_UNAVAILABLE', 'down');
      return act();
    };
    expect(await isCollectedNext(portsOf(world, failing), rowOf(world), 'demand')).toBe(false);
  });

  test.each([
    ['not due at all', undefined, T0 + 4 * MINUTE],
    ['due long ago', T0 - HOUR, T0 + 4 * MINUTE],
    ['due now', T0, T0 + 4 * MINUTE],
    ['due in a moment', T0 + 1, T0 + 1],
    ['due in 20 minutes', T0 + 20 * MINUTE, T0 + 20 * MINUTE],
    ['due later than that', T0 + 20 * MINUTE + 1, T0 + 4 * MINUTE],
  ])(
    'a claim on an order %s leaves it due when a dead worker’s attempt is to be asked about',
    (_name, due, expected) => {
      const world = outside();
      const { due_at: _due, ...order } = rowOf(world);
      const claimed = evolve(
        { ...order, ...(due === undefined ? {} : { due_at: due }) },
        { kind: 'claim', open: OPEN },
      );
      expect(inHand(claimed, T0).due_at).toBe(expected);
    },
  );
});

describe('an order that nothing happened to', () => {
  const dueIn = (world: Outside, ms: number) => {
    // Called 22 hours ago: the decline ladder has it wait for another two.
    registered(world, REF, { calls: [T0 - 22 * HOUR], observed: SEEN_PENDING.observation, due_at: T0 + ms });
    return rowOf(world);
  };

  test.each([
    ['too soon', 15 * MINUTE, T0 + 2 * HOUR],
    ['a millisecond too soon', 2 * HOUR - 1, T0 + 2 * HOUR],
    // What becomes due together is spread over a tenth of the wait, 12 min.
    ['later than any spread would have it', 2 * HOUR + 12 * MINUTE, T0 + 2 * HOUR],
  ])('and that is due %s is put where it belongs', async (_name, ms, expected) => {
    const world = outside();
    const rested = await putToRest(portsOf(world), dueIn(world, ms));
    expect(rowOf(world)).toEqual(rested);
    expect(rested).toMatchObject({ version: 2, due_at: expected, planned_at: expected });
  });

  test.each([
    ['at its time', 2 * HOUR],
    ['as late as the spread may have it', 2 * HOUR + 12 * MINUTE - 1],
  ])('and that is due %s costs no write', async (_name, ms) => {
    const world = outside();
    const order = dueIn(world, ms);
    const steps: Step[] = [];
    expect(await putToRest(portsOf(world, noting(steps)), order)).toBe(order);
    expect(steps).toEqual(['controls']);
  });

  test.each([
    ['where a sweep has moved it', 15 * MINUTE, 15 * MINUTE],
    ['up to 20 minutes after its question', 24 * MINUTE, 24 * MINUTE],
    ['later than that', 24 * MINUTE + 1, 4 * MINUTE],
    ['before anything would be conclusive', 4 * MINUTE - 1, 4 * MINUTE],
  ])('with an open attempt that is due %s is asked about in time', async (_name, ms, expected) => {
    const world = outside();
    registered(world, REF, { open: OPEN, due_at: T0 + ms });
    expect(await putToRest(portsOf(world), rowOf(world))).toMatchObject({ due_at: T0 + expected });
  });

  test('is not written over what somebody else did to it meanwhile', async () => {
    const world = outside();
    const order = dueIn(world, 15 * MINUTE);
    expect(await putToRest(portsOf(world, disturbed(world, 1)), order)).toBe(order);
    expect(rowOf(world)).toMatchObject({ version: 2, unanswered: { count: 1 } });
  });

  test('but that its merchant’s rate was used up is due when it is to be had again, and as late as it was', async () => {
    const world = outside();
    const observed = SEEN_PENDING.observation;
    registered(world, REF, { observed, due_at: T0 + 15 * MINUTE, planned_at: T0 - HOUR });
    const rested = await putToRest(portsOf(world), rowOf(world), T0 + 7_000);
    expect(rested).toMatchObject({ status: 'active', due_at: T0 + 7_000, planned_at: T0 - HOUR });
  });

  test('but that its merchant’s rate was used up, and that was not due, counts as late from then', async () => {
    const world = outside();
    const { due_at: _due, planned_at: _planned, ...order } = rowOf(world);
    for (const key of world.rows.keys()) world.rows.set(key, order);
    const rested = await putToRest(portsOf(world), order, T0 + 7_000);
    expect(rested).toMatchObject({ due_at: T0 + 7_000, planned_at: T0 + 7_000 });
  });

  test('and that is at its end is not due any more', async () => {
    const world = outside();
    const paid = { at: T0, standing: { kind: 'paid', paid_amount: 100 }, facts: PENDING } as never;
    registered(world, REF, { observed: paid, status: 'active', due_at: T0 + 15 * MINUTE });
    const rested = await putToRest(portsOf(world), rowOf(world));
    expect(rested.status).toBe('paid');
    expect(rested).not.toHaveProperty('due_at');
    expect(rested).not.toHaveProperty('planned_at');
    expect(await putToRest(portsOf(world), rested)).toBe(rested);
  });
});
