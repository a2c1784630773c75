import { randomUUID } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Merchants, Ports } from './flow/ports';
import type { Config } from './shared/config';
import { recordTo } from './shared/log';
import { DynamoLedger } from './store/ledger';
import { MerchantKeyring } from './store/merchant-keyring';
import { createWxpay } from './wechatpay/client';
import { parseCredentials, type Credentials } from './wechatpay/credentials';
import { Payscore } from './wechatpay/payscore';
import { Transport } from './wechatpay/transport';

export interface Services {
  readonly ports: Ports;
  readonly logger: Logger;
}

/** An AWS call that takes longer than this is tried again, at most twice more. */
const AWS_REQUEST_MS = 1_000;
const AWS_TRIES_MAX = 3;

/** Puts the parts together, once for each function instance. */
export function createServices(config: Config, { now = Date.now }: { now?: () => number } = {}): Services {
  const aws = {
    maxAttempts: AWS_TRIES_MAX,
    requestHandler: {
      connectionTimeout: AWS_REQUEST_MS,
      requestTimeout: AWS_REQUEST_MS,
      throwOnRequestTimeout: true,
    },
  };
  const logger = new Logger();
  const ledger = new DynamoLedger({ client: new DynamoDBClient(aws), tableName: config.tableName });
  const keyring = new MerchantKeyring<Payscore>({
    client: new SecretsManagerClient(aws),
    prefix: config.secretPrefix,
    parse: merchantCalls(new Transport({ hosts: config.wechatpayHosts, now }), now),
    now,
  });
  return {
    logger,
    ports: {
      ledger,
      merchants: keyring satisfies Merchants,
      policy: config.policy,
      now,
      newClaimId: randomUUID,
      record: recordTo(logger),
    },
  };
}

/** Keys become a client once, when their secrets are read; the connections are shared by all merchants. */
function merchantCalls(transport: Transport, now: () => number) {
  return (...secrets: Parameters<typeof parseCredentials>): Payscore => {
    const { mchid, signingKeys, verificationKeys, answerKey }: Credentials = parseCredentials(...secrets);
    const [signingKey] = signingKeys;
    return new Payscore(createWxpay({ mchid, signingKey, verificationKeys, answerKey, transport, now }));
  };
}
