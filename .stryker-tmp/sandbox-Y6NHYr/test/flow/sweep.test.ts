import * as fc from 'fast-check';
import type { OrderKey } from '../../lambda/core/ids';
import type { DueOrder } from '../../lambda/flow/ports';
import { stuckBecause, sweep, type SweepPorts } from '../../lambda/flow/sweep';
import { ANY, dueOrder, many, portsOf, worldOf } from './support/due';
import { HOUR, MINUTE, SECOND, T0 } from './support/memory';

test('sends what is due, and moves its due time 15 minutes on; the rest is left alone', async () => {
  const later = { ...dueOrder('LATER'), due_at: T0 + 1 };
  const world = worldOf([dueOrder('A'), dueOrder('B'), later]);
  expect(await sweep(ANY, portsOf(world))).toEqual({
    due: 2,
    more_due: false,
    sub_merchants: 1,
    admitted: 2,
    sent: 2,
    moved: 2,
    left: 0,
    late: 0,
    overdue: 0,
    latest_seconds: 0,
  });
  expect(world.queued).toEqual(['A', 'B']);
  expect(world.due.get('A')).toEqual({ ...dueOrder('A'), due_at: T0 + 15 * MINUTE });
  expect(world.due.get('LATER')).toBe(later);
});

test('a sub-merchant with few orders never waits for one with many', async () => {
  const world = worldOf([...many(500, '1'), ...many(2, '2'), ...many(1, '3')]);
  const summary = await sweep({ ...ANY, ordersMax: 6 }, portsOf(world));
  expect(world.queued).toEqual(['1-0', '2-0', '3-0', '1-1', '2-1', '1-2']);
  expect(summary).toMatchObject({ due: 503, sub_merchants: 3, admitted: 6, sent: 6, moved: 6, left: 0 });
});

test('the same sub_mchid under two merchants takes two turns', async () => {
  const other = dueOrder('OTHER', { sub_mchid: '1', mchid: '2' });
  const world = worldOf([...many(3, '1'), other]);
  const summary = await sweep({ ...ANY, ordersMax: 2 }, portsOf(world));
  expect(world.queued).toEqual(['1-0', 'OTHER']);
  expect(summary.sub_merchants).toBe(2);
});

test('what the queue did not take stays due, and is sent by the next sweep', async () => {
  const world = worldOf(many(250));
  let tick = 0;
  const takes = ({ out_order_no }: OrderKey) => tick > 0 || !out_order_no.endsWith('7');
  expect(await sweep(ANY, portsOf(world, { takes }))).toMatchObject({ sent: 225, moved: 225, left: 25 });
  expect(world.due.get('1-7')?.due_at).toBe(T0);
  tick = 1;
  world.clock = T0 + MINUTE;
  const again = await sweep({ ...ANY, deadlineAt: T0 + 2 * MINUTE }, portsOf(world, { takes }));
  expect(again).toMatchObject({ due: 25, sent: 25, moved: 25, left: 0, latest_seconds: 60 });
  expect(new Set(world.queued).size).toBe(250);
});

test.each(['conflict', 'fails'] as const)(
  'an order whose due time cannot be moved (%s) was sent all the same, is due again at once, and stops no other',
  async (how) => {
    const world = worldOf(many(3));
    const moves = ({ out_order_no }: OrderKey) => (out_order_no === '1-1' ? how : 'saved');
    expect(await sweep(ANY, portsOf(world, { moves }))).toMatchObject({ sent: 3, moved: 2, left: 0 });
    expect(world.due.get('1-1')?.due_at).toBe(T0);
    expect(world.moved).toEqual(['1-0', '1-2']);
  },
);

test('nothing is moved before the queue has taken it', async () => {
  const world = worldOf(many(3));
  const ports = portsOf(world);
  const send: SweepPorts['queue']['send'] = async (orders) => {
    expect(world.moved).toEqual([]);
    return orders.map(() => false);
  };
  expect(await sweep(ANY, { ...ports, queue: { send } })).toMatchObject({ sent: 0, moved: 0, left: 3 });
});

test.each([
  [{ mchid: '2' }, ['M2']],
  [{ sub_mchid: '7' }, ['S7', 'M2']],
  [{ mchid: '2', sub_mchid: '8' }, []],
  [{ service_id: 'OTHER' }, ['SERVICE']],
  [{}, ['PLAIN', 'S7', 'M2', 'SERVICE']],
])('narrowed to %p it sends %p', async (only, expected) => {
  const service = { ...dueOrder('SERVICE'), service_id: 'OTHER' as DueOrder['service_id'] };
  const [s7, m2] = [dueOrder('S7', { sub_mchid: '7' }), dueOrder('M2', { mchid: '2', sub_mchid: '7' })];
  const world = worldOf([dueOrder('PLAIN'), s7, m2, service]);
  const summary = await sweep({ ...ANY, only }, portsOf(world));
  expect(new Set(world.queued)).toEqual(new Set(expected));
  expect(summary).toMatchObject({ due: expected.length, sent: expected.length });
});

test('a dry run counts what it would send, and changes nothing', async () => {
  const world = worldOf(many(5));
  const before = new Map(world.due);
  expect(await sweep({ ...ANY, dryRun: true, ordersMax: 4 }, portsOf(world))).toMatchObject({
    due: 5,
    admitted: 4,
    sent: 0,
    moved: 0,
    left: 0,
  });
  expect([world.queued, world.moved]).toEqual([[], []]);
  expect(world.due).toEqual(before);
});

