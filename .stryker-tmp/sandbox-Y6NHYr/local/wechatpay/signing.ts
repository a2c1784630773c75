import type { KeyObject } from 'node:crypto';
import { Formatter, Rsa } from 'wechatpay-axios-plugin';

interface Signing {
  /** The body as it is signed. */
  readonly text: string;
  readonly serial: string;
  readonly privateKey: KeyObject;
  readonly timestampS: number;
  /** Spoils the signature, as WeChat Pay's own probes do. */
  readonly prefix?: string;
}

/** WeChat Pay: how the signature of a probe (签名探测流量) begins. */
export const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/';

/** The headers by which answers and notifications of WeChat Pay are verified, made by the npm package's own code. */
export function signatureHeaders({
  text,
  serial,
  privateKey,
  timestampS,
  prefix = '',
}: Signing): Record<string, string> {
  const timestamp = String(timestampS);
  const nonce = Formatter.nonce();
  return {
    'Wechatpay-Serial': serial,
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': nonce,
    'Wechatpay-Signature': prefix + Rsa.sign(Formatter.response(timestamp, nonce, text), privateKey),
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
  };
}
