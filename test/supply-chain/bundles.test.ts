import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build, stop } from 'esbuild';
import { ALLOWED_IN_BUNDLES, bundledPackages } from '../../docs/licences';
import { allBills, type Billed, billText } from '../../infra/bills';
import { bundleOptions, PROJECT_ROOT } from '../../infra/bundling';
import { FUNCTIONS, type FunctionName } from '../../infra/manifest';

const NAMES = Object.keys(FUNCTIONS) as FunctionName[];
const elsewhere = mkdtempSync(path.join(tmpdir(), 'payscore elsewhere ü-'));
let billed: readonly Billed[];
beforeAll(async () => {
  billed = await allBills();
}, 120_000);
afterAll(async () => {
  rmSync(elsewhere, { recursive: true });
  await stop();
});

/** Everything that the bundles are made of, in another folder; the tools that make them are linked there. */
async function copyProject(): Promise<void> {
  const inputs = new Set<string>();
  for (const name of NAMES) {
    const { metafile } = await build({ ...bundleOptions(name, 'unused.mjs'), write: false, metafile: true });
    for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  }
  for (const file of ['bills', 'bundling', 'manifest', 'sbom']) inputs.add(`infra/${file}.ts`);
  for (const input of inputs) {
    copy(input);
    // What says how a package is to be read is no input, and read all the same.
    for (let at = path.dirname(input); at !== '.'; at = path.dirname(at)) copy(path.join(at, 'package.json'));
  }
  for (const file of ['package.json', 'tsconfig.json']) copy(file);
  linkRest('node_modules');
}

function copy(file: string): void {
  const [from, to] = [path.join(PROJECT_ROOT, file), path.join(elsewhere, file)];
  if (!existsSync(from) || existsSync(to)) return;
  mkdirSync(path.dirname(to), { recursive: true });
  copyFileSync(from, to);
}

/** Links what is not there yet; into a scope that is there in part, too. */
function linkRest(folder: string): void {
  for (const entry of readdirSync(path.join(PROJECT_ROOT, folder))) {
    const at = path.join(folder, entry);
    if (!existsSync(path.join(elsewhere, at)))
      symlinkSync(path.join(PROJECT_ROOT, at), path.join(elsewhere, at));
    else if (entry.startsWith('@')) linkRest(at);
  }
}

test('the same commit gives the same bundles and bills, in another folder, time zone, language and home', async () => {
  await copyProject();
  const env = {
    PATH: process.env['PATH'],
    HOME: elsewhere,
    TZ: 'Pacific/Kiritimati',
    LC_ALL: 'tr_TR.UTF-8',
    NODE_ENV: 'development',
    USER: 'somebody',
    CI: '',
  };
  const args = ['--import', 'tsx', 'infra/sbom.ts', '--out', 'bills', '--json', 'summary.json'];
  await promisify(execFile)(process.execPath, args, { cwd: elsewhere, env });
  for (const { name, bill } of billed)
    expect(readFileSync(path.join(elsewhere, 'bills', `${name}.cdx.json`), 'utf8')).toBe(billText(bill));
  const summary = JSON.parse(readFileSync(path.join(elsewhere, 'summary.json'), 'utf8')) as object[];
  expect(summary).toHaveLength(NAMES.length);
}, 240_000);

test('no bundle and no bill tells of the machine it was made on', () => {
  for (const { bundle, bill } of billed) {
    const texts = [bundle.toString('utf8'), billText(bill)];
    for (const text of texts)
      for (const told of [
        PROJECT_ROOT,
        path.dirname(PROJECT_ROOT),
        `${tmpdir()}/`,
        `${homedir()}/`,
        'node_modules/',
      ])
        expect(text.includes(told) ? told : undefined).toBeUndefined();
    expect(texts[1]).not.toMatch(/"timestamp"|"serialNumber"|\d{4}-\d\d-\d\dT\d\d:/);
  }
});

test('each bill names its function, the hash of its bundle, and what is in it with version, licence and address', () => {
  expect(billed.map(({ name }) => name)).toEqual(NAMES);
  for (const { name, bill } of billed) {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    expect(bill.metadata.component).toMatchObject({
      group: 'payscore-collector',
      name,
      hashes: [{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) as string }],
    });
  }
  // The page's files are served without a log line.
  for (const { bill } of billed.filter(({ name }) => name !== 'page')) {
    const logger = bill.components.find(({ name: one }) => one === 'logger');
    expect(logger).toMatchObject({
      group: '@aws-lambda-powertools',
      version: '2.36.0',
      scope: 'required',
      licenses: [{ license: { id: 'MIT-0' } }],
      purl: expect.stringContaining('pkg:npm/%40aws-lambda-powertools/logger@2.36.0') as string,
    });
  }
  const has = (fn: FunctionName, name: string) =>
    billed.some((one) => one.name === fn && one.bill.components.some((part) => part.name === name));
  expect([has('collect', 'axios'), has('notify', 'axios'), has('publish', 'axios')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('everything in a bundle is under a licence that is allowed there', () => {
  const packages = bundledPackages(billed);
  expect(packages.length).toBeGreaterThan(15);
  const others = packages.filter(({ licence }) => !ALLOWED_IN_BUNDLES.includes(licence));
  expect(others.map(({ name, licence }) => `${name}: ${licence}`)).toEqual([]);
});

test('a package under another licence, or under none that it names, would be seen', () => {
  const [first] = billed;
  if (first === undefined) throw new Error('there are functions');
  const part = { type: 'library', name: 'x', version: '1.0.0', scope: 'required' } as const;
  const withParts = (...components: readonly object[]) =>
    bundledPackages([
      { ...first, bill: { ...first.bill, components: components as typeof first.bill.components } },
    ]);
  expect(
    withParts(
      { ...part, licenses: [{ license: { id: 'AGPL-3.0-or-later' } }] },
      { ...part, name: 'y' },
      { ...part, name: 'z', licenses: [{ expression: '(MIT OR GPL-3.0-or-later)' }] },
      { ...part, name: 'unused', scope: 'excluded' },
    ).map(({ name, licence }) => [name, licence, ALLOWED_IN_BUNDLES.includes(licence)]),
  ).toEqual([
    ['x', 'AGPL-3.0-or-later', false],
    ['y', 'none declared', false],
    ['z', '(MIT OR GPL-3.0-or-later)', false],
  ]);
});