test('a chunk of 100 that would not be over in time is not begun: its orders are left, and stay due', async () => {
  const world = worldOf(many(1_000));
  // On this clock each send takes 3 s, one after the other: the sixth would begin with 5 s to go.
  const summary = await sweep(
    { ...ANY, deadlineAt: T0 + 20 * SECOND },
    portsOf(world, { sendMs: 3 * SECOND }),
  );
  expect(summary).toMatchObject({ due: 1_000, admitted: 1_000, sent: 500, moved: 500, left: 500 });
  expect([...world.due.values()].filter(({ due_at }) => due_at === T0)).toHaveLength(500);
});

test('with less than 8 s from the start nothing is sent', async () => {
  const world = worldOf(many(5));
  const summary = await sweep({ ...ANY, deadlineAt: T0 + 7_999 }, portsOf(world));
  expect(summary).toMatchObject({ sent: 0, left: 5, late: 5 });
  expect(await sweep({ ...ANY, deadlineAt: T0 + 8_000 }, portsOf(world))).toMatchObject({ sent: 5 });
});

test('what was planned for more than an hour ago is overdue, and the latest is told in seconds', async () => {
  const world = worldOf([
    dueOrder('NOW'),
    dueOrder('HOUR', { lateMs: HOUR }),
    dueOrder('LATE', { lateMs: HOUR + 1_400 }),
  ]);
  expect(await sweep(ANY, portsOf(world))).toMatchObject({ overdue: 1, latest_seconds: 3_601 });
});

test('lateness counts from when an order was planned, not from where a sweep has moved it', async () => {
  const world = worldOf([{ ...dueOrder('A'), planned_at: T0 - 2 * HOUR }]);
  expect(await sweep(ANY, portsOf(world))).toMatchObject({ overdue: 1, latest_seconds: 7_200 });
  expect(world.due.get('A')?.planned_at).toBe(T0 - 2 * HOUR);
});

test('no more than 20,000 are read, and it says that more is due', async () => {
  const world = worldOf(many(20_001));
  expect(await sweep({ ...ANY, ordersMax: 10 }, portsOf(world))).toMatchObject({
    due: 20_000,
    more_due: true,
    sent: 10,
  });
});

test('a ledger that cannot be read ends the sweep with its error', async () => {
  const error = new Error('DynamoDB did not answer (Test).');
  const ports = portsOf(worldOf([]));
  const due = async () => Promise.reject(error);
  await expect(sweep(ANY, { ...ports, dueOrders: { ...ports.dueOrders, due } })).rejects.toBe(error);
});

test('whatever the queue refuses and whatever cannot be moved, nothing due is lost: it is in the queue or still due', async () => {
  const orders = fc.uniqueArray(
    fc.record({ no: fc.nat({ max: 400 }), sub: fc.constantFrom('1', '2', '3') }),
    { selector: ({ no }) => no, maxLength: 250 },
  );
  const fates = fc.infiniteStream(fc.constantFrom('saved', 'saved', 'saved', 'conflict', 'fails', 'refused'));
  await fc.assert(
    fc.asyncProperty(orders, fates, fc.integer({ min: 1, max: 300 }), async (given, fate, ordersMax) => {
      const world = worldOf(given.map(({ no, sub }) => dueOrder(`${no}`, { sub_mchid: sub })));
      const drawn = new Map(given.map(({ no }) => [`${no}`, fate.next().value]));
      const fateOf = ({ out_order_no }: OrderKey) => drawn.get(out_order_no);
      const summary = await sweep(
        { ...ANY, ordersMax },
        portsOf(world, {
          takes: (key) => fateOf(key) !== 'refused',
          moves: (key) => {
            const drew = fateOf(key);
            return drew === 'conflict' || drew === 'fails' ? drew : 'saved';
          },
        }),
      );
      const queued = new Set(world.queued);
      for (const [no, { due_at }] of world.due) expect(queued.has(no) || due_at === T0).toBe(true);
      for (const no of world.moved) expect(queued.has(no)).toBe(true);
      expect(summary.sent + summary.left).toBe(summary.admitted);
      expect(summary.admitted).toBe(Math.min(given.length, ordersMax));
      expect([summary.sent, summary.moved]).toEqual([world.queued.length, world.moved.length]);
    }),
    { numRuns: 200 },
  );
});

describe('a sweep that does nothing, and will not do better next time', () => {
  const DONE = {
    due: 5,
    more_due: false,
    sub_merchants: 1,
    admitted: 5,
    sent: 5,
    moved: 5,
    left: 0,
    late: 0,
    overdue: 0,
    latest_seconds: 0,
  };

  test.each([
    ['sent all', DONE],
    ['sent some', { ...DONE, sent: 1, left: 4 }],
    ['had no time for any', { ...DONE, sent: 0, moved: 0, left: 5, late: 5 }],
    ['found nothing due', { ...DONE, due: 0, admitted: 0, sent: 0 }],
    ['found more than it reads', { ...DONE, more_due: true }],
  ])('is not one that %s', (_name, summary) => {
    expect(stuckBecause(summary, false)).toEqual([]);
  });

  test('is one of whose orders the queue takes none; a dry run offers it none', () => {
    const refused = { ...DONE, sent: 0, moved: 0, left: 5 };
    expect(stuckBecause(refused, false)).toEqual(['the queue took none of 5 orders']);
    expect(stuckBecause(refused, true)).toEqual([]);
  });

  test('is one that cannot see its orders for all the others, dry or not', () => {
    const blind = { ...DONE, due: 0, more_due: true, admitted: 0, sent: 0 };
    const because = ['so many other orders are due that none of those it is narrowed to was found'];
    expect(stuckBecause(blind, false)).toEqual(because);
    expect(stuckBecause(blind, true)).toEqual(because);
  });
});
