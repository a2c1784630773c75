import { randomUUID } from 'node:crypto';
import type { AxiosPromise } from 'axios';
import { PayscoreError } from '../core/errors';
import { createAdapter, parsedOrText, type KeyWatch, type RequestConfig } from './adapter';
import { axios } from './axios';
import { CERTIFICATES_PATH } from './certificates';
import { refuseOwnSerials, type SigningKey, type VerificationKeys } from './keys';
import { SigningRotation } from './signing-rotation';
import type { Transport } from './transport';

export type { RequestConfig } from './adapter';

/** Body of collect (订单收款, `/pay`). The documentation has `service_id` optional; sending it costs nothing. */
export interface PayData {
  service_id: string;
  sub_mchid: string;
}

/** Body of sync (同步服务订单状态): the user paid through another channel. */
export interface SyncData {
  service_id: string;
  sub_mchid: string;
  type: 'Order_Paid';
  /** `paid_time`: `yyyyMMddHHmmss` or `yyyyMMdd`, Beijing time. */
  detail: { paid_time: string };
}

/** Body of modify (修改订单金额): downwards only; amounts in fen. */
export interface ModifyData {
  service_id?: string;
  sub_mchid: string;
  post_payments: { name?: string; amount?: number; description?: string; count?: number }[];
  post_discounts?: { name?: string; description?: string; amount?: number; count?: number }[];
  total_amount: number;
  reason: string;
}

/** Body of cancel (取消服务订单). `reason` is shown to the user, at most 50 characters. */
export interface CancelData {
  service_id?: string;
  sub_mchid: string;
  reason: string;
}

/** Which order to query: exactly one of the two numbers. */
export type QueryParams = { service_id: string; sub_mchid: string } & (
  { out_order_no: string; query_id?: never } | { query_id: string; out_order_no?: never }
);

/** What the query answers; see `readOrder` for the parts that are read, checked. */
export type ServiceOrderAnswer = Readonly<Record<string, unknown>>;

export interface CertificatesAnswer {
  data: {
    serial_no: string;
    effective_time: string;
    expire_time: string;
    encrypt_certificate: { algorithm: string; nonce: string; associated_data: string; ciphertext: string };
  }[];
}

type OrderConfig = RequestConfig & { out_order_no: string };
type QueryConfig = RequestConfig & { params: QueryParams };

/** A call that posts, by its verb or by the shorthand: `…pay.post(data, config)` is `…pay(data, config)`. */
export interface PostCall<Data, Answer> {
  (data: Data, config: OrderConfig): AxiosPromise<Answer>;
  post(data: Data, config: OrderConfig): AxiosPromise<Answer>;
}

/** WeChat Pay APIv3, the part this service calls, spelled like the paths. */
export interface Wxpay {
  readonly v3: {
    readonly payscore: {
      readonly partner: {
        readonly serviceorder: {
          readonly get: (config: QueryConfig) => AxiosPromise<ServiceOrderAnswer>;
          readonly _out_order_no_: {
            /** A 2xx means the request was taken, never that the order is paid. */
            readonly pay: PostCall<PayData, '' | Readonly<Record<string, unknown>>>;
            readonly sync: PostCall<SyncData, ''>;
            readonly modify: PostCall<ModifyData, ''>;
            readonly cancel: PostCall<CancelData, ''>;
          };
        };
      };
    };
    readonly certificates: { readonly get: (config?: RequestConfig) => AxiosPromise<CertificatesAnswer> };
  };
}

export interface WxpayOptions {
  /** The service provider's merchant number (服务商商户号): it signs, not the sub-merchant. */
  readonly mchid: string;
  /** Generations of its key, the one that is to sign first. */
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]];
  readonly verificationKeys: VerificationKeys;
  /** The key WeChat Pay is asked to sign answers with (`Wechatpay-Serial`); asked anew for each call. */
  readonly answerKey?: () => string | undefined;
  /**
   * The keys in the answer that lists the platform certificates: the first list can only be verified with a certificate found
   * in it. Nothing else is verified with these. Without it the list is verified like every other answer.
   */
  readonly listed?: (list: Buffer) => VerificationKeys;
  readonly watch?: Partial<KeyWatch>;
  readonly transport: Pick<Transport, 'send'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const SERVICE_ORDER = '/v3/payscore/partner/serviceorder';

/**
 * A client for one merchant. Promises resolve on 2xx answers whose signature was verified; they reject with an
 * `AxiosError` that has a `response` on any other status, and with a `PayscoreError` NOT_SENT, NO_ANSWER or
 * ANSWER_UNVERIFIED otherwise.
 * @throws PayscoreError KEY_INVALID when the verification keys hold the merchant's own serial.
 */
export function createWxpay(options: WxpayOptions): Wxpay {
  const { mchid, signingKeys, verificationKeys: keys, transport, now } = options;
  refuseOwnSerials(keys, signingKeys);
  const client = axios.create({
    adapter: createAdapter({
      signing: new SigningRotation(mchid, signingKeys, now),
      keys,
      listed: options.listed ?? (() => keys),
      answerKey: options.answerKey ?? (() => undefined),
      watch: options.watch ?? {},
      transport,
      now,
      nonce: () => randomUUID().replaceAll('-', ''),
      timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    }),
    transformRequest: [(data: unknown) => JSON.stringify(data)],
    transformResponse: [parsedOrText],
  });
  // Axios's own default headers are for browsers and forms; the adapter sets what WeChat Pay wants.
  client.defaults.headers.common = {};
  client.defaults.headers.post = { 'Content-Type': 'application/json' };

  const post = <Data extends { service_id?: string; sub_mchid: string }, Answer>(
    action: string,
  ): PostCall<Data, Answer> => {
    const call = async (data: Data, config: OrderConfig) => {
      const { service_id, sub_mchid } = data;
      const params = { service_id, sub_mchid, out_order_no: config.out_order_no };
      const question = { url: SERVICE_ORDER, params };
      const request: RequestConfig = {
        ...config,
        method: 'post',
        url: orderPath(config, action),
        question,
        data,
      };
      return client.request<Answer>(request);
    };
    return Object.assign(call, { post: call });
  };
  const get = <Answer>(url: string, config?: RequestConfig): AxiosPromise<Answer> =>
    client.request({ ...config, method: 'get', url });

  return {
    v3: {
      payscore: {
        partner: {
          serviceorder: {
            get: (config) => get(SERVICE_ORDER, config),
            _out_order_no_: {
              pay: post('pay'),
              sync: post('sync'),
              modify: post('modify'),
              cancel: post('cancel'),
            },
          },
        },
      },
      certificates: { get: (config) => get(CERTIFICATES_PATH, config) },
    },
  };
}

/** `|` becomes `%7C` and `*` stays: what is signed is this very text. */
function orderPath({ out_order_no: number }: RequestConfig, action: string): string {
  if (typeof number !== 'string' || number === '') {
    throw new PayscoreError('REQUEST_INVALID', `out_order_no is missing in the config of ${action}`);
  }
  return `${SERVICE_ORDER}/${encodeURIComponent(number)}/${action}`;
}
