import fc from 'fast-check';
import { decide } from '../../lambda/core/decide';
import { newOrder, type Order } from '../../lambda/core/order';
import { planned } from '../../lambda/core/plan';
import {
  ACTOR,
  after,
  around,
  beijing,
  claim,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  observed,
  REF,
  settle,
} from './orders';

/** What comes between the plan and what is done: how much chance adds to a wait, and how late the sweep is. */
interface Disturbance {
  readonly chance: number;
  readonly lateMs: number;
}

interface Course {
  readonly attempts: readonly number[];
  /** Questions that no collection followed. */
  readonly watched: readonly number[];
  readonly order: Order;
}

const CALM: Disturbance = { chance: 0, lateMs: 0 };
const DEFAULT = around();
/** More than an order is ever taken up, so that one that is taken up for ever is found. */
const WAKES_MAX = 500;

/** An order whose every attempt is declined, from its registration until nothing is left to ask. */
function declined(completedAt: number, disturbed: (wake: number) => Disturbance = () => CALM): Course {
  const attempts: number[] = [];
  const watched: number[] = [];
  const registration = { at: completedAt, completed_at: completedAt, actor: ACTOR };
  let order = planned(newOrder(REF, registration), DEFAULT, completedAt, 0);
  for (let wake = 0; order.due_at !== undefined; wake += 1) {
    if (wake > WAKES_MAX) throw new Error('it is taken up for ever');
    const { chance, lateMs } = disturbed(wake);
    const now = order.due_at + lateMs;
    if (decide(order, DEFAULT, 'schedule', now).kind === 'query') {
      order = after(order, observed('pending', now));
      watched.push(now);
    }
    if (decide(order, DEFAULT, 'schedule', now).kind === 'collect') {
      const open = claimAt(now, `c${attempts.length}`);
      order = after(order, claim(open), settle('declined', open, now));
      attempts.push(now);
    }
    order = planned(order, DEFAULT, now, chance);
  }
  return { attempts, watched: watched.filter((at) => !attempts.includes(at)), order };
}

const days = (from: string, every: number, count: number): number[] =>
  Array.from({ length: count }, (_, n) => beijing(from) + n * every * DAY);

describe('an order completed on 2 March at noon in Beijing, and always declined', () => {
  const { attempts, watched, order } = declined(beijing('2026-03-02 12:00'));

  test('is attempted eight times, after 24, 24, 24, 48, 72, 120, 120 and 168 hours, the last time on day 25', () => {
    expect(attempts).toEqual(
      [
        '2026-03-03 12:00',
        '2026-03-04 12:00',
        '2026-03-05 12:00',
        '2026-03-07 12:00',
        '2026-03-10 12:00',
        '2026-03-15 12:00',
        '2026-03-20 12:00',
        '2026-03-27 12:00',
      ].map(beijing),
    );
  });

  test('is asked about daily to day 35, weekly to day 180, and then not any more', () => {
    expect(watched).toEqual([...days('2026-03-28 12:00', 1, 10), ...days('2026-04-13 12:00', 7, 20)]);
    expect(watched.at(-1)).toBe(beijing('2026-08-24 12:00'));
    expect(order).toMatchObject({ status: 'watched', calls: attempts });
    expect(order).not.toHaveProperty('due_at');
    expect(order).not.toHaveProperty('planned_at');
  });
});

test('one completed late in the evening waits for the morning, and its last step would end after day 25', () => {
  const { attempts, watched } = declined(beijing('2026-03-02 22:30'));
  expect(attempts).toEqual(
    [
      '2026-03-04 08:00',
      '2026-03-05 08:00',
      '2026-03-06 08:00',
      '2026-03-08 08:00',
      '2026-03-11 08:00',
      '2026-03-16 08:00',
      '2026-03-21 08:00',
    ].map(beijing),
  );
  expect(watched[0]).toBe(beijing('2026-03-22 08:00'));
});

describe('whenever it was completed, whatever chance adds and however late the sweep is', () => {
  const ANY = beijing('2026-03-02 00:00');
  const LADDER_HOURS = [24, 24, 48, 72, 120, 120, 168];
  const completions = fc.integer({ min: ANY, max: ANY + 7 * DAY });
  const disturbances = fc.array(
    fc.record({
      chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20 * MINUTE })),
    }),
    { minLength: 1, maxLength: 20 },
  );
  const courses = fc.tuple(completions, disturbances).map(([completed, list]) => ({
    completed,
    ...declined(completed, (wake) => list[wake % list.length] ?? CALM),
  }));
  const hold = (rule: (course: Course & { readonly completed: number }) => void) =>
    fc.assert(fc.property(courses, rule), { numRuns: 150 });
  const beijingClock = (at: number) => new Date(at + 8 * HOUR).toISOString();

  test('it is attempted at most eight times, not in the first day and not after day 25', () => {
    hold(({ attempts, completed }) => {
      expect(attempts.length).toBeGreaterThan(0);
      expect(attempts.length).toBeLessThanOrEqual(8);
      expect(attempts[0]).toBeGreaterThanOrEqual(completed + DAY);
      expect(attempts.at(-1)).toBeLessThanOrEqual(completed + 25 * DAY);
    });
  });

  test('each attempt follows the last one by its step of the ladder, by six hours at least', () => {
    hold(({ attempts }) => {
      attempts.slice(1).forEach((at, n) => {
        const waited = at - (attempts[n] ?? Infinity);
        expect(waited).toBeGreaterThanOrEqual((LADDER_HOURS[n] ?? Infinity) * HOUR);
        expect(waited).toBeGreaterThanOrEqual(6 * HOUR);
      });
    });
  });

  test('no two are on one day, and all between 08:00 and 21:00, in Beijing', () => {
    hold(({ attempts }) => {
      const dates = attempts.map((at) => beijingClock(at).slice(0, 10));
      expect(new Set(dates).size).toBe(dates.length);
      const hours = attempts.map((at) => Number(beijingClock(at).slice(11, 13)));
      expect(hours.filter((hour) => hour < 8 || hour >= 21)).toEqual([]);
    });
  });

  test('it is then asked about at least every 31 hours to day 35, every 8 days to day 172, and not after day 182', () => {
    hold(({ watched, attempts, completed }) => {
      const asked = [attempts.at(-1) ?? 0, ...watched];
      const gaps = asked.slice(1).map((at, n) => ({ from: asked[n] ?? 0, waited: at - (asked[n] ?? 0) }));
      for (const { from, waited } of gaps)
        expect(waited).toBeLessThanOrEqual(from < completed + 35 * DAY ? 31 * HOUR : 8 * DAY);
      expect(asked.at(-1)).toBeGreaterThan(completed + 172 * DAY);
      expect(asked.at(-1)).toBeLessThan(completed + 182 * DAY);
    });
  });
});
