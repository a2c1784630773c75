import {
  BatchWriteItemCommand,
  DynamoDBClient,
  ScanCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import { createLedgerTable } from '../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../local/aws/identity';

/** A table as it was at an instant. */
export interface Backup {
  readonly at: number;
  readonly items: readonly Readonly<Record<string, AttributeValue>>[];
}

/** What point-in-time recovery does, at an instant that is chosen beforehand. */
export async function backUp(endpoint: string, tableName: string, at: number): Promise<Backup> {
  const client = new DynamoDBClient({ endpoint, ...LOCAL_AWS });
  const { Items: items = [], LastEvaluatedKey: more } = await client.send(
    new ScanCommand({ TableName: tableName, ConsistentRead: true }),
  );
  client.destroy();
  if (more !== undefined) throw new Error('a backup of one page is enough here');
  return { at, items };
}

/** Always into a table of another name, indexes and all. */
export async function restoreTo(endpoint: string, tableName: string, { items }: Backup): Promise<void> {
  await createLedgerTable(endpoint, tableName);
  const client = new DynamoDBClient({ endpoint, ...LOCAL_AWS });
  for (let first = 0; first < items.length; first += 25) {
    const requests = items.slice(first, first + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
  }
  client.destroy();
}
