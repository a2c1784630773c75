import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keysIn, piecesOf } from '../support/log-watch/key-material';
import { APIV3_KEY, MERCHANT_KEY, SECRET_TEXTS } from '../support/keys';

const ROOT = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'payscore-leaks-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
  }[];
}

/** Runs suites that leak, one after the other, as `npm test` would; what they print is looked at by nobody. */
async function runLeaks(): Promise<
  ReadonlyMap<string, { readonly status: string; readonly message: string }>
> {
  const file = path.join(folder, 'results.json');
  const jest = [require.resolve('jest/bin/jest'), '--coverage=false', '--runInBand'];
  const args = [...jest, '--testMatch', '**/*.leak.ts', '--json', `--outputFile=${file}`];
  await once(spawn(process.execPath, args, { cwd: ROOT, stdio: 'ignore' }), 'close');
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Results;
  return new Map(testResults.map((suite) => [path.basename(suite.name, '.leak.ts'), suite]));
}

test('a suite that writes key material into any log fails, and is told where, and never what', async () => {
  const suites = await runLeaks();
  expect(Object.fromEntries([...suites].map(([name, { status }]) => [name, status]))).toEqual({
    child: 'failed',
    console: 'failed',
    logger: 'failed',
    none: 'passed',
    stream: 'failed',
  });
  const messages = [...suites.values()].map(({ message }) => message).join('\n');
  for (const told of [
    'Key material in the log of test/support/log-watch/leaks/logger.leak.ts',
    /^ *logger: .*number d of a private key, in base64/m,
    /^ *logger: .*an APIv3 key, as it is/m,
    /^ *metrics: an APIv3 key, as it is/m,
    /^ *console\.info: .*number d of a private key, in base64/m,
    /^ *console\.error: an APIv3 key, byte by byte/m,
    /^ *stderr: .*a private key as DER/m,
    /^ *stdout: .*number q of a private key, in hexadecimal/m,
    /^ *stdout of a child process: number d of a private key, in base64/m,
    /^ *stdout: number d of a private key, in base64/m,
  ])
    expect(messages).toMatch(told);
  for (const secret of SECRET_TEXTS) expect(messages.includes(secret)).toBe(false);
  expect(keysIn(messages, piecesOf([{ name: 'key', hex: Buffer.from(APIV3_KEY).toString('hex') }]))).toEqual(
    [],
  );
  expect(messages).not.toMatch(/[A-Za-z0-9+_]{32}/);
}, 240_000);

describe('key material is found', () => {
  const secret = 'an-apiv3-key-of-thirty-two-bytes';
  const pieces = piecesOf([{ name: 'key', hex: Buffer.from(secret).toString('hex') }]);

  test.each([
    ['as it is', `"apiv3_key":"${secret}"`],
    ['in an address', `?key=${encodeURIComponent(secret)}`],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 after one byte', Buffer.from(`x${secret}`).toString('base64')],
    ['in base64 after two bytes', Buffer.from(`xy${secret}`).toString('base64')],
    ['in hexadecimal', Buffer.from(secret).toString('hex').toUpperCase()],
    ['as Node shows bytes', `<Buffer ${(Buffer.from(secret).toString('hex').match(/../g) ?? []).join(' ')}>`],
    ['as JSON has bytes', JSON.stringify(Buffer.from(secret))],
    ['over two lines', `${secret.slice(0, 9)}\n${secret.slice(9)}`],
  ])('%s', (_, text) => {
    expect(keysIn(text, pieces)).not.toEqual([]);
  });

  test.each([
    ['as PEM', MERCHANT_KEY.private_key],
    ['as PEM in JSON in JSON', JSON.stringify(JSON.stringify({ key: MERCHANT_KEY.private_key }))],
    ['as PEM without its first line', MERCHANT_KEY.private_key.split('\n').slice(1).join('\n')],
  ])('of a key that nobody has told of: %s', (_, text) => {
    expect(keysIn(text, [])).not.toEqual([]);
  });

  test('and nothing else is: not what is public, nor a word about keys', () => {
    const text = `${MERCHANT_KEY.certificate} -----BEGIN PRIVATE KEY----- is missing; ${secret.slice(0, 20)}`;
    expect(keysIn(text, pieces)).toEqual([]);
  });
});
