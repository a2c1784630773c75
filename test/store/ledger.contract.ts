import fc from 'fast-check';
import { evolve, type Change } from '../../lambda/core/evolve';
import type { Mchid, OrderKey, OrderRef } from '../../lambda/core/ids';
import type { Order } from '../../lambda/core/order';
import { describeDueOrders } from './ledger-due.contract';
import { describeOrderList } from './ledger-list.contract';
import { describeRegistered } from './ledger-registered.contract';
import { anyHistory } from './support/any-order';
import {
  ACTOR,
  CLAIM,
  created,
  DECIDED,
  dueAt,
  newlyRegistered,
  newRef,
  saved,
  T0,
  type WholeLedger,
} from './support/orders';

const CLAIMED: Change = { kind: 'claim', open: CLAIM };
const UNANSWERED: Change = { kind: 'unanswered', at: T0 };

/**
 * What every ledger has to keep, whatever it is made of.
 * @param make gives an empty one
 */
export function describeLedger(name: string, make: () => Promise<WholeLedger>): void {
  describe(`${name}, row by row`, () => {
    let ledger: WholeLedger;
    beforeAll(async () => {
      ledger = await make();
    });

    test('does not know an order that nobody has registered', async () => {
      expect(await ledger.find(newRef())).toBeUndefined();
    });

    test('creates an order once; whoever comes second is told so and changes nothing', async () => {
      const order = await created(ledger, newlyRegistered());
      const other = newlyRegistered(order.ref, { status: 'watched', ...dueAt(T0) });
      expect(await ledger.create(other)).toBe('conflict');
      expect(await ledger.create(order)).toBe('conflict');
      expect(await ledger.find(order.ref)).toStrictEqual(order);
    });

    test('of many who create one order at once lets one win', async () => {
      const ref = newRef();
      const orders = Array.from({ length: 8 }, (_, index) => newlyRegistered(ref, dueAt(T0 + index)));
      const answers = await Promise.all(orders.map(async (order) => ledger.create(order)));
      expect(answers.filter((answer) => answer === 'saved')).toHaveLength(1);
      expect(await ledger.find(ref)).toEqual(orders[answers.indexOf('saved')]);
    });

    test('saves nothing of an order that was never created', async () => {
      const order = newlyRegistered();
      expect(await ledger.save(order, evolve(order, CLAIMED))).toBe('conflict');
      expect(await ledger.find(order.ref)).toBeUndefined();
    });

    test('finds an order by its key alone, with the service_id it was registered with', async () => {
      const order = await created(ledger, newlyRegistered());
      const { mchid, sub_mchid, out_order_no } = order.ref;
      expect(await ledger.find({ mchid, sub_mchid, out_order_no })).toStrictEqual(order);
      const asked = { ...order.ref, service_id: '2' };
      expect(await ledger.find(asked)).toStrictEqual(order);
    });

    test('gives back the evidence of an answer, Chinese and all, and drops what a change dropped', async () => {
      const order = await saved(ledger, await created(ledger, newlyRegistered()), OBSERVED, CLAIMED, SETTLED);
      const found = await ledger.find(order.ref);
      expect(found).toStrictEqual(order);
      expect(found?.timeline.at(-1)).toEqual({
        kind: 'attempt',
        at: T0 + 2,
        claim_id: 'c0ffee',
        actor: ACTOR,
        decided: DECIDED,
        outcome: { kind: 'contradicted', claim: 'not_pending' },
        evidence: EVIDENCE,
        count: 1,
      });
      expect(found).toMatchObject({ version: 4, calls: [T0 + 1], last_sent_at: T0 + 5_001 });
      expect(Object.keys(found ?? {})).not.toContain('open');
      expect(Object.keys(found ?? {})).not.toContain('observed');
    });

    test('gives back every state of any order as it was written; what is absent is absent', async () => {
      let states = 0;
      await fc.assert(
        fc.asyncProperty(anyHistory(newRef()), async ([first, ...rest]) => {
          const ref = newRef();
          let before: Order = { ...first, ref };
          await created(ledger, before);
          expect(await ledger.find(ref)).toStrictEqual(before);
          for (const state of rest) {
            const after = { ...state, ref };
            expect(await ledger.save(before, after)).toBe('saved');
            // toStrictEqual: a field that holds undefined is not a field that is absent.
            expect(await ledger.find(ref)).toStrictEqual(after);
            before = after;
            states += 1;
          }
        }),
        { numRuns: 25 },
      );
      expect(states).toBeGreaterThan(60);
    });

    test('lets one of many writers on the same version win, and keeps what that one wrote', async () => {
      const seen = await saved(ledger, await created(ledger, newlyRegistered()), UNANSWERED);
      const claims = Array.from({ length: 8 }, (_, index) =>
        evolve(seen, { kind: 'claim', open: { ...CLAIM, claim_id: `c${index}` } }),
      );
      const answers = await Promise.all(claims.map(async (claim) => ledger.save(seen, claim)));
      expect(answers.filter((answer) => answer === 'saved')).toHaveLength(1);
      expect(await ledger.find(seen.ref)).toEqual(claims[answers.indexOf('saved')]);
    });

    test('refuses a change made on a version that has passed, and changes nothing', async () => {
      const stale = await created(ledger, newlyRegistered());
      const current = await saved(ledger, stale, UNANSWERED);
      expect(await ledger.save(stale, evolve(stale, CLAIMED))).toBe('conflict');
      const latest = await saved(ledger, current, CLAIMED);
      expect(await ledger.save(current, evolve(current, UNANSWERED))).toBe('conflict');
      expect(await ledger.find(stale.ref)).toEqual(latest);
    });

    test('says conflict to a write that got through and is repeated', async () => {
      const before = await created(ledger, newlyRegistered());
      const after = evolve(before, CLAIMED);
      expect(await ledger.save(before, after)).toBe('saved');
      expect(await ledger.save(before, after)).toBe('conflict');
      expect(await ledger.find(before.ref)).toMatchObject({ version: 2, open: { claim_id: 'c0ffee' } });
    });

    test('keeps its own copy: nobody changes what is stored but by saving', async () => {
      const actor = { kind: 'api' as const, id: 'me' };
      const order = await created(ledger, {
        ...newlyRegistered(),
        registration: { at: T0, actor },
      });
      actor.id = 'somebody else';
      const found = await ledger.find(order.ref);
      expect(found?.registration.actor).toEqual({ kind: 'api', id: 'me' });
      // Whether the change is refused or has no effect is all the same.
      Reflect.set(found?.registration.actor ?? {}, 'id', 'somebody else');
      expect((await ledger.find(order.ref))?.registration.actor).toEqual({ kind: 'api', id: 'me' });
    });
  });

  describe(`${name}, for tenants with the same order number`, () => {
    const out_order_no = 'SAME';
    const refs = [
      newRef({ out_order_no }),
      newRef({ out_order_no, sub_mchid: '19000001091' }),
      newRef({ out_order_no, mchid: '1900009192' }),
      // Digits that would meet if the parts were joined without a mark between them.
      newRef({ out_order_no, mchid: '19000091911', sub_mchid: '900000109' }),
    ] as const;
    const [mine, ...others] = refs;

    test('they never meet: found, listed, due and moved are only those of the one', async () => {
      const ledger = await make();
      const order = await created(ledger, newlyRegistered(mine, dueAt(T0)));
      for (const ref of others) expect(await ledger.find(ref)).toBeUndefined();
      expect(await ledger.findMany(others)).toEqual([]);
      for (const { mchid, sub_mchid } of others) {
        const page = await ledger.list({ mchid, sub_mchid, pageMax: 100 });
        expect(page).toEqual({ orders: [] });
      }
      for (const ref of others) {
        const seen = { key: ref, service_id: ref.service_id, ...dueAt(T0) };
        expect(await ledger.postpone(seen, T0 + 1)).toBe('conflict');
      }
      expect(await ledger.due(T0, 100)).toHaveLength(1);
      expect(await ledger.find(mine)).toEqual(order);
    });

    test('all of them there, each has its own', async () => {
      const ledger = await make();
      for (const [index, ref] of refs.entries())
        await created(ledger, newlyRegistered(ref, dueAt(T0 + index)));
      expect(
        (await ledger.due(T0 + 3, 100)).map(({ key, due_at }) => [key.mchid, key.sub_mchid, due_at]),
      ).toEqual([
        ['1900009191', '1900000109', T0],
        ['1900009191', '19000001091', T0 + 1],
        ['1900009192', '1900000109', T0 + 2],
        ['19000091911', '900000109', T0 + 3],
      ]);
      const seen = { key: mine, service_id: mine.service_id, ...dueAt(T0) };
      expect(await ledger.postpone(seen, T0 + 9)).toBe('saved');
      const found = await ledger.findMany(refs);
      const times = found.map(({ due_at: due }) => due ?? NaN);
      expect(times.toSorted((a, b) => a - b)).toEqual([T0 + 1, T0 + 2, T0 + 3, T0 + 9]);
      for (const { mchid, sub_mchid } of refs) {
        const { orders } = await ledger.list({ mchid, sub_mchid, pageMax: 100 });
        expect(orders.map((order) => [order.mchid, order.sub_mchid])).toEqual([[mchid, sub_mchid]]);
      }
      expect((await ledger.list({ mchid: '1900009191' as Mchid, pageMax: 100 })).orders).toHaveLength(2);
    });
  });

  describe(`${name}, many rows at once`, () => {
    test.each([0, 1, 100, 250])('gives each of %i orders once, as it stands', async (orders) => {
      const ledger = await make();
      const refs = Array.from({ length: orders }, () => newRef());
      // Two writes each: not all at once, or the stand-in's answers take longer than anybody waits.
      for (let from = 0; from < orders; from += 25) {
        const some = refs.slice(from, from + 25);
        await Promise.all(some.map(async (ref) => created(ledger, newlyRegistered(ref))));
      }
      const missing = refs.map(() => newRef());
      const keys: OrderKey[] = [...refs, ...missing, ...refs.slice(0, 20).toReversed()];
      const found = await ledger.findMany(keys);
      expect(numbers(found.map(({ ref }) => ref))).toEqual(numbers(refs));
      expect(found[0]).toStrictEqual(found[0] && newlyRegistered(found[0].ref));
    });

    test('gives what was saved last', async () => {
      const ledger = await make();
      const order = await saved(ledger, await created(ledger, newlyRegistered()), CLAIMED);
      expect(await ledger.findMany([order.ref])).toStrictEqual([order]);
    });
  });

  describeDueOrders(name, make);
  describeOrderList(name, make);
  describeRegistered(name, make);
}

function numbers(refs: readonly OrderRef[]): string[] {
  return refs.map(({ out_order_no }) => out_order_no).toSorted();
}

const OBSERVED: Change = {
  kind: 'observe',
  observation: {
    at: T0,
    standing: { kind: 'pending', paying_amount: 100, paid_amount: 0 } as never,
    facts: {
      state: 'DOING',
      state_description: 'MCH_COMPLETE',
      collection_state: 'USER_PAYING',
      need_collection: true,
      total_amount: 100,
      paying_amount: 100,
      paid_amount: 0,
      details: [
        { seq: 1, amount: 0, paid_type: 'NEWTON', paid_time: '20260302', transaction_id: '4200' },
        {},
      ],
      end_time: '20260301120000',
      order_id: '',
    } as never,
  },
};
const EVIDENCE = {
  http_status: 403,
  code: 'TRADE_ERROR',
  message: '扣款失败 \u{1F4B0} "quoted"\n',
  request_id: 'AB-271316574',
  sub_code: '271316574',
  detail: '',
};
const SETTLED: Change = {
  kind: 'settle',
  at: T0 + 2,
  claim: CLAIM,
  report: { outcome: { kind: 'contradicted', claim: 'not_pending' }, evidence: EVIDENCE },
};
