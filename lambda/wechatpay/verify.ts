import { verify as verifySignature } from 'node:crypto';
import type { Instant } from '../core/ids';
import { decodeBase64 } from './base64';
import type { VerificationKeys } from './keys';
import { SIGNATURE_SCHEME } from './sign';

/** Header names in lower case, as Node and API Gateway give them. */
export type WireHeaders = Readonly<Record<string, string | string[] | undefined>>;

export type VerificationFault =
  | 'header_missing'
  | 'signature_type_unknown'
  | 'timestamp_malformed'
  | 'serial_unknown'
  | 'signature_malformed'
  | 'signature_wrong'
  /** WeChat Pay did sign it, at another time than about now. */
  | 'timestamp_outside_window';

export type Verification =
  | { readonly ok: true; readonly serial: string; readonly signedAt: Instant }
  | {
      readonly ok: false;
      readonly fault: 'timestamp_outside_window';
      readonly serial: string;
      readonly signedAt: Instant;
    }
  | {
      readonly ok: false;
      readonly fault: Exclude<VerificationFault, 'timestamp_outside_window'>;
      readonly serial?: string;
    };

/** What the signature of a probe begins with: WeChat Pay tries whether wrong signatures are refused here. */
const PROBE_PREFIX = 'WECHATPAY/SIGNTEST/';

/** WeChat Pay: an answer or callback whose time is further away than 5 minutes is not to be trusted. */
export const CLOCK_WINDOW_S = 300;

/**
 * Whether WeChat Pay sent these bytes, recently. The body is the raw one, before anything parsed it; that of a
 * 204 is empty and is verified all the same. A probe (探测流量, signature `WECHATPAY/SIGNTEST/…`) is a failed
 * verification like any other.
 */
export function verify(
  headers: WireHeaders,
  body: Buffer,
  keys: VerificationKeys,
  nowMs: number,
): Verification {
  const given = signatureIn(headers);
  if (given === undefined) return { ok: false, fault: 'header_missing' };
  const { serial, signature, timestamp, nonce } = given;
  const refuse = (fault: Exclude<VerificationFault, 'timestamp_outside_window'>): Verification => {
    return { ok: false, fault, serial };
  };

  // Absent means the one scheme there was before the header existed.
  if ((headers['wechatpay-signature-type'] ?? SIGNATURE_SCHEME) !== SIGNATURE_SCHEME) {
    return refuse('signature_type_unknown');
  }
  if (!/^\d{1,12}$/.test(timestamp)) return refuse('timestamp_malformed');
  const key = keys.get(serial);
  if (key === undefined) return refuse('serial_unknown');
  const bytes = decodeBase64(signature);
  if (bytes === undefined) return refuse('signature_malformed');
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, LINE_FEED]);
  if (!verifySignature('sha256', message, key, bytes)) return refuse('signature_wrong');
  // Last: only of what WeChat Pay signed can it be said that it is late.
  const signedAt = Number(timestamp) * 1000;
  const distanceS = Math.abs(Math.floor(nowMs / 1000) - Number(timestamp));
  return distanceS > CLOCK_WINDOW_S
    ? { ok: false, fault: 'timestamp_outside_window', serial, signedAt }
    : { ok: true, serial, signedAt };
}

const LINE_FEED = Buffer.from('\n');

/** Whether there is anything to verify: without it nobody's keys have to be fetched. */
export function isSigned(headers: WireHeaders): boolean {
  return signatureIn(headers) !== undefined;
}

/** Whether this calls itself a probe. Anybody may: it excuses a failed verification in the figures, and nothing else. */
export function isProbe(headers: WireHeaders): boolean {
  return signatureIn(headers)?.signature.startsWith(PROBE_PREFIX) === true;
}

function signatureIn(headers: WireHeaders) {
  const serial = single(headers['wechatpay-serial']);
  const signature = single(headers['wechatpay-signature']);
  const timestamp = single(headers['wechatpay-timestamp']);
  const nonce = single(headers['wechatpay-nonce']);
  return serial && signature && timestamp && nonce ? { serial, signature, timestamp, nonce } : undefined;
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
