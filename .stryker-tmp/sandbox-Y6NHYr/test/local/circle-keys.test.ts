import { keyChanges } from '../../local/circle-keys';
import type { KeyState } from '../../local/data-folder';
import { MCHID } from '../../local/samples';
import {
  type ApiCertificate,
  createApiCertificate,
  createPlatformKeys,
  type PlatformKeys,
  type SimulatedMerchant,
  type Simulator,
  startWechatPay,
} from '../../local/wechatpay';
import type { LocalWorld } from '../../local/world';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse('2026-11-24T02:00:00Z');

let first: ApiCertificate;
let second: ApiCertificate;
let platform: PlatformKeys;
let simulator: Simulator;
let kept: KeyState[];

beforeAll(async () => {
  [first, second, platform] = await Promise.all([
    createApiCertificate(MCHID, NOW),
    createApiCertificate(MCHID, NOW),
    createPlatformKeys(),
  ]);
});
afterEach(() => simulator.close());

/** A world that has come to `keys`; every later state of them is kept. */
async function worldOf(keys: KeyState): Promise<LocalWorld> {
  const merchant: SimulatedMerchant = { mchid: MCHID, apiv3_key: 'k'.repeat(32), ...keys };
  simulator = await startWechatPay({ merchants: [merchant], platform });
  kept = [];
  return {
    simulator,
    now: () => NOW,
    keys: () => kept.at(-1) ?? keys,
    setKeys: (next) => void kept.push(next),
  } as LocalWorld;
}

const serials = ({ certificates }: KeyState) => certificates.map(({ serial_no }) => serial_no);
const standing = (serial: string) => {
  const key = simulator.merchant(MCHID).publicKey(serial);
  return typeof key === 'object' ? 'good' : key;
};

describe('the keys, while the circle runs', () => {
  test('change over day by day, and are rotated halfway with both generations good for a while', async () => {
    const world = await worldOf({ certificates: [first], verification: 'both' });
    const changes = keyChanges(world, NOW + 20 * DAY_MS);
    expect(changes.map(({ at }) => (at - NOW) / DAY_MS)).toEqual([0, 1, 2, 3, 10, 11]);

    for (const { run } of changes.slice(0, 5)) await run();
    const [rotated] = kept;
    const [newest = '', ...older] = rotated === undefined ? [] : serials(rotated);
    expect([simulator.merchant(MCHID).verification, rotated?.verification]).toEqual([
      'public_key',
      'public_key',
    ]);
    expect(older).toEqual([first.serial_no]);
    expect([standing(newest), standing(first.serial_no)]).toEqual(['good', 'good']);

    await changes[5]?.run();
    expect(kept.slice(1).map(serials)).toEqual([[newest]]);
    expect([standing(newest), standing(first.serial_no)]).toEqual(['good', 'revoked']);
  });

  test('are done with in a single day as well', async () => {
    const world = await worldOf({ certificates: [first], verification: 'both' });
    const changes = keyChanges(world, NOW + DAY_MS);
    expect(changes.map(({ at }) => (at - NOW) / HOUR_MS)).toEqual([0, 3, 6, 9, 12, 18]);
  });

  test('go on where an earlier run was ended in between', async () => {
    const world = await worldOf({ certificates: [second, first], verification: 'public_key' });
    const changes = keyChanges(world, NOW + 20 * DAY_MS);
    expect(changes).toHaveLength(1);
    await changes[0]?.run();
    expect(kept.map(serials)).toEqual([[second.serial_no]]);
    expect(standing(first.serial_no)).toBe('revoked');
  });

  test('stay as they are once they have changed', async () => {
    const world = await worldOf({ certificates: [first], verification: 'public_key' });
    expect(keyChanges(world, NOW + 20 * DAY_MS)).toEqual([]);
  });
});
