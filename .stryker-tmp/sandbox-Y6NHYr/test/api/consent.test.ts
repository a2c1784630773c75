import type { PolicyLayer } from '../../lambda/core/policy';
import { MCHID } from '../support/keys';
import { pathOf } from '../support/api';
import { DAY, EAGER, HOUR, MINUTE, SECOND, START, startWorld, type World } from '../support/world';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(async () => {
  // Nine in the evening in Beijing, when the default's window has just closed.
  world.clock.forward(nextNight() - world.clock.now());
  await world.policy({});
});
afterEach(async () => {
  world.simulator.clearFaults();
  await world.switch('on');
});
afterAll(async () => world.close());

function nextNight(): number {
  const nine = START + 9 * HOUR;
  return nine + Math.ceil((world.clock.now() - nine) / DAY) * DAY;
}

const iso = (at: number) => new Date(at).toISOString();
const CONSENT = { user_consent: { reason: 'asked for it on the phone, call 4711' } };

/** What stands in the answer of an order that is not lifted over. */
const heldBack = (because: string) => ({ status: 409, body: { held_back: { because } } });

describe('with the consent of the user an order is collected', () => {
  test('outside the window, and the attempt says why', async () => {
    await world.policy({ first_attempt_after_hours: 0 });
    const ref = world.order();
    const now = world.clock.now();
    expect(await world.api.collect(ref)).toMatchObject({
      status: 409,
      body: { held_back: { action: 'wait', because: 'window', until: iso(now + 11 * HOUR) } },
    });
    expect((await world.api.collect(ref, CONSENT)).status).toBe(202);
    expect((await world.api.at('GET', pathOf(ref))).body).toMatchObject({
      open_attempt: { decided: { rule: 'consent', reason: 'asked for it on the phone, call 4711' } },
      timeline: [
        { kind: 'observed' },
        { kind: 'attempt', decided: { rule: 'consent', ...CONSENT.user_consent } },
      ],
    });
    expect(world.paysReceived(ref)).toBe(1);
  });

  test.each<readonly [string, PolicyLayer]>([
    ['in quiet hours', { ...EAGER, quiet_hours: [{ from: '20:00', to: '23:00' }] }],
    ['on a date to avoid', { ...EAGER, avoid_dates: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map(dateOf) }],
  ])('%s', async (_when, policy) => {
    await world.policy(policy);
    const ref = world.order();
    expect(await world.api.collect(ref)).toMatchObject(heldBack('window'));
    expect((await world.api.collect(ref, CONSENT)).status).toBe(202);
  });

  test('before the first attempt is due, and in the window', async () => {
    world.clock.forward(12 * HOUR);
    const ref = world.order();
    expect(await world.api.collect(ref)).toMatchObject(heldBack('first_attempt'));
    expect((await world.api.collect(ref, CONSENT)).status).toBe(202);
  });

  test('in a dry run only in words', async () => {
    const ref = world.order();
    expect((await world.api.collect(ref, { dry_run: true })).body).toMatchObject({
      would_collect: false,
      held_back: { because: 'first_attempt' },
    });
    expect((await world.api.collect(ref, { ...CONSENT, dry_run: true })).body).toMatchObject({
      would_collect: true,
    });
    expect(world.paysReceived(ref)).toBe(0);
  });
});

function dateOf(day: number): string {
  return iso(START + day * DAY).slice(0, 10);
}

