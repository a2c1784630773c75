import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { build } from 'esbuild';
import { CONSOLE_ROUTES, NOTIFICATION_ROUTE, PAGE_ROUTES, ROUTES } from '../lambda/routes';
import { bundleOptions, PAGE_BUILT } from '../infra/bundling';
import {
  DEFAULTS,
  functionEnvironment,
  pageEnvironment,
  FUNCTIONS,
  type FunctionName,
  secretPrefix,
  WORK_QUEUE,
} from '../infra/manifest';
import { createLedgerTable, startDynamoDb } from './aws/dynamodb';
import { startMapping } from './aws/event-source-mapping';
import { type GatewayFunction, startGateway } from './aws/gateway';
import { jwtAuthoriser, nobodySignsIn } from './aws/gateway-jwt';
import { LOCAL_AWS, LOCAL_REGION } from './aws/identity';
import type { LambdaHandler } from './aws/invoke';
import type { SignIn } from './sign-in';
import { startSecretsManager } from './aws/secrets-manager';
import { startSqs } from './aws/sqs';

/** A merchant as the two secrets know it. */
export interface LocalMerchant {
  readonly mchid: string;
  readonly signing: object;
  readonly verify: object;
}

export interface LocalServiceOptions {
  readonly merchants: readonly LocalMerchant[];
  /** Main, then backup. */
  readonly wechatpayHosts: readonly string[];
  readonly apiPort?: number;
  /** Where the ledger is kept between runs; in memory when absent. */
  readonly dataDir?: string;
  readonly callsPerSecondMax?: number;
  /** How people get at the page; absent: there is none. */
  readonly page?: 'no_auth' | SignIn;
  /** Powertools' level; SILENT keeps the terminal for the table. */
  readonly logLevel?: 'SILENT' | 'DEBUG' | 'INFO';
}

export interface LocalService {
  readonly apiUrl: string;
  /** What WeChat Pay is to be given as `notify_url`, but for the merchant number at its end. */
  readonly notificationsUrl: string;
  readonly dynamodbUrl: string;
  readonly sweep: LambdaHandler<unknown>;
  /** What EventBridge wakes every 10 minutes to renew platform certificates. */
  readonly keys: LambdaHandler<unknown>;
  /** What EventBridge wakes every 5 minutes to make the overviews. */
  readonly rollup: LambdaHandler<unknown>;
  /** Gives one of a merchant's two secrets a new version. */
  putSecret(mchid: string, part: 'signing' | 'verify', value: object): void;
  /** Resolves when no message can be received and no worker is at anything. */
  idle(): Promise<void>;
  /** Whether a worker is at anything. */
  busy(): boolean;
  /** Messages that were sent with a delay which is not over. */
  heldBack(): Promise<number>;
  close(): Promise<void>;
}

const STAGE = 'local';
/** The deployed mapping waits a second for a batch to fill: here that would be most of what there is to watch. */
const BATCH_WINDOW_MS = 20;
export const TABLE_NAME = 'payscore-collector-local';

/**
 * The service on one machine: the bundles that would be deployed, behind HTTP as API Gateway would call them and
 * behind a queue as SQS would feed them, with stand-ins for AWS that the real AWS SDK talks to.
 */
export async function startService(options: LocalServiceOptions): Promise<LocalService> {
  const { dataDir } = options;
  const parts = await Promise.all([
    startSecretsManager(),
    startDynamoDb(dataDir === undefined ? {} : { path: path.join(dataDir, 'ledger') }),
    startSqs(),
  ]);
  const closeParts = async () => {
    await Promise.all(parts.map(async (part) => part.close()));
  };
  try {
    return await wire(parts, closeParts, options);
  } catch (error) {
    await closeParts();
    throw error;
  }
}

type Started<T extends (...args: never[]) => Promise<unknown>> = Awaited<ReturnType<T>>;
type Parts = [Started<typeof startSecretsManager>, Started<typeof startDynamoDb>, Started<typeof startSqs>];

