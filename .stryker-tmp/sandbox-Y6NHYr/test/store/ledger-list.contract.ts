import type { Mchid, SubMchid } from '../../lambda/core/ids';
import { ORDER_STATUSES, type Observation, type OrderStatus } from '../../lambda/core/order';
import type { ListedOrder } from '../../lambda/flow/ports';
import { ACTOR, created, HOUR, newlyRegistered, newRef, next, T0, type WholeLedger } from './support/orders';

const MCHID = '1900009191' as Mchid;
const [SUB, OTHER_SUB] = ['1900000109', '19000001090'] as const;

type Query = Parameters<WholeLedger['list']>[0];

/** Every page of a query, one after the other. */
async function pages(ledger: WholeLedger, query: Query): Promise<readonly (readonly ListedOrder[])[]> {
  const all: (readonly ListedOrder[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger.list(cursor === undefined ? query : { ...query, cursor });
    all.push(page.orders);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return all;
}

async function listed(ledger: WholeLedger, query: Query): Promise<string[]> {
  return (await pages(ledger, query)).flat().map(({ out_order_no }) => out_order_no);
}

const seen = (standing: object, facts: object = {}): Observation =>
  ({ at: T0, standing, facts: { state: 'DONE', details: [], ...facts } }) as unknown as Observation;

export function describeOrderList(name: string, make: () => Promise<WholeLedger>): void {
  describe(`${name}, the lists`, () => {
    let ledger: WholeLedger;

    async function register(order: string, sub: string, status: OrderStatus, at: number): Promise<void> {
      const ref = newRef({ out_order_no: order, sub_mchid: sub });
      await created(ledger, newlyRegistered(ref, { status, registration: { at, actor: ACTOR } }));
    }

    beforeAll(async () => {
      ledger = await make();
      await register('b-2', OTHER_SUB, 'active', T0 - HOUR);
      await register('a-3', SUB, 'active', T0 + HOUR);
      await register('a-1', SUB, 'active', T0);
      // Registered in the same instant: by number then.
      await register('a-2', SUB, 'active', T0);
      await register('b-1', OTHER_SUB, 'active', T0 - 2 * HOUR);
      await register('p-1', SUB, 'paid', T0);
      await register('w-1', SUB, 'watched', T0);
      await register('w-2', OTHER_SUB, 'watched', T0);
      await register('x-1', SUB, 'expired', T0);
      await register('s-1', OTHER_SUB, 'settled', T0);
      await register('c-1', SUB, 'cancelled', T0);
    });

    const everything = ['a-1', 'a-2', 'a-3', 'b-1', 'b-2', 'w-1', 'w-2', 'p-1', 's-1', 'c-1', 'x-1'];

    test.each([1, 2, 7, 10, 11, 12, 100])('in pages of %i give each order exactly once', async (pageMax) => {
      expect(await listed(ledger, { mchid: MCHID, pageMax })).toEqual(everything);
    });

    test('give whole pages, and a cursor only where another page follows', async () => {
      expect((await pages(ledger, { mchid: MCHID, pageMax: 7 })).map((page) => page.length)).toEqual([7, 4]);
      expect((await pages(ledger, { mchid: MCHID, pageMax: 11 })).map((page) => page.length)).toEqual([11]);
      const nobody = await ledger.list({ mchid: '4' as Mchid, pageMax: 1 });
      expect(nobody).toStrictEqual({ orders: [] });
    });

    test.each<readonly [OrderStatus, readonly string[]]>([
      ['active', ['a-1', 'a-2', 'a-3', 'b-1', 'b-2']],
      ['watched', ['w-1', 'w-2']],
      ['paid', ['p-1']],
      ['settled', ['s-1']],
      ['cancelled', ['c-1']],
      ['expired', ['x-1']],
    ])('of %s orders have those and no others', async (status, orders) => {
      for (const pageMax of [1, 7])
        expect(await listed(ledger, { mchid: MCHID, status, pageMax })).toEqual(orders);
    });

    test('of a sub-merchant have its orders, not those of one whose number begins alike', async () => {
      const query = { mchid: MCHID, sub_mchid: SUB as SubMchid };
      for (const pageMax of [1, 3, 100]) {
        const all = await listed(ledger, { ...query, pageMax });
        expect(all).toEqual(['a-1', 'a-2', 'a-3', 'w-1', 'p-1', 'c-1', 'x-1']);
        const active = await listed(ledger, { ...query, status: 'active', pageMax });
        expect(active).toEqual(['a-1', 'a-2', 'a-3']);
      }
      const other = { mchid: MCHID, sub_mchid: OTHER_SUB as SubMchid, pageMax: 2 };
      expect(await listed(ledger, other)).toEqual(['b-1', 'b-2', 'w-2', 's-1']);
    });

    test('go on from a cursor with another size of page', async () => {
      const { cursor } = await ledger.list({ mchid: MCHID, pageMax: 2 });
      const rest = await ledger.list({
        mchid: MCHID,
        pageMax: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      expect(rest.orders.map(({ out_order_no }) => out_order_no)).toEqual(['a-3', 'b-1', 'b-2']);
    });

    test.each([
      ['another merchant', { mchid: '1900009192' as Mchid }],
      ['one of its statuses', { mchid: MCHID, status: 'active' as const }],
      ['one of its sub-merchants', { mchid: MCHID, sub_mchid: SUB as SubMchid }],
    ])('refuse a cursor with the query of %s', async (_what, query) => {
      const { cursor } = await ledger.list({ mchid: MCHID, pageMax: 1 });
      await expect(ledger.list({ ...query, pageMax: 1, cursor: cursor ?? '' })).rejects.toMatchObject({
        name: 'PayscoreError',
        code: 'CURSOR_INVALID',
        message: 'cursor: is not one that was given with a page of this very list. Begin again without it.',
      });
    });

    const text = (given: object): string => Buffer.from(JSON.stringify(given)).toString('base64url');
    const at = `${SUB}#2026-03-02T04:00:00.000Z#a-1`;
    const given = { mchid: MCHID, status: 'active', after: { status: 'active', list_at: at } };

    test('take a cursor as it is written here, or the table of those that are refused would prove nothing', async () => {
      const page = await ledger.list({ mchid: MCHID, status: 'active', pageMax: 1, cursor: text(given) });
      expect(page.orders.map(({ out_order_no }) => out_order_no)).toEqual(['a-2']);
    });

    test.each([
      ['is empty', ''],
      ['is no base64url', '?'],
      ['is no JSON', Buffer.from('{').toString('base64url')],
      ['is no object', Buffer.from('null').toString('base64url')],
      ['is a number', Buffer.from('1').toString('base64url')],
      ['has no position', text({ mchid: MCHID, status: 'active' })],
      ['has half a position', text({ ...given, after: { status: 'active' } })],
      ['has a field more', text({ ...given, more: 1 })],
      ['has its fields in another order', text({ status: 'active', mchid: MCHID, after: given.after })],
      ['has a status that is none', text({ ...given, after: { status: 'lost', list_at: at } })],
      ['is in another list', text({ ...given, after: { status: 'paid', list_at: at } })],
      ['has a place that is no text', text({ ...given, after: { status: 'active', list_at: 1 } })],
      ['has a place of two parts', text({ ...given, after: { status: 'active', list_at: 'a#b' } })],
      [
        'has a place without a sub-merchant',
        text({ ...given, after: { status: 'active', list_at: `x${at}` } }),
      ],
      ['has a place of four parts', text({ ...given, after: { status: 'active', list_at: `${at}#b` } })],
      [
        'has an order number that is none',
        text({ ...given, after: { status: 'active', list_at: `${at} ` } }),
      ],
      [
        'has a place at no time',
        text({ ...given, after: { status: 'active', list_at: at.replace('T', ' ') } }),
      ],
      ['is padded', `${text(given)}=`],
      ['has a space in it', ` ${text(given)}`],
    ])('refuse a cursor that %s', async (_what, cursor) => {
      const query = { mchid: MCHID, status: 'active', pageMax: 1, cursor } as const;
      await expect(ledger.list(query)).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    });

    test('refuse a cursor that stands with another sub-merchant than is asked for', async () => {
      const query = { mchid: MCHID, status: 'active', sub_mchid: OTHER_SUB as SubMchid, pageMax: 1 } as const;
      const { mchid, status, after } = given;
      const cursor = text({ mchid, status, sub_mchid: OTHER_SUB, after });
      await expect(ledger.list({ ...query, cursor })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    });

    test.each([0, 101, 1.5, -1, NaN])('have no pages of %p', async (pageMax) => {
      await expect(ledger.list({ mchid: MCHID, pageMax })).rejects.toThrow(
        new RangeError('pageMax is a whole number from 1 to 100'),
      );
    });
  });

  describe(`${name}, an order in the lists`, () => {
    let ledger: WholeLedger;
    beforeEach(async () => {
      ledger = await make();
    });

    async function only(status: OrderStatus): Promise<ListedOrder[]> {
      const lists = await Promise.all(
        ORDER_STATUSES.map(async (one) => ledger.list({ mchid: MCHID, status: one, pageMax: 100 })),
      );
      const all = lists.flatMap(({ orders }) => orders);
      expect(all.map((order) => order.status)).toEqual([status]);
      return all;
    }

    test('moves from list to list with its status', async () => {
      let order = await created(ledger, newlyRegistered());
      await only('active');
      for (const status of ['watched', 'paid', 'active', 'settled'] as const) {
        const after = next(order, { status });
        expect(await ledger.save(order, after)).toBe('saved');
        await only(status);
        order = after;
      }
    });

    test('bears what is known of its money: what was due and what was paid', async () => {
      const ref = newRef({ out_order_no: 'A' });
      const order = await created(ledger, newlyRegistered(ref));
      const base = { ...ref, registered_at: T0 };
      expect(await only('active')).toStrictEqual([{ ...base, status: 'active' }]);
      const pending = next(order, { observed: seen({ kind: 'pending' }, { total_amount: 90 }) });
      await ledger.save(order, pending);
      expect(await only('active')).toStrictEqual([{ ...base, status: 'active', total_amount: 90 }]);
      const paid = next(pending, {
        observed: seen({ kind: 'paid', paid_amount: 90 }, { total_amount: 90 }),
        status: 'paid',
      });
      await ledger.save(pending, paid);
      expect(await only('paid')).toStrictEqual([
        { ...base, status: 'paid', total_amount: 90, paid_amount: 90 },
      ]);
      const told = next(paid, { registration: { at: T0, actor: ACTOR, total_amount: 80 as never } });
      await ledger.save(paid, told);
      expect(await only('paid')).toStrictEqual([
        { ...base, status: 'paid', total_amount: 80, paid_amount: 90 },
      ]);
      const { observed: _contested, ...contested } = next(told, { status: 'active' });
      await ledger.save(told, contested);
      expect(await only('active')).toStrictEqual([{ ...base, status: 'active', total_amount: 80 }]);
    });

    test('registered anew at another time it stands where that belongs', async () => {
      const order = await created(ledger, newlyRegistered(newRef({ out_order_no: 'A' })));
      await created(
        ledger,
        newlyRegistered(newRef({ out_order_no: 'B' }), { registration: { at: T0 + 1, actor: ACTOR } }),
      );
      await ledger.save(order, next(order, { registration: { at: T0 + 2, actor: ACTOR } }));
      expect(await listed(ledger, { mchid: MCHID, pageMax: 1 })).toEqual(['B', 'A']);
    });
  });
}
