import { type BundlingOptions, LogLevel, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { BUNDLE } from './bundling';

/** `BUNDLE` in the words of CDK's NodejsFunction, in a file of its own because it has to load the CDK. */
export function nodejsBundling(): BundlingOptions {
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
  };
}
