import { PayscoreError } from '../../lambda/core/errors';
import type { Fen } from '../../lambda/core/ids';
import type { Operation, Order } from '../../lambda/core/order';
import type { Outcome } from '../../lambda/core/outcome';
import { attempt } from '../../lambda/flow/attempt';
import { byHand, type ByHandResult } from '../../lambda/flow/by-hand';
import { work } from '../../lambda/flow/work';
import {
  DAY,
  freely,
  HOUR,
  MINUTE,
  outside,
  PAID,
  portsOf,
  REF,
  rowOf,
  SECOND,
  T0,
  type Gate,
  type Outside,
} from './support/memory';

const ACTOR = { kind: 'api', id: 'operator' } as const;
const OPERATIONS: readonly Operation[] = [
  { kind: 'sync', paid_at: T0 - HOUR },
  { kind: 'cancel', user_reason: '免除' },
  { kind: 'modify', total_amount: 60 as Fen, user_reason: '优惠' },
];
const [SYNC, CANCEL, MODIFY] = OPERATIONS as [Operation, Operation, Operation];
/** How a verified answer shows that it was done. */
const DONE: Record<Operation['kind'], string> = { sync: 'settled', cancel: 'cancelled', modify: 'reduced' };

async function decideOn(world: Outside, operation: Operation, gate: Gate = freely): Promise<ByHandResult> {
  const deadlineAt = world.clock + 25 * SECOND;
  const request = { order: rowOf(world), actor: ACTOR, reason: 'goodwill', operation, deadlineAt };
  return byHand(request, portsOf(world, gate));
}

async function workOnIt(world: Outside): Promise<void> {
  const items = [{ message_id: 'M', key: REF }];
  await work({ items, actor: ACTOR, deadlineAt: world.clock + MINUTE }, portsOf(world));
}

const lastOf = ({ timeline }: Order) => timeline.at(-1);

describe('what a person decided is told to WeChat Pay', () => {
  test.each(OPERATIONS)('once, after a claim, and verified by a query at once: $kind', async (operation) => {
    const world = outside();
    const result = await decideOn(world, operation);
    expect(result).toMatchObject({ kind: 'told', recorded: true, report: { outcome: { kind: 'accepted' } } });
    expect(world.told).toEqual([{ at: T0, out_order_no: 'ORDER_1', operation }]);
    expect(world.sent).toEqual([]);
    const row = rowOf(world);
    expect(row.open).toBeUndefined();
    expect(lastOf(row)).toMatchObject({ kind: 'closed', as: DONE[operation.kind] });
    expect(result.order).toEqual(row);
    expect(row.status).toBe(operation.kind === 'modify' ? 'active' : DONE[operation.kind]);
  });

  test('and stays open, to be asked about, when the answer does not show it yet', async () => {
    const world = outside({ takesEffect: false });
    const result = await decideOn(world, CANCEL);
    expect(result).toMatchObject({ kind: 'told', order: { open: { operation: CANCEL } } });
    // From three minutes after it may have arrived a query that still shows the order pending closes it.
    world.clock += 4 * MINUTE;
    await workOnIt(world);
    const row = rowOf(world);
    expect(row.open).toBeUndefined();
    expect(lastOf(row)).toMatchObject({ kind: 'closed', as: 'not_done' });
    expect(row).toMatchObject({ status: 'watched', intent: { operation: CANCEL } });
    expect(world.sent).toEqual([]);
  });

  const ANSWERS: readonly Outcome[] = [
    { kind: 'refused' },
    { kind: 'contradicted', claim: 'not_pending' },
    { kind: 'declined' },
    { kind: 'throttled' },
    { kind: 'misconfigured', scope: 'merchant' },
    { kind: 'not_sent', because: 'connect_failed' },
  ];

  test.each(ANSWERS)(
    'and when that came to $kind, nothing is collected any more all the same',
    async (answer) => {
      const { kind } = answer;
      const world = outside({ answer, takesEffect: false });
      const result = await decideOn(world, CANCEL);
      expect(result).toMatchObject({ kind: 'told', report: { outcome: { kind } } });
      const row = rowOf(world);
      expect(row.open).toBeUndefined();
      expect(row).toMatchObject({ status: 'watched', intent: { operation: CANCEL } });
      for (let day = 0; day < 10; day += 1) {
        world.clock += DAY;
        await workOnIt(world);
      }
      expect(world.sent).toEqual([]);
      expect(rowOf(world).observed?.at).toBe(T0 + 10 * DAY);
    },
  );

  test('and is said to be told, although the ledger fails when that is verified', async () => {
    const world = outside();
    let saves = 0;
    const gate: Gate = async (step, act) => {
      // What was known before, the claim, what came of it; then what the query shows.
      if (step === 'save' && (saves += 1) === 4) throw new PayscoreError('LEDGER_UNAVAILABLE', 'down');
      return act();
    };
    expect(await decideOn(world, CANCEL, gate)).toMatchObject({
      kind: 'told',
      recorded: true,
      order: { open: { operation: CANCEL } },
    });
    world.clock += 4 * MINUTE;
    await workOnIt(world);
    expect(rowOf(world).status).toBe('cancelled');
    expect(world.told).toHaveLength(1);
  });

  test('if WeChat Pay charges the user all the same, that money is to be refunded', async () => {
    const world = outside({ answer: { kind: 'refused' }, takesEffect: false });
    await decideOn(world, CANCEL);
    world.paid.add('ORDER_1');
    world.clock += DAY;
    await workOnIt(world);
    expect(rowOf(world).status).toBe('refund_due');
  });

  test('if he was charged although he had paid elsewhere, too', async () => {
    const world = outside({ answer: { kind: 'busy' }, takesEffect: false });
    await decideOn(world, SYNC);
    world.paid.add('ORDER_1');
    world.clock += 4 * MINUTE;
    await workOnIt(world);
    const row = rowOf(world);
    expect(row.status).toBe('refund_due');
    expect(lastOf(row)).toMatchObject({ kind: 'closed', as: 'paid' });
  });
});

