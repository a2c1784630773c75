import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { claimFile, runCommand, runMain, writeReport } from '../../support/command';
import { launch } from './chromium';
import { FLOWS } from './flows';
import { compare } from './many-orders';
import { SESSIONS } from './sessions';
import { setStage, type Stage } from './stage';
import { Visitor } from './visitor';
import { WEATHER } from './weather';

interface Step {
  readonly step: string;
  readonly language: string;
  readonly result: 'passed' | 'failed';
  readonly seconds: number;
  readonly faults: readonly string[];
}

interface Options {
  readonly json?: string;
  readonly shots: string;
  readonly build: boolean;
  readonly orders?: number;
  readonly only: string;
}

const SHOTS = path.resolve(__dirname, '../../../.console-test');

function program(): Command {
  return new Command('npm run test:console --')
    .description(
      'Builds the page and uses it in a headless Chromium, against the service and its simulated WeChat Pay: every flow, in Chinese (light) and English (dark), on a phone, and in bad weather. axe looks at every page.',
    )
    .option('--json <file>', 'also write what is printed to this file, as data')
    .option('--shots <dir>', 'where pictures of every page are put', SHOTS)
    .option(
      '--orders <count>',
      'instead: until the page can be used, with so many orders in the ledger and with 100; at most 1.5 times as long',
      wholeNumber,
    )
    .option('--only <text>', 'the steps that have this in their name, and signing in before them', '')
    .option('--no-build', 'the page as it was last built')
    .addHelpText(
      'after',
      '\nThe exit status is 0 only when every step passed. It needs Chromium: apt-get install -y chromium fonts-noto-cjk, or CHROMIUM=/path.',
    );
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{1,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 10 to 9999999.');
  return Number(text);
}

const VISITS = [
  { language: 'zh-CN', theme: 'light', own: 'ZH' },
  { language: 'en', theme: 'dark', own: 'EN' },
] as const;

async function runAll(browser: Browser, stage: Stage, { shots, only }: Options): Promise<readonly Step[]> {
  const [first, ...others] = [...FLOWS, ...WEATHER, ...SESSIONS];
  const flows = others.filter(({ name }) => name.includes(only));
  if (first === undefined || flows.length === 0) throw new Error(`--only: no step has ${only} in its name`);
  const visits = VISITS.map(async ({ own, ...how }) => {
    const visitor = await Visitor.arrive({ browser, url: stage.url, shots, ...how });
    const steps: Step[] = [];
    // The first signs in, and stays so.
    for (const { name, run } of [first, ...flows]) {
      await visitor.afresh();
      steps.push(await step(name, visitor, async () => run(visitor, stage, own)));
    }
    await visitor.leave();
    return steps;
  });
  return (await Promise.all(visits)).flat();
}

async function step(name: string, visitor: Visitor, run: () => Promise<void>): Promise<Step> {
  const began = performance.now();
  const { language } = visitor;
  const faults: string[] = [];
  try {
    await run();
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
    await visitor.shot(`failed-${name.replaceAll(/\W+/g, '-').slice(0, 60)}`).catch(() => undefined);
  }
  faults.push(...visitor.faults);
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1));
  return { step: name, language, result: faults.length === 0 ? 'passed' : 'failed', seconds, faults };
}

function render(steps: readonly Step[]): string {
  const table = new Table({
    head: ['step', 'language', 'result', 'seconds'],
    colAligns: ['left', 'left', 'left', 'right'],
    colWidths: [82, 10, 8, 9],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(
    ...steps.map(({ step: name, language, result, seconds }) => [name, language, result, seconds.toFixed(1)]),
  );
  return table.toString();
}

async function main(): Promise<number> {
  const options = program().parse().opts<Options>();
  const { json, shots, build, orders } = options;
  if (json !== undefined) claimFile(json);
  rmSync(shots, { recursive: true, force: true });
  // Before anything that takes time.
  const browser = await launch();
  try {
    if (build && (await runCommand('npm', ['run', '-s', 'build:console'])) !== 0)
      throw new Error('the page could not be built');
    if (orders !== undefined) {
      const compared = await compare(browser, orders, shots);
      process.stdout.write(
        `${compared.few_ms} ms with 100 orders, ${compared.many_ms} ms with ${orders}: ${compared.ratio} times (at most ${compared.ratio_max})\n`,
      );
      if (json !== undefined) writeReport(json, compared);
      return compared.ratio <= compared.ratio_max ? 0 : 1;
    }
    const stage = await setStage('sign_in');
    try {
      const steps = await runAll(browser, stage, options);
      const success = steps.every(({ result }) => result === 'passed');
      process.stdout.write(`${render(steps)}\nPictures: ${shots}\n`);
      for (const { step: name, language, faults } of steps)
        for (const fault of faults) process.stderr.write(`  ${language}, ${name}: ${fault}\n`);
      if (json !== undefined)
        writeReport(json, { success, steps, seconds: Number((performance.now() / 1000).toFixed(1)) });
      return success ? 0 : 1;
    } finally {
      await stage.close();
    }
  } finally {
    await browser.close();
  }
}

void runMain(main);
