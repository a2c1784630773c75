import { Command } from 'commander';
import { UsageError } from '../../local/usage-error';
import { readApiv3Key } from './apiv3-key';
import { describe, renderDescription } from './describe';
import { dryRunOption, withPair, withPlace, type WhereOptions } from './options';
import { readPair, readPublicKey, type PairOptions } from './pem';
import { renderFates, save } from './save';
import { accept, type MerchantSecrets } from './secrets';
import { placeOf } from './which-place';

interface AddOptions extends WhereOptions, PairOptions {
  readonly apiv3KeyFile?: string;
  readonly publicKeyId?: readonly string[];
  readonly publicKey?: readonly string[];
  readonly platformCertificates?: true;
  readonly replace?: true;
  readonly dryRun?: true;
}

export function addCommand(): Command {
  const command = new Command('add')
    .description('Checks the files WeChat Pay gave you and writes the two secrets of a merchant number.')
    .option(
      '--apiv3-key-file <file>',
      'a file with the APIv3 key (APIv3密钥); without it you are asked, unseen',
    );
  return withPlace(withPair(command))
    .option('--public-key-id <id>', 'id of a WeChat Pay public key (微信支付公钥ID), PUB_KEY_ID_…', gather)
    .option('--public-key <file>', 'that public key, pub_key.pem; both again for another one', gather)
    .option('--platform-certificates', 'this merchant number (also) uses platform certificates (平台证书)')
    .option('--replace', 'put these keys in place of secrets that exist')
    .addOption(dryRunOption())
    .addHelpText(
      'after',
      `
Example:
  npm run merchant -- add --mchid 1900000001 --from ~/Downloads/1900000001_cert --apiv3-key-file apiv3.txt \\
    --public-key-id PUB_KEY_ID_0119000000012025010100001234 --public-key pub_key.pem --stage prod

The APIv3 key is no option on purpose: a command line stays in the shell's history and shows in ps.`,
    )
    .action(add);
}

function gather(value: string, values: readonly string[] = []): string[] {
  return [...values, value];
}

async function add(options: AddOptions): Promise<void> {
  const { mchid, replace = false, dryRun = false } = options;
  const place = await placeOf(options);
  const now = Date.now();
  const public_keys = readPublicKeys(options);
  const pair = readPair(options, mchid, now);
  const apiv3_key = await readApiv3Key(options.apiv3KeyFile, {
    input: process.stdin,
    output: process.stderr,
  });
  const secrets: MerchantSecrets = {
    signing: { mchid, keys: [pair] },
    verify: {
      mchid,
      apiv3_key,
      public_keys,
      ...(options.platformCertificates ? { platform_certificates: true } : {}),
    },
  };
  console.log(renderDescription(describe(accept(mchid, secrets, place), place, now)));
  const fates = await save(place, await place.read(), secrets, { replace, dryRun });
  console.log(`\n${renderFates(fates)}`);
  console.log(
    dryRun
      ? '\nNothing was written.'
      : `\nTry them on WeChat Pay itself: npm run merchant -- check --mchid ${mchid} ${place.option}`,
  );
}

function readPublicKeys({
  publicKeyId: ids = [],
  publicKey: files = [],
  platformCertificates,
}: AddOptions): Record<string, string> {
  if (ids.length !== files.length)
    throw new UsageError('--public-key-id and --public-key go together: one id for each file');
  if (ids.length === 0 && !platformCertificates)
    throw new UsageError(
      'say how WeChat Pay signs for this merchant number: --public-key-id ID --public-key pub_key.pem (微信支付公钥, all new numbers), --platform-certificates (平台证书, older ones), or both during the changeover',
    );
  if (new Set(ids).size !== ids.length) throw new UsageError('--public-key-id names one id twice');
  const file = (index: number) => files[index] ?? '';
  return Object.fromEntries(ids.map((id, index) => [id, readPublicKey(id, file(index))]));
}
