import { execFileSync } from 'node:child_process';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Mchid } from '../../lambda/core/ids';
import { parseCredentials } from '../../lambda/wechatpay/credentials';
import { LOCAL_AWS } from '../../local/aws/identity';
import { startSecretsManager, type LocalSecretsManager } from '../../local/aws/secrets-manager';
import type { Ended } from '../local/spawned';
import { APIV3_KEY, MCHID, MERCHANT_KEY, PLATFORM } from '../support/keys';
import {
  addArgs,
  certificate,
  commandFile,
  downloads,
  keepSecret,
  leak,
  merchant,
  pairArgs,
  temporaryFolder,
  type Downloads,
  type Folder,
} from './merchant-command';

const SIGNING = `payscore-collector/prod/${MCHID}/signing`;
const VERIFY = `payscore-collector/prod/${MCHID}/verify`;
const SIGNING_SECRET = { mchid: MCHID, keys: [MERCHANT_KEY] };
const VERIFY_SECRET = {
  mchid: MCHID,
  apiv3_key: APIV3_KEY,
  public_keys: { [PLATFORM.public_key_id]: PLATFORM.public_key },
};

let folder: Folder;
let files: Downloads;
let secrets: LocalSecretsManager;
let client: SecretsManagerClient;

beforeEach(async () => {
  folder = temporaryFolder();
  files = downloads(folder);
  secrets = await startSecretsManager();
  client = new SecretsManagerClient({ ...LOCAL_AWS, endpoint: secrets.url });
});

afterEach(async () => {
  client.destroy();
  await secrets.close();
  folder.remove();
});

function onAws(...args: readonly string[]): Promise<Ended> {
  return merchant([...args, '--stage', 'prod'], { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url });
}

async function stored(name: string, VersionStage = 'AWSCURRENT'): Promise<unknown> {
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: name, VersionStage }));
  return JSON.parse(String(SecretString));
}

async function absent(name: string): Promise<void> {
  await expect(stored(name)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
}

function inFile(name: string): unknown {
  return JSON.parse(readFileSync(folder.path(name), 'utf8'));
}

test('add writes the two secrets, as the functions read them, and says what it read and what it wrote', async () => {
  const { status, stdout, stderr } = await onAws(...addArgs(files));

  expect([status, stderr]).toEqual([0, '']);
  expect(await stored(SIGNING)).toEqual(SIGNING_SECRET);
  expect(await stored(VERIFY)).toEqual(VERIFY_SECRET);
  expect(stdout).toContain('merchant 1900009191');
  expect(stdout).toMatch(
    /API certificate +4A1B2C3D4E5F60718293A4B5C6D7E8F901234567, 2020-01-01 to 2120-01-01, \d+ days left/,
  );
  expect(stdout).toMatch(/WeChat Pay public key +PUB_KEY_ID_0119000091912025010100001234/);
  expect(stdout).toMatch(/platform certificates +not used/);
  expect(stdout).toContain(`created         ${SIGNING}`);
  expect(stdout).toContain(`created         ${VERIFY}`);
  expect(stdout).toContain('npm run merchant -- check --mchid 1900009191 --stage prod');
});

test('what add wrote is what the functions accept', async () => {
  await onAws(...addArgs(files), '--platform-certificates');
  const text = async (name: string) => ({ name, text: JSON.stringify(await stored(name)) });
  const credentials = parseCredentials(MCHID as Mchid, {
    signing: await text(SIGNING),
    verify: await text(VERIFY),
  });
  expect(credentials.signingKeys.map(({ serial_no }) => serial_no)).toEqual([MERCHANT_KEY.serial_no]);
  expect([...credentials.publicKeys.keys()]).toEqual([PLATFORM.public_key_id]);
  expect(credentials.platformCertificates).toBe(true);
});

test('a merchant number without a public key is added with platform certificates alone', async () => {
  const args = ['--mchid', MCHID, '--cert', files.cert, '--key', files.key];
  const { status } = await onAws(
    'add',
    ...args,
    '--apiv3-key-file',
    files.apiv3Key,
    '--platform-certificates',
  );
  expect(status).toBe(0);
  expect(await stored(VERIFY)).toEqual({
    mchid: MCHID,
    apiv3_key: APIV3_KEY,
    public_keys: {},
    platform_certificates: true,
  });
});

test('several public keys are kept in the order given: the first is the one asked for', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const pem = other.export({ type: 'spki', format: 'pem' }).toString();
  const more = ['--public-key-id', 'PUB_KEY_ID_2', '--public-key', folder.write('second.pem', pem)];
  expect((await onAws(...addArgs(files), ...more)).status).toBe(0);
  expect(await stored(VERIFY)).toMatchObject({
    public_keys: { [PLATFORM.public_key_id]: PLATFORM.public_key, PUB_KEY_ID_2: pem },
  });
});

