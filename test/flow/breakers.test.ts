import { PayscoreError } from '../../lambda/core/errors';
import { spellEvidence } from '../../lambda/flow/breakers';
import { work } from '../../lambda/flow/work';
import {
  ACTOR,
  REFUSED_PAIR,
  REFUSED_KEYS,
  OTHER_SERVICE,
  OTHER_SUB,
  OTHER_MERCHANT,
  collect,
  attemptOn,
  only,
  pairBreaker,
  merchantBreaker,
  halfOpen,
} from './support/breakers';
import {
  DAY,
  freely,
  type Gate,
  HOUR,
  MINUTE,
  outside,
  PENDING,
  portsOf,
  REF,
  refOf,
  registered,
  rowOf,
  T0,
} from './support/memory';
import { everySchedule, Worker } from './support/schedules';

const waitsForBreaker = (until: number) => ({
  kind: 'held_back',
  decision: { kind: 'wait', because: 'breaker', until },
});

describe('a fault of configuration', () => {
  test('of one sub-merchant and service stops these alone, for an hour, and burns no attempt', async () => {
    const world = outside(only(REFUSED_PAIR, REF, refOf('SAME')));
    expect(await collect(world)).toMatchObject({ kind: 'attempted', recorded: true });
    expect(rowOf(world)).toMatchObject({ calls: [], setbacks: { count: 1 }, due_at: T0 + HOUR });
    expect([...world.breakers.values()]).toEqual([
      { version: 1, trips: 1, tripped_at: T0, until: T0 + HOUR, because: '403 NO_AUTH' },
    ]);
    expect(await collect(world, refOf('SAME'))).toMatchObject(waitsForBreaker(T0 + HOUR));
    for (const ref of [OTHER_SERVICE, OTHER_SUB, OTHER_MERCHANT])
      expect(await collect(world, ref)).toMatchObject({ kind: 'attempted' });
    expect(pairBreaker(world)).toBeDefined();
  });

  test('of the merchant’s keys stops all of the merchant, and nobody else', async () => {
    const world = outside({ outcome: REFUSED_KEYS });
    await collect(world);
    expect([...world.breakers.keys()]).toEqual([REF.mchid]);
    for (const ref of [refOf('SAME'), OTHER_SERVICE, OTHER_SUB])
      expect(await collect(world, ref)).toMatchObject(waitsForBreaker(T0 + HOUR));
    expect(await collect(world, OTHER_MERCHANT)).toMatchObject({ kind: 'attempted' });
  });

  test('never forbids asking: orders are still asked about', async () => {
    const world = outside({ outcome: REFUSED_KEYS });
    await collect(world);
    await collect(world, OTHER_SUB);
    expect(rowOf(world, OTHER_SUB).observed?.at).toBe(T0);
  });

  test('is told to the log when it trips, and not again by calls that were under way then', async () => {
    const world = outside({ outcome: REFUSED_PAIR });
    const late = portsOf(world, async (step, act) => {
      // Claimed already when another order of the pair is refused.
      if (step === 'collect') await collect(world, refOf('FIRST'), freely, 'B');
      return act();
    });
    await attemptOn(world, REF, late);
    expect(pairBreaker(world)).toMatchObject({ version: 1, trips: 1 });
    expect(world.events.filter(({ kind }) => kind === 'breaker')).toHaveLength(1);
  });

  test('that cannot be written down fails no call: what the call came to is recorded all the same', async () => {
    const world = outside({ outcome: REFUSED_PAIR });
    const error = new PayscoreError('LEDGER_UNAVAILABLE', 'DynamoDB did not answer (Test).');
    const gate: Gate = async (step, act) => {
      if (step === 'saveBreaker') throw error;
      return act();
    };
    expect(await collect(world, REF, gate)).toMatchObject({ kind: 'attempted', recorded: true });
    expect(rowOf(world).setbacks).toEqual({ count: 1, at: T0 });
    const told = { kind: 'breaker_failed', ref: REF, scope: 'pair', claim_id: 'A1', error };
    expect(world.events).toContainEqual(told);
    expect(world.breakers.size).toBe(0);
  });

  test('is given up after three writes that others got in the way of, and the next refusal trips it', async () => {
    const world = outside({ outcome: REFUSED_PAIR });
    let writes = 0;
    const gate: Gate = async (step, act) =>
      step === 'saveBreaker' && (writes += 1) <= 3 ? ('conflict' as ReturnType<typeof act>) : act();
    await collect(world, REF, gate);
    expect([writes, world.breakers.size]).toEqual([3, 0]);
    await collect(world, refOf('NEXT'));
    expect(pairBreaker(world)).toMatchObject({ trips: 1 });
  });
});

