import { PayscoreError } from '../../lambda/core/errors';
import { conclusiveAt } from '../../lambda/core/order';
import type { CallLimits, QueryReport } from '../../lambda/core/outcome';
import { ask } from '../../lambda/flow/ask';
import { attempt, type AttemptRequest } from '../../lambda/flow/attempt';
import type { Ports } from '../../lambda/flow/ports';
import { freely, type Gate, outside, PAID, PENDING, portsOf, REF, type Step, T0 } from './support/memory';

const SECOND = 1_000;
const ACTOR = { kind: 'api', id: 'test' } as const;

function request(change: Partial<AttemptRequest> = {}): AttemptRequest {
  return { ref: REF, actor: ACTOR, dryRun: false, deadlineAt: T0 + 25 * SECOND, ...change };
}

/** Fails the touch with this number, counted over touches of its kind. */
function failing(step: Step, number: number, error: Error, done = false): Gate {
  let seen = 0;
  return async (name, act) => {
    if (name !== step || (seen += 1) !== number) return act();
    if (done) act();
    throw error;
  };
}

const UNAVAILABLE = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer (Test).');

describe('what must be there before anything is claimed', () => {
  test('keys that cannot be had leave no open attempt behind', async () => {
    const world = outside();
    const error = new PayscoreError('SECRETS_UNAVAILABLE', 'no keys');
    // The first time is for the query, the second for the call.
    const ports = portsOf(world, failing('keys', 2, error));
    await expect(attempt(request(), ports)).rejects.toBe(error);
    expect(world.rows.get(REF.out_order_no)).toMatchObject({ observed: { standing: { kind: 'pending' } } });
    expect(world.rows.get(REF.out_order_no)?.open).toBeUndefined();
    expect(world.sent).toEqual([]);
  });

  test('another service_id than the ledger has is told before anything is asked', async () => {
    const world = outside();
    await attempt(request({ dryRun: false }), portsOf(world));
    const steps: Step[] = [];
    const ports = portsOf(world, async (step, act) => {
      steps.push(step);
      return act();
    });
    const ref = { ...REF, service_id: '2' as typeof REF.service_id };
    expect(await attempt(request({ ref }), ports)).toMatchObject({
      kind: 'service_mismatch',
      order: { ref: REF },
    });
    expect(steps).toEqual(['load']);
  });

  test.each([
    ['a query', 5_499, []],
    ['a call', 5_500, ['query']],
    ['a call', 7_999, ['query']],
  ])('less time than %s needs is out of time, and nothing is claimed (%i ms)', async (_what, ms, asked) => {
    const world = outside();
    const steps: Step[] = [];
    const ports = portsOf(world, async (step, act) => {
      steps.push(step);
      return act();
    });
    expect(await attempt(request({ deadlineAt: T0 + ms }), ports)).toMatchObject({ kind: 'out_of_time' });
    expect(steps.filter((step) => step === 'query')).toEqual(asked);
    expect(world.rows.get(REF.out_order_no)?.open).toBeUndefined();
  });

  test('8 s are enough for all of it', async () => {
    expect(await attempt(request({ deadlineAt: T0 + 8_000 }), portsOf(outside()))).toMatchObject({
      kind: 'attempted',
    });
  });
});

describe('a claim', () => {
  test('carries the actor, its time and send_by 5 s later', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    const result = await attempt(request(), portsOf(world));
    expect(result).toMatchObject({
      kind: 'attempted',
      recorded: true,
      claim: { claim_id: 'A1', actor: ACTOR, claimed_at: T0, send_by: T0 + 5_000 },
    });
  });

  test('whose write got through and whose answer was lost is recognised by its own id', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    let saves = 0;
    const ports = portsOf(world, async (step, act) => {
      const result = act();
      // The second write is the claim.
      return step === 'save' && (saves += 1) === 2 ? ('conflict' as typeof result) : result;
    });
    expect(await attempt(request(), ports)).toMatchObject({ kind: 'attempted', recorded: true });
    expect(world.sent).toHaveLength(1);
    expect(world.rows.get(REF.out_order_no)?.open).toMatchObject({ claim_id: 'A1' });
  });

  test('that somebody else made meanwhile is respected', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    let saves = 0;
    const ports = portsOf(world, async (step, act) => {
      if (step === 'save' && (saves += 1) === 2) await attempt(request(), portsOf(world, freely, 'B'));
      return act();
    });
    expect(await attempt(request(), ports)).toMatchObject({
      kind: 'held_back',
      order: { open: { claim_id: 'B1' } },
      decision: { kind: 'wait', because: 'attempt_open' },
    });
    expect(world.sent.map(({ worker }) => worker)).toEqual(['B']);
  });
});

