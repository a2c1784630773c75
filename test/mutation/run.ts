import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { claimFile, runMain, writeReport } from '../support/command';
import { readLines, scoresOf, verdictOn, type Accepted, type FileScore, type Verdict } from './mutants';

const ROOMS = ['core', 'wechatpay'] as const;
const CONFIG = 'test/mutation/stryker.config.json';
const SURVIVORS = path.join(__dirname, 'survivors.json');
const BASELINE = path.join(__dirname, 'baseline.json');

interface Options {
  readonly changed?: true;
  readonly base?: string;
  readonly only?: readonly string[];
  readonly timeLimit?: number;
  readonly workers: number;
  readonly update?: true;
  readonly json?: string;
}

function program(): Command {
  return new Command('npm run mutation --')
    .description(
      'Changes lambda/core and lambda/wechatpay a little, again and again, and sees whether a unit test notices.',
    )
    .option('--changed', 'only the files that differ from a commit')
    .option(
      '--base <commit>',
      'that commit; by default where this branch left origin/main, on main the commit before',
    )
    .option('--only <files>', 'some files, with commas between them', (text: string) => text.split(','))
    .option('--time-limit <seconds>', 'stops then, and says what was left out', parseCount)
    .option('--workers <count>', 'mutants tried side by side', parseCount, 1)
    .option('--update', 'takes the scores as the new baseline')
    .option('--json <file>', 'also write what came of it to this file, as data')
    .addHelpText(
      'after',
      `
A mutant that no test notices has to stand in test/mutation/survivors.json with a reason, and no file's score may fall below
test/mutation/baseline.json. Not tried: what only runs when a file is loaded, and what the long courses of random orders alone
would notice. The exit status is 0 only when no survivor lacks a reason and no score fell.
A run that was stopped by its time limit says so in its last lines; it fails for what it has found, not for what it left out.`,
    );
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new InvalidArgumentError(`${JSON.stringify(text)} is no whole number from 1 to 999999.`);
  return Number(text);
}

function filesOf(room: string): readonly string[] {
  return readdirSync(path.join('lambda', room))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `lambda/${room}/${name}`);
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

/** Undefined in a clone that has no commit to compare with. */
function baseCommit(): string | undefined {
  const head = git('rev-parse', 'HEAD');
  for (const branch of ['origin/main', 'main']) {
    try {
      const base = git('merge-base', branch, 'HEAD');
      if (base !== head) return base;
    } catch {
      // No such branch here.
    }
  }
  try {
    return git('rev-parse', 'HEAD^');
  } catch {
    return undefined;
  }
}

function changedFiles(base: string): readonly string[] {
  const committed = git('diff', '--name-only', '--diff-filter=d', base, '--', 'lambda');
  return committed.split('\n').filter((file) => file !== '');
}

interface Ran {
  readonly scores: readonly FileScore[];
  /** The time was up before it was done. */
  readonly cut: boolean;
}

