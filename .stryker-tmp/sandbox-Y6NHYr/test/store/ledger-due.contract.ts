import { evolve } from '../../lambda/core/evolve';
import type { OrderKey } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import type { DueOrder } from '../../lambda/flow/ports';
import {
  CLAIM,
  created,
  dueAt,
  HOUR,
  newlyRegistered,
  newRef,
  next,
  T0,
  withoutDue,
  type WholeLedger,
} from './support/orders';

/** More than there is in any of these ledgers. */
const ALL = 1_000;

export function describeDueOrders(name: string, make: () => Promise<WholeLedger>): void {
  describe(`${name}, what is due`, () => {
    let ledger: WholeLedger;
    beforeEach(async () => {
      ledger = await make();
    });

    async function register(at: number | undefined, out_order_no: string): Promise<Order> {
      return created(ledger, newlyRegistered(newRef({ out_order_no }), at === undefined ? {} : dueAt(at)));
    }

    async function due(now: number, ordersMax = ALL): Promise<string[]> {
      return (await ledger.due(now, ordersMax)).map(({ key }) => key.out_order_no);
    }

    test('is what has a due time, up to and with the present instant, longest due first', async () => {
      await register(T0 - 1, 'just before');
      await register(T0 + 1, 'not yet');
      await register(T0, 'now');
      await register(undefined, 'never');
      await register(T0 - 300 * 24 * HOUR, 'long ago');
      expect(await due(T0)).toEqual(['long ago', 'just before', 'now']);
      expect(await due(T0 - 2)).toEqual(['long ago']);
      expect(await due(0)).toEqual([]);
    });

    test('bears its key, its service, when it is due and what it was planned for', async () => {
      const ref = newRef({ out_order_no: 'A' });
      await created(ledger, newlyRegistered(ref, { due_at: T0 + HOUR, planned_at: T0 }));
      expect(await ledger.due(T0 + HOUR, ALL)).toStrictEqual([
        {
          key: { mchid: '1900009191', sub_mchid: '1900000109', out_order_no: 'A' },
          service_id: '00004000000000000000000000000001',
          due_at: T0 + HOUR,
          planned_at: T0,
        },
      ]);
    });

    test('follows every change: moved, gone, back again', async () => {
      const order = await register(T0, 'A');
      const moved = next(order, { due_at: T0 + HOUR, planned_at: T0 + HOUR });
      expect(await ledger.save(order, moved)).toBe('saved');
      expect(await due(T0)).toEqual([]);
      expect(await due(T0 + HOUR)).toEqual(['A']);
      const gone = withoutDue(next(moved, { status: 'settled' }));
      expect(await ledger.save(moved, gone)).toBe('saved');
      expect(await due(T0 + 2 * HOUR)).toEqual([]);
      const back = next(gone, { status: 'active', ...dueAt(T0 + 2 * HOUR) });
      expect(await ledger.save(gone, back)).toBe('saved');
      expect(await due(T0 + 2 * HOUR)).toEqual(['A']);
    });

    test('is given at most as asked for, and what is moved on makes room for the rest', async () => {
      await Promise.all(Array.from({ length: 40 }, async (_, n) => register(T0 + n, `${n}`)));
      const seen: string[] = [];
      for (let readings = 0; readings < 40; readings += 1) {
        const some = await ledger.due(T0 + 40, 7);
        expect(some.length).toBeLessThanOrEqual(7);
        const times = some.map(({ due_at }) => due_at);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
        for (const order of some) {
          seen.push(order.key.out_order_no);
          expect(await ledger.postpone(order, T0 + HOUR)).toBe('saved');
        }
        if (some.length === 0) break;
      }
      expect(seen).toHaveLength(40);
      expect(new Set(seen).size).toBe(40);
    });

    test('asked for one, it is the one that is longest due', async () => {
      for (let n = 20; n > 0; n -= 1) await register(T0 + n, `${n}`);
      expect(await due(T0 + HOUR, 1)).toEqual(['1']);
    });
  });

  describe(`${name}, postponing`, () => {
    let ledger: WholeLedger;
    beforeAll(async () => {
      ledger = await make();
    });

    async function registerDue(): Promise<{ order: Order; seen: DueOrder }> {
      const order = await created(ledger, newlyRegistered(newRef(), dueAt(T0)));
      return { order, seen: asSeen(order.ref) };
    }

    function asSeen(key: OrderKey): DueOrder {
      return { key, service_id: '1' as DueOrder['service_id'], due_at: T0, planned_at: T0 };
    }

    test('moves the due time on and nothing else, neither the version nor what was planned', async () => {
      const { order, seen } = await registerDue();
      expect(await ledger.postpone(seen, T0 + HOUR)).toBe('saved');
      expect(await ledger.find(order.ref)).toStrictEqual({ ...order, due_at: T0 + HOUR });
      const [there] = (await ledger.due(T0 + HOUR, ALL)).filter(
        ({ key }) => key.out_order_no === order.ref.out_order_no,
      );
      expect(there).toMatchObject({ due_at: T0 + HOUR, planned_at: T0 });
    });

    test('of two sweeps that saw the same, one moves it', async () => {
      const { order, seen } = await registerDue();
      const answers = await Promise.all([ledger.postpone(seen, T0 + 1), ledger.postpone(seen, T0 + 2)]);
      expect(answers.toSorted()).toEqual(['conflict', 'saved']);
      expect((await ledger.find(order.ref))?.due_at).toBe(answers[0] === 'saved' ? T0 + 1 : T0 + 2);
    });

    test('does not disturb a worker that has the row in hand: its claim is saved, and the moved time stays', async () => {
      const { order, seen } = await registerDue();
      const claimed = evolve(order, { kind: 'claim', open: CLAIM });
      expect(await ledger.postpone(seen, T0 + HOUR)).toBe('saved');
      expect(await ledger.save(order, claimed)).toBe('saved');
      expect(await ledger.find(order.ref)).toStrictEqual({ ...claimed, due_at: T0 + HOUR });
    });

    test.each([
      ['a time of its own', dueAt(T0 + 2 * HOUR)],
      ['an earlier one', dueAt(T0 - HOUR)],
    ])('gives way to a worker that then writes %s', async (_what, planned) => {
      const { order, seen } = await registerDue();
      const after = next(order, planned);
      expect(await ledger.postpone(seen, T0 + HOUR)).toBe('saved');
      expect(await ledger.save(order, after)).toBe('saved');
      expect(await ledger.find(order.ref)).toStrictEqual(after);
    });

    test('gives way to a worker that then finds nothing left to ask', async () => {
      const { order, seen } = await registerDue();
      const after = withoutDue(next(order, { status: 'expired' }));
      expect(await ledger.postpone(seen, T0 + HOUR)).toBe('saved');
      expect(await ledger.save(order, after)).toBe('saved');
      expect(await ledger.find(order.ref)).toStrictEqual(after);
      expect(await ledger.postpone({ ...seen, due_at: T0 + HOUR }, T0 + 2 * HOUR)).toBe('conflict');
    });

    test('comes too late once a worker has planned the order anew, or ended it', async () => {
      const { order, seen } = await registerDue();
      const planned = next(order, dueAt(T0 + 2 * HOUR));
      await ledger.save(order, planned);
      expect(await ledger.postpone(seen, T0 + HOUR)).toBe('conflict');
      expect(await ledger.find(order.ref)).toStrictEqual(planned);
      const ended = withoutDue(next(planned, { status: 'paid' }));
      await ledger.save(planned, ended);
      expect(await ledger.postpone(seen, T0 + HOUR)).toBe('conflict');
      expect(await ledger.find(order.ref)).toStrictEqual(ended);
    });

    test('an order that is not there makes none', async () => {
      const ref = newRef();
      expect(await ledger.postpone(asSeen(ref), T0 + HOUR)).toBe('conflict');
      expect(await ledger.find(ref)).toBeUndefined();
    });
  });
}
