/** One context value: what it is when nobody says, what it has to be, and how it is read. */
export interface Setting<T> {
  readonly fallback: T;
  readonly rule: string;
  readonly parse: (raw: unknown) => T | undefined;
}

export function text<T extends string | undefined>(
  fallback: T,
  pattern: RegExp,
  rule: string,
): Setting<T | string> {
  return { fallback, rule, parse: (raw) => (typeof raw === 'string' && pattern.test(raw) ? raw : undefined) };
}

export function oneOf<const T extends string>(fallback: NoInfer<T>, values: readonly T[]): Setting<T> {
  return {
    fallback,
    rule: `one of ${values.join(', ')}`,
    parse: (raw) => values.find((value) => value === raw),
  };
}

/** On the command line `true` is a text; in cdk.json it may be a boolean. */
export function yesOrNo(fallback: boolean): Setting<boolean> {
  return {
    fallback,
    rule: 'true or false',
    parse: (raw) => [true, false].find((value) => raw === value || raw === String(value)),
  };
}

/** What depends on other values when nobody says. */
export function optional<T>({ rule, parse }: Setting<T>): Setting<T | undefined> {
  return { fallback: undefined, rule, parse };
}

/** On the command line a text with commas; in cdk.json it may be a list. */
export function list(pattern: RegExp, rule: string): Setting<readonly string[]> {
  return {
    fallback: [],
    rule,
    parse: (raw) => {
      const items: readonly unknown[] =
        typeof raw === 'string' ? raw.split(',') : Array.isArray(raw) ? raw : [];
      const ids = items.filter((item): item is string => typeof item === 'string' && pattern.test(item));
      return ids.length > 0 && ids.length === items.length ? ids : undefined;
    },
  };
}

const TAGS_MAX = 40;

/** On the command line `key=value,key=value`; in cdk.json it may be an object. */
export function readTags(raw: unknown): Readonly<Record<string, string>> | undefined {
  const given: unknown =
    typeof raw === 'string'
      ? Object.fromEntries(raw.split(',').map((pair) => pair.split(/=(.*)/s, 2).map((part) => part.trim())))
      : raw;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const tags = Object.entries(given);
  return tags.length <= TAGS_MAX && tags.every(([key, value]) => isTag(key, value))
    ? { ...given }
    : undefined;
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
function isTag(key: string, value: unknown): boolean {
  const ours = ['service', 'stage'];
  return (
    /^(?!aws:)[\p{L}\p{N} _.:/+\-@]{1,128}$/iu.test(key) &&
    !ours.includes(key) &&
    typeof value === 'string' &&
    /^[\p{L}\p{N} _.:/=+\-@]{0,256}$/u.test(value)
  );
}

export function whole(fallback: number, min: number, max: number): Setting<number> {
  return {
    fallback,
    rule: `a whole number from ${min} to ${max}`,
    parse: (raw) => {
      const value = integer(raw);
      return value !== undefined && value >= min && value <= max ? value : undefined;
    },
  };
}

/** On the command line every value is text; in cdk.json a number may be a number. */
export function integer(raw: unknown): number | undefined {
  if (typeof raw === 'string' && /^\d{1,9}$/.test(raw)) return Number(raw);
  return typeof raw === 'number' && Number.isInteger(raw) ? raw : undefined;
}
