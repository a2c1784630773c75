import fc from 'fast-check';
import type { DayWindow, Weekday } from '../../lambda/core/calendar';
import { spellFault } from '../../lambda/core/faults';
import {
  DEFAULT_POLICY,
  effectivePolicy,
  parsePolicyLayer,
  POLICY_RULES,
  policyFaults,
  type PolicyKey,
  type PolicyLayer,
  type StoredLayer,
} from '../../lambda/core/policy';

const KEYS = Object.keys(DEFAULT_POLICY) as PolicyKey[];

/** The faults of what a caller handed in, spelled; none when it was taken. */
const faultsOf = (input: unknown): string[] => {
  const parsed = parsePolicyLayer(input);
  return parsed.ok ? [] : parsed.faults.map(spellFault);
};

const wholeFaults = (changes: PolicyLayer): string[] =>
  policyFaults({ ...DEFAULT_POLICY, ...changes }).map(spellFault);

const DAY = { from: '08:00', to: '21:00' };

/** A window as `22:00-02:00 sat sun`. */
function during(text: string): DayWindow {
  const [from, to, ...weekdays] = text.split(/[- ]/) as [string, string, ...Weekday[]];
  return weekdays.length === 0 ? { from, to } : { from, to, weekdays };
}

function said(level: StoredLayer['level'], version: number, layer: PolicyLayer): StoredLayer {
  return { level, version, layer };
}

function forAll<T>(values: fc.Arbitrary<T>, holds: (value: T) => void): void {
  fc.assert(fc.property(values, holds));
}

test('whoever says nothing gets a policy that puts the user first', () => {
  expect(DEFAULT_POLICY).toEqual({
    first_attempt_after_hours: 24,
    time_zone: 'Asia/Shanghai',
    windows: [{ from: '08:00', to: '21:00' }],
    quiet_hours: [],
    avoid_dates: [],
    min_gap_minutes: 360,
    attempts_per_day_max: 1,
    attempts_per_30_days_max: 8,
    attempts_max: 8,
    exhausting_day: 20,
    last_attempt_day: 25,
    decline_ladder_hours: [24, 24, 48, 72, 120, 120, 168],
    infrastructure_ladder_minutes: [1, 5, 30, 120],
  });
  expect(parsePolicyLayer(DEFAULT_POLICY)).toEqual({ ok: true, layer: DEFAULT_POLICY });
  expect(policyFaults(DEFAULT_POLICY)).toEqual([]);
});

test('every key has its rule, and every rule is a sentence', () => {
  expect(Object.keys(POLICY_RULES).toSorted()).toEqual(KEYS.toSorted());
  const meanings = Object.values(POLICY_RULES).map(({ meaning }) => meaning);
  expect(meanings.filter((meaning) => !/^[A-Z].{15,}\.$/.test(meaning))).toEqual([]);
  expect(new Set(meanings).size).toBe(13);
});