describe('a breaker that is half open', () => {
  test.each([
    ['pair', REFUSED_PAIR],
    ['merchant', REFUSED_KEYS],
  ] as const)(
    'climbs with every trial that is refused: 1 h, 6 h, 24 h, and 24 h again (%s)',
    async (scope, outcome) => {
      const world = outside({ outcome });
      const breaker = () => (scope === 'pair' ? pairBreaker(world) : merchantBreaker(world));
      for (const [trial, hours] of [1, 6, 24, 24].entries()) {
        expect(await collect(world, refOf(`N${trial}`))).toMatchObject({ kind: 'attempted' });
        expect(breaker()).toMatchObject({ trips: trial + 1, until: world.clock + hours * HOUR });
        expect(breaker()).not.toHaveProperty('trial');
        world.clock += hours * HOUR - 1;
        expect(await collect(world, refOf(`EARLY${trial}`))).toMatchObject(waitsForBreaker(world.clock + 1));
        world.clock += 1;
      }
      expect(world.sent).toHaveLength(4);
    },
  );

  test.each(['accepted', 'in_progress', 'busy', 'declined', 'contradicted', 'refused'] as const)(
    'is gone once a trial was processed: %s',
    async (kind) => {
      const outcome = kind === 'contradicted' ? ({ kind, claim: 'done' } as const) : ({ kind } as const);
      const world = outside({ outcome });
      halfOpen(world, 'merchant');
      halfOpen(world, 'pair');
      expect(await collect(world)).toMatchObject({
        kind: 'attempted',
        claim: { decided: { rule: 'trial' } },
      });
      expect(world.breakers.size).toBe(0);
      expect(await collect(world, refOf('NEXT'))).toMatchObject({ claim: { decided: { rule: 'demand' } } });
    },
  );

  test.each([
    { kind: 'throttled' },
    { kind: 'not_sent', because: 'connect_failed' },
    { kind: 'unknown', because: 'no_answer' },
  ] as const)(
    'learns nothing from a trial that came to $kind: the next one is 5 min later',
    async (outcome) => {
      const world = outside({ outcome });
      halfOpen(world, 'pair');
      await collect(world);
      expect(pairBreaker(world)).toEqual({
        version: 3,
        trips: 1,
        tripped_at: T0 - HOUR,
        until: T0 + 5 * MINUTE,
        because: '403 NO_AUTH',
      });
      expect(await collect(world, refOf('SOON'))).toMatchObject(waitsForBreaker(T0 + 5 * MINUTE));
      world.clock += 5 * MINUTE;
      world.outcome = { kind: 'declined' };
      expect(await collect(world, refOf('LATER'))).toMatchObject({ claim: { decided: { rule: 'trial' } } });
      expect(world.breakers.size).toBe(0);
    },
  );

  test('is open for 15 min to everybody else while a trial is under way, and half open again if that never came back', async () => {
    const world = outside({ outcome: { kind: 'declined' } });
    halfOpen(world, 'pair');
    const dies: Gate = (step, act) =>
      step === 'collect' ? new Promise<never>(() => undefined) : Promise.resolve().then(act);
    void collect(world, REF, dies);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(pairBreaker(world)?.trial).toEqual({ claim_id: 'A1', at: T0 });
    expect(await collect(world, refOf('SOON'))).toMatchObject(waitsForBreaker(T0 + 15 * MINUTE));
    world.clock += 15 * MINUTE;
    expect(await collect(world, refOf('LATER'))).toMatchObject({ claim: { decided: { rule: 'trial' } } });
  });

  test('of the pair is closed by a trial of both that the merchant’s keys fail no more, and trips for itself', async () => {
    const world = outside({ outcome: REFUSED_PAIR });
    halfOpen(world, 'merchant');
    halfOpen(world, 'pair');
    await collect(world);
    expect(merchantBreaker(world)).toBeUndefined();
    expect(pairBreaker(world)).toMatchObject({ trips: 2, until: T0 + 6 * HOUR });
  });

  test.each(['merchant', 'pair'] as const)(
    'sends exactly one trial, whatever many orders and workers find it so at once (%s)',
    async (scope) => {
      const world = outside({ outcome: { kind: 'unknown', because: 'no_answer' } });
      halfOpen(world, scope);
      const refs = Array.from({ length: 60 }, (_, at) => refOf(`N${at}`));
      for (const ref of refs) registered(world, ref);
      const batches = ['A', 'B', 'C'].map(async (worker, at) => {
        const items = refs.slice(at * 20, (at + 1) * 20).map((key) => ({ message_id: '', key }));
        return work({ items, actor: ACTOR, deadlineAt: T0 + MINUTE }, portsOf(world, freely, worker));
      });
      const kinds = (await Promise.all(batches)).flat().map((one) => one.kind === 'done' && one.result.kind);
      expect(world.sent).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'attempted')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'held_back')).toHaveLength(59);
      // They wait for the next trial, not for nothing.
      for (const ref of refs) expect(rowOf(world, ref).due_at).toBeGreaterThanOrEqual(T0 + 4 * MINUTE);
    },
  );

  test.each(['merchant', 'pair'] as const)(
    'sends exactly one trial in every order of the steps of two workers with one order each (%s)',
    async (scope) => {
      const observed = { at: T0, standing: { kind: 'pending' }, facts: PENDING } as const;
      const schedules = await everySchedule(
        () => {
          const world = outside({ outcome: { kind: 'unknown', because: 'no_answer' } });
          halfOpen(world, scope);
          const workers = ['A', 'B'].map((name) => new Worker(name, FREE));
          const attempts = workers.map(async ({ name, gate }) => {
            registered(world, refOf(name), { observed });
            return attemptOn(world, refOf(name), portsOf(world, gate, name));
          });
          return { world, actors: workers, done: Promise.all(attempts) };
        },
        ({ sent }, schedule) => {
          if (sent.length !== 1) throw new Error(`${sent.length} calls in schedule ${schedule}`);
        },
      );
      expect(schedules).toBeGreaterThan(100);
    },
  );
});

/** Each has its own order: only the breakers are between them. */
const FREE = ['find', 'save', 'keys', 'query', 'budget'] as const;

test('a breaker says what WeChat Pay said: status, code, words, and the number that its support asks for', () => {
  const said = { http_status: 403, code: 'NO_AUTH', message: '无权限', request_id: '08F0-0', detail: 'ours' };
  expect(spellEvidence(said)).toBe('403 NO_AUTH 无权限 08F0-0');
  expect(spellEvidence({ http_status: 401 })).toBe('401');
  expect(spellEvidence({})).toBe('');
});

test('a day after the last refusal everything goes on by itself once the configuration is right', async () => {
  const world = outside({ outcome: REFUSED_KEYS });
  await collect(world);
  world.outcome = { kind: 'declined' };
  world.clock += DAY;
  for (const ref of [REF, OTHER_SUB, OTHER_SERVICE])
    expect(await collect(world, ref)).toMatchObject({ kind: 'attempted' });
  expect(world.breakers.size).toBe(0);
});
