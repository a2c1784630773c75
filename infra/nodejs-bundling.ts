import {
  type BundlingOptions,
  type ICommandHooks,
  LogLevel,
  OutputFormat,
} from 'aws-cdk-lib/aws-lambda-nodejs';
import { BUNDLE } from './bundling';

/**
 * `BUNDLE` in the words of CDK's NodejsFunction, in a file of its own because it has to load the CDK. `site`: a folder
 * that lies beside the code as `site`.
 */
export function nodejsBundling(site?: string): BundlingOptions {
  return {
    format: OutputFormat.ESM,
    target: BUNDLE.target,
    minify: BUNDLE.minify,
    sourceMap: BUNDLE.sourcemap,
    mainFields: [...BUNDLE.mainFields],
    banner: BUNDLE.banner.js,
    // The SDK in Lambda's runtime changes without notice; the one in the lock file is the one that was tested.
    bundleAwsSDK: true,
    esbuildArgs: { '--alias': Object.entries(BUNDLE.alias).map(([name, instead]) => `${name}=${instead}`) },
    logLevel: LogLevel.WARNING,
    ...(site === undefined ? {} : { commandHooks: copying(site) }),
  };
}

/** By Node, which is there wherever this is bundled. */
function copying(site: string): ICommandHooks {
  const copy = (to: string) =>
    `node -e "require('node:fs').cpSync(process.argv[1], process.argv[2], { recursive: true })" "${site}" "${to}/site"`;
  return {
    beforeInstall: () => [],
    beforeBundling: () => [],
    afterBundling: (_from, to) => [copy(to)],
  };
}