describe('the consent of the user does not lift', () => {
  test('the gap', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 60 });
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref, CONSENT);
    world.clock.forward(HOUR - 1);
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack('gap'));
    world.clock.forward(1);
    expect((await world.api.collect(ref, CONSENT)).status).toBe(200);
  });

  test('WeChat Pay’s own lock of 3 minutes', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 3 });
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref, CONSENT);
    world.clock.forward(3 * MINUTE + 5 * SECOND - 1);
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack('lock'));
  });

  test('the cap of the day', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 3, attempts_per_day_max: 1 });
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref, CONSENT);
    world.clock.forward(HOUR);
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack('day_cap'));
  });

  test('the cap of 30 days', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 3, attempts_per_30_days_max: 2, last_attempt_day: 90 });
    const ref = world.order({ customer: { kind: 'declines' } });
    const began = world.clock.now();
    await world.api.collect(ref, CONSENT);
    world.clock.forward(HOUR);
    await world.api.collect(ref, CONSENT);
    world.clock.forward(HOUR);
    expect(await world.api.collect(ref, CONSENT)).toMatchObject({
      status: 409,
      body: { held_back: { because: 'month_cap', until: iso(began + 30 * DAY) } },
    });
  });

  test('the number of attempts in all', async () => {
    await world.policy({ ...EAGER, min_gap_minutes: 3, attempts_max: 1 });
    const ref = world.order({ customer: { kind: 'declines' } });
    await world.api.collect(ref, CONSENT);
    world.clock.forward(DAY);
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack('exhausted'));
  });

  test('the last day', async () => {
    const ref = world.order();
    await world.register(ref, { completed_at: iso(world.clock.now() - 26 * DAY) });
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack('last_day'));
  });

  test('an attempt that is open', async () => {
    const ref = world.order({ customer: { kind: 'in_progress', forMs: 20 * MINUTE, ends: 'failed' } });
    expect((await world.api.collect(ref, CONSENT)).status).toBe(202);
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack('attempt_open'));
    expect(world.paysReceived(ref)).toBe(1);
  });

  test.each([
    ['paid', { phase: 'user_paid' }],
    ['cancelled', { phase: 'revoked' }],
    ['expired', { phase: 'expired' }],
    ['settled', { phase: 'free', total_amount: 0 }],
    ['not_completed', { phase: 'user_confirm' }],
  ] as const)('that an order is %s', async (standing, more) => {
    const ref = world.order(more);
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack(standing));
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('a breaker', async () => {
    const sub_mchid = '1900000501';
    world.fault({ kind: 'status', status: 403, code: 'NO_AUTH', on: { action: 'pay' } });
    await world.api.collect(world.order({ sub_mchid }), CONSENT);
    const ref = world.order({ sub_mchid });
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack('breaker'));
    expect(world.paysReceived(ref)).toBe(0);
  });

  test('the rate of the merchant', async () => {
    const api = await world.apiOf(world.newServices({ callsPerSecondMax: 1 }));
    for (let n = 0; n < 10; n += 1) await api.collect(world.order(), CONSENT);
    expect(await api.collect(world.order(), CONSENT)).toMatchObject(heldBack('budget'));
  });

  test.each([
    ['observe', 'observing'],
    ['off', 'switched_off'],
  ] as const)('the switch: %s', async (mode, because) => {
    await world.switch(mode);
    const ref = world.order();
    expect(await world.api.collect(ref, CONSENT)).toMatchObject(heldBack(because));
    expect(world.paysReceived(ref)).toBe(0);
  });
});

test('consent once given is not kept: the next attempt needs its own', async () => {
  await world.policy({ first_attempt_after_hours: 0, min_gap_minutes: 3, attempts_per_day_max: 5 });
  const ref = world.order({ customer: { kind: 'declines' } });
  await world.api.collect(ref, CONSENT);
  world.clock.forward(10 * MINUTE);
  expect(await world.api.collect(ref)).toMatchObject(heldBack('window'));
});

test.each([
  [{}, 'user_consent.reason', 'is missing'],
  [{ reason: '' }, 'user_consent.reason', 'has fewer than 1'],
  [{ reason: '  ' }, 'user_consent.reason', 'has fewer than 1'],
  [{ reason: 'x'.repeat(301) }, 'user_consent.reason', 'has more than 300'],
  [{ reason: 'yes', by: 'me' }, 'user_consent', 'has fields that are not known here: by'],
  [true, 'user_consent', 'is not of type object'],
  ['yes', 'user_consent', 'is not of type object'],
])('consent as %j is refused: %s %s', async (user_consent, field, rule) => {
  const ref = world.order();
  expect(await world.api.collect(ref, { user_consent })).toMatchObject({
    status: 400,
    body: { errors: [{ field, rule }] },
  });
  await expect(world.ledger(ref)).rejects.toThrow('is not in the ledger');
  expect(world.paysReceived(ref)).toBe(0);
});

test('consent is unknown to a query and to a registration', async () => {
  const ref = world.order();
  for (const answer of [
    await world.api.at('POST', pathOf(ref, 'query'), { service_id: ref.service_id, ...CONSENT }),
    await world.register(ref, CONSENT),
  ])
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: '', rule: 'has fields that are not known here: user_consent' }] },
    });
  expect((await world.api.at('GET', `/v1/merchants/${MCHID}/orders`)).text).not.toContain(ref.out_order_no);
});
