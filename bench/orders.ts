import type { SQSEvent } from 'aws-lambda';
import type { OrderKey, OrderRef } from '../lambda/core/ids';
import type { Services } from '../lambda/services';
import { DAY_MS } from '../lambda/core/time';
import type { Functions } from './bundle';
import { inFlight } from './harness';
import { MCHID } from './merchant';

const SERVICE_ID = '00004000000000000000000000000001';
const WRITES_IN_FLIGHT_MAX = 20;

/** The provider's one order with this number, of this sub-merchant. */
export function orderRef(sub_mchid: string, out_order_no: string): OrderRef {
  return { mchid: MCHID, sub_mchid, out_order_no, service_id: SERVICE_ID } as OrderRef;
}

/** From now on what is due is collected, at any hour and however soon after completion. */
export async function collectAtOnce({ admin, ports }: Services): Promise<void> {
  const { mchid } = orderRef('1', '1');
  await admin.savePolicy({ mchid }, { first_attempt_after_hours: 0, windows: [] }, 'bench', ports.now());
  await admin.saveMode('service', 'on', 'bench', ports.now());
}

/** Registers orders that were completed two days ago: each is due at once. */
export async function registerDue(
  refs: readonly OrderRef[],
  { ports }: Services,
  register: Functions['register'],
): Promise<void> {
  const at = ports.now();
  const registration = { at, actor: { kind: 'api', id: 'bench' }, completed_at: at - 2 * DAY_MS } as const;
  await inFlight(refs.length, WRITES_IN_FLIGHT_MAX, async (index) => {
    const ref = refs[index];
    if (ref === undefined) return;
    const { kind } = await register(ref, registration, ports);
    if (kind !== 'registered') throw new Error(`order ${ref.out_order_no} is ${kind}`);
  });
}

/** The event of a batch with one message for each order, as Lambda hands it to the function. */
export function batchOf(keys: readonly OrderKey[]): SQSEvent {
  return {
    Records: keys.map(({ mchid, sub_mchid, out_order_no }, index) => ({
      messageId: `message-${index}`,
      receiptHandle: `receipt-${index}`,
      body: JSON.stringify({ v: 1, mchid, sub_mchid, out_order_no }),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: 'bench',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:bench',
      awsRegion: 'us-east-1',
    })),
  };
}
