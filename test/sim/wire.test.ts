import type { OrderRef } from '../../lambda/core/ids';
import type { Operation } from '../../lambda/core/order';
import { parseCredentials } from '../../lambda/wechatpay/credentials';
import { Merchant } from '../../lambda/wechatpay/merchant';
import type { Payscore } from '../../lambda/wechatpay/payscore';
import { Transport } from '../../lambda/wechatpay/transport';
import { startWechatPay, type Simulator } from '../../local/wechatpay';
import type { Customer } from '../../local/wechatpay/orders';
import { APIV3_KEY, MERCHANT_KEY, PLATFORM, signingSecret, verifySecret } from '../support/keys';
import { Bank } from './bank';
import { Judge } from './judge';
import { DAY, HOUR, MCHIDS, MINUTE, type PlannedOrder, SECOND, START } from './plan';
import { callsOf } from './wire';
import { Instance, World } from './world';

/*
 * The simulation talks to the books of `local/wechatpay` without HTTP and signatures. Here the same calls are made both ways: over
 * its wire, and by the real client over HTTP; what the service gets to know of each has to be the same.
 */

const [MCHID] = MCHIDS;
const TIMEOUT = { timeoutMs: 10 * SECOND };

function orderOf(out_order_no: string, customer: Customer, more: Partial<PlannedOrder> = {}): PlannedOrder {
  const ref = {
    mchid: MCHID,
    sub_mchid: '1230000101',
    out_order_no,
    service_id: '00004000000000000000000000000001',
  };
  return {
    ref: ref as OrderRef,
    totalFen: 230,
    customer,
    registeredAt: START,
    completedAt: START - HOUR,
    autoDeductionsAt: [],
    ...more,
  };
}

const ORDERS = [
  orderOf('PAYS|1', { kind: 'pays' }),
  orderOf('PAYS*LATER', { kind: 'pays', settlesAfterMs: 2 * MINUTE }),
  orderOf('PAYS-TOMORROW', { kind: 'pays', balanceAfterMs: DAY }),
  orderOf('PAYS-A-PART', { kind: 'pays', balanceFen: 50 }),
  orderOf('DECLINES', { kind: 'declines' }),
  orderOf('IN-PROGRESS', { kind: 'in_progress', forMs: 20 * MINUTE, ends: 'paid' }),
  orderOf('IN-VAIN', { kind: 'in_progress', forMs: MINUTE, ends: 'failed' }),
  orderOf(
    'NOT-COMPLETED',
    { kind: 'pays' },
    { becomesPendingAt: START + 10 * DAY, completedAt: null, plannedEndAt: START + 5 * DAY },
  ),
  orderOf('DEDUCTED', { kind: 'declines' }, { autoDeductionsAt: [START + HOUR] }),
  orderOf('BY-HAND', { kind: 'declines' }, { byHandAt: START + HOUR, completedAt: null }),
];
const UNKNOWN = orderOf('UNKNOWN', { kind: 'pays' }).ref;

const SETTLED: Operation = { kind: 'sync', paid_at: START };
const WAIVED: Operation = { kind: 'cancel', user_reason: '商户已免除该笔费用' };
const REDUCED: Operation = { kind: 'modify', total_amount: 120 as never, user_reason: '商户已下调该笔费用' };
const RAISED: Operation = { kind: 'modify', total_amount: 900 as never, user_reason: '更多' };

type Step = { readonly afterMs: number } & (
  { readonly does: 'query' | 'collect' } | { readonly does: 'change'; readonly operation: Operation }
);

const QUERY: Step = { afterMs: 2 * SECOND, does: 'query' };
const COLLECT: Step = { afterMs: 2 * SECOND, does: 'collect' };
const change = (operation: Operation): Step => ({ afterMs: 4 * MINUTE, does: 'change', operation });

const SCRIPTS: Readonly<Record<string, readonly Step[]>> = {
  'asked, collected, asked': [
    QUERY,
    COLLECT,
    QUERY,
    { ...QUERY, afterMs: 4 * MINUTE },
    { ...QUERY, afterMs: HOUR },
  ],
  'collected twice at once, and after the lock': [
    COLLECT,
    { ...COLLECT, afterMs: 100 },
    COLLECT,
    { ...COLLECT, afterMs: 4 * MINUTE },
    QUERY,
  ],
  'collected the day after': [COLLECT, { ...COLLECT, afterMs: DAY }, QUERY],
  'settled, and collected all the same': [
    change(SETTLED),
    QUERY,
    { ...COLLECT, afterMs: 4 * MINUTE },
    change(SETTLED),
    QUERY,
  ],
  'waived, waived again, and collected': [change(WAIVED), QUERY, change(WAIVED), COLLECT, QUERY],
  'reduced, raised, collected': [
    change(REDUCED),
    QUERY,
    change(RAISED),
    { ...COLLECT, afterMs: 4 * MINUTE },
    QUERY,
  ],
  'changed while a deduction runs': [
    COLLECT,
    { ...change(WAIVED), afterMs: 2 * SECOND },
    { ...change(REDUCED), afterMs: 2 * SECOND },
    QUERY,
  ],
};

