import { DEFAULT_POLICY, type Policy } from '../core/decide';
import { PayscoreError } from '../core/errors';
import { LOCK_MS } from '../core/outcome';

/** What a function is told by its environment. */
export interface Config {
  readonly tableName: string;
  /** Secrets are `<secretPrefix>/<mchid>/signing` and `…/verify`. */
  readonly secretPrefix: string;
  /** Main host, then backup hosts. */
  readonly wechatpayHosts: readonly string[];
  readonly policy: Policy;
}

const MINUTE_MS = 60_000;
const GAP_MINUTES_MAX = 30 * 24 * 60;

/**
 * Reads the environment as a whole.
 * @throws PayscoreError CONFIG_INVALID naming every variable that is missing or malformed
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults: string[] = [];
  const required = (name: string): string => {
    const value = env[name]?.trim() ?? '';
    if (value === '') faults.push(`${name} is missing`);
    return value;
  };
  const config: Config = {
    tableName: required('TABLE_NAME'),
    secretPrefix: required('SECRET_PREFIX').replace(/\/+$/, ''),
    wechatpayHosts: required('WECHATPAY_HOSTS')
      .split(',')
      .map((host) => host.trim()),
    policy: { gapMs: readGapMs(env['MIN_GAP_MINUTES'], faults) },
  };
  if (faults.length > 0) {
    throw new PayscoreError(
      'CONFIG_INVALID',
      `The environment of this function is not usable: ${faults.join('; ')}.`,
      {
        faults,
      },
    );
  }
  return config;
}

function readGapMs(text: string | undefined, faults: string[]): number {
  if (text === undefined || text === '') return DEFAULT_POLICY.gapMs;
  const gapMs = Number(text) * MINUTE_MS;
  if (!/^\d{1,6}$/.test(text) || gapMs < LOCK_MS || gapMs > GAP_MINUTES_MAX * MINUTE_MS) {
    faults.push(`MIN_GAP_MINUTES is not a whole number from ${LOCK_MS / MINUTE_MS} to ${GAP_MINUTES_MAX}`);
  }
  return gapMs;
}
