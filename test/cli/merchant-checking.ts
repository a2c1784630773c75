import { readFileSync } from 'node:fs';
import { startWechatPay, type SimulatedMerchant, type Simulator } from '../../local/wechatpay';
import type { Ended } from '../local/spawned';
import { APIV3_KEY, MCHID, MERCHANT_KEY, PLATFORM, verifySecret } from '../support/keys';
import { closeServers } from '../wechatpay/support/server';
import { merchant, temporaryFolder, type Folder, type Pair } from './merchant-command';

const ORDER = { sub_mchid: '1230000109', service_id: '500001', total_amount: 1_200 };
export const ABOUT = ['--order', `${ORDER.sub_mchid}/CHECK-1`, '--service-id', ORDER.service_id];

export let folder: Folder;
let simulator: Simulator | undefined;

beforeEach(() => {
  folder = temporaryFolder();
  store();
});

afterEach(async () => {
  await simulator?.close();
  simulator = undefined;
  await closeServers();
  folder.remove();
});

export async function wechatPay(
  merchantOf: Partial<SimulatedMerchant> = {},
  options: { readonly now?: () => number } = {},
): Promise<Simulator> {
  simulator = await startWechatPay({
    merchants: [
      {
        mchid: MCHID,
        apiv3_key: APIV3_KEY,
        certificates: [MERCHANT_KEY],
        verification: 'public_key',
        ...merchantOf,
      },
    ],
    platform: PLATFORM,
    ...options,
  });
  simulator.addOrder({ ...ORDER, mchid: merchantOf.mchid ?? MCHID, out_order_no: 'CHECK-1' });
  return simulator;
}

/** The secrets of the merchant: by default one certificate, and the public key. */
export function store({
  keys = [MERCHANT_KEY],
  verify = {},
}: { keys?: readonly Pair[]; verify?: object } = {}): void {
  const secrets = { signing: { mchid: MCHID, keys }, verify: { ...verifySecret(MCHID), ...verify } };
  folder.write('merchant.json', JSON.stringify(secrets));
}

export const CERTIFICATES = { public_keys: {}, platform_certificates: true };

/** Against the simulator, or the hosts named. */
export function check(args: readonly string[] = [], hosts?: readonly string[]): Promise<Ended> {
  const file = folder.path('merchant.json');
  const at = hosts ?? [simulator?.url ?? ''];
  return merchant([
    'check',
    '--mchid',
    MCHID,
    '--file',
    file,
    '--json',
    folder.path('report.json'),
    ...args,
    '--host',
    ...at,
  ]);
}

interface Report {
  readonly usable: boolean;
  readonly calls: readonly {
    readonly call: string;
    readonly signed_with: string;
    readonly signs: boolean;
    readonly status?: number;
    readonly code?: string;
    readonly verdicts: readonly { readonly code: string; readonly level: string; readonly says: string }[];
  }[];
}

export function report(): Report {
  return JSON.parse(readFileSync(folder.path('report.json'), 'utf8')) as Report;
}

/** Codes of everything found, call by call, the clock aside when it is fine. */
export function found(): string[][] {
  return report().calls.map(({ verdicts }) =>
    verdicts.map(({ code }) => code).filter((code) => code !== 'clock_fine'),
  );
}
