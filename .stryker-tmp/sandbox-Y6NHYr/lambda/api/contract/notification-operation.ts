import * as z from 'zod/mini';
import { NOTIFICATION_OUTCOMES, type NotificationOutcome } from '../../core/notification';
import { orderFields } from '../../shared/schema';
import { NOTIFICATION_STATUSES } from '../notification';
import { about, named } from './describe';
import type { Answered, Operation } from './operation';

const failed = named(
  'NotificationFailed',
  // The gateway itself says only the message.
  z.strictObject({ code: z.optional(z.literal('FAIL')), message: z.string() }),
  'What WeChat Pay is told; it sends the notification again.',
);

const envelope = named(
  'Notification',
  z.looseObject({
    id: z.string(),
    create_time: z.string(),
    event_type: about('`PAYSCORE.USER_PAID` is applied; others are kept.', z.string()),
    resource: about(
      'Encrypted under the APIv3 key.',
      z.looseObject({ algorithm: z.string(), ciphertext: z.string(), nonce: z.string() }),
    ),
  }),
  'As WeChat Pay sends it. Its bytes are verified before anything in them is read.',
);

/** One answer for each status, with everything that it may mean. */
function answers(): Readonly<Record<number, Answered>> {
  const statuses = [...new Set(Object.values(NOTIFICATION_STATUSES))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: meaningsOf(status), ...(status === 204 ? {} : { schema: failed }) },
    ]),
  );
}

function meaningsOf(status: number): string {
  return Object.entries(NOTIFICATION_STATUSES)
    .filter(([, one]) => one === status)
    .map(([came_to]) => `- ${NOTIFICATION_OUTCOMES[came_to as NotificationOutcome]}`)
    .join('\n');
}

export const NOTIFICATIONS = {
  'POST /notifications/{mchid}': {
    id: 'receiveNotification',
    tag: 'notifications',
    summary: 'Receives a notification of WeChat Pay',
    description:
      'What merchants give as `notify_url`. Public, and guarded by the signature of WeChat Pay: a merchant’s own receiver may forward a notification here with its original headers and bytes.',
    request: z.strictObject({ mchid: orderFields.mchid }),
    takes: 'query',
    body: envelope,
    signature: {
      'Wechatpay-Serial': 'Which key it is signed with.',
      'Wechatpay-Signature': 'Of timestamp, nonce and body.',
      'Wechatpay-Timestamp': 'Epoch seconds; not older than 5 minutes, or it only makes a query due.',
      'Wechatpay-Nonce': 'Part of what is signed.',
    },
    answers: answers(),
    problems: [],
  },
} as const satisfies Readonly<Record<string, Operation>>;
