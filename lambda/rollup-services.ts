import { Logger } from '@aws-lambda-powertools/logger';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RollupPorts } from './flow/rollup';
import type { Config } from './shared/config';
import { recordTo } from './shared/log';
import { awsClient } from './store/aws-client';
import { DynamoControls } from './store/controls';
import { DynamoLedger } from './store/ledger';
import { DynamoMerchantRows } from './store/merchant-rows';
import { DynamoOverviews } from './store/overview-rows';

export interface RollupServices {
  readonly ports: RollupPorts;
  readonly logger: Logger;
}

/** Nobody waits for it. A page of an index, or a hundred orders, are up to a megabyte. */
const AWS_LIMITS = { requestMs: 5_000, triesMax: 3 };

/** The parts of `rollup`: it reads the ledger, writes overviews, and has no keys and nothing to call with. */
export function createRollupServices(
  config: Pick<Config, 'tableName'>,
  { now = Date.now }: { now?: () => number } = {},
): RollupServices {
  const table = { client: new DynamoDBClient(awsClient(AWS_LIMITS)), tableName: config.tableName };
  const logger = new Logger();
  const ports = {
    ledger: new DynamoLedger(table),
    controls: new DynamoControls(table),
    rows: new DynamoMerchantRows(table),
    overviews: new DynamoOverviews(table),
    now,
    record: recordTo(logger),
  };
  return { ports, logger };
}
