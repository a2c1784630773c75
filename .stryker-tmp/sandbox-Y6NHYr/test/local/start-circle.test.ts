import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CircleProgress } from '../../local/circle';
import type { DemoRow } from '../../local/demo';
import { spawnStart, start, type Spawned } from './spawned';

const folder = mkdtempSync(path.join(tmpdir(), 'payscore-circle-'));
const running = new Set<Spawned>();
afterAll(async () => {
  // A test that failed in between left its run behind.
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all([...running].map(async ({ ended }) => ended));
  rmSync(folder, { recursive: true });
});

function run(...args: string[]): Spawned {
  const spawned = spawnStart(...args);
  running.add(spawned);
  return spawned;
}

/** Several runs, each of which bundles the functions and works through a hundred orders. */
const RUNS_TIMEOUT_MS = 180_000;

interface Report {
  readonly rows: readonly DemoRow[];
  readonly circle: CircleProgress;
  readonly faults: readonly string[];
}

const PUBLIC_KEY_ALONE = 'WeChat Pay signs with its public key alone from now on (微信支付公钥)';

function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

const HEADER = 'sub_mchid,out_order_no,total_amount,completed_at,pays_after_days';
const LONG_AGO = '2026-01-01T00:00:00+08:00';

function ordersFile(name: string, ...rows: readonly string[]): string {
  const file = path.join(folder, name);
  writeFileSync(file, [HEADER, ...rows, ''].join('\n'));
  return file;
}

