import { createPrivateKey, randomBytes, sign, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MCHID } from './merchant';

/**
 * A lean WeChat Pay that remembers what it collected, in a process of its own: it answers 订单收款 and 查询服务订单
 * of any order after a set time, signed as WeChat Pay signs, and checks nothing.
 */

export type PayscoreAsk =
  | {
      readonly kind: 'start';
      readonly platformPem: string;
      readonly platformSerial: string;
      readonly answerAfterMs: number;
      readonly fates: readonly Fate[];
    }
  /** From now on its clock is ahead by so much. */
  | { readonly kind: 'clock'; readonly aheadMs: number }
  /** What there was since the last such question. */
  | { readonly kind: 'tally' };

export type PayscoreTold =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'done' }
  | ({ readonly kind: 'tally' } & PayscoreTally);

export interface PayscoreTally {
  readonly queries: number;
  /** When each 订单收款 arrived, epoch ms. */
  readonly arrivals: readonly (readonly [out_order_no: string, at: number])[];
  /** Requests at once, counted from the arrival to the end of the answer. */
  readonly inFlightMax: number;
  /** Bytes of requests, headers included. */
  readonly requestBytes: number;
}

/** What becomes of a 订单收款; those of the list take turns. */
export type Fate = 'accepted' | 'declined' | 'unknown';

/** As WeChat Pay's front does. */
const IDLE_MS = 8_000;
const FIXED = {
  server: 'nginx',
  'content-type': 'application/json; charset=utf-8',
  'content-language': 'zh-CN',
  'cache-control': 'no-cache, must-revalidate',
  'x-content-type-options': 'nosniff',
};

let aheadMs = 0;
let calls = 0;
let queries = 0;
let arrivals: [string, number][] = [];
let inFlight = 0;
let inFlightMax = 0;
let closedBytes = 0;
let toldBytes = 0;
const sockets = new Set<Socket>();
const collected = new Set<string>();

type Start = Extract<PayscoreAsk, { kind: 'start' }>;

function start({ platformPem, platformSerial, answerAfterMs, fates }: Start): void {
  const key = createPrivateKey(platformPem);
  const server = createServer((request, response) => {
    inFlight += 1;
    inFlightMax = Math.max(inFlightMax, inFlight);
    response.on('close', () => (inFlight -= 1));
    request.resume();
    request.on('end', () => {
      const answer = answerTo(request, fates);
      setTimeout(() => send(response, answer, { key, platformSerial }), answerAfterMs);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => {
      closedBytes += socket.bytesRead;
      sockets.delete(socket);
    });
  });
  server.keepAliveTimeout = IDLE_MS;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address !== null && typeof address !== 'string') tell({ kind: 'listening', port: address.port });
  });
}

interface Answer {
  readonly status: number;
  readonly body: string;
  /** The last part of the Request-ID. */
  readonly subCode: number;
}

const REFUSALS = {
  declined: { status: 403, subCode: 271316574, body: '{"code":"TRADE_ERROR","message":"扣款失败"}' },
  unknown: {
    status: 500,
    subCode: 268435457,
    body: '{"code":"SYSTEM_ERROR","message":"系统异常,请稍后重试"}',
  },
} as const satisfies Record<Exclude<Fate, 'accepted'>, Answer>;

function answerTo({ method, url = '' }: IncomingMessage, fates: readonly Fate[]): Answer {
  if (method === 'GET') return query(new URL(url, 'http://wechatpay').searchParams);
  const outOrderNo = decodeURIComponent(url.split('/').at(-2) ?? '');
  arrivals.push([outOrderNo, Date.now()]);
  const fate = fates[calls % fates.length] ?? 'accepted';
  calls += 1;
  if (fate !== 'accepted') return REFUSALS[fate];
  collected.add(outOrderNo);
  return { status: 204, body: '', subCode: 0 };
}

function query(params: URLSearchParams): Answer {
  queries += 1;
  const out_order_no = params.get('out_order_no') ?? '';
  const sub_mchid = params.get('sub_mchid') ?? '';
  const paid = collected.has(out_order_no);
  const amount = 1250;
  const detail = {
    seq: 1,
    amount,
    paid_type: 'NEWTON',
    paid_time: '20261124093001',
    transaction_id: '4200001234202611240123456789',
  };
  const order = {
    out_order_no,
    service_id: params.get('service_id'),
    appid: 'wx0123456789abcdef',
    mchid: MCHID,
    sub_mchid,
    service_introduction: '充电宝租借',
    state: paid ? 'DONE' : 'DOING',
    ...(paid ? {} : { state_description: 'MCH_COMPLETE' }),
    post_payments: [{ name: '服务费', amount, description: '按时计费', count: 1 }],
    total_amount: amount,
    need_collection: true,
    risk_fund: { name: 'ESTIMATE_ORDER_COST', amount, description: '预估费用' },
    collection: {
      state: paid ? 'USER_PAID' : 'USER_PAYING',
      total_amount: amount,
      paying_amount: paid ? 0 : amount,
      paid_amount: paid ? amount : 0,
      ...(paid ? { details: [detail] } : {}),
    },
    time_range: { start_time: '20261122100000', end_time: '20261122110000' },
    location: { start_location: '深圳市南山区', end_location: '深圳市南山区' },
    notify_url: 'https://provider.example/notify',
    openid: `o${sub_mchid.padEnd(27, '0')}`,
    order_id: `100000${out_order_no}`,
  };
  return { status: 200, body: JSON.stringify(order), subCode: 0 };
}

/** As long as WeChat Pay's. */
const REQUEST_ID_BYTES = 22;
const NONCE = 'c5ac7061fccab6bf3e254dcf98995b8c';

interface Signer {
  readonly key: KeyObject;
  readonly platformSerial: string;
}

function send(response: ServerResponse, { status, body, subCode }: Answer, signer: Signer): void {
  const headers = {
    ...FIXED,
    // No two are alike: what the ledger keeps of them does not get smaller than it is.
    'request-id': `${randomBytes(REQUEST_ID_BYTES).toString('hex').toUpperCase()}-${subCode}`,
  };
  // WeChat Pay signs 2xx answers and no others.
  if (status >= 300) {
    response.writeHead(status, headers).end(body);
    return;
  }
  const timestamp = String(Math.floor((Date.now() + aheadMs) / 1000));
  sign('sha256', Buffer.from(`${timestamp}\n${NONCE}\n${body}\n`), signer.key, (error, signature) => {
    if (error !== null) throw error;
    const proof = {
      'wechatpay-timestamp': timestamp,
      'wechatpay-nonce': NONCE,
      'wechatpay-signature': signature.toString('base64'),
      'wechatpay-serial': signer.platformSerial,
      'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
    };
    response.writeHead(status, { ...headers, ...proof }).end(body);
  });
}

function tally(): PayscoreTally {
  const bytes = [...sockets].reduce((sum, socket) => sum + socket.bytesRead, closedBytes);
  const told = { queries, arrivals, inFlightMax, requestBytes: bytes - toldBytes };
  [queries, arrivals, inFlightMax, toldBytes] = [0, [], inFlight, bytes];
  return told;
}

function tell(told: PayscoreTold): void {
  process.send?.(told);
}

process.on('message', (ask: PayscoreAsk) => {
  switch (ask.kind) {
    case 'start':
      return start(ask);
    case 'clock':
      aheadMs = ask.aheadMs;
      return tell({ kind: 'done' });
    case 'tally':
      return tell({ kind: 'tally', ...tally() });
  }
});
process.on('disconnect', () => process.exit(0));
