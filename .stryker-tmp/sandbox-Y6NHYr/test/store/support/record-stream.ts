import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startDynamoDbLocal } from './dynamodb-local';
import { tellStory } from './story';
import { streamedTable } from './stream';

/** Where the records are, with how they are made. */
export const RECORDS = path.resolve(__dirname, '../fixtures/stream-records.json');

/** Records the stream of Amazon's own DynamoDB Local anew: `node --import tsx test/store/support/record-stream.ts`. */
async function main(): Promise<void> {
  const dynamodb = await startDynamoDbLocal();
  const table = await streamedTable(dynamodb.url, 'recorded');
  try {
    await tellStory(table);
    writeFileSync(RECORDS, `${JSON.stringify(await table.read(), null, 1)}\n`);
  } finally {
    table.close();
    await dynamodb.close();
  }
}

if (require.main === module) void main();
