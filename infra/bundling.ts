import * as path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { FUNCTIONS, type FunctionName } from './manifest';

/** Where package.json and the lock file are. */
export const PROJECT_ROOT = path.resolve(__dirname, '..');

/** Where `npm run build:console` puts the page. */
export const PAGE_BUILT = path.join(PROJECT_ROOT, 'console', 'dist');

/**
 * How a function becomes one file: for Lambda (through `nodejsBundling`) and for the local run (through
 * `bundleOptions`), which therefore runs the very bytes that would be deployed. A test compares the two.
 */
export const BUNDLE = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  /** Lambda runs Node 24, the local run Node 20 or later, and both get the same bytes: so the older one it is. */
  target: 'node20',
  /**
   * Names too: keeping them for stack traces costs a call for each closure made, 8 % of the CPU of a call to WeChat
   * Pay, and 7 % of the bytes. Errors name themselves.
   */
  minify: true,
  /**
   * No source map: it is five times the code's size in the archive, and Node reads it on every cold start once it is
   * switched on. The bundle is reproducible: a build of the same commit with `sourcemap` on explains a position.
   */
  sourcemap: false,
  /** ES modules first: those are what tree shaking works on. */
  mainFields: ['module', 'main'],
  /** Some dependencies are CommonJS and `require` Node's own modules, which an ES module has no `require` for. */
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
  alias: {
    /**
     * axios without its Node adapter: our own adapter carries the bytes, and so form-data, mime-db (133 KB) and
     * follow-redirects, which only that adapter uses, stay out of the bundle.
     */
    axios: 'axios/dist/browser/axios.cjs',
    /** The SDK without the ways to credentials that a function does not have. */
    '@aws-sdk/credential-provider-node': './lambda/store/credentials-from-env.ts',
  },
} as const satisfies BuildOptions;

/** What esbuild is to be told to make `name`'s bundle at `outfile`, which should end in `.mjs`. */
export function bundleOptions(name: FunctionName, outfile: string) {
  return bundleOptionsFor(FUNCTIONS[name].entry, outfile);
}

export function bundleOptionsFor(entry: string, outfile: string) {
  return {
    ...BUNDLE,
    mainFields: [...BUNDLE.mainFields],
    absWorkingDir: PROJECT_ROOT,
    entryPoints: [path.resolve(PROJECT_ROOT, entry)],
    outfile,
    logLevel: 'warning',
  } satisfies BuildOptions;
}
