import { MemoryLedger } from '../../local/memory-ledger';
import type { Api } from '../support/api';
import { pagesOf, startExports } from '../support/exports';
import { CLAIM, created, HOUR, newlyRegistered, newRef, saved, T0 } from '../store/support/orders';

const MCHID = '1900009191';
const SUB = '1900000109';
const PERIOD = 'from=2026-03-02T04:00:00Z&to=2026-03-03T04:00:00Z';

let api: Api;
let ledger: MemoryLedger;
beforeAll(async () => {
  ledger = new MemoryLedger();
  for (const mchid of [MCHID, '1900009192'])
    for (let n = 0; n < 3; n += 1) {
      const order = await created(ledger, newlyRegistered(newRef({ mchid })));
      await saved(ledger, order, { kind: 'claim', open: CLAIM });
    }
  const limits = { bytesMax: 1, rowsMax: 1 };
  api = await startExports({ ledger, orders: ledger, limits, now: () => T0 + HOUR });
});
afterAll(async () => api.close());

const get = (what: string, query: string, mchid: string = MCHID) =>
  api.at('GET', `/v1/merchants/${mchid}/export/${what}?${query}`);

describe.each(['orders', 'attempts'])('an export of %s', (what) => {
  test.each([
    ['', 'from', 'is missing'],
    ['from=2026-03-02T04:00:00Z', 'to', 'is missing'],
    [PERIOD.replace('04', '25'), 'from', 'is not a time such as 2026-10-01T00:00:00Z'],
    ['from=2026-03-02&to=2026-03-03T04:00:00Z', 'from', 'is not a time such as 2026-10-01T00:00:00Z'],
    [
      'from=2026-03-02T04:00:00&to=2026-03-03T04:00:00Z',
      'from',
      'is not a time such as 2026-10-01T00:00:00Z',
    ],
    ['from=1999-12-31T23:59:59Z&to=2026-03-02T04:00:00Z', 'from', 'is not in the years 2000 to 2999'],
    ['from=2026-03-02T04:00:00Z&to=3000-01-01T00:00:00Z', 'to', 'is not in the years 2000 to 2999'],
    ['from=2026-03-02T04:00:00Z&to=2026-03-02T04:00:00Z', 'to', 'is not after from'],
    ['from=2026-03-02T04:00:00Z&to=2026-03-02T03:59:59Z', 'to', 'is not after from'],
    ['from=2026-03-02T04:00:00Z&to=2027-03-03T04:00:00.001Z', 'to', 'is more than 366 days after from'],
    [`${PERIOD}&sub_mchid=x`, 'sub_mchid', 'is not a merchant number: 1 to 32 digits'],
    [`${PERIOD}&mchid=${MCHID}`, 'mchid', 'belongs into the path, not into the query string'],
    [`${PERIOD}&limit=5`, '', 'has fields that are not known here: limit'],
  ])('for %j is refused: %s %s', async (query, field, rule) => {
    expect(await get(what, query)).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json; charset=utf-8' },
      body: { errors: expect.arrayContaining([{ field, rule }]) as unknown },
    });
  });

  test('reaches over 366 days', async () => {
    expect((await get(what, 'from=2026-03-02T04:00:00Z&to=2027-03-03T04:00:00Z')).status).toBe(200);
  });

  test('of a merchant number that is none is refused', async () => {
    expect((await get(what, PERIOD, 'x')).status).toBe(400);
  });

  test('takes its own cursor, or the table of those that are refused would prove nothing', async () => {
    const cursor = await cursorOf(what);
    expect((await get(what, `${PERIOD}&cursor=${cursor}`)).status).toBe(200);
    const sameInstants = 'from=2026-03-02T04:00:00.000Z&to=2026-03-03T12:00:00%2B08:00';
    expect((await get(what, `${sameInstants}&cursor=${cursor}`)).status).toBe(200);
  });

  test.each([
    ['another merchant', what, PERIOD, '1900009192'],
    ['the other table', what === 'orders' ? 'attempts' : 'orders', PERIOD, MCHID],
    ['another beginning', what, PERIOD.replace('T04', 'T03'), MCHID],
    ['another end', what, PERIOD.replace('03T04', '03T05'), MCHID],
    ['a sub-merchant', what, `${PERIOD}&sub_mchid=${SUB}`, MCHID],
  ])('refuses its cursor for %s', async (_what, table, query, mchid) => {
    const cursor = await cursorOf(what);
    expect(await get(table, `${query}&cursor=${cursor}`, mchid)).toMatchObject({
      status: 400,
      body: {
        type: 'urn:payscore-collector:problem:cursor-invalid',
        detail: expect.stringContaining('of this very export. Begin again without it.') as string,
      },
    });
  });

  test.each(['', 'x', '%00', 'bnVsbA', 'e30', 'MQ', '{}', '../..', 'x'.repeat(1_001)])(
    'refuses the cursor %j',
    async (cursor) => {
      expect((await get(what, `${PERIOD}&cursor=${encodeURIComponent(cursor)}`)).status).toBe(400);
    },
  );

  test('refuses its cursor padded, or with a field more', async () => {
    const cursor = await cursorOf(what);
    expect((await get(what, `${PERIOD}&cursor=${cursor}%3D`)).status).toBe(400);
    const more = { ...(JSON.parse(Buffer.from(cursor, 'base64url').toString()) as object), more: 1 };
    const forged = Buffer.from(JSON.stringify(more)).toString('base64url');
    expect((await get(what, `${PERIOD}&cursor=${forged}`)).status).toBe(400);
  });

  test.each(['0', '', '9'.repeat(40), '~', '\u0000', '1900009192#2026-03-02T04:00:00.000Z#O1'])(
    'gives nothing of another merchant for a place that was made up: %j',
    async (after) => {
      const own = JSON.parse(Buffer.from(await cursorOf(what), 'base64url').toString()) as object;
      const cursor = Buffer.from(JSON.stringify({ ...own, after })).toString('base64url');
      const answer = await get(what, `${PERIOD}&cursor=${cursor}`);
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain('1900009192');
    },
  );
});

test('a status is one of those that orders have', async () => {
  const rule = 'is not one of active, watched, refund_due, paid, settled, cancelled, expired';
  expect(await get('orders', `${PERIOD}&status=open`)).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'status', rule }] },
  });
});

test('attempts have no status', async () => {
  expect(await get('attempts', `${PERIOD}&status=paid`)).toMatchObject({
    status: 400,
    body: { errors: [{ field: '', rule: 'has fields that are not known here: status' }] },
  });
});

test('the cursor of one status is refused for another', async () => {
  const { headers } = await get('orders', `${PERIOD}&status=active`);
  const cursor = String(headers['x-next-cursor']);
  expect((await get('orders', `${PERIOD}&status=active&cursor=${cursor}`)).status).toBe(200);
  expect((await get('orders', `${PERIOD}&status=paid&cursor=${cursor}`)).status).toBe(400);
  expect((await get('orders', `${PERIOD}&cursor=${cursor}`)).status).toBe(400);
});

async function cursorOf(what: string): Promise<string> {
  const [first] = await pagesOf(api, `/v1/merchants/${MCHID}/export/${what}?${PERIOD}`);
  return String(first?.headers['x-next-cursor']);
}