describe('for the local run', () => {
  test('add writes one file that only its owner can read', async () => {
    const { status, stdout } = await merchant([...addArgs(files), '--file', folder.path('merchant.json')]);
    expect(status).toBe(0);
    expect(stdout).toContain('merchant.json: signing');
    expect(inFile('merchant.json')).toEqual({ signing: SIGNING_SECRET, verify: VERIFY_SECRET });
    expect(statSync(folder.path('merchant.json')).mode & 0o777).toBe(0o600);
  });

  test('a file with other content is replaced only with --replace, and is closed to others then', async () => {
    const other = certificate();
    const file = folder.write(
      'merchant.json',
      JSON.stringify({ signing: { mchid: MCHID, keys: [other] }, verify: VERIFY_SECRET }),
    );
    const refused = await merchant([...addArgs(files), '--file', file]);
    expect([refused.status, inFile('merchant.json')]).toEqual([
      1,
      { signing: { mchid: MCHID, keys: [other] }, verify: VERIFY_SECRET },
    ]);
    expect(refused.stderr).toContain('signing exists already with other content; nothing was written');

    const replaced = await merchant([...addArgs(files), '--file', file, '--replace']);
    expect(replaced.status).toBe(0);
    expect(replaced.stdout).toContain(`replaced        ${file}: signing`);
    expect(replaced.stdout).toContain(`unchanged       ${file}: verify`);
    expect(inFile('merchant.json')).toEqual({ signing: SIGNING_SECRET, verify: VERIFY_SECRET });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a file that is something else is left alone, with --replace too', async () => {
    const file = folder.write('notes.json', '{"not":"a merchant"}');
    const { status, stderr } = await merchant([...addArgs(files), '--file', file, '--replace']);
    expect([status, readFileSync(file, 'utf8')]).toEqual([1, '{"not":"a merchant"}']);
    expect(stderr).toContain('is not a merchant file');
  });

  test('a file that cannot be written is said, and nothing is left beside it', async () => {
    const { status, stderr } = await merchant([...addArgs(files), '--file', folder.path('no/such/m.json')]);
    expect(status).toBe(1);
    expect(stderr).toContain('cannot be written (ENOENT); nothing was changed');
  });
});

