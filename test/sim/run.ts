import { cpus } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { claimFile, runMain, writeReport } from '../support/command';
import { bundle } from './bundle';
import { FAULTS } from './faults';
import { startFarm, type Farm } from './farm';
import { renderFailure, renderTally, reportOf } from './report';
import type { Tally } from './tally';

interface Options {
  readonly seed?: number;
  readonly seeds?: number;
  readonly from: number;
  readonly workers: number;
  readonly json?: string;
  readonly bundle?: string;
}

const PROGRESS_EVERY_MS = 1_000;
const LINE_EVERY_MS = 60_000;

function program(): Command {
  return (
    new Command('npm run sim --')
      .description('Runs the service for weeks of simulated time, with faults, and judges all that happens.')
      .option('--seed <n>', 'one seed', parseCount)
      .option('--seeds <n>', 'so many seeds, from --from on (default: 2000)', parseCount)
      .option('--from <n>', 'the first of them', parseCount, 1)
      .option('--workers <n>', 'processes side by side', parseCount, cpus().length)
      .option('--json <file>', 'also write what came of it to this file, as data')
      // Of the tests: a simulation that was made before, of a service that was sabotaged.
      .addOption(new Option('--bundle <file>').hideHelp())
      .addHelpText(
        'after',
        `
A seed decides everything: orders, people, policies, faults and their times; the same seed has the same history. A seed
that breaks a promise is told with the commit, the shortest log that breaks it too, and a line for test/regressions/.
The exit status is 0 only when no promise was broken. What is promised: docs/reliability.md.

What goes wrong, in a mix of its own for each seed:
${Object.entries(FAULTS)
  .map(([kind, [, meaning]]) => `  ${kind.padEnd(20)}${meaning}`)
  .join('\n')}`,
      )
  );
}

function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1)
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a whole number from 1 to 999999999.`);
  return count;
}

/** One line that is written over on a terminal; elsewhere a line a minute. */
function teller(seeds: number): (done: Tally) => void {
  const started = performance.now();
  const everyMs = process.stderr.isTTY ? PROGRESS_EVERY_MS : LINE_EVERY_MS;
  let toldAt = started;
  return (done) => {
    const now = performance.now();
    if (now - toldAt < everyMs) return;
    toldAt = now;
    const perSecond = done.seeds / ((now - started) / 1_000);
    const left = Math.ceil((seeds - done.seeds) / perSecond / 60);
    const line = `${done.seeds} of ${seeds} seeds, ${perSecond.toFixed(0)} a second, about ${left} min left`;
    process.stderr.write(process.stderr.isTTY ? `\r${line}   ` : `${line}\n`);
  };
}

async function run(farm: Farm, from: number, seeds: number, json: string | undefined): Promise<number> {
  const started = performance.now();
  const tally = await farm.run(from, seeds, teller(seeds));
  if (process.stderr.isTTY) process.stderr.write('\n');
  const seconds = (performance.now() - started) / 1_000;
  const smallest = tally.failed === undefined ? undefined : await farm.shrink(tally.failed);
  const report = reportOf(tally, { from, seconds, smallest });
  process.stdout.write(`${renderTally(report)}\n`);
  if (smallest !== undefined) process.stdout.write(`${renderFailure(smallest, report.commit)}\n`);
  if (json !== undefined) writeReport(json, report);
  return smallest === undefined ? 0 : 1;
}

async function main(): Promise<number> {
  const { seed, seeds = 2_000, from, workers, json, bundle: given } = program().parse().opts<Options>();
  if (json !== undefined) claimFile(json);
  const [first, count] = seed === undefined ? [from, seeds] : [seed, 1];
  const made = given === undefined ? await bundle() : { file: given, remove: () => undefined };
  const farm = startFarm(made.file, Math.min(workers, count));
  try {
    return await run(farm, first, count, json);
  } finally {
    farm.close();
    made.remove();
  }
}

void runMain(main);