describe('the record of an outcome', () => {
  test.each([
    ['was not written', false],
    ['was written and lost its answer', true],
  ])('that %s is said to be missing, and the attempt stays open', async (_name, done) => {
    const world = outside({ outcome: { kind: 'declined' } });
    const result = await attempt(request(), portsOf(world, failing('save', 3, UNAVAILABLE, done)));
    expect(result).toMatchObject({
      kind: 'attempted',
      report: { outcome: { kind: 'declined' } },
      recorded: false,
      order: { open: { claim_id: 'A1' } },
    });
    expect(world.events.map(({ kind }) => kind)).toEqual(['queried', 'called', 'settle_failed']);
    expect(world.rows.get(REF.out_order_no)?.open?.claim_id).toBe(done ? undefined : 'A1');
  });

  test('is given up after five rows that others changed, and said to be missing', async () => {
    const world = outside({ outcome: { kind: 'declined' } });
    let saves = 0;
    const ports = portsOf(world, async (step, act) => {
      if (step !== 'save') return act();
      saves += 1;
      return saves > 2 ? ('conflict' as ReturnType<typeof act>) : act();
    });
    expect(await attempt(request(), ports)).toMatchObject({ kind: 'attempted', recorded: false });
    expect(saves).toBe(2 + 5);
  });

  test('does not open again what a query closed while the call was under way', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    const ports = portsOf(world, async (step, act) => {
      if (step !== 'collect') return act();
      const result = act();
      world.facts = PAID;
      const order = world.rows.get(REF.out_order_no);
      if (order === undefined) throw new Error('the claim comes before the call');
      await ask(order, portsOf(world, freely, 'B'), { deadlineAt: T0 + 25 * SECOND, keep: true });
      return result;
    });
    const result = await attempt(request(), ports);
    expect(result).toMatchObject({ kind: 'attempted', recorded: true, order: { version: 4 } });
    const row = world.rows.get(REF.out_order_no);
    expect(row?.open).toBeUndefined();
    expect(row?.observed?.standing).toEqual({ kind: 'paid', paid_amount: 100 });
    expect(row?.timeline.map(({ kind }) => kind)).toEqual(['observed', 'observed', 'closed', 'attempt']);
  });

  test('comes on top of a query that was written between the claim and the answer, and loses nothing of it', async () => {
    const world = outside({ outcome: { kind: 'declined' } });
    const ports = portsOf(world, async (step, act) => {
      if (step === 'collect') {
        const order = world.rows.get(REF.out_order_no);
        world.clock += SECOND;
        if (order !== undefined)
          await ask(order, portsOf(world, freely, 'B'), { deadlineAt: T0 + 25 * SECOND, keep: true });
      }
      return act();
    });
    await attempt(request(), ports);
    const row = world.rows.get(REF.out_order_no);
    expect(row?.observed?.at).toBe(T0 + SECOND);
    expect(row?.timeline.map(({ kind }) => kind)).toEqual(['observed', 'attempt']);
    expect(row?.last_call_at).toBe(T0);
  });

  test('of a conclusive query is not overtaken by one that was asked before', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    await attempt(request(), portsOf(world));
    const open = world.rows.get(REF.out_order_no)?.open;
    if (open === undefined) throw new Error('an accepted attempt is open');
    // Asked in time, answered late: it says how things stood when it was asked.
    world.clock = conclusiveAt(open) - 1;
    const order = world.rows.get(REF.out_order_no);
    if (order === undefined) throw new Error('there is a row');
    const slow = portsOf(world, async (step, act) => {
      const result = act();
      if (step === 'query') world.clock += 7 * SECOND;
      return result;
    });
    await ask(order, slow, { deadlineAt: world.clock + 25 * SECOND, keep: true });
    expect(world.rows.get(REF.out_order_no)?.open).toEqual(open);
  });
});

