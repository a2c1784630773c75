import { evolve } from '../../lambda/core/evolve';
import type { Order, OrderStatus } from '../../lambda/core/order';
import { MemoryLedger } from '../../local/memory-ledger';
import type { Api } from '../support/api';
import { joined, pagesOf, rowsOf, startExports } from '../support/exports';
import {
  ACTOR,
  CLAIM,
  created,
  HOUR,
  newlyRegistered,
  newRef,
  next,
  saved,
  T0,
} from '../store/support/orders';

const MCHID = '1900009191';
const [SUB, OTHER_SUB] = ['1900000109', '1900000110'] as const;
const PERIOD = 'from=2026-03-02T04:00:00Z&to=2026-03-03T04:00:00Z';
const of = (what: 'orders' | 'attempts', query = PERIOD, mchid: string = MCHID) =>
  `/v1/merchants/${mchid}/export/${what}?${query}`;

const apis: Api[] = [];
afterEach(async () => {
  await Promise.all(apis.splice(0).map(async (api) => api.close()));
});

async function exports(
  ledger: MemoryLedger,
  more: Partial<Parameters<typeof startExports>[0]> = {},
): Promise<Api> {
  const limits = { bytesMax: 700, rowsMax: 3 };
  const api = await startExports({ ledger, orders: ledger, limits, now: () => T0 + 24 * HOUR, ...more });
  apis.push(api);
  return api;
}

const WHOLE = { limits: { bytesMax: 5_000_000, rowsMax: 200 } };

/** An order as it stands after so many declined attempts, one an hour. */
async function put(
  ledger: MemoryLedger,
  order: string,
  more: { sub?: string; mchid?: string; at?: number; status?: OrderStatus; declined?: number } = {},
): Promise<Order> {
  const { sub = SUB, mchid = MCHID, at = T0, status = 'active', declined = 0 } = more;
  const ref = newRef({ mchid, sub_mchid: sub, out_order_no: order });
  let current = await created(ledger, newlyRegistered(ref, { status, registration: { at, actor: ACTOR } }));
  for (let n = 1; n <= declined; n += 1) {
    const claim = { ...CLAIM, claim_id: `${order}-${n}`, claimed_at: at + n * HOUR };
    const report = {
      outcome: { kind: 'declined' },
      evidence: { http_status: 403, message: '扣款失败' },
    } as const;
    const settle = { kind: 'settle', at: claim.claimed_at + 1, claim, report } as const;
    current = await saved(ledger, current, { kind: 'claim', open: claim }, settle);
  }
  return current;
}

async function filled(): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  for (let n = 10; n < 30; n += 1)
    await put(ledger, `N${n}`, {
      sub: n % 3 === 0 ? OTHER_SUB : SUB,
      at: T0 + n,
      status: n % 4 === 0 ? 'paid' : 'active',
      declined: n % 2,
    });
  return ledger;
}

