import type { Fen, Mchid, OrderKey, OutOrderNo } from '../../lambda/core/ids';
import type { Observation, Order } from '../../lambda/core/order';
import type { DynamoLedger } from '../../lambda/store/ledger';
import type { EndedRow } from '../../lambda/store/pointers';
import { startDynamoDb } from '../../local/aws/dynamodb';
import { dynamoHost, type DynamoHost, type DynamoUnderTest } from './support/dynamo-under-test';
import { created, HOUR, newlyRegistered, newRef, next, T0 } from './support/orders';

const MCHID = '1900009191' as Mchid;
const DAY = 24 * HOUR;
let host: DynamoHost;
let table: DynamoUnderTest;
beforeAll(async () => {
  host = await dynamoHost(await startDynamoDb());
  table = await host.newTable();
});
afterAll(async () => host.close());
afterEach(() => host.heal());

const byNumber = async (no: string, mchid = MCHID) => table.ledger.byNumber(mchid, no as OutOrderNo);
const subs = (keys: readonly OrderKey[]) => keys.map(({ sub_mchid }) => sub_mchid);

const paidBy = (...ids: string[]): Observation => ({
  at: T0,
  standing: {
    kind: 'paid',
    paid_amount: 5 as Fen,
    ...(ids[0] === undefined ? {} : { transaction_id: ids[0] }),
  },
  facts: { state: 'DONE', details: ids.map((transaction_id) => ({ transaction_id })) },
});

async function endedOn(date: string, mchid = MCHID): Promise<readonly EndedRow[]> {
  const rows: EndedRow[] = [];
  for await (const page of table.ledger.ended(mchid, { on: date })) rows.push(...page);
  return rows;
}

test('orders of several sub-merchants that have one number are all found by it, and those of other merchants are not', async () => {
  for (const change of [
    { sub_mchid: '1' },
    { sub_mchid: '2' },
    { sub_mchid: '3', mchid: '1900009999' },
    { sub_mchid: '4', out_order_no: 'SAME-1' },
  ])
    await created(table.ledger, newlyRegistered(newRef({ out_order_no: 'SAME', ...change })));
  expect(subs(await byNumber('SAME'))).toEqual(['1', '2']);
  expect(subs(await byNumber('SAME', '1900009999' as Mchid))).toEqual(['3']);
  expect(await byNumber('NONE')).toEqual([]);
  expect(await byNumber('SAM')).toEqual([]);
});

test('an order that was paid in parts is found by each of its transactions', async () => {
  const order = await created(table.ledger, newlyRegistered());
  const partly = next(order, { observed: { ...paidBy('T-1'), standing: { kind: 'pending' } } });
  await table.ledger.save(order, partly);
  await table.ledger.save(partly, next(partly, { observed: paidBy('T-1', 'T-2') }));
  const { service_id: _, ...key } = order.ref;
  for (const id of ['T-1', 'T-2']) expect(await table.ledger.byTransaction(MCHID, id)).toEqual([key]);
  expect(await table.ledger.byTransaction('1900009999' as Mchid, 'T-1')).toEqual([]);
});

