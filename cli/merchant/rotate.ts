import { Command, Option } from 'commander';
import type { Instant } from '../../lambda/core/ids';
import { UsageError } from '../../local/usage-error';
import { describe, renderDescription } from './describe';
import { dryRunOption, withPair, withPlace, type WhereOptions } from './options';
import { readPair, readPublicKey, type PairOptions } from './pem';
import { renderFates, save } from './save';
import { accept, readMerchant, type MerchantSecrets, type StoredMerchant } from './secrets';
import { placeOf } from './which-place';

interface RotateOptions extends WhereOptions, PairOptions {
  readonly finish?: true;
  readonly publicKeyId?: string;
  readonly publicKey?: string;
  readonly dropPublicKeyId?: string;
  readonly platformCertificates?: 'on' | 'off';
  readonly dryRun?: true;
}

/** The secrets as they should be, and the change in words. */
interface Rotated {
  readonly secrets: MerchantSecrets;
  readonly says: string;
}

export function rotateCommand(): Command {
  const command = withPair(
    new Command('rotate').description(
      'Changes one thing about the keys of a merchant number that has its secrets.',
    ),
  )
    .option('--finish', 'drop the old certificate: only the first one stays')
    .option('--public-key-id <id>', 'put a WeChat Pay public key (微信支付公钥) beside what is there: its id')
    .option('--public-key <file>', 'and the key, pub_key.pem')
    .option('--drop-public-key-id <id>', 'drop a WeChat Pay public key')
    .addOption(
      new Option(
        '--platform-certificates <state>',
        'whether this merchant number uses platform certificates (平台证书)',
      ).choices(['on', 'off']),
    );
  return withPlace(command)
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      `
Examples:
  npm run merchant -- rotate --mchid 1900000001 --stage prod --from new_cert     the new certificate signs, the old one stays as second
  npm run merchant -- rotate --mchid 1900000001 --stage prod --finish            the old one goes, once the new one works (check)
  npm run merchant -- rotate --mchid 1900000001 --stage prod --public-key-id PUB_KEY_ID_… --public-key pub_key.pem
  npm run merchant -- rotate --mchid 1900000001 --stage prod --platform-certificates off

The functions see a changed secret within five minutes; nothing is deployed.`,
    )
    .action(rotate);
}

async function rotate(options: RotateOptions): Promise<void> {
  const { mchid, dryRun = false } = options;
  const change = changeOf(options);
  const place = await placeOf(options);
  const now = Date.now();
  const merchant = await readMerchant(mchid, place);
  const { secrets, says } = change(merchant, now);
  const credentials = accept(mchid, secrets, place);
  const fates = await save(place, merchant.texts, secrets, { replace: true, dryRun });
  console.log(renderDescription(describe(credentials, place, now)));
  console.log(`\n${says}\n\n${renderFates(fates)}`);
  if (dryRun) console.log('\nNothing was written.');
}

type Change = (merchant: StoredMerchant, now: Instant) => Rotated;

/** One change at a time touches one secret: there is no half of it. @throws UsageError unless exactly one is asked for */
function changeOf(options: RotateOptions): Change {
  const { cert, key, from, finish, publicKeyId, publicKey, dropPublicKeyId, platformCertificates } = options;
  const asked: Change[] = [];
  if (cert !== undefined || key !== undefined || from !== undefined)
    asked.push((merchant, now) => newCertificate(merchant, options, now));
  if (finish) asked.push(dropOldCertificate);
  if (publicKeyId !== undefined || publicKey !== undefined)
    asked.push((merchant) => newPublicKey(merchant, publicKeyId, publicKey));
  if (dropPublicKeyId !== undefined) asked.push((merchant) => dropPublicKey(merchant, dropPublicKeyId));
  if (platformCertificates !== undefined)
    asked.push((merchant) => switchCertificates(merchant, platformCertificates === 'on'));
  const [change, ...others] = asked;
  if (change === undefined || others.length > 0)
    throw new UsageError(
      'ask for one change: a new certificate (--cert and --key, or --from), --finish, --public-key-id with --public-key, --drop-public-key-id, or --platform-certificates on|off',
    );
  return change;
}

