import { PayscoreError } from '../../lambda/core/errors';
import type { OrderRef } from '../../lambda/core/ids';
import type { Outcome } from '../../lambda/core/outcome';
import { summarise, work } from '../../lambda/flow/work';
import {
  breakerKey,
  DAY,
  facts,
  type Gate,
  HOUR,
  MINUTE,
  noting,
  outside,
  PENDING,
  portsOf,
  REF,
  refOf,
  registered,
  rowOf,
  SECOND,
  type Step,
  swept,
  T0,
} from './support/memory';
import { ACTOR, failingFor, sweptOrders, UNAVAILABLE, workOn } from './support/batch';

describe('a batch', () => {
  test('takes up every order, and says what became of each message', async () => {
    const world = outside();
    const refs = sweptOrders(world, 'A', 'B', 'C');
    const worked = await workOn(refs, world, portsOf(world));
    expect(worked.map(({ kind, item }) => [kind, item.message_id])).toEqual([
      ['done', 'M0'],
      ['done', 'M1'],
      ['done', 'M2'],
    ]);
    expect(world.sent.map(({ out_order_no }) => out_order_no)).toEqual(['A', 'B', 'C']);
    expect(rowOf(world, refOf('B')).timeline.at(-1)).toMatchObject({
      actor: ACTOR,
      decided: { rule: 'first_attempt' },
    });
    expect(summarise(worked)).toEqual({ declined: 3 });
  });

  test('reads its orders and their controls once', async () => {
    const world = outside();
    const steps: Step[] = [];
    await workOn(sweptOrders(world, 'A', 'B', 'C'), world, portsOf(world, noting(steps)));
    expect(steps.filter((step) => ['find', 'findMany', 'controls'].includes(step))).toEqual([
      'findMany',
      'controls',
    ]);
  });

  test('with the same order twice calls it once', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    const worked = await workOn([REF, REF], world, portsOf(world));
    expect(world.sent).toHaveLength(1);
    expect(summarise(worked)).toEqual({ accepted: 1, duplicate: 1 });
  });

  test('whose controls could once not be read loses nothing of what its calls came to', async () => {
    const outcome = ({ out_order_no }: OrderRef): Outcome =>
      out_order_no === 'A' ? { kind: 'misconfigured', scope: 'pair' } : { kind: 'declined' };
    const world = outside({ outcome });
    const refs = Array.from({ length: 20 }, (_, at) => refOf(`N${at}`, { sub_mchid: '7' }));
    for (const ref of [refOf('A'), ...refs]) registered(world, ref);
    const TRIPPED = { version: 1, trips: 1, tripped_at: T0, until: T0 + HOUR, because: 'test' };
    let [reads, trips] = [0, 0];
    const ports = portsOf(world, async (step, act) => {
      // Another worker is the first to trip the breaker: it is read again, while the other calls are being written down.
      if (step === 'saveBreaker' && (trips += 1) === 1) world.breakers.set(breakerKey(refOf('A')), TRIPPED);
      if (step === 'controls' && (reads += 1) === 2) throw UNAVAILABLE;
      return act();
    });
    const worked = await workOn([refOf('A'), ...refs], world, ports);
    expect(reads).toBeGreaterThan(2);
    expect(summarise(worked)).toEqual({ misconfigured: 1, declined: 20 });
    for (const ref of refs) {
      expect(rowOf(world, ref).calls).toEqual([T0]);
      expect(rowOf(world, ref).open).toBeUndefined();
    }
  });

  test('never takes one tenant’s order for another’s of the same number', async () => {
    const world = outside();
    const other = refOf(REF.out_order_no, { sub_mchid: '1900000110' });
    expect(await workOn([other], world, portsOf(world))).toMatchObject([{ kind: 'passed' }]);
    registered(world, other);
    await workOn([other], world, portsOf(world));
    expect([rowOf(world, other).calls, rowOf(world, REF).calls]).toEqual([[T0], []]);
  });

  test('passes what the ledger does not have, tells the log, and goes on', async () => {
    const world = outside();
    const worked = await workOn([refOf('GONE'), REF], world, portsOf(world));
    expect(worked.map(({ kind }) => kind)).toEqual(['passed', 'done']);
    expect(world.events).toContainEqual({ kind: 'not_in_ledger', key: refOf('GONE') });
  });

  test('of which one order fails fails for that order only', async () => {
    const world = outside();
    const refs = sweptOrders(world, 'A', 'B', 'C');
    const odd = new TypeError('row is broken');
    const worked = await workOn(refs, world, portsOf(world, failingFor('save', 'B', odd)));
    expect(worked.map(({ kind }) => kind)).toEqual(['done', 'failed', 'done']);
    expect(world.events).toContainEqual({ kind: 'work_failed', ref: refOf('B'), error: odd });
    expect(world.sent.map(({ out_order_no }) => out_order_no)).toEqual(['A', 'C']);
    // Nothing is lost: besides the message, the order itself is still due.
    expect(rowOf(world, refOf('B')).due_at).toBe(T0);
    expect(summarise(worked)).toEqual({ declined: 2, failed: 1 });
  });

  test('whose orders cannot be read goes back as a whole', async () => {
    const world = outside();
    const ports = portsOf(world, failingFor('findMany', '', UNAVAILABLE));
    await expect(workOn([REF], world, ports)).rejects.toBe(UNAVAILABLE);
  });

  test.each([
    ['the ledger', 'save', REF.out_order_no, UNAVAILABLE],
    ['the controls', 'controls', REF.mchid, UNAVAILABLE],
    ['the rate', 'budget', REF.mchid, UNAVAILABLE],
    ['Secrets Manager', 'keys', REF.mchid, new PayscoreError('SECRETS_UNAVAILABLE', 'no answer')],
  ] as const)('goes back when %s cannot be had, and nothing was sent', async (_name, step, of, error) => {
    const world = outside();
    swept(world);
    const worked = await workOn([REF], world, portsOf(world, failingFor(step, of, error)));
    expect(worked).toMatchObject([{ kind: 'failed' }]);
    expect([world.sent, world.breakers.size]).toEqual([[], 0]);
    expect(rowOf(world).due_at).toBe(T0);
  });
});

