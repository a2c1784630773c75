import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { build } from 'esbuild';
import { ROUTES } from '../lambda/routes';
import { bundleOptions } from '../infra/bundling';
import {
  DEFAULTS,
  functionEnvironment,
  FUNCTIONS,
  type FunctionName,
  secretPrefix,
  WORK_QUEUE,
} from '../infra/manifest';
import { createLedgerTable, startDynamoDb } from './aws/dynamodb';
import { startMapping } from './aws/event-source-mapping';
import { startGateway } from './aws/gateway';
import { LOCAL_AWS, LOCAL_REGION } from './aws/identity';
import type { LambdaHandler } from './aws/invoke';
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
  /** Powertools' level; SILENT keeps the terminal for the table. */
  readonly logLevel?: 'SILENT' | 'DEBUG' | 'INFO';
}

export interface LocalService {
  readonly apiUrl: string;
  readonly dynamodbUrl: string;
  readonly sweep: LambdaHandler<unknown>;
  /** Resolves when the queue is empty and no worker is at anything. */
  idle(): Promise<void>;
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
  const { visibilityTimeoutSeconds, maxReceiveCount, batchSize } = WORK_QUEUE;
  const [{ queue }] = await Promise.all([
    sqs.createWorkQueue({ name: 'work', visibilityTimeoutSeconds, maxReceiveCount }),
    createLedgerTable(dynamodb.url, TABLE_NAME),
  ]);
  const prefix = secretPrefix(STAGE);
  for (const { mchid, signing, verify } of options.merchants) {
    secrets.put(`${prefix}/${mchid}/signing`, JSON.stringify(signing));
    secrets.put(`${prefix}/${mchid}/verify`, JSON.stringify(verify));
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
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
    AWS_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
  });
  const handlers = await loadHandlers();
  const gateway = await startGateway({
    routes: [...ROUTES, '$default'],
    handler: handlers.api,
    timeoutMs: FUNCTIONS.api.timeoutSeconds * 1000,
    ...(options.apiPort === undefined ? {} : { port: options.apiPort }),
    onFault: printFault,
  });
  const mapping = startMapping({
    queueUrl: queue.url,
    endpoint: sqs.url,
    handler: handlers.collect,
    functionName: 'collect',
    timeoutMs: FUNCTIONS.collect.timeoutSeconds * 1000,
    batchSize,
    windowMs: BATCH_WINDOW_MS,
    concurrencyMax: DEFAULTS.collectConcurrencyMax,
    onFault: printFault,
  });
  return {
    apiUrl: gateway.url,
    dynamodbUrl: dynamodb.url,
    sweep: handlers.sweep,
    idle: async () => mapping.idle(),
    close: async () => {
      await Promise.all([gateway.close(), mapping.stop()]);
      await closeParts();
    },
  };
}

function printFault(fault: Error): void {
  console.error(fault);
}

type Handlers = Readonly<Record<FunctionName, LambdaHandler<unknown>>>;

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
    const [api, sweep, collect] = await Promise.all([load('api'), load('sweep'), load('collect')]);
    return { api, sweep, collect };
  } finally {
    await rm(folder, { recursive: true });
  }
}
