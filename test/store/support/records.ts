import { readFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import type { StreamedChange } from '../../../lambda/flow/publish';
import type { Order } from '../../../lambda/core/order';
import { readItem, type Item } from '../../../lambda/store/ledger-item';
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

/** The orders that it showed, as they were then. */
export const recordedOrders = (): readonly Order[] =>
  RECORDED.flatMap(({ dynamodb }) => {
    const item = (dynamodb?.NewImage ?? {}) as Item;
    const read = item['packed'] === undefined ? undefined : readItem(item);
    return read?.kind === 'order' ? [read.order] : [];
  });

export const recordedChanges = () => changesOf(RECORDED);
