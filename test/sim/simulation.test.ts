import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Bundle, bundle, stopBundling } from './bundle';
import { type Farm, startFarm } from './farm';
import { FAULT_KINDS } from './faults';
import { planOf } from './plan';
import type { Report } from './report';
import { SABOTAGES } from './sabotages';
import { simulate } from './simulate';
import { runSeeds } from './tally';

/** The first of those that `npm run sim` runs in CI: here they would take the time of other tests. */
const SEEDS = 200;
const WORKERS = 1;
/** On a machine that has other things to do as well. */
jest.setTimeout(1_200_000);

let made: Bundle;
let farm: Farm;
beforeAll(async () => {
  made = await bundle();
  farm = startFarm(made.file, WORKERS);
});
afterAll(() => {
  farm.close();
  made.remove();
  stopBundling();
});

test(`${SEEDS} seeds, and no promise is broken in any of them`, async () => {
  const tally = await farm.run(1, SEEDS);
  const broken = tally.failed === undefined ? undefined : await farm.shrink(tally.failed);
  // Nothing of this is empty; and a failure comes with its log.
  expect({ verdict: broken?.verdict, log: broken?.lines.slice(-60) }).toEqual({
    verdict: undefined,
    log: undefined,
  });
  expect(tally.seeds).toBe(SEEDS);
  expect(tally.calls).toBeGreaterThan(5 * SEEDS);
  expect(tally.paid).toBeGreaterThan(SEEDS);
});

test('the same seed has the same history: in this process, in another one, and whatever was run before it', async () => {
  const here = await runSeeds(7, 5);
  expect(await farm.run(7, 5)).toMatchObject(here);
  expect((await simulate({ seed: 9 })).hash).toBe((await simulate({ seed: 9 }, true)).hash);
  expect((await simulate({ seed: 9 })).hash).not.toBe((await simulate({ seed: 10 })).hash);
});

test('every kind of fault is drawn, and each seed has a mix of its own', () => {
  const mixes = Array.from({ length: 200 }, (_, seed) => planOf({ seed: seed + 1 }).mix);
  const drawn = new Set(mixes.flatMap((mix) => Object.keys(mix)));
  expect(FAULT_KINDS.filter((kind) => !drawn.has(kind))).toEqual([]);
  expect(new Set(mixes.map((mix) => Object.keys(mix).join(' '))).size).toBeGreaterThan(150);
  expect(mixes.some((mix) => Object.keys(mix).length === 0)).toBe(true);
});

test('what a cut leaves out changes nothing of what it keeps', () => {
  const whole = planOf({ seed: 12 });
  expect(whole.orders.length).toBeGreaterThan(1);
  expect(planOf({ seed: 12, orders: [1] }).orders).toEqual([whole.orders[1]]);
  expect(planOf({ seed: 12, faults: [] })).toEqual({ ...whole, mix: {} });
  expect(planOf({ seed: 12, operator: false })).toEqual({ ...whole, deeds: [] });
});

test('a broken promise is told with seed, commit, the shortest log and a line for the regressions, and exit status 1', async () => {
  const sabotage = SABOTAGES.find(({ name }) => name === 'a 2xx is a payment');
  const broken = await bundle(sabotage);
  const file = path.join(os.tmpdir(), `sim-${process.pid}.json`);
  try {
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        '--import',
        'tsx',
        path.join(__dirname, 'run.ts'),
        '--bundle',
        broken.file,
        '--seeds',
        '50',
        '--json',
        file,
      ],
      { encoding: 'utf8' },
    );
    expect(status).toBe(1);
    expect(stdout).toMatch(/^seed=\d+ commit=\S+$/m);
    expect(stdout).toMatch(/Broken: paid is what WeChat Pay has/);
    expect(stdout).toMatch(/\{ why: "paid is what WeChat Pay has", cut: \{"seed":\d+.*\} \},/);
    const { failure } = JSON.parse(readFileSync(file, 'utf8')) as Report;
    // No fault is needed for it, and few steps.
    expect(failure?.smallest).toMatchObject({ faults: [] });
    expect(failure?.log.length).toBeLessThan(200);
  } finally {
    broken.remove();
  }
});
