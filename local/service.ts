import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { build } from 'esbuild';
import { ROUTES } from '../lambda/routes';
import { bundleOptions } from '../infra/bundling';
import { functionEnvironment, FUNCTIONS, type FunctionName, secretPrefix } from '../infra/manifest';
import { createLedgerTable, startDynamoDb } from './aws/dynamodb';
import { startGateway } from './aws/gateway';
import { LOCAL_AWS, LOCAL_REGION } from './aws/identity';
import type { LambdaHandler } from './aws/invoke';
import { startSecretsManager } from './aws/secrets-manager';

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
  readonly minGapMinutes?: number;
  /** Powertools' level; SILENT keeps the terminal for the table. */
  readonly logLevel?: 'SILENT' | 'DEBUG' | 'INFO';
}

export interface LocalService {
  readonly apiUrl: string;
  readonly sweep: LambdaHandler<unknown>;
  close(): Promise<void>;
}

const STAGE = 'local';
const TABLE_NAME = 'payscore-collector-local';

/**
 * The service on one machine: the bundles that would be deployed, behind HTTP as API Gateway would call them,
 * with stand-ins for Secrets Manager and DynamoDB that the real AWS SDK talks to.
 */
export async function startService(options: LocalServiceOptions): Promise<LocalService> {
  const [secrets, dynamodb] = await Promise.all([startSecretsManager(), startDynamoDb()]);
  await createLedgerTable(dynamodb.url, TABLE_NAME);
  const prefix = secretPrefix(STAGE);
  for (const { mchid, signing, verify } of options.merchants) {
    secrets.put(`${prefix}/${mchid}/signing`, JSON.stringify(signing));
    secrets.put(`${prefix}/${mchid}/verify`, JSON.stringify(verify));
  }
  const environment = functionEnvironment({
    tableName: TABLE_NAME,
    secretPrefix: prefix,
    minGapMinutes: options.minGapMinutes ?? 360,
    logLevel: 'INFO',
    wechatpayHosts: options.wechatpayHosts,
  });
  Object.assign(process.env, environment, {
    LOG_LEVEL: options.logLevel ?? 'SILENT',
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
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
    onFault: (fault) => console.error(fault),
  }).catch(async (error: unknown) => {
    await Promise.all([dynamodb.close(), secrets.close()]);
    throw error;
  });
  return {
    apiUrl: gateway.url,
    sweep: handlers.sweep,
    close: async () => {
      await Promise.all([gateway.close(), dynamodb.close(), secrets.close()]);
    },
  };
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
    const [api, sweep] = await Promise.all([load('api'), load('sweep')]);
    return { api, sweep };
  } finally {
    await rm(folder, { recursive: true });
  }
}