/** What is kept of every answer; ids are of no use to a comparison. */
function essence(report: object): unknown {
  return JSON.parse(
    JSON.stringify(report, (name, value: unknown) => (name === 'request_id' ? undefined : value)),
  );
}

async function make(calls: Payscore, ref: OrderRef, step: Step, now: number): Promise<unknown> {
  const limits = { ...TIMEOUT, sendBy: now + 5 * SECOND };
  switch (step.does) {
    case 'query':
      return essence(await calls.query(ref, TIMEOUT));
    case 'collect':
      return essence(await calls.collect(ref, limits));
    case 'change':
      return essence(await calls.change(ref, step.operation, limits));
  }
}

/** Over the wire of the simulation: every call takes no time of the clock that matters, and ends before the next. */
async function inMemory(refs: readonly OrderRef[], steps: readonly Step[]): Promise<unknown[]> {
  const world = new World(1, {}, new Judge(50), START - MINUTE, false);
  world.faulty = false;
  world.judge.left = () => undefined;
  world.judge.heard = () => undefined;
  const bank = Object.assign(new Bank(world, ORDERS, DAY), { signerOf: () => 'A' });
  const instance = new Instance('collect1', 0, 'old', world);
  const calls = callsOf(world, instance, { mchid: MCHID, generation: 0, trusts: ['A'] }, bank);
  const told: unknown[] = [];
  let at = START;
  for (const step of steps) {
    at += step.afterMs;
    for (const [index, ref] of refs.entries()) {
      await world.engine.runUntil(at + index, () => undefined);
      const made = make(calls, ref, step, at);
      void made.then((one) => told.push(one));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await world.engine.runUntil(at + HOUR, () => undefined);
  return told;
}

let simulator: Simulator | undefined;
let transport: Transport | undefined;
afterEach(async () => {
  transport?.close();
  await simulator?.close();
});

async function overHttp(refs: readonly OrderRef[], steps: readonly Step[]): Promise<unknown[]> {
  let now = START - SECOND;
  const clock = () => now;
  simulator = await startWechatPay({
    merchants: [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [MERCHANT_KEY] }],
    platform: PLATFORM,
    now: clock,
  });
  for (const {
    ref,
    totalFen: total_amount,
    customer,
    completedAt,
    becomesPendingAt,
    plannedEndAt,
    autoDeductionsAt,
    byHandAt,
  } of ORDERS)
    simulator.addOrder({
      ...ref,
      total_amount,
      customer: customer ?? { kind: 'pays' },
      completedAtMs: completedAt,
      phase: becomesPendingAt === undefined ? 'user_paying' : 'user_confirm',
      autoDeductionsAtMs: [...autoDeductionsAt],
      ...(byHandAt === undefined ? {} : { byHandAtMs: byHandAt }),
      ...(plannedEndAt === undefined ? {} : { plannedEndAtMs: plannedEndAt }),
    });
  transport = new Transport({ hosts: [simulator.url], now: clock });
  const secrets = { signing: signingSecret(MCHID), verify: verifySecret(MCHID) };
  const text = (name: 'signing' | 'verify') => ({ name, text: JSON.stringify(secrets[name]) });
  const credentials = parseCredentials(MCHID as never, { signing: text('signing'), verify: text('verify') });
  const calls = Merchant.of(credentials, { transport, now: clock });
  const told: unknown[] = [];
  let at = START;
  for (const step of steps) {
    at += step.afterMs;
    for (const [index, ref] of refs.entries()) {
      // The wire's way there takes some milliseconds, too.
      now = at + index;
      told.push(await make(calls, ref, step, now));
    }
  }
  return told;
}

test.each(Object.entries(SCRIPTS))(
  'the wire of the simulation says the same as the client over HTTP: %s',
  async (_name, steps) => {
    const refs = [...ORDERS.map(({ ref }) => ref), UNKNOWN];
    const told = await inMemory(refs, steps);
    expect(told).toHaveLength(refs.length * steps.length);
    expect(sorted(told)).toEqual(sorted(await overHttp(refs, steps)));
  },
);

/** Times within the answers differ by what the way takes. */
function sorted(told: readonly unknown[]): readonly string[] {
  const text = told.map((one) =>
    JSON.stringify(one).replace(/"(paid_time|transaction_id)":"\d+"/g, '"$1":"…"'),
  );
  return text.toSorted();
}
