import fc from 'fast-check';
import type { Mchid, SubMchid } from '../../lambda/core/ids';
import { ORDER_STATUSES, type Order, type OrderStatus } from '../../lambda/core/order';
import type { PlacedOrder } from '../../lambda/flow/ports';
import { ACTOR, created, HOUR, newlyRegistered, newRef, next, T0, type WholeLedger } from './support/orders';

const MCHID = '1900009191' as Mchid;
/** Numbers that begin alike, and one that would come last as a number. */
const [SUB, LONGER, SHORT] = ['1900000109', '19000001090', '2'] as const;

type Query = Parameters<WholeLedger['registered']>[0];
const WHOLE: Query = { mchid: MCHID, from: 0, to: T0 + 1_000 * HOUR, rowsMax: 3 };

/** Every stretch of a query, one after the other; `between` happens before each. */
async function stretches(
  ledger: WholeLedger,
  query: Query,
  between: (stretch: number) => Promise<void> = async () => {},
): Promise<readonly (readonly PlacedOrder[])[]> {
  const all: (readonly PlacedOrder[])[] = [];
  let after = query.after;
  do {
    await between(all.length);
    const stretch = await ledger.registered({ ...query, after });
    all.push(stretch.orders);
    after = stretch.next;
    if (all.length > 500) throw new Error('the stretches do not come to an end');
  } while (after !== undefined);
  return all;
}

async function numbersOf(ledger: WholeLedger, query: Query): Promise<string[]> {
  return (await stretches(ledger, query)).flat().map(({ out_order_no }) => out_order_no);
}