describe('files are taken as WeChat Pay, Windows and openssl write them', () => {
  const asWritten = { signing: SIGNING_SECRET, verify: VERIFY_SECRET };
  const windows = (text: string) => `\uFEFF${text.replaceAll('\n', '\r\n')}`;
  const bags = (text: string) =>
    `Bag Attributes\n    localKeyID: 01 00 00 00\n    friendlyName: Tenpay Certificate\nsubject=CN = ${MCHID}\nissuer=CN = x\n${text}\n`;

  test.each([
    ['with a byte order mark and CRLF', windows],
    ['with the bag attributes of an exported .p12', bags],
  ])('%s', async (_, change) => {
    folder.write('apiclient_cert.pem', change(MERCHANT_KEY.certificate));
    folder.write('apiclient_key.pem', change(MERCHANT_KEY.private_key));
    folder.write('pub_key.pem', change(PLATFORM.public_key));
    folder.write('apiv3.txt', windows(`${APIV3_KEY}\n`));
    const { status } = await merchant([...addArgs(files), '--file', folder.path('merchant.json')]);
    expect([status, inFile('merchant.json')]).toEqual([0, asWritten]);
  });

  test('in the folder of the unpacked zip', async () => {
    const args = addArgs(files).filter((arg) => !['--cert', '--key', files.cert, files.key].includes(arg));
    const { status } = await merchant([...args, '--from', folder.path('.'), '--file', folder.path('m.json')]);
    expect([status, inFile('m.json')]).toEqual([0, asWritten]);
  });

  test('with the certificates of the authority before the own one', async () => {
    folder.write('apiclient_cert.pem', `${PLATFORM.certificate}\n${MERCHANT_KEY.certificate}`);
    const { status } = await merchant([...addArgs(files), '--file', folder.path('m.json')]);
    expect([status, inFile('m.json')]).toEqual([0, asWritten]);
  });

  test('with a private key in the older form (RSA PRIVATE KEY)', async () => {
    const key = createPrivateKey(MERCHANT_KEY.private_key);
    const pem = key.export({ type: 'pkcs1', format: 'pem' }).toString();
    keepSecret(pem);
    folder.write('apiclient_key.pem', pem);
    const { status } = await merchant([...addArgs(files), '--file', folder.path('m.json')]);
    expect([status, inFile('m.json')]).toMatchObject([0, { signing: { keys: [{ private_key: pem }] } }]);
  });

  test('with the APIv3 key through a pipe', async () => {
    const args = addArgs(files).filter((arg) => !['--apiv3-key-file', files.apiv3Key].includes(arg));
    const shell = 'exec "$1" "${@:2}" --apiv3-key-file <(cat "$0")';
    const command = [process.execPath, await commandFile(), ...args, '--file', folder.path('m.json')];
    const text = execFileSync('bash', ['-c', shell, files.apiv3Key, ...command], { encoding: 'utf8' });
    expect([leak(text), inFile('m.json')]).toEqual([undefined, asWritten]);
  });
});

test('a dry run checks everything, says what would be done, and writes nothing', async () => {
  const { status, stdout } = await onAws(...addArgs(files), '--dry-run');
  expect(status).toBe(0);
  expect(stdout).toContain(`would be created  ${SIGNING}`);
  expect(stdout).toContain('Nothing was written.');
  await absent(SIGNING);
  await absent(VERIFY);
  // Each was looked for, by it and by this test.
  expect(secrets.calls()).toBe(4);
});

test('the same command again changes nothing', async () => {
  await onAws(...addArgs(files));
  const calls = secrets.calls();
  const { status, stdout } = await onAws(...addArgs(files));
  expect(status).toBe(0);
  expect(stdout).toContain(`unchanged       ${SIGNING}`);
  expect(stdout).toContain(`unchanged       ${VERIFY}`);
  expect(secrets.calls() - calls).toBe(2);
});

test('secrets that exist are replaced only with --replace, and the version before stays', async () => {
  const other = { mchid: MCHID, keys: [certificate()] };
  secrets.put(SIGNING, JSON.stringify(other));
  const refused = await onAws(...addArgs(files));
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(`${SIGNING} exists already with other content; nothing was written`);
  expect(refused.stderr).toContain('--replace puts these keys in place of what is there');
  expect(await stored(SIGNING)).toEqual(other);
  await absent(VERIFY);

  const replaced = await onAws(...addArgs(files), '--replace');
  expect(replaced.status).toBe(0);
  expect(await stored(SIGNING)).toEqual(SIGNING_SECRET);
  expect(await stored(SIGNING, 'AWSPREVIOUS')).toEqual(other);
  expect(await stored(VERIFY)).toEqual(VERIFY_SECRET);
});

test('a certificate that ends within 30 days is written, with a warning', async () => {
  const pair = certificate({ untilDays: 20 });
  const args = addArgs(files).filter((arg) => !['--cert', '--key', files.cert, files.key].includes(arg));
  const { status, stdout } = await onAws(...args, ...pairArgs(folder, pair));
  expect(status).toBe(0);
  expect(stdout).toMatch(/warning +certificate 40[0-9A-F]{38} ends on \d{4}-\d\d-\d\d; apply for a new one/);
  expect(stdout).toContain('19 days left');
});
