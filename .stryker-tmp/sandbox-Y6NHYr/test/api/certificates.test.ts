import { GetItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderRef } from '../../lambda/core/ids';
import type { Services } from '../../lambda/services';
import type { Verification } from '../../local/wechatpay';
import { LOCAL_AWS } from '../../local/aws/identity';
import type { Api } from '../support/api';
import { APIV3_KEY, MERCHANT_KEY, PLATFORM, signingSecret } from '../support/keys';
import { DAY, HOUR, MINUTE, PREFIX, SECOND, startWorld, TABLE, type World } from '../support/world';

/** One for each test: what a merchant's row says outlives it. */
const MCHIDS = Array.from({ length: 12 }, (_, n) => `19000010${String(n).padStart(2, '0')}`);
let world: World;
let mchid: string;
let api: Api;
/** The instance of the function that looks after keys. */
let keys: Services;

beforeAll(async () => {
  const certificates = [{ serial_no: MERCHANT_KEY.serial_no, certificate: MERCHANT_KEY.certificate }];
  world = await startWorld({
    merchants: MCHIDS.map((one) => ({ mchid: one, apiv3_key: APIV3_KEY, certificates })),
  });
});
afterAll(async () => world.close());
beforeEach(async () => {
  mchid = MCHIDS.shift() ?? '';
  world.simulator.clearFaults();
  api = await world.apiOf(world.newServices());
  keys = world.newServices();
});

interface Given {
  readonly verification: Verification;
  readonly publicKey: boolean;
  readonly apiv3Key?: string;
  readonly platformCertificates?: boolean;
}

/** How the merchant stands with WeChat Pay, and what its secrets say. */
function merchant({
  verification,
  publicKey,
  apiv3Key = APIV3_KEY,
  platformCertificates = true,
}: Given): void {
  world.simulator.merchant(mchid).setVerification(verification);
  world.secrets.put(`${PREFIX}/${mchid}/signing`, JSON.stringify(signingSecret(mchid)));
  const verify = {
    mchid,
    apiv3_key: apiv3Key,
    public_keys: publicKey ? { [PLATFORM.public_key_id]: PLATFORM.public_key } : {},
    platform_certificates: platformCertificates,
  };
  world.secrets.put(`${PREFIX}/${mchid}/verify`, JSON.stringify(verify));
}

const downloads = (): number =>
  world.simulator.requests.filter(
    ({ url, headers }) => url === '/v3/certificates' && headers['authorization']?.includes(`"${mchid}"`),
  ).length;
const order = (): OrderRef => world.order({ mchid });
const keysOf = async (): Promise<unknown> => (await api.at('GET', `/v1/merchants/${mchid}`)).body['keys'];

/** What the notifications are answered that are due a little later. */
async function notified(): Promise<readonly unknown[]> {
  world.clock.forward(SECOND);
  const deliveries = await world.simulator.deliverNotifications();
  return deliveries.map(({ outcome }) => (outcome.kind === 'answered' ? outcome.status : outcome));
}

async function row(): Promise<Record<string, unknown>> {
  const client = new DynamoDBClient({ endpoint: world.dynamodb.url, ...LOCAL_AWS });
  const Key = { pk: { S: 'merchants' }, sk: { S: mchid } };
  const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key }));
  client.destroy();
  return { ...Item };
}

test('a merchant that only has platform certificates is collected for: the first call fetches them', async () => {
  merchant({ verification: 'certificate', publicKey: false });
  expect((await api.collect(order())).status).toBe(202);
  expect(downloads()).toBe(1);
  const calls = world.simulator.requests.filter(({ url }) => url.includes('serviceorder')).slice(-2);
  expect(calls.map(({ headers }) => headers['wechatpay-serial'])).toEqual([
    PLATFORM.serial_no,
    PLATFORM.serial_no,
  ]);
  expect(await keysOf()).toMatchObject({
    public_keys: [],
    platform_certificates: [{ serial_no: PLATFORM.serial_no, valid_to: '2120-01-01T00:00:00.000Z' }],
    warnings: [],
  });
});

test('the list is kept as WeChat Pay sent it, and nothing in it can be read without the APIv3 key', async () => {
  merchant({ verification: 'certificate', publicKey: false });
  await api.collect(order());
  const kept = JSON.stringify(await row());
  expect(kept).toContain('AEAD_AES_256_GCM');
  expect(kept).not.toContain('BEGIN CERTIFICATE');
  expect(kept).not.toContain(APIV3_KEY);
});

test('another function instance takes the list from the table and downloads nothing', async () => {
  merchant({ verification: 'certificate', publicKey: false });
  await api.collect(order());
  const other = await world.apiOf(world.newServices());
  expect((await other.collect(order())).status).toBe(202);
  expect(downloads()).toBe(1);
});

test('a merchant that only has the public key never asks for a list, not even for an unknown serial number', async () => {
  merchant({ verification: 'public_key', publicKey: true, platformCertificates: false });
  const ref = order();
  expect((await api.collect(ref)).status).toBe(202);
  world.fault({ kind: 'unknown_serial', on: { action: 'query' } });
  expect((await api.query(ref)).status).toBe(503);
  await world.keys();
  expect(downloads()).toBe(0);
});

