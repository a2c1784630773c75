import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { readApiv3Key } from '../../cli/merchant/apiv3-key';
import { scripts } from '../../package.json';
import { APIV3_KEY, MCHID, MERCHANT_KEY, OTHER_MCHID, PLATFORM } from '../support/keys';
import {
  addArgs,
  certificate,
  downloads,
  keepSecret,
  leak,
  merchant,
  run,
  temporaryFolder,
  type Downloads,
  type Folder,
} from './merchant-command';

let folder: Folder;
let files: Downloads;

beforeEach(() => {
  folder = temporaryFolder();
  files = downloads(folder);
});

afterEach(() => folder.remove());

/** The same arguments with another value for one option. */
function instead(option: string, value: string): string[] {
  const args = addArgs(files);
  return args.map((arg, index) => (args[index - 1] === option ? value : arg));
}

describe('is refused, with a sentence that says what is wrong, and nothing is written', () => {
  /** What it says; that it failed without a trace and wrote nothing is checked here. */
  async function refused(args: readonly string[]): Promise<string> {
    const { status, stderr } = await merchant([...args, '--file', folder.path('merchant.json')]);
    expect([status, existsSync(folder.path('merchant.json'))]).toEqual([1, false]);
    expect(stderr).not.toContain('    at ');
    return stderr;
  }

  /** `add` with other files of the pair. */
  function withPair(pair: { certificate: string; private_key: string }): string[] {
    folder.write('apiclient_cert.pem', pair.certificate);
    folder.write('apiclient_key.pem', pair.private_key);
    return addArgs(files);
  }

  test.each([
    ['--cert', 'certificate', 'apiclient_cert.pem cannot be read (ENOENT); check the path'],
    ['--key', 'key', 'apiclient_key.pem cannot be read (ENOENT); check the path'],
    ['--public-key', 'public key', 'pub_key.pem cannot be read (ENOENT); check the path'],
  ])('%s naming a file that is not there', async (option, _what, message) => {
    expect(await refused(instead(option, folder.path(`none/${message.split(' ', 1)[0]}`)))).toContain(
      message,
    );
  });

  test('a certificate and a key in each other’s place', async () => {
    expect(
      await refused(
        withPair({ certificate: MERCHANT_KEY.certificate, private_key: MERCHANT_KEY.certificate }),
      ),
    ).toContain('is a certificate; the private key is in apiclient_key.pem');
    expect(
      await refused(
        withPair({ certificate: MERCHANT_KEY.private_key, private_key: MERCHANT_KEY.private_key }),
      ),
    ).toContain('is a private key; the certificate is in apiclient_cert.pem');
  });

  test('a certificate and a key of two downloads', async () => {
    expect(await refused(withPair({ ...MERCHANT_KEY, private_key: certificate().private_key }))).toContain(
      'take both from one download of the API certificate',
    );
  });

  test('the certificate of another merchant number', async () => {
    expect(await refused(withPair(certificate({ mchid: OTHER_MCHID })))).toContain(
      'was made for merchant number 1900009192, not for 1900009191',
    );
  });

  test('a certificate that ended', async () => {
    expect(await refused(withPair(certificate({ fromDays: -400, untilDays: -1 })))).toContain('ended on 20');
  });

  test('a certificate that is not valid yet', async () => {
    expect(await refused(withPair(certificate({ fromDays: 2 })))).toContain('is not valid before 20');
  });

  test('a key that is not RSA, or too short', async () => {
    const pem = (key: ReturnType<typeof createPrivateKey>) => {
      const text = key.export({ type: 'pkcs8', format: 'pem' }).toString();
      keepSecret(text);
      return text;
    };
    const elliptic = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    const short = pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey);
    for (const private_key of [elliptic, short])
      expect(await refused(withPair({ ...MERCHANT_KEY, private_key }))).toContain(
        'apiclient_key.pem is not an RSA key of at least 2048 bits',
      );
  });

  test('a key with a passphrase, in both spellings', async () => {
    const key = createPrivateKey(MERCHANT_KEY.private_key);
    for (const type of ['pkcs8', 'pkcs1'] as const) {
      const locked = key.export({ type, format: 'pem', cipher: 'aes-256-cbc', passphrase: '1900009191' });
      keepSecret(locked.toString());
      expect(await refused(withPair({ ...MERCHANT_KEY, private_key: locked.toString() }))).toContain(
        'is protected by a passphrase, and the functions have nobody to ask; take it off: openssl pkey -in',
      );
    }
  });

  test.each([
    ['text that is no PEM', 'hello', 'is not a certificate in PEM form (apiclient_cert.pem)'],
    [
      'a PEM with broken content',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      'is not a certificate in PEM form',
    ],
    ['UTF-16', Buffer.from('\uFEFF-----BEGIN', 'utf16le'), 'is written in UTF-16; save it as UTF-8'],
    ['a large file', 'x'.repeat(70_000), 'has more than 64 KiB; it is some other file'],
  ])('as a certificate: %s', async (_, content, message) => {
    folder.write('apiclient_cert.pem', content);
    expect(await refused(addArgs(files))).toContain(message);
  });

  test('an APIv3 key that has not 32 bytes', async () => {
    folder.write('apiv3.txt', APIV3_KEY.slice(1));
    expect(await refused(addArgs(files))).toContain(
      '--apiv3-key-file: the key has 31 bytes; an APIv3 key has 32',
    );
  });

  test('the APIv3 key itself where a file is wanted, or as an option of its own', async () => {
    expect(await refused(instead('--apiv3-key-file', APIV3_KEY))).toContain(
      'the file (a path, never the key itself) cannot be read (ENOENT)',
    );
    expect(await refused([...addArgs(files), `--apiv3-key=${APIV3_KEY}`])).toContain(
      "unknown option '--apiv3-key=…'",
    );
    expect(await refused([...addArgs(files), APIV3_KEY])).toContain('too many arguments');
  });

  test('no APIv3 key where nobody can be asked', async () => {
    const args = addArgs(files).filter((arg) => !['--apiv3-key-file', files.apiv3Key].includes(arg));
    expect(await refused(args)).toContain('there is no terminal to ask for the APIv3 key on');
  });

  test('the merchant’s own public key as that of WeChat Pay', async () => {
    const own = createPublicKey(MERCHANT_KEY.private_key).export({ type: 'spki', format: 'pem' });
    folder.write('pub_key.pem', own);
    expect(await refused(addArgs(files))).toContain(
      "is the merchant's own API certificate, not one of WeChat Pay's",
    );
  });

  test('a certificate as the public key', async () => {
    folder.write('pub_key.pem', PLATFORM.certificate);
    expect(await refused(addArgs(files))).toContain(
      'is a certificate, not the WeChat Pay public key (pub_key.pem)',
    );
  });

  test('a public key that is none', async () => {
    folder.write('pub_key.pem', 'hello');
    expect(await refused(addArgs(files))).toContain('is not a public key in PEM form; download it at');
  });

  test('an id that is none', async () => {
    expect(await refused(instead('--public-key-id', '0119000091912025010100001234'))).toContain(
      'is not of the form PUB_KEY_ID_…',
    );
  });

  test.each([
    [
      'an id without its file',
      ['--public-key-id', 'PUB_KEY_ID_2'],
      '--public-key-id and --public-key go together',
    ],
    ['a folder besides the files', ['--from', '.'], '--from DIR stands for --cert and --key'],
    ['two places', ['--stage', 'prod'], 'name one place for the secrets'],
  ])('%s', async (_, more, message) => {
    expect(await refused([...addArgs(files), ...more])).toContain(message);
  });

  test('one id given twice', async () => {
    const again = ['--public-key-id', PLATFORM.public_key_id, '--public-key', files.publicKey];
    expect(await refused([...addArgs(files), ...again])).toContain('--public-key-id names one id twice');
  });

  test('no certificate, or nothing that verifies', async () => {
    const apiv3 = ['--apiv3-key-file', files.apiv3Key];
    expect(await refused(['add', '--mchid', MCHID, ...apiv3, '--platform-certificates'])).toContain(
      'give --cert apiclient_cert.pem and --key apiclient_key.pem, or --from DIR',
    );
    expect(await refused(['add', '--mchid', MCHID, ...apiv3, '--from', folder.path('.')])).toContain(
      'say how WeChat Pay signs for this merchant number',
    );
  });

  test('a merchant number that is none', async () => {
    expect(await refused(instead('--mchid', 'wx1900'))).toContain('A merchant number has 1 to 32 digits.');
  });

  test.each([
    [[], 'name one place for the secrets: --stage STAGE (AWS Secrets Manager) or --file FILE'],
    [['--stage', 'Prod!'], '--stage: give the stage the stack was deployed with, 1 to 16 of a-z, 0-9 and -'],
    [['--file', 'm.json', '--region', 'us-east-1'], '--region goes with --stage'],
  ])('the place %j', async (place, message) => {
    const { status, stderr } = await merchant([...addArgs(files), ...place]);
    expect([status, stderr.trim()]).toEqual([1, expect.stringContaining(message)]);
    expect(existsSync('m.json')).toBe(false);
  });
});