describe('the deadline', () => {
  interface Given {
    readonly what: 'query' | 'collect';
    /** Until when the call may last, from the deadline back. */
    readonly beforeDeadlineMs: number;
  }

  /** Ports on which everything takes long; what each call was given. */
  function slowPorts(
    deadlineAt: number,
    took: Partial<Record<Step, number>>,
  ): { ports: Ports; given: Given[] } {
    const world = outside({ facts: PENDING });
    const ports = portsOf(world, async (step, act) => {
      world.clock += took[step] ?? 0;
      return act();
    });
    const given: Given[] = [];
    const note = (what: Given['what'], { timeoutMs }: CallLimits) =>
      void given.push({ what, beforeDeadlineMs: deadlineAt - (world.clock + timeoutMs) });
    const REFUSED: QueryReport = { kind: 'refused', because: 'credentials', evidence: {} };
    const merchants: Ports['merchants'] = {
      get: async (mchid) => {
        const calls = await ports.merchants.get(mchid);
        return {
          query: async (ref, limits) => {
            note('query', limits);
            const report = await calls.query(ref, limits);
            return given.filter(({ what }) => what === 'query').length === 1 ? REFUSED : report;
          },
          collect: (ref, limits) => {
            note('collect', limits);
            return calls.collect(ref, limits);
          },
        };
      },
      refresh: async (mchid, used) => {
        await ports.merchants.refresh(mchid, used);
        return true;
      },
    };
    return { ports: { ...ports, merchants }, given };
  }

  test('a claim that took the time of its call is not called on, burns nothing and says so', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    let saves = 0;
    const ports = portsOf(world, async (step, act) => {
      if (step === 'save' && (saves += 1) === 2) world.clock += 4 * SECOND;
      return act();
    });
    expect(await attempt(request({ deadlineAt: T0 + 10 * SECOND }), ports)).toMatchObject({
      kind: 'attempted',
      recorded: true,
      report: { outcome: { kind: 'not_sent', because: 'out_of_time' } },
    });
    const row = world.rows.get(REF.out_order_no);
    expect([row?.open, row?.last_call_at, world.sent]).toEqual([undefined, undefined, []]);
  });

  test.each([
    ['while there is time', 4_000, ['refresh']],
    ['not when the answer would be late for it', 6_000, []],
  ])('keys refused on the call are read again %s', async (_when, callMs, expected) => {
    const world = outside({ outcome: { kind: 'misconfigured', scope: 'merchant' } });
    const refreshed: Step[] = [];
    const ports = portsOf(world, async (step, act) => {
      if (step === 'collect') world.clock += callMs - 1_000;
      if (step === 'refresh') refreshed.push(step);
      const result = act();
      if (step === 'collect') world.clock += 1_000;
      return result;
    });
    expect(await attempt(request({ deadlineAt: T0 + 10 * SECOND }), ports)).toMatchObject({
      kind: 'attempted',
      recorded: true,
    });
    expect(refreshed).toEqual(expected);
  });

  test.each([
    ['slow keys', { keys: 4_000 }],
    ['a slow query that is repeated with new keys', { query: 7_000 }],
    ['a slow refresh of keys', { refresh: 4_500 }],
    ['a slow claim', { save: 2_000 }],
    ['everything slow', { load: 1_500, keys: 1_500, query: 4_000, refresh: 3_000, save: 1_500 }],
  ])('leaves the ledger its 5 s after every call, whatever took long before: %s', async (_name, took) => {
    for (const seconds of [6, 9, 10, 14, 18, 22, 25, 28]) {
      const deadlineAt = T0 + seconds * SECOND;
      const { ports, given } = slowPorts(deadlineAt, took);
      await attempt(request({ deadlineAt }), ports);
      for (const { what, beforeDeadlineMs } of given) {
        const kept = beforeDeadlineMs >= 5_000;
        expect({ seconds, what, kept, beforeDeadlineMs }).toEqual({
          seconds,
          what,
          kept: true,
          beforeDeadlineMs,
        });
      }
    }
  });
});
