import { setTimeout as sleep } from 'node:timers/promises';
import { SeenOrders } from '../../cli/orders/seen-orders';
import { sendRows, type RowReport } from '../../cli/orders/send-rows';
import type { Service } from '../../cli/orders/service';
import type { FileRow } from '../../cli/orders/rows';
import type { Mchid } from '../../lambda/core/ids';

interface SentRow {
  readonly row: number;
  readonly out_order_no: string;
  readonly total_amount: string;
}

/** Rows by order number and amount; lines are counted from 1, and a batch is a hundred of them. */
function* rowsOf(...orders: readonly (readonly [name: string, amount: string])[]): Generator<FileRow> {
  for (const [index, [out_order_no, total_amount]] of orders.entries())
    yield {
      kind: 'row',
      line: index + 1,
      fields: { sub_mchid: '1900000109', out_order_no, service_id: '5', total_amount },
    };
}

function others(count: number, from: string): (readonly [string, string])[] {
  return Array.from({ length: count }, (_, n) => [`${from}_${n}`, '100'] as const);
}

/** What becomes of the rows, and what the service was asked while it had which of them under way. */
async function sent(
  rows: Iterable<FileRow>,
  resultOf: (row: SentRow) => string = () => 'registered',
  seen = new SeenOrders(1_000),
) {
  const calls: (readonly SentRow[])[] = [];
  const underWay = new Set<string>();
  const service: Service = {
    call: async ({ body }) => {
      const { rows: given } = body as { rows: readonly SentRow[] };
      for (const { out_order_no, total_amount } of given) {
        // No order of anybody's.
        if (!/^\d*$/.test(total_amount)) continue;
        if (underWay.has(out_order_no)) throw new Error(`${out_order_no} is under way twice`);
        underWay.add(out_order_no);
      }
      calls.push(given);
      // The first batch takes longest.
      await sleep(given[0]?.row === 1 ? 20 : 1);
      underWay.clear();
      const results = given.map((row) => ({ ...row, sub_mchid: '1900000109', result: resultOf(row) }));
      return { status: 200, headers: new Headers(), text: JSON.stringify({ results }) };
    },
  };
  const reports: RowReport[] = [];
  const sending = {
    service,
    mchid: '1900009191' as Mchid,
    dryRun: false,
    seen,
    stop: new AbortController(),
    sleepMs: async () => undefined,
  };
  const given = (async function* () {
    yield* rows;
  })();
  for await (const some of sendRows(given, sending)) reports.push(...some);
  const told = (line: number) => {
    const { result, reason } = reports[line - 1] ?? {};
    return [result, reason];
  };
  return { calls, reports, told };
}

test('the same order again with the same words is told where it stands first, and is not sent', async () => {
  const { calls, told, reports } = await sent(rowsOf(['A', '100'], ...others(100, 'N'), [' `A', '0100']));
  expect(told(102)).toEqual(['already', 'line 1 names the same order']);
  expect(reports.map(({ line }) => line)).toEqual(Array.from({ length: 102 }, (_, n) => n + 1));
  expect(calls.flat().filter(({ out_order_no }) => out_order_no.includes('A'))).toHaveLength(1);
});

test('the same order again with other words is refused, however far below', async () => {
  const { calls, told } = await sent(
    rowsOf(['A', '100'], ...others(100, 'N'), ['A', '90'], ...others(200, 'M'), ['A', ''], ['A', '100']),
  );
  const refused = ['refused', 'out_order_no is named in line 1 too, which says otherwise and counts'];
  expect([told(102), told(303)]).toEqual([refused, refused]);
  expect(told(304)).toEqual(['already', 'line 1 names the same order']);
  expect(calls.flat().filter(({ out_order_no }) => out_order_no === 'A')).toEqual([
    expect.objectContaining({ row: 1 }),
  ]);
});

test('a row that the service refused does not count: the next one of its order does', async () => {
  const { told } = await sent(
    rowsOf(['A', '100'], ...others(100, 'N'), ['A', '90'], ...others(100, 'M'), ['A', '80']),
    ({ row }) => (row === 1 ? 'refused' : 'registered'),
  );
  expect([told(1), told(102)]).toEqual([
    ['refused', ''],
    ['registered', ''],
  ]);
  expect(told(203)).toEqual([
    'refused',
    'out_order_no is named in line 102 too, which says otherwise and counts',
  ]);
});

test('a row that cannot be read does not count, and is the service’s to explain', async () => {
  const { calls, told } = await sent(rowsOf(['A', '1.00'], ...others(100, 'N'), ['A', '90']));
  expect(told(102)).toEqual(['registered', '']);
  expect(calls[0]?.[0]).toMatchObject({ row: 1 });
});

test('what follows a row that was left is left: given again, the first one counts', async () => {
  const { told } = await sent(rowsOf(['A', '100'], ...others(100, 'N'), ['A', '90']), ({ row }) =>
    row === 1 ? 'left' : 'registered',
  );
  expect(told(102)).toEqual(['left', 'line 1 names the same order, and was left']);
});

test('batches that have no order in common are under way together', async () => {
  let most = 0;
  let open = 0;
  const service: Service = {
    call: async ({ body }) => {
      most = Math.max(most, (open += 1));
      await sleep(5);
      open -= 1;
      const { rows } = body as { rows: readonly SentRow[] };
      const results = rows.map((row) => ({ ...row, sub_mchid: '1', result: 'registered' }));
      return { status: 200, headers: new Headers(), text: JSON.stringify({ results }) };
    },
  };
  const given = (async function* () {
    yield* rowsOf(...others(400, 'N'));
  })();
  const [seen, stop, sleepMs] = [new SeenOrders(1_000), new AbortController(), async () => undefined];
  const sending = { service, mchid: '1900009191' as Mchid, dryRun: false, seen, stop, sleepMs };
  for await (const some of sendRows(given, sending)) expect(some).toHaveLength(100);
  expect(most).toBe(2);
});

test('an order that finds no room is not remembered: it is sent again, and that is known', async () => {
  const seen = new SeenOrders(200);
  const { told } = await sent(
    rowsOf(...others(200, 'N'), ['A', '100'], ...others(200, 'M'), ['A', '90'], ['N_0', '90']),
    () => 'registered',
    seen,
  );
  expect([told(402), seen.forgot]).toEqual([['registered', ''], true]);
  expect(told(403)).toEqual([
    'refused',
    'out_order_no is named in line 1 too, which says otherwise and counts',
  ]);
});

test('what is remembered is told apart to the last place of the table', () => {
  const seen = new SeenOrders(1_000);
  const say = (n: number, words = 'w') => ({ order: `1/ORDER_${n}`, words });
  for (let n = 1; n <= 1_000; n += 1) seen.remember(say(n), n, n % 7 === 0);
  for (let n = 1; n <= 1_000; n += 1) {
    expect(seen.find(say(n))).toEqual({ line: n, left: n % 7 === 0, same: true });
    expect(seen.find(say(n, 'other'))).toMatchObject({ line: n, same: false });
  }
  expect(seen.find(say(1_001))).toBeUndefined();
  expect(seen.forgot).toBe(false);
  seen.remember(say(1), 5, false);
  expect(seen.find(say(1))).toMatchObject({ line: 1 });
  const highest = new SeenOrders(1);
  highest.remember(say(1), 2 ** 31 - 1, true);
  expect(highest.find(say(1))).toEqual({ line: 2 ** 31 - 1, left: true, same: true });
});
