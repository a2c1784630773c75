import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SWEEP_ORDERS_MAX, type SweepInput } from '../lambda/shared/sweep-input';
import { DEFAULTS, LOG_LEVELS, STAGE } from './manifest';
import { integer, list, oneOf, optional, readTags, type Setting, text, whole, yesOrNo } from './setting';
import { readSweepInput } from './sweep-input';

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
  /** The page for operators, and the overviews that it shows. */
  console: yesOrNo(false),
  /** Who says who people are: an OpenID provider whose keys are found under its `/.well-known/openid-configuration`. */
  oidc_issuer: text<string | undefined>(
    undefined,
    /^https:\/\/[^\s?#]{1,240}$/,
    'the issuer of an OpenID provider, like https://login.example.com/realms/staff',
  ),
  /** Under which the provider knows the page: a public client that may use PKCE. */
  oidc_client_id: text<string | undefined>(undefined, /^[!-~]{1,255}$/, 'the id of a client'),
  /** What tokens for the API name as their audience; without it the client's id. */
  oidc_audience: text<string | undefined>(undefined, /^[!-~]{1,255}$/, 'an audience'),
  oidc_scope: text<string>('openid profile email', /^openid( [!-~]+){0,20}$/, 'scopes, openid the first'),
  /** The token that the page sends: of some providers only the other has audience and roles. */
  oidc_token: oneOf('access_token', ['access_token', 'id_token']),
  /** The claim that names roles, as the token has it at its top: `roles`, `cognito:groups`, `https://example.com/roles`. */
  oidc_roles_claim: text<string>('roles', /^[!-~]{1,255}$/, 'the name of a claim'),
  /** Where else than at the issuer signing in leads by script: some providers have their endpoints elsewhere. */
  oidc_origins: list(
    /^https:\/\/[a-z0-9.-]+(:\d{1,5})?$/,
    'origins like https://auth.example.com, separated by commas',
  ),
  /** `gradual`: by CodeDeploy, minute by minute, and back when the new version fails. */
  deployment: oneOf('gradual', ['gradual', 'all_at_once']),
  /** Of the functions, by X-Ray. Absent: yes, but not in China. */
  tracing: optional(yesOrNo(false)),
  /** Where calls leave from: `own` makes a network whose addresses are fixed, `existing` uses one that is there. */
  network: oneOf('none', ['none', 'own', 'existing']),
  vpc_id: text<string | undefined>(undefined, /^vpc-[0-9a-f]{8,17}$/, 'an id like vpc-0123456789abcdef0'),
  subnet_ids: list(/^subnet-[0-9a-f]{8,17}$/, 'ids like subnet-0123456789abcdef0, separated by commas'),
  security_group_ids: list(/^sg-[0-9a-f]{8,17}$/, 'ids like sg-0123456789abcdef0, separated by commas'),
  /** One costs half of two, and is out of reach with its zone; then nothing is collected until it is back. */
  nat_gateways: whole(2, 1, 2),
  domain_name: text<string | undefined>(
    undefined,
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'a domain name in small letters, like collect.example.com',
  ),
  /** Of a certificate for that name in ACM, in the stack's own region. */
  certificate_arn: text<string | undefined>(
    undefined,
    /^arn:aws(-cn)?:acm:[a-z]{2}-[a-z]+-\d:\d{12}:certificate\/[\w-]+$/,
    'the ARN of a certificate in ACM',
  ),
  /** Who is told of alarms. An e-mail has to be confirmed once. */
  alarm_email: text<string | undefined>(undefined, /^[^@\s]{1,64}@[^@\s]{1,255}$/, 'an e-mail address'),
  alarm_topic_arn: text<string | undefined>(
    undefined,
    /^arn:aws(-cn)?:sns:[a-z]{2}-[a-z]+-\d:\d{12}:[\w-]{1,256}$/,
    'the ARN of a standard SNS topic',
  ),
  /** A table that is there already, restored from a backup; without it the stack makes one. */
  table_name: text<string | undefined>(undefined, /^[\w.-]{3,255}$/, 'the name of a DynamoDB table'),
  table_stream_arn: text<string | undefined>(
    undefined,
    /^arn:aws(-cn)?:dynamodb:[a-z]{2}-[a-z]+-\d:\d{12}:table\/[\w.-]+\/stream\/[\w:.-]+$/,
    'the ARN of that table’s stream',
  ),
  tags: {
    fallback: {},
    rule: 'tags like team=pay,cost-center=1234: up to 40, keys of 1 to 128 and values of up to 256 letters, digits, spaces and _.:/+-@, and none of aws:…, service and stage',
    parse: readTags,
  } satisfies Setting<Readonly<Record<string, string>>> as Setting<Readonly<Record<string, string>>>,
} as const;

type Key = keyof typeof SETTINGS;
type ContextValues = { readonly [K in Key]: (typeof SETTINGS)[K] extends Setting<infer T> ? T : never };