describe('a layer', () => {
  test('may say nothing, or any of the keys', () => {
    const layer = { attempts_max: 3, windows: [{ from: '22:00', to: '02:00', weekdays: ['sat', 'sun'] }] };
    const bare: unknown = Object.assign(Object.create(null) as object, layer);
    expect(parsePolicyLayer({})).toEqual({ ok: true, layer: {} });
    for (const input of [layer, bare]) expect(parsePolicyLayer(input)).toEqual({ ok: true, layer });
  });

  test('is what the caller wrote; what it inherits is no part of it', () => {
    const parsed = parsePolicyLayer(Object.create({ min_gap_minutes: 0, nonsense: 1 }));
    expect(parsed).toEqual({ ok: true, layer: {} });
    expect(parsed.ok && parsed.layer.min_gap_minutes).toBeUndefined();
  });

  test('is an object, and nothing else is read as one', () => {
    const others = [undefined, null, true, 7, '{}', [], [{ attempts_max: 3 }], () => ({}), new Map()];
    for (const input of others) expect(faultsOf(input)).toEqual(['is not an object']);
  });

  test('has every one of its faults named at once', () => {
    const windows = [DAY, { from: '8:00', to: '25:00', weekdays: [] }];
    expect(faultsOf({ attempts_max: 51, windows, nonsense: 1, exhausting_day: '20' })).toEqual([
      'nonsense is not known here',
      'windows[1].from is not a time from 00:00 to 23:59',
      'windows[1].to is not a time from 00:00 to 24:00',
      'windows[1].weekdays is not a list of 1 to 7',
      'attempts_max is not a whole number from 1 to 50',
      'exhausting_day is not a whole number from 1 to 180',
    ]);
  });

  test('shows in its faults no value that was handed in', () => {
    const secret = 'hunter2';
    const inputs = KEYS.flatMap((key) => [{ [key]: secret }, { [key]: [secret] }, { [key]: [[secret]] }]);
    expect(inputs.flatMap(faultsOf).length).toBeGreaterThanOrEqual(39);
    expect(inputs.flatMap(faultsOf).filter((fault) => fault.includes(secret))).toEqual([]);
  });
});

describe('a key that is not known', () => {
  test.each([
    ['min_gap_minute', '; did you mean min_gap_minutes?'],
    ['minGapMinutes', '; did you mean min_gap_minutes?'],
    ['timezone', '; did you mean time_zone?'],
    ['quiet_hour', '; did you mean quiet_hours?'],
    ['gapMs', ''],
    ['constructor', ''],
  ])('%s is refused%s', (key, hint) => {
    expect(faultsOf({ [key]: 1 })).toEqual([`${key} is not known here${hint}`]);
  });

  test('__proto__ is refused like any other, and nothing is polluted', () => {
    const input: unknown = JSON.parse('{"__proto__":{"attempts_max":50},"attempts_max":3}');
    expect(faultsOf(input)).toEqual(['__proto__ is not known here']);
    expect(({} as PolicyLayer).attempts_max).toBeUndefined();
  });

  test('is refused whatever it is called and whatever its value', () => {
    const unknown = fc.string().filter((key) => !(KEYS as string[]).includes(key));
    forAll(fc.tuple(unknown, fc.jsonValue()), ([key, value]) => {
      const rule: unknown = expect.stringMatching(/^is not known here/);
      const parsed = parsePolicyLayer(Object.fromEntries([[key, value]]));
      expect(parsed).toEqual({ ok: false, faults: [{ field: key, rule }] });
    });
  });
});

