import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { KeyFacts } from './core/key-facts';
import type { Admin } from './flow/admin';
import type { DueOrders, OrderList, Ports, WorkQueue } from './flow/ports';
import type { Config } from './shared/config';
import { recordTo } from './shared/log';
import { DynamoBudget } from './store/budget';
import { DynamoControls } from './store/controls';
import { DynamoLedger } from './store/ledger';
import { MerchantKeyring } from './store/merchant-keyring';
import { SqsWorkQueue } from './store/work-queue';
import { createWxpay, type Wxpay } from './wechatpay/client';
import { parseCredentials } from './wechatpay/credentials';
import { Payscore } from './wechatpay/payscore';
import { Transport } from './wechatpay/transport';

export interface Services {
  readonly ports: Ports;
  readonly orders: OrderList;
  readonly admin: Admin;
  readonly dueOrders: DueOrders;
  readonly queue: WorkQueue;
  readonly limits: Pick<Config, 'sweepOrdersMax' | 'sweepEveryMinutes' | 'callsPerSecondMax'>;
  readonly logger: Logger;
}

/** An AWS call that takes longer than this is tried again, at most twice more. */
const AWS_REQUEST_MS = 1_000;
const AWS_TRIES_MAX = 3;
/** A batch of orders is worked on side by side; a request that waits for a connection uses up its time. */
const AWS_CONNECTIONS_MAX = 128;

/** Puts the parts together, once for each function instance. */
export function createServices(config: Config, { now = Date.now }: { now?: () => number } = {}): Services {
  const aws = {
    maxAttempts: AWS_TRIES_MAX,
    requestHandler: {
      connectionTimeout: AWS_REQUEST_MS,
      requestTimeout: AWS_REQUEST_MS,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: AWS_CONNECTIONS_MAX },
      httpsAgent: { maxSockets: AWS_CONNECTIONS_MAX },
    },
  };
  const logger = new Logger();
  const table = { client: new DynamoDBClient(aws), tableName: config.tableName };
  const ledger = new DynamoLedger(table);
  const controls = new DynamoControls(table);
  const budget = new DynamoBudget({ ...table, callsPerSecondMax: config.callsPerSecondMax, now });
  const merchants = new MerchantKeyring<Merchant>({
    client: new SecretsManagerClient(aws),
    prefix: config.secretPrefix,
    parse: merchantOf(new Transport({ hosts: config.wechatpayHosts, now }), now),
    now,
  });
  const ports: Ports = {
    ledger,
    controls,
    budget,
    merchants,
    now,
    newClaimId: randomUUID,
    chance: Math.random,
    record: recordTo(logger),
  };
  const admin: Admin = {
    readPolicies: async (mchid) => controls.readPolicies(mchid),
    savePolicy: async (...change) => controls.savePolicy(...change),
    serviceMode: async () => controls.serviceMode(),
    saveMode: async (...change) => controls.saveMode(...change),
    keys: async (mchid) => (await merchants.get(mchid)).facts,
    budget: async (mchid) => budget.usage(mchid),
  };
  const queue = new SqsWorkQueue({
    client: new SQSClient(aws),
    queueUrl: config.queueUrl,
    onRefused: (reason) => logger.error('messages not taken by the queue', { reason }),
  });
  return {
    ports,
    orders: ledger,
    admin,
    dueOrders: ledger,
    queue,
    limits: config,
    logger,
  };
}

/** A merchant's calls, with what may be told of the keys behind them. */
class Merchant extends Payscore {
  constructor(
    wxpay: Wxpay,
    readonly facts: KeyFacts,
  ) {
    super(wxpay);
  }
}

/** Keys become a client once, when their secrets are read; the connections are shared by all merchants. */
function merchantOf(transport: Transport, now: () => number) {
  return (...secrets: Parameters<typeof parseCredentials>): Merchant => {
    const { mchid, signingKeys, verificationKeys, answerKey, facts } = parseCredentials(...secrets);
    const [signingKey] = signingKeys;
    const wxpay = createWxpay({ mchid, signingKey, verificationKeys, answerKey, transport, now });
    return new Merchant(wxpay, facts);
  };
}