function newCertificate(
  { secrets, credentials }: StoredMerchant,
  options: RotateOptions,
  now: Instant,
): Rotated {
  const pair = readPair(options, credentials.mchid, now);
  const at = credentials.signingKeys.findIndex(({ serial_no }) => serial_no === pair.serial_no);
  if (at >= 0)
    throw new UsageError(
      `certificate ${pair.serial_no} is there already${at === 0 ? ' and signs' : ', as the second; "rotate --finish" drops it'}; nothing was changed`,
    );
  const [old, ...older] = secrets.signing.keys;
  const dropped = older.map(({ serial_no }) => ` The one before, ${serial_no}, is dropped.`).join('');
  return {
    secrets: {
      ...secrets,
      signing: { ...secrets.signing, keys: [pair, ...(old === undefined ? [] : [old])] },
    },
    says: `${pair.serial_no} signs from now on, ${old?.serial_no ?? 'none'} stays as second key.${dropped} Check it, then: rotate --finish.`,
  };
}

function dropOldCertificate({ secrets, credentials }: StoredMerchant, now: Instant): Rotated {
  const [kept, ...others] = secrets.signing.keys;
  const [first] = credentials.signingKeys;
  if (kept === undefined || others.length === 0)
    throw new UsageError('there is only one certificate, so there is nothing to finish; nothing was changed');
  if (now < first.validFrom || now >= first.validTo)
    throw new UsageError(
      `the first certificate, ${first.serial_no}, is not valid now, so the other one is still needed; nothing was changed`,
    );
  return {
    secrets: { ...secrets, signing: { ...secrets.signing, keys: [kept] } },
    says: `${others.map(({ serial_no }) => serial_no).join(', ')} is dropped. Revoke it at WeChat Pay (账户中心 → API安全) when its calls have ended, five minutes from now.`,
  };
}

function newPublicKey(
  { secrets }: StoredMerchant,
  id: string | undefined,
  file: string | undefined,
): Rotated {
  if (id === undefined || file === undefined)
    throw new UsageError('--public-key-id and --public-key go together');
  const pem = readPublicKey(id, file);
  const before = new Map(Object.entries(secrets.verify.public_keys)).get(id);
  if (before?.trim() === pem.trim())
    throw new UsageError(`public key ${id} is there already, the very same; nothing was changed`);
  return {
    secrets: {
      ...secrets,
      verify: { ...secrets.verify, public_keys: { ...secrets.verify.public_keys, [id]: pem } },
    },
    says:
      before === undefined
        ? `${id} verifies from now on, beside what was there.`
        : `${id} stood there with another key, which is replaced.`,
  };
}

function dropPublicKey({ secrets }: StoredMerchant, id: string): Rotated {
  const entries = Object.entries(secrets.verify.public_keys);
  const kept = Object.fromEntries(entries.filter(([one]) => one !== id));
  if (Object.keys(kept).length === entries.length)
    throw new UsageError(`--drop-public-key-id: ${id} is not there ("show" lists them); nothing was changed`);
  requireVerifier(kept, secrets.verify.platform_certificates === true);
  return {
    secrets: { ...secrets, verify: { ...secrets.verify, public_keys: kept } },
    says: `${id} is dropped: what WeChat Pay signs with it is refused from now on.`,
  };
}

function switchCertificates({ secrets }: StoredMerchant, on: boolean): Rotated {
  const { platform_certificates: before, ...verify } = secrets.verify;
  if ((before === true) === on)
    throw new UsageError(`platform certificates are ${on ? 'on' : 'off'} already; nothing was changed`);
  requireVerifier(verify.public_keys, on);
  return {
    secrets: { ...secrets, verify: on ? { ...verify, platform_certificates: true } : verify },
    says: on
      ? 'Platform certificates are downloaded and accepted from now on.'
      : 'Only the public key verifies from now on: what WeChat Pay signs with a platform certificate is refused.',
  };
}

function requireVerifier(public_keys: object, certificates: boolean): void {
  if (Object.keys(public_keys).length === 0 && !certificates)
    throw new UsageError(
      "then nothing would verify WeChat Pay's answers; add the other kind first (--public-key-id, or --platform-certificates on). Nothing was changed",
    );
}
