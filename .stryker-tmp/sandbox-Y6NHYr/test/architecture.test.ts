import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { dependencies, devDependencies } from '../package.json';

const ROOT = path.join(__dirname, '..');

/** Where a file of lambda/ lives: a room, or the handlers beside the rooms. */
const ROOMS = ['core', 'wechatpay', 'store', 'shared', 'flow', 'api', 'handlers'] as const;
type Room = (typeof ROOMS)[number];

interface Rule {
  /** Rooms it may import from, its own among them. */
  readonly rooms: readonly Room[];
  /** Files of lambda/ beside the rooms that it may import as well. */
  readonly files?: readonly string[];
  /** Packages and Node's own modules. */
  readonly packages: 'any' | 'none';
}

/** design.md, "Who may import whom". */
const RULES: Readonly<Record<Room, Rule>> = {
  core: { rooms: ['core'], packages: 'none' },
  wechatpay: { rooms: ['wechatpay', 'core'], packages: 'any' },
  store: { rooms: ['store', 'core'], packages: 'any' },
  shared: { rooms: ['shared', 'core'], packages: 'any' },
  flow: { rooms: ['flow', 'core'], packages: 'none' },
  api: { rooms: ['api', 'flow', 'shared', 'core'], files: ['lambda/routes.ts'], packages: 'any' },
  handlers: { rooms: ROOMS, packages: 'any' },
};

interface Import {
  readonly from: string;
  readonly specifier: string;
}

/** Every way to name another module: `import … from`, `export … from`, `import()`, `import type`, `require()`. */
const SPECIFIER =
  /(?:^|[\s;}])(?:import|export)\s[^'"`;]*?from\s*(['"])([^'"]+)\1|(?:^|[\s;}])import\s*(['"])([^'"]+)\3|\b(?:import|require)\s*\(\s*(['"`])([^'"`]+)\5/g;

function importsOf(from: string, source: string): Import[] {
  // Comments may speak of imports.
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(SPECIFIER)].map((found) => ({
    from,
    specifier: found[2] ?? found[4] ?? found[6] ?? '',
  }));
}

/** What an import breaks; undefined when it breaks nothing. */
function fault({ from, specifier }: Import): string | undefined {
  const rule = RULES[roomOf(from)];
  const say = (why: string) => `${from} imports ${specifier}: ${why}`;
  if (!specifier.startsWith('.')) return packageFault(rule, specifier, say);
  const target = path.posix.join(path.posix.dirname(from), specifier);
  if (!target.startsWith('lambda/')) return say('lambda/ imports nothing of its neighbours');
  const room = roomOf(`${target}.ts`);
  const allowed =
    room === 'handlers'
      ? rule.rooms.includes('handlers') || rule.files?.includes(`${target}.ts`) === true
      : rule.rooms.includes(room);
  return allowed ? undefined : say(`${roomOf(from)} may not import ${room}`);
}

function packageFault(
  { packages }: Rule,
  specifier: string,
  say: (why: string) => string,
): string | undefined {
  if (packages === 'none') return say('this room imports no packages');
  if (specifier.startsWith('node:')) return undefined;
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (name in dependencies) return undefined;
  // Types cost nothing at run time; of a development dependency nothing else may be taken.
  if (`@types/${name}` in devDependencies && !(name in devDependencies)) return undefined;
  return say(
    name in devDependencies ? 'it is a development dependency' : 'it is not declared in package.json',
  );
}

function roomOf(file: string): Room {
  const [, room = '', ...rest] = file.split('/');
  if (rest.length === 0) return 'handlers';
  const known = ROOMS.find((one) => one === room);
  if (known === undefined) throw new Error(`${file} is in a room without a rule: ${room}`);
  return known;
}

function sources(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => path.posix.join(folder, name.replaceAll(path.sep, '/')));
}

