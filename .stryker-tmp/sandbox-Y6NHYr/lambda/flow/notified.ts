import { amountsDiffer } from '../core/amounts';
import { isPayscoreError, PayscoreError, type ErrorCode } from '../core/errors';
import type { FlowEvent } from '../core/event';
import type { Mchid } from '../core/ids';
import {
  doubt,
  judge,
  type KeptNotification,
  type Notice,
  type NotificationOutcome,
  type NotificationReading,
  type PaymentNotice,
} from '../core/notification';
import type { Order } from '../core/order';
import { persistIfAsSeen, type LedgerPorts } from './persist';
import type { NotificationReaders, NotificationsKept, Ports, RawNotification } from './ports';

/** What taking a notification needs. There is nothing among it that could call WeChat Pay. */
export interface NotificationPorts extends LedgerPorts {
  readonly readers: NotificationReaders;
  readonly kept: NotificationsKept;
  readonly record: Ports['record'];
  /** Has the platform certificates (平台证书) of a merchant fetched, soon and by somebody who signs. */
  readonly certificates: { want(mchid: Mchid): Promise<unknown> };
}

type Receipt = Omit<Extract<FlowEvent, { kind: 'notification' }>, 'kind' | 'mchid'>;

/** Tries to write what a notification says while other workers keep getting in the way. */
const TRIES_MAX = 5;

/**
 * Takes a notification: verified before anything in it is decrypted or read, then applied as an answer to a query
 * would be. What it came to is durable when this resolves; it rejects only for a mistake in this program.
 */
export async function receive(
  mchid: Mchid,
  raw: RawNotification,
  ports: NotificationPorts,
): Promise<NotificationOutcome> {
  const receipt = await take(mchid, raw, ports).catch(unavailable);
  ports.record({ kind: 'notification', mchid, ...receipt });
  return receipt.came_to;
}

/** What went wrong behind, as what WeChat Pay is told: it sends the notification again. */
const FAILURES: Readonly<Partial<Record<ErrorCode, NotificationOutcome>>> = {
  MERCHANT_UNKNOWN: 'merchant_unknown',
  SECRET_INVALID: 'unavailable',
  SECRETS_UNAVAILABLE: 'unavailable',
  LEDGER_UNAVAILABLE: 'unavailable',
  LEDGER_ROW_NEWER: 'unavailable',
};

function unavailable(error: unknown): Receipt {
  const came_to = isPayscoreError(error) ? FAILURES[error.code] : undefined;
  if (came_to === undefined || !isPayscoreError(error)) throw error;
  return { came_to, because: error.message };
}

async function take(mchid: Mchid, raw: RawNotification, ports: NotificationPorts): Promise<Receipt> {
  // Anybody can send that with any number, and nobody's keys are fetched for it.
  if (!ports.readers.isSigned(raw)) return { came_to: 'unverified', because: 'header_missing' };
  const reading = await read(mchid, raw, ports);
  switch (reading.kind) {
    case 'serial_unknown':
      // WeChat Pay sends it again, and has a certificate in use that is new here.
      await ports.certificates.want(mchid);
      return { came_to: 'unverified', because: `serial_unknown: ${reading.serial}` };
    case 'unverified':
    case 'unreadable':
    case 'wrong_tenant':
    case 'undecryptable': {
      const { kind, ...details } = reading;
      return { came_to: kind, ...details };
    }
    case 'other_event':
      return keep(mchid, raw, reading.notice, { because: 'other_event' }, ports);
    case 'order':
      return takeOrder(mchid, raw, reading, ports);
  }
}

/** Once more if the keys were to blame and have been replaced since they were read. */
async function read(
  mchid: Mchid,
  raw: RawNotification,
  { readers }: NotificationPorts,
): Promise<NotificationReading> {
  const reader = await readers.get(mchid);
  const reading = reader.read(raw);
  if (reading.kind !== 'serial_unknown' && reading.kind !== 'undecryptable') return reading;
  if (!(await readers.refresh(mchid, reader))) return reading;
  return (await readers.get(mchid)).read(raw);
}

async function takeOrder(
  mchid: Mchid,
  raw: RawNotification,
  payment: PaymentNotice,
  ports: NotificationPorts,
): Promise<Receipt> {
  const { key, notice, service_id } = payment;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const order = await ports.ledger.find(key);
    if (order === undefined) return keep(mchid, raw, notice, { because: 'unregistered', order: key }, ports);
    const ofOther = service_id !== undefined && service_id !== order.ref.service_id;
    if (ofOther) await keep(mchid, raw, notice, { because: 'other_service', order: key }, ports);
    const came_to = await apply(order, payment, ofOther, ports);
    if (came_to !== undefined) return { came_to, ...nameOf(notice), order: key };
  }
  throw new PayscoreError(
    'LEDGER_UNAVAILABLE',
    `Order ${key.out_order_no} is being changed by others; ${TRIES_MAX} tries to record a notification failed.`,
  );
}

/** Undefined when somebody else changed the order meanwhile: then it has to be judged anew. */
async function apply(
  order: Order,
  payment: PaymentNotice,
  ofOther: boolean,
  ports: NotificationPorts,
): Promise<NotificationOutcome | undefined> {
  const now = ports.now();
  const judgement = ofOther ? doubt(order, now) : judge(order, payment, now);
  const change = judgement.kind === 'known' ? undefined : judgement.change;
  if (change !== undefined && (await persistIfAsSeen(ports, order, change)) === undefined) return undefined;
  const differs = judgement.kind === 'applied' ? amountsDiffer(order, payment.facts) : undefined;
  if (differs !== undefined) ports.record({ kind: 'amount_differs', ref: order.ref, ...differs });
  return ofOther ? 'other_service' : judgement.kind;
}

async function keep(
  mchid: Mchid,
  raw: RawNotification,
  notice: Notice,
  why: Pick<KeptNotification, 'because' | 'order'>,
  { kept, now }: NotificationPorts,
): Promise<Receipt> {
  const { created_at } = notice;
  const envelope = raw.body.toString('utf8');
  await kept.keep({ mchid, ...nameOf(notice), created_at, received_at: now(), ...why, envelope });
  const { because, ...order } = why;
  return { came_to: because, ...nameOf(notice), ...order };
}

function nameOf({ id, event_type }: Notice): Pick<Notice, 'id' | 'event_type'> {
  return { id, event_type };
}
