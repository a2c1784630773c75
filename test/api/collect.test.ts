import { HOUR, MINUTE, startWorld, SUB_MCHID, type World } from '../support/world';

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
        outcome: 'accepted',
      },
      next: {
        action: 'wait',
        because: 'attempt_open',
        until: '2026-03-02T04:03:15.000Z',
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
      standing: { kind: 'paid', paid_amount: 100 },
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
      next: { action: 'collect', reason: 'The order is pending and nothing forbids a collection now.' },
    });
    expect(await world.ledger(ref)).toEqual({ ref, version: 0, timeline: [] });
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
      next: { action: 'stop', because: 'not_completed' },
    });
    expect((await world.ledger(ref)).version).toBe(0);
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
        next: { action: 'stop', because: standing },
      });
      expect(world.paysReceived(ref)).toBe(0);
    },
  );

  test('and not known to WeChat Pay is 404, with what it answered', async () => {
    const known = world.order();
    const ref = { ...known, out_order_no: `${known.out_order_no}X` as typeof known.out_order_no };
    const answer = await world.api.collect(ref);
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({
      type: 'urn:payscore-collector:problem:order-not-found',
      wechatpay: { http_status: 404, code: 'ORDER_NOT_EXIST', sub_code: '271317510' },
    });
    expect((await world.ledger(ref)).version).toBe(0);
  });
});

describe('an order whose user cannot pay', () => {
  test('is declined with 200, code, message, Request-ID and sub-code, and waits for the gap', async () => {
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
      next: { action: 'wait', because: 'gap' },
    });
    const gapEnds = world.clock.now() + 6 * HOUR;
    expect(answer.body['next']).toMatchObject({ until: new Date(gapEnds).toISOString() });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test('is left alone for 6 hours, then tried again', async () => {
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref);
    world.clock.forward(6 * HOUR - 1);
    const early = await world.api.collect(ref);
    expect(early.status).toBe(409);
    expect(early.body).toMatchObject({ next: { action: 'wait', because: 'gap' } });
    expect(world.paysReceived(ref)).toBe(1);
    world.clock.forward(1);
    expect((await world.api.collect(ref)).body).toMatchObject({ attempt: { outcome: 'declined' } });
    expect(world.paysReceived(ref)).toBe(2);
  });

  test('is tried again after the gap that MIN_GAP_MINUTES sets', async () => {
    const api = await world.apiOf(world.newServices({ gapMs: 10 * MINUTE }));
    const ref = world.order({ customer: { kind: 'declines' } });
    await api.collect(ref);
    world.clock.forward(10 * MINUTE - 1);
    expect((await api.collect(ref)).status).toBe(409);
    world.clock.forward(1);
    expect((await api.collect(ref)).status).toBe(200);
    expect(world.paysReceived(ref)).toBe(2);
  });

  test('is never called twice within the 3 minutes of the lock, whatever gap was configured', async () => {
    const api = await world.apiOf(world.newServices({ gapMs: 0 }));
    const ref = world.order({ customer: { kind: 'declines' } });
    await api.collect(ref);
    world.clock.forward(3 * MINUTE - 1);
    expect((await api.collect(ref)).status).toBe(409);
    expect(world.paysReceived(ref)).toBe(1);
  });
});
