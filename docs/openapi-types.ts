import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildSync } from 'esbuild';
import type * as OpenapiTypescript from 'openapi-typescript';

type Generator = typeof OpenapiTypescript;

/** The types of the API for the page, from the text of the API's description. */
export async function openapiTypes(description: string): Promise<string> {
  const { default: generate, astToString } = loadGenerator();
  const nodes = await generate(description, { alphabetize: true });
  return `// Made by \`npm run docs\` from lambda/api/openapi.json.\n\n${astToString(nodes)}`;
}

/**
 * openapi-typescript is written against the programming interface of TypeScript 5, which the compiler that checks this
 * project does not have any more: it is bundled with that one.
 */
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
