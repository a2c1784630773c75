import fc from 'fast-check';
import {
  afterCall,
  BREAKER_LADDER_MS,
  combined,
  NEXT_TRIAL_MS,
  TRIAL_MS_MAX,
  tripped,
  verdictOf,
  withTrial,
  type Breaker,
  type BreakerVerdict,
} from '../../lambda/core/breaker';

const T = 1_750_000_000_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const NO_AUTH = '商户号该产品权限未开通';

/** Tripped once at T; waits until T + 1 h. */
const WAITING: Breaker = { version: 1, trips: 1, tripped_at: T, until: T + HOUR, because: NO_AUTH };
/** Its trial began at the end of the wait and holds it until T + 75 min. */
const TRYING: Breaker = { ...WAITING, version: 2, trial: { claim_id: 'trial', at: T + HOUR } };
/** The trial was inconclusive a second later. */
const ONCE_MORE: Breaker = { ...WAITING, version: 3, until: T + 65 * MINUTE + 1_000 };
const STATES = { closed: undefined, waiting: WAITING, trying: TRYING, once_more: ONCE_MORE } as const;
type State = keyof typeof STATES;
const TRIPPED = ['waiting', 'trying', 'once_more'] as const;

test('the waits are one hour, six, and a day; a trial is held 15 minutes, the next one follows after 5', () => {
  expect(BREAKER_LADDER_MS).toEqual([3_600_000, 21_600_000, 86_400_000]);
  expect([TRIAL_MS_MAX, NEXT_TRIAL_MS]).toEqual([900_000, 300_000]);
});

describe('whether a collect is let through', () => {
  test.each([T - 1, T, T + 1_000 * HOUR])('what never tripped is closed, at %d', (now) => {
    expect(verdictOf(undefined, 'merchant', now)).toEqual({ kind: 'closed' });
    expect(verdictOf(undefined, 'pair', now)).toEqual({ kind: 'closed' });
  });

  test.each<[State, sinceTripMs: number, openUntilMs: number | 'half_open']>([
    ['waiting', -1, 3_600_000],
    ['waiting', 0, 3_600_000],
    ['waiting', 3_599_999, 3_600_000],
    ['waiting', 3_600_000, 'half_open'],
    ['waiting', 1_000 * HOUR, 'half_open'],
    ['trying', 3_600_000, 4_500_000],
    ['trying', 4_499_999, 4_500_000],
    ['trying', 4_500_000, 'half_open'],
    ['trying', 1_000 * HOUR, 'half_open'],
    ['once_more', 3_601_000, 3_901_000],
    ['once_more', 3_900_999, 3_901_000],
    ['once_more', 3_901_000, 'half_open'],
    ['once_more', 1_000 * HOUR, 'half_open'],
  ])('%s, %d ms after the trip: open until %s', (state, sinceTripMs, openUntilMs) => {
    for (const scope of ['merchant', 'pair'] as const) {
      expect(verdictOf(STATES[state], scope, T + sinceTripMs)).toEqual(
        openUntilMs === 'half_open'
          ? { kind: 'half_open', scope }
          : { kind: 'open', until: T + openUntilMs, scope, because: NO_AUTH },
      );
    }
  });
});

describe('merchant and pair together', () => {
  const closed: BreakerVerdict = { kind: 'closed' };
  const half = (scope: 'merchant' | 'pair'): BreakerVerdict => ({ kind: 'half_open', scope });
  const open = (scope: 'merchant' | 'pair', until: number): BreakerVerdict => ({
    kind: 'open',
    until,
    scope,
    because: NO_AUTH,
  });

  test.each<[string, BreakerVerdict, BreakerVerdict, BreakerVerdict]>([
    ['closed and closed is closed', closed, closed, closed],
    ['closed and half-open tries the pair', closed, half('pair'), half('pair')],
    ['closed and open is open', closed, open('pair', 5), open('pair', 5)],
    ['half-open and closed tries the merchant', half('merchant'), closed, half('merchant')],
    ['half-open and half-open tries the merchant', half('merchant'), half('pair'), half('merchant')],
    ['half-open and open is open', half('merchant'), open('pair', 5), open('pair', 5)],
    ['open and closed is open', open('merchant', 5), closed, open('merchant', 5)],
    ['open and half-open is open', open('merchant', 5), half('pair'), open('merchant', 5)],
    ['of two open ones a later merchant', open('merchant', 6), open('pair', 5), open('merchant', 6)],
    ['of two open ones a later pair', open('merchant', 5), open('pair', 6), open('pair', 6)],
    ['of two open ones as long the merchant', open('merchant', 5), open('pair', 5), open('merchant', 5)],
  ])('%s', (_, merchant, pair, verdict) => {
    expect(combined(merchant, pair)).toEqual(verdict);
  });
});