describe('the bounds', () => {
  const NO_NUMBERS = [Number.NaN, Infinity, -Infinity, 1.5, '5', '', null, undefined, true, [5], {}, 5n];

  test.each([
    ['first_attempt_after_hours', 0, 720],
    ['min_gap_minutes', 3, 43_200],
    ['attempts_per_day_max', 1, 24],
    ['attempts_per_30_days_max', 1, 50],
    ['attempts_max', 1, 50],
    ['exhausting_day', 1, 180],
    ['last_attempt_day', 1, 180],
  ])('%s is a whole number from %d to %d', (key, min, max) => {
    const fault = [`${key} is not a whole number from ${min} to ${max}`];
    for (const value of [min, max, min + 1, max - 1]) expect(faultsOf({ [key]: value })).toEqual([]);
    for (const value of [min - 1, max + 1, ...NO_NUMBERS]) expect(faultsOf({ [key]: value })).toEqual(fault);
  });

  test.each([
    ['decline_ladder_hours', 20, 720],
    ['infrastructure_ladder_minutes', 10, 1440],
  ])('%s is a list of 1 to %d whole numbers from 1 to %d', (key, steps, max) => {
    const list = (length: number) => Array<number>(length).fill(1);
    for (const value of [list(1), list(steps), [1, max], [max, 1]])
      expect(faultsOf({ [key]: value })).toEqual([]);
    for (const value of [[], list(steps + 1), 5, '1,5', null, undefined, { length: 1, 0: 1 }])
      expect(faultsOf({ [key]: value })).toEqual([`${key} is not a list of 1 to ${steps}`]);
    for (const step of [0, max + 1, ...NO_NUMBERS])
      expect(faultsOf({ [key]: [1, step] })).toEqual([`${key}[1] is not a whole number from 1 to ${max}`]);
  });

  test('a step that was left out is a fault, not a step to skip', () => {
    const fault = 'decline_ladder_hours[1] is not a whole number from 1 to 720';
    expect(faultsOf({ decline_ladder_hours: Object.assign([1], { 2: 3 }) })).toEqual([fault]);
  });

  test.each(['windows', 'quiet_hours'])('%s are at most 20, and may be none', (key) => {
    const list = (length: number) => Array.from({ length }, () => DAY);
    for (const value of [[], list(1), list(20)]) expect(faultsOf({ [key]: value })).toEqual([]);
    for (const value of [list(21), '08:00-09:00', DAY, null])
      expect(faultsOf({ [key]: value })).toEqual([`${key} is not a list of 0 to 20`]);
  });

  test('dates to avoid are at most 400, each one that exists; a list too long is one fault', () => {
    const list = (length: number, date: string) => Array<string>(length).fill(date);
    for (const avoid_dates of [[], ['2028-02-29'], list(400, '2026-10-01')])
      expect(faultsOf({ avoid_dates })).toEqual([]);
    for (const avoid_dates of [list(401, '2026-10-01'), list(100_000, 'never')])
      expect(faultsOf({ avoid_dates })).toEqual(['avoid_dates is not a list of 0 to 400']);
    const fault = 'avoid_dates[1] is not a date such as 2026-10-01';
    for (const date of ['2026-02-29', '2026-10-1', '20261001', '2026-10-01T00:00', '', 20_261_001, null])
      expect(faultsOf({ avoid_dates: ['2026-10-01', date] })).toEqual([fault]);
  });

  test('the time zone is one that exists', () => {
    for (const time_zone of ['Asia/Shanghai', 'Asia/Urumqi', 'UTC'])
      expect(faultsOf({ time_zone })).toEqual([]);
    for (const time_zone of ['Asia/Beijing', 'Mars/Olympus', '', 8, null, ['UTC']])
      expect(faultsOf({ time_zone })).toEqual(['time_zone is not a time zone such as Asia/Shanghai']);
  });
});

describe.each(['windows', 'quiet_hours'])('of %s, each', (key) => {
  const faults = (window: unknown) => faultsOf({ [key]: [DAY, window] });
  const NO_OBJECT = `${key}[1] is not an object`;
  const NOT_FROM = `${key}[1].from is not a time from 00:00 to 23:59`;
  const NOT_TO = `${key}[1].to is not a time from 00:00 to 24:00`;
  const SAME = `${key}[1].to is the same as from; the whole day is 00:00 to 24:00`;
  const NOT_DAYS = `${key}[1].weekdays is not a list of 1 to 7`;
  const NOT_DAY = 'is not one of mon, tue, wed, thu, fri, sat, sun';

  const HOURS = ['00:00-24:00', '00:00-00:01', '23:59-24:00', '22:00-06:00', '22:00-00:00'];
  test.each(HOURS)('may be %s, on all days or some', (hours) => {
    for (const days of ['', ' mon', ' sun mon tue wed thu fri sat'])
      expect(faults(during(hours + days))).toEqual([]);
  });

  test.each<[unknown, ...string[]]>([
    [null, NO_OBJECT],
    ['08:00-21:00', NO_OBJECT],
    [{}, NOT_FROM, NOT_TO],
    [{ from: '08:00' }, NOT_TO],
    [{ from: '24:00', to: '06:00' }, NOT_FROM],
    [{ from: 480, to: '21:00' }, NOT_FROM],
    [{ from: '08:00', to: '24:01' }, NOT_TO],
    [{ from: '08:00', to: '08:00' }, SAME],
    [{ from: '00:00', to: '00:00' }, SAME],
    [{ ...DAY, weekdays: [] }, NOT_DAYS],
    [{ ...DAY, weekdays: undefined }, NOT_DAYS],
    [{ ...DAY, weekdays: Array(8).fill('mon') }, NOT_DAYS],
    [{ ...DAY, weekdays: ['mon', 'tue', 'mon'] }, `${key}[1].weekdays names a day twice`],
    [{ ...DAY, weekdays: ['mon', 'Tue'] }, `${key}[1].weekdays[1] ${NOT_DAY}`],
    [{ ...DAY, weekdays: [2] }, `${key}[1].weekdays[0] ${NOT_DAY}`],
    [{ ...DAY, weekday: ['mon'] }, `${key}[1].weekday is not known here; did you mean weekdays?`],
    [JSON.parse('{"from":"08:00","to":"21:00","__proto__":1}'), `${key}[1].__proto__ is not known here`],
  ])('is not %j', (window, ...expected) => {
    expect(faults(window)).toEqual(expected);
  });
});

