import { isLocalDate, isTimeZone, minuteOfDay, nextAllowed, type Calendar, type Weekday } from './calendar';
import type { Fault } from './faults';
import { nearest } from './nearest';
import { LOCK_MS } from './outcome';
import { MINUTE_MS } from './time';

/** All of how a merchant wants to collect; keys as callers write them. What each means: `POLICY_RULES`. */
export interface Policy extends Calendar {
  readonly first_attempt_after_hours: number;
  readonly min_gap_minutes: number;
  readonly attempts_per_day_max: number;
  readonly attempts_per_30_days_max: number;
  readonly attempts_max: number;
  readonly exhausting_day: number;
  readonly last_attempt_day: number;
  readonly decline_ladder_hours: readonly number[];
  readonly infrastructure_ladder_minutes: readonly number[];
}

export type PolicyKey = keyof Policy;

/** The user comes first: what holds where nobody said otherwise. */
export const DEFAULT_POLICY: Policy = {
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
};

/** What one level says: any of the keys. */
export type PolicyLayer = Partial<Policy>;
export type PolicyLevel = 'default' | 'provider' | 'sub_merchant' | 'service';

export interface StoredLayer {
  readonly level: Exclude<PolicyLevel, 'default'>;
  readonly version: number;
  readonly layer: PolicyLayer;
}

interface NumberRule {
  readonly kind: 'number';
  readonly meaning: string;
  readonly unit: 'minutes' | 'hours' | 'days' | 'attempts';
  /** Whole numbers of the unit, both included. */
  readonly min: number;
  readonly max: number;
}

interface LadderRule extends Omit<NumberRule, 'kind'> {
  readonly kind: 'ladder';
  /** At least one step; `min` and `max` hold for each. */
  readonly stepsMax: number;
}

interface ListRule<Kind extends 'windows' | 'dates'> {
  readonly kind: Kind;
  readonly meaning: string;
  readonly entriesMax: number;
}

interface TimeZoneRule {
  readonly kind: 'time_zone';
  readonly meaning: string;
}

export type PolicyRule = NumberRule | LadderRule | ListRule<'windows'> | ListRule<'dates'> | TimeZoneRule;

type RuleFor<Value> = Value extends number
  ? NumberRule
  : Value extends string
    ? TimeZoneRule
    : Value extends readonly number[]
      ? LadderRule
      : Value extends readonly string[]
        ? ListRule<'dates'>
        : ListRule<'windows'>;

/** What each key means and which values it takes: validation runs on it, documents are made from it. */
export const POLICY_RULES: { readonly [Key in PolicyKey]: RuleFor<Policy[Key]> } = {
  first_attempt_after_hours: {
    kind: 'number',
    meaning: 'Hours from completion to the first attempt: time for the user and WeChat Pay’s own deduction.',
    unit: 'hours',
    min: 0,
    max: 720,
  },
  time_zone: {
    kind: 'time_zone',
    meaning: 'The time zone (IANA name) in which windows, quiet hours, dates and days are meant.',
  },
  windows: {
    kind: 'windows',
    meaning: 'The hours in which a collection is allowed; none given: the whole day.',
    entriesMax: 20,
  },
  quiet_hours: {
    kind: 'windows',
    meaning: 'The hours in which no collection is allowed, whatever the windows say.',
    entriesMax: 20,
  },
  avoid_dates: {
    kind: 'dates',
    meaning: 'The dates (YYYY-MM-DD) on which nothing is collected.',
    entriesMax: 400,
  },
  min_gap_minutes: {
    kind: 'number',
    meaning: 'Least minutes between two attempts on one order; WeChat Pay locks it for the first three.',
    unit: 'minutes',
    min: LOCK_MS / MINUTE_MS,
    max: 43_200,
  },
  attempts_per_day_max: {
    kind: 'number',
    meaning: 'Most attempts on one order in one day.',
    unit: 'attempts',
    min: 1,
    max: 24,
  },
  attempts_per_30_days_max: {
    kind: 'number',
    meaning: 'Most attempts on one order in 30 days.',
    unit: 'attempts',
    min: 1,
    max: 50,
  },
  attempts_max: {
    kind: 'number',
    meaning: 'Most attempts on one order in all.',
    unit: 'attempts',
    min: 1,
    max: 50,
  },
  exhausting_day: {
    kind: 'number',
    meaning: 'The day after completion on which the user should be told to pay by hand.',
    unit: 'days',
    min: 1,
    max: 180,
  },
  last_attempt_day: {
    kind: 'number',
    meaning:
      'The last day after completion with an attempt; 30 days unpaid may cost the user score (P4012625499).',
    unit: 'days',
    min: 1,
    max: 180,
  },
  decline_ladder_hours: {
    kind: 'ladder',
    meaning: 'Hours to wait after each attempt that took no money; the last step repeats.',
    unit: 'hours',
    min: 1,
    max: 720,
    stepsMax: 20,
  },
  infrastructure_ladder_minutes: {
    kind: 'ladder',
    meaning: 'Minutes to wait after each setback in a row on the way to WeChat Pay; then 24 hours each.',
    unit: 'minutes',
    min: 1,
    max: 1440,
    stepsMax: 10,
  },
};

