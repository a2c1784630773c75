import { EAGER, HOUR, MINUTE, SECOND, startWorld, SUB_MCHID, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterEach(() => world.simulator.clearFaults());
afterAll(async () => world.close());

const CLAIM_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('an order whose user can pay', () => {
  test('is collected with one call, and what is answered is 202 accepted, never "paid"', async () => {
    const ref = world.order();
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(202);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(answer.body).toEqual({
      attempt: {
        id: expect.stringMatching(CLAIM_ID) as string,
        outcome: 'accepted',
        open: true,
        meaning:
          'WeChat Pay took the request. Whether the user was charged is not known until a query shows it.',
      },
      wechatpay: {
        http_status: 204,
        request_id: expect.stringMatching(/^[0-9A-F]{40}-0$/) as string,
        sub_code: '0',
      },
      recorded: true,
      order: ref,
      order_status: 'active',
      standing: {
        kind: 'pending',
        paying_amount: 100,
        paid_amount: 0,
        meaning: 'Completed and not wholly paid (待支付).',
        as_of: '2026-03-02T04:00:00.000Z',
        wechatpay: {
          state: 'DOING',
          state_description: 'MCH_COMPLETE',
          collection_state: 'USER_PAYING',
          total_amount: 100,
          paying_amount: 100,
          paid_amount: 0,
        },
      },
      open_attempt: {
        id: expect.stringMatching(CLAIM_ID) as string,
        claimed_at: '2026-03-02T04:00:00.000Z',
        actor: 'arn:aws:iam::000000000000:user/local',
        decided: { rule: 'demand', policy: 'provider:1' },
        outcome: 'accepted',
      },
      open_operation: null,
      registered_at: '2026-03-02T04:00:00.000Z',
      completed: { at: '2026-03-02T04:00:00.000Z', from: 'wechatpay' },
      exhausting_at: '2026-03-22T04:00:00.000Z',
      attempts: ['2026-03-02T04:00:00.000Z'],
      hold: null,
      decision: null,
      refund_due: null,
      due_at: '2026-03-02T04:04:00.000Z',
      switch: 'on',
      policy: 'provider:1',
      next: {
        action: 'wait',
        because: 'attempt_open',
        until: '2026-03-02T04:04:00.000Z',
        reason:
          'An attempt is open and may still take money. A query may show the payment at any time; from then on one that still shows the order pending closes the attempt.',
      },
    });
    expect(world.paysReceived(ref)).toBe(1);
    expect(JSON.stringify(answer.body)).not.toContain('"kind":"paid"');
  });

  test('is known as paid once a verified query says so, with the amount and the transaction', async () => {
    const ref = world.order({ total_amount: 2_350 });
    expect((await world.api.collect(ref)).status).toBe(202);
    const answer = await world.api.query(ref);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      order: ref,
      standing: {
        kind: 'paid',
        paid_amount: 2_350,
        transaction_id: expect.stringMatching(/^4200\d{24}$/) as string,
        wechatpay: { state: 'DONE', collection_state: 'USER_PAID', total_amount: 2_350, paid_amount: 2_350 },
      },
      open_attempt: null,
      next: { action: 'stop', because: 'paid', reason: 'The order is paid, verified.' },
      wechatpay: { http_status: 200 },
    });
    const { timeline, open } = await world.ledger(ref);
    expect(open).toBeUndefined();
    expect(timeline.map(({ kind }) => kind)).toEqual(['observed', 'attempt', 'observed', 'closed']);
  });

  test('is refused with 409 and without any call once it is paid', async () => {
    const ref = world.order();
    await world.api.collect(ref);
    await world.api.query(ref);
    const before = world.received();
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      type: 'urn:payscore-collector:problem:held-back',
      status: 409,
      detail:
        'Nothing was sent: the order may not be collected now. See held_back; next is what the schedule does.',
      order_status: 'paid',
      standing: { kind: 'paid', paid_amount: 100 },
      due_at: null,
      held_back: { action: 'stop', because: 'paid', reason: 'The order is paid, verified.' },
      next: { action: 'stop', because: 'paid' },
    });
    expect(world.received()).toBe(before);
  });
});

describe('a dry run', () => {
  test('asks, says that it would collect, and leaves the ledger and the money alone', async () => {
    const ref = world.order();
    const answer = await world.api.collect(ref, { dry_run: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      dry_run: true,
      would_collect: true,
      order: ref,
      standing: { kind: 'pending', paying_amount: 100 },
      open_attempt: null,
      next: { action: 'collect', rule: 'first_attempt' },
    });
    await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
    expect(world.paysReceived(ref)).toBe(0);
    expect(world.simulator.order(ref.mchid, SUB_MCHID, ref.out_order_no)?.movements).toEqual([]);
  });

  test('says with 200 why it would not collect', async () => {
    const ref = world.order({ phase: 'user_confirm' });
    const answer = await world.api.collect(ref, { dry_run: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      dry_run: true,
      would_collect: false,
      standing: { kind: 'not_completed' },
      held_back: { action: 'stop', because: 'not_completed' },
    });
    await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
  });

  test('of an order in the ledger leaves it there as it was', async () => {
    const ref = world.order();
    await world.register(ref);
    const before = await world.ledger(ref);
    expect((await world.api.collect(ref, { dry_run: true })).body).toMatchObject({ would_collect: true });
    expect(await world.ledger(ref)).toEqual(before);
  });
});