describe('a configuration fault', () => {
  const fault = (claimedMs: number, atMs: number, because = '401 SIGN_ERROR') => ({
    at: T + atMs,
    claimed_at: T + claimedMs,
    because,
  });

  test('trips what was closed, for one hour from when it is known', () => {
    expect(tripped(undefined, fault(-10_000, 0, NO_AUTH))).toEqual(WAITING);
  });

  test.each<[State, claimedMs: number, atMs: number, why: string]>([
    ['waiting', -1, 0, 'in flight when it tripped'],
    ['waiting', -1, 3_600_000, 'in flight when it tripped, known after the wait'],
    ['waiting', 0, 9_000, 'claimed in the moment of the trip'],
    ['waiting', 1, 9_000, 'claimed by a worker that had read the breaker before'],
    ['waiting', 3_599_999, 3_600_000, 'claimed in the last moment of the wait'],
    ['trying', -1, 3_600_001, 'in flight when it tripped, known during the trial'],
    ['trying', 3_599_999, 3_600_001, 'claimed in the last moment of the wait, known during the trial'],
    ['once_more', 3_600_000, 3_601_000, 'claimed before the trial that was inconclusive ended'],
    ['once_more', 3_900_999, 3_901_000, 'claimed in the last moment before the next trial'],
  ])('counts once a trip: %s, %d ms, known at %d ms: %s', (state, claimedMs, atMs) => {
    const before = STATES[state];
    expect(tripped(before, fault(claimedMs, atMs))).toBe(before);
  });

  test.each<[State, claimedMs: number, atMs: number, version: number]>([
    ['waiting', 3_600_000, 3_600_000, 2],
    ['waiting', 9_000_000, 9_000_100, 2],
    ['trying', 3_600_000, 3_600_100, 3],
    ['trying', 3_600_000, 4_500_000, 3],
    ['once_more', 3_901_000, 3_901_100, 4],
  ])('of a trial climbs to six hours, ends the trial and says why: %s, %d ms', (state, ms, atMs, version) => {
    expect(tripped(STATES[state], fault(ms, atMs))).toEqual({
      version,
      trips: 2,
      tripped_at: T + atMs,
      until: T + atMs + 21_600_000,
      because: '401 SIGN_ERROR',
    });
  });

  test('after the third trip in a row, a trial a day', () => {
    const waits: number[] = [];
    let breaker: Breaker | undefined;
    for (let trip = 0; trip < 6; trip += 1) {
      const at = (breaker?.until ?? T) + 500;
      breaker = tripped(breaker, { at, claimed_at: at - 400, because: NO_AUTH });
      waits.push(breaker.until - at);
    }
    expect(waits).toEqual([3_600_000, 21_600_000, 86_400_000, 86_400_000, 86_400_000, 86_400_000]);
    expect(breaker).toMatchObject({ version: 6, trips: 6 });
  });

  test.each([
    ['a'.repeat(300), 'a'.repeat(300)],
    ['a'.repeat(301), 'a'.repeat(300)],
    ['未'.repeat(500), '未'.repeat(300)],
    [`${'a'.repeat(298)}😀`, `${'a'.repeat(298)}😀`],
    [`${'a'.repeat(299)}😀`, 'a'.repeat(299)],
    ['', ''],
  ])('is told in at most 300 characters, none of them halved: %j', (because, told) => {
    expect(tripped(undefined, fault(0, 0, because)).because).toBe(told);
  });
});

