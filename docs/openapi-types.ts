import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';

type Generator = typeof import('openapi-typescript');

const DOCUMENT = path.resolve(__dirname, '../lambda/api/openapi.json');

/**
 * The types of the API for the page, from the description of the API. openapi-typescript is written against the
 * programming interface of TypeScript 5, which the compiler used here does not have: it is given that one.
 */
export async function openapiTypes(document?: string): Promise<string> {
  const { default: generate, astToString } = loadGenerator();
  const described = JSON.parse(document ?? readFileSync(DOCUMENT, 'utf8')) as object;
  const nodes = await generate(JSON.stringify(described), { alphabetize: true });
  return `// Made by \`npm run docs\` from lambda/api/openapi.json.\n\n${astToString(nodes)}`;
}

function loadGenerator(): Generator {
  const folder = mkdtempSync(path.join(tmpdir(), 'payscore-collector-types-'));
  try {
    const outfile = path.join(folder, 'generator.cjs');
    buildSync({
      entryPoints: [require.resolve('openapi-typescript')],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile,
      alias: { typescript: require.resolve('typescript-js') },
      logLevel: 'error',
    });
    return require(outfile) as Generator;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