const POLICY_KEYS = Object.keys(POLICY_RULES) as PolicyKey[];
const WINDOW_KEYS = ['from', 'to', 'weekdays'] as const;
const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

export type ParsedLayer =
  { readonly ok: true; readonly layer: PolicyLayer } | { readonly ok: false; readonly faults: Fault[] };

/**
 * What a caller handed in as one level of the policy, or every fault it has. Whether the levels together make sense
 * is `policyFaults`.
 */
export function parsePolicyLayer(input: unknown): ParsedLayer {
  if (!isRecord(input)) return { ok: false, faults: [{ field: '', rule: 'is not an object' }] };
  const given = POLICY_KEYS.filter((key) => Object.hasOwn(input, key));
  const faults = [
    ...unknownKeys(input, POLICY_KEYS, ''),
    ...given.flatMap((key) => valueFaults(POLICY_RULES[key], input[key], key)),
  ];
  // A copy of what was looked at: what it inherits was not.
  return faults.length === 0 ? { ok: true, layer: { ...input } } : { ok: false, faults };
}

/** What is wrong with an effective policy as a whole, although each of its layers could be read. */
export function policyFaults(policy: Policy): Fault[] {
  const faults: Fault[] = [];
  if (policy.exhausting_day > policy.last_attempt_day)
    faults.push({ field: 'exhausting_day', rule: 'is later than last_attempt_day' });
  // Windows and quiet hours are the same every week and in every time zone; dates end by themselves.
  const everyWeek: Calendar = { ...policy, time_zone: 'UTC', avoid_dates: [] };
  if (nextAllowed(everyWeek, 0) === undefined)
    faults.push({ field: 'quiet_hours', rule: 'leaves no minute in which a collection is allowed' });
  return faults;
}

export interface EffectivePolicy {
  readonly policy: Policy;
  /** Where each value comes from; the default has version 0. */
  readonly sources: Readonly<Record<PolicyKey, PolicySource>>;
  /** The layers that have a say in it, `provider:3 sub_merchant:1`, or `default`: what attempts record. */
  readonly version: string;
}

export interface PolicySource {
  readonly level: PolicyLevel;
  readonly version: number;
}

/** The levels above the default, each stronger than the one before. */
const LEVELS = ['provider', 'sub_merchant', 'service'] as const satisfies readonly StoredLayer['level'][];

/**
 * The policy that holds: for each key the value of the strongest level that names it, lists as a whole. The order of
 * `layers` does not matter; RangeError when two are of one level, because nothing says which of them holds.
 */
export function effectivePolicy(layers: readonly StoredLayer[]): EffectivePolicy {
  const ascending = LEVELS.flatMap((level) => layers.filter((layer) => layer.level === level));
  if (new Set(ascending.map(({ level }) => level)).size < ascending.length)
    throw new RangeError('layers has two of one level');
  const chosen = POLICY_KEYS.map((key) => {
    const source = ascending.findLast(({ layer }) => layer[key] !== undefined) ?? BY_DEFAULT;
    return { key, source };
  });
  const contributing = ascending.filter((layer) => chosen.some(({ source }) => source === layer));
  return {
    policy: Object.fromEntries(
      chosen.map(({ key, source }) => [key, source.layer[key]]),
    ) as unknown as Policy,
    sources: Object.fromEntries(
      chosen.map(({ key, source: { level, version } }) => [key, { level, version }]),
    ) as Record<PolicyKey, PolicySource>,
    version: contributing.map(({ level, version }) => `${level}:${version}`).join(' ') || 'default',
  };
}

