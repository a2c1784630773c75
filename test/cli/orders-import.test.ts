import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ImportOptions } from '../../cli/orders/import';
import type { OrderRef } from '../../lambda/core/ids';
import { MCHID } from '../support/keys';
import { SERVICE_ID, startWorld, SUB_MCHID, type World } from '../support/world';
import { done, runImport, spawned, stub, type Ended } from './import-stub';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await startWorld();
  // The first request of a function takes longest, and what takes a second is tried again.
  await world.register(world.order());
  folder = mkdtempSync(path.join(tmpdir(), 'orders-import-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await world.close();
});

function inFolder(name: string): string {
  return path.join(folder, name);
}

function fileOf(name: string, content: string | Buffer): string {
  writeFileSync(inFolder(name), content);
  return inFolder(name);
}

function orders(file: string, options: Partial<ImportOptions> = {}): Promise<Ended> {
  return runImport(file, { url: world.api.url, ...options });
}

/** With a summary and a report. */
async function imported(file: string, options: Partial<ImportOptions> = {}) {
  const [report, json] = [`${file}.report.csv`, `${file}.json`];
  const ended = await orders(file, { report, json, ...options });
  const summary = JSON.parse(readFileSync(json, 'utf8') || '{}') as Record<string, unknown>;
  return { ...ended, summary, report: readFileSync(report, 'utf8') };
}

const HEADER = 'sub_mchid,out_order_no,service_id,total_amount,completed_at';

function ordered(out_order_no: string): OrderRef {
  return { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no, service_id: SERVICE_ID } as OrderRef;
}

test('a good file is imported, status 0; given again it changes nothing', async () => {
  const rows = Array.from(
    { length: 4 },
    (_, n) => `${SUB_MCHID},GOOD_${n},${SERVICE_ID},100,2026-03-01 12:00:00`,
  );
  const file = fileOf('good.csv', `${[HEADER, ...rows].join('\r\n')}\r\n`);
  const first = await imported(file);
  expect([first.status, first.stderr]).toEqual([0, '']);
  expect(first.summary).toEqual({
    file,
    encoding: 'utf-8',
    mchid: MCHID,
    dry_run: false,
    rows: 4,
    registered: 4,
    already: 0,
    changed: 0,
    would_register: 0,
    would_change: 0,
    refused: 0,
    left: 0,
  });
  expect(first.stdout).toMatch(/registered +│ 4 +│ new in the ledger/);
  const lines = first.report.split('\r\n');
  expect(lines.slice(0, 2)).toEqual([
    '\uFEFFline,sub_mchid,out_order_no,result,reason',
    `2,\`${SUB_MCHID},\`GOOD_0,registered,`,
  ]);
  expect(lines[4]).toBe(`5,\`${SUB_MCHID},\`GOOD_3,registered,`);
  const before = await world.ledger(ordered('GOOD_2'));
  const again = await imported(file);
  expect([again.status, again.summary['already']]).toEqual([0, 4]);
  expect(await world.ledger(ordered('GOOD_2'))).toEqual(before);
});

