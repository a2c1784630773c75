import type { Mchid } from '../../lambda/core/ids';
import { attempt } from '../../lambda/flow/attempt';
import { createWxpay } from '../../lambda/wechatpay/client';
import { parseCredentials } from '../../lambda/wechatpay/credentials';
import { Payscore } from '../../lambda/wechatpay/payscore';
import { Transport } from '../../lambda/wechatpay/transport';
import { type Simulator, startWechatPay } from '../../local/wechatpay';
import { APIV3_KEY, MCHID, MERCHANT_KEY, PLATFORM, signingSecret, verifySecret } from '../support/keys';
import { outside, portsOf, REF, registered, rowOf, SECOND, T0 } from './support/memory';

let simulator: Simulator;
let transport: Transport;
const world = outside({ outcome: { kind: 'accepted' } });

const now = () => world.clock;

beforeAll(async () => {
  const { serial_no, certificate } = MERCHANT_KEY;
  simulator = await startWechatPay({
    merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [{ serial_no, certificate }] }],
    platform: PLATFORM,
    now,
  });
  simulator.addOrder({ ...REF, total_amount: 100 });
  transport = new Transport({ hosts: [simulator.url, simulator.backupUrl], now });
});
beforeEach(() => {
  world.clock = T0;
  registered(world);
});
afterAll(async () => {
  transport.close();
  await simulator.close();
});

function payscore(): Payscore {
  const { signingKeys, publicKeys } = parseCredentials(MCHID as Mchid, {
    signing: { name: 'signing', text: JSON.stringify(signingSecret(MCHID)) },
    verify: { name: 'verify', text: JSON.stringify(verifySecret(MCHID)) },
  });
  return new Payscore(
    createWxpay({
      mchid: MCHID,
      signingKeys,
      verificationKeys: publicKeys,
      answerKey: () => PLATFORM.public_key_id,
      transport,
      now,
    }),
  );
}

/** An attempt whose worker sleeps for so long after its claim was written. */
function attemptSleeping(ms: number) {
  let saves = 0;
  const ports = portsOf(world, async (step, act) => {
    const result = act();
    if (step === 'save' && (saves += 1) === 1) world.clock += ms;
    return result;
  });
  const calls = payscore();
  return attempt(
    {
      order: rowOf(world),
      actor: { kind: 'api', id: 'test' },
      occasion: 'demand',
      dryRun: false,
      deadlineAt: T0 + 3_600 * SECOND,
    },
    { ...ports, merchants: { get: async () => calls, refresh: async () => false } },
  );
}

function paysReceived(): number {
  return simulator.requests.filter(({ url }) => url.endsWith('/pay')).length;
}

test('a worker that wakes at send_by sends nothing, on neither host, and its attempt burns nothing', async () => {
  const result = await attemptSleeping(5 * SECOND);
  expect(result).toMatchObject({
    kind: 'attempted',
    recorded: true,
    report: { outcome: { kind: 'not_sent', because: 'send_by_passed' } },
  });
  const { open, calls, last_sent_at } = rowOf(world);
  expect([open, calls, last_sent_at]).toEqual([undefined, [], undefined]);
  expect(paysReceived()).toBe(0);
});

test('a worker that wakes after somebody closed its attempt sends nothing either', async () => {
  expect(await attemptSleeping(600 * SECOND)).toMatchObject({ report: { outcome: { kind: 'not_sent' } } });
  expect(paysReceived()).toBe(0);
});

test('a worker that wakes a millisecond before send_by makes its one call', async () => {
  expect(await attemptSleeping(5 * SECOND - 1)).toMatchObject({ report: { outcome: { kind: 'accepted' } } });
  expect(paysReceived()).toBe(1);
});