test('a wrong APIv3 key is told: no answer is believed, and no collection is sent', async () => {
  merchant({ verification: 'certificate', publicKey: false, apiv3Key: 'TestOnlyApiV3KeyOfAnotherMerchan' });
  const ref = order();
  const answer = await api.collect(ref);
  expect(answer.status).toBe(503);
  expect(world.paysReceived(ref)).toBe(0);
  expect(await keysOf()).toMatchObject({ platform_certificates: [] });
  // The secret is put right, and seen without a deployment.
  merchant({ verification: 'certificate', publicKey: false });
  world.clock.forward(5 * MINUTE);
  expect((await api.collect(ref)).status).toBe(202);
});

describe('the changeover from platform certificates to the public key', () => {
  test('goes on over a week without one failed call, whatever signs', async () => {
    // The public key is here before the switch is started; naming it has no effect yet.
    merchant({ verification: 'certificate', publicKey: true });
    const { simulator } = world;
    simulator.merchant(mchid).setNotifyUrl(`${world.notifications.url}/${mchid}`);
    const steps: readonly (readonly [Verification, number])[] = [
      ['certificate', 0],
      ['both', 0.001],
      ['both', 0.01],
      ['both', 0.05],
      ['both', 0.1],
      ['both', 0.2],
      ['both', 0.5],
      ['both', 1],
      ['public_key', 1],
    ];
    for (const [verification, publicKeyShare] of steps) {
      simulator.merchant(mchid).setVerification(verification);
      simulator.changeRules({ publicKeyShare });
      for (let n = 0; n < 2; n += 1) {
        const ref = order();
        expect((await api.collect(ref)).status).toBe(202);
        expect(await notified()).toEqual([204]);
        expect((await world.ledger(ref)).status).toBe('paid');
      }
      await world.keys(keys);
      world.clock.forward(DAY);
    }
  });

  test('is over when the certificates are taken out of the secret', async () => {
    merchant({ verification: 'both', publicKey: true });
    await api.collect(order());
    merchant({ verification: 'public_key', publicKey: true, platformCertificates: false });
    world.clock.forward(5 * MINUTE);
    const before = downloads();
    expect((await api.collect(order())).status).toBe(202);
    world.clock.forward(10 * HOUR);
    await world.keys();
    expect(downloads()).toBe(before);
  });
});

describe('a new platform certificate', () => {
  test('is known a day before it signs, because lists are fetched every ten hours', async () => {
    merchant({ verification: 'certificate', publicKey: false });
    await api.collect(order());
    const { serial_no } = await world.simulator.rotatePlatformCertificate();
    const before = downloads();
    for (let halfDays = 0; halfDays < 6; halfDays += 1) {
      expect((await api.collect(order())).status).toBe(202);
      for (let n = 0; n < 6; n += 1) {
        world.clock.forward(2 * HOUR);
        await world.keys(keys);
      }
    }
    expect(downloads() - before).toBe(7);
    expect(await keysOf()).toMatchObject({ platform_certificates: [{ serial_no }] });
  });

  test('that nobody fetched in time is fetched when the first answer bears it, and that call succeeds', async () => {
    merchant({ verification: 'certificate', publicKey: false });
    await api.collect(order());
    await world.simulator.rotatePlatformCertificate();
    world.clock.forward(49 * HOUR);
    const before = [downloads(), world.received()];
    const refs = Array.from({ length: 20 }, order);
    const answers = await Promise.all(refs.map(async (ref) => api.collect(ref)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    // A question and a collection each, none of them twice, and one list.
    expect([downloads() - Number(before[0]), world.received() - Number(before[1])]).toEqual([1, 41]);
  });

  test('that only notifications have met is fetched on the next run, and the notification is taken when it comes again', async () => {
    merchant({ verification: 'certificate', publicKey: false });
    const { simulator } = world;
    const ref = order();
    await api.register(ref);
    await api.query(ref);
    await simulator.rotatePlatformCertificate();
    world.clock.forward(49 * HOUR);
    simulator.merchant(mchid).setNotifyUrl(`${world.notifications.url}/${mchid}`);
    simulator.payByHand(ref);
    const asked = world.secrets.asked().length;
    const before = downloads();
    expect(await notified()).toEqual([401]);
    expect(downloads()).toBe(before);
    // What verifies never asks for what signs.
    expect(world.secrets.asked().slice(asked)).not.toContain(`${PREFIX}/${mchid}/signing`);
    await world.keys();
    expect(downloads()).toBe(before + 1);
    // The instance that refused it looks into the table again a minute later at the earliest.
    world.clock.forward(5 * MINUTE);
    expect(await notified()).toEqual([204]);
    expect((await world.ledger(ref)).status).toBe('paid');
  });
});

test('a download that fails leaves what is there, and collecting goes on', async () => {
  merchant({ verification: 'certificate', publicKey: false });
  await api.collect(order());
  const list = (await row())['certificates'];
  world.clock.forward(10 * HOUR);
  world.fault({
    kind: 'status',
    status: 500,
    code: 'SYSTEM_ERROR',
    times: 'always',
    on: { path: '^/v3/certificates' },
  });
  await world.keys();
  expect((await row())['certificates']).toEqual(list);
  expect((await api.collect(order())).status).toBe(202);
  world.simulator.clearFaults();
  world.clock.forward(10 * MINUTE);
  await world.keys();
  expect((await row())['certificates']).not.toEqual(list);
});
