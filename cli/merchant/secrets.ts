import type { Mchid } from '../../lambda/core/ids';
import { isPayscoreError } from '../../lambda/core/errors';
import { parseCredentials, type Credentials } from '../../lambda/wechatpay/credentials';
import { UsageError } from '../../local/usage-error';
import type { Place, Texts } from './place';

/** One generation of the API certificate (商户API证书), as the secret has it. */
export interface SigningEntry {
  readonly serial_no: string;
  readonly private_key: string;
  readonly certificate: string;
}

export interface SigningSecret {
  readonly mchid: string;
  readonly keys: readonly SigningEntry[];
}

export interface VerifySecret {
  readonly mchid: string;
  readonly apiv3_key: string;
  readonly public_keys: Readonly<Record<string, string>>;
  readonly platform_certificates?: boolean;
}

/** The two secrets of one merchant number. */
export interface MerchantSecrets {
  readonly signing: SigningSecret;
  readonly verify: VerifySecret;
}

export interface StoredMerchant {
  readonly secrets: MerchantSecrets;
  /** The same, through the eyes of the functions. */
  readonly credentials: Credentials;
  readonly texts: Texts;
}

/** Both secrets through the very reader that the functions use. @throws UsageError with every fault */
export function accept(mchid: Mchid, secrets: MerchantSecrets, place: Place): Credentials {
  return acceptTexts(mchid, { signing: spell(secrets.signing), verify: spell(secrets.verify) }, place);
}

/** What stands at `place` for this merchant. @throws UsageError when something is missing or not usable */
export async function readMerchant(mchid: Mchid, place: Place): Promise<StoredMerchant> {
  const texts = await place.read();
  const { signing, verify } = texts;
  if (signing === undefined || verify === undefined) {
    const missing = [signing === undefined ? 'signing' : [], verify === undefined ? 'verify' : []].flat();
    throw new UsageError(
      `${place.label} has no ${missing.join(' and no ')} secret of merchant ${mchid}. Write it with: npm run merchant -- add --mchid ${mchid} ${place.option} …`,
    );
  }
  const credentials = acceptTexts(mchid, { signing, verify }, place);
  // Their shape has just been checked.
  const secrets = { signing: JSON.parse(signing), verify: JSON.parse(verify) } as MerchantSecrets;
  return { secrets, credentials, texts };
}

export function spell(secret: SigningSecret | VerifySecret): string {
  return JSON.stringify(secret);
}

function acceptTexts(
  mchid: Mchid,
  texts: { readonly signing: string; readonly verify: string },
  place: Place,
): Credentials {
  try {
    return parseCredentials(mchid, {
      signing: { name: place.nameOf('signing'), text: texts.signing },
      verify: { name: place.nameOf('verify'), text: texts.verify },
    });
  } catch (error) {
    if (isPayscoreError(error, 'SECRET_INVALID')) throw new UsageError(error.message);
    throw error;
  }
}
