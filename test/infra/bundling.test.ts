import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { build, stop } from 'esbuild';
import { bundleOptionsFor, PROJECT_ROOT } from '../../infra/bundling';
import { nodejsBundling } from '../../infra/nodejs-bundling';

const ENTRY = 'test/infra/fixtures/bundled.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'bundle-'));
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await stop();
});

test('the deployed bundle and the local bundle are the same bytes', async () => {
  const outfile = path.join(directory, 'index.mjs');
  await build(bundleOptionsFor(ENTRY, outfile));
  const app = new App({ outdir: path.join(directory, 'cdk.out') });
  const stack = new Stack(app, 'Bundled');
  const bundled = new NodejsFunction(stack, 'Function', {
    entry: path.join(PROJECT_ROOT, ENTRY),
    projectRoot: PROJECT_ROOT,
    depsLockFilePath: path.join(PROJECT_ROOT, 'package-lock.json'),
    runtime: Runtime.NODEJS_24_X,
    bundling: nodejsBundling(),
  });
  expect(bundled.runtime).toBe(Runtime.NODEJS_24_X);
  const { directory: out } = app.synth();
  const asset = readdirSync(out).find((name) => name.startsWith('asset.'));
  expect(readdirSync(path.join(out, String(asset)))).toEqual(['index.mjs']);
  expect(readFileSync(path.join(out, String(asset), 'index.mjs')).equals(readFileSync(outfile))).toBe(true);
});

test('axios comes without its Node adapter, which alone needs form-data, mime-db and follow-redirects', async () => {
  const { metafile } = await build({
    ...bundleOptionsFor(ENTRY, 'unused.mjs'),
    write: false,
    metafile: true,
  });
  const packages = new Set(
    Object.keys(metafile.inputs).map((input) => /node_modules\/([^/]+)/.exec(input)?.[1]),
  );
  expect(packages).toContain('axios');
  expect(packages).not.toContain('form-data');
  expect(packages).not.toContain('mime-db');
  expect(packages).not.toContain('follow-redirects');
});

test('the SDK is in the bundle, and only what Node brings is left outside', async () => {
  const { metafile } = await build({
    ...bundleOptionsFor(ENTRY, 'unused.mjs'),
    write: false,
    metafile: true,
  });
  expect(
    Object.keys(metafile.inputs).some((input) => input.includes('@aws-sdk/client-secrets-manager')),
  ).toBe(true);
  const outside = Object.values(metafile.outputs).flatMap(({ imports }) =>
    imports.map(({ path: name }) => name),
  );
  expect(outside.filter((name) => !/^(?:node:)?[a-z_0-9]+(?:\/[a-z]+)?$/.test(name))).toEqual([]);
});
