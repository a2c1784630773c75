import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record,
} from '@aws-sdk/client-dynamodb-streams';
import type { DynamoDBRecord } from 'aws-lambda';
import { createLedgerTable } from '../../../local/aws/dynamodb';
import { LOCAL_AWS } from '../../../local/aws/identity';

export interface StreamedTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Everything in the stream so far, as Lambda would hand it over. */
  read(): Promise<readonly DynamoDBRecord[]>;
  close(): void;
}

/** The ledger's table with its stream as the stack has it, on a DynamoDB that has streams. */
export async function streamedTable(url: string, tableName: string): Promise<StreamedTable> {
  await createLedgerTable(url, tableName);
  const client = new DynamoDBClient({ endpoint: url, ...LOCAL_AWS });
  const { TableDescription: table } = await client.send(
    new UpdateTableCommand({
      TableName: tableName,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  const streamArn = table?.LatestStreamArn;
  if (streamArn === undefined) throw new Error('the table has no stream');
  const streams = new DynamoDBStreamsClient({ endpoint: url, ...LOCAL_AWS });
  return {
    client,
    tableName,
    read: async () => readStream(streams, streamArn),
    close: () => {
      client.destroy();
      streams.destroy();
    },
  };
}

async function readStream(client: DynamoDBStreamsClient, arn: string): Promise<DynamoDBRecord[]> {
  const { StreamDescription: stream } = await client.send(new DescribeStreamCommand({ StreamArn: arn }));
  const records: DynamoDBRecord[] = [];
  for (const { ShardId: shard } of stream?.Shards ?? []) {
    const begin = { StreamArn: arn, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' } as const;
    let { ShardIterator: from } = await client.send(new GetShardIteratorCommand(begin));
    // A shard that is still written to has no end: what is read is what is there.
    while (from !== undefined) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: from }));
      records.push(...(page.Records ?? []).map((record) => asLambdaHasIt(record, arn)));
      from = page.Records?.length === 0 ? undefined : page.NextShardIterator;
    }
  }
  return records;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html: the same in JSON, where a time is epoch seconds and bytes are base64. */
function asLambdaHasIt(
  { dynamodb, userIdentity: _identity, ...record }: _Record,
  arn: string,
): DynamoDBRecord {
  const { ApproximateCreationDateTime: at, ...change } = dynamodb ?? {};
  const written = { ...change, ApproximateCreationDateTime: (at?.getTime() ?? 0) / 1_000 };
  return JSON.parse(
    JSON.stringify({ ...record, eventSourceARN: arn, dynamodb: written }, bytesInBase64),
  ) as DynamoDBRecord;
}

/** What is asked is the object itself: a Buffer would have turned into a list of numbers by then. */
function bytesInBase64(this: Readonly<Record<string, unknown>>, name: string, value: unknown): unknown {
  const given = this[name];
  return given instanceof Uint8Array ? Buffer.from(given).toString('base64') : value;
}
