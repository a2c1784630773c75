import * as fc from 'fast-check';
import { sweep, type SweepRequest } from '../../lambda/flow/sweep';
import { ANY, dueOrder, many, portsOf, worldOf } from './support/due';

describe('the orders of a merchant', () => {
  const at = (attemptsPerSecond: number, seconds = 300): SweepRequest => ({
    ...ANY,
    rate: { attemptsPerSecond, seconds },
  });

  test('are seen one after another at its rate', async () => {
    const world = worldOf(many(7));
    await sweep(at(2), portsOf(world));
    expect(world.delays).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });

  test('wait a second for each other where one may be attempted a second', async () => {
    const world = worldOf(many(4));
    await sweep(at(1), portsOf(world));
    expect(world.delays).toEqual([0, 1, 2, 3]);
  });

  test('share its rate, whichever sub-merchant they are of, and take no other merchant’s', async () => {
    const world = worldOf([...many(2, '1'), ...many(2, '2'), dueOrder('OTHER', { mchid: '2' })]);
    await sweep(at(1), portsOf(world));
    expect(world.queued).toEqual(['1-0', 'OTHER', '2-0', '1-1', '2-1']);
    expect(world.delays).toEqual([0, 0, 1, 2, 3]);
  });

  test('are no more than may be attempted until the next sweep: the others stay due', async () => {
    const world = worldOf([...many(100), dueOrder('OTHER', { mchid: '2' })]);
    const summary = await sweep(at(1, 60), portsOf(world));
    expect(summary).toMatchObject({ due: 101, admitted: 61, sent: 61, left: 0 });
    expect(Math.max(...world.delays)).toBe(59);
    expect(world.queued).toContain('OTHER');
    expect(world.queued).toContain('1-59');
    expect(world.queued).not.toContain('1-60');
  });

  test('never wait ten minutes, however far off the next sweep is: before 15 they are due again', async () => {
    const world = worldOf(many(1_000));
    expect(await sweep(at(1, 86_400), portsOf(world))).toMatchObject({ admitted: 600, sent: 600 });
    expect(Math.max(...world.delays)).toBe(599);
  });

  test('beyond its rate take no turn of another merchant’s', async () => {
    const others = Array.from({ length: 40 }, (_, n) => dueOrder(`M2-${n}`, { mchid: '2', sub_mchid: '9' }));
    const world = worldOf([...many(100), ...others]);
    await sweep({ ...at(1, 10), ordersMax: 18 }, portsOf(world));
    expect(world.queued.filter((no) => no.startsWith('M2'))).toHaveLength(9);
    const more = worldOf([...many(100), ...others]);
    await sweep({ ...at(1, 10), ordersMax: 50 }, portsOf(more));
    expect(more.queued).toHaveLength(20);
  });

  test('whatever is due of whom: no more of one merchant’s in a second than its rate allows, in their order, and as if no other were there', async () => {
    const sizes = fc.array(fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 3 }), { maxLength: 4 });
    const rates = fc.record({
      orders: fc.integer({ min: 1, max: 25 }),
      seconds: fc.integer({ min: 1, max: 90 }),
    });
    await fc.assert(
      fc.asyncProperty(sizes, rates, async (merchants, { orders, seconds }) => {
        const request = at(orders, seconds);
        const owned = merchants.map((subs, m) =>
          subs.flatMap((count, s) =>
            Array.from({ length: count }, (_, n) =>
              dueOrder(`${m}-${s}-${n}`, { mchid: `${m}`, sub_mchid: `${s}` }),
            ),
          ),
        );
        const together = worldOf(owned.flat());
        await sweep(request, portsOf(together));
        for (const [m, own] of owned.entries()) {
          const places = [...together.queued.keys()].filter((at_) =>
            together.queued[at_]?.startsWith(`${m}-`),
          );
          const delays = places.map((at_) => together.delays[at_] ?? -1);
          expect(delays).toEqual(delays.toSorted((a, b) => a - b));
          for (const second of new Set(delays))
            expect(delays.filter((delay) => delay === second).length).toBeLessThanOrEqual(orders);
          expect(delays).toHaveLength(Math.min(own.length, orders * seconds));
          const alone = worldOf(own);
          await sweep(request, portsOf(alone));
          expect(delays).toEqual(alone.delays);
        }
      }),
      { numRuns: 200 },
    );
  });
});
