import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { LOCAL_AWS } from '../../local/aws/identity';
import { startSecretsManager } from '../../local/aws/secrets-manager';
import type { Ended } from '../local/spawned';
import { MCHID, MERCHANT_KEY, PLATFORM, signingSecret, verifySecret } from '../support/keys';
import { certificate, merchant, pairArgs, temporaryFolder, type Folder, type Pair } from './merchant-command';

const OTHER_PUBLIC_KEY = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString();

let folder: Folder;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = folder.path('merchant.json');
});

afterEach(() => folder.remove());

/** What stands before the command: by default one certificate and one public key. */
function before({
  keys = [MERCHANT_KEY],
  verify = {},
}: { keys?: readonly Pair[]; verify?: object } = {}): void {
  folder.write(
    'merchant.json',
    JSON.stringify({
      signing: { mchid: MCHID, keys },
      verify: { ...verifySecret(MCHID), ...verify },
    }),
  );
}

function rotate(...args: readonly string[]): Promise<Ended> {
  return merchant(['rotate', '--mchid', MCHID, '--file', file, ...args]);
}

interface Stored {
  readonly signing: { readonly keys: readonly Pair[] };
  readonly verify: object;
}

function after(): Stored {
  return JSON.parse(readFileSync(file, 'utf8')) as Stored;
}

/** It ends with 1, says why, and what stood there stands. */
async function refused(...args: readonly string[]): Promise<string> {
  const text = readFileSync(file, 'utf8');
  const { status, stderr } = await rotate(...args);
  expect([status, readFileSync(file, 'utf8') === text]).toEqual([1, true]);
  expect(stderr).not.toContain('    at ');
  return stderr;
}

describe('a new certificate', () => {
  test('signs first, and the old one stays as second until --finish', async () => {
    before();
    const pair = certificate();
    const begun = await rotate(...pairArgs(folder, pair));
    expect(begun.status).toBe(0);
    expect(begun.stdout).toMatch(new RegExp(`API certificate +${pair.serial_no}`));
    expect(begun.stdout).toMatch(new RegExp(`second certificate +${MERCHANT_KEY.serial_no}`));
    expect(begun.stdout).toContain(
      `${pair.serial_no} signs from now on, ${MERCHANT_KEY.serial_no} stays as second key. Check it, then: rotate --finish.`,
    );
    expect(after().signing.keys).toEqual([pair, MERCHANT_KEY]);

    const finished = await rotate('--finish');
    expect(finished.status).toBe(0);
    expect(finished.stdout).toContain(`${MERCHANT_KEY.serial_no} is dropped. Revoke it at WeChat Pay`);
    expect(after().signing.keys).toEqual([pair]);
  });

  test('is the third: the oldest one is dropped, and that is said', async () => {
    const second = certificate();
    const third = certificate();
    before({ keys: [second, MERCHANT_KEY] });
    const { status, stdout } = await rotate(...pairArgs(folder, third));
    expect(status).toBe(0);
    expect(stdout).toContain(`The one before, ${MERCHANT_KEY.serial_no}, is dropped.`);
    expect(after().signing.keys).toEqual([third, second]);
  });

  test('is not written by a dry run', async () => {
    before();
    const pair = certificate();
    const { status, stdout } = await rotate(...pairArgs(folder, pair), '--dry-run');
    expect(status).toBe(0);
    expect(stdout).toContain(`would be replaced  ${file}: signing`);
    expect(stdout).toContain('Nothing was written.');
    expect(after().signing.keys).toEqual([MERCHANT_KEY]);
  });

  test('is refused when it is there already', async () => {
    const old = certificate();
    before({ keys: [MERCHANT_KEY, old] });
    expect(await refused(...pairArgs(folder, MERCHANT_KEY))).toContain(
      `certificate ${MERCHANT_KEY.serial_no} is there already and signs; nothing was changed`,
    );
    expect(await refused(...pairArgs(folder, old))).toContain('is there already, as the second');
  });

  test('is refused before its first day and after its last', async () => {
    before();
    expect(await refused(...pairArgs(folder, certificate({ fromDays: 1 })))).toContain('is not valid before');
    expect(await refused(...pairArgs(folder, certificate({ fromDays: -9, untilDays: -1 })))).toContain(
      'ended on',
    );
  });
});

