import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { done, runImport, spawned, stub } from './import-stub';

const HEADER = 'sub_mchid,out_order_no,service_id,total_amount,completed_at';

let folder: string;
let service: Awaited<ReturnType<typeof stub>>;
/** What every row is refused for; none by default. */
let rule: string | undefined;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'orders-import-'));
  rule = undefined;
  service = await stub((rows) => (rule === undefined ? done(rows, 'registered') : refused(rows, rule)));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await service.close();
});

function refused(rows: readonly { row: number }[], why: string) {
  const errors = [{ field: 'x', rule: why }];
  const results = rows.map(({ row }) => ({
    row,
    sub_mchid: '1',
    out_order_no: 'A',
    result: 'refused',
    errors,
  }));
  return { status: 200, body: { dry_run: false, results } };
}

function fileOf(name: string, content: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

test.each(['report', 'json'] as const)('--%s is never the file that is imported', async (option) => {
  const text = `${HEADER}\n1900000109,KEPT,5,,\n`;
  const file = fileOf('kept.csv', text);
  const { status, stdout, stderr } = await runImport(file, { url: service.url, [option]: file });
  expect([status, stdout, readFileSync(file, 'utf8')]).toEqual([1, '', text]);
  expect(stderr).toBe(
    `--${option}: ${file} is the file to import too and would be overwritten; name another file. Nothing was done.\n`,
  );
});

test('a report of yesterday stands when the file cannot be imported', async () => {
  const report = fileOf('yesterday.csv', 'of yesterday');
  await runImport(fileOf('unusable.csv', 'a,b\n1,2\n'), { url: service.url, report });
  expect(readFileSync(report, 'utf8')).toBe('of yesterday');
});

test('a report that cannot be kept stops the import, and the summary says how far it came', async () => {
  const rows = Array.from({ length: 950 }, (_, n) => `1,A_${n},5,,`);
  const file = fileOf('full.csv', [HEADER, ...rows].join('\n'));
  const { status, stdout, stderr } = await runImport(file, { url: service.url, report: '/dev/full' });
  expect([status, stderr]).toEqual([
    1,
    'Nothing more is sent. --report: /dev/full cannot be written (ENOSPC)\n',
  ]);
  const [, registered = ''] = /registered +│ (\d+) /.exec(stdout) ?? [];
  const [, left = ''] = /left +│ (\d+) /.exec(stdout) ?? [];
  expect(Number(registered)).toBe(100 * service.calls());
  expect(Number(registered) + Number(left)).toBe(950);
  expect(service.calls()).toBeLessThan(4);
});

test('what a file or a service holds for a terminal to obey is not passed on to it', async () => {
  const nasty = '\u001B[2J\u202E';
  const header = fileOf('escape.csv', `${HEADER.replace('total_', nasty)}\n1900000109,ESC,5,,\n`);
  const { status, stderr } = await spawned(header, '--mchid', '1900009191', '--url', service.url);
  expect([status, stderr.includes('[2J')]).toEqual([1, true]);
  expect(stderr.trimEnd()).not.toMatch(/\p{C}/u);
  const file = fileOf('escape.ndjson', '{"sub_mchid":"1900000109"}');
  rule = `is not ${nasty}`;
  const told = await runImport(file, { url: service.url });
  expect(told.stderr.split('\n')).toEqual(['line 1: x is not \uFFFD[2J\uFFFD', expect.any(String), '']);
});
