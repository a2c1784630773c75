import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { scripts } from '../package.json';

const ROOT = path.resolve(__dirname, '..');
const TSX = pathToFileURL(require.resolve('tsx')).href;
const folder = mkdtempSync(path.join(tmpdir(), 'run-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm test -- ...args` or `npm run check -- ...args`, without npm and without a terminal. */
function start(
  program: 'run' | 'check',
  args: readonly string[],
  { cwd = ROOT, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ended> {
  const file = path.join(ROOT, 'test', `${program}.ts`);
  const child = spawn(process.execPath, ['--import', TSX, file, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

describe.each([
  ['run', 'npm test -- [options] [jest arguments...]'],
  ['check', 'npm run check -- [options]'],
] as const)('%s', (program, usage) => {
  test('explains itself', async () => {
    const ended = await start(program, ['--help']);
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toContain(`Usage: ${usage}`);
    expect(ended.stdout).toContain('--json <file>');
    expect(ended.stdout).toContain('The exit status is 0 only when');
  });

  test('a file that cannot be written is refused with a sentence before anything is run', async () => {
    const file = path.join(folder, 'missing', 'file.json');
    expect(await start(program, ['--json', file])).toEqual({
      status: 1,
      stdout: '',
      stderr: `--json: ${file} cannot be written (ENOENT); name a file in a folder you may write to\n`,
    });
  });
});

/** A project of its own, by file: neither its failures nor its coverage are this one's. */
const FAILING = {
  'package.json': JSON.stringify({
    jest: {
      coverageProvider: 'v8',
      transform: {},
      collectCoverageFrom: ['half.js'],
      coverageReporters: ['json-summary'],
    },
  }),
  'half.js': 'exports.half = (n) => {\n  if (n === 1) {\n    return 0;\n  }\n  return n / 2;\n};\n',
  'half.test.js': `
    const { half } = require('./half.js');
    describe('half', () => {
      test('of four', () => expect(half(4)).toBe(2));
      test('of six', () => expect(half(6)).toBe(2));
      test.skip('of one', () => {});
      test.todo('of two');
    });`,
  'broken.test.js': "require('./absent.js');",
};

describe('npm test', () => {
  test('hands its arguments to jest, and its file holds what came of it', async () => {
    const file = path.join(folder, 'passed.json');
    const args = ['test/core/ids-and-errors.test.ts', '-t', 'the one error class', '--coverage=false'];
    const { status, stderr } = await start('run', [...args, '--json', file]);

    const report = read(file) as { tests: { passed: number; skipped: number }; seconds: number };
    expect(status).toBe(0);
    expect(report).toEqual({
      success: true,
      suites: { passed: 1, failed: 0, skipped: 0 },
      tests: { passed: expect.any(Number) as number, failed: 0, skipped: expect.any(Number) as number },
      seconds: expect.any(Number) as number,
      coverage: null,
      failed_suites: [],
      failed_tests: [],
    });
    const { passed, skipped } = report.tests;
    expect(stderr).toContain(`Tests:       ${skipped} skipped, ${passed} passed, ${passed + skipped} total`);
  });

  test('names what failed, counts what was skipped, and has the coverage of this very run', async () => {
    const root = path.join(folder, 'failing');
    mkdirSync(root);
    for (const [name, text] of Object.entries(FAILING)) writeFileSync(path.join(root, name), text);
    const file = path.join(root, 'failed.json');
    const { status } = await start('run', ['--json', file], { cwd: root });

    expect(status).toBe(1);
    expect(read(file)).toMatchObject({
      success: false,
      suites: { passed: 0, failed: 2, skipped: 0 },
      tests: { passed: 1, failed: 1, skipped: 2 },
      coverage: { lines: { total: 6, covered: 4 }, branches: {}, functions: {}, statements: {} },
      failed_suites: expect.arrayContaining(['broken.test.js', 'half.test.js']) as string[],
      failed_tests: ['half of six'],
    });
  });

  test('arguments that jest refuses are a failure, in the file as well', async () => {
    const file = path.join(folder, 'refused.json');
    writeFileSync(file, '{"success": true}');
    const { status, stderr } = await start('run', ['--json', file, '--shard=none']);

    expect(status).toBe(1);
    expect(stderr).toContain('shard');
    expect(read(file)).toMatchObject({ success: false, tests: { passed: 0, failed: 0, skipped: 0 } });
  });
});

describe('npm run check', () => {
  const STEPS = ['check:format', 'check:types', 'check:lint', 'test', 'test:dynamodb-local', 'synth'].concat(
    'sim',
    'fuzz',
    'chaos',
    'mutation',
  );

  /** With an npm that only notes what it is to run, and fails at `failing`. */
  async function check(name: string, failing: string) {
    const root = path.join(folder, name);
    mkdirSync(root);
    const npm = `#!/bin/sh\necho "$@" >> ran\n[ "$3" != "${failing}" ]\n`;
    writeFileSync(path.join(root, 'npm'), npm, { mode: 0o755 });
    const file = path.join(root, 'check.json');
    const PATH = `${root}${path.delimiter}${process.env['PATH']}`;
    const { status, stdout } = await start('check', ['--json', file], { cwd: root, env: { PATH } });
    const { success, steps } = read(file) as { success: boolean; steps: { step: string; result: string }[] };
    const ran = readFileSync(path.join(root, 'ran'), 'utf8').trimEnd().split('\n');
    return { status, stdout, success, ran, results: steps.map(({ step, result }) => [step, result]) };
  }

  test('stops at the first step that fails, says so, and does not end with 0', async () => {
    const { stdout, ...checked } = await check('stopped', 'check:types');
    expect(checked).toEqual({
      status: 1,
      success: false,
      ran: ['run -s check:format', 'run -s check:types'],
      results: STEPS.map((step, at) => [step, ['passed', 'failed'][at] ?? 'not run']),
    });
    expect(stdout).toMatch(/│ check:types +│ failed +│ +\d+\.\d │\n│ check:lint +│ not run +│ +— │/);
  });

  test('ends with 0 when every step passed; its steps are scripts of this project', async () => {
    expect(await check('passed', 'none')).toMatchObject({
      status: 0,
      success: true,
      ran: STEPS.map((step) => `run -s ${step}${step === 'mutation' ? ' -- --changed --time-limit 90' : ''}`),
      results: STEPS.map((step) => [step, 'passed']),
    });
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(STEPS));
  });
});
