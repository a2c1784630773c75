import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { claimFile, runCommand, runMain, writeReport } from './support/command';

/** Where jest's reporter `json-summary` writes, seen from the folder of package.json. */
const COVERAGE_SUMMARY = path.join('coverage', 'coverage-summary.json');

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Covered {
  readonly total: number;
  readonly covered: number;
  readonly skipped: number;
  /** Of nothing, jest has no percentage. */
  readonly pct: number | 'Unknown';
}

type Coverage = Readonly<Record<'lines' | 'statements' | 'functions' | 'branches', Covered>>;

interface Report {
  /** False as well when all tests passed and the coverage is below its threshold. */
  readonly success: boolean;
  readonly suites: Counts;
  readonly tests: Counts;
  readonly seconds: number;
  /** `null` when it was not measured. */
  readonly coverage: Coverage | null;
  /** The files that failed; one that could not be loaded has no failed test to name. */
  readonly failed_suites: readonly string[];
  readonly failed_tests: readonly string[];
}

/** The part of jest's own report that is used. */
interface JestResults {
  readonly numPassedTestSuites: number;
  readonly numFailedTestSuites: number;
  readonly numPendingTestSuites: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** What there is to tell when jest refused its arguments or was ended. */
const NO_RESULTS: JestResults = {
  numPassedTestSuites: 0,
  numFailedTestSuites: 0,
  numPendingTestSuites: 0,
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

function program(): Command {
  return new Command('npm test --')
    .description('Runs the tests with jest, and measures their coverage of lambda/core and lambda/wechatpay.')
    .argument(
      '[jest arguments...]',
      'handed to jest as they are: part of a path, -t NAME, --watch, --coverage=false',
    )
    .option('--json <file>', 'also write what came of it to this file, as data')
    .allowUnknownOption()
    .addHelpText(
      'after',
      `
The file has the numbers of suites and tests, the seconds, the coverage, and the names of what failed.
The exit status is 0 only when every test passed and the coverage is 100 %.
A few tests alone never reach that coverage: run them with --coverage=false.`,
    );
}

function reportOf(results: JestResults, status: number, seconds: number): Report {
  const failed = results.testResults.filter((suite) => suite.status === 'failed');
  return {
    success: status === 0,
    suites: {
      passed: results.numPassedTestSuites,
      failed: results.numFailedTestSuites,
      skipped: results.numPendingTestSuites,
    },
    tests: {
      passed: results.numPassedTests,
      failed: results.numFailedTests,
      skipped: results.numPendingTests + results.numTodoTests,
    },
    seconds: Number(seconds.toFixed(1)),
    coverage: readCoverage(),
    failed_suites: failed.map(({ name }) => path.relative('', name)),
    failed_tests: failed
      .flatMap(({ assertionResults }) => assertionResults)
      .filter((test) => test.status === 'failed')
      .map(({ fullName }) => fullName),
  };
}

function readCoverage(): Coverage | null {
  if (!existsSync(COVERAGE_SUMMARY)) return null;
  const { total } = JSON.parse(readFileSync(COVERAGE_SUMMARY, 'utf8')) as { total: Coverage };
  const { lines, statements, functions, branches } = total;
  return { lines, statements, functions, branches };
}

async function main(): Promise<number> {
  const command = program().parse();
  const { json } = command.opts<{ json?: string }>();
  const jest = [require.resolve('jest/bin/jest'), '--coverage'];
  if (json === undefined) return runCommand(process.execPath, [...jest, ...command.args]);

  claimFile(json);
  // A run that measures no coverage would be credited with that of the run before.
  rmSync(COVERAGE_SUMMARY, { force: true });
  const start = performance.now();
  // Jest names the file that it writes to: it is the one that was asked for, not one that is gone a moment later.
  jest.push('--json', `--outputFile=${json}`, ...command.args);
  const status = await runCommand(process.execPath, jest);
  const written = readFileSync(json, 'utf8');
  const results = written === '' ? NO_RESULTS : (JSON.parse(written) as JestResults);
  writeReport(json, reportOf(results, status, (performance.now() - start) / 1000));
  return status;
}

void runMain(main);
