import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { MCHID, MERCHANT_KEY, signingSecret, verifySecret } from '../support/keys';
import { certificate, merchant, temporaryFolder, type Folder } from './merchant-command';

let folder: Folder;
let file: string;
let text: string;

beforeEach(() => {
  folder = temporaryFolder();
  text = JSON.stringify({
    signing: { ...signingSecret(MCHID), keys: [MERCHANT_KEY, certificate()] },
    verify: verifySecret(MCHID),
  });
  file = folder.write('merchant.json', text);
});
afterEach(() => folder.remove());

test.each(['show', 'check'])('%s --json never writes over the file with the keys', async (command) => {
  symlinkSync(file, folder.path('link.json'));
  const link = folder.path('link.json');
  const { status, stdout, stderr } = await merchant([
    command,
    '--mchid',
    MCHID,
    '--file',
    file,
    `--json=${link}`,
  ]);
  expect([status, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `--json: ${link} is --file too and would be overwritten; name another file. Nothing was done.\n`,
  );
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a report of yesterday stands until there is another one', async () => {
  const json = folder.write('report.json', '"of yesterday"');
  const none = folder.path('none.json');
  expect((await merchant(['show', '--mchid', MCHID, '--file', none, '--json', json])).status).toBe(1);
  expect(readFileSync(json, 'utf8')).toBe('"of yesterday"');
  expect((await merchant(['show', '--mchid', MCHID, '--file', file, '--json', json])).status).toBe(0);
  expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({ mchid: MCHID });
});

test('a link to the file stays a link, and the file that it leads to changes', async () => {
  const link = folder.path('link.json');
  symlinkSync('merchant.json', link);
  const { status } = await merchant(['rotate', '--mchid', MCHID, '--file', link, '--finish']);
  expect([status, lstatSync(link).isSymbolicLink()]).toEqual([0, true]);
  const { signing } = JSON.parse(readFileSync(file, 'utf8')) as { signing: { keys: unknown[] } };
  expect(signing.keys).toEqual([MERCHANT_KEY]);
  expect(lstatSync(file).mode & 0o777).toBe(0o600);
});