/** One room after the other, each with its own tests. */
async function mutate(files: readonly string[], workers: number, deadline: number): Promise<Ran> {
  const folder = mkdtempSync(path.join(tmpdir(), 'payscore-collector-mutation-'));
  const scores: FileScore[] = [];
  let cut = false;
  try {
    for (const room of ROOMS) {
      const mine = files.filter((file) => file.startsWith(`lambda/${room}/`));
      if (mine.length === 0) continue;
      const lines = path.join(folder, `${room}.jsonl`);
      writeFileSync(lines, '');
      cut = !(await stryker({ room, files: mine, lines, workers }, deadline)) || cut;
      const found = scoresOf(readLines(lines), (file) => readFileSync(file, 'utf8'));
      const unseen = mine.filter((file) => !found.some((one) => one.file === file));
      scores.push(...found);
      // Without a single mutant, or never come to.
      if (cut)
        scores.push(
          ...unseen.map((file) => ({ file, mutants: 0, detected: 0, score: 0, untried: 1, survivors: [] })),
        );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { scores, cut };
}

interface Run {
  readonly room: string;
  readonly files: readonly string[];
  /** Where each mutant is written as soon as it was tried. */
  readonly lines: string;
  readonly workers: number;
}

/** False when it was stopped for want of time. */
async function stryker({ room, files, lines, workers }: Run, deadline: number): Promise<boolean> {
  const left = deadline - performance.now();
  if (left <= 0) return false;
  const bin = path.join(
    path.dirname(require.resolve('@stryker-mutator/core/package.json')),
    'bin/stryker.js',
  );
  const given = ['--mutate', files.join(','), '--concurrency', String(workers)];
  const child = spawn(process.execPath, [bin, 'run', CONFIG, ...given], {
    env: { ...process.env, MUTATION_ROOM: room, MUTATION_LINES: lines },
    stdio: ['ignore', 'inherit', 'inherit'],
    // With its runners, which would outlive it.
    detached: true,
  });
  let stopped = false;
  const stop = () => {
    stopped = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = Number.isFinite(left) ? setTimeout(stop, left) : undefined;
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearTimeout(timer);
  process.off('SIGINT', stop).off('SIGTERM', stop);
  if (stopped) {
    rmSync('.stryker-tmp', { recursive: true, force: true });
    return false;
  }
  if (status !== 0) throw new Error(`Stryker ended with status ${status}; what it said stands above`);
  return true;
}

function readJson<T>(file: string, otherwise: T): T {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : otherwise;
}

function render(scores: readonly FileScore[]): string {
  const table = new Table({
    head: ['file', 'mutants', 'noticed', 'score', 'left out'],
    colAligns: ['left', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  table.push(
    ...scores.map(({ file, mutants, detected, score, untried }) => [
      file,
      mutants,
      detected,
      mutants === 0 ? '—' : `${score} %`,
      untried === 0 ? '' : untried,
    ]),
  );
  return table.toString();
}

function say({ unexplained, fallen, unseen }: Verdict, scores: readonly FileScore[]): void {
  for (const file of unseen) {
    const survivors = scores.find((one) => one.file === file)?.survivors.length ?? 0;
    process.stdout.write(
      `nobody has looked at ${file} yet: it has no baseline, and ${survivors} survivors\n`,
    );
  }
  for (const { file, code, original, replacement } of unexplained)
    process.stdout.write(
      `survived without a reason: ${file}: ${code}\n    ${original}\n  → ${replacement}\n`,
    );
  for (const one of fallen) process.stdout.write(`the score fell: ${one}\n`);
}

async function main(): Promise<number> {
  const {
    changed,
    base,
    only,
    timeLimit = Infinity,
    workers,
    update,
    json,
  } = program().parse().opts<Options>();
  if (json !== undefined) claimFile(json);
  const begun = performance.now();
  const from = changed === true ? (base ?? baseCommit()) : undefined;
  if (changed === true && from === undefined) {
    process.stdout.write(
      'NOTHING TRIED: this clone has no commit to compare with; give --base, or clone with history\n',
    );
    if (json !== undefined) writeReport(json, { success: true, cut: true, seconds: 0, scores: [] });
    return 0;
  }
  const wanted = from === undefined ? only : changedFiles(from);
  const files = ROOMS.flatMap(filesOf).filter((file) => wanted === undefined || wanted.includes(file));
  const since = from === undefined ? '' : ` since ${from.slice(0, 10)}`;
  process.stdout.write(`${files.length} files${since}\n`);
  const { scores, cut } = await mutate(files, workers, begun + timeLimit * 1000);
  const baseline = readJson<Record<string, number>>(BASELINE, {});
  const verdict = verdictOn(scores, readJson<readonly Accepted[]>(SURVIVORS, []), baseline);
  if (scores.length > 0) process.stdout.write(`${render(scores)}\n`);
  say(verdict, scores);
  if (update === true) {
    const now = Object.fromEntries(
      scores.filter(({ untried }) => untried === 0).map(({ file, score }) => [file, score]),
    );
    const next = Object.entries({ ...baseline, ...now }).toSorted(([one], [other]) => (one < other ? -1 : 1));
    writeFileSync(BASELINE, `${JSON.stringify(Object.fromEntries(next), null, 2)}\n`);
  }
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(1));
  if (cut) {
    const left = scores.filter(({ untried }) => untried > 0).map(({ file }) => file);
    process.stdout.write(`CUT OFF after ${seconds} s: not all was tried in ${left.join(', ')}\n`);
  }
  const success = verdict.unexplained.length === 0 && verdict.fallen.length === 0;
  if (json !== undefined) writeReport(json, { success, cut, seconds, scores, ...verdict });
  return success ? 0 : 1;
}

void runMain(main);
