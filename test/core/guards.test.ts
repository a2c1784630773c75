import { decide, type Around, type Occasion } from '../../lambda/core/decide';
import { WAITS, waitsOf, type WaitBecause } from '../../lambda/core/guards';
import type { Order } from '../../lambda/core/order';
import { ACTOR, around, beijing, DAY, HOUR, MINUTE, NOW, orderWith, saw } from './orders';

/** Until when each guard keeps the order back. */
function waits(
  order: Partial<Order>,
  within: Around = around(),
  occasion: Occasion = 'schedule',
  now = NOW,
): Partial<Record<WaitBecause, number>> {
  const found = waitsOf(orderWith(order), within, occasion, now);
  return Object.fromEntries(found.map(({ because, until }) => [because, until]));
}
const COMPLETED = NOW - 10 * DAY;

test('an order that was never called is kept back by its first attempt alone: a day after completion', () => {
  expect(waits({})).toEqual({ first_attempt: COMPLETED + DAY });
  expect(waits({}, around({ first_attempt_after_hours: 0 }))).toEqual({ first_attempt: COMPLETED });
  expect(waits({}, around({ first_attempt_after_hours: 720 }))).toEqual({
    first_attempt: COMPLETED + 30 * DAY,
  });
});

describe('the gap', () => {
  test('counts from the claim of the last call', () => {
    expect(waits({ calls: [NOW - 5 * DAY, NOW - HOUR] }).gap).toBe(NOW + 5 * HOUR);
    expect(waits({ calls: [NOW - HOUR] }, around({ min_gap_minutes: 90 })).gap).toBe(NOW + 30 * MINUTE);
  });

  test('is never less than WeChat Pay’s lock, whatever the policy says', () => {
    expect(waits({ calls: [NOW] }, around({ min_gap_minutes: 1 })).gap).toBe(NOW + 3 * MINUTE);
  });
});

test('the lock counts from the last moment at which a call may have left, whatever came of it', () => {
  expect(waits({ last_sent_at: NOW }).lock).toBe(NOW + 3 * MINUTE);
  expect(waits({ last_sent_at: NOW, calls: [] })).not.toHaveProperty('gap');
});

describe('the cap of a day', () => {
  const today = (time: string) => beijing(`2026-03-02 ${time}`);

  test('keeps the order back until the next day begins in the policy’s time zone', () => {
    expect(waits({ calls: [today('00:00')] }).day_cap).toBe(beijing('2026-03-03 00:00'));
    expect(waits({ calls: [today('00:00') - 1] })).not.toHaveProperty('day_cap');
    const london = around({ time_zone: 'Europe/London' });
    expect(waits({ calls: [today('00:00')] }, london)).not.toHaveProperty('day_cap');
    expect(waits({ calls: [today('08:00')] }, london).day_cap).toBe(beijing('2026-03-03 08:00'));
  });

  test('counts every call of the day, and only those', () => {
    const calls = [NOW - 2 * DAY, today('01:00'), today('07:00')];
    expect(waits({ calls }, around({ attempts_per_day_max: 3 }))).not.toHaveProperty('day_cap');
    expect(waits({ calls }, around({ attempts_per_day_max: 2 })).day_cap).toBe(beijing('2026-03-03 00:00'));
  });
});

describe('the cap of 30 days', () => {
  const calls = [40, 29, 20, 10].map((days) => NOW - days * DAY);

  test('keeps the order back until the oldest of so many calls is 30 days old', () => {
    expect(waits({ calls }, around({ attempts_per_30_days_max: 3 })).month_cap).toBe(NOW + DAY);
    expect(waits({ calls }, around({ attempts_per_30_days_max: 1 })).month_cap).toBe(NOW + 20 * DAY);
  });

  test('does not bind an order with fewer calls, and is over for one whose calls are old enough', () => {
    expect(waits({ calls }, around({ attempts_per_30_days_max: 5 }))).not.toHaveProperty('month_cap');
    expect(waits({ calls }, around({ attempts_per_30_days_max: 4 })).month_cap).toBe(NOW - 10 * DAY);
  });
});

