import fc from 'fast-check';
import {
  declineWaitMs,
  infrastructureWaitMs,
  JITTER_MS_MAX,
  jittered,
  PROBE_LADDER,
  probeWaitMs,
  WATCH_DAILY_DAYS,
  WATCH_DAYS_MAX,
  watchAt,
} from '../../lambda/core/ladder';
import { NOW } from './orders';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const NO_COUNTS = [-1, 0.5, 1.5, Number.NaN, Infinity, -Infinity];

describe('after a decline', () => {
  const LADDER = [24, 24, 48, 72, 120, 120, 168];

  test.each([
    [1, 86_400_000],
    [2, 86_400_000],
    [3, 172_800_000],
    [4, 259_200_000],
    [5, 432_000_000],
    [6, 432_000_000],
    [7, 604_800_000],
    [8, 604_800_000],
    [50, 604_800_000],
    [9_007_199_254_740_991, 604_800_000],
  ])('the wait after call %d is %d ms', (n, waitMs) => {
    expect(declineWaitMs(LADDER, n)).toBe(waitMs);
  });

  test('a ladder of one step is that step for ever', () => {
    expect([1, 2, 3].map((n) => declineWaitMs([5], n))).toEqual([18_000_000, 18_000_000, 18_000_000]);
  });

  test('the n-th step is the n-th of the list, and the last one repeats', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 720 }), { minLength: 1, maxLength: 20 }), (ladder) => {
        expect(ladder.map((_, index) => declineWaitMs(ladder, index + 1) / HOUR)).toEqual(ladder);
        expect(declineWaitMs(ladder, ladder.length + 1)).toBe(declineWaitMs(ladder, ladder.length));
      }),
    );
  });

  test('there is no step before the first call, between two, or on a ladder without steps', () => {
    for (const n of [0, ...NO_COUNTS]) expect(() => declineWaitMs(LADDER, n)).toThrow(RangeError);
    expect(() => declineWaitMs([], 1)).toThrow('a ladder of 0 steps has no step 1');
    expect(() => declineWaitMs(LADDER, 0)).toThrow('a ladder of 7 steps has no step 0');
  });
});

describe('after a setback that was not the user’s', () => {
  const LADDER = [1, 5, 30, 120];

  test.each([
    [1, 60_000],
    [2, 300_000],
    [3, 1_800_000],
    [4, 7_200_000],
    [5, 86_400_000],
    [6, 86_400_000],
    [1000, 86_400_000],
  ])('the wait after setback %d in a row is %d ms', (n, waitMs) => {
    expect(infrastructureWaitMs(LADDER, n)).toBe(waitMs);
  });

  test('the n-th step is the n-th of the list, and after the last it is a day', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1440 }), { minLength: 1, maxLength: 10 }), (ladder) => {
        expect(ladder.map((_, index) => infrastructureWaitMs(ladder, index + 1) / MINUTE)).toEqual(ladder);
        expect(infrastructureWaitMs(ladder, ladder.length + 1)).toBe(DAY);
        expect(infrastructureWaitMs(ladder, ladder.length + 2)).toBe(DAY);
      }),
    );
  });

  test('there is no step before the first setback, or between two', () => {
    for (const n of [0, ...NO_COUNTS]) expect(() => infrastructureWaitMs(LADDER, n)).toThrow(RangeError);
  });
});

describe('while an attempt is open', () => {
  test.each([
    [0, 4 * MINUTE],
    [1, 5 * MINUTE],
    [2, 15 * MINUTE],
    [3, HOUR],
    [4, HOUR],
    [26, HOUR],
    [27, 6 * HOUR],
    [34, 6 * HOUR],
    [35, DAY],
    [36, DAY],
    [10_000, DAY],
  ])('after %d questions without an answer the next one comes %d ms later', (unanswered, waitMs) => {
    expect(probeWaitMs(unanswered)).toBe(waitMs);
  });

  test('the ladder is 4, 5 and 15 minutes, 24 times an hour, 8 times six hours, then a day', () => {
    expect(PROBE_LADDER).toEqual([
      { times: 1, waitMs: 240_000 },
      { times: 1, waitMs: 300_000 },
      { times: 1, waitMs: 900_000 },
      { times: 24, waitMs: 3_600_000 },
      { times: 8, waitMs: 21_600_000 },
      { times: 1, waitMs: 86_400_000 },
    ]);
  });

  test('35 questions are asked in three days and 24 minutes, and one a day after that', () => {
    const waits = Array.from({ length: 35 }, (_, unanswered) => probeWaitMs(unanswered));
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(3 * DAY + 24 * MINUTE);
  });

  test('the waits never become shorter, so that no question comes more often than the one before', () => {
    fc.assert(
      fc.property(fc.nat(), (unanswered) => {
        expect(probeWaitMs(unanswered + 1)).toBeGreaterThanOrEqual(probeWaitMs(unanswered));
      }),
    );
  });

  test('less than no question, or a part of one, is no count', () => {
    for (const unanswered of NO_COUNTS) expect(() => probeWaitMs(unanswered)).toThrow(RangeError);
  });
});

