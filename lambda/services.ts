import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Mchid } from './core/ids';
import type { Admin } from './flow/admin';
import { CertificateKeeper, type CertificatePorts } from './flow/certificates';
import type { KeyCarePorts } from './flow/key-care';
import { watchAnswers } from './flow/key-watch';
import type { DueOrders, Merchants, OrderList, OrderSearch, Ports, WorkQueue } from './flow/ports';
import type { Config } from './shared/config';
import { recordTo } from './shared/log';
import { FlowMetrics } from './shared/metrics';
import { awsClient } from './store/aws-client';
import { DynamoBudget } from './store/budget';
import { DynamoControls } from './store/controls';
import { DynamoLedger } from './store/ledger';
import { MerchantKeyring } from './store/merchant-keyring';
import { DynamoMerchantRows } from './store/merchant-rows';
import { DynamoOverviews } from './store/overview-rows';
import { SqsWorkQueue } from './store/work-queue';
import { parseCredentials } from './wechatpay/credentials';
import { Merchant } from './wechatpay/merchant';
import { Transport } from './wechatpay/transport';

export interface Services {
  readonly ports: Ports;
  readonly orders: OrderList;
  readonly search: OrderSearch;
  readonly admin: Admin;
  readonly dueOrders: DueOrders;
  readonly queue: WorkQueue;
  readonly keyCare: KeyCarePorts;
  readonly limits: Pick<Config, 'sweepOrdersMax' | 'sweepEveryMinutes' | 'callsPerSecondMax'>;
  readonly logger: Logger;
  /** To be flushed at the end of an invocation. */
  readonly metrics: FlowMetrics;
}

/** A batch of orders is worked on side by side, each with a call of its own. */
const AWS_LIMITS = { requestMs: 1_000, triesMax: 3, connectionsMax: 128 };

/** Puts the parts together, once for each function instance. */
export function createServices(config: Config, { now = Date.now }: { now?: () => number } = {}): Services {
  const aws = awsClient(AWS_LIMITS);
  const logger = new Logger();
  const table = { client: new DynamoDBClient(aws), tableName: config.tableName };
  const ledger = new DynamoLedger(table);
  const controls = new DynamoControls(table);
  const budget = new DynamoBudget({ ...table, callsPerSecondMax: config.callsPerSecondMax, now });
  const metrics = new FlowMetrics();
  const log = recordTo(logger);
  const record: Ports['record'] = (event) => {
    log(event);
    metrics.record(event);
  };
  const rows = new DynamoMerchantRows(table);
  const overviews = new DynamoOverviews(table);
  const { merchants, keyCare } = merchantKeys(new SecretsManagerClient(aws), config, { rows, now, record });
  const ports: Ports = {
    ledger,
    controls,
    budget,
    merchants,
    now,
    newClaimId: randomUUID,
    chance: Math.random,
    record,
  };
  const admin: Admin = {
    readPolicies: async (mchid) => controls.readPolicies(mchid),
    savePolicy: async (...change) => controls.savePolicy(...change),
    serviceMode: async () => controls.serviceMode(),
    saveMode: async (...change) => controls.saveMode(...change),
    keys: async (mchid) => (await merchants.get(mchid)).facts,
    budget: async (mchid) => budget.usage(mchid),
    merchants: async () => (await rows.all()).map(({ mchid }) => mchid),
    overview: async (mchid) => overviews.find(mchid),
  };
  const queue = new SqsWorkQueue({
    client: new SQSClient(aws),
    queueUrl: config.queueUrl,
    onRefused: (reason) => logger.error('messages not taken by the queue', { reason }),
  });
  return {
    ports,
    orders: ledger,
    search: ledger,
    admin,
    dueOrders: ledger,
    queue,
    keyCare,
    limits: config,
    logger,
    metrics,
  };
}

/** Keys become a client once, when their secrets are read; the connections are shared by all merchants. */
function merchantKeys(
  client: SecretsManagerClient,
  { secretPrefix: prefix, wechatpayHosts: hosts }: Config,
  ports: CertificatePorts,
): { merchants: EquippedMerchants; keyCare: KeyCarePorts } {
  const { now } = ports;
  const transport = new Transport({ hosts, now });
  const keeper = new CertificateKeeper(ports);
  const keyring = new MerchantKeyring<Merchant, 'signing' | 'verify'>({
    client,
    prefix,
    secrets: ['signing', 'verify'],
    parse: (mchid, secrets) =>
      Merchant.of(parseCredentials(mchid, secrets), {
        watch: watchAnswers(mchid, ports),
        renew: async (merchant, timeoutMs) => keeper.renew(merchant, timeoutMs),
        transport,
        now,
      }),
    now,
  });
  const merchants = new EquippedMerchants(keyring, keeper);
  return { merchants, keyCare: { ...ports, keeper, holders: keyring } };
}

/** Merchants that have the platform certificates they verify with, besides the keys of their secrets. */
class EquippedMerchants implements Merchants {
  constructor(
    private readonly keyring: MerchantKeyring<Merchant, 'signing' | 'verify'>,
    private readonly keeper: CertificateKeeper,
  ) {}

  async get(mchid: Mchid): Promise<Merchant> {
    const merchant = await this.keyring.get(mchid);
    await this.keeper.equip(merchant);
    return merchant;
  }

  async refresh(mchid: Mchid, used: Merchant): Promise<boolean> {
    return this.keyring.refresh(mchid, used);
  }
}