const BY_DEFAULT = { level: 'default', version: 0, layer: DEFAULT_POLICY } as const;

function valueFaults(rule: PolicyRule, value: unknown, field: string): Fault[] {
  switch (rule.kind) {
    case 'number':
      return numberFaults(rule, value, field);
    case 'ladder':
      return listFaults(value, field, [1, rule.stepsMax], (step, at) => numberFaults(rule, step, at));
    case 'windows':
      return listFaults(value, field, [0, rule.entriesMax], windowFaults);
    case 'dates':
      return listFaults(value, field, [0, rule.entriesMax], (date, at) =>
        faultUnless(isText(date, isLocalDate), at, 'is not a date such as 2026-10-01'),
      );
    case 'time_zone':
      return faultUnless(isText(value, isTimeZone), field, 'is not a time zone such as Asia/Shanghai');
  }
}

function numberFaults({ min, max }: Pick<NumberRule, 'min' | 'max'>, value: unknown, field: string): Fault[] {
  const fits = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return faultUnless(fits, field, `is not a whole number from ${min} to ${max}`);
}

/** A list that is too long is one fault, however many its entries have. */
function listFaults(
  value: unknown,
  field: string,
  [min, max]: readonly [number, number],
  entryFaults: (entry: unknown, field: string) => Fault[],
): Fault[] {
  if (!Array.isArray(value) || value.length < min || value.length > max)
    return [{ field, rule: `is not a list of ${min} to ${max}` }];
  // Spread, because a hole is an entry that is missing.
  return [...(value as unknown[])].flatMap((entry, index) => entryFaults(entry, `${field}[${index}]`));
}

function windowFaults(window: unknown, field: string): Fault[] {
  if (!isRecord(window)) return [{ field, rule: 'is not an object' }];
  const { from, to, weekdays } = window;
  return [
    ...unknownKeys(window, WINDOW_KEYS, `${field}.`),
    ...faultUnless(
      isText(from, (text) => text !== '24:00' && minuteOfDay(text) !== undefined),
      `${field}.from`,
      'is not a time from 00:00 to 23:59',
    ),
    ...faultUnless(
      isText(to, (text) => minuteOfDay(text) !== undefined),
      `${field}.to`,
      'is not a time from 00:00 to 24:00',
    ),
    // It could mean all of the day or nothing of it.
    ...faultUnless(
      from === undefined || from !== to,
      `${field}.to`,
      'is the same as from; the whole day is 00:00 to 24:00',
    ),
    ...('weekdays' in window ? weekdayFaults(weekdays, `${field}.weekdays`) : []),
  ];
}

function weekdayFaults(weekdays: unknown, field: string): Fault[] {
  const faults = listFaults(weekdays, field, [1, WEEKDAYS.length], (day, at) =>
    faultUnless(WEEKDAYS.includes(day as Weekday), at, `is not one of ${WEEKDAYS.join(', ')}`),
  );
  if (faults.length > 0) return faults;
  const days = weekdays as Weekday[];
  return faultUnless(new Set(days).size === days.length, field, 'names a day twice');
}

function unknownKeys(
  input: Readonly<Record<string, unknown>>,
  known: readonly string[],
  prefix: string,
): Fault[] {
  return Object.keys(input)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const meant = nearest(key, known);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      return { field: `${prefix}${key}`, rule: `is not known here${hint}` };
    });
}

function faultUnless(holds: boolean, field: string, rule: string): Fault[] {
  return holds ? [] : [{ field, rule }];
}

function isText(value: unknown, fits: (text: string) => boolean): boolean {
  return typeof value === 'string' && fits(value);
}

/** An object as JSON knows it: no list, no null, no Map or Date whose contents the keys do not show. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return Object.prototype.toString.call(value) === '[object Object]';
}
