import { request } from 'node:http';
import { Formatter, Rsa } from 'wechatpay-axios-plugin';
import {
  type ApiCertificate,
  createApiCertificate,
  createPlatformKeys,
  type NewOrder,
  type PlatformKeys,
  type Rules,
  type SimulatedMerchant,
  type Simulator,
  type SimulatorOptions,
  startWechatPay,
} from '../../../local/wechatpay/index';

export const MCHID = '1900000001';
export const SUB_MCHID = '1900000109';
export const SERVICE_ID = '00004000000000000000000000000001';
export const APIV3_KEY = '0123456789abcdef0123456789ABCDEF';
/** 2026-03-01 12:00:00 in Beijing. */
export const NOON_MS = Date.UTC(2026, 2, 1, 4, 0, 0);
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;

/** Keys are drawn once per test file; every test has its own books. */
export interface Keys {
  readonly api: ApiCertificate;
  readonly platform: PlatformKeys;
}

export async function drawKeys(): Promise<Keys> {
  const [api, platform] = await Promise.all([createApiCertificate(MCHID), createPlatformKeys()]);
  return { api, platform };
}

export interface World {
  readonly keys: Keys;
  readonly simulator: Simulator;
  nowMs: number;
}

export async function openWorld(
  keys: Keys,
  rules: Partial<Rules> = {},
  merchant: Partial<SimulatedMerchant> = {},
  more: Partial<SimulatorOptions> = {},
): Promise<World> {
  const world: { keys: Keys; nowMs: number; simulator?: Simulator } = { keys, nowMs: NOON_MS };
  const simulator = await startWechatPay({
    merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [keys.api], ...merchant }],
    platform: keys.platform,
    now: () => world.nowMs,
    rules,
    ...more,
  });
  return Object.assign(world, { simulator });
}

export const order = (more: Partial<NewOrder> = {}): NewOrder => ({
  mchid: MCHID,
  sub_mchid: SUB_MCHID,
  service_id: SERVICE_ID,
  out_order_no: 'ORDER1',
  total_amount: 4000,
  ...more,
});

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** What is signed when it differs from what is sent. */
  readonly signed?: { readonly method?: string; readonly path?: string; readonly body?: string };
  readonly mchid?: string;
  readonly serial_no?: string;
  readonly timestampS?: number;
  readonly host?: 'main' | 'backup';
  readonly signal?: AbortSignal;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The parsed body; undefined when it is empty or not JSON. */
  readonly json: unknown;
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One call over a connection of its own; rejects with the socket's error when the answer is lost or cut short. */
export function send(
  base: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
  signal?: AbortSignal,
): Promise<Reply> {
  const { hostname, port } = new URL(base);
  const options = { hostname, port, method, path, headers, agent: false, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const flat = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const);
        resolve({
          status: incoming.statusCode ?? 0,
          headers: Object.fromEntries(flat),
          body: text,
          json: parse(text),
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A call signed by the npm package's own code. */
export function call(world: World, what: Call): Promise<Reply> {
  const { method = 'GET', path, body = '', signed = {} } = what;
  const nonce = Formatter.nonce();
  const timestamp = what.timestampS ?? Math.floor(world.nowMs / 1000);
  const message = Formatter.request(
    signed.method ?? method,
    signed.path ?? path,
    timestamp,
    nonce,
    signed.body ?? body.toString(),
  );
  const { api } = world.keys;
  const signature = Rsa.sign(message, Rsa.from(api.private_key, Rsa.KEY_TYPE_PRIVATE));
  const all: Record<string, string | undefined> = {
    Accept: 'application/json',
    'User-Agent': 'test/1.0',
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Authorization: Formatter.authorization(
      what.mchid ?? MCHID,
      nonce,
      signature,
      timestamp,
      what.serial_no ?? api.serial_no,
    ),
    ...what.headers,
  };
  const headers = Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const { url, backupUrl } = world.simulator;
  return send(what.host === 'backup' ? backupUrl : url, method, path, headers, body, what.signal);
}

const ORDERS = '/v3/payscore/partner/serviceorder';

export type Change = 'pay' | 'sync' | 'modify' | 'cancel';

export function change(
  world: World,
  action: Change,
  fields: object = {},
  out_order_no = 'ORDER1',
  more: Partial<Call> = {},
): Promise<Reply> {
  return call(world, {
    method: 'POST',
    path: `${ORDERS}/${encodeURIComponent(out_order_no)}/${action}`,
    body: JSON.stringify({ service_id: SERVICE_ID, sub_mchid: SUB_MCHID, ...fields }),
    ...more,
  });
}

export const pay = (world: World, out_order_no = 'ORDER1', more: Partial<Call> = {}): Promise<Reply> =>
  change(world, 'pay', {}, out_order_no, more);

export function query(
  world: World,
  parameters: Readonly<Record<string, string>> = {},
  more: Partial<Call> = {},
): Promise<Reply> {
  const search = new URLSearchParams({
    service_id: SERVICE_ID,
    sub_mchid: SUB_MCHID,
    ...(parameters['query_id'] === undefined && { out_order_no: 'ORDER1' }),
    ...parameters,
  });
  return call(world, { path: `${ORDERS}?${search.toString()}`, ...more });
}

/** Status, code and sub-code in one line: "403 TRADE_ERROR 271316574"; "204" alone for success without a body. */
export function gist(reply: Reply): string {
  const subCode = /-(\d+)$/.exec(reply.headers['request-id'] ?? '')?.[1] ?? '?';
  const code =
    typeof reply.json === 'object' && reply.json !== null && 'code' in reply.json
      ? String(reply.json.code)
      : '';
  return reply.status < 300 ? String(reply.status) : `${reply.status} ${code} ${subCode}`;
}

/** Which of the platform's keys signed this answer, found with the npm package's own verification. */
export function signedWith(world: World, reply: Reply): 'certificate' | 'public_key' | 'nothing' | 'wrong' {
  const { platform } = world.keys;
  const serial = reply.headers['wechatpay-serial'];
  const signature = reply.headers['wechatpay-signature'];
  if (serial === undefined || signature === undefined) return 'nothing';
  const timestamp = reply.headers['wechatpay-timestamp'] ?? '';
  const nonce = reply.headers['wechatpay-nonce'] ?? '';
  const pem = { [platform.serial_no]: platform.certificate, [platform.public_key_id]: platform.public_key }[
    serial
  ];
  if (pem === undefined) return 'wrong';
  const key = Rsa.from(pem, Rsa.KEY_TYPE_PUBLIC);
  if (!Rsa.verify(Formatter.response(timestamp, nonce, reply.body), signature, key)) return 'wrong';
  return serial === platform.serial_no ? 'certificate' : 'public_key';
}