describe('--finish', () => {
  test('is refused when there is only one certificate', async () => {
    before();
    expect(await refused('--finish')).toContain('there is only one certificate');
  });

  test('is refused while the one that would stay is not valid', async () => {
    before({ keys: [certificate({ fromDays: -9, untilDays: -1 }), MERCHANT_KEY] });
    expect(await refused('--finish')).toContain('is not valid now, so the other one is still needed');
  });
});

describe('a WeChat Pay public key', () => {
  const args = (id: string, pem: string) => [
    '--public-key-id',
    id,
    '--public-key',
    folder.write('pub_key.pem', pem),
  ];

  test('comes beside what is there', async () => {
    before({ verify: { public_keys: {}, platform_certificates: true } });
    const { status, stdout } = await rotate(...args(PLATFORM.public_key_id, PLATFORM.public_key));
    expect(status).toBe(0);
    expect(stdout).toContain(`${PLATFORM.public_key_id} verifies from now on, beside what was there.`);
    expect(after().verify).toMatchObject({
      public_keys: { [PLATFORM.public_key_id]: PLATFORM.public_key },
      platform_certificates: true,
    });
  });

  test('takes the place of a wrong one under the same id, and says so', async () => {
    before();
    const { status, stdout } = await rotate(...args(PLATFORM.public_key_id, OTHER_PUBLIC_KEY));
    expect(status).toBe(0);
    expect(stdout).toContain('stood there with another key, which is replaced');
    expect(after().verify).toMatchObject({ public_keys: { [PLATFORM.public_key_id]: OTHER_PUBLIC_KEY } });
  });

  test('is refused when it is there already, or its id is none', async () => {
    before();
    expect(await refused(...args(PLATFORM.public_key_id, PLATFORM.public_key))).toContain(
      'is there already, the very same',
    );
    for (const id of ['PUBKEY', '__proto__'])
      expect(await refused(...args(id, OTHER_PUBLIC_KEY))).toContain('is not of the form PUB_KEY_ID_…');
    expect(await refused('--public-key-id', 'PUB_KEY_ID_2')).toContain('go together');
  });

  test('is dropped, unless nothing else would verify', async () => {
    before({
      verify: {
        public_keys: { [PLATFORM.public_key_id]: PLATFORM.public_key, PUB_KEY_ID_2: OTHER_PUBLIC_KEY },
      },
    });
    const { status, stdout } = await rotate('--drop-public-key-id', PLATFORM.public_key_id);
    expect(status).toBe(0);
    expect(stdout).toContain(`${PLATFORM.public_key_id} is dropped`);
    expect(after().verify).toMatchObject({ public_keys: { PUB_KEY_ID_2: OTHER_PUBLIC_KEY } });

    expect(await refused('--drop-public-key-id', PLATFORM.public_key_id)).toContain('is not there');
    expect(await refused('--drop-public-key-id', 'PUB_KEY_ID_2')).toContain(
      "then nothing would verify WeChat Pay's answers",
    );
  });
});

describe('platform certificates', () => {
  test('are switched on and off', async () => {
    before();
    expect((await rotate('--platform-certificates', 'on')).stdout).toMatch(/platform certificates +used/);
    expect(after().verify).toEqual({ ...verifySecret(MCHID), platform_certificates: true });
    expect((await rotate('--platform-certificates', 'off')).stdout).toMatch(
      /platform certificates +not used/,
    );
    expect(after().verify).toEqual(verifySecret(MCHID));
  });

  test('are not switched to what they are, nor off when nothing else verifies', async () => {
    before();
    expect(await refused('--platform-certificates', 'off')).toContain(
      'platform certificates are off already',
    );
    before({ verify: { public_keys: {}, platform_certificates: true } });
    expect(await refused('--platform-certificates', 'on')).toContain('platform certificates are on already');
    expect(await refused('--platform-certificates', 'off')).toContain('then nothing would verify');
    expect(await refused('--platform-certificates', 'perhaps')).toContain('Allowed choices are on, off.');
  });
});

test('exactly one change is made at a time', async () => {
  before();
  for (const args of [[], ['--finish', '--platform-certificates', 'on']])
    expect(await refused(...args)).toContain('ask for one change');
});

