import * as fc from 'fast-check';
import type { OrderKey } from '../../lambda/core/ids';
import type { DueOrder } from '../../lambda/flow/ports';
import { OrdersInHand } from '../../lambda/flow/in-hand';
import { stuckBecause, sweep } from '../../lambda/flow/sweep';
import { ANY, dueOrder, many, portsOf, worldOf, type Obstacles, type World } from './support/due';
import { HOUR, MINUTE, SECOND, T0 } from './support/memory';

test('sends what is due, and writes nothing: whoever takes it up moves its due time', async () => {
  const later = { ...dueOrder('LATER'), due_at: T0 + 1 };
  const world = worldOf([dueOrder('A'), dueOrder('B'), later]);
  expect(await sweep(ANY, portsOf(world))).toEqual({
    due: 2,
    more_due: false,
    sub_merchants: 1,
    admitted: 2,
    sent: 2,
    moved: 0,
    left: 0,
    late: 0,
    overdue: 0,
    latest_seconds: 0,
  });
  expect(world.queued).toEqual(['A', 'B']);
  expect([...world.due.values()]).toEqual([dueOrder('A'), dueOrder('B'), later]);
});

test('a sub-merchant with few orders never waits for one with many', async () => {
  const world = worldOf([...many(500, '1'), ...many(2, '2'), ...many(1, '3')]);
  const summary = await sweep({ ...ANY, ordersMax: 6 }, portsOf(world));
  expect(world.queued).toEqual(['1-0', '2-0', '3-0', '1-1', '2-1', '1-2']);
  expect(summary).toMatchObject({ due: 503, sub_merchants: 3, admitted: 6, sent: 6, moved: 0, left: 0 });
});

test('the same sub_mchid under two merchants takes two turns', async () => {
  const other = dueOrder('OTHER', { sub_mchid: '1', mchid: '2' });
  const world = worldOf([...many(3, '1'), other]);
  const summary = await sweep({ ...ANY, ordersMax: 2 }, portsOf(world));
  expect(world.queued).toEqual(['1-0', 'OTHER']);
  expect(summary.sub_merchants).toBe(2);
});

test('a merchant with few orders never waits for one with as many sub-merchants as a sweep sends orders', async () => {
  const crowd = Array.from({ length: 100 }, (_, at) =>
    dueOrder(`C-${at}`, { sub_mchid: `${at}`, lateMs: HOUR }),
  );
  const few = Array.from({ length: 3 }, (_, at) => dueOrder(`F-${at}`, { mchid: '2', sub_mchid: '1' }));
  const world = worldOf([...crowd, ...few]);
  await sweep({ ...ANY, ordersMax: 8 }, portsOf(world));
  expect(world.queued).toEqual(['C-0', 'F-0', 'C-1', 'F-1', 'C-2', 'F-2', 'C-3', 'C-4']);
});

test('what the queue did not take stays due, and is sent by the next sweep', async () => {
  const world = worldOf(many(250));
  let tick = 0;
  const takes = ({ out_order_no }: OrderKey) => tick > 0 || !out_order_no.endsWith('7');
  expect(await sweep(ANY, portsOf(world, { takes }))).toMatchObject({ sent: 225, left: 25 });
  tick = 1;
  world.clock = T0 + 59 * SECOND;
  const again = await sweep({ ...ANY, deadlineAt: T0 + 2 * MINUTE }, portsOf(world, { takes }));
  expect(again).toMatchObject({ due: 25, sent: 25, moved: 0, left: 0, latest_seconds: 59 });
  expect(new Set(world.queued).size).toBe(250);
});

