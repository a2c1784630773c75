import type { Mchid, OrderRef } from '../../../lambda/core/ids';
import type { KeyWatch } from '../../../lambda/wechatpay/adapter';
import { parseApiv3Key } from '../../../lambda/wechatpay/decrypt';
import type { CertifiedKey } from '../../../lambda/wechatpay/keys';
import { Merchant, type MerchantOptions } from '../../../lambda/wechatpay/merchant';
import { credentialsOf, transportTo } from './client';
import { APIV3_KEY } from './certificates';
import {
  MERCHANT_KEY,
  PLATFORM_PRIVATE_KEY,
  PLATFORM_SERIAL,
  PUBLIC_KEY_ID,
  VERIFICATION_KEYS,
} from './keys';
import { type Handler, NOW_MS, serve, signedHeaders } from './server';

export const MCHID = '1900009191' as Mchid;
export const REF = { mchid: MCHID, sub_mchid: '1', out_order_no: 'A', service_id: '2' } as OrderRef;
export const LIMITS = { timeoutMs: 1_000 };
export const PAY_LIMITS = { timeoutMs: 1_000, sendBy: NOW_MS + 1_000 };
export const PUBLIC_KEYS = new Map([...VERIFICATION_KEYS].filter(([id]) => id === PUBLIC_KEY_ID));
/** By the platform certificate, the way the npm package signs. */
export function byCertificate(body: string): Record<string, string> {
  return signedHeaders(body, { serial: PLATFORM_SERIAL, key: PLATFORM_PRIVATE_KEY });
}

interface Given extends Partial<Pick<MerchantOptions, 'renew'>> {
  readonly watch?: Partial<KeyWatch>;
  readonly now?: () => number;
  readonly publicKeys?: typeof PUBLIC_KEYS;
  readonly signingKeys?: readonly [CertifiedKey, ...CertifiedKey[]];
}

export async function merchantAt(handler: Handler, given: Given = {}) {
  const server = await serve(handler);
  const now = given.now ?? (() => NOW_MS);
  const told: unknown[][] = [];
  const merchant = Merchant.of(
    {
      mchid: MCHID,
      publicKeys: given.publicKeys ?? new Map(),
      platformCertificates: true,
      apiv3Key: parseApiv3Key(APIV3_KEY),
      signingKeys: given.signingKeys ?? [MERCHANT_KEY],
    },
    {
      transport: transportTo(server.url, { now }),
      now,
      watch: {
        verified: (...what) => told.push(['verified', ...what]),
        outsideWindow: (...what) => told.push(['outsideWindow', ...what]),
        unsigned: (...what) => told.push(['unsigned', ...what]),
        rotated: (...what) => told.push(['rotated', ...what]),
      },
      renew: given.renew ?? (async () => false),
    },
  );
  const signers = () =>
    server.arrivals.map(({ headers }) => credentialsOf(headers.authorization)['serial_no']);
  return { server, merchant, told, signers };
}
