import type { OrderRef } from '../../lambda/core/ids';
import { pathOf } from '../support/api';
import { DAY, EAGER, HOUR, MINUTE, SECOND, START, startWorld, type World } from '../support/world';

let world: World;
beforeEach(async () => {
  world = await startWorld();
});
afterEach(async () => world.close());

async function registered(more: Parameters<World['order']>[0] = {}, said: object = {}): Promise<OrderRef> {
  const ref = world.order(more);
  expect((await world.register(ref, said)).status).toBe(201);
  return ref;
}

const queriesOf = ({ out_order_no }: OrderRef) =>
  world.simulator.requests.filter(({ url }) => url.endsWith(`out_order_no=${out_order_no}`)).length;

describe('an order that is registered and left alone', () => {
  test('is called once when its time has come, found paid 4 minutes later by a verified query, and never touched again', async () => {
    await world.policy({});
    const ref = await registered();
    expect(await world.tick()).toMatchObject({ due: 0, sent: 0 });
    world.clock.forward(DAY - 1);
    expect(await world.tick()).toMatchObject({ due: 0 });
    world.clock.forward(1);
    expect(await world.tick()).toEqual({
      due: 1,
      more_due: false,
      sub_merchants: 1,
      admitted: 1,
      sent: 1,
      moved: 0,
      left: 0,
      late: 0,
      overdue: 0,
      latest_seconds: 0,
    });
    expect(await world.ledger(ref)).toMatchObject({
      status: 'active',
      calls: [START + DAY],
      open: {
        actor: { kind: 'schedule', id: 'collect' },
        decided: { rule: 'first_attempt', policy: 'default' },
        outcome: { kind: 'accepted' },
      },
      due_at: START + DAY + 4 * MINUTE,
    });
    world.clock.forward(4 * MINUTE);
    await world.tick();
    const order = await world.ledger(ref);
    expect(order).toMatchObject({
      status: 'paid',
      observed: { standing: { kind: 'paid', paid_amount: 100 } },
    });
    expect([order.open, order.due_at]).toEqual([undefined, undefined]);
    const received = world.received();
    world.clock.forward(30 * DAY);
    expect(await world.tick()).toMatchObject({ due: 0 });
    expect([world.paysReceived(ref), world.received()]).toEqual([1, received]);
  });

  test('tells its story: what was decided, called, answered, observed and closed', async () => {
    const ref = await registered();
    await world.tick();
    world.clock.forward(4 * MINUTE);
    await world.tick();
    expect((await world.api.at('GET', pathOf(ref))).body).toMatchObject({
      order_status: 'paid',
      hold: null,
      next: { action: 'stop', because: 'paid' },
      timeline: [
        { kind: 'observed', standing: 'pending', at: '2026-03-02T04:00:00.000Z' },
        { kind: 'attempt', outcome: 'accepted', actor: { kind: 'schedule' }, count: 1 },
        { kind: 'observed', standing: 'paid', at: '2026-03-02T04:04:00.000Z' },
        { kind: 'closed', as: 'paid' },
      ],
    });
  });

  test('and that was paid by hand before is found paid and never called', async () => {
    await world.policy({});
    const ref = await registered();
    world.simulator.payByHand(ref);
    world.clock.forward(DAY);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid', calls: [] });
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('together with many others of several sub-merchants is paid like all of them', async () => {
    const refs: OrderRef[] = [];
    for (let n = 0; n < 24; n += 1) refs.push(await registered({ sub_mchid: `190000060${n % 3}` }));
    expect(await world.tick()).toMatchObject({ due: 24, sub_merchants: 3, sent: 24, moved: 0 });
    world.clock.forward(4 * MINUTE);
    await world.tick();
    const orders = await Promise.all(refs.map((ref) => world.ledger(ref)));
    expect(orders.map(({ status }) => status)).toEqual(refs.map(() => 'paid'));
    expect(refs.map((ref) => world.paysReceived(ref))).toEqual(refs.map(() => 1));
  });
});

describe('an order that is declined', () => {
  test('waits for its ladder and then for the window, and is called again on the next day', async () => {
    await world.policy({ first_attempt_after_hours: 0, decline_ladder_hours: [12] });
    const ref = await registered({ customer: { kind: 'declines' } });
    await world.tick();
    // Noon and twelve hours is midnight; the window opens at eight.
    expect(await world.ledger(ref)).toMatchObject({ status: 'active', due_at: START + 20 * HOUR });
    world.clock.forward(20 * HOUR - 1);
    expect(await world.tick()).toMatchObject({ due: 0 });
    world.clock.forward(1);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ calls: [START, START + 20 * HOUR] });
    expect(world.paysReceived(ref)).toBe(2);
  });

  test('climbs the decline ladder by its attempts, and is exhausted after the last', async () => {
    await world.policy({ ...EAGER, decline_ladder_hours: [24, 48], attempts_max: 3 });
    const ref = await registered({ customer: { kind: 'declines' } });
    for (const wait of [0, DAY, 2 * DAY]) {
      world.clock.forward(wait);
      await world.tick();
    }
    expect((await world.ledger(ref)).calls).toEqual([START, START + DAY, START + 3 * DAY]);
    expect((await world.api.at('GET', pathOf(ref))).body).toMatchObject({
      order_status: 'watched',
      next: { action: 'stop', because: 'exhausted' },
    });
  });
});

