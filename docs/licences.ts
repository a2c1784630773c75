import { readFileSync } from 'node:fs';
import path from 'node:path';
import { allBills, type BillComponent, type Billed } from '../infra/bills';
import { PROJECT_ROOT } from '../infra/bundling';
import { code, table } from './tables';

/** Licences that ask of whoever passes the code on to keep their notice, and of whoever runs it, nothing. */
export const ALLOWED_IN_BUNDLES: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'MIT-0',
];

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
}
interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}
interface Manifest {
  readonly name: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly functions: readonly string[];
}

/** The packages of which some code is in a bundle, by name. */
export function bundledPackages(billed: readonly Billed[]): readonly BundledPackage[] {
  const found = new Map<string, { component: BillComponent; functions: string[] }>();
  for (const { name: fn, bill } of billed) {
    for (const component of bill.components) {
      if (component.scope !== 'required') continue;
      const key = `${nameOf(component)}@${component.version}`;
      const entry = found.get(key) ?? { component, functions: [] };
      entry.functions.push(fn);
      found.set(key, entry);
    }
  }
  return [...found.keys()].toSorted().flatMap((key) => {
    const entry = found.get(key);
    if (entry === undefined) return [];
    const { component, functions } = entry;
    const { version = '' } = component;
    return [{ name: nameOf(component), version, licence: licenceOf(component), functions }];
  });
}

function nameOf({ group, name }: BillComponent): string {
  return group === undefined ? name : `${group}/${name}`;
}

/** As the package declares it; what it does not declare is on no list. */
function licenceOf({ licenses = [] }: BillComponent): string {
  const declared = licenses.map(
    ({ license, expression }) => license?.id ?? license?.name ?? expression ?? '',
  );
  return declared.join(' AND ') || 'none declared';
}

export async function licences(): Promise<string> {
  const billed = await allBills();
  const bundled = bundledPackages(billed);
  const lock = readJson('package-lock.json') as Lock;
  const { devDependencies } = readJson('package.json') as Manifest;
  return `<!-- Made by \`npm run docs\` from the bundles' contents (infra/bills.ts) and package-lock.json. -->

# Licences

payscore-collector itself is under the [MIT licence](../LICENSE).

## In the bundles

What is deployed: ${bundled.length} packages, each with some of its code in at least one function. \`npm run sbom\` writes the same, function by
function, as CycloneDX. A test fails when one of them is under another licence than ${ALLOWED_IN_BUNDLES.map(code).join(', ')}: those ask whoever passes the
code on to keep their notice, and ask nothing of whoever runs it.

${table(
  ['package', 'version', 'licence', 'in'],
  bundled.map(({ name, version, licence, functions }) => [
    code(name),
    version,
    licence,
    functions.length === billed.length ? 'all functions' : functions.join(', '),
  ]),
)}

## Tools

What builds, tests and runs the service on your machine, and is in no bundle.

${table(
  ['package', 'version', 'licence'],
  Object.entries(devDependencies).map(([name, version]) => [
    code(name),
    version,
    lock.packages[`node_modules/${name}`]?.license ?? 'none declared',
  ]),
)}

With everything that these bring with them, for every platform, as the lock file has it:

${table(['licence', 'packages', ''], lockedLicences(lock.packages))}
`;
}

/** How many packages are under each licence; where they are few, which. */
function lockedLicences(packages: Readonly<Record<string, LockedPackage>>): readonly (readonly string[])[] {
  const names = new Map<string, Set<string>>();
  for (const [place, { license = 'none declared' }] of Object.entries(packages)) {
    if (place === '') continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    names.set(license, (names.get(license) ?? new Set()).add(name));
  }
  return [...names]
    .toSorted(([one, its], [other, others]) => others.size - its.size || (one < other ? -1 : 1))
    .map(([licence, those]) => [
      licence,
      String(those.size),
      those.size <= 5 ? [...those].toSorted().map(code).join(', ') : '',
    ]);
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(path.join(PROJECT_ROOT, file), 'utf8'));
}
