import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamedChange } from '../../../lambda/flow/publish';
import { eventsOfRecord } from '../../../lambda/store/stream-record';
import { RECORDS } from './record-stream';

/** What the stream of Amazon's own DynamoDB Local once said of `tellStory`. */
export const RECORDED = JSON.parse(readFileSync(RECORDS, 'utf8')) as readonly DynamoDBRecord[];

export function changesOf(records: readonly DynamoDBRecord[]): readonly StreamedChange[] {
  return records.map((record) => ({
    position: String(record.dynamodb?.SequenceNumber),
    events: () => eventsOfRecord(record),
  }));
}

export const recordedChanges = () => changesOf(RECORDED);