describe('an order for which too little time is left', () => {
  test('is not begun in the last 25 s: nothing is touched, and it stays due', async () => {
    const world = outside();
    swept(world);
    const before = rowOf(world);
    const items = [{ message_id: 'M', key: REF }];
    const request = { items, actor: ACTOR, deadlineAt: T0 + 25 * SECOND - 1 };
    const steps: Step[] = [];
    const worked = await work(request, portsOf(world, noting(steps)));
    expect(worked).toEqual([{ kind: 'left', item: items[0] }]);
    expect([steps, rowOf(world)]).toEqual([['findMany'], before]);
    expect(await work({ ...request, deadlineAt: T0 + 25 * SECOND }, portsOf(world))).toMatchObject([
      { kind: 'done' },
    ]);
  });

  test('after it was begun is left too, without a claim', async () => {
    const world = outside();
    swept(world);
    let asked = 0;
    const slow: Gate = async (step, act) => {
      if (step === 'keys' && (asked += 1) === 2) world.clock += 53 * SECOND;
      return act();
    };
    const worked = await workOn([REF], world, portsOf(world, slow));
    expect(worked).toMatchObject([{ kind: 'left' }]);
    expect(rowOf(world)).toMatchObject({ calls: [], due_at: T0 + 53_000 });
    expect(rowOf(world).open).toBeUndefined();
    expect(summarise(worked)).toEqual({ left: 1 });
  });
});