describe.each(['orders', 'attempts'] as const)('the pages of %s', (what) => {
  test('together are the file, header and byte order mark once, whatever their size', async () => {
    const ledger = await filled();
    const [whole, ...more] = await pagesOf(await exports(ledger, WHOLE), of(what));
    expect(more).toEqual([]);
    for (const limits of [
      { bytesMax: 1, rowsMax: 1 },
      { bytesMax: 700, rowsMax: 3 },
      { bytesMax: 1_000, rowsMax: 200 },
    ]) {
      const pages = await pagesOf(await exports(ledger, { limits }), of(what));
      expect(pages.length).toBeGreaterThan(2);
      expect(joined(pages)).toBe(whole?.text);
    }
  });

  test('are as large as is allowed at most, as JSON spells them', async () => {
    const pages = await pagesOf(await exports(await filled()), of(what));
    for (const { text } of pages.slice(1)) expect(JSON.stringify(text).length).toBeLessThanOrEqual(702);
  });

  test('name the next one twice: as a cursor and as a link', async () => {
    const api = await exports(await filled());
    const { headers } = await api.at('GET', of(what, `${PERIOD}&sub_mchid=${SUB}`));
    const link = /^<([^>]+)>; rel="next"$/.exec(String(headers['link']))?.[1] ?? '';
    const target = new URL(link, `${api.url}${of(what)}`);
    expect(target.pathname).toBe(`/v1/merchants/${MCHID}/export/${what}`);
    expect(Object.fromEntries(target.searchParams)).toEqual({
      from: '2026-03-02T04:00:00Z',
      to: '2026-03-03T04:00:00Z',
      sub_mchid: SUB,
      cursor: headers['x-next-cursor'],
    });
    expect((await api.at('GET', `${target.pathname}${target.search}`)).status).toBe(200);
  });

  test('are UTF-8 with a byte order mark, not kept by anyone', async () => {
    const { text, headers } = await (await exports(await filled(), WHOLE)).at('GET', of(what));
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
      'x-rows-left-out': '0',
    });
    expect(headers).not.toHaveProperty('x-next-cursor');
    expect(headers).not.toHaveProperty('link');
    expect(text.slice(0, 17)).toBe('\uFEFFmchid,sub_mchid,');
    expect(text.endsWith('\r\n')).toBe(true);
  });

  test('of a merchant without orders are one, with the header', async () => {
    const pages = await pagesOf(await exports(await filled()), of(what, PERIOD, '4'));
    expect(pages.map(({ text }) => text.split('\r\n').length)).toEqual([2]);
  });

  test('have each order once, though its status changes between them', async () => {
    const ledger = await filled();
    const orders = new Map<string, Order>();
    for (const row of rowsOf(joined(await pagesOf(await exports(ledger, WHOLE), of('orders'))))) {
      const { sub_mchid = '', out_order_no = '' } = row;
      const ref = newRef({ mchid: MCHID, sub_mchid, out_order_no });
      orders.set(out_order_no, (await ledger.find(ref)) as Order);
    }
    const before = rowsOf(joined(await pagesOf(await exports(ledger, WHOLE), of(what))));
    const pages = await pagesOf(await exports(ledger), of(what), async (page) => {
      for (const [number, order] of orders) {
        const status =
          (['paid', 'active', 'watched'] as const)[(page + Number(number.slice(1))) % 3] ?? 'paid';
        const after = next(order, { status });
        expect(await ledger.save(order, after)).toBe('saved');
        orders.set(number, after);
      }
    });
    expect(pages.length).toBeGreaterThan(3);
    expect(rowsOf(joined(pages)).map((row) => row['out_order_no'])).toEqual(
      before.map((row) => row['out_order_no']),
    );
  });

  test('never mix two merchants, nor their orders of the same number', async () => {
    const ledger = await filled();
    const foreign = '1900009192';
    for (const order of ['N10', 'N11', 'N12']) await put(ledger, order, { mchid: foreign, declined: 1 });
    const api = await exports(ledger);
    const own = rowsOf(joined(await pagesOf(api, of(what))));
    const other = rowsOf(joined(await pagesOf(api, of(what, PERIOD, foreign))));
    expect(new Set(own.map((row) => row['mchid']))).toEqual(new Set([MCHID]));
    expect(other.map((row) => [row['mchid'], row['out_order_no']])).toEqual([
      [foreign, 'N10'],
      [foreign, 'N11'],
      [foreign, 'N12'],
    ]);
  });

  test('are those of one sub-merchant, if one is named', async () => {
    const pages = await pagesOf(await exports(await filled()), of(what, `${PERIOD}&sub_mchid=${OTHER_SUB}`));
    const wanted = what === 'orders' ? [12, 15, 18, 21, 24, 27] : [15, 21, 27];
    expect(rowsOf(joined(pages)).map((row) => row['out_order_no'])).toEqual(wanted.map((n) => `N${n}`));
  });

  test('end before the time is over: a page is short then, and the next goes on', async () => {
    const ledger = await filled();
    let ms = T0 + 24 * HOUR;
    const slow = {
      findMany: async (...keys: Parameters<MemoryLedger['findMany']>) => {
        ms += 5_000;
        return ledger.findMany(...keys);
      },
    };
    const asked: number[] = [];
    const api = await exports(ledger, {
      ...WHOLE,
      limits: { ...WHOLE.limits, rowsMax: 4 },
      ledger: slow,
      now: () => ms,
    });
    const pages = await pagesOf(api, of(what), async () => {
      asked.push(ms);
    });
    expect(joined(pages)).toBe(joined(await pagesOf(await exports(ledger, WHOLE), of(what))));
    expect(pages.length).toBeGreaterThan(1);
    // Of 25 s, 6 are kept for the answer; what is under way at 19 s is the last.
    for (const [index, at] of asked.slice(1).entries())
      expect(at - (asked[index] ?? 0)).toBeLessThanOrEqual(20_000);
  });

  test('may be empty where a long stretch lies outside the period; the last one has no cursor', async () => {
    const ledger = new MemoryLedger();
    for (let n = 10; n < 40; n += 1) await put(ledger, `E${n}`, { sub: `19${n}`, at: T0 - HOUR });
    await put(ledger, 'WANTED', { sub: '1999', declined: 1 });
    let ms = T0 + 24 * HOUR;
    const slow: Parameters<typeof startExports>[0]['orders'] = {
      registered: async (query) => {
        ms += 20_000;
        return ledger.registered(query);
      },
    };
    const api = await exports(ledger, {
      orders: slow,
      limits: { bytesMax: 5_000, rowsMax: 4 },
      now: () => ms,
    });
    const pages = await pagesOf(api, of(what));
    expect(pages.length).toBeGreaterThan(5);
    expect(pages[1]?.text).toBe('');
    expect(rowsOf(joined(pages)).map((row) => row['out_order_no'])).toEqual(['WANTED']);
  });

  test('say how many orders they had to leave out because another release wrote them', async () => {
    const ledger = await filled();
    const missing = ['N11', 'N12', 'N13'];
    const older = {
      findMany: async (...keys: Parameters<MemoryLedger['findMany']>) =>
        (await ledger.findMany(...keys)).filter(({ ref }) => !missing.includes(ref.out_order_no)),
    };
    const pages = await pagesOf(await exports(ledger, { ledger: older }), of(what));
    const leftOut = pages.map(({ headers }) => Number(headers['x-rows-left-out']));
    expect(leftOut.reduce((sum, one) => sum + one, 0)).toBe(3);
    const told = rowsOf(joined(pages)).map((row) => row['out_order_no']);
    expect(told.filter((order) => missing.includes(order ?? ''))).toEqual([]);
    expect(told).toContain('N15');
  });
});

