import type { KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import { faultOf, spellFault, type Finding } from '../core/faults';
import { isPayscoreError, PayscoreError } from '../core/errors';
import type { Mchid } from '../core/ids';
import { parseApiv3Key } from './decrypt';
import { refuseOwnSerials, signingKey, wechatpayPublicKey, type CertifiedKey } from './keys';

/** What one merchant number needs to check what comes from WeChat Pay, and to read it. */
export interface VerificationCredentials {
  readonly mchid: Mchid;
  /** WeChat Pay public keys (微信支付公钥) by their ids. */
  readonly publicKeys: ReadonlyMap<string, KeyObject>;
  /** WeChat Pay may sign with platform certificates (平台证书) as well: those are downloaded. */
  readonly platformCertificates: boolean;
  readonly apiv3Key: KeyObject;
}

/** That, and what it needs to call WeChat Pay. */
export interface Credentials extends VerificationCredentials {
  /** Generations of the API certificate's key; the first one that is valid signs. */
  readonly signingKeys: readonly [CertifiedKey, ...CertifiedKey[]];
}

/** The secret `…/signing`: what proves to WeChat Pay that the merchant is calling. */
const SigningSecret = z.strictObject({
  mchid: z.string(),
  keys: z
    .array(z.strictObject({ serial_no: z.string(), private_key: z.string(), certificate: z.string() }))
    .check(z.minLength(1), z.maxLength(2)),
});

/** The secret `…/verify`: what proves to the merchant that WeChat Pay is answering. */
const VerifySecret = z.strictObject({
  mchid: z.string(),
  apiv3_key: z.string(),
  /** May be empty for a merchant that only has platform certificates. */
  public_keys: z.record(z.string(), z.string()),
  platform_certificates: z.optional(z.boolean()),
});

export interface SecretText {
  /** The secret's name, for messages. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads what a merchant verifies with.
 * @throws PayscoreError SECRET_INVALID with every fault in `data.faults`: secret, field and rule, and never a value.
 */
export function parseVerification(
  mchid: Mchid,
  { verify }: { readonly verify: SecretText },
): VerificationCredentials {
  const faults: string[] = [];
  const verification = readVerification(mchid, verify, faults);
  if (faults.length > 0 || verification === undefined) throw unusable(mchid, faults);
  return verification;
}

/**
 * Reads a merchant's two secrets as a whole.
 * @throws PayscoreError SECRET_INVALID with every fault of both, like `parseVerification`
 */
export function parseCredentials(
  mchid: Mchid,
  { signing, verify }: { readonly signing: SecretText; readonly verify: SecretText },
): Credentials {
  const faults: string[] = [];
  const signs = readSecret(SigningSecret, signing, mchid, faults);
  const signingKeys = (signs?.keys ?? []).flatMap((key, index) =>
    collect(faults, `${signing.name}: keys[${index}]`, () => signingKey(key)),
  );
  const verification = readVerification(mchid, verify, faults);
  if (verification !== undefined)
    collect(faults, verify.name, () => refuseOwnSerials(verification.publicKeys, signingKeys));
  const [first, ...others] = signingKeys;
  if (faults.length > 0 || first === undefined || verification === undefined) throw unusable(mchid, faults);
  return { ...verification, signingKeys: [first, ...others] };
}

function readVerification(
  mchid: Mchid,
  verify: SecretText,
  faults: string[],
): VerificationCredentials | undefined {
  const verifies = readSecret(VerifySecret, verify, mchid, faults);
  if (verifies === undefined) return undefined;
  const { platform_certificates: platformCertificates = false } = verifies;
  const publicKeys = Object.entries(verifies.public_keys);
  const readable = publicKeys.flatMap(([id, pem], index) =>
    collect(faults, `${verify.name}: public_keys[${index}]`, () => wechatpayPublicKey(id, pem)),
  );
  if (publicKeys.length === 0 && !platformCertificates) faults.push(`${verify.name}: ${NO_KEY}`);
  const [apiv3Key] = collect(faults, verify.name, () => parseApiv3Key(verifies.apiv3_key));
  return apiv3Key && { mchid, publicKeys: new Map(readable), platformCertificates, apiv3Key };
}

const NO_KEY =
  'public_keys is empty; add the WeChat Pay public key under its PUB_KEY_ID_…, ' +
  'or "platform_certificates": true if this merchant still uses platform certificates (平台证书)';

function unusable(mchid: Mchid, faults: readonly string[]): PayscoreError {
  return new PayscoreError(
    'SECRET_INVALID',
    `The secrets of merchant ${mchid} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    { faults },
  );
}

function readSecret<T extends { mchid: string }>(
  schema: z.ZodMiniType<T>,
  { name, text }: SecretText,
  mchid: Mchid,
  faults: string[],
): T | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is the secret.
    faults.push(`${name}: is not JSON`);
    return undefined;
  }
  const read = schema.safeParse(json, { reportInput: true });
  if (!read.success) {
    for (const finding of read.error.issues)
      faults.push(`${name}: ${spellFault(faultOf(nameless(finding)))}`);
    return undefined;
  }
  if (read.data.mchid !== mchid)
    faults.push(`${name}: mchid is not ${mchid}; the secret belongs to another merchant`);
  return read.data;
}

/** A finding without the names that stand in the secret: what was pasted into the wrong place may be the key itself. */
function nameless(finding: Finding): Finding {
  const path = finding.path.map((part, index) =>
    index > 0 && finding.path[0] === 'public_keys' ? '…' : part,
  );
  return { ...finding, path, keys: [`${finding.keys?.length ?? 0} of them`] };
}

/** The value as a list of one, or nothing and a fault more. */
function collect<T>(faults: string[], where: string, make: () => T): T[] {
  try {
    return [make()];
  } catch (error) {
    if (!isPayscoreError(error, 'KEY_INVALID')) throw error;
    faults.push(`${where}: ${error.message}`);
    return [];
  }
}