describe('the APIv3 key typed on a terminal', () => {
  function terminal(typed: string) {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough();
    input.write(typed);
    return { input, output, shown: () => String(output.read() ?? '') };
  }

  test('is taken, and not shown', async () => {
    const { shown, ...streams } = terminal(`${APIV3_KEY}\r`);
    expect(await readApiv3Key(undefined, streams)).toBe(APIV3_KEY);
    expect(shown()).toBe('APIv3 key (APIv3密钥, 32 characters, not shown): \n');
  });

  test('is corrected with backspace', async () => {
    const { shown, ...streams } = terminal(`${APIV3_KEY}x\u007F\r`);
    expect(await readApiv3Key(undefined, streams)).toBe(APIV3_KEY);
    expect(shown()).not.toContain('x');
  });

  test('can be given up with Ctrl-C', async () => {
    const { shown, ...streams } = terminal('half\u0003');
    await expect(readApiv3Key(undefined, streams)).rejects.toThrow('no APIv3 key was given');
    expect(shown()).not.toContain('half');
  });

  test('is refused when it has not 32 bytes, without being quoted', async () => {
    const { shown, ...streams } = terminal('TooShortToBeAKey\r');
    await expect(readApiv3Key(undefined, streams)).rejects.toThrow(
      'the APIv3 key has 16 bytes; an APIv3 key has 32; it is set at 账户中心 → API安全 → APIv3密钥',
    );
    expect(shown()).not.toContain('TooShort');
  });
});

test('npm run merchant explains itself and each of its commands, with an example', async () => {
  const [node, ...script] = scripts.merchant.split(' ');
  const explained = await run([...script, '--help']);
  expect([node, explained.status, explained.stderr]).toEqual(['node', 0, '']);
  for (const command of ['add', 'check', 'rotate', 'show']) {
    expect(explained.stdout).toContain(`  ${command} [options]`);
    const { status, stdout, stderr } = await merchant([command, '--help']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`npm run merchant -- ${command} --mchid 1900000001`);
  }
  expect((await merchant([])).status).toBe(1);
});

test('key material in the output would be noticed', () => {
  expect(leak(`… ${MERCHANT_KEY.private_key.split('\n')[3]} …`)).toBeDefined();
  expect(leak(`… ${APIV3_KEY} …`)).toBeDefined();
  expect(leak(MERCHANT_KEY.serial_no)).toBeUndefined();
});