test('a merchant without secrets, or with unusable ones, is not rotated', async () => {
  const { status, stderr } = await rotate('--finish');
  expect([status, stderr]).toEqual([
    1,
    `${file} has no signing and no verify secret of merchant ${MCHID}. Write it with: npm run merchant -- add --mchid ${MCHID} --file ${file} …\n`,
  ]);
  before({ verify: { apiv3_key: 'short', public_keys: {} } });
  const text = await refused('--finish');
  expect(text).toContain('verify: apiv3_key has 5 bytes; an APIv3 key has 32');
  expect(text).toContain('verify: public_keys is empty');
});

test('on AWS only the secret that changes gets a new version', async () => {
  const secrets = await startSecretsManager();
  const client = new SecretsManagerClient({ ...LOCAL_AWS, endpoint: secrets.url });
  const names = ['signing', 'verify'].map((part) => `payscore-collector/dev/${MCHID}/${part}`);
  const read = () =>
    Promise.all(names.map((SecretId) => client.send(new GetSecretValueCommand({ SecretId }))));
  secrets.put(names[0] ?? '', JSON.stringify(signingSecret(MCHID)));
  secrets.put(names[1] ?? '', JSON.stringify(verifySecret(MCHID)));
  const [signing, verify] = await read();
  const pair = certificate();
  const { status } = await merchant(
    ['rotate', '--mchid', MCHID, '--stage', 'dev', ...pairArgs(folder, pair)],
    { AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url },
  );
  const [rotated, same] = await read();
  client.destroy();
  await secrets.close();

  expect(status).toBe(0);
  expect(same?.VersionId).toBe(verify?.VersionId);
  expect(rotated?.VersionId).not.toBe(signing?.VersionId);
  expect(JSON.parse(rotated?.SecretString ?? '')).toEqual({ mchid: MCHID, keys: [pair, MERCHANT_KEY] });
});

describe('show', () => {
  test('tells serials, dates, days and ids, on the screen and as data', async () => {
    const ending = certificate({ fromDays: -300, untilDays: 10 });
    before({ keys: [ending, MERCHANT_KEY], verify: { platform_certificates: true } });
    const report = folder.path('report.json');
    const { status, stdout } = await merchant(['show', '--mchid', MCHID, '--file', file, '--json', report]);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`API certificate +${ending.serial_no}, .+, 9 days left`));
    expect(stdout).toMatch(new RegExp(`second certificate +${MERCHANT_KEY.serial_no}`));
    expect(JSON.parse(readFileSync(report, 'utf8'))).toEqual({
      mchid: MCHID,
      place: `--file ${file}`,
      signing: [
        expect.objectContaining({ serial_no: ending.serial_no, days_left: 9, signs: true }),
        {
          serial_no: MERCHANT_KEY.serial_no,
          valid_from: '2020-01-01T00:00:00.000Z',
          valid_to: '2120-01-01T00:00:00.000Z',
          days_left: expect.any(Number) as number,
          signs: false,
        },
      ],
      public_keys: [PLATFORM.public_key_id],
      platform_certificates: true,
      warnings: [expect.stringContaining(`certificate ${ending.serial_no} ends on`)],
    });
  });

  test('marks the certificate that signs, which is the first one that is valid', async () => {
    before({ keys: [certificate({ fromDays: -9, untilDays: -1 }), MERCHANT_KEY] });
    const { stdout } = await merchant(['show', '--mchid', MCHID, '--file', file]);
    expect(stdout).toMatch(new RegExp(`API certificate +${MERCHANT_KEY.serial_no}`));
    expect(stdout).toMatch(/warning +certificate 40[0-9A-F]+ ended on/);
  });

  test('warns of an old certificate only once it has ended', async () => {
    const warnings = async (untilDays: number) => {
      before({ keys: [MERCHANT_KEY, certificate({ fromDays: -9, untilDays })] });
      const { stdout } = await merchant(['show', '--mchid', MCHID, '--file', file]);
      return /warning +(.*)/.exec(stdout)?.[1];
    };
    expect(await warnings(10)).toBeUndefined();
    expect(await warnings(-1)).toMatch(/^certificate 40[0-9A-F]+ ended on .+; "rotate --finish" drops it$/);
  });

  test('says so when its report cannot be written, before anything is read', async () => {
    const report = folder.path('none/report.json');
    const { status, stdout, stderr } = await merchant([
      'show',
      '--mchid',
      MCHID,
      '--file',
      file,
      '--json',
      report,
    ]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`--json: ${report} cannot be written (ENOENT)`);
  });
});
