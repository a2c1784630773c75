import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { format, resolveConfig } from 'prettier';
import { claimFile, runMain, writeReport } from '../support/command';
import { withFigures, type Figures, type PartReport } from './figures';

const RELIABILITY = path.join(__dirname, '../../docs/reliability.md');

interface Options {
  readonly quick?: true;
  readonly only?: readonly string[];
  readonly seeds: number;
  readonly dryRun?: true;
  readonly json?: string;
}

interface Part {
  readonly name: 'sim' | 'mutation' | 'fuzz' | 'chaos';
  readonly full: (options: Options) => readonly string[];
  readonly quick: readonly string[];
}

/** Scripts of package.json, the quickest to find something first. */
const PARTS: readonly Part[] = [
  { name: 'sim', full: ({ seeds }) => ['--seeds', String(seeds)], quick: ['--seeds', '200'] },
  {
    name: 'fuzz',
    full: () => ['--api', '100000', '--notifications', '100000'],
    quick: ['--api', '500', '--notifications', '500'],
  },
  { name: 'chaos', full: () => ['--orders', '10000', '--workers', '4'], quick: ['--orders', '20'] },
  {
    name: 'mutation',
    full: () => ['--workers', String(cpus().length)],
    quick: ['--only', 'lambda/core/amounts.ts'],
  },
];

function program(): Command {
  return new Command('npm run proof --')
    .description(
      'The long run, of hours: simulation, mutants, requests at random, load with faults; its figures go into docs/reliability.md.',
    )
    .option('--quick', 'small counts: shows in minutes that every part works, and writes no figures')
    .option('--only <parts>', `some of ${PARTS.map(({ name }) => name).join(',')}`, (text: string) =>
      text.split(','),
    )
    .option('--seeds <count>', 'of the simulation', parseSeeds, 1_000_000)
    .option('--dry-run', 'leaves docs/reliability.md as it is')
    .option('--json <file>', 'also write what came of it to this file, as data')
    .addHelpText(
      'after',
      `
Each part is a script of package.json and can be run by itself; one that --only leaves out keeps its figures. All parts run, whatever becomes of the one before.
The exit status is 0 only when every part was there and found nothing.`,
    );
}

/** What the part wrote with --json; a part that failed may have written nothing. */
async function run({ name, full, quick }: Part, options: Options, folder: string): Promise<PartReport> {
  const file = path.join(folder, `${name}.json`);
  const given = options.quick === true ? quick : full(options);
  process.stdout.write(`\n${name}: npm run ${name} -- ${given.join(' ')}\n`);
  const begun = performance.now();
  const child = spawn('npm', ['run', '-s', name, '--', ...given, '--json', file], { stdio: 'inherit' });
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
  const seconds = Number(((performance.now() - begun) / 1000).toFixed(1));
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return {
    part: name,
    command: `npm run ${name} -- ${given.join(' ')}`.trim(),
    passed: status === 0,
    seconds,
    report: text === '' ? null : (JSON.parse(text) as Readonly<Record<string, unknown>>),
  };
}

function parseSeeds(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError(`${JSON.stringify(text)} is no number of seeds.`);
  return Number(text);
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
      encoding: 'utf8',
    }).trim();
  } catch {
    // No git, or an archive without its history.
    return 'unknown';
  }
}

function machine(): string {
  const cores = cpus();
  return `${cores[0]?.model.trim() ?? 'unknown CPU'}, ${cores.length} cores, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

function render(parts: readonly PartReport[]): string {
  const table = new Table({ head: ['part', 'result', 'minutes'], style: { head: [], border: [] } });
  table.push(
    ...parts.map(({ part, passed, seconds }) => [
      part,
      passed ? 'passed' : 'FAILED',
      (seconds / 60).toFixed(1),
    ]),
  );
  return table.toString();
}

async function write(figures: Figures): Promise<void> {
  const text = withFigures(readFileSync(RELIABILITY, 'utf8'), figures);
  const style = await resolveConfig(RELIABILITY);
  writeFileSync(RELIABILITY, await format(text, { ...style, filepath: RELIABILITY }));
}

async function main(): Promise<number> {
  const options = program().parse().opts<Options>();
  const { quick = false, only, dryRun = false, json } = options;
  if (json !== undefined) claimFile(json);
  const unknown = (only ?? []).filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) throw new Error(`--only: there is no part ${unknown.join(', ')}`);
  const folder = mkdtempSync(path.join(tmpdir(), 'payscore-collector-proof-'));
  const parts: PartReport[] = [];
  const about = { date: new Date().toISOString().slice(0, 10), commit: commit(), machine: machine() };
  try {
    for (const part of PARTS.filter(({ name }) => only === undefined || only.includes(name)))
      parts.push(await run(part, options, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
  process.stdout.write(`\n${render(parts)}\n`);
  const figures: Figures = { ...about, parts };
  // What was made to be quick proves that it works, and nothing else.
  if (!quick && !dryRun) {
    await write(figures);
    process.stdout.write('the figures stand in docs/reliability.md\n');
  }
  const success = parts.every(({ passed }) => passed);
  if (json !== undefined) writeReport(json, { success, ...figures });
  return success ? 0 : 1;
}

void runMain(main);
