import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { ChangeEvent } from '../core/change-event';
import { breakerEventsOf, eventsOf } from '../core/change-events';
import type { BreakerTarget } from '../core/controls';
import { PayscoreError } from '../core/errors';
import type { Mchid, ServiceId, SubMchid } from '../core/ids';
import { SCHEMA, type Order } from '../core/order';
import { controlsOf, type Row } from './control-rows';
import { readItem, type Item } from './ledger-item';

/**
 * What is to be told of one change of the table. Rows that nobody is told of, and rows that were removed, which this
 * service never does, come to nothing.
 * @throws PayscoreError LEDGER_ROW_NEWER: what such a row says may not be passed over, and is not known here
 */
export function eventsOfRecord({ dynamodb = {} }: DynamoDBRecord): readonly ChangeEvent[] {
  const { ApproximateCreationDateTime: writtenSeconds = 0 } = dynamodb;
  const [after, before] = [dynamodb.NewImage, dynamodb.OldImage] as (Item | undefined)[];
  if (after === undefined) return [];
  const writtenAt = writtenSeconds * 1_000;
  const [pk, sk] = [after['pk']?.S ?? '', after['sk']?.S ?? ''];
  if (pk.startsWith('order#')) {
    const [was, is] = [before && orderIn(before), orderIn(after)];
    return was?.version === is.version ? [] : eventsOf(was, is, writtenAt);
  }
  const target = sk.startsWith('breaker#') ? breakerTargetOf(pk, sk) : undefined;
  if (target === undefined) return [];
  return breakerEventsOf(target, breakerIn(before), breakerIn(after), writtenAt);
}

function orderIn(item: Item): Order {
  const read = readItem(item);
  if (read.kind === 'order') return read.order;
  throw new PayscoreError(
    'LEDGER_ROW_NEWER',
    `An order was written by another release (schema ${read.schema}); this one knows ${SCHEMA}.`,
  );
}

function breakerTargetOf(pk: string, sk: string): BreakerTarget | undefined {
  const mchid = /^merchant#(\d+)$/.exec(pk)?.[1] as Mchid | undefined;
  if (mchid === undefined) return undefined;
  if (sk === 'breaker#merchant') return { mchid };
  const [, sub, service] = /^breaker#pair#(\d+)#(\d+)$/.exec(sk) ?? [];
  if (sub === undefined || service === undefined) return undefined;
  return { mchid, sub_mchid: sub as SubMchid, service_id: service as ServiceId };
}

function breakerIn(item: Item | undefined) {
  if (item === undefined) return undefined;
  const { breakers } = controlsOf([unmarshall(item) as Row], undefined, '');
  return breakers.merchant ?? breakers.pairs.values().next().value;
}
