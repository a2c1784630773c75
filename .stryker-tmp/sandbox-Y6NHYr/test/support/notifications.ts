import { type KeyObject, randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, request } from 'node:http';
import { Aes, Formatter, Rsa } from 'wechatpay-axios-plugin';
import type { OrderRef } from '../../lambda/core/ids';
import { demandDescribed } from './contract';
import { APIV3_KEY, PLATFORM } from './keys';

/** Whom a notification is signed by: WeChat Pay's own side, made by somebody else's code. */
export interface Signer {
  readonly serial: string;
  readonly key: KeyObject;
}

const privateKey = (pem: string): KeyObject => Rsa.from(pem, Rsa.KEY_TYPE_PRIVATE);

export const BY_PUBLIC_KEY: Signer = {
  serial: PLATFORM.public_key_id,
  key: privateKey(PLATFORM.public_key_private_key),
};
export const BY_CERTIFICATE: Signer = {
  serial: PLATFORM.serial_no,
  key: privateKey(PLATFORM.certificate_private_key),
};

/** One payment as `collection.details` has it. */
export interface Payment {
  readonly amount: number;
  readonly transaction_id?: string;
  readonly paid_type?: 'NEWTON' | 'MCH';
}

/** What a notification says of an order after these payments, the whole sum of 1 yuan being due. */
export function resourceOf(
  { mchid, sub_mchid, out_order_no, service_id }: OrderRef,
  payments: readonly Payment[] = [{ amount: 100, transaction_id: '4200000000001' }],
  total = 100,
): Record<string, unknown> {
  const paid = payments.reduce((sum, { amount }) => sum + amount, 0);
  const done = paid >= total;
  return {
    appid: 'wxd678efh567hg6787',
    mchid,
    sub_mchid,
    service_id,
    out_order_no,
    openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o',
    state: done ? 'DONE' : 'DOING',
    ...(done ? {} : { state_description: 'MCH_COMPLETE' }),
    service_introduction: '充电服务',
    total_amount: total,
    order_id: '15646546545165651651',
    need_collection: true,
    collection: {
      state: done ? 'USER_PAID' : 'USER_PAYING',
      total_amount: total,
      paying_amount: Math.max(total - paid, 0),
      paid_amount: paid,
      details: payments.map((payment, index) => ({
        seq: index + 1,
        paid_type: 'NEWTON',
        paid_time: '20260302120000',
        ...payment,
      })),
    },
  };
}

export interface EnvelopeOptions {
  readonly createdAt: number;
  readonly id?: string;
  readonly eventType?: string;
  readonly apiv3Key?: string;
  readonly associatedData?: string;
}

/** The body of a notification; `resource` as text is encrypted as it stands. */
export function envelopeOf(resource: object | string, options: EnvelopeOptions): string {
  const { createdAt, id = randomUUID(), eventType = 'PAYSCORE.USER_PAID' } = options;
  const { apiv3Key = APIV3_KEY, associatedData = 'payscore' } = options;
  const text = typeof resource === 'string' ? resource : JSON.stringify(resource);
  const nonce = randomUUID().slice(0, 12);
  return JSON.stringify({
    id,
    create_time: beijingTime(createdAt),
    resource_type: 'encrypt-resource',
    event_type: eventType,
    summary: '支付分支付成功',
    resource: {
      original_type: 'payscore',
      algorithm: 'AEAD_AES_256_GCM',
      ciphertext: Aes.AesGcm.encrypt(text, apiv3Key, nonce, associatedData),
      associated_data: associatedData,
      nonce,
    },
  });
}

/** `2026-03-02T12:00:00+08:00`, as WeChat Pay writes it. */
function beijingTime(ms: number): string {
  return new Date(ms + 8 * 3_600_000).toISOString().replace(/\.\d+Z$/, '+08:00');
}

export function headersOf(
  body: string,
  { at, by = BY_PUBLIC_KEY }: { at: number; by?: Signer },
): Record<string, string> {
  const timestamp = Math.floor(at / 1000);
  const nonce = randomUUID().replaceAll('-', '');
  return {
    'content-type': 'application/json',
    'request-id': '08F1A2B3C4-0',
    'wechatpay-serial': by.serial,
    'wechatpay-timestamp': String(timestamp),
    'wechatpay-nonce': nonce,
    'wechatpay-signature': Rsa.sign(Formatter.response(timestamp, nonce, body), by.key),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

export interface Delivered {
  readonly status: number;
  /** `code` of the body; undefined when there is none. */
  readonly code?: unknown;
  readonly text: string;
}

/** A header twice is a list. */
export type SentHeaders = Readonly<Record<string, string | string[]>>;

/** Sends these bytes under these headers, and nothing else. */
export async function deliver(url: string, headers: SentHeaders, body: string | Buffer): Promise<Delivered> {
  const { headers: answered, ...delivered } = await post(url, headers, body);
  const path = new URL(url).pathname;
  // A merchant's own receiver answers as it likes.
  if (path.startsWith('/notifications/'))
    demandDescribed({ method: 'POST', path, headers: answered, ...delivered });
  return delivered;
}

async function post(
  url: string,
  headers: SentHeaders,
  body: string | Buffer,
): Promise<Delivered & { readonly headers: IncomingHttpHeaders }> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', headers: { ...headers, ...length }, agent: false });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const answer = text === '' ? {} : (JSON.parse(text) as { code?: unknown });
        const { statusCode = 0, headers: answered } = incoming;
        resolve({ status: statusCode, headers: answered, code: answer.code, text });
      });
    });
    outgoing.end(body);
  });
}
