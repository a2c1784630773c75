import fc from 'fast-check';
import { evolve, type Change } from '../../lambda/core/evolve';
import type { Order } from '../../lambda/core/order';
import { inHand } from '../../lambda/core/plan';
import { keyOf, readItem, shardOf, updateOf } from '../../lambda/store/ledger-item';
import { anyHistory } from './support/any-order';
import { ACTOR, CLAIM, dueAt, HOUR, newlyRegistered, newRef, next, T0, withoutDue } from './support/orders';

/** The names of what a save writes, in the order of the alphabet. */
function written(before: Order | undefined, after: Order): string[] {
  return Object.values(updateOf(before, after).names).toSorted();
}

describe('a save writes only what changed', () => {
  const order = newlyRegistered(newRef(), dueAt(T0 + 15 * 60_000));
  const change = (kind: Change) => evolve(order, kind);

  test('a claim of an order that the sweep has moved touches no index', () => {
    const claimed = inHand(change({ kind: 'claim', open: CLAIM }), T0);
    const { expression, names } = updateOf(order, claimed);
    expect(expression).toBe('SET #version = :version, #packed = :packed');
    expect(names).toEqual({ '#version': 'version', '#packed': 'packed' });
  });

  test.each<readonly [string, Order, readonly string[]]>([
    ['nothing but the version', next(order, {}), ['version']],
    ['the due time', next(order, { due_at: T0 }), ['due_at', 'version']],
    ['what was planned', next(order, dueAt(T0)), ['due_at', 'planned_at', 'version']],
    ['being due at all', withoutDue(next(order, {})), ['due_at', 'due_shard', 'planned_at', 'version']],
    ['the status', next(order, { status: 'watched' }), ['list_of', 'version']],
    [
      'the time of registration',
      next(order, { registration: { at: T0 + 1, actor: ACTOR } }),
      ['list_at', 'packed', 'version'],
    ],
    [
      'the amount that the merchant names',
      next(order, { registration: { at: T0, actor: ACTOR, total_amount: 1 as never } }),
      ['packed', 'total_amount', 'version'],
    ],
    [
      'the completion that the merchant names',
      next(order, { registration: { at: T0, actor: ACTOR, completed_at: T0 } }),
      ['packed', 'version'],
    ],
    [
      'a payment',
      next(order, {
        observed: {
          at: T0,
          standing: { kind: 'paid', paid_amount: 7 as never },
          facts: { state: 'DONE', total_amount: 7 as never, details: [] },
        },
        status: 'paid',
      }),
      ['list_of', 'packed', 'paid_amount', 'total_amount', 'version'],
    ],
    ['a hold', change({ kind: 'hold', at: T0, hold: { actor: ACTOR, reason: 'r' } }), ['packed', 'version']],
  ])('of %s', (_what, after, names) => {
    expect(written(order, after)).toEqual(names);
  });

  test('of any change: no index is touched whose attributes are the same', () => {
    fc.assert(
      fc.property(anyHistory(newRef()), (states) => {
        for (const [at, after] of states.entries()) {
          const before = states[at - 1];
          if (before === undefined) continue;
          const names = written(before, after);
          expect(names).toContain('version');
          expect(names.includes('due_at')).toBe(before.due_at !== after.due_at);
          expect(names.includes('planned_at')).toBe(before.planned_at !== after.planned_at);
          expect(names.includes('due_shard')).toBe(
            (before.due_at === undefined) !== (after.due_at === undefined),
          );
          expect(names.includes('list_of')).toBe(before.status !== after.status);
          expect(names.includes('list_at')).toBe(before.registration.at !== after.registration.at);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('an item', () => {
  test('of any order is read as it was written', () => {
    fc.assert(
      fc.property(anyHistory(newRef()), (states) => {
        for (const order of states) {
          const { values } = updateOf(undefined, order);
          const attributes = Object.entries(values).map(([name, value]) => [name.slice(1), value]);
          const item = { ...keyOf(order.ref), ...Object.fromEntries(attributes) };
          expect(readItem(item)).toStrictEqual({ kind: 'order', order });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('may bear attributes that this release does not know: they are no part of the order', () => {
    const order = newlyRegistered();
    const { values } = updateOf(undefined, order);
    const attributes = Object.entries(values).map(([name, value]) => [name.slice(1), value]);
    const item = { ...keyOf(order.ref), ...Object.fromEntries(attributes), note: { S: 'x' } };
    expect(readItem(item)).toStrictEqual({ kind: 'order', order });
  });

  test('that was damaged is not read, and says why: it must not keep others from being read', () => {
    const order = newlyRegistered();
    const { values } = updateOf(undefined, order);
    const attributes = Object.entries(values).map(([name, value]) => [name.slice(1), value]);
    const item = { ...keyOf(order.ref), ...Object.fromEntries(attributes) };
    const packed = { B: Buffer.from('{}') };
    expect(readItem({ ...item, packed })).toEqual({
      kind: 'foreign',
      schema: '4 that cannot be unpacked (Error: incorrect header check)',
    });
    const { packed: _packed, ...without } = { packed, ...item };
    expect(readItem(without)).toMatchObject({ kind: 'foreign' });
  });

  test('without a schema number is not read', () => {
    expect(readItem({})).toEqual({ kind: 'foreign', schema: 'undefined' });
  });
});

describe('the part of the index of due orders', () => {
  test.each([
    ['1234323JKHDFE1243252', 6],
    ['O|*1', 4],
  ])('of an order is the same for ever: rows that are due lie there (%s)', (out_order_no, shard) => {
    expect(shardOf(newRef({ out_order_no }))).toBe(shard);
  });

  test.each([
    ['counted', (n: number) => `ORDER-${n}`],
    ['counted in steps of 8', (n: number) => String(20260302_00000000 + n * 8)],
    ['made of hours', (n: number) => new Date(T0 + n * HOUR).toISOString().replaceAll(/\D/g, '')],
  ])('is one of eight, each as full as the others, for order numbers that are %s', (_how, number) => {
    const full = Array.from({ length: 8 }, () => 0);
    for (let n = 0; n < 8_000; n += 1) {
      const shard = shardOf(newRef({ out_order_no: number(n) }));
      full[shard] = (full[shard] ?? NaN) + 1;
    }
    expect(full).toHaveLength(8);
    for (const orders of full) {
      expect(orders).toBeGreaterThan(850);
      expect(orders).toBeLessThan(1_150);
    }
  });
});
