/**
 * What the service consists of, once. The stack deploys it and the local run boots it, both from here, so that
 * neither can have a function, a limit or a variable that the other lacks. Free of CDK imports: loading those
 * would cost the local run more time than everything else it does before it is ready.
 */

export const SERVICE_NAME = 'payscore-collector';

export interface FunctionSpec {
  /** Source file, from the project's root. */
  readonly entry: string;
  /** Name of the exported handler. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
}

export const FUNCTIONS = {
  /**
   * An HTTP API gives up on its integration after 30 s; one second less lets Lambda report the timeout as its own.
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
   */
  api: { entry: 'lambda/api.ts', handler: 'handler', timeoutSeconds: 29, memoryMb: 512 },
  /**
   * WeChat Pay waits 5 s. It verifies one signature and makes a few small calls to AWS.
   * https://pay.weixin.qq.com/doc/v3/partner/4012155283
   */
  notify: { entry: 'lambda/notify.ts', handler: 'handler', timeoutSeconds: 5, memoryMb: 256 },
  /** Only in a stack that has the page (context value `console`). It hands out files that it has read when it was loaded. */
  page: { entry: 'lambda/page.ts', handler: 'handler', timeoutSeconds: 10, memoryMb: 256 },
  /** Ends before the next tick begins, at one a minute. Were two to overlap, they would only send some messages twice. */
  sweep: { entry: 'lambda/sweep.ts', handler: 'handler', timeoutSeconds: 50, memoryMb: 512 },
  /** An order takes 25 s at most and all of a batch begin at once: the rest is for a DynamoDB that answers slowly. */
  collect: { entry: 'lambda/collect.ts', handler: 'handler', timeoutSeconds: 60, memoryMb: 512 },
  /** Ten merchants at a time, each with a download of 5 s at most; what it does not come to is due at the next tick. */
  keys: { entry: 'lambda/keys.ts', handler: 'handler', timeoutSeconds: 60, memoryMb: 256 },
  /**
   * It reads whatever is open, and what has ended since yesterday: some thousand orders a second. What it does not come
   * to is the first thing of the next run.
   */
  rollup: { entry: 'lambda/rollup.ts', handler: 'handler', timeoutSeconds: 290, memoryMb: 1_024 },
  /**
   * Only in a stack that tells of changes (context value `events`), and not in the local run, whose DynamoDB has no
   * streams. It gives up on a bus that does not answer after some 15 s.
   */
  publish: { entry: 'lambda/publish.ts', handler: 'handler', timeoutSeconds: 60, memoryMb: 256 },
  /**
   * Only in a stack that takes files (context value `import`), and not in the local run, where the same rows go through
   * the API. A hundred rows take about a second; a batch that is not done in time is tried again by Step Functions, which
   * gives all tries of a batch 5 minutes together.
   */
  import: { entry: 'lambda/import.ts', handler: 'handler', timeoutSeconds: 30, memoryMb: 512 },
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof FUNCTIONS;

/** The queue between `sweep` and `collect`, and how Lambda reads it: a standard queue with a dead-letter queue. */
export const WORK_QUEUE = {
  /** Orders of a batch wait for WeChat Pay side by side. More than 10 need a window. */
  batchSize: 100,
  windowSeconds: 1,
  /**
   * Six times the timeout of `collect`, as Lambda asks for, and the window: a batch that was throttled is tried
   * again by Lambda before SQS shows it to anyone else.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
   */
  visibilityTimeoutSeconds: 361,
  /** Lambda's own advice is 5 at least: being throttled counts as having been received. */
  maxReceiveCount: 5,
  retentionDays: 4,
} as const;

/** How Lambda reads the table's stream for `publish`. */
export const CHANGE_STREAM = {
  batchSize: 100,
  windowSeconds: 1,
  /** Batches of one shard under way at once: a change that cannot be told holds back half of its shard. */
  parallelizationFactor: 2,
  /**
   * A bus that is throttled or down, or a row that a newer release wrote while this one is being replaced, is a matter
   * of minutes: it is tried for two hours. Then the place in the stream, which keeps it for 24 h, goes to a queue, what
   * follows goes on, and a person has it published again.
   */
  ageHoursMax: 2,
  /** More than fit into those hours at the pace at which Lambda retries. */
  retriesMax: 1_000,
} as const;

/** What holds unless a context value says otherwise. */
export const DEFAULTS = {
  sweepEveryMinutes: 1,
  /** As many as one merchant's rate lets through until the next sweep. */
  sweepOrdersMax: 3_000,
  /** Of each merchant number. WeChat Pay publishes no number for 订单收款; it answers 429 to what is too much. */
  callsPerSecondMax: 50,
  /** Batches under way at once: with 100 orders each, enough for the rate even if every order takes 20 s. */
  collectConcurrencyMax: 10,
  /** Batches of an import under way at once: with 100 rows each some hundred orders a second, three writes each. */
  importConcurrencyMax: 10,
} as const;

/** How long a certificate that only a notification has met so far waits for its download, at most. */
export const KEY_CARE_EVERY_MINUTES = 10;

/** How old an overview is at most, when all goes well. */
export const ROLLUP_EVERY_MINUTES = 5;

/** WeChat Pay's main host, then the backup in another city (异地接入点). */
export const WECHATPAY_HOSTS = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'] as const;

/** What is invoked of each function: a version that was published, not whatever was uploaded last. */
export const ALIAS = 'live';

/** What a stage may be called: it stands in the names of the stack and of its secrets. */
export const STAGE = { pattern: /^[a-z0-9-]{1,16}$/, rule: '1 to 16 of a-z, 0-9 and -' } as const;

/** Secrets are `<prefix>/<mchid>/signing` and `<prefix>/<mchid>/verify`. */
export function secretPrefix(stage: string): string {
  return `${SERVICE_NAME}/${stage}`;
}

export const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface EnvironmentFacts {
  readonly tableName: string;
  readonly secretPrefix: string;
  readonly queueUrl: string;
  /** Orders attempted a second, for each merchant number, by all functions together: a question and a call at most. */
  readonly callsPerSecondMax: number;
  /** Orders that one sweep sends to the queue. */
  readonly sweepOrdersMax: number;
  readonly sweepEveryMinutes: number;
  readonly logLevel: LogLevel;
  /** Main, then backup; the local run names its simulator here. */
  readonly wechatpayHosts?: readonly string[];
}

/** The environment variables of every function. */
export type FunctionEnvironment = ReturnType<typeof functionEnvironment>;

export function functionEnvironment(facts: EnvironmentFacts) {
  return {
    TABLE_NAME: facts.tableName,
    SECRET_PREFIX: facts.secretPrefix,
    WECHATPAY_HOSTS: (facts.wechatpayHosts ?? WECHATPAY_HOSTS).join(','),
    QUEUE_URL: facts.queueUrl,
    CALLS_PER_SECOND_MAX: String(facts.callsPerSecondMax),
    SWEEP_ORDERS_MAX: String(facts.sweepOrdersMax),
    SWEEP_EVERY_MINUTES: String(facts.sweepEveryMinutes),
    LOG_LEVEL: facts.logLevel,
    POWERTOOLS_SERVICE_NAME: SERVICE_NAME,
    POWERTOOLS_METRICS_NAMESPACE: SERVICE_NAME,
  };
}

/** How people sign in at the page. */
export interface SignInFacts {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly token: 'access_token' | 'id_token';
}

/** What the function `page` is told besides. */
export function pageEnvironment({ issuer, clientId, scope, token }: SignInFacts) {
  return { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_SCOPE: scope, OIDC_TOKEN: token };
}
