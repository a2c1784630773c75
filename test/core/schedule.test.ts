import fc from 'fast-check';
import { decide, type QueryBecause } from '../../lambda/core/decide';
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
  /** Why it was asked about, each time. */
  readonly asked: readonly QueryBecause[];
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
  const asked: QueryBecause[] = [];
  const registration = { at: completedAt, completed_at: completedAt, actor: ACTOR };
  let order = planned(newOrder(REF, registration), DEFAULT, completedAt, disturbed(0).chance);
  for (let wake = 0; order.due_at !== undefined; wake += 1) {
    if (wake > WAKES_MAX) throw new Error('it is taken up for ever');
    const { chance, lateMs } = disturbed(wake);
    const now = order.due_at + lateMs;
    const decision = decide(order, DEFAULT, 'schedule', now);
    if (decision.kind === 'query') {
      asked.push(decision.because);
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
  return { attempts, watched: watched.filter((at) => !attempts.includes(at)), asked, order };
}

/** Half of what chance may add to every wait, and 40 s until the sweep has sent it and a worker has it in hand. */
const USUAL: Disturbance = { chance: 0.5, lateMs: 40_000 };
const usually = (completedAt: number): Course => declined(completedAt, () => USUAL);

const beijingClock = (at: number): string =>
  new Date(at + 8 * HOUR).toISOString().slice(0, 19).replace('T', ' ');
const beijingDay = (at: number): string => beijingClock(at).slice(0, 10);
const outsideTheWindow = (attempts: readonly number[]): string[] =>
  attempts.map((at) => beijingClock(at).slice(11)).filter((time) => time < '08:00:00' || time >= '21:00:00');

describe('an order completed on 2 March at noon in Beijing, and always declined', () => {
  const { attempts, watched, asked, order } = usually(beijing('2026-03-02 12:00'));

  test('is attempted eight times, after 24, 24, 24, 48, 72, 120, 120 and 168 hours, the last time on day 25', () => {
    // Each step adds 15 min by chance and 40 s by being late.
    expect(attempts.map(beijingClock)).toEqual([
      '2026-03-03 12:15:40',
      '2026-03-04 12:31:20',
      '2026-03-05 12:47:00',
      '2026-03-07 13:02:40',
      '2026-03-10 13:18:20',
      '2026-03-15 13:34:00',
      '2026-03-20 13:49:40',
      '2026-03-27 14:05:20',
    ]);
    expect(outsideTheWindow(attempts)).toEqual([]);
    expect(attempts.at(-1)).toBeLessThan(beijing('2026-03-28 00:00'));
  });

  test('is asked about on day 20, when the user is told to pay by hand; that is told once', () => {
    expect(watched.map(beijingClock)[0]).toBe('2026-03-22 12:15:40');
    expect(beijingClock(order.exhausting_since ?? 0)).toBe('2026-03-22 12:15:40');
    expect(asked.filter((because) => because === 'exhausting')).toHaveLength(1);
  });

  test('is asked about daily to day 35, weekly to day 180, and then not any more', () => {
    expect(watched.slice(1).map(beijingClock)).toEqual([
      '2026-03-28 14:21:00',
      '2026-03-29 14:36:40',
      '2026-03-30 14:52:20',
      '2026-03-31 15:08:00',
      '2026-04-01 15:23:40',
      '2026-04-02 15:39:20',
      '2026-04-03 15:55:00',
      '2026-04-04 16:10:40',
      '2026-04-05 16:26:20',
      '2026-04-06 16:42:00',
      '2026-04-13 16:57:40',
      '2026-04-20 17:13:20',
      '2026-04-27 17:29:00',
      '2026-05-04 17:44:40',
      '2026-05-11 18:00:20',
      '2026-05-18 18:16:00',
      '2026-05-25 18:31:40',
      '2026-06-01 18:47:20',
      '2026-06-08 19:03:00',
      '2026-06-15 19:18:40',
      '2026-06-22 19:34:20',
      '2026-06-29 19:50:00',
      '2026-07-06 20:05:40',
      '2026-07-13 20:21:20',
      '2026-07-20 20:37:00',
      '2026-07-27 20:52:40',
      // Chance would add what leads out of the window, and adds nothing.
      '2026-08-03 20:53:20',
      '2026-08-10 20:54:00',
      '2026-08-17 20:54:40',
      '2026-08-24 20:55:20',
    ]);
    expect(order).toMatchObject({ status: 'watched', calls: attempts });
    expect(order).not.toHaveProperty('due_at');
    expect(order).not.toHaveProperty('planned_at');
    expect(order.stopped?.because).toBe('exhausted');
    expect(beijingClock(order.stopped?.at ?? 0)).toBe('2026-03-27 14:05:20');
  });
});

test('one completed late in the evening waits for the morning, and its last step would end after day 25', () => {
  const { attempts, watched } = usually(beijing('2026-03-02 22:30'));
  expect(attempts.map(beijingClock)).toEqual([
    '2026-03-04 08:15:40',
    '2026-03-05 08:31:20',
    '2026-03-06 08:47:00',
    '2026-03-08 09:02:40',
    '2026-03-11 09:18:20',
    '2026-03-16 09:34:00',
    '2026-03-21 09:49:40',
  ]);
  expect(watched.map(beijingClock)[0]).toBe('2026-03-22 10:05:20');
});

describe('of orders completed every five minutes of one day, and always declined', () => {
  const MIDNIGHT = beijing('2026-03-02 00:00');
  const completions = Array.from({ length: 288 }, (_, n) => MIDNIGHT + n * 5 * MINUTE);
  const fewer = (course: (completedAt: number) => Course) => {
    const sevens = completions.filter((completed) => {
      const { attempts } = course(completed);
      expect([7, 8]).toContain(attempts.length);
      expect(outsideTheWindow(attempts)).toEqual([]);
      expect(beijingDay(attempts.at(-1) ?? Infinity) <= '2026-03-27').toBe(true);
      return attempts.length === 7;
    });
    return sevens.map((completed) => beijingClock(completed).slice(11, 16));
  };

  test('252 are attempted eight times when nothing comes in between', () => {
    // The steps are 25 days in all. From 21:00 on the first one ends in the closed window and is waited for to the
    // morning of day 2, so that the last one would end on day 26.
    const evening = fewer((completed) => declined(completed));
    expect(completions.length - evening.length).toBe(252);
    expect([evening[0], evening.at(-1)]).toEqual(['21:00', '23:55']);
  });

  test('243 are, with what chance and the sweep usually add', () => {
    // Those 36 again, and nine whose last wait ends less than 40 s before 21:00 on day 25: when a worker has them in
    // hand the window is closed, and it opens on day 26.
    const late = fewer(usually);
    expect(completions.length - late.length).toBe(243);
    expect(late.slice(0, 10)).toEqual([
      '18:55',
      '19:10',
      '19:25',
      '19:40',
      '19:55',
      '20:10',
      '20:25',
      '20:40',
      '20:55',
      '21:00',
    ]);
    expect(late.at(-1)).toBe('23:55');
  });
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

  test('it is attempted at most eight times, not in the first day and not after the end of day 25', () => {
    hold(({ attempts, completed }) => {
      expect(attempts.length).toBeGreaterThan(0);
      expect(attempts.length).toBeLessThanOrEqual(8);
      expect(attempts[0]).toBeGreaterThanOrEqual(completed + DAY);
      expect(beijingDay(attempts.at(-1) ?? Infinity) <= beijingDay(completed + 25 * DAY)).toBe(true);
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
      expect(new Set(attempts.map(beijingDay)).size).toBe(attempts.length);
      expect(outsideTheWindow(attempts)).toEqual([]);
    });
  });

  test('it is asked once more, on day 20, unless an attempt on that day asks anyway', () => {
    hold(({ asked, order, completed }) => {
      expect(asked.filter((because) => because === 'exhausting').length).toBeLessThanOrEqual(1);
      expect(order.exhausting_since).toBeGreaterThanOrEqual(completed + 20 * DAY);
      expect(order.exhausting_since).toBeLessThan(completed + 22 * DAY);
    });
  });

  test('no wait is so long that it has to be asked about meanwhile', () => {
    hold(({ asked }) => {
      expect(asked.filter((because) => because === 'unasked')).toEqual([]);
      expect(asked.length).toBeGreaterThan(8);
    });
  });

  test('it is then asked about every 25 hours to day 35, every week and an hour to day 173, not after day 180', () => {
    hold(({ watched: questions, asked, attempts, completed }) => {
      // Not the question of the exhausting day: an attempt may still be waited for then.
      const watched = questions.slice(-asked.filter((because) => because === 'watch').length);
      const [first = Infinity] = watched;
      // The eighth attempt was waited for, and came too late for the window of the last day.
      expect(first - (attempts.at(-1) ?? 0)).toBeLessThanOrEqual(7 * DAY + HOUR);
      const gaps = watched
        .slice(1)
        .map((at, n) => ({ from: watched[n] ?? 0, waited: at - (watched[n] ?? 0) }));
      for (const { from, waited } of gaps)
        expect(waited).toBeLessThanOrEqual(from < completed + 35 * DAY ? 25 * HOUR : 7 * DAY + HOUR);
      expect(watched.at(-1)).toBeGreaterThan(completed + 173 * DAY);
      expect(watched.at(-1)).toBeLessThan(completed + 180 * DAY + HOUR);
    });
  });
});
