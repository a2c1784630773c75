import { setTimeout as after } from 'node:timers/promises';
import type { APIGatewayProxyEventV2 as PublicEvent } from 'aws-lambda';
import { PATTERNS, type Mchid } from '../core/ids';
import { NOTIFICATION_OUTCOMES, type NotificationOutcome } from '../core/notification';
import { receive, type NotificationPorts } from '../flow/notified';
import { json, type HttpAnswer } from '../shared/http';

/** Bytes: a notification with every field filled has a few thousand. */
const BODY_BYTES_MAX = 64 * 1024;

/**
 * What WeChat Pay is answered. 204 says that what came of it is durable, and is the end of it; anything else has it sent
 * again, at intervals that grow to hours (https://pay.weixin.qq.com/doc/v3/partner/4012155283).
 */
export const NOTIFICATION_STATUSES = {
  applied: 204,
  known: 204,
  doubted: 204,
  other_service: 204,
  unregistered: 204,
  other_event: 204,
  unreadable: 400,
  wrong_tenant: 400,
  unverified: 401,
  merchant_unknown: 404,
  too_large: 413,
  // It is well signed: rather our key is wrong than the notification.
  undecryptable: 500,
  unavailable: 503,
  out_of_time: 503,
} as const satisfies Record<NotificationOutcome, number>;

export interface NotificationContext {
  readonly ports: NotificationPorts;
  /** From now: the answer has to be on its way by then. */
  readonly withinMs: number;
}

/** `POST /notifications/{mchid}`: public, and guarded by the signature of WeChat Pay. */
export async function answerNotification(
  event: PublicEvent,
  { ports, withinMs }: NotificationContext,
): Promise<HttpAnswer> {
  const mchid = event.pathParameters?.['mchid'] ?? '';
  // No number to look for, so nobody is asked.
  if (!isMchid(mchid)) return answerOf('merchant_unknown');
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (body.length > BODY_BYTES_MAX) return refused(mchid, 'too_large', ports);
  const received = receive(mchid, { headers: event.headers, body }, ports);
  const came_to = await within(withinMs, received);
  return came_to === undefined ? refused(mchid, 'out_of_time', ports) : answerOf(came_to);
}

function isMchid(text: string): text is Mchid {
  return PATTERNS.mchid.test(text);
}

/** Undefined when it took longer. What goes on then is written or not: the delivery that follows finds either. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const stop = new AbortController();
  const timeout = after(ms, undefined, { signal: stop.signal }).catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    stop.abort();
  }
}

function refused(mchid: Mchid, came_to: NotificationOutcome, { record }: NotificationPorts): HttpAnswer {
  record({ kind: 'notification', mchid, came_to });
  return answerOf(came_to);
}

function answerOf(came_to: NotificationOutcome): HttpAnswer {
  const status = NOTIFICATION_STATUSES[came_to];
  if (status === 204) return { statusCode: status };
  return json(status, { code: 'FAIL', message: NOTIFICATION_OUTCOMES[came_to] });
}
