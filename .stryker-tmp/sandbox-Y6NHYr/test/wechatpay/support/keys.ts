import type { KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  parsePrivateKey,
  platformCertificate,
  signingKey,
  wechatpayPublicKey,
} from '../../../lambda/wechatpay/keys';
import answers from '../vectors/answers.json';
import requests from '../vectors/requests.json';

/** A key or certificate made by `vectors/make.sh`; they open nothing. */
export function pem(name: string): string {
  return readFileSync(join(__dirname, '../vectors', `TEST-ONLY-${name}.pem`), 'utf8');
}

export const MCHID = requests.mchid;
export const MERCHANT_SERIAL = requests.serial_no;
export const PLATFORM_SERIAL = answers.platform_serial;
export const PUBLIC_KEY_ID = answers.public_key_id;

export const MERCHANT_KEY = signingKey({
  serial_no: MERCHANT_SERIAL,
  private_key: pem('merchant-key'),
  certificate: pem('merchant-cert'),
});

/** Both kinds at once, as during a changeover. */
export const VERIFICATION_KEYS: ReadonlyMap<string, KeyObject> = new Map([
  [PLATFORM_SERIAL, platformCertificate(pem('platform-cert'), 'platform').key],
  wechatpayPublicKey(PUBLIC_KEY_ID, pem('wechatpay-pub')),
]);

/** WeChat Pay's own side, which only a test has. */
export const PLATFORM_PRIVATE_KEY = parsePrivateKey(pem('platform-key'), 'platform');
export const WECHATPAY_PRIVATE_KEY = parsePrivateKey(pem('wechatpay-key'), 'wechatpay');