describe('an order that a message names and that is not due', () => {
  test('is put to rest and neither asked about nor called', async () => {
    const world = outside();
    const observed = { at: T0 - 10 * HOUR, standing: { kind: 'pending' }, facts: PENDING } as const;
    registered(world, REF, { calls: [T0 - 10 * HOUR], observed });
    swept(world);
    const steps: Step[] = [];
    const worked = await workOn([REF], world, portsOf(world, noting(steps)));
    expect(steps).toEqual(['findMany', 'controls', 'save']);
    expect(summarise(worked)).toEqual({ decline_ladder: 1 });
    // 24 h after its call, not 15 min after the sweep.
    expect(rowOf(world).due_at).toBe(T0 + 14 * HOUR);
    expect(world.sent).toEqual([]);
    const again: Step[] = [];
    await workOn([REF], world, portsOf(world, noting(again)));
    expect(again).toEqual(['findMany', 'controls']);
  });

  test('because it is at its end is left alone', async () => {
    const world = outside({ outcome: { kind: 'accepted' }, paysNow: true });
    await workOn([REF], world, portsOf(world));
    world.clock += HOUR;
    await workOn([REF], world, portsOf(world));
    expect(rowOf(world)).toMatchObject({ status: 'paid' });
    const steps: Step[] = [];
    const worked = await workOn([REF], world, portsOf(world, noting(steps)));
    expect([steps, summarise(worked)]).toEqual([['findMany', 'controls'], { paid: 1 }]);
    expect(world.sent).toHaveLength(1);
  });

  test('because the rate is used up is due when it is to be had again, and claimed by nobody', async () => {
    const world = outside({ budgetUntil: T0 + 9 * SECOND });
    swept(world);
    const worked = await workOn([REF], world, portsOf(world));
    expect(summarise(worked)).toEqual({ budget: 1 });
    // Not where the sweep had moved it to, 15 min on.
    expect(rowOf(world)).toMatchObject({ calls: [], status: 'active', due_at: T0 + 9 * SECOND });
    expect(rowOf(world).open).toBeUndefined();
  });

  test('and whose question the rate has no room for is asked at the next sweep', async () => {
    const world = outside({ budgetUntil: T0 + 9 * SECOND, mode: 'off' });
    swept(world);
    const steps: Step[] = [];
    expect(summarise(await workOn([REF], world, portsOf(world, noting(steps))))).toEqual({ budget: 1 });
    expect(steps).toEqual(['findMany', 'controls', 'budget', 'save']);
    expect(rowOf(world).due_at).toBeLessThanOrEqual(T0 + 9 * SECOND);
  });

  test('because it is not completed yet is asked about daily', async () => {
    const world = outside({ facts: facts({ state: 'CREATED' }) });
    swept(world);
    expect(summarise(await workOn([REF], world, portsOf(world)))).toEqual({ not_completed: 1 });
    expect(rowOf(world)).toMatchObject({ status: 'watched', due_at: T0 + DAY });
  });
});

describe('a question that WeChat Pay does not answer', () => {
  const UNANSWERED = { kind: 'unanswered', because: 'no_answer', evidence: {} } as const;

  test('is asked again after 1, 5, 30 and 120 min, then daily; an answer begins anew', async () => {
    const world = outside({ unobserved: UNANSWERED });
    for (const [index, minutes] of [1, 5, 30, 120, 1440, 1440].entries()) {
      swept(world);
      const worked = await workOn([REF], world, portsOf(world));
      expect(summarise(worked)).toEqual({ unobserved: 1 });
      expect(rowOf(world)).toMatchObject({
        unanswered: { count: index + 1, at: world.clock },
        due_at: world.clock + minutes * MINUTE,
      });
      world.clock += minutes * MINUTE;
    }
    expect([world.sent, world.breakers.size]).toEqual([[], 0]);
    delete world.unobserved;
    await workOn([REF], world, portsOf(world));
    expect(rowOf(world).unanswered).toBeUndefined();
    expect(world.sent).toHaveLength(1);
  });

  test('because of refused keys trips the merchant, and the order waits for that', async () => {
    const evidence = { http_status: 401, code: 'SIGN_ERROR' };
    const world = outside({ unobserved: { kind: 'refused', because: 'credentials', evidence } });
    await workOn(sweptOrders(world, 'A', 'B'), world, portsOf(world));
    expect([...world.breakers]).toEqual([
      [REF.mchid, { version: 1, trips: 1, tripped_at: T0, until: T0 + HOUR, because: '401 SIGN_ERROR' }],
    ]);
    expect(rowOf(world, refOf('B'))).toMatchObject({ unanswered: { count: 1 }, due_at: T0 + HOUR });
    expect(world.sent).toEqual([]);
  });

  test.each(['permission', 'not_found', 'throttled', 'request'] as const)(
    'but refuses (%s) trips nothing: a query says nothing about collecting',
    async (because) => {
      const world = outside({ unobserved: { kind: 'refused', because, evidence: {} } });
      await workOn([REF], world, portsOf(world));
      expect(world.breakers.size).toBe(0);
      expect(rowOf(world).due_at).toBe(T0 + MINUTE);
    },
  );
});
