import { type KeyObject, X509Certificate } from 'node:crypto';
import { Rsa } from 'wechatpay-axios-plugin';

/**
 * Which of the platform's keys a merchant number lives with.
 * - `both`: between the two; an answer is signed with what the request's Wechatpay-Serial names, else with the certificate.
 * - `certificate`: the switch was never started; naming the public key has no effect.
 * - `public_key`: a new merchant; there is no platform certificate, and every answer is signed with the public key.
 */
export type Verification = 'both' | 'certificate' | 'public_key';

/** A service provider (服务商) the simulator knows. */
export interface SimulatedMerchant {
  readonly mchid: string;
  /** 32 bytes. */
  readonly apiv3_key: string;
  /** API certificates accepted for signing requests; several at once while they are being rotated. */
  readonly certificates: readonly { readonly serial_no: string; readonly certificate: string }[];
  /** Default: `both`. */
  readonly verification?: Verification;
}

export interface Merchant {
  readonly mchid: string;
  readonly apiv3_key: string;
  readonly verification: Verification;
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
}

const APIV3_KEY_BYTES = 32;

function readMerchant(given: SimulatedMerchant): Merchant {
  if (Buffer.byteLength(given.apiv3_key) !== APIV3_KEY_BYTES) {
    throw new Error(`merchant ${given.mchid}: apiv3_key must have ${APIV3_KEY_BYTES} bytes`);
  }
  const publicKeys = new Map(
    given.certificates.map(({ serial_no, certificate }) => {
      const actual = new X509Certificate(certificate).serialNumber;
      if (actual !== serial_no) {
        throw new Error(
          `merchant ${given.mchid}: serial_no ${serial_no}, but the certificate says ${actual}`,
        );
      }
      return [serial_no, Rsa.from(certificate, Rsa.KEY_TYPE_PUBLIC)] as const;
    }),
  );
  return {
    mchid: given.mchid,
    apiv3_key: given.apiv3_key,
    verification: given.verification ?? 'both',
    publicKeys,
  };
}

/** Throws on a merchant that could never work: key of a wrong length, serial of another certificate, same mchid twice. */
export function readMerchants(given: readonly SimulatedMerchant[]): ReadonlyMap<string, Merchant> {
  const merchants = new Map<string, Merchant>();
  for (const merchant of given) {
    if (merchants.has(merchant.mchid)) throw new Error(`merchant ${merchant.mchid} is given twice`);
    merchants.set(merchant.mchid, readMerchant(merchant));
  }
  return merchants;
}