test('orders of one status have it when they are told, wherever the list still has them', async () => {
  const ledger = await filled();
  const stale = {
    registered: async (query: Parameters<MemoryLedger['registered']>[0]) => {
      const stretch = await ledger.registered(query);
      for (const { out_order_no, sub_mchid } of stretch.orders.slice(0, 1)) {
        const order = (await ledger.find(newRef({ mchid: MCHID, sub_mchid, out_order_no }))) as Order;
        await ledger.save(order, next(order, { status: 'active' }));
      }
      return stretch;
    },
  };
  const api = await exports(ledger, { orders: stale, ...WHOLE });
  const rows = rowsOf(joined(await pagesOf(api, of('orders', `${PERIOD}&status=paid`))));
  expect(rows.map((row) => [row['out_order_no'], row['status']])).toEqual([
    ['N20', 'paid'],
    ['N28', 'paid'],
    ['N12', 'paid'],
    ['N24', 'paid'],
  ]);
});

describe('a period', () => {
  test('has the orders registered at its first instant and not those at its last', async () => {
    const ledger = new MemoryLedger();
    for (const [order, at] of [
      ['BEFORE', T0 - 1],
      ['FIRST', T0],
      ['LAST', T0 + 24 * HOUR - 1],
      ['AFTER', T0 + 24 * HOUR],
    ] as const)
      await put(ledger, order, { at });
    const api = await exports(ledger, { now: () => T0 + 48 * HOUR });
    const rows = rowsOf(joined(await pagesOf(api, of('orders'))));
    expect(rows.map((row) => row['out_order_no'])).toEqual(['FIRST', 'LAST']);
  });

  test('has the attempts made from its first instant until before its last, whenever their orders came', async () => {
    const ledger = new MemoryLedger();
    for (const [order, made] of [
      ['BEFORE', T0 - 1],
      ['FIRST', T0],
      ['LAST', T0 + 24 * HOUR - 1],
      ['AFTER', T0 + 24 * HOUR],
    ] as const)
      await put(ledger, order, { at: made - HOUR - 1, declined: 1 });
    // Registered half a year before, and collected every hour since yesterday.
    const old = await put(ledger, 'OLD', { at: T0 - 200 * 24 * HOUR });
    const claim = { ...CLAIM, claimed_at: T0 + 5 };
    const claimed = evolve(old, { kind: 'claim', open: claim });
    await ledger.save(old, claimed);
    const api = await exports(ledger, { now: () => T0 + 48 * HOUR });
    const rows = rowsOf(joined(await pagesOf(api, of('attempts'))));
    expect(rows.map((row) => [row['out_order_no'], row['outcome'], row['at']])).toEqual([
      ['OLD', 'unreported', '2026-03-02T12:00:00.005+08:00'],
      ['FIRST', 'declined', '2026-03-02T12:00:00.000+08:00'],
      ['LAST', 'declined', '2026-03-03T11:59:59.999+08:00'],
    ]);
  });

  test('may reach into the future, to the last year that is taken', async () => {
    const ledger = new MemoryLedger();
    await put(ledger, 'A', { declined: 1 });
    for (const what of ['orders', 'attempts'] as const) {
      const api = await exports(ledger, { now: () => T0 + 2 * HOUR });
      const far = await pagesOf(api, of(what, 'from=2999-01-01T00:00:00Z&to=2999-12-31T23:59:59.999Z'));
      expect(rowsOf(joined(far))).toEqual([]);
      const near = await pagesOf(api, of(what, 'from=2026-03-02T04:00:00Z&to=2027-03-03T04:00:00Z'));
      expect(rowsOf(joined(near)).map((row) => row['out_order_no'])).toEqual(['A']);
    }
  });

  test('is told in any time zone', async () => {
    const ledger = new MemoryLedger();
    await put(ledger, 'A');
    const query = `from=${encodeURIComponent('2026-03-02T12:00:00+08:00')}&to=2026-03-03T00:00:00Z`;
    const pages = await pagesOf(
      await exports(ledger, { limits: { bytesMax: 1, rowsMax: 1 } }),
      of('orders', query),
    );
    expect(rowsOf(joined(pages)).map((row) => row['out_order_no'])).toEqual(['A']);
  });
});
