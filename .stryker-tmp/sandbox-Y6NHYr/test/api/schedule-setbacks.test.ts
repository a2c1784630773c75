import type { Mchid, OrderRef } from '../../lambda/core/ids';
import { persist } from '../../lambda/flow/persist';
import { MCHID } from '../support/keys';
import {
  DAY,
  EAGER,
  HOUR,
  MINUTE,
  PREFIX,
  putSecrets,
  START,
  startWorld,
  type World,
} from '../support/world';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => world.close());

const NO_AUTH = { kind: 'status', status: 403, code: 'NO_AUTH', on: { action: 'pay' } } as const;

async function registered(more: Parameters<World['order']>[0] = {}, said: object = {}): Promise<OrderRef> {
  const ref = world.order(more);
  expect((await world.register(ref, said)).status).toBe(201);
  return ref;
}

const sum = (refs: readonly OrderRef[]) => refs.reduce((all, ref) => all + world.paysReceived(ref), 0);
const queriesOf = ({ out_order_no }: OrderRef) =>
  world.simulator.requests.filter(({ url }) => url.endsWith(`out_order_no=${out_order_no}`)).length;

describe('an order that WeChat Pay cannot be asked about', () => {
  test('is asked about again after 1, 5, 30 and 120 minutes, then daily, and nothing is sent', async () => {
    const ref = await registered();
    world.fault({ kind: 'lost_request', times: 'always', on: { action: 'query' } });
    await world.tick();
    let at = START;
    for (const minutes of [1, 5, 30, 120, 1_440, 1_440]) {
      at += minutes * MINUTE;
      expect(await world.ledger(ref)).toMatchObject({ due_at: at });
      world.clock.forward(minutes * MINUTE);
      await world.tick();
    }
    expect(world.paysReceived(ref)).toBe(0);
    world.simulator.clearFaults();
    world.clock.forward(DAY);
    await world.tick();
    expect((await world.ledger(ref)).unanswered).toBeUndefined();
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('because its merchant’s keys cannot be used waits for the breaker, and then one tries', async () => {
    const ref = await registered();
    world.secrets.put(`${PREFIX}/${MCHID}/signing`, '{');
    // What was read for the registration is too old by then.
    world.clock.forward(5 * MINUTE);
    await world.tick();
    const { breakers } = await world.services.ports.controls.read(MCHID as Mchid);
    expect(breakers.merchant).toMatchObject({
      trips: 1,
      because: expect.stringContaining('signing: is not JSON') as string,
    });
    expect(await world.ledger(ref)).toMatchObject({
      unanswered: { count: 1 },
      due_at: START + 5 * MINUTE + HOUR,
    });
    expect(await world.messages()).toBe(0);
    putSecrets(world.secrets, MCHID);
    world.clock.forward(HOUR);
    await world.tick();
    expect((await world.ledger(ref)).open?.decided).toMatchObject({ rule: 'trial' });
    expect((await world.services.ports.controls.read(MCHID as Mchid)).breakers.merchant).toBeUndefined();
  });
});

describe('a configuration fault', () => {
  test('trips the pair: its orders wait an hour, those of other pairs of the merchant go on', async () => {
    const refused = await registered({ sub_mchid: '1900000701' });
    const fine = await registered({ sub_mchid: '1900000702' });
    world.fault({ ...NO_AUTH, on: { action: 'pay', out_order_no: refused.out_order_no } });
    await world.tick();
    expect(await world.ledger(refused)).toMatchObject({ calls: [], due_at: START + HOUR });
    expect((await world.ledger(fine)).open?.outcome).toEqual({ kind: 'accepted' });
    const late = await registered({ sub_mchid: '1900000701' });
    expect(await world.ledger(late)).toMatchObject({ due_at: START + HOUR });
    expect(world.paysReceived(refused)).toBe(1);
  });

  test('lets one order try after an hour, then after six more, and all of them once it is put right', async () => {
    const refs = await Promise.all([1, 2, 3, 4].map(() => registered()));
    world.fault({ ...NO_AUTH, times: 'always' });
    // All four may be under way before the first answer trips the breaker.
    await world.tick();
    const first = sum(refs);
    expect(first).toBeGreaterThanOrEqual(1);
    world.clock.forward(HOUR);
    await world.tick();
    expect(sum(refs)).toBe(first + 1);
    world.clock.forward(HOUR);
    await world.tick();
    expect(sum(refs)).toBe(first + 1);
    world.simulator.clearFaults();
    world.clock.forward(5 * HOUR);
    await world.tick();
    expect(sum(refs)).toBeGreaterThan(first + 1);
    world.clock.forward(15 * MINUTE);
    await world.tick();
    const orders = await Promise.all(refs.map((ref) => world.ledger(ref)));
    expect(orders.map(({ calls }) => calls.length)).toEqual([1, 1, 1, 1]);
  });

  test('of the keys that a query shows trips the merchant', async () => {
    const ref = await registered();
    world.fault({ kind: 'status', status: 401, code: 'SIGN_ERROR', times: 2, on: { action: 'query' } });
    await world.tick();
    expect((await world.services.ports.controls.read(MCHID as Mchid)).breakers.merchant).toMatchObject({
      because: expect.stringMatching(/^401 SIGN_ERROR/) as string,
    });
    expect(await world.ledger(ref)).toMatchObject({
      unanswered: { count: 1 },
      due_at: START + HOUR,
    });
  });
});

const holdOn = async (ref: OrderRef, until?: number) => {
  const actor = { kind: 'api', id: 'ops' } as const;
  const hold = { actor, reason: 'disputed', ...(until === undefined ? {} : { until }) };
  await persist(world.services.ports, await world.ledger(ref), { kind: 'hold', at: START, hold });
};

describe('an order that is not collected any more', () => {
  test('is asked about daily to day 35, then weekly to day 180, then never', async () => {
    await world.policy({ ...EAGER, attempts_max: 1 });
    const ref = await registered({ customer: { kind: 'declines' } });
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'watched', due_at: START + DAY });
    world.clock.forward(DAY);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ due_at: START + 2 * DAY });
    world.clock.forward(33 * DAY);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ due_at: START + 35 * DAY });
    world.clock.forward(DAY);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ due_at: START + 42 * DAY });
    world.clock.forward(144 * DAY);
    await world.tick();
    expect((await world.ledger(ref)).due_at).toBeUndefined();
    expect([world.paysReceived(ref), queriesOf(ref)]).toEqual([1, 5]);
  });

  test('and that the user paid by hand is found paid', async () => {
    await world.policy({ ...EAGER, attempts_max: 1 });
    const ref = await registered({ customer: { kind: 'declines' } });
    await world.tick();
    world.simulator.changeCustomer(ref, { kind: 'pays' });
    world.simulator.payByHand(ref);
    world.clock.forward(DAY);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('because it is not completed is asked about daily, and called once it is', async () => {
    const ref = await registered({ phase: 'user_confirm' });
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'watched', due_at: START + DAY });
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('because it is held is asked about, and called when the hold ends', async () => {
    const ref = await registered();
    await holdOn(ref, START + 3 * DAY);
    expect((await world.api.collect(ref, { user_consent: { reason: 'said so' } })).body).toMatchObject({
      hold: { actor: 'ops', reason: 'disputed', until: '2026-03-05T04:00:00.000Z' },
      held_back: { action: 'stop', because: 'held' },
    });
    for (const days of [1, 2, 3]) {
      expect(world.paysReceived(ref)).toBe(0);
      expect(await world.ledger(ref)).toMatchObject({ due_at: START + days * DAY });
      world.clock.forward(DAY);
      await world.tick();
    }
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('because it is held without an end is asked about daily, and never called', async () => {
    const ref = await registered();
    await holdOn(ref);
    world.clock.forward(DAY);
    await world.tick();
    expect((await world.api.query(ref)).body).toMatchObject({
      hold: { actor: 'ops', reason: 'disputed', until: null },
      next: { action: 'stop', because: 'held' },
      due_at: '2026-03-04T04:00:00.000Z',
    });
    expect(world.paysReceived(ref)).toBe(0);
  });
});
