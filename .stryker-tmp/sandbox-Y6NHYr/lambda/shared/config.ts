import { PayscoreError } from '../core/errors';

/** What a function is told by its environment. */
export interface Config {
  readonly tableName: string;
  /** Secrets are `<secretPrefix>/<mchid>/signing` and `…/verify`. */
  readonly secretPrefix: string;
  /** Main host, then backup hosts. */
  readonly wechatpayHosts: readonly string[];
  readonly queueUrl: string;
  /** Orders attempted a second, for each merchant number, by all functions together: a question and a call at most. */
  readonly callsPerSecondMax: number;
  /** Orders that one sweep sends to the queue. */
  readonly sweepOrdersMax: number;
  /** EventBridge wakes the sweep this often. */
  readonly sweepEveryMinutes: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment as a whole.
 * @throws PayscoreError CONFIG_INVALID naming every variable that is missing or malformed
 */
export function readConfig(env: Environment): Config {
  const faults: string[] = [];
  const required = (name: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') faults.push(`${name} is missing`);
    return value;
  };
  const whole = (name: string, max: number): number => {
    const value = required(name);
    const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    if (value !== '' && !(number >= 1 && number <= max))
      faults.push(`${name} is not a whole number from 1 to ${max}`);
    return number;
  };
  const config: Config = {
    tableName: required('TABLE_NAME'),
    secretPrefix: required('SECRET_PREFIX').replace(/\/+$/, ''),
    wechatpayHosts: required('WECHATPAY_HOSTS')
      .split(',')
      .map((host) => host.trim()),
    queueUrl: required('QUEUE_URL'),
    callsPerSecondMax: whole('CALLS_PER_SECOND_MAX', 1_000),
    sweepOrdersMax: whole('SWEEP_ORDERS_MAX', 20_000),
    sweepEveryMinutes: whole('SWEEP_EVERY_MINUTES', 1_440),
  };
  if (faults.length === 0) return config;
  const message = `The environment of this function is not usable: ${faults.join('; ')}.`;
  throw new PayscoreError('CONFIG_INVALID', message, { faults });
}