describe('what is watched', () => {
  const askedOn = (day: number) => {
    const next = watchAt(NOW, NOW + day * DAY);
    return next === undefined ? undefined : (next - NOW) / DAY;
  };

  test.each([
    [-1, 0],
    [0, 1],
    [0.25, 1.25],
    [33, 34],
    [34, 35],
    [34.5, 35.5],
    [35, 42],
    [35.5, 42.5],
    [166, 173],
    [173, 180],
    [173.5, undefined],
    [180, undefined],
    [400, undefined],
  ])('and was asked about on day %d after completion is asked about again on day %p', (asked, next) => {
    expect(askedOn(asked)).toBe(next);
  });

  test('the last question of days and the last of all are told apart to the millisecond', () => {
    const [daily, last] = [NOW + 35 * DAY, NOW + 180 * DAY];
    expect([WATCH_DAILY_DAYS, WATCH_DAYS_MAX]).toEqual([35, 180]);
    expect(watchAt(NOW, daily - 1)).toBe(daily - 1 + DAY);
    expect(watchAt(NOW, daily)).toBe(daily + 7 * DAY);
    expect(watchAt(NOW, last - 7 * DAY)).toBe(last);
    expect(watchAt(NOW, last - 7 * DAY + 1)).toBeUndefined();
  });

  test('from completion on it is asked about 55 times: 35 days in a row, then 20 weeks', () => {
    const days: number[] = [];
    for (let day = askedOn(0); day !== undefined; day = askedOn(day)) days.push(day);
    expect(days).toHaveLength(55);
    expect(days.slice(33, 37)).toEqual([34, 35, 42, 49]);
    expect(days.at(-1)).toBe(175);
  });
});

describe('a wait is lengthened by chance', () => {
  test.each([
    [86_400_000, 0, 86_400_000],
    [86_400_000, 0.5, 87_300_000],
    [86_400_000, 0.999_999_999_999, 88_199_999],
    [604_800_000, 0.5, 605_700_000],
    [18_000_000, 0.5, 18_900_000],
    [18_000_010, 0.999_999_999_999, 19_800_009],
    [17_999_990, 0.999_999_999_999, 19_799_988],
    [60_000, 0.5, 63_000],
    [10, 0.999, 10],
    [11, 0.95, 12],
    [9, 0.999, 9],
    [0, 0.5, 0],
  ])('%d ms with chance %d: %d ms', (waitMs, chance, longer) => {
    expect(jittered(waitMs, chance)).toBe(longer);
  });

  test('by a tenth and by half an hour at most, never shortened, to whole milliseconds, and the more the greater the chance', () => {
    const waits = fc.integer({ min: 0, max: 180 * DAY });
    const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(waits, chances, chances, (waitMs, one, other) => {
        const longer = jittered(waitMs, one);
        expect(longer).toBeGreaterThanOrEqual(waitMs);
        expect(10 * longer).toBeLessThanOrEqual(11 * waitMs);
        expect(longer - waitMs).toBeLessThanOrEqual(1_800_000);
        expect(Number.isSafeInteger(longer)).toBe(true);
        expect(jittered(waitMs, Math.max(one, other))).toBeGreaterThanOrEqual(longer);
      }),
    );
  });

  test('half an hour is the most that chance adds, however long the wait', () => {
    expect(JITTER_MS_MAX).toBe(1_800_000);
  });

  test.each([1, 1.5, -0.000_001, -1, Number.NaN, Infinity])('%d is no chance', (chance) => {
    expect(() => jittered(1000, chance)).toThrow(new RangeError('chance is not in [0, 1)'));
  });

  test.each([-1, 0.5, Number.NaN, Infinity])('%d is no wait', (waitMs) => {
    expect(() => jittered(waitMs, 0.5)).toThrow(new RangeError('waitMs is not whole milliseconds from 0'));
  });
});
