import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../../infra/bundling';
import { DEFAULTS, functionEnvironment, FUNCTIONS, secretPrefix } from '../../infra/manifest';
import { NOTIFICATION_ROUTE, ROUTES } from '../../lambda/routes';
import { startGateway } from '../../local/aws/gateway';
import { LOCAL_AWS, LOCAL_REGION } from '../../local/aws/identity';
import type { LambdaHandler } from '../../local/aws/invoke';
import type { LocalServer } from '../../local/aws/loopback';
import { MovableClock, nextHourInBeijing } from '../../local/clock';
import { MCHID } from '../../local/samples';
import { TABLE_NAME } from '../../local/service';
import { createApiCertificate, createPlatformKeys } from '../../local/wechatpay';
import type { AwsQuestions, AwsUrls } from './aws-process';
import { startChild, type Child } from '../support/child';
import { WechatpayHost } from './wechatpay-host';
import type { WorkerQuestions } from './worker-process';

const STAGE = 'chaos';
const APIV3_KEY = 'chaos-apiv3-key-of-32-characters';
/** Within the window of the default policy, a day before the first collections. */
const BEGINS_AT_HOUR = 8;
/** More than the machine can do: what holds up here is the machine, and the faults. */
const CALLS_PER_SECOND_MAX = 1_000;

/** The service in several processes, and the world around it in two more. */
export interface ChaosWorld {
  readonly now: () => number;
  readonly aws: Child<AwsQuestions>;
  readonly urls: AwsUrls;
  readonly wechatpay: WechatpayHost;
  readonly workers: Child<WorkerQuestions>[];
  readonly apiUrl: string;
  readonly sweep: LambdaHandler<unknown>;
  /** Another one among the workers. */
  newWorker(): Promise<Child<WorkerQuestions>>;
  /** Moves time on for everybody. */
  moveTo(instant: number): Promise<void>;
  close(): Promise<void>;
}

export async function startChaosWorld(seed: number, workers: number): Promise<ChaosWorld> {
  const clock = new MovableClock();
  clock.forwardTo(nextHourInBeijing(BEGINS_AT_HOUR, clock.now()));
  clock.install();
  const folder = await mkdtemp(path.join(tmpdir(), 'payscore-collector-chaos-'));
  const aws = startChild<AwsQuestions>(path.join(__dirname, 'aws-process.ts'));
  const [certificate, platform] = await Promise.all([
    createApiCertificate(MCHID, clock.now()),
    createPlatformKeys(),
  ]);
  const prefix = secretPrefix(STAGE);
  await aws.ask('clock', clock.now());
  const urls = await aws.ask('start', {
    tableName: TABLE_NAME,
    seed,
    secrets: {
      [`${prefix}/${MCHID}/signing`]: JSON.stringify({ mchid: MCHID, keys: [certificate] }),
      [`${prefix}/${MCHID}/verify`]: JSON.stringify({
        mchid: MCHID,
        apiv3_key: APIV3_KEY,
        public_keys: { [platform.public_key_id]: platform.public_key },
        platform_certificates: false,
      }),
    },
  });
  const wechatpay = new WechatpayHost(folder, platform, {
    mchid: MCHID,
    apiv3_key: APIV3_KEY,
    certificates: [certificate],
    verification: 'public_key',
  });
  const { url, backupUrl } = await wechatpay.start();
  const env = environmentOf(urls, [url, backupUrl], prefix);
  Object.assign(process.env, env);
  const bundles = await bundle(folder);
  const gateway = await serveHttp(bundles);
  wechatpay.notifyUrl = `${gateway.url}/notifications/${MCHID}`;
  await wechatpay.stop();
  await wechatpay.start();
  const { handler: sweep } = await load(bundles.sweep);
  const running: Child<WorkerQuestions>[] = [];
  const newWorker = async () => {
    const worker = startChild<WorkerQuestions>(bundles.worker, env);
    // From its first message on it is at something, and time is not moved on over its head.
    running.push(worker);
    const { queueUrl, sqsUrl } = urls;
    await worker.ask('start', { bundle: bundles.collect, queueUrl, sqsUrl, now: clock.now() });
    await worker.ask('clock', clock.now());
    return worker;
  };
  await Promise.all(Array.from({ length: workers }, newWorker));
  return {
    now: clock.now,
    aws,
    urls,
    wechatpay,
    workers: running,
    apiUrl: gateway.url,
    sweep,
    newWorker,
    moveTo: async (instant) => {
      clock.forwardTo(instant);
      const alive = running.filter(({ gone }) => !gone);
      await Promise.all([
        aws.ask('clock', clock.now()),
        // Who is killed meanwhile needs no time any more.
        ...alive.map(async (one) => one.ask('clock', clock.now()).catch(() => null)),
        wechatpay.clock(clock.now()),
      ]);
    },
    close: async () => {
      await gateway.close();
      await Promise.all([...running.map(async (one) => one.kill()), aws.kill(), wechatpay.kill()]);
      await rm(folder, { recursive: true });
    },
  };
}

function environmentOf(urls: AwsUrls, hosts: readonly string[], prefix: string): Record<string, string> {
  return {
    ...functionEnvironment({
      tableName: TABLE_NAME,
      secretPrefix: prefix,
      queueUrl: urls.queueUrl,
      callsPerSecondMax: CALLS_PER_SECOND_MAX,
      sweepOrdersMax: DEFAULTS.sweepOrdersMax,
      sweepEveryMinutes: DEFAULTS.sweepEveryMinutes,
      logLevel: 'INFO',
      wechatpayHosts: hosts,
    }),
    LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodbUrl,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: urls.secretsUrl,
    AWS_ENDPOINT_URL_SQS: urls.sqsUrl,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
  };
}

const BUNDLED = ['api', 'notify', 'sweep', 'collect'] as const;
type Bundles = Readonly<Record<(typeof BUNDLED)[number] | 'worker', string>>;

/** As they would be deployed. */
async function bundle(folder: string): Promise<Bundles> {
  const files = BUNDLED.map((name) => [name, path.join(folder, `${name}.mjs`)] as const);
  // Not deployed, but started hundreds of times.
  const worker = path.join(folder, 'worker.cjs');
  await Promise.all([
    ...files.map(async ([name, file]) => build(bundleOptions(name, file))),
    build({
      entryPoints: [path.join(__dirname, 'worker-process.ts')],
      outfile: worker,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'silent',
    }),
  ]);
  return { ...(Object.fromEntries(files) as Omit<Bundles, 'worker'>), worker };
}

async function load(file: string): Promise<{ readonly handler: LambdaHandler<unknown> }> {
  return (await import(pathToFileURL(file).href)) as { handler: LambdaHandler<unknown> };
}

async function serveHttp({ api, notify }: Bundles): Promise<LocalServer> {
  const [{ handler: apiHandler }, { handler: notifyHandler }] = await Promise.all([load(api), load(notify)]);
  return startGateway({
    functions: [
      {
        name: 'api',
        routes: [...ROUTES, '$default'],
        authorizer: 'iam',
        handler: apiHandler,
        timeoutMs: FUNCTIONS.api.timeoutSeconds * 1000,
      },
      {
        name: 'notify',
        routes: [NOTIFICATION_ROUTE],
        authorizer: 'none',
        handler: notifyHandler,
        timeoutMs: FUNCTIONS.notify.timeoutSeconds * 1000,
      },
    ],
  });
}
