import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { allBills, type Billed, billText } from './bills';

interface Options {
  readonly out: string;
  readonly json?: string;
}

const program = new Command('npm run sbom --')
  .description(
    'Writes what each function’s bundle is made of, as CycloneDX 1.6 (a software bill of materials, SBOM): <function>.cdx.json.',
  )
  .option('--out <dir>', 'where to; made when it is not there', 'cdk.out/sbom')
  .option('--json <file>', 'also write what was printed to this file, as data')
  .addHelpText(
    'after',
    `
Each bill is checked against CycloneDX’s schema and names the SHA-256 of its bundle, index.mjs in the function’s archive.
The same commit gives the same bytes. \`npm run synth\` and \`npm run deploy\` write them to cdk.out/sbom by themselves.`,
  );

async function main(): Promise<void> {
  const { out, json } = program.parse().opts<Options>();
  mkdirSync(out, { recursive: true });
  const summary = (await allBills()).map((billed) => written(billed, out));
  const table = new Table({
    head: ['function', 'bill', 'packages', 'bytes', 'SHA-256 of the bundle'],
    colAligns: ['left', 'left', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  table.push(...summary.map((row) => [row.function, row.bill, row.packages, row.bytes, row.sha256]));
  const lines = table.toString().split('\n');
  process.stdout.write(`${lines.filter((line, at) => at <= 2 || !line.startsWith('├')).join('\n')}\n`);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(summary, null, 2)}\n`);
}

function written({ name, bundle, bill }: Billed, out: string) {
  const file = path.join(out, `${name}.cdx.json`);
  writeFileSync(file, billText(bill));
  return {
    function: name,
    bill: file,
    packages: bill.components.filter(({ scope }) => scope === 'required').length,
    bytes: bundle.length,
    sha256: bill.metadata.component.hashes?.[0]?.content ?? '',
  };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
