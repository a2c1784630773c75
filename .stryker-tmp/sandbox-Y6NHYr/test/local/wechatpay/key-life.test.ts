import { X509Certificate } from 'node:crypto';
import { Aes } from 'wechatpay-axios-plugin';
import {
  type ApiCertificate,
  type CertifiedKey,
  createApiCertificate,
  createPlatformCertificate,
  type Verification,
} from '../../../local/wechatpay/index';
import {
  APIV3_KEY,
  call,
  drawKeys,
  gist,
  type Keys,
  MCHID,
  openWorld,
  order,
  query,
  type Reply,
  SECOND_MS,
  signedWith,
  SUB_MCHID,
  type World,
} from './caller';
import { openReceiver, type Receiver, verifiedBy } from './receiver';

const HOUR_MS = 3_600_000;
const KEY = { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no: 'ORDER1' };
const SIGN_ERROR = '401 SIGN_ERROR 270924332';

let keys: Keys;
let newApi: ApiCertificate;
let newPlatform: CertifiedKey;
let world: World;
let chance: number;
let receiver: Receiver;

beforeAll(async () => {
  keys = await drawKeys();
  newApi = await createApiCertificate(MCHID);
  newPlatform = await createPlatformCertificate(Date.UTC(2026, 2, 1));
});
beforeEach(async () => {
  receiver = await openReceiver();
  chance = 0;
  world = await openWorld(keys, { throttleMs: 0 }, { notifyUrl: receiver.url }, { chance: () => chance });
  world.simulator.addOrder(order());
});
afterEach(async () => {
  await world.simulator.close();
  await receiver.close();
});

const merchant = () => world.simulator.merchant(MCHID);
const later = (ms: number): void => {
  world.nowMs += ms;
};
const serialOf = (reply: Reply) => reply.headers['wechatpay-serial'];

describe('a merchant’s API certificates', () => {
  const asOld = () => query(world);
  const asNew = () => query({ ...world, keys: { ...keys, api: newApi } });

  test('stand side by side while they are rotated, then the old one is refused', async () => {
    expect([gist(await asOld()), gist(await asNew())]).toEqual(['200', SIGN_ERROR]);
    merchant().addCertificate(newApi);
    expect([gist(await asOld()), gist(await asNew())]).toEqual(['200', '200']);
    merchant().revokeCertificate(keys.api.serial_no);
    const refused = await asOld();
    expect([gist(refused), gist(await asNew())]).toEqual([SIGN_ERROR, '200']);
    expect(refused.json).toMatchObject({ message: '商户证书已作废' });
    expect(world.simulator.requests.at(-2)?.signature.verdict).toBe('revoked_serial');
  });

  test('are not added twice, nor after they were revoked, nor under another number', () => {
    merchant().addCertificate(newApi);
    expect(() => merchant().addCertificate(newApi)).toThrow(`certificate ${newApi.serial_no} was added`);
    merchant().revokeCertificate(newApi.serial_no);
    expect(() => merchant().addCertificate(newApi)).toThrow('was added');
    expect(() => merchant().revokeCertificate(newApi.serial_no)).toThrow(
      `no certificate ${newApi.serial_no}`,
    );
    expect(() => merchant().addCertificate({ ...newApi, serial_no: 'AB' })).toThrow('serial_no AB, but');
    expect(() => world.simulator.merchant('7')).toThrow('no merchant 7 here');
  });
});

