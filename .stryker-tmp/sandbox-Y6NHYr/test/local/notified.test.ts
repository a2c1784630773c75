import type { OrderRef } from '../../lambda/core/ids';
import type { NotificationFault } from '../../local/wechatpay';
import { MCHID, OTHER_MCHID } from '../support/keys';
import { MINUTE, SECOND, startWorld, type World } from '../support/world';

let world: World;
let ref: OrderRef;

beforeAll(async () => {
  world = await startWorld();
  for (const mchid of [MCHID, OTHER_MCHID])
    world.simulator.merchant(mchid).setNotifyUrl(`${world.notifications.url}/${mchid}`);
});
beforeEach(async () => {
  world.simulator.clearFaults();
  world.simulator.changeRules({ publicKeyShare: 1 });
  ref = world.order({ customer: { kind: 'declines' } });
  await world.register(ref);
});
afterAll(() => world.close());

/** What is due after `ms`, as the statuses that the service answered. */
async function deliver(ms = SECOND): Promise<readonly (number | string)[]> {
  world.clock.forward(ms);
  const delivered = await world.simulator.deliverNotifications();
  return delivered.map(({ outcome }) => (outcome.kind === 'answered' ? outcome.status : outcome.kind));
}

async function known(): Promise<object> {
  const { status, observed, doubted_at, timeline } = await world.ledger(ref);
  return {
    status,
    by: observed === undefined ? 'nobody' : (observed.by ?? 'query'),
    doubted: doubted_at !== undefined,
    entries: timeline.length,
  };
}

const UNTOUCHED = { status: 'active', by: 'nobody', doubted: false, entries: 0 };
const TOLD = { status: 'paid', by: 'notification', doubted: false, entries: 1 };

test('what a user pays by hand is known at once, and nobody has asked', async () => {
  const before = world.received();
  world.simulator.payByHand(ref);
  expect([await deliver(), await known(), world.received() - before]).toEqual([[204], TOLD, 0]);
});

test.each<[string, NotificationFault, number]>([
  ['forged', { kind: 'forged' }, 401],
  ['re-serialised', { kind: 'reserialised' }, 401],
  ['truncated', { kind: 'truncated' }, 401],
  ['another tenant’s', { kind: 'wrong_tenant', mchid: OTHER_MCHID }, 400],
])('one that is %s changes nothing; its retry is taken', async (_what, fault, refused) => {
  world.simulator.notificationFault(fault);
  world.simulator.payByHand(ref);
  expect([await deliver(), await known()]).toEqual([[refused], UNTOUCHED]);
  expect([await deliver(15 * SECOND), await known()]).toEqual([[204], TOLD]);
});

test('a probe is refused, and the right one after it taken', async () => {
  world.simulator.notificationFault({ kind: 'signtest' });
  world.simulator.payByHand(ref);
  expect([await deliver(), await known()]).toEqual([[401, 204], TOLD]);
});

test.each<NotificationFault>([
  { kind: 'duplicated', copies: 8 },
  { kind: 'duplicated', copies: 3, at_once: false },
])('%j is taken each time, and noted once', async (fault) => {
  world.simulator.notificationFault(fault);
  world.simulator.payByHand(ref);
  const answers = await deliver();
  expect([new Set(answers), await known()]).toEqual([new Set([204]), TOLD]);
});

test('one that comes long after its retry adds nothing to it', async () => {
  world.simulator.notificationFault({ kind: 'late', delayMs: 10 * MINUTE });
  world.simulator.payByHand(ref);
  expect(await deliver()).toEqual(['on_its_way']);
  expect([await deliver(15 * SECOND), await known()]).toEqual([[204], TOLD]);
  expect([await deliver(10 * MINUTE), await known()]).toEqual([[204], TOLD]);
});

test('one that was signed long ago proves nothing: WeChat Pay is asked', async () => {
  world.simulator.notificationFault({ kind: 'stale' });
  world.simulator.payByHand(ref);
  expect([await deliver(), await known()]).toEqual([[204], { ...UNTOUCHED, doubted: true }]);
  await world.tick();
  expect(await known()).toEqual({ ...TOLD, by: 'query' });
});

test('with sp_mchid for mchid it is the same order', async () => {
  world.simulator.notificationFault({ kind: 'sp_mchid' });
  world.simulator.payByHand(ref);
  expect([await deliver(), await known()]).toEqual([[204], TOLD]);
});

test('whoever has everything but WeChat Pay’s key changes nothing', async () => {
  world.simulator.forge(ref);
  expect([await deliver(), await known()]).toEqual([[401], UNTOUCHED]);
});

test('other events are taken and change nothing', async () => {
  world.simulator.announce(ref, 'PAYSCORE.USER_CONFIRM');
  world.simulator.announce(ref, 'PAYSCORE.USER_OPEN_SERVICE');
  expect([await deliver(), await known()]).toEqual([[204, 204], UNTOUCHED]);
});

test('what is signed by a certificate that this merchant does not use waits for one that is not', async () => {
  world.simulator.changeRules({ publicKeyShare: 0 });
  world.simulator.payByHand(ref);
  expect([await deliver(), await known()]).toEqual([[401], UNTOUCHED]);
  world.simulator.changeRules({ publicKeyShare: 1 });
  expect([await deliver(15 * SECOND), await known()]).toEqual([[204], TOLD]);
});

test('what is lost is found when the schedule asks', async () => {
  world.simulator.notificationFault({ kind: 'lost' });
  world.simulator.payByHand(ref);
  expect([await deliver(), await known()]).toEqual([['lost'], UNTOUCHED]);
  await world.tick();
  expect(await known()).toEqual({ ...TOLD, by: 'query' });
});