describe('as a whole a policy', () => {
  const TOO_LATE = 'exhausting_day is later than last_attempt_day';
  const NO_MINUTE = 'quiet_hours leaves no minute in which a collection is allowed';
  const ALL_DAY = { windows: [], quiet_hours: [during('00:00-24:00')] };

  test('tells the user to pay by hand no later than on the day of the last attempt', () => {
    expect(wholeFaults({ exhausting_day: 25, last_attempt_day: 25 })).toEqual([]);
    expect(wholeFaults({ exhausting_day: 26, last_attempt_day: 25 })).toEqual([TOO_LATE]);
    expect(wholeFaults({ exhausting_day: 26, ...ALL_DAY })).toEqual([TOO_LATE, NO_MINUTE]);
  });

  test.each<[string, string[], string[], ...string[]]>([
    ['may have no hours at all', [], []],
    ['is not quiet all day', [], ['00:00-24:00'], NO_MINUTE],
    ['may be quiet all day but for a minute', [], ['00:01-00:00']],
    ['is not quiet throughout its window', ['08:00-21:00'], ['08:00-21:00'], NO_MINUTE],
    ['may be quiet but for its first minute', ['08:00-21:00'], ['08:01-21:00']],
    ['may be quiet but for its last minute', ['08:00-21:00'], ['08:00-20:59']],
    ['is not quiet by night and by day', ['08:00-21:00'], ['20:00-12:00', '12:00-20:00'], NO_MINUTE],
    ['may be quiet on six days', [], ['00:00-24:00 mon tue wed thu fri sat']],
    ['is not quiet all its night', ['22:00-02:00 fri'], ['22:00-24:00 fri', '00:00-02:00 sat'], NO_MINUTE],
    ['may be quiet on the day its night begins', ['22:00-02:00 fri'], ['00:00-24:00 fri']],
  ])('%s: windows %j, quiet %j', (_, open, quiet, ...faults) => {
    const layer = { windows: open.map(during), quiet_hours: quiet.map(during) };
    expect(parsePolicyLayer(layer)).toEqual({ ok: true, layer });
    for (const time_zone of ['Asia/Shanghai', 'America/New_York', 'Pacific/Apia'])
      expect(wholeFaults({ ...layer, time_zone })).toEqual(faults);
  });

  test('may avoid any dates: they end by themselves', () => {
    const january = Array.from({ length: 31 }, (_, day) => `1970-01-${String(day + 1).padStart(2, '0')}`);
    expect(wholeFaults({ avoid_dates: january })).toEqual([]);
  });
});