describe('an order that is not pending', () => {
  test.each([
    ['created', 'not_completed', 100],
    ['user_confirm', 'not_completed', 100],
    ['user_paid', 'paid', 100],
    ['free', 'settled', 0],
    ['revoked', 'cancelled', 100],
    ['expired', 'expired', 100],
  ] as const)(
    'in phase %s is told as %s with 409, and nothing is sent',
    async (phase, standing, total_amount) => {
      const ref = world.order({ phase, total_amount });
      const answer = await world.api.collect(ref);
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({
        title: 'Not collected',
        standing: { kind: standing },
        open_attempt: null,
        held_back: { action: 'stop', because: standing },
      });
      expect(world.paysReceived(ref)).toBe(0);
    },
  );

  test('and not known to WeChat Pay is 404, with what it answered; it is in the ledger and is asked about again', async () => {
    const known = world.order();
    const ref = { ...known, out_order_no: `${known.out_order_no}X` as typeof known.out_order_no };
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      type: 'urn:payscore-collector:problem:order-not-found',
      wechatpay: { http_status: 404, code: 'ORDER_NOT_EXIST', sub_code: '271317510' },
    });
    const order = await world.ledger(ref);
    expect(order).toMatchObject({ status: 'active', due_at: world.clock.now() });
    expect(order.observed).toBeUndefined();
  });
});

describe('an order whose user cannot pay', () => {
  test('is declined with 200, code, message, Request-ID and sub-code, and waits for the decline ladder', async () => {
    const ref = world.order({ customer: { kind: 'declines' } });
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      attempt: { outcome: 'declined', open: false },
      wechatpay: {
        http_status: 403,
        code: 'TRADE_ERROR',
        message: '扣款失败',
        request_id: expect.stringMatching(/^[0-9A-F]{40}-271316574$/) as string,
        sub_code: '271316574',
      },
      recorded: true,
      open_attempt: null,
      attempts: ['2026-03-02T04:00:00.000Z'],
      due_at: '2026-03-03T04:00:00.000Z',
      next: { action: 'wait', because: 'decline_ladder', until: '2026-03-03T04:00:00.000Z' },
    });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('is left alone for 6 hours whoever asks, then tried again by demand', async () => {
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref);
    world.clock.forward(6 * HOUR - 1);
    const early = await world.api.collect(ref);
    expect(early.status).toBe(409);
    expect(early.body).toMatchObject({
      held_back: {
        action: 'wait',
        because: 'gap',
        until: '2026-03-02T10:00:00.000Z',
        reason: 'The least time between two attempts on one order has not passed (min_gap_minutes).',
      },
      next: { action: 'wait', because: 'decline_ladder', until: '2026-03-03T04:00:00.000Z' },
    });
    expect(world.paysReceived(ref)).toBe(1);
    world.clock.forward(1);
    expect((await world.api.collect(ref)).body).toMatchObject({ attempt: { outcome: 'declined' } });
    expect(world.paysReceived(ref)).toBe(2);
  });

  test('is tried again after the gap that min_gap_minutes sets', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 10 });
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref);
    world.clock.forward(10 * MINUTE - 1);
    expect((await world.api.collect(ref)).status).toBe(409);
    world.clock.forward(1);
    expect((await world.api.collect(ref)).status).toBe(200);
    expect(world.paysReceived(ref)).toBe(2);
  });

  test('is never called twice within the 3 minutes of the lock, whatever gap is said', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 3 });
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref);
    // From the last instant at which the call may have left, 5 s after the claim.
    world.clock.forward(5 * SECOND + 3 * MINUTE - 1);
    expect((await world.api.collect(ref)).body).toMatchObject({ held_back: { because: 'lock' } });
    expect(world.paysReceived(ref)).toBe(1);
    world.clock.forward(1);
    expect((await world.api.collect(ref)).status).toBe(200);
  });

  test('may be tried as often in a day as attempts_per_day_max says, and again from midnight of the policy on', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 3, attempts_per_day_max: 1 });
    const ref = world.order({ customer: { kind: 'declines' } });
    const began = world.clock.now();
    await world.api.collect(ref);
    world.clock.forward(HOUR);
    const midnight = Math.ceil((began + 8 * HOUR) / (24 * HOUR)) * 24 * HOUR - 8 * HOUR;
    expect((await world.api.collect(ref)).body).toMatchObject({
      held_back: { because: 'day_cap', until: new Date(midnight).toISOString() },
    });
    world.clock.forward(midnight - world.clock.now());
    expect((await world.api.collect(ref)).status).toBe(200);
    expect(world.paysReceived(ref)).toBe(2);
  });
});