describe('what is decided for the merchant as a whole', () => {
  test('a breaker that is open, until it tries again; a half-open one lets the trial through', () => {
    const open = { kind: 'open', until: NOW + HOUR, scope: 'pair', because: 'NO_AUTH' } as const;
    expect(waits({}, around({}, { breaker: open })).breaker).toBe(NOW + HOUR);
    const halfOpen = around({}, { breaker: { kind: 'half_open', scope: 'merchant' } });
    expect(waits({}, halfOpen)).not.toHaveProperty('breaker');
  });

  test('a rate that is used up, until there is some again', () => {
    expect(waits({}, around({}, { budget_until: NOW + 10_000 })).budget).toBe(NOW + 10_000);
  });
});

describe('the ladders', () => {
  const calls = (count: number) => Array.from({ length: count }, (_, n) => NOW - (count - 1 - n) * DAY);

  test('of declines counts the calls that were burned, from the last of them', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 9].map((count) => waits({ calls: calls(count) }).decline_ladder)).toEqual(
      [24, 24, 48, 72, 120, 120, 168, 168].map((hours) => NOW + hours * HOUR),
    );
  });

  test('of infrastructure counts the setbacks in a row, from the last of them, and no call', () => {
    const after = (count: number) => waits({ setbacks: { count, at: NOW } });
    expect([1, 2, 3, 4, 5].map((count) => after(count).infrastructure_ladder)).toEqual([
      NOW + MINUTE,
      NOW + 5 * MINUTE,
      NOW + 30 * MINUTE,
      NOW + 2 * HOUR,
      NOW + DAY,
    ]);
    expect(after(3)).not.toHaveProperty('decline_ladder');
  });
});

describe('what an occasion lifts', () => {
  /** Every guard keeps it back. */
  const order: Partial<Order> = {
    registration: { at: NOW, actor: ACTOR },
    calls: [NOW],
    last_sent_at: NOW,
    setbacks: { count: 1, at: NOW },
  };
  const within = around(
    { attempts_per_30_days_max: 1 },
    { breaker: { kind: 'open', until: NOW + HOUR, scope: 'pair', because: 'x' }, budget_until: NOW + 1 },
  );
  const FLOORS: readonly WaitBecause[] = ['gap', 'lock', 'day_cap', 'month_cap', 'breaker', 'budget'];

  test.each<[Occasion, readonly WaitBecause[]]>([
    ['schedule', [...FLOORS, 'first_attempt', 'decline_ladder', 'infrastructure_ladder']],
    ['demand', [...FLOORS, 'first_attempt']],
    ['consent', FLOORS],
  ])('on %s these keep it back: %j', (occasion, bound) => {
    expect(Object.keys(waits(order, within, occasion))).toEqual(bound);
  });
});

test('every wait has a sentence, and says which key of the policy sets it where one does', () => {
  expect(Object.keys(WAITS)).toHaveLength(13);
  const keyOf = (because: WaitBecause) => /\((\w+)\)\.$/.exec(WAITS[because])?.[1];
  expect(
    (
      ['gap', 'first_attempt', 'decline_ladder', 'infrastructure_ladder', 'day_cap', 'month_cap'] as const
    ).map(keyOf),
  ).toEqual([
    'min_gap_minutes',
    'first_attempt_after_hours',
    'decline_ladder_hours',
    'infrastructure_ladder_minutes',
    'attempts_per_day_max',
    'attempts_per_30_days_max',
  ]);
});

test('of two waits that end at the same moment the one that nobody can give up is told', () => {
  const within = around({ min_gap_minutes: 360, decline_ladder_hours: [6], attempts_per_day_max: 2 });
  const order = orderWith({ calls: [NOW], observed: saw('pending', NOW) });
  expect(decide(order, within, 'schedule', NOW)).toMatchObject({ until: NOW + 6 * HOUR, because: 'gap' });
});
