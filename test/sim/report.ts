import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import type { Memory } from './farm';
import type { Outcome } from './simulate';
import type { Tally } from './tally';

/** What `--json` writes. */
export interface Report {
  readonly date: string;
  /** `null` outside a repository. */
  readonly commit: string | null;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly load: number;
    readonly node: string;
  };
  readonly from: number;
  readonly seeds: number;
  readonly seconds: number;
  readonly seeds_per_second: number;
  readonly simulated_days: number;
  readonly simulated_days_per_minute: number;
  readonly events: number;
  readonly calls: number;
  readonly orders_paid: number;
  /** Resident, of the largest process; `null`: it ended before. */
  readonly megabytes: { readonly first_tenth: number; readonly last_tenth: number | null };
  /** Of all histories: the same seeds of the same commit have the same. */
  readonly hash: string;
  readonly failure: {
    readonly seed: number;
    readonly promise: string;
    readonly smallest: object;
    readonly log: readonly string[];
  } | null;
}

export function reportOf(
  tally: Tally & { readonly memory: Memory },
  {
    from,
    seconds,
    smallest,
  }: { readonly from: number; readonly seconds: number; readonly smallest: Outcome | undefined },
): Report {
  return {
    date: new Date().toISOString(),
    commit: commitOf(),
    machine: machineOf(),
    from,
    seeds: tally.seeds,
    seconds: Number(seconds.toFixed(1)),
    seeds_per_second: Number((tally.seeds / seconds).toFixed(1)),
    simulated_days: Math.round(tally.days),
    simulated_days_per_minute: Math.round((tally.days / seconds) * 60),
    events: tally.events,
    calls: tally.calls,
    orders_paid: tally.paid,
    megabytes: {
      first_tenth: megabytes(tally.memory.firstTenthBytes),
      last_tenth: tally.memory.lastTenthBytes === 0 ? null : megabytes(tally.memory.lastTenthBytes),
    },
    hash: tally.hash,
    failure:
      smallest === undefined
        ? null
        : {
            seed: smallest.cut.seed,
            promise: smallest.verdict ?? '',
            smallest: smallest.cut,
            log: smallest.lines,
          },
  };
}

/** The commit that is run; with `-dirty` what is run is not what was committed. */
export function commitOf(): string | null {
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

export function machineOf(): Report['machine'] {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown CPU',
    cores: cores.length,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
    node: process.versions.node,
  };
}

export function renderTally(report: Report): string {
  const { from, seeds, seconds, machine, commit } = report;
  return [
    `Seeds ${from} to ${from + seeds - 1}: ${report.failure === null ? 'no promise was broken' : 'A PROMISE WAS BROKEN'}.`,
    `${count(report.simulated_days)} simulated days, ${count(report.events)} events, ${count(report.calls)} calls that left, ${count(report.orders_paid)} orders paid.`,
    `${seconds} s: ${report.seeds_per_second} seeds a second; a minute buys ${count(report.simulated_days_per_minute)} simulated days.`,
    `Memory of the largest process: ${report.megabytes.first_tenth} MB in the first tenth of the run, ${report.megabytes.last_tenth ?? 'none'} MB in the last.`,
    `Commit ${commit ?? 'unknown'}, Node ${machine.node}, ${machine.cores} × ${machine.cpu}, load ${machine.load}. History ${report.hash}.`,
  ].join('\n');
}

/** Of a long log the beginning, which says how the world is made, and the end, which says what went wrong. */
const FIRST_LINES = 10;
const LAST_LINES = 120;

export function renderFailure({ cut, verdict, lines }: Outcome, commit: string | null): string {
  const cutOut = lines.length - FIRST_LINES - LAST_LINES;
  const log =
    cutOut > 0 ? [...lines.slice(0, FIRST_LINES), `… ${cutOut} lines …`, ...lines.slice(-LAST_LINES)] : lines;
  return [
    '',
    `seed=${cut.seed} commit=${commit ?? 'unknown'}`,
    `Broken: ${verdict ?? ''}`,
    '',
    'The shortest log that was found (times of Beijing):',
    ...log.map((line) => `  ${line}`),
    '',
    'For test/regressions/seeds.ts:',
    `  ${regressionLine({ cut, verdict })}`,
  ].join('\n');
}

export function regressionLine({ cut, verdict }: Pick<Outcome, 'cut' | 'verdict'>): string {
  return `{ why: ${JSON.stringify(verdict?.split(' (')[0] ?? '')}, cut: ${JSON.stringify(cut)} },`;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