function read(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

function lines(file: string): number {
  return read(file).trimEnd().split('\n').length;
}

const LAMBDA = sources('lambda');

test('no file of lambda/ imports what it may not', () => {
  const imports = LAMBDA.flatMap((file) => importsOf(file, read(file)));
  // Were the reading of imports broken, there would be none to judge.
  expect(imports.length).toBeGreaterThan(150);
  expect(imports.map(fault).filter((one) => one !== undefined)).toEqual([]);
});

test('every import that the sources spell is read: as many as lines that begin or end one', () => {
  const spelled = LAMBDA.flatMap((file) =>
    read(file)
      .split('\n')
      .filter((line) =>
        /^(import|export) .* from '|^\} from '|^import '|^[^*/]*\b(require|import)\('/.test(line),
      ),
  );
  const seen = LAMBDA.flatMap((file) => importsOf(file, read(file)));
  expect(seen).toHaveLength(spelled.length);
});

test.each([
  ['lambda/core/decide.ts', "import { x } from '../wechatpay/sign';", 'core may not import wechatpay'],
  ['lambda/core/decide.ts', "import type { X } from '../flow/ports';", 'core may not import flow'],
  ['lambda/core/ids.ts', "import { randomUUID } from 'node:crypto';", 'this room imports no packages'],
  ['lambda/core/faults.ts', "import type * as z from 'zod/mini';", 'this room imports no packages'],
  ['lambda/flow/ask.ts', "import { DynamoLedger } from '../store/ledger';", 'flow may not import store'],
  ['lambda/flow/ask.ts', "import { readConfig } from '../shared/config';", 'flow may not import shared'],
  ['lambda/flow/ask.ts', "import axios from 'axios';", 'this room imports no packages'],
  ['lambda/store/ledger.ts', "import {\n  a,\n  b,\n} from '../flow/ports';", 'store may not import flow'],
  ['lambda/store/ledger.ts', "import { a } from '../wechatpay/keys';", 'store may not import wechatpay'],
  ['lambda/wechatpay/sign.ts', "export { x } from '../shared/http';", 'wechatpay may not import shared'],
  ['lambda/shared/log.ts', "import { x } from '../store/ledger';", 'shared may not import store'],
  ['lambda/shared/log.ts', "import { x } from '../services';", 'shared may not import handlers'],
  ['lambda/api/query.ts', "import { x } from '../wechatpay/client';", 'api may not import wechatpay'],
  ['lambda/api/query.ts', "import { x } from '../store/ledger';", 'api may not import store'],
  ['lambda/api/query.ts', "import { x } from '../services';", 'api may not import handlers'],
  ['lambda/api.ts', "import { x } from '../infra/manifest';", 'lambda/ imports nothing of its neighbours'],
  ['lambda/wechatpay/keys.ts', "await import('../../local/x');", 'lambda/ imports nothing of its neighbours'],
  ['lambda/services.ts', "import '../test/support/world';", 'lambda/ imports nothing of its neighbours'],
  ['lambda/sweep.ts', "import { x } from '../bench/run';", 'lambda/ imports nothing of its neighbours'],
  ['lambda/sweep.ts', "import { x } from '../console/page';", 'lambda/ imports nothing of its neighbours'],
  [
    'lambda/wechatpay/sign.ts',
    "import { Rsa } from 'wechatpay-axios-plugin';",
    'it is a development dependency',
  ],
  [
    'lambda/wechatpay/sign.ts',
    "const x = require('wechatpay-axios-plugin');",
    'it is a development dependency',
  ],
  ['lambda/store/ledger.ts', "import dynalite from 'dynalite';", 'it is a development dependency'],
  ['lambda/api.ts', "import _ from 'lodash';", 'it is not declared in package.json'],
])('a wrong import would be reported: in %s, %s', (file, source, why) => {
  expect(importsOf(file, source).map(fault)).toEqual([
    expect.stringMatching(new RegExp(`^${file} imports .+: ${why}$`)) as string,
  ]);
});

test.each([
  ['lambda/core/decide.ts', "import { x } from './ids';"],
  ['lambda/flow/ask.ts', "import { x } from '../core/observe';"],
  ['lambda/store/ledger.ts', "import { x } from '@aws-sdk/client-dynamodb';"],
  ['lambda/shared/http.ts', "import type { x } from 'aws-lambda';"],
  ['lambda/api/router.ts', "import { ROUTES } from '../routes';"],
  ['lambda/api.ts', "import { x } from './wechatpay/client';"],
  ['lambda/wechatpay/sign.ts', "// import { x } from '../store/ledger';\n/* require('dynalite') */"],
])('a right import is not reported: in %s, %s', (file, source) => {
  expect(importsOf(file, source).map(fault).filter(Boolean)).toEqual([]);
});

test('a room without a rule would be reported', () => {
  expect(() => roomOf('lambda/helpers/text.ts')).toThrow('a room without a rule: helpers');
});

test('no source is longer than 350 lines', () => {
  const folders = ['lambda', 'infra', 'local', 'cli', 'test', 'bench', 'docs'];
  const tooLong = folders
    .flatMap(sources)
    .filter((file) => lines(file) > 350)
    .map((file) => `${file}: ${lines(file)}`);
  expect(tooLong).toEqual([]);
});

test('no handler is longer than 40 lines', () => {
  // What puts the parts together is no handler, and neither is the list of routes.
  const handlers = LAMBDA.filter(
    (file) => roomOf(file) === 'handlers' && !/(services|routes)\.ts$/.test(file),
  );
  expect(handlers).toEqual(expect.arrayContaining(['lambda/api.ts', 'lambda/sweep.ts']));
  expect(handlers.filter((file) => lines(file) > 40)).toEqual([]);
});

/** `new Date(instant)` and `Date.UTC(…)` only turn an instant into words and back; without an instant they ask the clock. */
const IMPURE =
  /\bDate\.now\b|\bnew Date(?!\s*\(\s*[^)\s])|(?<!\bnew )\bDate\s*\(|\bMath\.random\b|\bprocess\.|\bsetTimeout\b|\bfetch\(/;

test('core and flow know neither the time nor chance', () => {
  const rooms = LAMBDA.filter((file) => ['core', 'flow'].includes(roomOf(file)));
  expect(rooms.filter((file) => IMPURE.test(read(file)))).toEqual([]);
});

test.each([
  ['new Date(at).toISOString()', false],
  ['new Date( at )', false],
  ['Date.UTC(2026, 2, 2)', false],
  ['Date.parse(text)', false],
  ['new Intl.DateTimeFormat(name, options)', false],
  ['new Date()', true],
  ['new Date( )', true],
  ['new Date().getTime()', true],
  ['new Date', true],
  ['Date()', true],
  ['Date.now()', true],
  ['const now = Date.now', true],
  ['Math.random()', true],
])('whether %s would be reported: %s', (source, reported) => {
  expect(IMPURE.test(`const x = ${source};`)).toBe(reported);
});
