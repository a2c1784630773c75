import { PAGE_BUILT } from '../infra/bundling';
import {
  LOCAL_FUNCTIONS,
  type LocalFunctionName,
  DEFAULTS,
  functionEnvironment,
  FUNCTIONS,
  HTTP,
  pageEnvironment,
  type ScheduledFunction,
  secretPrefix,
  type SignInFacts,
  WORK_QUEUE,
} from '../infra/manifest';

/** The stage that secrets and metrics of this machine are under. */
const STAGE = 'local';
export const TABLE_NAME = 'payscore-collector-local';

/** Where this machine departs from what is deployed. A test holds that it departs nowhere else. */
export const DEPARTURES = {
  /** The deployed mapping waits a second for a batch to fill: here that would be most of what there is to watch. */
  windowMs: 20,
  /**
   * Ticks of half an hour are made as one: EventBridge wakes the sweep every minute, mostly for nothing. It makes things
   * later by that much at most, and nothing earlier. The same for what looks after keys that are ten hours old, and for
   * overviews, each of which reads all that is open.
   */
  tickMs: { sweep: 30 * 60_000, keys: 2 * 60 * 60_000, rollup: 12 * 60 * 60_000 } satisfies Record<
    ScheduledFunction,
    number
  >,
  /** Variables that the parts on this machine want, or that have no reader here. */
  environment: [
    'POWERTOOLS_METRICS_DISABLED',
    'AWS_ENDPOINT_URL_DYNAMODB',
    'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    'AWS_ENDPOINT_URL_SQS',
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
  ],
  /** Has a default that is right here: whose roles are where, and where else the page may go. */
  unset: ['CONSOLE_ROLES_CLAIM', 'PAGE_ORIGINS'],
} as const;

type Departing = (typeof DEPARTURES.environment)[number];

export interface WiringFacts {
  readonly queueUrl: string;
  readonly wechatpayHosts: readonly string[];
  readonly callsPerSecondMax: number | undefined;
  readonly logLevel: 'SILENT' | 'DEBUG' | 'INFO';
  /** How people sign in at the page; absent: they do not. */
  readonly signIn: SignInFacts | undefined;
  /** What is said to the stand-ins, and to them alone. */
  readonly standIns: Readonly<Record<Exclude<Departing, 'POWERTOOLS_METRICS_DISABLED'>, string>>;
}

/** How many milliseconds each function may take. */
export const TIMEOUTS_MS = Object.fromEntries(
  LOCAL_FUNCTIONS.map((name) => [name, FUNCTIONS[name].timeoutSeconds * 1000]),
) as Readonly<Record<LocalFunctionName, number>>;

/** What the gateway has in front of its functions. */
export const BEHIND_GATEWAY = {
  api: { ...HTTP.api, timeoutMs: TIMEOUTS_MS.api },
  notify: { ...HTTP.notify, timeoutMs: TIMEOUTS_MS.notify },
  people: { ...HTTP.people, timeoutMs: TIMEOUTS_MS.api },
  page: { ...HTTP.page, timeoutMs: TIMEOUTS_MS.page },
} as const;

export const LOCAL_QUEUE = {
  name: 'work',
  visibilityTimeoutSeconds: WORK_QUEUE.visibilityTimeoutSeconds,
  maxReceiveCount: WORK_QUEUE.maxReceiveCount,
  retentionDays: WORK_QUEUE.retentionDays,
} as const;

/** What Lambda does between the queue and its function. */
export const LOCAL_MAPPING = {
  functionName: 'collect',
  timeoutMs: TIMEOUTS_MS.collect,
  batchSize: WORK_QUEUE.batchSize,
  windowMs: DEPARTURES.windowMs,
  concurrencyMax: DEFAULTS.collectConcurrencyMax,
} as const;

export const LOCAL_SECRET_PREFIX = secretPrefix(STAGE);

/** The environment of every function. */
export function localEnvironment(facts: WiringFacts) {
  const { queueUrl, wechatpayHosts, callsPerSecondMax, logLevel, signIn, standIns } = facts;
  return {
    ...functionEnvironment({
      tableName: TABLE_NAME,
      secretPrefix: LOCAL_SECRET_PREFIX,
      queueUrl,
      callsPerSecondMax: callsPerSecondMax ?? DEFAULTS.callsPerSecondMax,
      sweepOrdersMax: DEFAULTS.sweepOrdersMax,
      sweepEveryMinutes: DEFAULTS.sweepEveryMinutes,
      logLevel: 'INFO',
      wechatpayHosts,
    }),
    LOG_LEVEL: logLevel,
    // They would go to the terminal, and there is no CloudWatch to read them there.
    POWERTOOLS_METRICS_DISABLED: 'true',
    PAGE_FOLDER: PAGE_BUILT,
    ...(signIn && pageEnvironment(signIn)),
    ...standIns,
  };
}
