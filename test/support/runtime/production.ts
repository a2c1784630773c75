import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from '../../../infra/bundling';
import { FUNCTIONS, type FunctionName } from '../../../infra/manifest';
import type { RuntimeProcess } from '../../../local/aws/execution-environment';
import { fromNpm } from '../from-npm';

/** Node.js's own binary, as npm carries it, of the release line of `NODEJS_24_X`. */
const NODE = {
  version: '24.21.0',
  x64: '3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
} as const;
/** What AWS runs functions with, as AWS publishes it. Installed, it would compile libcurl: it is only unpacked. */
const RUNTIME_CLIENT = {
  name: 'aws-lambda-ric',
  version: '4.0.2',
  sha512: 'FE5Vskx7mYNnqAnWWJXUOsLp2VGgdsJsCoRLFTa8L4Yk0QVtArqR8q58yPA++QC1a73ZWJXBQ2AH31nIAv7NOQ==',
  unpack: ['index.mjs', 'package.json', 'LICENSE', 'NOTICE'],
} as const;

/** The Node that the functions run on in Lambda. @throws Error where it cannot be had: nothing stands in for it */
export function productionNode(): string {
  const here = `${process.platform}-${process.arch}`;
  if (here !== 'linux-x64')
    throw new Error(`Node ${NODE.version} is fetched for linux-x64 only, and this is ${here}`);
  const folder = fromNpm({
    name: `node-${here}`,
    version: NODE.version,
    sha512: NODE.x64,
    unpack: ['bin/node', 'LICENSE'],
  });
  const node = path.join(folder, 'bin', 'node');
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  if (version !== `v${NODE.version}`) throw new Error(`${node} is ${version}, not v${NODE.version}`);
  return node;
}

/** That Node under AWS's runtime interface client; `preload` comes first. */
export function productionRuntime(node: string, preload: readonly string[] = []): RuntimeProcess {
  const client = path.join(fromNpm(RUNTIME_CLIENT), 'index.mjs');
  const before = [...preload, path.join(__dirname, 'native-client.mts')].flatMap((file) => [
    '--import',
    file,
  ]);
  // Lambda's own limit on headers, which is not Node's.
  return { command: node, args: ['--max-http-header-size=81920', ...before, client] };
}

/** The functions as they would be deployed, each in a folder of its name. */
export async function bundleFunctions(folder: string): Promise<void> {
  const names = Object.keys(FUNCTIONS) as FunctionName[];
  await Promise.all(names.map((name) => build(bundleOptions(name, path.join(folder, name, 'index.mjs')))));
}