async function wire(
  [secrets, dynamodb, sqs]: Parts,
  closeParts: () => Promise<void>,
  options: LocalServiceOptions,
): Promise<LocalService> {
  const { visibilityTimeoutSeconds, maxReceiveCount } = WORK_QUEUE;
  const [{ queue }] = await Promise.all([
    sqs.createWorkQueue({ name: 'work', visibilityTimeoutSeconds, maxReceiveCount }),
    createLedgerTable(dynamodb.url, TABLE_NAME),
  ]);
  const prefix = secretPrefix(STAGE);
  const putSecret: LocalService['putSecret'] = (mchid, part, value) =>
    secrets.put(`${prefix}/${mchid}/${part}`, JSON.stringify(value));
  for (const { mchid, signing, verify } of options.merchants) {
    putSecret(mchid, 'signing', signing);
    putSecret(mchid, 'verify', verify);
  }
  const environment = functionEnvironment({
    tableName: TABLE_NAME,
    secretPrefix: prefix,
    queueUrl: queue.url,
    callsPerSecondMax: options.callsPerSecondMax ?? DEFAULTS.callsPerSecondMax,
    sweepOrdersMax: DEFAULTS.sweepOrdersMax,
    sweepEveryMinutes: DEFAULTS.sweepEveryMinutes,
    logLevel: 'INFO',
    wechatpayHosts: options.wechatpayHosts,
  });
  Object.assign(process.env, environment, {
    LOG_LEVEL: options.logLevel ?? 'SILENT',
    // They would go to the terminal, and there is no CloudWatch to read them there.
    POWERTOOLS_METRICS_DISABLED: 'true',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    PAGE_FOLDER: PAGE_BUILT,
    ...(typeof options.page === 'object' ? pageEnvironment(options.page) : {}),
  });
  const handlers = await loadHandlers();
  const gateway = await serveHttp(handlers, options);
  const mapping = workOff(queue.url, sqs.url, handlers.collect);
  return {
    apiUrl: gateway.url,
    notificationsUrl: `${gateway.url}/notifications`,
    dynamodbUrl: dynamodb.url,
    sweep: handlers.sweep,
    keys: handlers.keys,
    rollup: handlers.rollup,
    putSecret,
    idle: async () => mapping.idle(),
    busy: () => mapping.busy(),
    heldBack: async () => sqs.heldBack(queue.url),
    close: async () => {
      await Promise.all([gateway.close(), mapping.stop()]);
      await closeParts();
    },
  };
}

/** What API Gateway has in front of its functions. */
function serveHttp(
  handlers: Handlers,
  { apiPort: port, page }: LocalServiceOptions,
): ReturnType<typeof startGateway> {
  return startGateway({
    functions: [
      {
        name: 'api',
        routes: [...ROUTES, '$default'],
        authorizer: 'iam',
        handler: handlers.api,
        timeoutMs: FUNCTIONS.api.timeoutSeconds * 1000,
      },
      {
        name: 'notify',
        routes: [NOTIFICATION_ROUTE],
        authorizer: 'none',
        handler: handlers.notify,
        timeoutMs: FUNCTIONS.notify.timeoutSeconds * 1000,
      },
      ...(page === undefined ? [] : forPeople(handlers, page)),
    ],
    ...(port === undefined ? {} : { port }),
    onFault: printFault,
  });
}

/** The page, and the routes of the API for those who use it. */
function forPeople(handlers: Handlers, page: 'no_auth' | SignIn): readonly GatewayFunction[] {
  return [
    {
      name: 'api',
      routes: CONSOLE_ROUTES,
      authorizer: 'jwt',
      authorise:
        page === 'no_auth'
          ? nobodySignsIn
          : jwtAuthoriser({ issuer: page.issuer, audience: [page.audience] }),
      handler: handlers.api,
      timeoutMs: FUNCTIONS.api.timeoutSeconds * 1000,
    },
    {
      name: 'page',
      routes: PAGE_ROUTES,
      authorizer: 'none',
      handler: handlers.page,
      timeoutMs: FUNCTIONS.page.timeoutSeconds * 1000,
    },
  ];
}

/** What Lambda does between the queue and its function. */
function workOff(
  queueUrl: string,
  endpoint: string,
  handler: LambdaHandler<unknown>,
): ReturnType<typeof startMapping> {
  return startMapping({
    queueUrl,
    endpoint,
    handler,
    functionName: 'collect',
    timeoutMs: FUNCTIONS.collect.timeoutSeconds * 1000,
    batchSize: WORK_QUEUE.batchSize,
    windowMs: BATCH_WINDOW_MS,
    concurrencyMax: DEFAULTS.collectConcurrencyMax,
    onFault: printFault,
  });
}

function printFault(fault: Error): void {
  console.error(fault);
}

type Handlers = Readonly<Record<Exclude<FunctionName, 'publish' | 'import'>, LambdaHandler<unknown>>>;

/** Bundles the functions as a deployment would, and loads them as Lambda would: environment first, then the module. */
async function loadHandlers(): Promise<Handlers> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payscore-collector-'));
  try {
    const load = async (name: FunctionName): Promise<LambdaHandler<unknown>> => {
      const file = path.join(folder, `${name}.mjs`);
      await build(bundleOptions(name, file));
      const loaded = (await import(pathToFileURL(file).href)) as {
        handler: (event: unknown, context: Context) => Promise<unknown>;
      };
      return loaded.handler;
    };
    const [api, notify, page, sweep, collect, keys, rollup] = await Promise.all([
      load('api'),
      load('notify'),
      load('page'),
      load('sweep'),
      load('collect'),
      load('keys'),
      load('rollup'),
    ]);
    return { api, notify, page, sweep, collect, keys, rollup };
  } finally {
    await rm(folder, { recursive: true });
  }
}