describe('a trial', () => {
  test.each<[(typeof TRIPPED)[number], atMs: number, version: number]>([
    ['waiting', 3_600_000, 2],
    ['waiting', 1_000 * HOUR, 2],
    ['trying', 4_500_000, 3],
    ['once_more', 3_901_000, 4],
  ])('begins when the wait, or the trial before it, is over: %s, %d ms', (state, atMs, version) => {
    const trial = { claim_id: 'next', at: T + atMs };
    expect(withTrial(STATES[state], trial)).toEqual({
      version,
      trips: 1,
      tripped_at: T,
      until: STATES[state].until,
      because: NO_AUTH,
      trial: { claim_id: 'next', at: T + atMs },
    });
  });

  test.each<[(typeof TRIPPED)[number], atMs: number, untilMs: number]>([
    ['waiting', 0, 3_600_000],
    ['waiting', 3_599_999, 3_600_000],
    ['trying', 3_600_000, 4_500_000],
    ['trying', 4_499_999, 4_500_000],
    ['once_more', 3_900_999, 3_901_000],
  ])('never begins before: %s, %d ms', (state, atMs, untilMs) => {
    expect(() => withTrial(STATES[state], { claim_id: 'next', at: T + atMs })).toThrow(
      `No trial may begin at ${T + atMs}: the breaker is open until ${T + untilMs}`,
    );
  });
});

describe('a call that met no configuration fault', () => {
  const call = (claim_id: string, claimedMs: number, atMs: number) => ({
    claim_id,
    claimed_at: T + claimedMs,
    at: T + atMs,
  });

  test.each(['served', 'inconclusive'] as const)('%s, leaves closed what is closed', (came_to) => {
    expect(afterCall(undefined, { ...call('any', 0, 100), came_to })).toBeUndefined();
  });

  test.each<[claimedMs: number, atMs: number, why: string]>([
    [3_600_000, 3_600_200, 'in time'],
    [3_600_000, 9_000_000, 'later than it held the trial, and nobody took over'],
    [-1, 3_600_200, 'of an order claimed long before'],
  ])('served as the trial, closes: claimed at %d ms, known at %d ms, %s', (claimedMs, atMs) => {
    expect(afterCall(TRYING, { ...call('trial', claimedMs, atMs), came_to: 'served' })).toBeUndefined();
  });

  test.each<[atMs: number, untilMs: number]>([
    [3_600_200, 3_900_200],
    [9_000_000, 9_300_000],
  ])('inconclusive as the trial, known at %d ms, ends it: the next is from %d ms on', (atMs, untilMs) => {
    expect(afterCall(TRYING, { ...call('trial', 3_600_000, atMs), came_to: 'inconclusive' })).toEqual({
      version: 3,
      trips: 1,
      tripped_at: T,
      until: T + untilMs,
      because: NO_AUTH,
    });
  });

  test.each(TRIPPED)('served, not the trial, closes only if claimed after the trip: %s', (state) => {
    const before = STATES[state];
    const served = (claimedMs: number) =>
      afterCall(before, { ...call('other', claimedMs, 3_600_300), came_to: 'served' });
    expect(served(-1)).toBe(before);
    expect(served(0)).toBe(before);
    expect(served(1)).toBeUndefined();
    expect(served(3_600_000)).toBeUndefined();
  });

  test.each(TRIPPED)('inconclusive, not the trial, changes nothing whenever it was claimed: %s', (state) => {
    const before = STATES[state];
    for (const claimedMs of [-1, 0, 1, 3_599_999, 3_600_000, 9_000_000]) {
      const report = { ...call('other', claimedMs, 9_000_100), came_to: 'inconclusive' as const };
      expect(afterCall(before, report)).toBe(before);
    }
  });
});

interface Call {
  readonly claim_id: string;
  readonly claimed_at: number;
}

type Step =
  /** A worker that asks the breaker first, and one that does not. */
  | { readonly kind: 'collect' | 'collect_unasked' }
  /** One of the calls in flight is reported, in any order. */
  | { readonly kind: 'report'; readonly which: number; readonly as: 'fault' | 'served' | 'inconclusive' };

