import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { Command, Option } from 'commander';
import { claimFile, runMain, runCommand, writeReport } from './support/command';
import { type Note, TEST_RUNTIME, type TestRuntime } from './support/runtime/deployed';
import { judgeNotes, type Coverage } from './support/runtime/judge-notes';
import { bundleFunctions, productionNode, productionRuntime } from './support/runtime/production';

const PARTS = ['harness', 'runtime-api', 'in-process'] as const;
type Part = (typeof PARTS)[number];

/** The suites whose functions are called through the Runtime API. */
const CALLED = ['test/api/', 'test/notify/', 'test/import/', 'test/(sweep|collect|keys|publish)\\.test'];
/** Of them what a change has to pass before it lands: each function, and each way into one. */
const QUICK = [
  'test/api/collect\\.test',
  'test/api/secrecy\\.test',
  'test/notify/applied\\.test',
  'test/import/function\\.test',
  'test/(keys|publish)\\.test',
];

interface Options {
  readonly quick?: true;
  readonly only?: Part;
  readonly json?: string;
}

interface Ran {
  readonly part: Part;
  readonly success: boolean;
  readonly suites: number;
  readonly tests: { readonly passed: number; readonly failed: number; readonly skipped: number };
  readonly seconds: number;
  /** How the functions of the tests were called. */
  readonly invocations?: Coverage;
}

function program(): Command {
  return new Command('npm run test:runtime --')
    .description(
      `Runs the tests on the Node that the functions have in Lambda, in three parts:
harness      Lambda's Runtime API, and the processes behind it, as this project plays them
runtime-api  the tests of the functions, each function being its bundle in processes of its own, under AWS's runtime
             interface client, called through the Runtime API
in-process   all tests, as npm test runs them`,
    )
    .argument('[jest arguments...]', 'handed to jest as they are')
    .option('--quick', 'the harness, and a choice of the tests of the functions')
    .addOption(new Option('--only <part>', 'one part').choices(PARTS).conflicts('quick'))
    .option('--json <file>', 'also write what came of it to this file, as data')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `
Node and the runtime interface client are fetched from npm once, checked, and kept in node_modules/.cache; without them
nothing is run and the exit status is 1. It is 0 only when every test passed, and every function was called in the way
that its part says, but for the tests in test/support/runtime/in-process.ts.`,
    );
}

async function main(): Promise<number> {
  const command = program().parse();
  const { quick = false, only, json } = command.opts<Options>();
  if (json !== undefined) claimFile(json);
  const node = productionNode();
  const folder = mkdtempSync(path.join(tmpdir(), 'payscore-runtime-'));
  const ran: Ran[] = [];
  try {
    const given = await prepare(node, folder);
    const parts = PARTS.filter((part) =>
      only === undefined ? !quick || part !== 'in-process' : part === only,
    );
    for (const part of parts)
      ran.push(await runPart(part, { node, folder, given, quick, more: command.args }));
  } finally {
    rmSync(folder, { recursive: true });
  }
  const success = ran.every((part) => part.success);
  process.stdout.write(`${render(ran)}\n`);
  if (json !== undefined) writeReport(json, { success, parts: ran });
  return success ? 0 : 1;
}

async function prepare(node: string, folder: string): Promise<TestRuntime> {
  const bundles = path.join(folder, 'bundles');
  await bundleFunctions(bundles);
  const clock = path.resolve(__dirname, 'support/runtime/moved-clock.mts');
  const given = { runtime: productionRuntime(node, [clock]), bundles, notes: path.join(folder, 'notes') };
  writeFileSync(given.notes, '');
  writeFileSync(path.join(folder, 'runtime.json'), JSON.stringify(given));
  return given;
}

interface Running {
  readonly node: string;
  readonly folder: string;
  readonly given: TestRuntime;
  readonly quick: boolean;
  readonly more: readonly string[];
}

const ARGUMENTS: Readonly<Record<Part, (quick: boolean) => readonly string[]>> = {
  harness: () => ['--testMatch', '**/*.runtime.ts'],
  'runtime-api': (quick) => ['--testTimeout', '120000', '--testPathPatterns', ...(quick ? QUICK : CALLED)],
  'in-process': () => [],
};

/** The part of jest's own report that is used. */
interface JestResults {
  readonly numTotalTestSuites: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly { readonly name: string }[];
}

async function runPart(part: Part, { node, folder, given, quick, more }: Running): Promise<Ran> {
  const start = performance.now();
  const file = path.join(folder, `${part}.json`);
  writeFileSync(file, '');
  if (part === 'runtime-api') process.env[TEST_RUNTIME] = path.join(folder, 'runtime.json');
  const jest = [require.resolve('jest/bin/jest'), '--coverage=false', '--json', `--outputFile=${file}`];
  const status = await runCommand(node, [...jest, ...ARGUMENTS[part](quick), ...more]);
  delete process.env[TEST_RUNTIME];
  const written = readFileSync(file, 'utf8');
  if (written === '') throw new Error(`jest ended with status ${status} and no results`);
  const results = JSON.parse(written) as JestResults;
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped } = results;
  const ran = { part, suites: results.numTotalTestSuites, tests: { passed, failed, skipped }, seconds };
  // A part in which nothing ran has shown nothing.
  const success = status === 0 && passed > 0;
  if (part !== 'runtime-api') return { ...ran, success };
  const notes = readFileSync(given.notes, 'utf8').split('\n').filter(Boolean);
  const suites = results.testResults.map(({ name }) => path.relative('', name));
  const { faults, ...invocations } = judgeNotes(
    notes.map((line) => JSON.parse(line) as Note),
    suites,
    { whole: more.length === 0 },
  );
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return { ...ran, success: success && faults.length === 0, invocations };
}

function render(ran: readonly Ran[]): string {
  const table = new Table({
    head: ['part', 'result', 'suites', 'tests', 'invocations', 'in process', 'seconds'],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  for (const { part, success, suites, tests, invocations, seconds } of ran)
    table.push([
      part,
      success ? 'passed' : 'failed',
      suites,
      `${tests.passed} of ${tests.passed + tests.failed}`,
      invocations === undefined ? '—' : invocations.runtime,
      invocations === undefined ? '—' : invocations.inProcess,
      seconds.toFixed(1),
    ]);
  const lines = table.toString().split('\n');
  return lines.filter((line, at) => at <= 2 || !line.startsWith('├')).join('\n');
}

void runMain(main);
