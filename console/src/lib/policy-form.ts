import type { DayWindow, Policy, PolicyKey, PolicyLayer } from '../api/types';

/** How each key is written into a form. */
export const POLICY_FIELDS = {
  first_attempt_after_hours: 'number',
  min_gap_minutes: 'number',
  attempts_per_day_max: 'number',
  attempts_per_30_days_max: 'number',
  attempts_max: 'number',
  exhausting_day: 'number',
  last_attempt_day: 'number',
  decline_ladder_hours: 'ladder',
  infrastructure_ladder_minutes: 'ladder',
  windows: 'windows',
  quiet_hours: 'windows',
  avoid_dates: 'dates',
  time_zone: 'text',
} as const satisfies Record<PolicyKey, 'number' | 'ladder' | 'windows' | 'dates' | 'text'>;

export const POLICY_KEYS = Object.keys(POLICY_FIELDS) as PolicyKey[];
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** What one level says, as texts in a form; a key that is not there is decided by a wider level. */
export type Draft = Readonly<Partial<Record<PolicyKey, string>>>;

export function draftOf(layer: PolicyLayer): Draft {
  const said = POLICY_KEYS.filter((key) => layer[key] !== undefined);
  return Object.fromEntries(said.map((key) => [key, spell(key, layer)] as const));
}

/** A value as its field holds it. */
export function spell(key: PolicyKey, policy: Policy | PolicyLayer): string {
  const value = policy[key];
  if (value === undefined) return '';
  if (!Array.isArray(value)) return String(value);
  const parts: readonly (number | string | DayWindow)[] = value;
  return parts
    .map((part) => (typeof part === 'object' ? spellWindow(part) : String(part)))
    .join(separatorOf(key));
}

function separatorOf(key: PolicyKey): string {
  return POLICY_FIELDS[key] === 'ladder' ? ', ' : '\n';
}

function spellWindow({ from, to, weekdays }: DayWindow): string {
  return `${from}-${to}${weekdays === undefined ? '' : ` ${weekdays.join(' ')}`}`;
}

export type ReadDraft =
  | { readonly ok: true; readonly layer: PolicyLayer }
  /** Keys whose text cannot be read; what a value may be is for the API to say. */
  | { readonly ok: false; readonly unreadable: readonly PolicyKey[] };

/** The texts as the API takes them. */
export function readDraft(draft: Draft): ReadDraft {
  const said = POLICY_KEYS.flatMap((key) => {
    const text = draft[key];
    return text === undefined ? [] : [[key, read(key, text)] as const];
  });
  const unreadable = said.filter(([, value]) => value === undefined).map(([key]) => key);
  if (unreadable.length > 0) return { ok: false, unreadable };
  return { ok: true, layer: Object.fromEntries(said) };
}

function read(key: PolicyKey, text: string): unknown {
  switch (POLICY_FIELDS[key]) {
    case 'number':
      return whole(text.trim());
    case 'ladder':
      return all(text.split(/[,，\s]+/).filter(Boolean), whole);
    case 'windows':
      return all(lines(text), readWindow);
    case 'dates':
      return all(lines(text), (line) => (/^\d{4}-\d\d-\d\d$/.test(line) ? line : undefined));
    case 'text':
      return text.trim() === '' ? undefined : text.trim();
  }
}

function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

function all<T>(parts: readonly string[], one: (part: string) => T | undefined): readonly T[] | undefined {
  const values = parts.map(one);
  return values.some((value) => value === undefined) ? undefined : (values as T[]);
}

function whole(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** `08:00-21:00`, and after it the days on which it begins, if not all. */
function readWindow(line: string): DayWindow | undefined {
  const [, from, to, days = ''] =
    /^(\d\d:\d\d)\s*[-–—]\s*(\d\d:\d\d)((?:[\s,]+[a-z]{3})*)$/i.exec(line) ?? [];
  if (from === undefined || to === undefined) return undefined;
  const named = days
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const weekdays = WEEKDAYS.filter((day) => named.includes(day));
  if (weekdays.length !== new Set(named).size) return undefined;
  return { from, to, ...(weekdays.length === 0 ? {} : { weekdays: [...weekdays] }) };
}
