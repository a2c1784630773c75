import { exportAttempts, exportOrders } from '../../lambda/api/export';
import type { RouteContext } from '../../lambda/api/router';
import { ORDER_STATUSES } from '../../lambda/core/order';
import { MemoryLedger } from '../../local/memory-ledger';
import { ACTOR, CLAIM, HOUR, newlyRegistered, newRef, T0 } from '../store/support/orders';

const ORDERS = 100_000;
const MCHID = '1900009191';

async function filled(): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  for (let n = 0; n < ORDERS; n += 1) {
    const ref = newRef({ out_order_no: `N${String(n).padStart(6, '0')}` });
    const declined = {
      kind: 'attempt',
      at: T0 + n + 1,
      claim_id: `c${n}`,
      actor: ACTOR,
      decided: CLAIM.decided,
      outcome: { kind: 'declined' },
      evidence: { http_status: 403, code: 'TRADE_ERROR', message: '扣款失败' },
      count: 1,
    } as const;
    const registration = { at: T0 + n, actor: ACTOR };
    const status = ORDER_STATUSES[n % ORDER_STATUSES.length] ?? 'active';
    await ledger.create(newlyRegistered(ref, { status, registration, timeline: [declined] }));
  }
  return ledger;
}

test('of a hundred thousand orders each page takes as long and as much memory as the first', async () => {
  const ledger = await filled();
  for (const route of [exportOrders(), exportAttempts()]) {
    const pages: { ms: number; reads: number; bytes: number; rows: number }[] = [];
    let cursor: string | undefined;
    let reads = 0;
    const orders = {
      registered: async (query: Parameters<MemoryLedger['registered']>[0]) => {
        const stretch = await ledger.registered(query);
        reads = Math.max(reads, stretch.orders.length);
        return stretch;
      },
    };
    do {
      reads = 0;
      const began = performance.now();
      const answer = await route(
        {
          pathParameters: { mchid: MCHID },
          queryStringParameters: {
            from: '2026-03-02T04:00:00Z',
            to: '2026-03-03T04:00:00Z',
            ...(cursor === undefined ? {} : { cursor }),
          },
        } as never,
        {
          ports: { ledger, now: () => T0 + 48 * HOUR, merchants: { get: async () => ({}) } },
          orders,
          deadlineAt: Infinity,
        } as unknown as RouteContext,
      );
      const { body = '', headers = {} } = answer;
      const rows = body.split('\r\n').length - 1 - (cursor === undefined ? 1 : 0);
      pages.push({
        ms: performance.now() - began,
        reads,
        bytes: Buffer.byteLength(JSON.stringify(answer)),
        rows,
      });
      cursor = headers['x-next-cursor'] as string | undefined;
    } while (cursor !== undefined);
    expect(pages.reduce((sum, { rows }) => sum + rows, 0)).toBe(ORDERS);
    expect(pages.length).toBeGreaterThan(3);
    const [first, ...more] = pages;
    for (const { bytes, reads: read } of pages) {
      expect(bytes).toBeLessThan(5.1 * 1024 * 1024);
      // What is held at once besides the page: the orders of one stretch.
      expect(read).toBeLessThanOrEqual(200 * ORDER_STATUSES.length);
    }
    // Were the whole list gone through for each page, the last would take many times the first.
    for (const { ms } of more) expect(ms).toBeLessThan(4 * (first?.ms ?? 0) + 500);
  }
}, 120_000);
