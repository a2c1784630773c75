import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startSecretsManager, type LocalSecretsManager } from '../../local/aws/secrets-manager';
import { startWechatPay, type SimulatedMerchant, type Simulator } from '../../local/wechatpay';
import { APIV3_KEY, PLATFORM } from '../support/keys';
import {
  certificate,
  commandFile,
  ENVIRONMENT,
  leak,
  temporaryFolder,
  type Folder,
  type Pair,
} from './merchant-command';

const DOCUMENT = readFileSync(path.join(__dirname, '../../docs/merchant-keys.md'), 'utf8');

/** The commands of a section, in order, with their continued lines. */
function commandsOf(section: string): string[] {
  const text = DOCUMENT.split(/^## /m).find((part) => part.startsWith(section)) ?? '';
  return [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    block
      .trim()
      .split(/(?<!\\)\n/)
      .map((command) => command.trim()),
  );
}

let home: Folder;
let secrets: LocalSecretsManager;
let simulator: Simulator;

beforeEach(async () => {
  home = temporaryFolder();
  for (const folder of ['wechatpay', 'wechatpay/cert', 'wechatpay/new_cert']) mkdirSync(home.path(folder));
  home.write('wechatpay/apiv3.txt', APIV3_KEY);
  home.write('wechatpay/pub_key.pem', PLATFORM.public_key);
  secrets = await startSecretsManager();
});

afterEach(async () => {
  await simulator.close();
  await secrets.close();
  home.remove();
});

async function wechatPay(mchid: string, public_key_id: string, more: Partial<SimulatedMerchant> = {}) {
  const [old, fresh] = [certificate({ mchid }), certificate({ mchid })];
  unpack('cert', old);
  unpack('new_cert', fresh);
  simulator = await startWechatPay({
    merchants: [{ mchid, apiv3_key: APIV3_KEY, certificates: [old, fresh], ...more }],
    platform: { ...PLATFORM, public_key_id },
  });
  const order = { sub_mchid: '1230000109', out_order_no: 'BIKE-1002', total_amount: 100 };
  simulator.addOrder({ mchid, ...order, service_id: '00004000000000159540000000000001' });
  return { old, fresh };
}

function unpack(folder: string, pair: Pair): void {
  home.write(`wechatpay/${folder}/apiclient_cert.pem`, pair.certificate);
  home.write(`wechatpay/${folder}/apiclient_key.pem`, pair.private_key);
}

/** As a person would give it, in a shell; WeChat Pay and AWS are the stand-ins. */
async function give(command: string): Promise<string> {
  const words = command.replace(/^npm run merchant --/, `"${process.execPath}" "${await commandFile()}"`);
  expect(words).not.toBe(command);
  const host = / check /.test(command) ? ` --host ${simulator.url}` : '';
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', `${words}${host}`], {
    cwd: home.path('.'),
    env: { ...ENVIRONMENT, HOME: home.path('.'), AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url },
  });
  expect(leak(stdout + stderr)).toBeUndefined();
  return stdout;
}

test('the first set-up and the rotation of docs/merchant-keys.md work as written', async () => {
  const { old, fresh } = await wechatPay('1900000001', 'PUB_KEY_ID_0119000000012025010100001234', {
    verification: 'public_key',
  });
  const setUp = [];
  for (const command of commandsOf('First set-up')) setUp.push(await give(command));
  expect(setUp).toEqual([
    expect.stringContaining('Nothing was written.'),
    expect.stringContaining('created         payscore-collector/prod/1900000001/signing'),
    expect.stringContaining('Nothing failed.'),
    expect.stringContaining('The answer is signed by WeChat Pay'),
    expect.stringContaining(old.serial_no),
  ]);

  const rotated = [];
  for (const command of commandsOf('A new API certificate')) rotated.push(await give(command));
  expect(rotated).toEqual([
    expect.stringContaining(`${fresh.serial_no} signs from now on`),
    expect.stringContaining('Nothing failed.'),
    expect.stringContaining(`${old.serial_no} is dropped`),
  ]);
});

test('the changeover to the public key of docs/merchant-keys.md works as written', async () => {
  await wechatPay('1900000002', 'PUB_KEY_ID_0119000000022025010100005678');
  await give(
    'npm run merchant -- add --mchid 1900000002 --from ~/wechatpay/cert --apiv3-key-file ~/wechatpay/apiv3.txt --platform-certificates --stage prod',
  );
  const changed = [];
  for (const command of commandsOf('From platform certificates')) changed.push(await give(command));
  expect(changed).toEqual([
    expect.stringContaining('verifies from now on, beside what was there'),
    expect.stringContaining('The APIv3 key decrypts the platform certificates'),
    expect.stringContaining('Only the public key verifies from now on'),
  ]);
});