interface History {
  readonly trials: number;
  /** Trials that began while another one, neither reported nor 15 minutes old, was under way. */
  readonly overlaps: number;
  /** Of each stretch in which the breaker was not closed: the wait after each trip. */
  readonly stretches: readonly (readonly number[])[];
  /** By how much the version moved with each change, and without one. */
  readonly versionSteps: { readonly changed: ReadonlySet<number>; readonly same: ReadonlySet<number> };
}

function play(script: readonly (readonly [waitMs: number, step: Step])[]): History {
  let breaker: Breaker | undefined;
  let now = T;
  let claims = 0;
  let overlaps = 0;
  const inFlight: Call[] = [];
  const trials: Call[] = [];
  const stretches: number[][] = [];
  const changed = new Set<number>();
  const same = new Set<number>();
  const become = (next: Breaker | undefined): void => {
    if (next !== undefined) (next === breaker ? same : changed).add(next.version - (breaker?.version ?? 0));
    breaker = next;
  };
  const collect = (asked: boolean): void => {
    const verdict = verdictOf(breaker, 'pair', now).kind;
    if (asked && verdict === 'open') return;
    claims += 1;
    const call: Call = { claim_id: `c${claims}`, claimed_at: now };
    if (asked && breaker !== undefined) {
      const underWay = trials.filter((one) => inFlight.includes(one) && now - one.claimed_at < 900_000);
      overlaps += underWay.length;
      trials.push(call);
      become(withTrial(breaker, { claim_id: call.claim_id, at: now }));
    }
    inFlight.push(call);
  };
  const report = (which: number, as: 'fault' | 'served' | 'inconclusive'): void => {
    const [call] = inFlight.splice(which % Math.max(inFlight.length, 1), 1);
    if (call === undefined) return;
    if (as !== 'fault') return become(afterCall(breaker, { ...call, at: now, came_to: as }));
    const before: Breaker | undefined = breaker;
    const next = tripped(before, { at: now, claimed_at: call.claimed_at, because: NO_AUTH });
    if (before === undefined) stretches.push([]);
    if (next !== before) stretches.at(-1)?.push(next.until - now);
    become(next);
  };
  for (const [waitMs, step] of script) {
    now += waitMs;
    if (step.kind === 'report') report(step.which, step.as);
    else collect(step.kind === 'collect');
  }
  return { trials: trials.length, overlaps, stretches, versionSteps: { changed, same } };
}

describe('whatever is tried, reported and lost, in whatever order', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 10, arbitrary: fc.constant({ kind: 'collect' } as const) },
    { weight: 1, arbitrary: fc.constant({ kind: 'collect_unasked' } as const) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('report' as const),
        which: fc.nat(20),
        as: fc.constantFrom('fault', 'fault', 'fault', 'fault', 'inconclusive', 'served'),
      }),
    },
  );
  const waitMs = fc.oneof(
    fc.constantFrom(0, 1, 5 * MINUTE, 15 * MINUTE - 1, 15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR),
    fc.integer({ min: 0, max: 20 * MINUTE }),
    fc.integer({ min: 0, max: 25 * HOUR }),
  );
  const script = fc.array(fc.tuple(waitMs, step), { minLength: 20, maxLength: 60, size: 'max' });

  test('one trial is under way at a time, the waits follow the ladder, and every change moves the version by one', () => {
    let trials = 0;
    let longest = 0;
    fc.assert(
      fc.property(script, (steps) => {
        const history = play(steps);
        trials += history.trials;
        expect(history.overlaps).toBe(0);
        for (const waits of history.stretches) {
          longest = Math.max(longest, waits.length);
          const days = Array.from(waits.slice(3), () => 86_400_000);
          expect(waits).toEqual([3_600_000, 21_600_000, 86_400_000].slice(0, waits.length).concat(days));
        }
        expect([...history.versionSteps.changed].filter((by) => by !== 1)).toEqual([]);
        expect([...history.versionSteps.same].filter((by) => by !== 0)).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
    // Were scripts played that never try or never climb, the test would show nothing.
    expect(trials).toBeGreaterThan(10_000);
    expect(longest).toBeGreaterThan(4);
  });
});
