import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SWEEP_ORDERS_MAX, type SweepInput } from '../lambda/shared/sweep-input';
import { DEFAULTS, LOG_LEVELS, STAGE } from './manifest';
import { readSweepInput } from './sweep-input';

/** One context value: what it is when nobody says, what it has to be, and how it is read. */
interface Setting<T> {
  readonly fallback: T;
  readonly rule: string;
  readonly parse: (raw: unknown) => T | undefined;
}

const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** Every context value the app knows: `-c stage=prod` on the command line, or under `context` in cdk.json. */
export const SETTINGS = {
  stage: text<string>('dev', STAGE.pattern, STAGE.rule),
  architecture: oneOf('arm64', ['arm64', 'x86_64']),
  /** Without it the stack goes wherever the caller's AWS configuration points. `cn-…` is the partition aws-cn. */
  region: text<string | undefined>(
    undefined,
    /^[a-z]{2}-[a-z]+-\d$/,
    'a region of aws or aws-cn, like cn-north-1',
  ),
  log_retention_days: {
    fallback: RetentionDays.ONE_MONTH,
    rule: `a retention that CloudWatch Logs has (${RETENTION_DAYS.join(', ')})`,
    parse: (raw) => RETENTION_DAYS.find((days) => days === integer(raw)),
  } satisfies Setting<RetentionDays>,
  log_level: oneOf('INFO', LOG_LEVELS),
  /** A rule of EventBridge knows no shorter rate than a minute. */
  sweep_every_minutes: whole(DEFAULTS.sweepEveryMinutes, 1, 1_440),
  sweep_orders_max: whole(DEFAULTS.sweepOrdersMax, 1, SWEEP_ORDERS_MAX),
  /** A JSON file that narrows every sweep or names orders (`SweepInput`). Without it a sweep takes whatever is due. */
  sweep_input_file: text<string | undefined>(undefined, /./, 'the path of a JSON file'),
  calls_per_second_max: whole(DEFAULTS.callsPerSecondMax, 1, 1_000),
  /** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html: 2 to 1,000. */
  collect_concurrency_max: whole(DEFAULTS.collectConcurrencyMax, 2, 1_000),
  /**
   * At 20 requests a second of at most 25 s each, 500 invocations run at once: half of what an account has by
   * default (1,000). https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
   */
  throttle_rate_per_second: whole(20, 1, 10_000),
  throttle_burst: whole(40, 1, 5_000),
  /** Most take some tens of milliseconds, at worst the 5 s that WeChat Pay waits: 250 invocations at once. */
  notifications_rate_per_second: whole(50, 1, 10_000),
  notifications_burst: whole(100, 1, 5_000),
  /** Publishes changes to a bus of EventBridge; what that costs is in bench/. */
  events: yesOrNo(false),
  /** A bus that is there already, in this account and region; without it the stack makes one of its own. */
  event_bus_name: text<string | undefined>(
    undefined,
    /^[\w.\-/]{1,256}$/,
    'the name of an event bus: 1 to 256 of A-Z a-z 0-9 _ . - /',
  ),
  /** Takes orders from files that are uploaded: a bucket, and a state machine that reads them. */
  import: yesOrNo(false),
  import_concurrency_max: whole(DEFAULTS.importConcurrencyMax, 1, 1_000),
} as const;

type Key = keyof typeof SETTINGS;
type ContextValues = { readonly [K in Key]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never };

export interface Settings extends Omit<ContextValues, 'sweep_input_file'> {
  /** Absent when no file was given. */
  readonly sweep_input?: SweepInput;
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly faults: readonly string[]) {
    super(
      `The context values (-c key=value, or "context" in cdk.json) are not usable:\n${faults.map((fault) => `  - ${fault}\n`).join('')}`,
    );
  }
}