describe('an attempt whose outcome is unknown', () => {
  test('because its answer was lost is queried and found paid, never sent again', async () => {
    const ref = await registered();
    world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    await world.tick();
    expect((await world.ledger(ref)).open?.outcome).toMatchObject({ kind: 'unknown', because: 'no_answer' });
    world.clock.forward(4 * MINUTE);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('because it was lost on its way is closed as not paid, counts, and waits for the decline ladder', async () => {
    const ref = await registered();
    world.fault({ kind: 'lost_request', on: { action: 'pay' } });
    await world.tick();
    world.clock.forward(4 * MINUTE);
    await world.tick();
    const order = await world.ledger(ref);
    expect(order.timeline.at(-1)).toMatchObject({ kind: 'closed', as: 'not_paid' });
    expect(order).toMatchObject({ calls: [START], due_at: START + DAY });
    world.clock.forward(DAY - 4 * MINUTE);
    await world.tick();
    expect(world.paysReceived(ref)).toBe(2);
  });

  test('is asked about after 4 minutes, then 5, 15 and 60 minutes while nobody answers, then found out', async () => {
    const ref = await registered();
    world.fault({ kind: 'lost_answer', on: { action: 'pay' } });
    await world.tick();
    world.fault({ kind: 'lost_request', times: 'always', on: { action: 'query' } });
    const asked = queriesOf(ref);
    let at = START;
    for (const [index, minutes] of [4, 5, 15, 60, 60].entries()) {
      at += minutes * MINUTE;
      expect(await world.ledger(ref)).toMatchObject({ due_at: at });
      world.clock.forward(minutes * MINUTE - 1);
      expect(await world.tick()).toMatchObject({ due: 0 });
      world.clock.forward(1);
      await world.tick();
      expect((await world.ledger(ref)).unanswered).toEqual({ count: index + 1, at });
    }
    expect(queriesOf(ref) - asked).toBe(5);
    world.simulator.clearFaults();
    world.clock.forward(HOUR);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('of USERPAYING is not asked about before half an hour has passed', async () => {
    const ref = await registered({ customer: { kind: 'in_progress', forMs: 20 * MINUTE, ends: 'paid' } });
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ due_at: START + 30 * MINUTE + 15 * SECOND });
    world.clock.forward(30 * MINUTE + 15 * SECOND);
    await world.tick();
    expect(await world.ledger(ref)).toMatchObject({ status: 'paid' });
    expect(world.paysReceived(ref)).toBe(1);
  });
});

describe('messages are hints', () => {
  const spell = ({ mchid, sub_mchid, out_order_no }: OrderRef) =>
    JSON.stringify({ v: 1, mchid, sub_mchid, out_order_no });

  test('two ticks at once, and both their messages, call every order once', async () => {
    const refs = await Promise.all(Array.from({ length: 12 }, () => registered()));
    await Promise.all([world.sweep(), world.sweep(), world.sweep()]);
    await Promise.all([world.work(), world.work()]);
    expect(refs.map((ref) => world.paysReceived(ref))).toEqual(refs.map(() => 1));
    expect(await world.tick()).toMatchObject({ due: 0 });
    expect(await world.messages()).toBe(0);
  });

  test('one that is delivered three times calls its order once', async () => {
    const ref = await registered();
    for (let n = 0; n < 3; n += 1) await world.message(spell(ref));
    await world.work();
    expect(world.paysReceived(ref)).toBe(1);
    expect(await world.messages()).toBe(0);
  });

  test('one that is lost leaves its order due again a quarter of an hour later', async () => {
    const ref = await registered();
    await world.sweep();
    // Whoever sent it finds it still due a minute later.
    world.clock.forward(MINUTE);
    expect(await world.sweep()).toMatchObject({ due: 0, moved: 1 });
    expect(await world.ledger(ref)).toMatchObject({ due_at: START + 16 * MINUTE, planned_at: START });
    world.clock.forward(15 * MINUTE);
    expect(await world.tick()).toMatchObject({ due: 1, latest_seconds: 960 });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('one of an order that is not due sends nothing, and its due time stands', async () => {
    await world.policy({});
    const ref = await registered();
    const before = await world.ledger(ref);
    await world.message(spell(ref));
    await world.work();
    expect(await world.ledger(ref)).toEqual(before);
    expect(world.received()).toBe(0);
  });

  test('one of an order that the ledger does not have is taken out, and nothing is asked', async () => {
    await world.message(spell(world.order()));
    await world.work();
    expect(await world.messages()).toBe(0);
    expect(world.received()).toBe(0);
  });

  test('one that nobody can read is taken out, and those beside it are worked on', async () => {
    const ref = await registered();
    for (const body of ['no JSON', '{}', '[]', 'null', '{"v":2}', spell(ref).replace(ref.out_order_no, '#')])
      await world.message(body);
    await world.tick();
    expect(await world.messages()).toBe(0);
    expect(world.paysReceived(ref)).toBe(1);
  });
});