test('a nasty file: each bad row is refused by its line and reason, each good one is registered, status 1', async () => {
  const good = (name: string) => `${SUB_MCHID},${name},${SERVICE_ID},100,`;
  const text = [
    `\uFEFF"sub_mchid","out_order_no",service_id , total_amount,"completed_at"`,
    good('NASTY_1'),
    `"\`${SUB_MCHID}","\t\`NASTY_2",'${SERVICE_ID},"100","2026/3/1 9:05"`,
    good("=cmd|' /C calc'!A0"),
    good('+861380'),
    good('@SUM(A1)'),
    `${good('NASTY_3')},too many`,
    good('NASTY_1'),
    `${SUB_MCHID},NASTY_1,${SERVICE_ID},90,`,
    `${SUB_MCHID},"NASTY\r\n4",${SERVICE_ID},100,`,
    `${SUB_MCHID},"NASTY_5,${SERVICE_ID},100,`,
    good('x'.repeat(10_000_000)),
    good('A\u0000B'),
    good('NASTY_6').replace(',100,', ',1.00,'),
    good('订单'),
    good('NASTY_7'),
    ',,,,',
    '',
    '',
  ].join('\r\n');
  const { status, summary, report, stderr } = await imported(fileOf('nasty.csv', text));
  expect(status).toBe(1);
  expect(summary).toMatchObject({ rows: 15, registered: 3, already: 1, refused: 11, left: 0 });
  const no = 'out_order_no is not an order number: 1 to 32 of 0-9 A-Z a-z _ - | *';
  const line = (number: number, name: string, rest: string) => `${number},\`${SUB_MCHID},${name},${rest}`;
  expect(report.replace('\uFEFF', '').split('\r\n')).toEqual([
    'line,sub_mchid,out_order_no,result,reason',
    line(2, '`NASTY_1', 'registered,'),
    line(3, '`NASTY_2', 'registered,'),
    line(4, "`=cmd|' /C calc'!A0", `refused,${no}`),
    line(5, '`+861380', `refused,${no}`),
    line(6, '`@SUM(A1)', `refused,${no}`),
    '7,,,refused,"the row has 6 cells, the header 5"',
    line(8, '`NASTY_1', 'already,line 2 names the same order'),
    line(9, '`NASTY_1', 'refused,"out_order_no is named in row 2 too, which says otherwise and counts"'),
    line(10, '`NASTY\uFFFD4', `refused,lines 10–11 are one row by their quotes; ${no}`),
    '12,,,refused,the row has a quote that does not close',
    '13,,,refused,the row has more than 4096 characters',
    line(14, '`A\uFFFDB', `refused,${no}`),
    line(15, '`NASTY_6', 'refused,total_amount is not a whole number of fen'),
    line(16, '`订单', `refused,${no}`),
    line(17, '`NASTY_7', 'registered,'),
    '',
  ]);
  expect(stderr).toContain(`line 4: ${no}\n`);
  expect((await world.ledger(ordered('NASTY_2'))).registration.completed_at).toBe(Date.UTC(2026, 2, 1, 1, 5));
});

test('a file that contradicts itself far apart ends with its first words, and given again changes nothing', async () => {
  const rows = Array.from({ length: 130 }, (_, n) => `${SUB_MCHID},FAR_${n},${SERVICE_ID},100,`);
  const again = [`${SUB_MCHID},FAR_0,${SERVICE_ID},90,`, `${SUB_MCHID},FAR_1,${SERVICE_ID},100,`];
  const file = fileOf('far.csv', [HEADER, ...rows, ...again].join('\n'));
  const first = await imported(file);
  expect([first.status, first.summary]).toMatchObject([1, { registered: 130, already: 1, refused: 1 }]);
  expect(first.stderr).toBe(
    'line 132: out_order_no is named in line 2 too, which says otherwise and counts\n',
  );
  const before = await world.ledger(ordered('FAR_0'));
  expect(before.registration.total_amount).toBe(100);
  const second = await imported(file);
  expect(second.summary).toMatchObject({ registered: 0, changed: 0, already: 131, refused: 1 });
  expect(await world.ledger(ordered('FAR_0'))).toEqual(before);
});

test('a dry run says what would be done and registers nothing', async () => {
  const file = fileOf('dry.ndjson', JSON.stringify({ ...ordered('DRY'), total_amount: 5 }));
  const { status, summary } = await imported(file, { dryRun: true });
  expect([status, summary['dry_run'], summary['would_register']]).toEqual([0, true, 1]);
  expect(await world.services.ports.ledger.find(ordered('DRY'))).toBeUndefined();
});

