import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { spell, type Run } from '../../bench/report';

const ROOT = path.resolve(__dirname, '../..');
const directory = mkdtempSync(path.join(tmpdir(), 'bench-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

function bench(...args: string[]) {
  return spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
}

test('--help names every option and every group', () => {
  const { status, stdout } = bench('--help');
  expect(status).toBe(0);
  for (const word of ['--json', '--only', '--quick', '--attempts', '--due']) expect(stdout).toContain(word);
  for (const group of ['signed-header', 'answer-verified', 'round-trip', 'cold-start', 'attempts', 'drain']) {
    expect(stdout).toContain(group);
  }
});

test('a group that does not exist is refused and nothing is measured', () => {
  const file = path.join(directory, 'refused.json');
  const { status, stdout, stderr } = bench('--only', 'signed-header,nonsense', '--json', file);
  expect(status).not.toBe(0);
  expect(stdout).toBe('');
  expect(stderr).toContain('"nonsense" is not one of signed-header,');
  expect(existsSync(file)).toBe(false);
});

test('a count that is none is refused and nothing is measured', () => {
  for (const option of ['--attempts', '--due']) {
    const { status, stdout, stderr } = bench('--only', 'attempts', option, '1e3');
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('"1e3" is not a whole number from 1 to 9999999');
  }
});

test('a file that could not be written is refused before anything is measured', () => {
  const { status, stdout } = bench('--quick', '--json', path.join(directory, 'missing', 'file.json'));
  expect(status).not.toBe(0);
  expect(stdout).toBe('');
});

test('a quick run measures, and its file holds what it printed', () => {
  const file = path.join(directory, 'run.json');
  const { status, stdout, stderr } = bench('--quick', '--only', 'signed-header', '--json', file);
  expect(stderr).toContain('signed-header: round 1 of 5');
  expect(status).toBe(0);
  const run = JSON.parse(readFileSync(file, 'utf8')) as Run;
  expect(stdout).toContain(`Node ${run.machine.node}`);
  expect(run).toMatchObject({ mode: 'quick', failures: [], groups: [{ id: 'signed-header' }] });
  const printed = run.groups.flatMap(({ tables }) =>
    tables.flatMap(({ columns, rows }) =>
      rows.map((row) => columns.map((column) => spell(column, row[column.key] ?? null))),
    ),
  );
  expect(rowsIn(stdout)).toEqual(printed);
  expect(printed.map(([candidate]) => candidate)).toEqual([
    'payscore-collector',
    'wechatpay-axios-plugin 0.9.6',
    'wechatpay-node-v3 2.2.1',
    'limit: crypto.sign, key parsed once',
  ]);
});

/** The rows below the head of the one table in it. */
function rowsIn(stdout: string): string[][] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('│'));
  return lines.slice(1).map((line) =>
    line
      .slice(1, -1)
      .split('│')
      .map((cell) => cell.trim()),
  );
}
