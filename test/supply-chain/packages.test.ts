import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_ROOT } from '../../infra/bundling';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  /** Of a package everywhere, or of what one package asks for: `$name` is the version that this one has of it. */
  readonly overrides: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly engines: Readonly<Record<string, string>>;
}
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  /** It came inside the archive of the package around it, and has that one's integrity. */
  readonly inBundle?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly engines?: Readonly<Record<string, string>>;
}
interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(path.join(PROJECT_ROOT, file), 'utf8'));
const manifest = read('package.json') as Manifest;
const lock = read('package-lock.json') as Lock;

/** Another name for an exact version. */
const ALIAS = /^npm:[\w@./-]+@(?=\d)/;
const EXACT = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;
/** SHA-512 in base64. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;
/** What is fetched from elsewhere than a registry, or not at all. */
const ELSEWHERE =
  /^(?:git|https?|file|link|workspace|github|gitlab|bitbucket)\b|:\/\/|^[\w.-]+\/[\w.-]+(?:#|$)/;

const placeOf = (place: string): string =>
  place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** What of package.json is not exact, or not as the lock file has it. */
function manifestFaults({ dependencies, devDependencies, overrides, engines }: Manifest, of: Lock): string[] {
  const root = of.packages[''] ?? {};
  const listed = Object.entries({ ...dependencies, ...devDependencies }).map(
    ([name, version]) => [name, version.replace(ALIAS, '')] as const,
  );
  const everywhere = Object.entries(overrides).filter(
    (one): one is [string, string] => typeof one[1] === 'string',
  );
  const within = Object.values(overrides)
    .flatMap((override) => (typeof override === 'string' ? [] : Object.entries(override)))
    .filter(([name, version]) => version !== `$${name}`);
  const forced = new Map(everywhere);
  return [
    ...[...listed, ...everywhere, ...within]
      .filter(([, version]) => !EXACT.test(version))
      .map(([name, version]) => `${name} ${version} is not an exact version`),
    ...(['dependencies', 'devDependencies'] as const)
      .filter((part) => !same(root[part], { dependencies, devDependencies }[part]))
      .map((part) => `the lock file was made for other ${part}`),
    ...(same(root.engines, engines) ? [] : ['the lock file was made for other engines']),
    ...listed
      .filter(([name, version]) => of.packages[`node_modules/${name}`]?.version !== version)
      .map(([name, version]) => `${name} ${version} is not what the lock file installs`),
    ...Object.entries(of.packages)
      .filter(([place, { version }]) => (forced.get(placeOf(place)) ?? version) !== version)
      .map(([place]) => `${place} is not the version that overrides name`),
  ];
}

function same(one: object | undefined, other: object): boolean {
  const sorted = (of: object = {}) =>
    JSON.stringify(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}

/** What of the lock file could become something else on another day, or names a place. */
function lockFaults({ lockfileVersion, packages }: Lock): string[] {
  const faults = lockfileVersion === 3 ? [] : [`version ${lockfileVersion} of lock files`];
  for (const [place, locked] of Object.entries(packages)) {
    if (place === '') continue;
    if (locked.link === true) faults.push(`${place} is a link`);
    if (locked.resolved !== undefined) faults.push(`${place} names an address`);
    if (!EXACT.test(locked.version ?? '')) faults.push(`${place} has no exact version`);
    if (!(locked.inBundle === true ? hasOuter(place, packages) : INTEGRITY.test(locked.integrity ?? '')))
      faults.push(`${place} has no integrity`);
    const wanted = Object.entries({ ...locked.dependencies, ...locked.optionalDependencies });
    for (const [name, range] of wanted)
      if (ELSEWHERE.test(range)) faults.push(`${place} wants ${name} from ${range}`);
  }
  return faults;
}

/** Whether the package that brings it along has an integrity. */
function hasOuter(place: string, packages: Lock['packages']): boolean {
  for (
    let at = place.lastIndexOf('/node_modules/');
    at > 0;
    at = place.lastIndexOf('/node_modules/', at - 1)
  ) {
    const outer = packages[place.slice(0, at)];
    if (outer !== undefined && outer.inBundle !== true) return INTEGRITY.test(outer.integrity ?? '');
  }
  return false;
}

test('every version in package.json is exact, overrides too, and the lock file was made for it', () => {
  expect(manifestFaults(manifest, lock)).toEqual([]);
});

test('every package in the lock file has a version and an integrity, and none comes from an address', () => {
  expect(lockFaults(lock)).toEqual([]);
  expect(Object.keys(lock.packages).length).toBeGreaterThan(300);
});

test('the lock file names no host, whatever the field', () => {
  const text = readFileSync(path.join(PROJECT_ROOT, 'package-lock.json'), 'utf8');
  // Whom to thank for a package is no place that it comes from.
  const withoutFunding = text.replaceAll(/"funding": (?:"[^"]*"|\{[^}]*\}|\[[^\]]*\])/g, '');
  expect(withoutFunding.match(/"(?:resolved|registry|tarball)"|https?:\/\/|\bgit\+|registry\./g)).toBeNull();
});

test.each<readonly [string, Partial<Manifest>]>([
  ['axios ^1.21.1 is not an exact version', { dependencies: { ...manifest.dependencies, axios: '^1.21.1' } }],
  ['axios latest is not an exact version', { dependencies: { ...manifest.dependencies, axios: 'latest' } }],
  ['unrs-resolver 1.x is not an exact version', { overrides: { 'unrs-resolver': '1.x' } }],
  [
    'axios 1.21.0 is not what the lock file installs',
    { dependencies: { ...manifest.dependencies, axios: '1.21.0' } },
  ],
  ['the lock file was made for other devDependencies', { devDependencies: { jest: '30.5.2' } }],
  ['the lock file was made for other engines', { engines: { node: '>=24' } }],
  [
    'node_modules/unrs-resolver is not the version that overrides name',
    { overrides: { 'unrs-resolver': '1.0.0' } },
  ],
])('it would be seen: %s', (fault, change) => {
  expect(manifestFaults({ ...manifest, ...change }, lock)).toContain(fault);
});

const GOOD = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` };

test.each<readonly [string, Locked]>([
  ['node_modules/x has no integrity', { version: '1.0.0' }],
  ['node_modules/x has no integrity', { version: '1.0.0', integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
  ['node_modules/x has no integrity', { version: '1.0.0', inBundle: true }],
  ['node_modules/x names an address', { ...GOOD, resolved: 'https://example.invalid/x.tgz' }],
  ['node_modules/x is a link', { ...GOOD, link: true }],
  ['node_modules/x has no exact version', { integrity: GOOD.integrity }],
  [
    'node_modules/x wants y from git+ssh://host/y.git',
    { ...GOOD, dependencies: { y: 'git+ssh://host/y.git' } },
  ],
  ['node_modules/x wants y from github:one/y', { ...GOOD, dependencies: { y: 'github:one/y' } }],
  ['node_modules/x wants y from one/y#main', { ...GOOD, optionalDependencies: { y: 'one/y#main' } }],
  ['node_modules/x wants y from file:../y', { ...GOOD, dependencies: { y: 'file:../y' } }],
])('it would be seen: %s', (fault, locked) => {
  expect(lockFaults({ lockfileVersion: 3, packages: { 'node_modules/x': locked } })).toEqual([fault]);
  expect(lockFaults({ lockfileVersion: 3, packages: { 'node_modules/x': GOOD } })).toEqual([]);
});
