import { createLedgerTable, startDynamoDb } from '../local/aws/dynamodb';
import { startSecretsManager } from '../local/aws/secrets-manager';

/** DynamoDB with the ledger's table, and Secrets Manager, in a process of their own: their CPU is nobody's. */

export type AwsAsk = {
  readonly kind: 'start';
  readonly tableName: string;
  /** By name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where the table is kept; in memory when absent. */
  readonly path?: string;
};

export interface AwsTold {
  readonly kind: 'listening';
  readonly dynamodbUrl: string;
  readonly secretsUrl: string;
}

async function start({ tableName, secrets, path }: AwsAsk): Promise<AwsTold> {
  const [dynamodb, keeper] = await Promise.all([
    startDynamoDb(path === undefined ? {} : { path }),
    startSecretsManager(),
  ]);
  for (const [name, value] of Object.entries(secrets)) keeper.put(name, value);
  await createLedgerTable(dynamodb.url, tableName);
  return { kind: 'listening', dynamodbUrl: dynamodb.url, secretsUrl: keeper.url };
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
