import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cyclonedxEsbuildPlugin } from '@cyclonedx/cyclonedx-esbuild';
import { Version } from '@cyclonedx/cyclonedx-library/Spec';
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation';
import { build } from 'esbuild';
import { bundleOptions } from './bundling';
import { FUNCTIONS, type FunctionName, SERVICE_NAME } from './manifest';

/** A package in a bundle, as CycloneDX has it. https://cyclonedx.org/docs/1.6/json/#components */
export interface BillComponent {
  readonly type: string;
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  /** `required`: some of its code is in the bundle; `excluded`: it was looked at, and nothing of it was needed. */
  readonly scope?: 'required' | 'excluded';
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/** What one bundle is made of: a software bill of materials (SBOM) in CycloneDX 1.6. */
export interface Bill {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: string;
  readonly metadata: { readonly component: BillComponent };
  readonly components: readonly BillComponent[];
}

export interface Billed {
  readonly name: FunctionName;
  readonly bundle: Buffer;
  readonly bill: Bill;
}

const VERSION = Version.v1dot6;

/** Builds a function's bundle as it is deployed, and its bill with it; the same input gives the same bytes of both. */
export async function billOf(name: FunctionName): Promise<Billed> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payscore-bill-'));
  try {
    const outfile = path.join(folder, 'index.mjs');
    const outputFile = path.join(folder, 'bill.json');
    await build({
      ...bundleOptions(name, outfile),
      plugins: [
        cyclonedxEsbuildPlugin({
          specVersion: VERSION,
          outputFile,
          // Without the time and the number that each run would have of its own.
          outputReproducible: true,
          // What is written is checked below, with what is added to it.
          validate: false,
          logLevel: 'silent',
        }),
      ],
    });
    const [bundle, made] = await Promise.all([readFile(outfile), readFile(outputFile, 'utf8')]);
    const bill = ofFunction(JSON.parse(made) as Bill, name, bundle);
    await demandValid(bill, name);
    return { name, bundle, bill };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function allBills(): Promise<readonly Billed[]> {
  return Promise.all((Object.keys(FUNCTIONS) as FunctionName[]).map(billOf));
}

/** The file as it is written. */
export function billText(bill: Bill): string {
  return `${JSON.stringify(bill, null, 2)}\n`;
}

/** The bill is of one bundle, which its SHA-256 tells from every other. It is no package of npm's, whatever its name. */
function ofFunction(bill: Bill, name: FunctionName, bundle: Buffer): Bill {
  const { purl: _purl, ...component } = bill.metadata.component;
  const content = createHash('sha256').update(bundle).digest('hex');
  const own = { ...component, group: SERVICE_NAME, name, hashes: [{ alg: 'SHA-256', content }] };
  return { ...bill, metadata: { ...bill.metadata, component: own } };
}

async function demandValid(bill: Bill, name: FunctionName): Promise<void> {
  const faults = await new JsonStrictValidator(VERSION).validate(billText(bill));
  if (faults !== null)
    throw new Error(`The bill of ${name} is not valid CycloneDX ${VERSION}: ${JSON.stringify(faults)}`);
}
