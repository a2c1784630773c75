import { createLedgerTable, startDynamoDb } from '../local/aws/dynamodb';
import { startSecretsManager } from '../local/aws/secrets-manager';
import { storeOrders, type Stored } from './stored-orders';

/** DynamoDB with the ledger's table, and Secrets Manager, in a process of their own: their CPU is nobody's. */

export type AwsAsk = {
  readonly kind: 'start';
  readonly tableName: string;
  /** By name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where the table is kept, and what is in it from the first; in memory when absent. */
  readonly kept?: Kept;
};

export interface Kept {
  readonly path: string;
  readonly stored: Stored;
}

export interface AwsTold {
  readonly kind: 'listening';
  readonly dynamodbUrl: string;
  readonly secretsUrl: string;
}

async function start({ tableName, secrets, kept }: AwsAsk): Promise<AwsTold> {
  const keeper = await startSecretsManager();
  for (const [name, value] of Object.entries(secrets)) keeper.put(name, value);
  if (kept !== undefined) await prepare(kept, tableName);
  const dynamodb = await startDynamoDb(kept === undefined ? {} : { path: kept.path });
  await createLedgerTable(dynamodb.url, tableName);
  return { kind: 'listening', dynamodbUrl: dynamodb.url, secretsUrl: keeper.url };
}

/** The table as dynalite itself makes it, then the orders in it, while dynalite is not there. */
async function prepare({ path, stored }: Kept, tableName: string): Promise<void> {
  const dynamodb = await startDynamoDb({ path });
  await createLedgerTable(dynamodb.url, tableName);
  await dynamodb.close();
  await storeOrders(path, tableName, stored);
}

process.on('message', (ask: AwsAsk) => {
  start(ask).then(
    (told) => process.send?.(told),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));
