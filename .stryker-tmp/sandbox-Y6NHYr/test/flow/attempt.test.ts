import { PayscoreError } from '../../lambda/core/errors';
import { newOrder } from '../../lambda/core/order';
import { ask } from '../../lambda/flow/ask';
import { attempt, type AttemptRequest } from '../../lambda/flow/attempt';
import { conclusiveAt } from '../../lambda/core/order';
import {
  freely,
  type Gate,
  noting,
  outside,
  type Outside,
  portsOf,
  REF,
  registered,
  rowOf,
  SECOND,
  type Step,
  T0,
} from './support/memory';

const ACTOR = { kind: 'api', id: 'test' } as const;
const UNAVAILABLE = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer (Test).');

function request(world: Outside, change: Partial<AttemptRequest> = {}): AttemptRequest {
  return {
    order: rowOf(world),
    actor: ACTOR,
    occasion: 'demand',
    dryRun: false,
    deadlineAt: world.clock + 25 * SECOND,
    ...change,
  };
}

/** Does something at the touch with this number, counted over touches of its kind. */
function at(step: Step, number: number, then: <T>(act: () => T) => T | Promise<T>): Gate {
  let seen = 0;
  return async (name, act) => (name === step && (seen += 1) === number ? then(act) : act());
}

const failing = (step: Step, number: number, error: Error, done = false): Gate =>
  at(step, number, (act) => {
    if (done) act();
    throw error;
  });

describe('what must be there before anything is claimed', () => {
  test('keys that cannot be had leave no open attempt behind', async () => {
    const world = outside();
    const error = new PayscoreError('SECRETS_UNAVAILABLE', 'no keys');
    // The first time is for the query, the second for the call.
    await expect(attempt(request(world), portsOf(world, failing('keys', 2, error)))).rejects.toBe(error);
    expect(rowOf(world)).toMatchObject({ observed: { standing: { kind: 'pending' } } });
    expect(rowOf(world).open).toBeUndefined();
    expect(world.sent).toEqual([]);
  });

  test.each([
    ['a query', 5_499, []],
    ['a call', 5_500, ['query']],
    ['a call', 7_999, ['query']],
  ])('less time than %s needs is out of time, and nothing is claimed (%i ms)', async (_what, ms, asked) => {
    const world = outside();
    const steps: Step[] = [];
    const result = await attempt(request(world, { deadlineAt: T0 + ms }), portsOf(world, noting(steps)));
    expect(result).toMatchObject({ kind: 'out_of_time', order: { ref: REF } });
    expect(steps.filter((step) => step === 'query')).toEqual(asked);
    expect(steps).not.toContain('budget');
    expect(rowOf(world).open).toBeUndefined();
  });

  test('8 s are enough for all of it', async () => {
    const world = outside();
    expect(await attempt(request(world, { deadlineAt: T0 + 8_000 }), portsOf(world))).toMatchObject({
      kind: 'attempted',
    });
  });

  test('a rate that is used up is waited for, and nothing is claimed', async () => {
    const world = outside({ budgetUntil: T0 + 9 * SECOND });
    const steps: Step[] = [];
    expect(await attempt(request(world), portsOf(world, noting(steps)))).toMatchObject({
      kind: 'held_back',
      decision: { kind: 'wait', because: 'budget', until: T0 + 9 * SECOND },
    });
    expect(steps.filter((step) => step === 'budget')).toEqual(['budget']);
    expect(rowOf(world)).toMatchObject({ version: 2, calls: [] });
    expect(rowOf(world).open).toBeUndefined();
    expect(world.sent).toEqual([]);
    world.clock = T0 + 9 * SECOND;
    expect(await attempt(request(world), portsOf(world))).toMatchObject({ kind: 'attempted' });
  });

  test('the schedule takes a call of the rate for its question too; whoever asks by hand is answered', async () => {
    for (const [occasion, asked] of [
      ['schedule', []],
      ['demand', ['query']],
    ] as const) {
      const world = outside({ budgetUntil: T0 + 9 * SECOND });
      const steps: Step[] = [];
      const result = await attempt(request(world, { occasion }), portsOf(world, noting(steps)));
      expect(result).toMatchObject({ decision: { because: 'budget', until: T0 + 9 * SECOND } });
      expect(steps.filter((step) => step === 'query')).toEqual(asked);
    }
  });

  test('the rate is taken from only by what is about to be collected', async () => {
    const world = outside();
    await attempt(request(world), portsOf(world));
    const steps: Step[] = [];
    expect(await attempt(request(world), portsOf(world, noting(steps)))).toMatchObject({
      kind: 'held_back',
      decision: { kind: 'wait', because: 'gap' },
    });
    expect(steps).not.toContain('budget');
    expect(steps).not.toContain('keys');
  });
});

