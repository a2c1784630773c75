import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlatformKeys } from '../../local/wechatpay';
import answers from '../wechatpay/vectors/answers.json';
import requests from '../wechatpay/vectors/requests.json';

const VECTORS = join(__dirname, '../wechatpay/vectors');

/** Checked-in keys that open nothing: making RSA keys for every test file would cost more than all its tests. */
function pem(name: string): string {
  return readFileSync(join(VECTORS, `TEST-ONLY-${name}.pem`), 'utf8');
}

export const MCHID = '1900009191';
export const OTHER_MCHID = '1900009192';
export const APIV3_KEY = 'TestOnlyApiV3KeyOf32Characters00';

export const MERCHANT_KEY = {
  serial_no: requests.serial_no,
  private_key: pem('merchant-key'),
  certificate: pem('merchant-cert'),
};

export const PLATFORM: PlatformKeys = {
  certificate: pem('platform-cert'),
  serial_no: answers.platform_serial,
  certificate_private_key: pem('platform-key'),
  public_key: pem('wechatpay-pub'),
  public_key_id: answers.public_key_id,
  public_key_private_key: pem('wechatpay-key'),
};

export interface SigningSecret {
  readonly mchid: string;
  readonly keys: readonly { serial_no: string; private_key: string; certificate: string }[];
}

export function signingSecret(mchid: string, key = MERCHANT_KEY): SigningSecret {
  return { mchid, keys: [key] };
}

export function verifySecret(mchid: string): object {
  return {
    mchid,
    apiv3_key: APIV3_KEY,
    public_keys: { [PLATFORM.public_key_id]: PLATFORM.public_key },
  };
}

/** What no log line and no answer may hold: the key's base64 lines, and the APIv3 key. */
export const SECRET_TEXTS: readonly string[] = [
  APIV3_KEY,
  ...MERCHANT_KEY.private_key.split('\n').filter((line) => line !== '' && !line.startsWith('---')),
];