describe('what a sweep has sent', () => {
  const sentOnce = async (orders: readonly DueOrder[], attemptsPerSecond = 1_000) => {
    const world = worldOf(orders);
    await sweep({ ...ANY, rate: { attemptsPerSecond, seconds: 300 } }, portsOf(world));
    world.queued.length = 0;
    return world;
  };
  const sweepAt = async (world: World, at: number, obstacles: Obstacles = {}) => {
    world.clock = at;
    return sweep({ ...ANY, deadlineAt: at + 50 * SECOND }, portsOf(world, obstacles));
  };

  test('is in hand for a minute, in which it is neither due nor sent again', async () => {
    const world = await sentOnce(many(3));
    expect(await sweepAt(world, T0 + 59_999)).toMatchObject({ due: 0, admitted: 0, sent: 0, moved: 0 });
    expect([world.queued, world.moved]).toEqual([[], []]);
  });

  test('and no worker has taken up by then, is moved 15 minutes on, and sent again after them', async () => {
    const world = await sentOnce(many(2));
    expect(await sweepAt(world, T0 + MINUTE)).toMatchObject({ due: 0, sent: 0, moved: 2 });
    expect(world.due.get('1-0')).toMatchObject({ due_at: T0 + 16 * MINUTE, planned_at: T0 });
    expect(await sweepAt(world, T0 + 16 * MINUTE - 1)).toMatchObject({ due: 0, sent: 0, moved: 0 });
    expect(await sweepAt(world, T0 + 16 * MINUTE)).toMatchObject({ due: 2, sent: 2, moved: 0 });
    expect(world.queued).toEqual(['1-0', '1-1']);
  });

  test('is in hand for a minute from when its message is seen', async () => {
    const world = await sentOnce(many(3), 1);
    expect(await sweepAt(world, T0 + MINUTE)).toMatchObject({ due: 0, moved: 1 });
    expect(await sweepAt(world, T0 + 61 * SECOND)).toMatchObject({ due: 0, moved: 1 });
    expect(await sweepAt(world, T0 + 62 * SECOND)).toMatchObject({ due: 0, moved: 1 });
    expect(world.moved).toEqual(['1-0', '1-1', '1-2']);
  });

  test('and is due at another time by now, was taken up, and is sent like any other', async () => {
    const world = await sentOnce(many(1));
    world.due.set('1-0', { ...dueOrder('1-0'), due_at: T0 + SECOND });
    expect(await sweepAt(world, T0 + 2 * SECOND)).toMatchObject({ due: 1, sent: 1, moved: 0 });
  });

  test('is sent once more by an instance that knows nothing of it', async () => {
    const world = await sentOnce(many(2));
    world.inHand = new OrdersInHand();
    expect(await sweepAt(world, T0 + SECOND)).toMatchObject({ due: 2, sent: 2, moved: 0 });
  });

  test('is in hand, whatever another sweep is narrowed to', async () => {
    const world = await sentOnce(many(2));
    const only = { sub_mchid: '7' };
    await sweep({ ...ANY, only }, portsOf(world));
    expect(await sweepAt(world, T0 + SECOND)).toMatchObject({ due: 0, sent: 0 });
  });

  test.each(['conflict', 'fails'] as const)(
    'and cannot be moved (%s), is sent again by the next sweep, and stops no other',
    async (how) => {
      const world = await sentOnce(many(3));
      const moves = ({ out_order_no }: OrderKey) => (out_order_no === '1-1' ? how : 'saved');
      expect(await sweepAt(world, T0 + MINUTE, { moves })).toMatchObject({ sent: 0, moved: 2 });
      expect(world.moved).toEqual(['1-0', '1-2']);
      expect(await sweepAt(world, T0 + 2 * MINUTE)).toMatchObject({ due: 1, sent: 1 });
    },
  );

  test('is not moved by a dry run, nor with less than 8 s to go', async () => {
    const world = await sentOnce(many(2));
    world.clock = T0 + MINUTE;
    const dry = { ...ANY, dryRun: true, deadlineAt: T0 + 2 * MINUTE };
    expect(await sweep(dry, portsOf(world))).toMatchObject({ due: 0, moved: 0 });
    const late = await sentOnce(many(2));
    late.clock = T0 + MINUTE;
    const hurried = { ...ANY, deadlineAt: T0 + MINUTE + 7_999 };
    expect(await sweep(hurried, portsOf(late))).toMatchObject({ due: 0, moved: 0 });
    expect([world.moved, late.moved]).toEqual([[], []]);
  });
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
  expect(summary).toMatchObject({ due: 1_000, admitted: 1_000, sent: 500, left: 500 });
  expect(world.queued).toHaveLength(500);
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
});

test('no more than 100,000 are read, and it says that more is due', async () => {
  const world = worldOf(many(100_001));
  expect(await sweep({ ...ANY, ordersMax: 10 }, portsOf(world))).toMatchObject({
    due: 100_000,
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

test('whatever the queue refuses or loses and whatever cannot be moved, nothing due is lost: it is due until a worker has it', async () => {
  const orders = fc.uniqueArray(
    fc.record({ no: fc.nat({ max: 400 }), sub: fc.constantFrom('1', '2', '3') }),
    { selector: ({ no }) => no, maxLength: 120 },
  );
  const fates = fc.infiniteStream(fc.constantFrom('works', 'works', 'lost', 'conflict', 'fails', 'refused'));
  await fc.assert(
    fc.asyncProperty(orders, fates, fc.integer({ min: 1, max: 300 }), async (given, fate, ordersMax) => {
      const world = worldOf(given.map(({ no, sub }) => dueOrder(`${no}`, { sub_mchid: sub })));
      let faulty = true;
      const drawn = new Map<string, string>();
      const ports = portsOf(world, {
        takes: ({ out_order_no: no }) => !faulty || drawn.set(no, fate.next().value).get(no) !== 'refused',
        moves: ({ out_order_no: no }) => {
          const drew = drawn.get(no);
          return faulty && (drew === 'conflict' || drew === 'fails') ? drew : 'saved';
        },
      });
      for (let minute = 0; minute < 300 && world.due.size > 0; minute += 1) {
        faulty = minute < 100;
        const now = (world.clock = T0 + minute * MINUTE);
        const summary = await sweep({ ...ANY, ordersMax, deadlineAt: now + 50 * SECOND }, ports);
        expect(summary.sent + summary.left).toBe(summary.admitted);
        // A worker gets each message that is not lost, and is done with its order before the next tick.
        for (const no of world.queued.splice(0))
          if (!faulty || drawn.get(no) === 'works') world.due.delete(no);
      }
      expect([...world.due.keys()]).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

describe('a sweep that does nothing, and will not do better next time', () => {
  const DONE = {
    due: 5,
    more_due: false,
    sub_merchants: 1,
    admitted: 5,
    sent: 5,
    moved: 0,
    left: 0,
    late: 0,
    overdue: 0,
    latest_seconds: 0,
  };

  test.each([
    ['sent all', DONE],
    ['sent some', { ...DONE, sent: 1, left: 4 }],
    ['had no time for any', { ...DONE, sent: 0, left: 5, late: 5 }],
    ['found nothing due', { ...DONE, due: 0, admitted: 0, sent: 0 }],
    ['found more than it reads', { ...DONE, more_due: true }],
  ])('is not one that %s', (_name, summary) => {
    expect(stuckBecause(summary, false)).toEqual([]);
  });

  test('is one of whose orders the queue takes none; a dry run offers it none', () => {
    const refused = { ...DONE, sent: 0, left: 5 };
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