describe('the policy that holds', () => {
  const PROVIDER = said('provider', 3, { attempts_max: 5, min_gap_minutes: 720, decline_ladder_hours: [12] });
  const SUB_MERCHANT = said('sub_merchant', 1, { attempts_max: 4, decline_ladder_hours: [48, 72] });
  const SERVICE = said('service', 12, { attempts_max: 2 });

  test('is the default where no level says anything', () => {
    const { policy, sources, version } = effectivePolicy([]);
    expect(policy).toEqual(DEFAULT_POLICY);
    expect(version).toBe('default');
    const everyKey = KEYS.map((key) => [key, { level: 'default', version: 0 }]);
    expect(sources).toEqual(Object.fromEntries(everyKey));
  });

  test('takes each key from the strongest level that names it, lists as a whole', () => {
    const { policy, sources, version } = effectivePolicy([PROVIDER, SUB_MERCHANT, SERVICE]);
    const changed = { attempts_max: 2, min_gap_minutes: 720, decline_ladder_hours: [48, 72] };
    expect(policy).toEqual({ ...DEFAULT_POLICY, ...changed });
    expect(sources).toMatchObject({
      attempts_max: { level: 'service', version: 12 },
      min_gap_minutes: { level: 'provider', version: 3 },
      decline_ladder_hours: { level: 'sub_merchant', version: 1 },
      time_zone: { level: 'default', version: 0 },
    });
    expect(version).toBe('provider:3 sub_merchant:1 service:12');
  });

  test('names in its version only the levels that have a say in it', () => {
    const empty = said('service', 9, {});
    expect(effectivePolicy([PROVIDER, SUB_MERCHANT, empty]).version).toBe('provider:3 sub_merchant:1');
    expect(effectivePolicy([empty]).version).toBe('default');
    expect(effectivePolicy([said('provider', 4, { attempts_max: 9 }), SERVICE]).version).toBe('service:12');
  });

  test('is not to be told when two layers are of one level', () => {
    const fault = new RangeError('layers has two of one level');
    expect(() => effectivePolicy([PROVIDER, SERVICE, said('provider', 4, {})])).toThrow(fault);
  });

  const whole = (min: number, max: number) => fc.integer({ min, max });
  const layer = fc.record(
    {
      time_zone: fc.constantFrom('UTC', 'Asia/Urumqi'),
      windows: fc.constantFrom([], [during('22:00-02:00 sat')]),
      attempts_max: whole(1, 50),
      decline_ladder_hours: fc.array(whole(1, 720), { minLength: 1, maxLength: 20 }),
    },
    { requiredKeys: [] },
  );
  const level = fc.constantFrom('provider', 'sub_merchant', 'service');
  const stored = fc.tuple(level, whole(1, 1000), layer).map((one) => said(...one));
  const layers = fc.uniqueArray(stored, { selector: (one) => one.level });

  test('does not depend on the order in which the levels are given', () => {
    forAll(layers, (given) => {
      for (const other of [given.toReversed(), [...given.slice(1), ...given.slice(0, 1)]])
        expect(effectivePolicy(other)).toEqual(effectivePolicy(given));
    });
  });

  test('given back as the strongest level changes nothing', () => {
    forAll(layers, (given) => {
      const { policy } = effectivePolicy(given);
      const below = given.filter((one) => one.level !== 'service');
      const again = effectivePolicy([...below, said('service', 1, policy)]);
      expect([again.policy, again.version]).toEqual([policy, 'service:1']);
    });
  });

  test('has of each key the value that its source says, and can itself be read as a level', () => {
    forAll(layers, (given) => {
      const { policy, sources } = effectivePolicy(given);
      for (const key of KEYS) {
        const source = given.find((one) => one.level === sources[key].level)?.layer ?? DEFAULT_POLICY;
        expect(policy[key]).toBe(source[key]);
      }
      expect(parsePolicyLayer(policy)).toEqual({ ok: true, layer: policy });
    });
  });
});
