import { execFileSync } from 'node:child_process';
import { access, constants, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import * as path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { answerVerified } from './answer-verified';
import { attempts } from './attempts';
import { coldStart } from './cold-start';
import { cost } from './cost';
import { drain } from './drain';
import type { Group, GroupContext } from './group';
import {
  renderFailures,
  renderGroup,
  renderMachine,
  type Failure,
  type GroupReport,
  type Machine,
  type Run,
} from './report';
import { roundTrip } from './round-trip';
import { signedHeader } from './signed-header';
import { sweep } from './sweep';

const GROUPS: readonly Group[] = [
  signedHeader,
  answerVerified,
  roundTrip,
  coldStart,
  attempts,
  sweep,
  drain,
  cost,
];
const NAMES = GROUPS.map(({ id }) => id).join(',');

interface Options {
  readonly json?: string;
  readonly only?: readonly Group[];
  readonly quick?: true;
  readonly prices?: string;
  readonly stored?: number;
  readonly attempts?: number;
  readonly due?: number;
}

function program(): Command {
  return new Command('npm run bench --')
    .description('Measures this project beside its peers and beside the limit, in one run.')
    .option('--json <file>', 'also write what is printed to this file, as data')
    .option('--only <groups>', `some of ${NAMES}`, parseGroups)
    .option('--quick', 'small counts: shows that everything works, in minutes')
    .option('--attempts <count>', 'of the group attempts: over how many its memory is read', parseCount)
    .option('--due <count>', 'of the group drain: how many orders are due', parseCount)
    .option('--stored <count>', 'of the group sweep: how many orders are stored at most', parseCount)
    .option('--prices <file>', 'of the group cost: prices of your own, as in bench/prices.json')
    .addHelpText(
      'after',
      '\nThe exit status is 0 only when everything was measured; a missed target is a result, not a failure.',
    );
}

function parseCount(text: string): number {
  const count = /^[1-9]\d{0,6}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(count))
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a whole number from 1 to 9999999.`);
  return count;
}

function parseGroups(text: string): readonly Group[] {
  return text.split(',').map((id) => {
    const group = GROUPS.find((one) => one.id === id.trim());
    if (group === undefined) throw new InvalidArgumentError(`${JSON.stringify(id)} is not one of ${NAMES}.`);
    return group;
  });
}

function machine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown CPU',
    cores: cores.length,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    date: new Date().toISOString(),
    commit: commit(),
  };
}

/** The commit that is measured, `null` outside a repository. */
function commit(): string | null {
  try {
    const question = ['describe', '--always', '--dirty', '--exclude', '*'];
    return execFileSync('git', question, {
      cwd: __dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    // No git, or an archive without its history: the report then says that the commit is unknown.
    return null;
  }
}

type Given = Omit<GroupContext, 'progress'>;

/** Refuses at the start what would otherwise fail at the end. */
async function requireWritable(file: string): Promise<void> {
  await access(path.dirname(path.resolve(file)), constants.W_OK);
}

async function runGroup({ id, title, run }: Group, given: Given): Promise<GroupReport> {
  const progress = (line: string) => console.error(`  ${id}: ${line}`);
  return { id, title, ...(await run({ ...given, progress })) };
}

async function main(): Promise<void> {
  const { json, only = GROUPS, quick = false, ...counts } = program().parse().opts<Options>();
  if (json !== undefined) await requireWritable(json);
  const mode = quick ? 'quick' : 'full';
  const groups: GroupReport[] = [];
  const failures: Failure[] = [];
  const measured: Run = { machine: machine(), mode, groups, failures };
  console.log(renderMachine(measured.machine, mode));
  for (const group of only) {
    try {
      const report = await runGroup(group, { ...counts, quick });
      groups.push(report);
      console.log(`\n${renderGroup(report)}`);
    } catch (error) {
      // The other groups are still worth having; the exit status tells that this one is missing.
      failures.push({ group: group.id, message: error instanceof Error ? error.message : String(error) });
    }
  }
  if (failures.length > 0) console.log(`\n${renderFailures(failures)}`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(measured, null, 2)}\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
