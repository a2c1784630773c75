import Table from 'cli-table3';
import { Command } from 'commander';
import { claimFile, runCommand, runMain, writeReport } from './support/command';

/** Scripts of package.json; the quickest to fail come first. */
const STEPS = [
  'check:format',
  'check:types',
  'check:lint',
  'test',
  'test:dynamodb-local',
  'synth',
  'sim',
  'fuzz',
  'chaos',
  'mutation',
] as const;
/** Of a step that would take hours as a whole. */
const ARGUMENTS: Readonly<Partial<Record<Step['step'], readonly string[]>>> = {
  mutation: ['--', '--changed', '--time-limit', '90'],
};

interface Step {
  readonly step: (typeof STEPS)[number];
  readonly result: 'passed' | 'failed' | 'not run';
  /** `null` for a step that was not run. */
  readonly seconds: number | null;
}

function program(): Command {
  return new Command('npm run check --')
    .description(`Runs what guards main, up to the first step that fails: ${STEPS.join(', ')}.`)
    .option('--json <file>', 'also write the table at the end to this file, as data')
    .addHelpText(
      'after',
      '\nThe exit status is 0 only when every step passed. test:dynamodb-local needs Java.',
    );
}

async function runStep(step: Step['step']): Promise<Step> {
  const start = performance.now();
  const status = await runCommand('npm', ['run', '-s', step, ...(ARGUMENTS[step] ?? [])]);
  const seconds = Number(((performance.now() - start) / 1000).toFixed(1));
  return { step, result: status === 0 ? 'passed' : 'failed', seconds };
}

function render(steps: readonly Step[]): string {
  const table = new Table({
    head: ['step', 'result', 'seconds'],
    colAligns: ['left', 'left', 'right'],
    style: { head: [], border: [] },
  });
  table.push(...steps.map(({ step, result, seconds }) => [step, result, seconds?.toFixed(1) ?? '—']));
  // A line below the head, none between the rows.
  const lines = table.toString().split('\n');
  return lines.filter((line, at) => at <= 2 || !line.startsWith('├')).join('\n');
}

async function main(): Promise<number> {
  const { json } = program().parse().opts<{ json?: string }>();
  if (json !== undefined) claimFile(json);
  const steps: Step[] = [];
  for (const step of STEPS) {
    const failed = steps.some(({ result }) => result === 'failed');
    steps.push(failed ? { step, result: 'not run', seconds: null } : await runStep(step));
  }
  const success = steps.every(({ result }) => result === 'passed');
  process.stdout.write(`${render(steps)}\n`);
  if (json !== undefined) writeReport(json, { success, steps });
  return success ? 0 : 1;
}

void runMain(main);