/**
 * Reads the app's context.
 * @throws SettingsError with every fault at once: an unknown key, a value against its rule, a bad input file.
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings {
  const faults = Object.keys(context).filter(isUnknown).map(unknownKey);
  const { sweep_input_file: file, ...values } = readValues(context, faults);
  const { input, faults: inputFaults } = file === undefined ? { faults: [] } : readSweepInput(file);
  faults.push(...inputFaults.map((fault) => `sweep_input_file: ${fault}`));
  if (values.event_bus_name !== undefined && !values.events)
    faults.push('event_bus_name: is given, and nothing is published to it, because events is not true');
  if (faults.length > 0) throw new SettingsError(faults);
  return input === undefined ? values : { ...values, sweep_input: input };
}

function readValues(context: Readonly<Record<string, unknown>>, faults: string[]): ContextValues {
  function value<T>(key: Key, setting: Setting<T>): T {
    const raw = context[key];
    if (raw === undefined) return setting.fallback;
    const parsed = setting.parse(raw);
    if (parsed === undefined) faults.push(`${key}: ${JSON.stringify(raw)} is not ${setting.rule}`);
    return parsed ?? setting.fallback;
  }
  return {
    stage: value('stage', SETTINGS.stage),
    architecture: value('architecture', SETTINGS.architecture),
    region: value('region', SETTINGS.region),
    log_retention_days: value('log_retention_days', SETTINGS.log_retention_days),
    log_level: value('log_level', SETTINGS.log_level),
    sweep_every_minutes: value('sweep_every_minutes', SETTINGS.sweep_every_minutes),
    sweep_orders_max: value('sweep_orders_max', SETTINGS.sweep_orders_max),
    sweep_input_file: value('sweep_input_file', SETTINGS.sweep_input_file),
    calls_per_second_max: value('calls_per_second_max', SETTINGS.calls_per_second_max),
    collect_concurrency_max: value('collect_concurrency_max', SETTINGS.collect_concurrency_max),
    throttle_rate_per_second: value('throttle_rate_per_second', SETTINGS.throttle_rate_per_second),
    throttle_burst: value('throttle_burst', SETTINGS.throttle_burst),
    notifications_rate_per_second: value(
      'notifications_rate_per_second',
      SETTINGS.notifications_rate_per_second,
    ),
    notifications_burst: value('notifications_burst', SETTINGS.notifications_burst),
    events: value('events', SETTINGS.events),
    event_bus_name: value('event_bus_name', SETTINGS.event_bus_name),
    import: value('import', SETTINGS.import),
    import_concurrency_max: value('import_concurrency_max', SETTINGS.import_concurrency_max),
  };
}

/** What the CDK command itself keeps in the context without a `:` or `/` in the name. */
const CDK_KEYS: readonly string[] = ['acknowledged-issue-numbers', 'cli-telemetry'];

function isUnknown(key: string): boolean {
  return !(key in SETTINGS) && !/[:/]/.test(key) && !CDK_KEYS.includes(key);
}

function unknownKey(key: string): string {
  return `${key}: not a value this app knows; it knows ${Object.keys(SETTINGS).join(', ')}`;
}

function text<T extends string | undefined>(fallback: T, pattern: RegExp, rule: string): Setting<T | string> {
  return { fallback, rule, parse: (raw) => (typeof raw === 'string' && pattern.test(raw) ? raw : undefined) };
}

function oneOf<const T extends string>(fallback: NoInfer<T>, values: readonly T[]): Setting<T> {
  return {
    fallback,
    rule: `one of ${values.join(', ')}`,
    parse: (raw) => values.find((value) => value === raw),
  };
}

/** On the command line `true` is a text; in cdk.json it may be a boolean. */
function yesOrNo(fallback: boolean): Setting<boolean> {
  return {
    fallback,
    rule: 'true or false',
    parse: (raw) => [true, false].find((value) => raw === value || raw === String(value)),
  };
}

function whole(fallback: number, min: number, max: number): Setting<number> {
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
function integer(raw: unknown): number | undefined {
  if (typeof raw === 'string' && /^\d{1,9}$/.test(raw)) return Number(raw);
  return typeof raw === 'number' && Number.isInteger(raw) ? raw : undefined;
}