describe('a dry run', () => {
  test('asks and decides, and leaves the ledger, the rate and WeChat Pay alone', async () => {
    const world = outside();
    const before = rowOf(world);
    const steps: Step[] = [];
    const result = await attempt(request(world, { dryRun: true }), portsOf(world, noting(steps)));
    expect(result).toMatchObject({
      kind: 'would_collect',
      order: { observed: { standing: { kind: 'pending' } } },
    });
    expect(steps).toEqual(['controls', 'keys', 'query', 'controls']);
    expect(rowOf(world)).toBe(before);
  });

  test('takes an order that nobody registered', async () => {
    const world = outside();
    world.rows.clear();
    const order = { ...newOrder(REF, { at: T0, actor: ACTOR }), version: 0 };
    expect(
      await attempt(
        { order, actor: ACTOR, occasion: 'demand', dryRun: true, deadlineAt: T0 + 25 * SECOND },
        portsOf(world),
      ),
    ).toMatchObject({ kind: 'would_collect' });
    expect(world.rows.size).toBe(0);
  });
});

describe('a claim', () => {
  test('carries the actor, its time, send_by 5 s later, and the rule and policy that decided it', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    const result = await attempt(request(world), portsOf(world));
    expect(result).toMatchObject({
      kind: 'attempted',
      recorded: true,
      claim: {
        claim_id: 'A1',
        actor: ACTOR,
        claimed_at: T0,
        send_by: T0 + 5_000,
        decided: { rule: 'demand', policy: 'provider:1' },
      },
    });
  });

  test.each([
    ['schedule', { rule: 'first_attempt', policy: 'provider:1' }],
    ['consent', { rule: 'consent', policy: 'provider:1', reason: 'call of 11:58' }],
  ] as const)('on %s says so, and why the user consented', async (occasion, decided) => {
    const world = outside({ outcome: { kind: 'accepted' } });
    const reason = occasion === 'consent' ? { reason: 'call of 11:58' } : {};
    await attempt(request(world, { occasion, ...reason }), portsOf(world));
    expect(rowOf(world).open?.decided).toEqual(decided);
  });

  test('whose write got through and whose answer was lost is recognised by its own id', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    // The second write is the claim.
    const ports = portsOf(
      world,
      at('save', 1, (act) => {
        const result = act();
        return 'conflict' as typeof result;
      }),
    );
    expect(await attempt(request(world), ports)).toMatchObject({ kind: 'attempted', recorded: true });
    expect(world.sent).toHaveLength(1);
    expect(rowOf(world).open).toMatchObject({ claim_id: 'A1' });
  });

  test('that somebody else made meanwhile is respected', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    const ports = portsOf(
      world,
      at('save', 1, async (act) => {
        await attempt(request(world), portsOf(world, freely, 'B'));
        return act();
      }),
    );
    expect(await attempt(request(world), ports)).toMatchObject({
      kind: 'held_back',
      order: { open: { claim_id: 'B1' } },
      decision: { kind: 'wait', because: 'attempt_open' },
    });
    expect(world.sent.map(({ worker }) => worker)).toEqual(['B']);
  });

  test('that others get in the way of again and again is given up, with nothing sent', async () => {
    const world = outside();
    let saves = 0;
    const ports = portsOf(world, async (step, act) => {
      // Whatever they did, the order may still be collected.
      if (step === 'save' && (saves += 1) <= 6)
        registered(world, REF, { ...rowOf(world), version: rowOf(world).version + 1 });
      return act();
    });
    expect(await attempt(request(world), ports)).toMatchObject({ kind: 'out_of_time' });
    // Five claims; then what was learnt is written, and got in the way of once more.
    expect([saves, world.sent]).toEqual([5 + 2, []]);
    expect(rowOf(world).open).toBeUndefined();
  });
});

test('a claim that somebody else got in the way of gives its trial back: the next one is 5 min later', async () => {
  const world = outside();
  const TRIPPED = { version: 1, trips: 1, tripped_at: T0 - 3_600_000, until: T0, because: '403 NO_AUTH' };
  world.breakers.set(REF.mchid, TRIPPED);
  const disturb = at('save', 1, (act) => {
    registered(world, REF, { ...rowOf(world), version: rowOf(world).version + 1 });
    return act();
  });
  const result = await attempt(request(world), portsOf(world, disturb));
  expect(result).toMatchObject({
    kind: 'held_back',
    decision: { kind: 'wait', because: 'breaker', until: T0 + 300_000 },
  });
  expect(world.breakers.get(REF.mchid)).toEqual({ ...TRIPPED, version: 3, until: T0 + 300_000 });
  expect([world.sent, rowOf(world).open]).toEqual([[], undefined]);
});

