import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Mchid } from './core/ids';
import type { LedgerPorts } from './flow/persist';
import type { Config } from './shared/config';
import { awsClient } from './store/aws-client';
import { DynamoControls } from './store/controls';
import { DynamoLedger } from './store/ledger';
import { MerchantKeyring } from './store/merchant-keyring';

export interface ImportServices {
  readonly ports: LedgerPorts;
  /** Rejects for a merchant without secrets. */
  readonly merchants: { get(mchid: Mchid): Promise<unknown> };
  readonly logger: Logger;
}

/** As long as for one order of a request: a batch that takes too long is tried again as a whole. */
const AWS_LIMITS = { requestMs: 1_000, triesMax: 3 };

/** The parts of `import`: it registers orders and calls nobody, so it has no keys and nothing to call with. */
export function createImportServices(
  config: Config,
  { now = Date.now }: { now?: () => number } = {},
): ImportServices {
  const aws = awsClient(AWS_LIMITS);
  const table = { client: new DynamoDBClient(aws), tableName: config.tableName };
  return {
    ports: { ledger: new DynamoLedger(table), controls: new DynamoControls(table), now, chance: Math.random },
    merchants: new MerchantKeyring<true, 'verify'>({
      client: new SecretsManagerClient(aws),
      prefix: config.secretPrefix,
      secrets: ['verify'],
      // That there is one is all that has to be known here.
      parse: () => true,
      now,
    }),
    logger: new Logger(),
  };
}
