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
   * `sweep` begins no order in its last 25 s, the most that one may take. 50 orders, ten at a time, take 125 s when
   * all of them are as slow as that; there is room for twice as many.
   */
  sweep: { entry: 'lambda/sweep.ts', handler: 'handler', timeoutSeconds: 300, memoryMb: 512 },
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof FUNCTIONS;

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
  readonly minGapMinutes: number;
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
    MIN_GAP_MINUTES: String(facts.minGapMinutes),
    LOG_LEVEL: facts.logLevel,
    POWERTOOLS_SERVICE_NAME: SERVICE_NAME,
  };
}