describe('the record of an outcome', () => {
  test.each([
    ['was not written', false],
    ['was written and lost its answer', true],
  ])('that %s is said to be missing, and the caller still learns the outcome', async (_name, done) => {
    const world = outside({ outcome: { kind: 'declined' } });
    const result = await attempt(request(world), portsOf(world, failing('save', 2, UNAVAILABLE, done)));
    expect(result).toMatchObject({
      kind: 'attempted',
      report: { outcome: { kind: 'declined' } },
      recorded: false,
      order: { open: { claim_id: 'A1' } },
    });
    expect(world.events.map(({ kind }) => kind)).toEqual(['queried', 'called', 'settle_failed']);
    expect(rowOf(world).open?.claim_id).toBe(done ? undefined : 'A1');
  });

  test('is given up after five rows that others changed, and said to be missing', async () => {
    const world = outside({ outcome: { kind: 'declined' } });
    let saves = 0;
    const ports = portsOf(world, async (step, act) => {
      if (step !== 'save') return act();
      saves += 1;
      return saves > 1 ? ('conflict' as ReturnType<typeof act>) : act();
    });
    expect(await attempt(request(world), ports)).toMatchObject({ kind: 'attempted', recorded: false });
    expect(saves).toBe(1 + 5);
  });

  test('does not open again what a query closed while the call was under way', async () => {
    const world = outside({ outcome: { kind: 'accepted' }, paysNow: true });
    const ports = portsOf(
      world,
      at('collect', 1, async (act) => {
        const result = act();
        await ask(rowOf(world), portsOf(world, freely, 'B'), { deadlineAt: T0 + 25 * SECOND, keep: true });
        return result;
      }),
    );
    const result = await attempt(request(world), ports);
    expect(result).toMatchObject({ kind: 'attempted', recorded: true, order: { version: 5 } });
    const row = rowOf(world);
    expect(row).toMatchObject({ status: 'paid', observed: { standing: { kind: 'paid', paid_amount: 100 } } });
    expect(row.open).toBeUndefined();
    expect(row.due_at).toBeUndefined();
    expect(row.timeline.map(({ kind }) => kind)).toEqual(['observed', 'observed', 'closed', 'attempt']);
  });

  test('comes on top of a query that was written between the claim and the answer, and loses nothing of it', async () => {
    const world = outside({ outcome: { kind: 'declined' } });
    const ports = portsOf(
      world,
      at('collect', 1, async (act) => {
        world.clock += SECOND;
        await ask(rowOf(world), portsOf(world, freely, 'B'), { deadlineAt: T0 + 25 * SECOND, keep: true });
        return act();
      }),
    );
    await attempt(request(world), ports);
    const row = rowOf(world);
    expect(row.observed?.at).toBe(T0 + SECOND);
    expect(row.timeline.map(({ kind }) => kind)).toEqual(['observed', 'attempt']);
    expect(row.calls).toEqual([T0]);
  });

  test('of a conclusive query is not overtaken by one that was asked before', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    await attempt(request(world), portsOf(world));
    const { open } = rowOf(world);
    if (open === undefined) throw new Error('an accepted attempt is open');
    // Asked in time, answered late: it says how things stood when it was asked.
    world.clock = conclusiveAt(open) - 1;
    const slow = portsOf(
      world,
      at('query', 1, (act) => {
        const result = act();
        world.clock += 7 * SECOND;
        return result;
      }),
    );
    await ask(rowOf(world), slow, { deadlineAt: world.clock + 25 * SECOND, keep: true });
    expect(rowOf(world).open).toEqual(open);
  });

  test('leaves the order planned by the ladder of that outcome', async () => {
    const world = outside({ outcome: { kind: 'declined' } });
    await attempt(request(world), portsOf(world));
    // decline_ladder_hours begins with 24.
    expect(rowOf(world)).toMatchObject({ status: 'active', due_at: T0 + 24 * 3_600 * SECOND });
  });
});

test.each(['unanswered', 'refused'] as const)(
  'an order about which WeChat Pay was asked and %s is not collected, and what is known of it stands',
  async (kind) => {
    const unobserved =
      kind === 'unanswered'
        ? ({ kind, because: 'unverified', evidence: {} } as const)
        : ({ kind, because: 'not_found', evidence: {} } as const);
    const world = outside({ unobserved });
    const before = rowOf(world);
    expect(await attempt(request(world), portsOf(world))).toEqual({
      kind: 'unobserved',
      order: before,
      report: unobserved,
    });
    expect(rowOf(world)).toBe(before);
    expect(world.sent).toEqual([]);
  },
);
