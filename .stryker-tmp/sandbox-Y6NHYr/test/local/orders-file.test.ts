import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ordersOf, readOrdersFile } from '../../local/orders-file';
import { UsageError } from '../../local/usage-error';

const folder = mkdtempSync(path.join(tmpdir(), 'payscore-orders-'));
const FILE = path.join(folder, 'orders.csv');
const HEADER = 'sub_mchid,out_order_no,total_amount';
const NOW = Date.parse('2026-11-24T02:00:00Z');

afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): ReturnType<typeof readOrdersFile> {
  writeFileSync(FILE, text);
  return readOrdersFile(FILE);
}

function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('the file was taken');
}

describe('the user’s own list of orders', () => {
  it('is read with all of its columns, and what is not said has its default', () => {
    const orders = ordersOf(
      read(`${HEADER},completed_at,pays_after_days
1230000201,A-1,350,2026-11-20T08:00:00+08:00,3
1230000202,A|2*,1,,
`),
      NOW,
    );
    expect(orders).toEqual([
      {
        completed_at: Date.parse('2026-11-20T00:00:00Z'),
        order: {
          mchid: '1900000001',
          sub_mchid: '1230000201',
          out_order_no: 'A-1',
          service_id: '00004000000000159540000000000001',
          total_amount: 350,
          completedAtMs: Date.parse('2026-11-20T00:00:00Z'),
          customer: { kind: 'pays', balanceFromMs: Date.parse('2026-11-27T02:00:00Z') },
        },
      },
      {
        completed_at: NOW,
        order: {
          mchid: '1900000001',
          sub_mchid: '1230000202',
          out_order_no: 'A|2*',
          service_id: '00004000000000159540000000000001',
          total_amount: 1,
          completedAtMs: NOW,
          customer: { kind: 'declines' },
        },
      },
    ]);
  });

  it.each([
    ['a byte order mark', `\uFEFF${HEADER}\n1,A,5\n`],
    ['lines as Windows ends them', `${HEADER}\r\n1,A,5\r\n`],
    ['quotes', '"sub_mchid","out_order_no","total_amount"\n"1","A","5"\n'],
    ['spaces around, empty lines, and no end of line', `${HEADER}\n\n 1 , A , 5 `],
    ['columns in another order', 'total_amount,sub_mchid,out_order_no\n5,1,A\n'],
  ])('may have %s', (_what, text) => {
    expect(read(text)).toEqual([{ sub_mchid: '1', out_order_no: 'A', total_amount: 5 }]);
  });

  it('may name the same order number under two sub-merchants', () => {
    expect(read(`${HEADER}\n1,A,5\n2,A,5\n`)).toHaveLength(2);
  });

  it.each([
    ['an amount in yuan', '1,A,3.50', 'total_amount is not a whole number from 1 to 100000000'],
    ['an amount of nothing', '1,A,0', 'total_amount is not a whole number from 1 to 100000000'],
    ['an amount below nothing', '1,A,-5', 'total_amount is not a whole number from 1 to 100000000'],
    ['no amount', '1,A,', 'total_amount is missing'],
    ['a name for a number', 'x,A,5', 'sub_mchid is not a merchant number: 1 to 32 digits'],
    ['an order number with a space', '1,A B,5', 'out_order_no is not an order number: 1 to 32 of'],
  ])('is refused for %s, with the line', (_what, row, rule) => {
    const message = refusal(`${HEADER}\n1,FINE,5\n${row}\n`);
    expect(message).toContain(`--orders: ${FILE} is not usable:\n  line 3: ${rule}`);
  });

  it('is refused for a time without its zone, and for days beyond a year', () => {
    const message = refusal(`${HEADER},completed_at,pays_after_days\n1,A,5,2026-11-20T08:00:00,366\n`);
    expect(message).toContain('completed_at is not a time such as 2026-10-01T00:00:00Z');
    expect(message).toContain('pays_after_days is not a whole number from 0 to 365');
  });

  it('is refused for an order that is there twice', () => {
    expect(refusal(`${HEADER}\n1,A,5\n1,B,5\n1,A,6\n`)).toBe(
      `--orders: ${FILE} is not usable:\n  line 4: 1/A is there twice`,
    );
  });

  it.each([
    [
      'another header',
      'merchant,order\n1,A\n',
      'its header has a column "merchant", has a column "order", lacks',
    ],
    ['no header', '1,A,5\n1,B,5\n', 'its header has a column "1"'],
    ['a column twice', `${HEADER},total_amount\n1,A,5,5\n`, 'its header has total_amount twice'],
    ['a row that is too short', `${HEADER}\n1,A\n`, 'columns length is 3, got 2 on line 2'],
    ['a quote that is never closed', `${HEADER}\n1,"A,5\n`, 'Quote Not Closed'],
  ])('is refused for %s', (_what, text, rule) => {
    expect(refusal(text)).toContain(rule);
    expect(refusal(text)).not.toContain('\n');
  });

  it.each([
    ['a header alone', `${HEADER}\n`],
    ['nothing', ''],
  ])('is refused for %s', (_what, text) => {
    expect(refusal(text)).toBe(`--orders: ${FILE} has no rows below its header`);
  });

  it('has 10,000 rows and not one more', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => `1,A-${index},5`);
    expect(read(`${HEADER}\n${rows.join('\n')}\n`)).toHaveLength(10_000);
    expect(refusal(`${HEADER}\n${rows.join('\n')}\n1,B,5\n`)).toBe(
      `--orders: ${FILE} has more than 10000 rows, which is the most that is taken`,
    );
  });

  it('tells of twenty bad rows, and how many more there are', () => {
    const message = refusal(`${HEADER}\n${'1,A,x\n'.repeat(25)}`);
    expect(message.split('\n')).toHaveLength(22);
    expect(message).toContain('  line 21: ');
    expect(message).toMatch(/ {2}and 5 more$/);
  });

  it('is refused when it is not there', () => {
    const missing = path.join(folder, 'none.csv');
    expect(() => readOrdersFile(missing)).toThrow(new UsageError(`--orders: ${missing} cannot be read`));
  });
});