test('what leads to an order is there before it: a writer that dies in between leaves no order that is not found', async () => {
  const lost = newlyRegistered(newRef({ out_order_no: 'LOST' }));
  const dying = table.through(async (command, forward) => {
    if (JSON.stringify(command.input).includes('"order#')) throw new Error('the writer died');
    return forward(command);
  });
  await expect(dying.create(lost)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  expect(await byNumber('LOST')).toHaveLength(1);
  expect(await table.ledger.find(lost.ref)).toBeUndefined();
  await created(table.ledger, lost);
  expect(await byNumber('LOST')).toHaveLength(1);
});

test('when what leads to an order cannot be written, the order is not written either', async () => {
  const order = newlyRegistered(newRef({ out_order_no: 'UNLED' }));
  const failing = table.through(async (command, forward) => {
    if (JSON.stringify(command.input).includes('"number#')) throw new Error('throttled');
    return forward(command);
  });
  await expect(failing.create(order)).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
  expect(await table.ledger.find(order.ref)).toBeUndefined();
});

describe('the days on which orders come to their end', () => {
  const ended = async (order: Order, at: number, ledger: DynamoLedger = table.ledger) => {
    const after = next(order, { observed: paidBy(), status: 'paid', ended_at: at });
    expect(await ledger.save(order, after)).toBe('saved');
    return after;
  };

  test('lead to them, and say from which day an order came that was changed later', async () => {
    const order = await ended(await created(table.ledger, newlyRegistered()), T0);
    const { service_id: _, ...key } = order.ref;
    expect(await endedOn('2026-03-02')).toEqual([{ date: '2026-03-02', key, at: T0 }]);
    const later = await ended(order, T0 + DAY);
    expect(await endedOn('2026-03-03')).toEqual([
      { date: '2026-03-03', key, at: T0 + DAY, was: '2026-03-02' },
    ]);
    // Once more on that day: where it came from is not forgotten.
    await ended(later, T0 + DAY + HOUR);
    expect(await endedOn('2026-03-03')).toEqual([
      { date: '2026-03-03', key, at: T0 + DAY + HOUR, was: '2026-03-02' },
    ]);
    expect(await endedOn('2026-03-02')).toEqual([{ date: '2026-03-02', key, at: T0 }]);
    expect(await endedOn('2026-03-03', '1900009999' as Mchid)).toEqual([]);
  });

  test('are read from any day on, and from the first', async () => {
    const mchid = '1900006666' as Mchid;
    for (const days of [0, 1, 2])
      await ended(await created(table.ledger, newlyRegistered(newRef({ mchid }))), T0 + days * DAY);
    const after = async (date: string) => {
      const dates: string[] = [];
      for await (const page of table.ledger.ended(mchid, { after: date }))
        dates.push(...page.map((row) => row.date));
      return dates;
    };
    expect(await after('')).toEqual(['2026-03-02', '2026-03-03', '2026-03-04']);
    expect(await after('2026-03-02')).toEqual(['2026-03-03', '2026-03-04']);
    expect(await after('2026-03-04')).toEqual([]);
  });

  test('are by the clocks of Beijing', async () => {
    const midnight = Date.parse('2026-04-30T16:00:00Z');
    await ended(await created(table.ledger, newlyRegistered()), midnight - 1);
    await ended(await created(table.ledger, newlyRegistered()), midnight);
    expect([await endedOn('2026-04-30'), await endedOn('2026-05-01')].map((rows) => rows.length)).toEqual([
      1, 1,
    ]);
  });

  test('have no row for what is not written as ended', async () => {
    const order = await created(table.ledger, newlyRegistered());
    const sent: string[] = [];
    const watching = table.through(async (command, forward) => {
      sent.push(JSON.stringify(command.input));
      return forward(command);
    });
    await watching.save(order, next(order, { status: 'watched' }));
    expect(sent).toHaveLength(1);
  });
});

test('what is open is listed whatever its list, and what has ended is not', async () => {
  const mchid = '1900007777';
  for (const [no, status] of [
    ['A', 'active'],
    ['W', 'watched'],
    ['R', 'refund_due'],
    ['P', 'paid'],
    ['C', 'cancelled'],
  ] as const)
    await created(table.ledger, newlyRegistered(newRef({ mchid, out_order_no: no }), { status }));
  const found: string[] = [];
  for await (const keys of table.ledger.open(mchid as Mchid))
    found.push(...keys.map((key) => key.out_order_no));
  // The first list is read once more, for what came back to it meanwhile.
  expect(found).toEqual(['A', 'W', 'R', 'A']);
});

test('a day, and a list, are read to their ends over as many pages as that takes', async () => {
  const mchid = '1900008888' as Mchid;
  const order = await created(table.ledger, newlyRegistered(newRef({ mchid })));
  await table.ledger.save(order, next(order, { observed: paidBy(), ended_at: T0 }));
  let pages = 0;
  const twice = table.through(async (command, forward) => {
    pages += 1;
    const answer = pages === 1 ? ((await forward(command)) as object) : {};
    return pages === 1 ? { ...answer, LastEvaluatedKey: { pk: { S: 'x' }, sk: { S: '' } } } : { Items: [] };
  });
  const rows: EndedRow[] = [];
  for await (const page of twice.ended(mchid, { on: '2026-03-02' })) rows.push(...page);
  expect([rows.length, pages]).toEqual([1, 2]);
});
