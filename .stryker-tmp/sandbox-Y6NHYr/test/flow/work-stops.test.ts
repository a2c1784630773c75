import { PayscoreError } from '../../lambda/core/errors';
import type { OrderRef } from '../../lambda/core/ids';
import type { Outcome } from '../../lambda/core/outcome';
import { summarise } from '../../lambda/flow/work';
import {
  DAY,
  facts,
  freely,
  type Gate,
  HOUR,
  MINUTE,
  outside,
  portsOf,
  REF,
  refOf,
  registered,
  rowOf,
  type Step,
  swept,
  T0,
} from './support/memory';
import { failingFor, sweptOrders, UNAVAILABLE, workOn } from './support/batch';

describe('keys that cannot be had or used', () => {
  test.each(['MERCHANT_UNKNOWN', 'SECRET_INVALID'] as const)(
    'trip the merchant, and its orders wait for that: nothing is lost, nothing goes back to the queue (%s)',
    async (code) => {
      const world = outside();
      const refs = sweptOrders(world, 'A', 'B');
      const error = new PayscoreError(code, 'No secret of that name (Test).');
      const worked = await workOn(refs, world, portsOf(world, failingFor('keys', REF.mchid, error)));
      expect(summarise(worked)).toEqual({ keyless: 2 });
      expect(world.breakers.get(REF.mchid)).toMatchObject({ trips: 1, because: error.message });
      for (const ref of refs)
        expect(rowOf(world, ref)).toMatchObject({ unanswered: { count: 1 }, due_at: T0 + HOUR });
      world.clock += HOUR;
      await workOn(refs, world, portsOf(world));
      // The trial; the other finds the breaker taken, and is due again.
      expect(world.sent).toHaveLength(1);
      expect(rowOf(world, refOf('B')).due_at).toBeGreaterThanOrEqual(world.clock);
    },
  );

  test('of one merchant keep no other merchant’s orders back', async () => {
    const world = outside();
    const other = refOf('OTHER', { mchid: '1900009192' });
    registered(world, other);
    const error = new PayscoreError('MERCHANT_UNKNOWN', 'no secret');
    const ports = portsOf(world, failingFor('keys', REF.mchid, error));
    expect((await workOn([REF, other], world, ports)).map(({ kind }) => kind)).toEqual(['keyless', 'done']);
    expect(rowOf(world, other).calls).toEqual([T0]);
  });

  test('found missing after the question was written leave no claim, and what was learnt stays', async () => {
    const world = outside();
    let asked = 0;
    const ports = portsOf(world, async (step, act) => {
      if (step === 'keys' && (asked += 1) === 2) throw new PayscoreError('SECRET_INVALID', 'changed');
      return act();
    });
    expect(await workOn([REF], world, ports)).toMatchObject([{ kind: 'keyless' }]);
    expect(rowOf(world)).toMatchObject({ observed: { at: T0 }, unanswered: { count: 1 }, calls: [] });
    expect(rowOf(world).open).toBeUndefined();
  });

  test('go back to the queue when the ledger cannot be told', async () => {
    const world = outside();
    const ports = portsOf(world, async (step, act) => {
      if (step === 'keys') throw new PayscoreError('MERCHANT_UNKNOWN', 'no secret');
      if (step === 'find' || step === 'save') throw UNAVAILABLE;
      return act();
    });
    expect(await workOn([REF], world, ports)).toMatchObject([{ kind: 'failed' }]);
    expect(world.events).toContainEqual({ kind: 'work_failed', ref: REF, error: UNAVAILABLE });
  });

  test('of an order that is gone from the ledger meanwhile are written by nobody', async () => {
    const world = outside();
    const ports = portsOf(world, async (step, act) => {
      if (step === 'keys') {
        world.rows.clear();
        throw new PayscoreError('MERCHANT_UNKNOWN', 'no secret');
      }
      return act();
    });
    expect(await workOn([REF], world, ports)).toMatchObject([{ kind: 'failed' }]);
    expect(world.rows.size).toBe(0);
  });
});

