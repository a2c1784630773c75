import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { bundleOptionsFor } from '../infra/bundling';
import { FUNCTIONS, functionEnvironment } from '../infra/manifest';
import { withDirectory } from './bundle';
import type { Group } from './group';
import { guard, median, ratios, turns } from './harness';
import { NODE_V3, PLUGIN } from './peers';
import { table, target } from './report';

const API = 'payscore-collector: api';
const SWEEP = 'payscore-collector: sweep';
const AWS_CLIENTS = 'AWS clients only';
const AWS_CLIENTS_LEAN = 'AWS clients only, with our aliases';
const BARE = 'limit: a bare handler';

interface Subject {
  readonly name: string;
  readonly entry: string;
  /** Where the bundler is told something else than for our own functions. */
  readonly differently?: Pick<BuildOptions, 'alias'>;
}

const SUBJECTS: readonly Subject[] = [
  { name: API, entry: FUNCTIONS.api.entry },
  { name: SWEEP, entry: FUNCTIONS.sweep.entry },
  {
    name: `${PLUGIN} + AWS clients`,
    entry: 'bench/cold/plugin.ts',
    // It sends through axios's Node adapter, which our alias leaves out. Its index assigns to a getter, which
    // throws in an ES module; the client that the index would export is taken from its own file.
    differently: { alias: { 'wechatpay-axios-plugin': 'wechatpay-axios-plugin/lib/wechatpay' } },
  },
  { name: `${NODE_V3} + AWS clients`, entry: 'bench/cold/node-v3.ts', differently: { alias: {} } },
  // Without aliases: what ours leave out is to our credit, and must not make the yardstick smaller.
  { name: AWS_CLIENTS, entry: 'bench/cold/aws-clients.ts', differently: { alias: {} } },
  { name: AWS_CLIENTS_LEAN, entry: 'bench/cold/aws-clients.ts' },
  { name: BARE, entry: 'bench/cold/bare.ts' },
];

interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
  readonly gzipBytes: number;
}

async function makeBundle({ name, entry, differently }: Subject, directory: string): Promise<Bundle> {
  const file = path.join(directory, `${name.replaceAll(/\W+/g, '-')}.mjs`);
  await build({ ...bundleOptionsFor(entry, file), ...differently });
  const code = await readFile(file);
  return { name, file, bytes: code.length, gzipBytes: gzipSync(code).length };
}

/** Imports the bundle in a process that has done nothing else yet; the process's own start is not counted. */
const PROBE = `
const start = performance.now();
const loaded = await import(process.argv[1]);
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, handler: typeof loaded.handler }));
`;

const ENVIRONMENT = {
  ...functionEnvironment({
    tableName: 'bench',
    secretPrefix: 'bench/merchants',
    queueUrl: 'http://127.0.0.1:9/000000000000/bench',
    callsPerSecondMax: 50,
    sweepOrdersMax: 3_000,
    sweepEveryMinutes: 1,
    logLevel: 'INFO',
  }),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  // The function runs on a later Node; without this every bundle with an AWS client also writes a warning.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

const run = promisify(execFile);

async function readyMs({ name, file }: Bundle): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', PROBE, file], {
    env: ENVIRONMENT,
  });
  const { ms, handler } = JSON.parse(stdout) as { ms: number; handler: string };
  guard(handler === 'function', `the bundle of ${name} exports its handler`);
  return ms;
}

type ReadyMs = ReadonlyMap<string, readonly number[]>;

/** Everybody in every round, as in `measure`; the first round only fills the file cache. */
async function startAll(
  bundles: readonly Bundle[],
  rounds: number,
  onRound: (round: number) => void,
): Promise<ReadyMs> {
  const all = new Map<string, number[]>(bundles.map(({ name }) => [name, []]));
  for (const one of bundles) await readyMs(one);
  for (let round = 0; round < rounds; round += 1) {
    onRound(round);
    for (const one of turns(bundles, round)) all.get(one.name)?.push(await readyMs(one));
  }
  return all;
}

interface Figures {
  readonly ready: number;
  readonly readyLow: number;
  readonly readyHigh: number;
  readonly size: number;
}

/** Beside a handler that has nothing but the AWS clients. */
function beside(bundle: Bundle, bundles: readonly Bundle[], ready: ReadyMs): Figures {
  const base = bundles.find(({ name }) => name === AWS_CLIENTS);
  const { median: times, low, high } = ratios(ready.get(bundle.name) ?? [], ready.get(AWS_CLIENTS) ?? []);
  return {
    ready: times,
    readyLow: low,
    readyHigh: high,
    size: bundle.bytes / (base?.bytes ?? Number.NaN),
  };
}

function tableOf(bundles: readonly Bundle[], ready: ReadyMs) {
  return table(
    'Until the handler is ready, and what has to be loaded for it',
    [
      { key: 'candidate', heading: '' },
      { key: 'ready_times', heading: 'ready ×', digits: 2 },
      { key: 'ready_low', heading: 'half of the', digits: 2 },
      { key: 'ready_high', heading: 'rounds within', digits: 2 },
      { key: 'size_times', heading: 'size ×', digits: 2 },
      { key: 'ready_ms', heading: 'ready ms', digits: 1 },
      { key: 'kb', heading: 'KB', digits: 1 },
      { key: 'gzip_kb', heading: 'KB gzip', digits: 1 },
    ],
    bundles.map((one) => {
      const figures = beside(one, bundles, ready);
      return {
        candidate: one.name,
        ready_times: figures.ready,
        ready_low: figures.readyLow,
        ready_high: figures.readyHigh,
        size_times: figures.size,
        ready_ms: median(ready.get(one.name) ?? []),
        kb: one.bytes / 1000,
        gzip_kb: one.gzipBytes / 1000,
      };
    }),
  );
}

function targets(bundles: readonly Bundle[], ready: ReadyMs) {
  return bundles
    .filter(({ name }) => name === API || name === SWEEP)
    .flatMap((one) => {
      const figures = beside(one, bundles, ready);
      return [
        target({
          text: `${one.name} ready ÷ ${AWS_CLIENTS}`,
          sense: 'at most',
          wanted: 1.3,
          measured: figures.ready,
        }),
        target({
          text: `${one.name} size ÷ ${AWS_CLIENTS}`,
          sense: 'at most',
          wanted: 1.3,
          measured: figures.size,
        }),
      ];
    });
}

export const coldStart: Group = {
  id: 'cold-start',
  title: 'Cold start and bundle size',
  async run({ quick, progress }) {
    return withDirectory(async (directory) => {
      progress('bundling');
      const bundles = await Promise.all(SUBJECTS.map((subject) => makeBundle(subject, directory)));
      const rounds = quick ? 3 : 21;
      const ready = await startAll(bundles, rounds, (round) => progress(`round ${round + 1} of ${rounds}`));
      return {
        measured: [
          'The import of a minified bundle in a fresh process, the process’s own start not counted;',
          `${rounds} processes for each, in turns. × is against a handler that has only the AWS clients and commands it needs.`,
        ],
        tables: [tableOf(bundles, ready)],
        targets: targets(bundles, ready),
        notes: [
          'All bundles are made with the options the functions are deployed with, except that the aliases which leave out unused parts apply to ours alone; one row shows the yardstick with them.',
          'wechatpay-axios-plugin cannot be loaded from its index in an ES module bundle: its client file alone is bundled, which is to its advantage.',
          'The peers stand beside the bare AWS clients; logging, validation, routing and the ledger, which are in ours, are not in theirs.',
        ],
      };
    });
  },
};
