import { Formatter, Rsa } from 'wechatpay-axios-plugin';
import { type Answer, type ErrorDetail, ERRORS, refuse } from './answers';
import type { Merchant } from './merchants';

/** A request after its body was read. `url` is raw; `body` is exactly what was sent. */
export interface Incoming {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type SignatureFault =
  | 'missing'
  | 'malformed'
  | 'unknown_merchant'
  | 'unknown_serial'
  | 'revoked_serial'
  | 'stale_timestamp'
  | 'mismatch';

/** `message` is what the signature was checked against: method, URL, timestamp, nonce and body, a line each. */
export type SignatureCheck =
  | { readonly verdict: 'valid'; readonly message: string; readonly merchant: Merchant }
  | { readonly verdict: SignatureFault; readonly message: string };

// WeChat Pay: further than 5 minutes off → 401.
const MAX_CLOCK_OFFSET_S = 300;
const SCHEME = 'WECHATPAY2-SHA256-RSA2048 ';
const ITEM = /^\s*([a-z_]+)="([^"]*)"\s*$/;
const ITEMS = 5;

interface Credentials {
  readonly mchid: string;
  readonly serial_no: string;
  readonly nonce_str: string;
  readonly timestamp: string;
  readonly signature: string;
}

/** WeChat Pay: five items in any order, double quotes, comma separated; undefined for anything else. */
function readAuthorization(header: string): Credentials | undefined {
  if (!header.startsWith(SCHEME)) return undefined;
  const parts = header.slice(SCHEME.length).split(',');
  const items = new Map<string, string>();
  for (const part of parts) {
    const [, name, value] = ITEM.exec(part) ?? [];
    if (name === undefined || value === undefined) return undefined;
    items.set(name, value);
  }
  const mchid = items.get('mchid');
  const serial_no = items.get('serial_no');
  const nonce_str = items.get('nonce_str');
  const timestamp = items.get('timestamp');
  const signature = items.get('signature');
  const complete = mchid && serial_no && nonce_str && timestamp && signature;
  if (!complete || parts.length !== ITEMS || !/^\d{1,12}$/.test(timestamp)) return undefined;
  return { mchid, serial_no, nonce_str, timestamp, signature };
}

/** Checks a request's signature over the raw URL and the raw body, with the npm package's own code. */
export function checkSignature(
  request: Incoming,
  merchants: ReadonlyMap<string, Merchant>,
  nowMs: number,
): SignatureCheck {
  const header = request.headers['authorization'];
  if (header === undefined) return { verdict: 'missing', message: '' };
  const credentials = readAuthorization(header);
  if (credentials === undefined) return { verdict: 'malformed', message: '' };
  const { mchid, serial_no, nonce_str, timestamp, signature } = credentials;
  const message = Formatter.request(request.method, request.url, timestamp, nonce_str, request.body);
  const merchant = merchants.get(mchid);
  if (merchant === undefined) return { verdict: 'unknown_merchant', message };
  const publicKey = merchant.publicKey(serial_no);
  if (publicKey === undefined) return { verdict: 'unknown_serial', message };
  if (publicKey === 'revoked') return { verdict: 'revoked_serial', message };
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > MAX_CLOCK_OFFSET_S) {
    return { verdict: 'stale_timestamp', message };
  }
  return Rsa.verify(message, signature, publicKey)
    ? { verdict: 'valid', message, merchant }
    : { verdict: 'mismatch', message };
}

const FAULTS: Readonly<Record<SignatureFault, { readonly message: string; readonly issue: string }>> = {
  missing: { message: 'Http头缺少Authorization', issue: 'Authorization is missing' },
  malformed: { message: 'Http头Authorization值格式错误', issue: 'Authorization is malformed' },
  unknown_merchant: { message: '商户号不存在', issue: 'mchid is unknown' },
  unknown_serial: {
    message: '商户证书序列号有误。请使用签名私钥匹配的证书序列号',
    issue: 'serial_no is unknown',
  },
  revoked_serial: { message: '商户证书已作废', issue: 'serial_no is revoked' },
  stale_timestamp: {
    message: 'Http头Authorization中的timestamp与发起请求的时间不得超过5分钟',
    issue: 'timestamp is too far off',
  },
  mismatch: { message: '签名错误,请检查后再试', issue: 'sign not match' },
};

const ECHOED_CHARACTERS = 256;

/** 401 SIGN_ERROR; `sign_information` echoes what was verified, so that the caller can compare. */
export function refuseSignature(request: Incoming, check: SignatureCheck): Answer {
  if (check.verdict === 'valid') throw new Error('simulator: a valid signature is not refused');
  const { message, issue } = FAULTS[check.verdict];
  const detail: ErrorDetail = {
    field: check.verdict === 'mismatch' ? 'signature' : 'authorization',
    issue,
    location: 'authorization',
    sign_information: {
      method: request.method,
      url: request.url,
      truncated_sign_message: check.message.slice(0, ECHOED_CHARACTERS),
      sign_message_length: Buffer.byteLength(check.message),
    },
  };
  return refuse({ ...ERRORS.sign, message }, detail);
}
