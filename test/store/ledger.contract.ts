import type { OrderRef } from '../../lambda/core/ids';
import { evolve, newOrder, type Change, type Order } from '../../lambda/core/order';
import type { CallReport } from '../../lambda/core/outcome';
import type { Ledger } from '../../lambda/flow/ports';

export interface LedgerUnderTest {
  readonly ledger: Ledger;
  /** Writes the row's schema number, as another release would. */
  setSchema(ref: OrderRef, schema: number): Promise<void>;
  /** From then on it cannot be reached. */
  cutOff(): void;
  heal(): void;
  /** For whoever made it; the contract leaves it as it is. */
  close(): Promise<void>;
}

const T0 = Date.parse('2026-03-02T04:00:00Z');
const ACTOR = { kind: 'api', id: 'arn:aws:iam::000000000000:user/付' } as const;

let orders = 0;
function newRef(change: Partial<Record<keyof OrderRef, string>> = {}): OrderRef {
  return {
    mchid: '1900009191',
    sub_mchid: '1900000109',
    out_order_no: `O|*${(orders += 1)}`,
    service_id: '00004000000000000000000000000001',
    ...change,
  } as OrderRef;
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
const CLAIM = {
  claim_id: 'c0ffee',
  actor: ACTOR,
  claimed_at: T0 + 1,
  send_by: T0 + 5_001,
} as const;
const REPORT: CallReport = {
  outcome: { kind: 'contradicted', claim: 'not_pending' },
  evidence: {
    http_status: 403,
    code: 'TRADE_ERROR',
    message: '扣款失败 \u{1F4B0} "quoted"\n',
    request_id: 'AB-271316574',
    sub_code: '271316574',
    detail: '',
  },
};

/** What every ledger has to keep, whatever it is made of. */
export function ledgerContract(name: string, make: () => Promise<LedgerUnderTest>): void {
  describe(`${name}, a ledger`, () => {
    let under: LedgerUnderTest;
    let ledger: Ledger;
    beforeAll(async () => {
      under = await make();
      ({ ledger } = under);
    });
    afterEach(() => under.heal());

    async function apply(order: Order, ...changes: Change[]): Promise<Order> {
      let current = order;
      for (const change of changes) {
        const next = evolve(current, change);
        expect(await ledger.save(current, next)).toBe('saved');
        current = next;
      }
      return current;
    }

    test('knows an order that nobody has touched as a new one', async () => {
      const ref = newRef();
      expect(await ledger.load(ref)).toEqual({ ref, version: 0, timeline: [] });
      expect(await ledger.find(ref)).toBeUndefined();
    });

    test('finds an order by its key alone, with the service_id it was first named with', async () => {
      const ref = newRef();
      const after = evolve(newOrder(ref), { kind: 'claim', open: CLAIM });
      await ledger.save(newOrder(ref), after);
      const { mchid, sub_mchid, out_order_no } = ref;
      expect(await ledger.find({ mchid, sub_mchid, out_order_no })).toEqual(after);
    });

    test('gives back every field of every change as it was written, and what is absent is absent', async () => {
      const order = await apply(
        newOrder(newRef()),
        OBSERVED,
        { kind: 'claim', open: CLAIM },
        {
          kind: 'settle',
          at: T0 + 2,
          claim: CLAIM,
          report: { outcome: { kind: 'unknown', because: 'no_answer' }, evidence: {} },
        },
      );
      // toStrictEqual: a field that holds undefined is not a field that is absent.
      expect(await ledger.load(order.ref)).toStrictEqual(order);
      expect(order).toMatchObject({
        version: 3,
        open: { outcome: { kind: 'unknown' } },
        last_call_at: T0 + 1,
      });
    });

    test('gives back the evidence of an answer, Chinese and all, and drops what a change dropped', async () => {
      const order = await apply(
        newOrder(newRef()),
        OBSERVED,
        { kind: 'claim', open: CLAIM },
        { kind: 'settle', at: T0 + 2, claim: CLAIM, report: REPORT },
      );
      const loaded = await ledger.load(order.ref);
      expect(loaded).toStrictEqual(order);
      expect(loaded.timeline.at(-1)).toEqual({
        kind: 'attempt',
        at: T0 + 2,
        claim_id: 'c0ffee',
        actor: ACTOR,
        outcome: { kind: 'contradicted', claim: 'not_pending' },
        evidence: REPORT.evidence,
        count: 1,
      });
      expect(Object.keys(loaded)).not.toContain('open');
      expect(Object.keys(loaded)).not.toContain('observed');
    });

    test('lets one of two writers of a new row win', async () => {
      const ref = newRef();
      const first = evolve(newOrder(ref), OBSERVED);
      const second = evolve(newOrder(ref), { kind: 'claim', open: CLAIM });
      const answers = await Promise.all([
        ledger.save(newOrder(ref), first),
        ledger.save(newOrder(ref), second),
      ]);
      expect(answers.toSorted()).toEqual(['conflict', 'saved']);
      expect(await ledger.load(ref)).toEqual(answers[0] === 'saved' ? first : second);
    });

    test('lets one of many writers on the same version win, and keeps what that one wrote', async () => {
      const seen = await apply(newOrder(newRef()), OBSERVED);
      const claims = Array.from({ length: 8 }, (_, index) =>
        evolve(seen, { kind: 'claim', open: { ...CLAIM, claim_id: `c${index}` } }),
      );
      const answers = await Promise.all(claims.map((claim) => ledger.save(seen, claim)));
      expect(answers.filter((answer) => answer === 'saved')).toHaveLength(1);
      const winner = claims[answers.indexOf('saved')];
      expect(await ledger.load(seen.ref)).toEqual(winner);
    });

    test('refuses a change made on a version that has passed, and changes nothing', async () => {
      const stale = newOrder(newRef());
      const current = await apply(stale, OBSERVED);
      const claim = { kind: 'claim', open: CLAIM } as const;
      expect(await ledger.save(stale, evolve(stale, claim))).toBe('conflict');
      const latest = await apply(current, claim);
      expect(await ledger.save(current, evolve(current, OBSERVED))).toBe('conflict');
      expect(await ledger.load(stale.ref)).toEqual(latest);
    });

    test('says conflict to a write that got through and is repeated', async () => {
      const before = await apply(newOrder(newRef()), OBSERVED);
      const after = evolve(before, { kind: 'claim', open: CLAIM });
      expect(await ledger.save(before, after)).toBe('saved');
      expect(await ledger.save(before, after)).toBe('conflict');
      expect(await ledger.load(before.ref)).toMatchObject({ version: 2, open: { claim_id: 'c0ffee' } });
    });

    test('keeps two tenants apart that have the same order number', async () => {
      const out_order_no = 'SAME';
      const mine = newRef({ out_order_no });
      const others = [
        newRef({ out_order_no, sub_mchid: '1900000110' }),
        newRef({ out_order_no, mchid: '1900009192' }),
        // Digits that would meet if the parts were joined without a mark between them.
        newRef({ out_order_no, mchid: '19000091911', sub_mchid: '900000109' }),
      ];
      const order = await apply(newOrder(mine), OBSERVED);
      for (const ref of others) expect(await ledger.load(ref)).toEqual({ ref, version: 0, timeline: [] });
      for (const ref of others) await apply(newOrder(ref), { kind: 'claim', open: CLAIM });
      expect(await ledger.load(mine)).toEqual(order);
    });

    test('says under which service_id it knows an order, whatever it is asked with', async () => {
      const order = await apply(newOrder(newRef()), OBSERVED);
      const asked = { ...order.ref, service_id: '2' as OrderRef['service_id'] };
      expect((await ledger.load(asked)).ref).toEqual(order.ref);
    });

    test.each([2, 0])('refuses a row that another release wrote (schema %i)', async (schema) => {
      const order = await apply(newOrder(newRef()), OBSERVED);
      await under.setSchema(order.ref, schema);
      await expect(ledger.load(order.ref)).rejects.toMatchObject({
        name: 'PayscoreError',
        code: 'LEDGER_ROW_NEWER',
        message: `Order ${order.ref.out_order_no} was written by another release (schema ${schema}); this one knows 1.`,
      });
    });

    test('out of reach is an error with a code, for reading and for writing', async () => {
      const order = await apply(newOrder(newRef()), OBSERVED);
      under.cutOff();
      const unavailable = { name: 'PayscoreError', code: 'LEDGER_UNAVAILABLE' };
      await expect(ledger.load(order.ref)).rejects.toMatchObject(unavailable);
      await expect(ledger.save(order, evolve(order, OBSERVED))).rejects.toMatchObject(unavailable);
      under.heal();
      expect(await ledger.load(order.ref)).toEqual(order);
    });
  });
}
