import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { Aes, Formatter } from 'wechatpay-axios-plugin';
import type { Merchant } from './merchants';
import type { EventType, SetNotificationFault } from './notification-faults';
import type { OrderKey } from './orders';
import type { Signer } from './platform';
import { describe, openidOf } from './query';
import { type OrderRecord, payingFen } from './record';
import { PROBE_PREFIX, signatureHeaders } from './signing';
import { compactTime, rfc3339 } from './time';

const NONCE_CHARACTERS = 12;
const ASSOCIATED_DATA = 'payscore';

const SUMMARIES: Readonly<Record<EventType, string>> = {
  'PAYSCORE.USER_PAID': '微信支付分用户支付成功',
  'PAYSCORE.USER_CONFIRM': '微信支付分用户确认订单',
  'PAYSCORE.USER_OPEN_SERVICE': '微信支付分用户开启服务',
};

/** What is to be told, with the order as it was when it happened; the same in every delivery. */
export interface Notice {
  readonly id: string;
  readonly createdAtMs: number;
  readonly event_type: EventType;
  readonly key: OrderKey;
  readonly url: string;
  readonly resource: object;
  /** By whom: WeChat Pay, or somebody who has everything but its key. */
  readonly from: 'wechatpay' | 'forger';
}

/** One HTTP request. */
export interface Letter {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Of giving a permission, not of an order; these spell the merchant numbers in their own way. */
const openService = ({ given }: OrderRecord, atMs: number): object => ({
  appid: given.appid,
  mch_id: given.mchid,
  sub_mch_id: given.sub_mchid,
  service_id: given.service_id,
  openid: openidOf(given),
  user_service_status: 'USER_OPEN_SERVICE',
  openorclose_time: compactTime(atMs),
});

export function noticeOf(
  order: OrderRecord,
  event_type: EventType,
  createdAtMs: number,
  url: string,
): Notice {
  const resource =
    event_type === 'PAYSCORE.USER_OPEN_SERVICE' ? openService(order, createdAtMs) : describe(order);
  return { id: randomUUID(), createdAtMs, event_type, key: order.key, url, resource, from: 'wechatpay' };
}

/** Claims that the whole amount was paid. */
export function forgedNotice(order: OrderRecord, createdAtMs: number, url: string): Notice {
  const amount = payingFen(order);
  const detail = {
    seq: order.details.length + 1,
    amount,
    paid_type: 'NEWTON',
    paid_time: compactTime(createdAtMs),
    transaction_id: `4200${randomBytes(12).toString('hex')}`,
  } as const;
  const details = amount > 0 ? [...order.details, detail] : order.details;
  const claimed: OrderRecord = { ...order, details, paidFen: order.totalFen, phase: 'user_paid' };
  return { ...noticeOf(claimed, 'PAYSCORE.USER_PAID', createdAtMs, url), from: 'forger' };
}

let forgersKey: KeyObject | undefined;

/** Drawn when first needed, then the same. */
function keyOfForger(): KeyObject {
  forgersKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return forgersKey;
}

function resourceOf({ resource, key }: Notice, fault: SetNotificationFault | undefined): object {
  if (fault?.kind === 'wrong_tenant') return { ...resource, mchid: fault.mchid };
  if (fault?.kind !== 'sp_mchid') return resource;
  const { mchid, ...rest } = { mchid: key.mchid, ...resource };
  const { collection } = rest as { collection?: { details?: readonly { transaction_id?: string }[] } };
  const transaction_id = collection?.details?.at(-1)?.transaction_id;
  return { ...rest, sp_mchid: mchid, ...(transaction_id !== undefined && { transaction_id }) };
}

/** WeChat Pay: the resource is encrypted with the service provider's APIv3 key, AAD and nonce beside it. */
function envelope(notice: Notice, resource: object, apiv3Key: string): string {
  const nonce = Formatter.nonce(NONCE_CHARACTERS);
  return JSON.stringify({
    id: notice.id,
    create_time: rfc3339(notice.createdAtMs),
    resource_type: 'encrypt-resource',
    event_type: notice.event_type,
    summary: SUMMARIES[notice.event_type],
    resource: {
      original_type: 'payscore',
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: Aes.AesGcm.encrypt(JSON.stringify(resource), apiv3Key, nonce, ASSOCIATED_DATA),
      associated_data: ASSOCIATED_DATA,
      nonce,
    },
  });
}

/** What is sent instead of what was signed. */
function bodyOf(text: string, fault: SetNotificationFault | undefined): Buffer {
  const signed = Buffer.from(text);
  if (fault?.kind === 'reserialised') return Buffer.from(JSON.stringify(JSON.parse(text), null, 2));
  return fault?.kind === 'truncated' ? signed.subarray(0, Math.floor(signed.length / 2)) : signed;
}

export interface Sealing {
  /** Whose APIv3 key encrypts. */
  readonly merchant: Pick<Merchant, 'apiv3_key'>;
  readonly signer: Signer;
  readonly nowMs: number;
  readonly fault?: SetNotificationFault | undefined;
  readonly probe?: boolean;
}

/** Encrypted and signed afresh: each delivery of a notification has a signature of its own time. */
export function writeLetter(notice: Notice, { merchant, signer, nowMs, fault, probe }: Sealing): Letter {
  const text = envelope(notice, resourceOf(notice, fault), merchant.apiv3_key);
  const body = bodyOf(text, fault);
  const forged = notice.from === 'forger' || fault?.kind === 'forged';
  const signature = signatureHeaders({
    text,
    serial: signer.serial,
    privateKey: forged ? keyOfForger() : signer.privateKey,
    timestampS: Math.floor(nowMs / 1000) - (fault?.kind === 'stale' ? fault.seconds : 0),
    ...(probe === true && { prefix: PROBE_PREFIX }),
  });
  return {
    url: notice.url,
    headers: {
      Accept: '*/*',
      'User-Agent': 'Mozilla/4.0',
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
      'Request-ID': `${randomBytes(20).toString('hex').toUpperCase()}-0`,
      ...signature,
    },
    body,
  };
}
