import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, stop } from 'esbuild';
import { issueCertificate } from '../../local/wechatpay/x509';
import type { Ended } from '../local/spawned';
import { APIV3_KEY, MCHID, MERCHANT_KEY, PLATFORM, SECRET_TEXTS } from '../support/keys';

const ROOT = path.resolve(__dirname, '../..');
const DAY_MS = 86_400_000;

/** What nothing that the command prints or reports may hold; keys made for a test are added. */
const forbidden: string[] = [...SECRET_TEXTS];

/** A word of the text that is key material; undefined when there is none. */
export function leak(text: string): string | undefined {
  return forbidden.find((secret) => text.includes(secret));
}

/** Keeps a secret out of every output from here on. */
export function keepSecret(text: string): void {
  forbidden.push(...text.split('\n').filter((line) => line.length > 20 && !line.startsWith('---')));
}

let bundle: Promise<string> | undefined;

/** The command in one file, made once for each test file: loading its sources takes three times as long as running it. */
export function commandFile(): Promise<string> {
  bundle ??= bundleCommand();
  return bundle;
}

async function bundleCommand(): Promise<string> {
  const outfile = path.join(mkdtempSync(path.join(tmpdir(), 'payscore-command-')), 'merchant.cjs');
  const entryPoints = [path.join(ROOT, 'cli/merchant.ts')];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', target: 'node20', logLevel: 'error' });
  return outfile;
}

afterAll(async () => {
  if (bundle !== undefined) rmSync(path.dirname(await bundle), { recursive: true });
  await stop();
});

/** `npm run merchant -- ...args`, without npm and without a terminal; throws when it shows key material. */
export async function merchant(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const ended = await run([await commandFile(), ...args], environment);
  const at = args.indexOf('--json');
  const file = at < 0 ? undefined : args[at + 1];
  const reported = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '';
  const leaked = leak(ended.stdout + ended.stderr + reported);
  if (leaked !== undefined) throw new Error(`key material was shown: ${leaked.slice(0, 6)}…`);
  return ended;
}

/** None of the developer's own AWS configuration. */
export const ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_CONFIG_FILE: '/nonexistent',
  AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** Node with these arguments, in the project's root. */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = { ...ENVIRONMENT, ...environment };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  return { status, stdout, stderr };
}

export interface Folder {
  /** A path in it. */
  path(name: string): string;
  /** Writes a file there; its path. */
  write(name: string, content: string | Buffer): string;
  remove(): void;
}

export function temporaryFolder(): Folder {
  const folder = mkdtempSync(path.join(tmpdir(), 'payscore-merchant-'));
  const inside = (name: string) => path.join(folder, name);
  return {
    path: inside,
    write: (name, content) => {
      writeFileSync(inside(name), content);
      return inside(name);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The files that WeChat Pay hands out, of the merchant of the tests. */
export function downloads(folder: Folder) {
  return {
    cert: folder.write('apiclient_cert.pem', MERCHANT_KEY.certificate),
    key: folder.write('apiclient_key.pem', MERCHANT_KEY.private_key),
    publicKey: folder.write('pub_key.pem', PLATFORM.public_key),
    apiv3Key: folder.write('apiv3.txt', `${APIV3_KEY}\n`),
  };
}

export type Downloads = ReturnType<typeof downloads>;

/** `add` with everything that it needs but the place. */
export function addArgs({ cert, key, publicKey, apiv3Key }: Downloads): string[] {
  const pair = ['--cert', cert, '--key', key, '--apiv3-key-file', apiv3Key];
  const publicKeys = ['--public-key-id', PLATFORM.public_key_id, '--public-key', publicKey];
  return ['add', '--mchid', MCHID, ...pair, ...publicKeys];
}

export interface Pair {
  readonly serial_no: string;
  readonly certificate: string;
  readonly private_key: string;
}

/** One key for all certificates made here: making one takes longer than running the command. */
const { privateKey: OTHER_KEY } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A certificate of the merchant's, valid as said, in days from now. */
export function certificate({
  fromDays = -1,
  untilDays = 400,
  mchid = MCHID,
  privateKey = OTHER_KEY,
}: {
  readonly fromDays?: number;
  readonly untilDays?: number;
  readonly mchid?: string;
  readonly privateKey?: KeyObject;
} = {}): Pair {
  const serial_no = `40${randomBytes(19).toString('hex').toUpperCase()}`;
  const private_key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  keepSecret(private_key);
  return {
    serial_no,
    private_key,
    certificate: issueCertificate({
      serialHex: serial_no,
      subject: [['commonName', mchid]],
      issuer: [['commonName', 'Tenpay.com Root CA']],
      fromMs: Date.now() + fromDays * DAY_MS,
      untilMs: Date.now() + untilDays * DAY_MS,
      publicKey: createPublicKey(privateKey),
      signingKey: privateKey,
    }),
  };
}

/** The options that name a pair's files. */
export function pairArgs(folder: Folder, pair: Pair): string[] {
  return [
    '--cert',
    folder.write(`${pair.serial_no}-cert.pem`, pair.certificate),
    '--key',
    folder.write(`${pair.serial_no}-key.pem`, pair.private_key),
  ];
}
