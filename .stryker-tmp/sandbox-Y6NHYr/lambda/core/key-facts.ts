import type { Instant, Mchid } from './ids';
import { DAY_MS } from './time';

export interface CertificateFacts {
  readonly serial_no: string;
  readonly valid_from: Instant;
  readonly valid_to: Instant;
}

/** What may be told of the keys in a merchant's two secrets: everything but the keys. */
export interface SecretFacts {
  /** Generations of the API certificate (商户API证书), in the order of the secret. */
  readonly signing: readonly CertificateFacts[];
  /** `PUB_KEY_ID_…` ids of WeChat Pay public keys (微信支付公钥). */
  readonly public_keys: readonly string[];
  /** Whether WeChat Pay may sign with platform certificates (平台证书) as well. */
  readonly uses_certificates: boolean;
}

/** That, and the platform certificates that were last downloaded; none of a merchant that has none. */
export interface KeyFacts extends SecretFacts {
  readonly platform_certificates: readonly CertificateFacts[];
}

/** What is kept of a merchant's keys in the ledger's table, for all functions. None of it is secret. */
export interface MerchantRow {
  readonly mchid: Mchid;
  /** As the secrets last were. */
  readonly facts?: SecretFacts;
  readonly certificates?: KeptCertificates;
  /** Since then a function that cannot download has met a certificate it does not know. */
  readonly wanted_at?: Instant;
}

export interface KeptCertificates {
  /** The answer of `GET /v3/certificates` as WeChat Pay sent it: encrypted under the merchant's APIv3 key. */
  readonly list: string;
  readonly fetched_at: Instant;
  readonly facts: readonly CertificateFacts[];
}

/** When calls will fail, or answers will not be believed any more, if nobody does anything. */
export interface KeyEnd {
  readonly what: 'api_certificate' | 'platform_certificate';
  readonly serial_no: string;
  readonly valid_to: Instant;
  /** Whole days; below zero once it has ended. */
  readonly days_left: number;
}

/** From then on a certificate's end is warned of: getting a new one takes a person and some days. */
export const ENDING_DAYS = 30;

/** The end of each kind of certificate: that of the last to end, because the others are succeeded by it. */
export function keyEnds(
  { signing, platform_certificates }: Pick<KeyFacts, 'signing' | 'platform_certificates'>,
  now: Instant,
): readonly KeyEnd[] {
  return [
    ...lastEnd('api_certificate', signing, now),
    ...lastEnd('platform_certificate', platform_certificates, now),
  ];
}

export function isEnding({ days_left }: KeyEnd): boolean {
  return days_left <= ENDING_DAYS;
}

function lastEnd(what: KeyEnd['what'], certificates: readonly CertificateFacts[], now: Instant): KeyEnd[] {
  const [last] = certificates.toSorted((a, b) => b.valid_to - a.valid_to);
  if (last === undefined) return [];
  const { serial_no, valid_to } = last;
  return [{ what, serial_no, valid_to, days_left: Math.floor((valid_to - now) / DAY_MS) }];
}
