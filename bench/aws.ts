import { functionEnvironment } from '../infra/manifest';
import { LOCAL_AWS, LOCAL_REGION } from '../local/aws/identity';
import { readConfig, type Config } from '../lambda/shared/config';
import type { AwsAsk, AwsTold, Kept } from './aws-process';
import { startChild } from './child';
import { MCHID } from './merchant';
import type { ServiceKeys } from './service-keys';

/** What the functions reach of AWS, as the process that they run in sees it. */
export interface AwsProcess {
  readonly dynamodbUrl: string;
  /** What the functions are told. The SDK's own variables are set in this process's environment. */
  readonly config: Config;
  stop(): void;
}

interface AwsOptions {
  readonly wechatpayHost: string;
  readonly callsPerSecondMax: number;
  readonly sweepOrdersMax: number;
  /** Where nothing is listening: whoever sends there catches it before. */
  readonly queueUrl?: string;
  /** Where the table is kept, and what is in it from the first; in memory when absent. */
  readonly kept?: Kept;
}

const TABLE_NAME = 'bench';
const PREFIX = 'bench/merchants';
/** Holds what dynalite keeps in memory, and what LevelDB caches. */
const HEAP_MB_MAX = 3_072;

export async function startAws(keys: ServiceKeys, options: AwsOptions): Promise<AwsProcess> {
  const { wechatpayHost, kept, queueUrl = 'http://127.0.0.1:9/000000000000/bench', ...limits } = options;
  const child = startChild<AwsAsk, AwsTold>('aws-process.ts', HEAP_MB_MAX);
  try {
    const { dynamodbUrl, secretsUrl } = await child.ask({
      kind: 'start',
      tableName: TABLE_NAME,
      secrets: {
        [`${PREFIX}/${MCHID}/signing`]: JSON.stringify(keys.signing),
        [`${PREFIX}/${MCHID}/verify`]: JSON.stringify(keys.verify),
      },
      ...(kept === undefined ? {} : { kept }),
    });
    const environment = functionEnvironment({
      tableName: TABLE_NAME,
      secretPrefix: PREFIX,
      queueUrl,
      ...limits,
      sweepEveryMinutes: 1,
      logLevel: 'INFO',
      wechatpayHosts: [wechatpayHost],
    });
    Object.assign(process.env, environment, {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodbUrl,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsUrl,
      AWS_REGION: LOCAL_REGION,
      AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    });
    return { dynamodbUrl, config: readConfig(environment), stop: () => child.stop() };
  } catch (error) {
    child.stop();
    throw error;
  }
}