test('NDJSON is imported line by line', async () => {
  const lines = [
    JSON.stringify(ordered('LINE_1')),
    '{',
    '[]',
    JSON.stringify({ ...ordered('LINE_2'), mchid: '1' }),
  ];
  const { status, summary, report } = await imported(fileOf('lines.jsonl', lines.join('\n')));
  expect([status, summary['registered'], summary['refused']]).toEqual([1, 1, 3]);
  expect(report).toContain('2,,,refused,the row is not a JSON object\r\n');
});

test('a file that Excel in China wrote is read, and said to be GB18030', async () => {
  const text = Buffer.concat([
    Buffer.from(`${HEADER}\r\n${SUB_MCHID},GB_1,${SERVICE_ID},100,\r\n${SUB_MCHID},`),
    Buffer.from('b6a9b5a5', 'hex'),
    Buffer.from(`,${SERVICE_ID},,\r\n`),
  ]);
  const { status, summary, stderr, report } = await imported(fileOf('excel.csv', text));
  expect([status, summary['encoding'], summary['registered']]).toEqual([1, 'gb18030', 1]);
  expect(stderr).toContain('is not UTF-8 and is read as GB18030');
  expect(report).toContain('`订单');
});

test.each([
  ['UTF-16', 'utf16.csv', Buffer.from(`\uFEFF${HEADER}\n`, 'utf16le'), 'save it as «CSV UTF-8'],
  ['nothing in it', 'empty.csv', '', 'is empty'],
  ['a header and no rows', 'header.csv', `${HEADER}\r\n\r\n`, 'has no rows below its header'],
  [
    'a wrong column',
    'wrong.csv',
    `${HEADER.replace('amount', 'amout')}\n1,A,5,,\n`,
    'did you mean total_amount?',
  ],
  ['a column twice', 'twice.csv', `${HEADER},sub_mchid\n1,A,5,,,2\n`, 'sub_mchid is there more than once'],
  ['a name that says nothing', 'orders.txt', `${HEADER}\n1,A,5,,\n`, 'say --format csv or ndjson'],
])('a file with %s is refused before anything is sent, status 1', async (_, name, content, said) => {
  const calls = world.secrets.calls();
  const { status, stdout, stderr } = await orders(fileOf(name, content));
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toContain(said);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(world.secrets.calls()).toBe(calls);
});

test.each([
  ['a merchant that is no number', ['--mchid', 'A', '--url', 'http://127.0.0.1:9'], '1 to 32 digits'],
  ['an address in the clear', ['--mchid', '1', '--url', 'http://example.com'], '--url: only https'],
])('on the command line %s is refused in a sentence', async (_, args, said) => {
  const { status, stderr } = await spawned(fileOf('real.csv', `${HEADER}\n1,A,5,,\n`), ...args);
  expect(status).toBe(1);
  expect(stderr).toContain(said);
});

test('what cannot be written or read is refused in a sentence, before anything is sent', async () => {
  const file = fileOf('real.csv', `${HEADER}\n1,A,5,,\n`);
  expect(await orders(file, { report: '/none/x' })).toEqual({
    status: 1,
    stdout: '',
    stderr: '--report: /none/x cannot be written (ENOENT)\n',
  });
  expect((await orders(inFolder('none.csv'))).stderr).toContain('none.csv cannot be read (ENOENT)');
});

test('the command line says what the function says, and ends with its status', async () => {
  const file = fileOf('spawned.csv', `${HEADER}\n${SUB_MCHID},SPAWNED,${SERVICE_ID},,\nx,y,z,,\n`);
  const { status, stdout, stderr } = await spawned(file, '--mchid', MCHID, '--url', world.api.url);
  expect(status).toBe(1);
  expect(stdout).toMatch(/registered +│ 1 /);
  expect(stderr).toBe(
    [
      'line 3: sub_mchid is not a merchant number: 1 to 32 digits; service_id is not a service id: 1 to 32 digits',
      '--report <file> writes down what became of each row.',
      '',
    ].join('\n'),
  );
  expect((await world.ledger(ordered('SPAWNED'))).version).toBe(1);
});