export interface Settings extends Omit<ContextValues, 'sweep_input_file' | 'tracing'> {
  readonly tracing: boolean;
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
  faults.push(...inputFaults.map((fault) => `sweep_input_file: ${fault}`), ...contradictions(values));
  if (faults.length > 0) throw new SettingsError(faults);
  const settings = { ...values, tracing: values.tracing ?? !isChina(values.region) };
  return input === undefined ? settings : { ...settings, sweep_input: input };
}

/** Values that are each as they should be, and do not go together. */
function contradictions(values: Omit<ContextValues, 'sweep_input_file'>): readonly string[] {
  const rules: readonly (readonly [broken: boolean, fault: string])[] = [
    [
      values.event_bus_name !== undefined && !values.events,
      'event_bus_name: is given, and nothing is published to it, because events is not true',
    ],
    [
      (values.domain_name === undefined) !== (values.certificate_arn === undefined),
      'domain_name, certificate_arn: the one is nothing without the other',
    ],
    [
      values.alarm_email !== undefined && values.alarm_topic_arn !== undefined,
      'alarm_email, alarm_topic_arn: one of them; subscribe the address to the topic that is there',
    ],
    [
      values.table_stream_arn !== undefined && values.table_name === undefined,
      'table_stream_arn: is given, and table_name is not',
    ],
    [
      values.table_name !== undefined && values.events && values.table_stream_arn === undefined,
      'table_stream_arn: events are read from it; switch the stream of the table on, and name it here',
    ],
    ...consoleContradictions(values),
    ...networkContradictions(values),
    ...(['certificate_arn', 'alarm_topic_arn', 'table_stream_arn'] as const).map(
      (key) =>
        [
          isElsewhere(values[key], values.region),
          `${key}: is not in ${values.region}, where the stack goes`,
        ] as const,
    ),
  ];
  return rules.filter(([broken]) => broken).map(([, fault]) => fault);
}

function consoleContradictions({
  console,
  oidc_issuer,
  oidc_client_id,
  oidc_audience,
}: Omit<ContextValues, 'sweep_input_file'>): readonly (readonly [boolean, string])[] {
  const given = [oidc_issuer, oidc_client_id, oidc_audience].some((one) => one !== undefined);
  return [
    [
      console && (oidc_issuer === undefined || oidc_client_id === undefined),
      'console: wants oidc_issuer and oidc_client_id, or nobody could sign in',
    ],
    [
      !console && given,
      'oidc_issuer, oidc_client_id, oidc_audience: are given, and not used, because console is not true',
    ],
  ];
}

function networkContradictions({
  network,
  vpc_id,
  subnet_ids,
  security_group_ids,
}: Omit<ContextValues, 'sweep_input_file'>): readonly (readonly [boolean, string])[] {
  const given = [vpc_id !== undefined, subnet_ids.length > 0, security_group_ids.length > 0];
  return [
    [
      network === 'existing' && !given.every(Boolean),
      'network: existing wants vpc_id, subnet_ids and security_group_ids',
    ],
    [
      network !== 'existing' && given.some(Boolean),
      'vpc_id, subnet_ids, security_group_ids: are given, and not used, because network is not existing',
    ],
  ];
}

function isElsewhere(arn: string | undefined, region: string | undefined): boolean {
  return arn !== undefined && region !== undefined && arn.split(':')[3] !== region;
}

function isChina(region: string | undefined): boolean {
  return region?.startsWith('cn-') === true;
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
    console: value('console', SETTINGS.console),
    oidc_issuer: value('oidc_issuer', SETTINGS.oidc_issuer),
    oidc_client_id: value('oidc_client_id', SETTINGS.oidc_client_id),
    oidc_audience: value('oidc_audience', SETTINGS.oidc_audience),
    oidc_scope: value('oidc_scope', SETTINGS.oidc_scope),
    oidc_token: value('oidc_token', SETTINGS.oidc_token),
    oidc_roles_claim: value('oidc_roles_claim', SETTINGS.oidc_roles_claim),
    oidc_origins: value('oidc_origins', SETTINGS.oidc_origins),
    deployment: value('deployment', SETTINGS.deployment),
    tracing: value('tracing', SETTINGS.tracing),
    network: value('network', SETTINGS.network),
    vpc_id: value('vpc_id', SETTINGS.vpc_id),
    subnet_ids: value('subnet_ids', SETTINGS.subnet_ids),
    security_group_ids: value('security_group_ids', SETTINGS.security_group_ids),
    nat_gateways: value('nat_gateways', SETTINGS.nat_gateways),
    domain_name: value('domain_name', SETTINGS.domain_name),
    certificate_arn: value('certificate_arn', SETTINGS.certificate_arn),
    alarm_email: value('alarm_email', SETTINGS.alarm_email),
    alarm_topic_arn: value('alarm_topic_arn', SETTINGS.alarm_topic_arn),
    table_name: value('table_name', SETTINGS.table_name),
    table_stream_arn: value('table_stream_arn', SETTINGS.table_stream_arn),
    tags: value('tags', SETTINGS.tags),
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