describe('the switch', () => {
  test('on observe: an order is asked about and what would be done is recorded, once a day, and nothing is sent', async () => {
    const world = outside({ mode: 'observe' });
    for (const day of [0, 1, 2]) {
      world.clock = T0 + day * DAY;
      swept(world);
      expect(summarise(await workOn([REF], world, portsOf(world)))).toEqual({ observing: 1 });
      expect(rowOf(world)).toMatchObject({ status: 'watched', due_at: world.clock + DAY });
    }
    expect(world.sent).toEqual([]);
    expect(rowOf(world).timeline).toEqual([
      { kind: 'observed', at: T0, standing: 'pending' },
      {
        kind: 'would_collect',
        at: T0 + 2 * DAY,
        decided: { rule: 'first_attempt', policy: 'provider:1' },
        count: 3,
      },
    ]);
  });

  test('on observe: what would be done is not recorded of an order that somebody else found paid meanwhile', async () => {
    const world = outside({ mode: 'observe' });
    let saves = 0;
    const ports = portsOf(world, async (step, act) => {
      if (step === 'save' && (saves += 1) === 2) {
        world.paid.add(REF.out_order_no);
        world.clock += 20_000;
        await workOn([REF], world, portsOf(world, freely, 'B'));
      }
      return act();
    });
    expect(summarise(await workOn([REF], world, ports))).toEqual({ observing: 1 });
    expect(rowOf(world).status).toBe('paid');
    expect(rowOf(world).timeline.map(({ kind }) => kind)).toEqual(['observed', 'observed']);
    expect(world.events.filter(({ kind }) => kind === 'work_failed')).toEqual([]);
  });

  test('on observe: what was paid by other means is found out', async () => {
    const world = outside({ mode: 'observe' });
    world.paid.add(REF.out_order_no);
    expect(summarise(await workOn([REF], world, portsOf(world)))).toEqual({ paid: 1 });
    expect(rowOf(world).status).toBe('paid');
  });

  test('off: an order is asked about daily, nothing is sent and nothing is said of what would be', async () => {
    const world = outside({ mode: 'off' });
    swept(world);
    expect(summarise(await workOn([REF], world, portsOf(world)))).toEqual({ switched_off: 1 });
    expect(rowOf(world)).toMatchObject({ status: 'watched', due_at: T0 + DAY });
    expect(rowOf(world).timeline.map(({ kind }) => kind)).toEqual(['observed']);
    expect(world.sent).toEqual([]);
  });

  test('is read once a batch: turned off meanwhile it stops the next one', async () => {
    const world = outside();
    const refs = sweptOrders(world, 'A', 'B', 'C');
    const turnsOff: Gate = async (step, act) => {
      if (step === 'query') world.mode = 'off';
      return act();
    };
    await workOn(refs.slice(0, 2), world, portsOf(world, turnsOff));
    expect(summarise(await workOn(refs.slice(2), world, portsOf(world)))).toEqual({ switched_off: 1 });
    expect(world.sent.map(({ out_order_no }) => out_order_no)).toEqual(['A', 'B']);
  });

  test('never keeps an open attempt from being asked about', async () => {
    const world = outside({ outcome: { kind: 'accepted' }, paysNow: true });
    await workOn([REF], world, portsOf(world));
    world.mode = 'off';
    world.clock = T0 + 15 * MINUTE;
    await workOn([REF], world, portsOf(world));
    expect(rowOf(world)).toMatchObject({ status: 'paid' });
  });
});

describe('a batch of one sub-merchant and service whose configuration is refused', () => {
  const REFUSED: Outcome = { kind: 'misconfigured', scope: 'pair' };
  const NUMBERS = Array.from({ length: 100 }, (_, at) => `N${at}`);

  /** Of everything that is under way at once, so many go on with a step at a time. */
  function inRounds(step: Step, of: number): Gate {
    const waiting: (() => void)[] = [];
    const go = () => {
      for (const next of waiting.splice(0, of)) next();
      if (waiting.length > 0) setImmediate(go);
    };
    return async (name, act) => {
      if (name === step) {
        await new Promise<void>((resolve) => {
          if (waiting.push(resolve) === 1) setImmediate(go);
        });
      }
      return act();
    };
  }

  test('stops with those that had not begun: of 100 orders whose questions are answered five by five, five are called', async () => {
    const world = outside({ outcome: REFUSED });
    const refs = sweptOrders(world, ...NUMBERS);
    let reads = 0;
    const rounds = inRounds('query', 5);
    const gate: Gate = (step, act, of) => {
      if (step === 'controls') reads += 1;
      return rounds(step, act, of);
    };
    const worked = await workOn(refs, world, portsOf(world, gate));
    expect(summarise(worked)).toEqual({ misconfigured: 5, breaker: 95 });
    expect(world.sent).toHaveLength(5);
    // At the start, and again when the breaker had tripped; not once an order.
    expect(reads).toBeLessThanOrEqual(10);
    for (const ref of refs) expect(rowOf(world, ref).due_at).toBeGreaterThanOrEqual(T0 + HOUR);
  });

  test('burns nothing of theirs, and keeps no other pair back', async () => {
    const outcome = ({ sub_mchid }: OrderRef): Outcome =>
      sub_mchid === REF.sub_mchid ? REFUSED : { kind: 'declined' };
    const world = outside({ outcome });
    const refs = sweptOrders(world, ...NUMBERS.slice(0, 50));
    const others = NUMBERS.slice(50).map((no) => refOf(no, { sub_mchid: '1900000110' }));
    for (const ref of others) registered(world, ref);
    const worked = await workOn([...refs, ...others], world, portsOf(world, inRounds('query', 5)));
    expect(summarise(worked)).toEqual({ misconfigured: 5, breaker: 45, declined: 50 });
    expect(refs.flatMap((ref) => rowOf(world, ref).calls)).toEqual([]);
    expect(world.breakers.size).toBe(1);
  });
});

test('what a batch came to is counted by outcome, by what stops orders, and by what became of messages', async () => {
  const world = outside();
  const cancelled = facts({ state: 'REVOKED' });
  registered(world, refOf('A'), {
    observed: { at: T0, standing: { kind: 'cancelled' }, facts: cancelled },
  });
  registered(world, refOf('B'));
  const ports = portsOf(world, failingFor('query', 'B', new TypeError('odd')));
  const worked = await workOn([REF, refOf('A'), refOf('B'), refOf('GONE')], world, ports);
  expect(summarise(worked)).toEqual({ declined: 1, cancelled: 1, failed: 1, passed: 1 });
  expect(summarise([])).toEqual({});
});
