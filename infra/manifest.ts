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
  /** Ends before the next tick begins, at one a minute. Were two to overlap, they would only send some messages twice. */
  sweep: { entry: 'lambda/sweep.ts', handler: 'handler', timeoutSeconds: 50, memoryMb: 512 },
  /** An order takes 25 s at most and all of a batch begin at once: the rest is for a DynamoDB that answers slowly. */
  collect: { entry: 'lambda/collect.ts', handler: 'handler', timeoutSeconds: 60, memoryMb: 512 },
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

/** What holds unless a context value says otherwise. */
export const DEFAULTS = {
  sweepEveryMinutes: 1,
  /** As many as one merchant's rate lets through until the next sweep. */
  sweepOrdersMax: 3_000,
  /** Of each merchant number. WeChat Pay publishes no number for 订单收款; it answers 429 to what is too much. */
  callsPerSecondMax: 50,
  /** Batches under way at once: with 100 orders each, enough for the rate even if every order takes 20 s. */
  collectConcurrencyMax: 10,
} as const;

/** WeChat Pay's main host, then the backup in another city (异地接入点). */
export const WECHATPAY_HOSTS = ['https://api.mch.weixin.qq.com', 'https://api2.mch.weixin.qq.com'] as const;

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
  };
}