describe('npm start', () => {
  it(
    'collects what the samples owe, goes on where it ended, and loses nothing when it is killed in between',
    async () => {
      const data = path.join(folder, 'data');
      const json = path.join(folder, 'report.json');
      const first = await start('--exit', '--days', '1', '--data', data, '--json', json);
      expect([first.stderr, first.status]).toEqual(['', 0]);
      expect(first.stdout).toContain('checked by wechatpay-axios-plugin on the other side');
      expect(first.stdout).toContain('The schedule: 100 orders are registered; from here on');
      expect(first.stdout).toContain('verified as paid, with ');
      expect(first.stdout).toContain('order by order (110): every amount agrees');
      const before = readReport(json);
      expect(
        before.rows.map((row) => [row.out_order_no, row.outcome, row.standing, row.calls_received]),
      ).toEqual([
        ['BIKE-1001', 'accepted', 'paid', 1],
        ['BIKE-1002', 'declined', 'pending', 1],
        ['BIKE|1003*A', 'in_progress', 'pending', 1],
        ['BIKE-1004', 'unknown', 'paid', 1],
        ['BIKE-1005', 'unknown', 'pending', 1],
        ['BIKE-1006', 'unknown', 'paid', 1],
        ['BIKE-1007', 'accepted', 'paid', 1],
        ['BIKE-1008', 'held back', 'paid', 0],
        ['BIKE-1009', 'held back', 'not_completed', 0],
        ['BIKE-1010', 'misconfigured', 'pending', 1],
      ]);
      expect(before.circle.snapshot).toMatchObject({ orders: 100, owed: 119_500, in_flight: 0 });
      expect(before.circle.snapshot.recovered).toBeGreaterThan(40_000);
      expect(before.faults).toEqual([]);
      // People paid, and were told of: what was wrong with a notification was refused, and never anything else.
      expect(before.circle.notifications).toMatchObject({
        lost: 5,
        refused: { forged: 4, probe: 5, truncated: 5 },
      });
      expect(Object.keys(before.circle.notifications.refused)).toHaveLength(3);
      expect(before.circle.notifications.by_certificate).toBeGreaterThan(0);
      expect(before.circle.notifications.by_public_key).toBeGreaterThan(0);
      expect(before.circle.snapshot.told).toBeGreaterThan(before.circle.snapshot.paid / 2);
      expect(first.stdout).toContain(PUBLIC_KEY_ALONE);
      expect(first.stdout).toContain('the old API certificate is revoked (商户证书已作废)');

      const killed = run('--exit', '--days', '27', '--data', data);
      await killed.printed('day  3');
      killed.child.kill('SIGKILL');
      await killed.ended;

      const second = await start('--exit', '--days', '1', '--data', data, '--json', json);
      expect([second.stderr, second.status]).toEqual(['', 0]);
      expect(second.stdout).toContain('100 orders are registered, 100 of them by an earlier run');
      expect(second.stdout).toContain('order by order (110): every amount agrees');
      const after = readReport(json);
      expect(second.stdout).not.toContain(PUBLIC_KEY_ALONE);
      expect(after.circle.notifications.by_certificate).toBe(0);
      expect(after.rows).toEqual([]);
      expect(after.faults).toEqual([]);
      expect(after.circle.from).toBe(before.circle.from);
      expect(after.circle.now).toBeGreaterThan(before.circle.now + 2 * 86_400_000);
      expect(after.circle.snapshot).toMatchObject({ orders: 100, owed: 119_500 });
      expect(after.circle.snapshot.recovered).toBeGreaterThan(before.circle.snapshot.recovered);
    },
    RUNS_TIMEOUT_MS,
  );

  it(
    'takes the user’s own list, serves when it is through, prints commands that work, and ends on Ctrl-C',
    async () => {
      const orders = ordersFile('own.csv', `1,MINE-1,700,${LONG_AGO},`, `2,MINE-2,900,,0`, `2,MINE-3,50,,`);
      const served = run('--days', '2', '--orders', orders);
      const stdout = await served.printed('own books\n');
      expect(stdout).toContain('¥9.00 of ¥16.50 verified as paid, with 2 collections in 2 days.');
      const commands = stdout.split('\n').filter((line) => /^ {2}(export|curl) /.test(line));
      expect(commands).toHaveLength(7);
      const ran = await promisify(execFile)('bash', ['-ec', commands.join('\n')]);
      const [collected, queried, read, watched, policies, ...books] = ran.stdout.split('\n');
      expect(JSON.parse(collected ?? '')).toMatchObject({ attempt: { outcome: 'accepted' } });
      expect(JSON.parse(queried ?? '')).toMatchObject({ standing: { kind: 'paid', paid_amount: 600 } });
      expect(JSON.parse(read ?? '')).toMatchObject({ order: { out_order_no: 'BIKE-1011' } });
      expect(JSON.parse(watched ?? '')).toMatchObject({ orders: [{ out_order_no: 'MINE-1' }] });
      expect(JSON.parse(policies ?? '')).toBeInstanceOf(Object);
      expect(JSON.parse(books.join('\n'))).toHaveLength(4);
      served.child.kill('SIGINT');
      expect(await served.ended).toMatchObject({ status: 0, stderr: '' });
    },
    RUNS_TIMEOUT_MS,
  );

  it.each([
    [
      'a report that cannot be written',
      ['--json', '/nonexistent/x.json'],
      '--json: /nonexistent/x.json cannot be written',
    ],
    ['an order without --live', ['--collect', '1/2'], '--query and --collect go with --live'],
    ['a list that is not there', ['--orders', 'none.csv'], '--orders: none.csv cannot be read'],
    [
      'no day at all',
      ['--days', '0'],
      "error: option '--days <number>' argument '0' is invalid. a whole number from 1 to 400.",
    ],
    [
      'a file for a folder',
      ['--data', __filename],
      `--data: ${__filename} cannot be used: EEXIST: file already exists, mkdir '${__filename}'`,
    ],
    ['an unknown option', ['--bogus'], "error: unknown option '--bogus'"],
  ])('%s ends at once with a sentence', async (_what, args, message) => {
    const ended = await start('--exit', ...args);
    expect(ended).toEqual({ status: 1, stdout: '', stderr: `${message}\n` });
  });

  it(
    'ends with a sentence when its port is taken',
    async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const ended = await start('--exit', '--port', String(port));
      server.close();
      expect(ended).toEqual({ status: 1, stdout: '', stderr: `--port: ${port} is in use\n` });
    },
    RUNS_TIMEOUT_MS,
  );

  it(
    'ends with a sentence when what it kept cannot be read',
    async () => {
      const data = path.join(folder, 'spoilt');
      const orders = ordersFile('one.csv', `1,ONE,700,,`);
      expect(await start('--exit', '--days', '1', '--orders', orders, '--data', data)).toMatchObject({
        status: 0,
      });
      const journal = path.join(data, 'wechatpay.jsonl');
      writeFileSync(journal, `{}\n${readFileSync(journal, 'utf8')}`);
      const ended = await start('--exit', '--data', data);
      expect([ended.status, ended.stdout]).toEqual([1, '']);
      expect(ended.stderr).toMatch(/^--data: journal \S+wechatpay\.jsonl, line 1: is no order/);
      expect(ended.stderr).not.toContain('    at ');
    },
    RUNS_TIMEOUT_MS,
  );
});