describe('the platform’s certificates', () => {
  const list = async (): Promise<readonly string[]> => {
    const reply = await call(world, { path: '/v3/certificates' });
    const { data } = reply.json as { data: readonly { serial_no: string }[] };
    return data.map(({ serial_no }) => serial_no);
  };

  test('change over in two days: the next is listed a day before it signs, the last a day after', async () => {
    const old = keys.platform.serial_no;
    const rotated = await world.simulator.rotatePlatformCertificate(newPlatform);
    expect(rotated).toEqual({ serial_no: newPlatform.serial_no, signsFromMs: world.nowMs + 24 * HOUR_MS });
    expect([await list(), serialOf(await query(world))]).toEqual([[old, newPlatform.serial_no], old]);
    later(24 * HOUR_MS - 1);
    expect([await list(), serialOf(await query(world))]).toEqual([[old, newPlatform.serial_no], old]);
    later(1);
    expect([await list(), serialOf(await query(world))]).toEqual([
      [old, newPlatform.serial_no],
      newPlatform.serial_no,
    ]);
    later(24 * HOUR_MS);
    expect([await list(), serialOf(await query(world))]).toEqual([
      [newPlatform.serial_no],
      newPlatform.serial_no,
    ]);
  });

  test('sign by the number that a request names, once they sign and as long as they are listed', async () => {
    const naming = async (serial: string) =>
      serialOf(await query(world, {}, { headers: { 'Wechatpay-Serial': serial } }));
    const old = keys.platform.serial_no;
    await world.simulator.rotatePlatformCertificate(newPlatform);
    expect(await naming(newPlatform.serial_no)).toBe(old);
    later(24 * HOUR_MS);
    expect([await naming(old), await naming(newPlatform.serial_no)]).toEqual([old, newPlatform.serial_no]);
    later(24 * HOUR_MS);
    expect(await naming(old)).toBe(newPlatform.serial_no);
  });

  test('are what the list says: the new one decrypts, bears its number and is valid', async () => {
    await world.simulator.rotatePlatformCertificate();
    const reply = await call(world, { path: '/v3/certificates' });
    const { data } = reply.json as {
      data: { serial_no: string; encrypt_certificate: Record<string, string> }[];
    };
    const { ciphertext = '', nonce = '', associated_data = '' } = data[1]?.encrypt_certificate ?? {};
    const { serialNumber, validFrom, validTo } = new X509Certificate(
      Aes.AesGcm.decrypt(ciphertext, APIV3_KEY, nonce, associated_data),
    );
    expect(serialNumber).toBe(data[1]?.serial_no);
    expect(Date.parse(validFrom)).toBeLessThanOrEqual(world.nowMs);
    expect(Date.parse(validTo)).toBeGreaterThan(world.nowMs);
  });

  test('sign the notifications as well', async () => {
    merchant().setVerification('certificate');
    await world.simulator.rotatePlatformCertificate(newPlatform);
    world.simulator.payByHand(KEY);
    later(24 * HOUR_MS);
    await world.simulator.deliverNotifications();
    const { serial_no, certificate } = newPlatform;
    const [received] = receiver.received;
    expect(received && (await verifiedBy(received, keys, { ...keys.platform, serial_no, certificate }))).toBe(
      'certificate',
    );
  });

  test('are rotated one at a time', async () => {
    await world.simulator.rotatePlatformCertificate(newPlatform);
    await expect(world.simulator.rotatePlatformCertificate(newPlatform)).rejects.toThrow('one rotation');
    later(48 * HOUR_MS);
    const next = await world.simulator.rotatePlatformCertificate();
    expect(await list()).toEqual([newPlatform.serial_no, next.serial_no]);
  });
});

describe('from platform certificate to public key', () => {
  const notifiedBy = async (): Promise<string> => {
    world.simulator.announce(KEY, 'PAYSCORE.USER_CONFIRM');
    await world.simulator.deliverNotifications();
    const received = receiver.received.at(-1);
    return received === undefined ? 'nothing' : verifiedBy(received, keys);
  };
  const answeredBy = async (): Promise<string> =>
    signedWith(
      world,
      await query(world, {}, { headers: { 'Wechatpay-Serial': keys.platform.public_key_id } }),
    );

  test.each<[Verification, string, string]>([
    ['certificate', 'certificate', 'certificate'],
    ['both', 'public_key', 'public_key'],
    ['public_key', 'public_key', 'public_key'],
  ])('in mode %s answers are signed by %s, notifications by %s', async (mode, answers, notifications) => {
    merchant().setVerification('certificate');
    merchant().setVerification(mode);
    expect([await answeredBy(), await notifiedBy()]).toEqual([answers, notifications]);
    const certificates = await call(world, { path: '/v3/certificates' });
    expect(certificates.status).toBe(mode === 'public_key' ? 404 : 200);
  });

  test('the share of notifications by public key grows as in the week of the changeover', async () => {
    chance = 0.1;
    const signed: string[] = [];
    for (const publicKeyShare of [0, 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1]) {
      world.simulator.changeRules({ publicKeyShare });
      signed.push(await notifiedBy());
      later(SECOND_MS);
    }
    expect(signed).toEqual([...Array<string>(5).fill('certificate'), ...Array<string>(3).fill('public_key')]);
  });

  test.each([-0.1, 1.1, Number.NaN])('%d is no share', (publicKeyShare) => {
    expect(() => world.simulator.changeRules({ publicKeyShare })).toThrow(
      'publicKeyShare must be from 0 to 1',
    );
  });
});
