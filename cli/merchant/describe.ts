import type { Instant } from '../../lambda/core/ids';
import { DAY_MS } from '../../lambda/core/time';
import type { Credentials } from '../../lambda/wechatpay/credentials';
import type { CertifiedKey } from '../../lambda/wechatpay/keys';
import { paint } from '../../local/render';
import type { Place } from './place';

/** Within this time of its end a certificate is warned about. */
const ENDING_DAYS = 30;

export interface CertificateFacts {
  readonly serial_no: string;
  /** RFC 3339, UTC. */
  readonly valid_from: string;
  readonly valid_to: string;
  /** Whole days; negative once it ended. */
  readonly days_left: number;
  readonly signs: boolean;
}

/** What may be told of a merchant's secrets: everything but the keys. */
export interface Description {
  readonly mchid: string;
  /** The options that name it. */
  readonly place: string;
  readonly signing: readonly CertificateFacts[];
  /** `PUB_KEY_ID_…`; the first is the one WeChat Pay is asked to sign with. */
  readonly public_keys: readonly string[];
  readonly platform_certificates: boolean;
  readonly warnings: readonly string[];
}

export function day(at: Instant): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The functions sign with the first key that is valid by its certificate's dates. */
export function signerOf({ signingKeys }: Credentials, now: Instant): CertifiedKey {
  return signingKeys.find(({ validFrom, validTo }) => validFrom <= now && now < validTo) ?? signingKeys[0];
}

export function describe(credentials: Credentials, place: Place, now: Instant): Description {
  const { mchid, signingKeys, publicKeys, platformCertificates } = credentials;
  const signer = signerOf(credentials, now);
  return {
    mchid,
    place: place.option,
    signing: signingKeys.map((key) => ({
      serial_no: key.serial_no,
      valid_from: new Date(key.validFrom).toISOString(),
      valid_to: new Date(key.validTo).toISOString(),
      days_left: Math.floor((key.validTo - now) / DAY_MS),
      signs: key === signer,
    })),
    public_keys: [...publicKeys.keys()],
    platform_certificates: platformCertificates,
    warnings: signingKeys.flatMap((key, index) => warningOf(key, index === 0, now)),
  };
}

function warningOf({ serial_no, validFrom, validTo }: CertifiedKey, first: boolean, now: Instant): string[] {
  const certificate = `certificate ${serial_no}`;
  if (now >= validTo)
    return [
      `${certificate} ended on ${day(validTo)}; ${first ? 'rotate to a new one' : '"rotate --finish" drops it'}`,
    ];
  if (now < validFrom)
    return [`${certificate} is not valid before ${day(validFrom)}, by this machine's clock`];
  // That the old one of a rotation comes to its end is as it should be.
  return first && validTo - now < ENDING_DAYS * DAY_MS
    ? [`${certificate} ends on ${day(validTo)}; apply for a new one and rotate before that day`]
    : [];
}

export function renderDescription(description: Description): string {
  const { mchid, signing, public_keys, platform_certificates, warnings } = description;
  return [
    paint('bold', `merchant ${mchid}`),
    ...signing.map(({ serial_no, valid_from, valid_to, days_left, signs }) =>
      row(
        signs ? 'API certificate' : 'second certificate',
        `${serial_no}, ${valid_from.slice(0, 10)} to ${valid_to.slice(0, 10)}, ${days_left} days left`,
      ),
    ),
    ...public_keys.map((id) => row('WeChat Pay public key', id)),
    row('platform certificates', platform_certificates ? 'used; the service downloads them' : 'not used'),
    row('APIv3 key', 'there, 32 bytes'),
    ...warnings.map((warning) => row('warning', paint('yellow', warning))),
  ].join('\n');
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(21)}  ${text}`;
}