export function describeRegistered(name: string, make: () => Promise<WholeLedger>): void {
  async function put(
    ledger: WholeLedger,
    [order, sub, status, at]: readonly [string, string, OrderStatus, number],
    mchid: string = MCHID,
  ): Promise<Order> {
    const ref = newRef({ mchid, out_order_no: order, sub_mchid: sub });
    return created(ledger, newlyRegistered(ref, { status, registration: { at, actor: ACTOR } }));
  }

  describe(`${name}, the orders of a period`, () => {
    let ledger: WholeLedger;
    beforeAll(async () => {
      ledger = await make();
      await put(ledger, ['c-1', SHORT, 'paid', T0 - 3 * HOUR]);
      await put(ledger, ['b-2', LONGER, 'expired', T0]);
      await put(ledger, ['b-1', LONGER, 'active', T0 - HOUR]);
      await put(ledger, ['a-3', SUB, 'paid', T0 + HOUR]);
      await put(ledger, ['a-1', SUB, 'watched', T0 - HOUR]);
      // Registered in the same instant: by number then, of which one begins like the other.
      await put(ledger, ['a-2*', SUB, 'cancelled', T0]);
      await put(ledger, ['a-2', SUB, 'settled', T0]);
      await put(ledger, ['foreign', SUB, 'active', T0], '1900009192');
    });

    const everything = ['a-1', 'a-2', 'a-2*', 'a-3', 'b-1', 'b-2', 'c-1'];

    test.each([1, 2, 3, 7, 200])(
      'are told by sub-merchant and then in the order of registration, each once, reading %i of each list',
      async (rowsMax) => {
        expect(await numbersOf(ledger, { ...WHOLE, rowsMax })).toEqual(everything);
      },
    );

    test('are told as lists show them, with their places', async () => {
      const { orders, ...more } = await ledger.registered({
        ...WHOLE,
        sub_mchid: SUB as SubMchid,
        from: T0 + 1,
      });
      const ref = { mchid: MCHID, sub_mchid: SUB, service_id: newRef().service_id };
      expect(orders).toStrictEqual([
        {
          ...ref,
          out_order_no: 'a-3',
          status: 'paid',
          registered_at: T0 + HOUR,
          place: '1900000109#2026-03-02T05:00:00.000Z#a-3',
        },
      ]);
      expect(more).toStrictEqual({});
    });

    test.each<[string, number, number, readonly string[]]>([
      ['begin with its first instant', T0, T0 + 1_000 * HOUR, ['a-2', 'a-2*', 'a-3', 'b-2']],
      ['do not go back before it', T0 + 1, T0 + 1_000 * HOUR, ['a-3']],
      ['end before its last instant', 0, T0, ['a-1', 'b-1', 'c-1']],
      ['reach up to it', 0, T0 + 1, ['a-1', 'a-2', 'a-2*', 'b-1', 'b-2', 'c-1']],
      ['are none in a period without any', T0 + 2 * HOUR, T0 + 3 * HOUR, []],
      ['are none where it ends before it begins', T0 + HOUR + 1, T0, []],
    ])('%s', async (_what, from, to, orders) => {
      for (const rowsMax of [1, 2, 200])
        expect(await numbersOf(ledger, { ...WHOLE, from, to, rowsMax })).toEqual(orders);
    });

    test.each<[string, readonly string[]]>([
      [SUB, ['a-1', 'a-2', 'a-2*', 'a-3']],
      [LONGER, ['b-1', 'b-2']],
      [SHORT, ['c-1']],
      ['190000010', []],
    ])('of the sub-merchant %s are its own', async (sub, orders) => {
      for (const rowsMax of [1, 2, 200])
        expect(await numbersOf(ledger, { ...WHOLE, sub_mchid: sub as SubMchid, rowsMax })).toEqual(orders);
      const period = { from: T0, to: T0 + HOUR, rowsMax: 1 };
      expect(await numbersOf(ledger, { ...WHOLE, ...period, sub_mchid: sub as SubMchid })).toEqual(
        orders.filter((order) => ['a-2', 'a-2*', 'b-2'].includes(order)),
      );
    });

    test('of one status are those of no other', async () => {
      expect(await numbersOf(ledger, { ...WHOLE, status: 'paid', rowsMax: 1 })).toEqual(['a-3', 'c-1']);
    });

    test('of another merchant are its own', async () => {
      expect(await numbersOf(ledger, { ...WHOLE, mchid: '1900009192' as Mchid })).toEqual(['foreign']);
      expect(await numbersOf(ledger, { ...WHOLE, mchid: '4' as Mchid })).toEqual([]);
    });

    test.each(['a-1', 'a-2', 'a-2*', 'b-1', 'c-1'])('go on after the place of %s', async (order) => {
      const all = (await stretches(ledger, WHOLE)).flat();
      const after = all.find(({ out_order_no }) => out_order_no === order)?.place;
      const rest = everything.slice(everything.indexOf(order) + 1);
      for (const rowsMax of [1, 200]) {
        expect(await numbersOf(ledger, { ...WHOLE, after, rowsMax })).toEqual(rest);
        const ofSub = rest.filter((one) => one.startsWith('a'));
        const query = { ...WHOLE, sub_mchid: SUB as SubMchid, after, rowsMax };
        expect(await numbersOf(ledger, query)).toEqual(ofSub);
      }
    });
  });

  describe(`${name}, the orders of a period that change meanwhile`, () => {
    test('an order that goes back and forth between two statuses is told once', async () => {
      const ledger = await make();
      await put(ledger, ['A', SUB, 'active', T0]);
      let order = await put(ledger, ['B', SUB, 'active', T0 + 1]);
      await put(ledger, ['C', SUB, 'active', T0 + 2]);
      const seen = await stretches(ledger, { ...WHOLE, rowsMax: 1 }, async (stretch) => {
        const after = next(order, { status: stretch % 2 === 0 ? 'paid' : 'active' });
        await ledger.save(order, after);
        order = after;
      });
      expect(seen.flat().map(({ out_order_no }) => out_order_no)).toEqual(['A', 'B', 'C']);
    });

    test('what lies outside the period is passed over', async () => {
      const ledger = await make();
      for (const sub of ['1', '2']) {
        for (let n = 0; n < 20; n += 1) {
          await put(ledger, [`early-${n}`, sub, 'paid', T0 + n]);
          await put(ledger, [`late-${n}`, sub, 'paid', T0 + 2 * HOUR + n]);
        }
        await put(ledger, [`wanted-${sub}`, sub, 'paid', T0 + HOUR]);
      }
      const query = { ...WHOLE, from: T0 + HOUR, to: T0 + HOUR + 1, rowsMax: 4 };
      const seen = await stretches(ledger, query);
      expect(seen.flat().map(({ out_order_no }) => out_order_no)).toEqual(['wanted-1', 'wanted-2']);
      // Two for each sub-merchant and one behind the last: the 82 orders are not read.
      expect(seen).toHaveLength(5);
    });

    test('whatever changes its status meanwhile, each is told exactly once, and in its place', async () => {
      const any = fc.record({
        sub: fc.constantFrom(SUB, LONGER, SHORT),
        at: fc.integer({ min: 0, max: 9 }),
        status: fc.constantFrom(...ORDER_STATUSES),
      });
      const ledger = await make();
      let merchants = 0;
      const moves = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ORDER_STATUSES)), { maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(
          fc.array(any, { minLength: 1, maxLength: 14 }),
          moves,
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 0, max: 9 }),
          async (orders, changes, rowsMax, begin) => {
            const mchid = String((merchants += 1)) as Mchid;
            const rows = await Promise.all(
              orders.map(async ({ sub, at, status }, n) =>
                put(ledger, [`N${n}`, sub, status, T0 + at], mchid),
              ),
            );
            const left = [...changes];
            const period = { from: T0 + begin, to: T0 + begin + 5 };
            const seen = await stretches(ledger, { ...WHOLE, ...period, mchid, rowsMax }, async () => {
              for (const [pick, status] of left.splice(0, 3)) {
                const index = pick % rows.length;
                const before = rows[index] as Order;
                const after = next(before, { status });
                rows[index] = after;
                await ledger.save(before, after);
              }
            });
            const wanted = rows
              .filter(({ registration: { at } }) => period.from <= at && at < period.to)
              .map(({ ref, registration: { at } }) => [ref.sub_mchid, at, ref.out_order_no] as const)
              .toSorted((one, other) => (one.join('#') < other.join('#') ? -1 : 1));
            expect(seen.flat().map((one) => [one.sub_mchid, one.registered_at, one.out_order_no])).toEqual(
              wanted,
            );
          },
        ),
        { numRuns: 25 },
      );
    });
  });
}
