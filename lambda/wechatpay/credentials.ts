import type { KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import { faultOf, spellFault, type Finding } from '../core/faults';
import { isPayscoreError, PayscoreError } from '../core/errors';
import type { Mchid } from '../core/ids';
import type { KeyFacts } from '../core/key-facts';
import { parseApiv3Key } from './decrypt';
import {
  refuseOwnSerials,
  signingKey,
  wechatpayPublicKey,
  type SigningKey,
  type VerificationKeys,
} from './keys';

/** Everything one merchant number needs to call WeChat Pay and to check what comes back. */
export interface Credentials {
  readonly mchid: Mchid;
  /** Generations of the API certificate's key; the first one signs. */
  readonly signingKeys: readonly [SigningKey, ...SigningKey[]];
  readonly verificationKeys: VerificationKeys;
  /** The key WeChat Pay is asked to sign its answers with. */
  readonly answerKey: string;
  readonly apiv3Key: KeyObject;
  readonly facts: KeyFacts;
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
  public_keys: z.record(z.string(), z.string()),
});

export interface SecretText {
  /** The secret's name, for messages. */
  readonly name: string;
  readonly text: string;
}

/**
 * Reads a merchant's two secrets as a whole.
 * @throws PayscoreError SECRET_INVALID with every fault of both in `data.faults`: secret, field and rule, and
 * never a value.
 */
export function parseCredentials(mchid: Mchid, signing: SecretText, verify: SecretText): Credentials {
  const faults: string[] = [];
  const signs = readSecret(SigningSecret, signing, mchid, faults);
  const verifies = readSecret(VerifySecret, verify, mchid, faults);

  const signingKeys = (signs?.keys ?? []).flatMap((key, index) =>
    collect(faults, `${signing.name}: keys[${index}]`, () => signingKey(key)),
  );
  const publicKeys = Object.entries(verifies?.public_keys ?? {});
  const verificationKeys = new Map(
    publicKeys.flatMap(([id, pem], index) =>
      collect(faults, `${verify.name}: public_keys[${index}]`, () => wechatpayPublicKey(id, pem)),
    ),
  );
  if (verifies !== undefined && publicKeys.length === 0) {
    faults.push(`${verify.name}: public_keys is empty; add the WeChat Pay public key under its PUB_KEY_ID_…`);
  }
  const [apiv3Key] =
    verifies === undefined ? [] : collect(faults, verify.name, () => parseApiv3Key(verifies.apiv3_key));

  collect(faults, verify.name, () => refuseOwnSerials(verificationKeys, signingKeys));
  const [first, ...others] = signingKeys;
  const [answerKey] = verificationKeys.keys();
  if (faults.length > 0 || first === undefined || answerKey === undefined || apiv3Key === undefined) {
    throw new PayscoreError(
      'SECRET_INVALID',
      `The secrets of merchant ${mchid} cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
      { faults },
    );
  }
  const facts: KeyFacts = {
    signing: signingKeys.map(({ serial_no, validFrom, validTo }) => ({
      serial_no,
      valid_from: validFrom,
      valid_to: validTo,
    })),
    verification: [...verificationKeys.keys()],
  };
  return { mchid, signingKeys: [first, ...others], verificationKeys, answerKey, apiv3Key, facts };
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