test('an unknown merchant stops the import: every row is left, and the reason is said once', async () => {
  const rows = Array.from({ length: 250 }, (_, n) => `1,A_${n},5,,`);
  const file = fileOf('unknown.csv', [HEADER, ...rows].join('\n'));
  const json = inFolder('unknown.json');
  const { status, stderr } = await orders(file, { mchid: '1999999999', json });
  expect([status, JSON.parse(readFileSync(json, 'utf8'))]).toMatchObject([1, { rows: 250, left: 250 }]);
  expect(stderr.match(/Nothing more is sent\./g)).toHaveLength(1);
  expect(stderr).toContain('404 Merchant unknown');
});

test('a long file goes in batches of a hundred, a few at a time, and its report keeps the order of the file', async () => {
  const sizes: number[] = [];
  const service = await stub((rows) => {
    sizes.push(rows.length);
    return done(rows, 'registered');
  });
  const file = fileOf(
    'long.csv',
    [HEADER, ...Array.from({ length: 950 }, (_, n) => `1,A_${n},5,,`)].join('\n'),
  );
  const { status, summary, report } = await imported(file, { url: service.url });
  await service.close();
  expect([status, summary['registered']]).toEqual([0, 950]);
  expect(sizes.toSorted((a, b) => a - b)).toEqual([50, ...Array.from({ length: 9 }, () => 100)]);
  const lines = report.split('\r\n').slice(1, -1);
  expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(
    Array.from({ length: 950 }, (_, n) => n + 2),
  );
});

test('a service that is lost in the middle leaves the rest, and the same file goes on from there', async () => {
  let down = true;
  const service = await stub((rows) => {
    const beyond = rows.some(({ row }) => row > 300);
    return down && beyond ? { status: 403, body: { message: 'Forbidden' } } : done(rows, 'registered');
  });
  const file = fileOf(
    'lost.csv',
    [HEADER, ...Array.from({ length: 950 }, (_, n) => `1,A_${n},5,,`)].join('\n'),
  );
  const first = await imported(file, { url: service.url });
  expect([first.status, first.summary]).toMatchObject([1, { rows: 950, registered: 200, left: 750 }]);
  expect(first.stderr).toContain(
    'Nothing more is sent. POST /v1/merchants/1900009191/orders/import: 403 Forbidden',
  );
  expect(first.report).toContain('\r\n951,`1,`A_949,left,was not sent\r\n');
  down = false;
  const second = await imported(file, { url: service.url });
  await service.close();
  expect([second.status, second.summary['registered']]).toEqual([0, 950]);
});

test('rows that a service leaves again and again are given up after five tries that brought nothing', async () => {
  const service = await stub((rows, calls) =>
    done(calls === 1 ? rows.slice(0, 1) : rows, calls === 1 ? 'registered' : 'left'),
  );
  const { status, summary } = await imported(fileOf('left.csv', `${HEADER}\n1,A,5,,\n1,B,5,,\n`), {
    url: service.url,
  });
  await service.close();
  expect([status, summary, service.calls()]).toMatchObject([1, { registered: 1, left: 1 }, 5]);
});

test('an overloaded service is tried again, and so are the rows that it left', async () => {
  const service = await stub((rows, calls) => {
    if (calls === 1) return { status: 503, body: { title: 'Ledger out of reach' } };
    return done(rows, calls === 2 ? 'left' : 'registered');
  });
  const file = fileOf('again.csv', `${HEADER}\n1,A,5,,\n1,B,5,,\n`);
  const { status } = await orders(file, { url: service.url });
  await service.close();
  expect([status, service.calls()]).toEqual([0, 3]);
});

test('an address that is no service’s is told apart from one', async () => {
  const service = await stub(() => ({ status: 200, body: { hello: 'world' } }));
  const file = fileOf('other.csv', `${HEADER}\n1,A,5,,\n`);
  const { status, stderr } = await orders(file, { url: service.url });
  await service.close();
  expect(status).toBe(1);
  expect(stderr).toContain('is --url the address of its API?');
});