describe('WeChat Pay is not told', () => {
  test('while an attempt is open: the decision is in force, and can be sent again when that is over', async () => {
    const world = outside({ outcome: { kind: 'accepted' } });
    const order = rowOf(world);
    const deadlineAt = T0 + 25 * SECOND;
    await attempt({ order, actor: ACTOR, occasion: 'demand', dryRun: false, deadlineAt }, portsOf(world));
    expect(await decideOn(world, CANCEL)).toMatchObject({
      kind: 'intended',
      because: { kind: 'wait', because: 'attempt_open', until: T0 + 5 * SECOND + 10 * SECOND + 3 * MINUTE },
    });
    expect(world.told).toEqual([]);
    expect(rowOf(world)).toMatchObject({
      open: { decided: { rule: 'demand' } },
      intent: { operation: CANCEL },
    });
    world.clock += 4 * MINUTE;
    await workOnIt(world);
    expect(rowOf(world).open).toBeUndefined();
    expect(await decideOn(world, CANCEL)).toMatchObject({ kind: 'told' });
    expect(rowOf(world).status).toBe('cancelled');
    expect(world.sent).toHaveLength(1);
  });

  test('within three minutes of a call that left', async () => {
    const world = outside();
    const order = rowOf(world);
    const deadlineAt = T0 + 25 * SECOND;
    await attempt({ order, actor: ACTOR, occasion: 'demand', dryRun: false, deadlineAt }, portsOf(world));
    expect(await decideOn(world, CANCEL)).toMatchObject({
      kind: 'intended',
      because: { kind: 'wait', because: 'lock' },
    });
    expect(world.told).toEqual([]);
  });

  test('when it gives no usable answer about the order; nothing is collected meanwhile', async () => {
    const world = outside({ unobserved: { kind: 'unanswered', because: 'no_answer', evidence: {} } });
    expect(await decideOn(world, SYNC)).toMatchObject({
      kind: 'intended',
      because: { kind: 'unobserved', report: { because: 'no_answer' } },
    });
    delete world.unobserved;
    world.clock += DAY;
    await workOnIt(world);
    expect(world.sent).toEqual([]);
    expect(rowOf(world)).toMatchObject({ status: 'watched', intent: { operation: SYNC } });
  });

  test.each(['SECRETS_UNAVAILABLE', 'SECRET_INVALID', 'MERCHANT_UNKNOWN'] as const)(
    'while its keys cannot be had or used (%s), for the question or for the call; nothing is collected meanwhile',
    async (code) => {
      for (const failing of [1, 2]) {
        const world = outside();
        let asked = 0;
        const gate: Gate = async (step, act) => {
          if (step === 'keys' && (asked += 1) === failing) throw new PayscoreError(code, 'no keys');
          return act();
        };
        expect(await decideOn(world, CANCEL, gate)).toMatchObject({
          kind: 'intended',
          because: { kind: 'keyless', message: 'no keys' },
        });
        world.clock += DAY;
        await workOnIt(world);
        expect([world.told, world.sent]).toEqual([[], []]);
        expect(rowOf(world)).toMatchObject({ status: 'watched', intent: { operation: CANCEL } });
      }
    },
  );

  test('of a lower amount once nothing was to be paid any more: that stays so', async () => {
    const world = outside({ answer: { kind: 'refused' }, takesEffect: false });
    await decideOn(world, CANCEL);
    world.clock += 4 * MINUTE;
    expect(await decideOn(world, MODIFY)).toMatchObject({ kind: 'refused', because: 'decided_already' });
    expect(rowOf(world).intent).toMatchObject({ operation: CANCEL });
    expect(world.told).toHaveLength(1);
  });

  test('with too little time left', async () => {
    const world = outside();
    const request = { order: rowOf(world), actor: ACTOR, reason: 'x', operation: CANCEL };
    const result = await byHand({ ...request, deadlineAt: T0 + 6 * SECOND }, portsOf(world));
    expect(result).toMatchObject({ kind: 'intended', because: { kind: 'out_of_time' } });
    expect(world.told).toEqual([]);
    expect(await byHand({ ...request, deadlineAt: T0 + 5_400 }, portsOf(world))).toMatchObject({
      kind: 'intended',
      because: { kind: 'out_of_time' },
    });
  });

  test('of an order that turns out to be paid, which is told instead', async () => {
    const world = outside({ facts: PAID });
    expect(await decideOn(world, CANCEL)).toMatchObject({ kind: 'refused', because: 'paid' });
    expect(rowOf(world)).toMatchObject({ status: 'paid' });
    expect(rowOf(world).intent).toBeUndefined();
    expect(world.told).toEqual([]);
  });

  test('of an amount that is no lower', async () => {
    const world = outside();
    const operation = { ...MODIFY, total_amount: 100 } as Operation;
    expect(await decideOn(world, operation)).toMatchObject({ kind: 'refused', because: 'not_lower' });
    expect(rowOf(world).intent).toBeUndefined();
  });

  test('twice for a decision that is sent twice: the second is the same one, and the record says it once', async () => {
    const world = outside({ unobserved: { kind: 'unanswered', because: 'no_answer', evidence: {} } });
    await decideOn(world, SYNC);
    await decideOn(world, SYNC);
    expect(rowOf(world).timeline.filter(({ kind }) => kind === 'intended')).toHaveLength(1);
  });

  test('of an order with a full record: somebody has to release it first', async () => {
    const world = outside({ unobserved: { kind: 'unanswered', because: 'no_answer', evidence: {} } });
    const entry = { kind: 'corrected', at: T0, actor: ACTOR, reason: 'x' } as const;
    world.rows.set([...world.rows.keys()][0] as string, {
      ...rowOf(world),
      timeline: Array.from({ length: 63 }, () => entry),
    });
    expect(await decideOn(world, SYNC)).toMatchObject({ kind: 'refused', because: 'record_full' });
  });
});
