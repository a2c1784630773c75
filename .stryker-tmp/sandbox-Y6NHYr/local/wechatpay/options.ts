/** What of WeChat Pay's behaviour may be set; the defaults are the real ones. */
export interface Rules {
  /** WeChat Pay: "单据正在扣款中", wait 3 minutes. */
  readonly lockMs: number;
  /** WeChat Pay: changing the same order again within 1 s is too frequent. */
  readonly throttleMs: number;
  /** The tables of WeChat Pay spell it FREQUENCY_LIMITED here and RATE_LIMITED there; clients must key on 429. */
  readonly throttleCode: string;
  /** The pages contradict each other on whether an order that is pending payment can be cancelled. */
  readonly cancelPending: 'allow' | 'refuse';
  /** Assumed: a notification is made this long after the money moved. */
  readonly notifyAfterMs: number;
  /** WeChat Pay: a notification has to be answered within 5 s. Real time, whatever clock was passed in. */
  readonly notifyTimeoutMs: number;
  /**
   * Of a merchant between the two kinds of key, the share of notifications that is signed with the public key. WeChat Pay
   * raises it in seven days: 0.001, 0.01, 0.05, 0.1, 0.2, 0.5, 1.
   */
  readonly publicKeyShare: number;
}

export const REAL_RULES: Rules = {
  lockMs: 180_000,
  throttleMs: 1_000,
  throttleCode: 'FREQUENCY_LIMITED',
  cancelPending: 'allow',
  notifyAfterMs: 1_000,
  notifyTimeoutMs: 5_000,
  publicKeyShare: 1,
};

/** `changed` over `rules`; throws on a share that is none. */
export function changeRules(rules: Rules, changed: Partial<Rules>): Rules {
  const changedRules = { ...rules, ...changed };
  const { publicKeyShare: share } = changedRules;
  if (!(share >= 0 && share <= 1)) throw new Error(`rules: publicKeyShare must be from 0 to 1, not ${share}`);
  return changedRules;
}

export const readRules = (given: Partial<Rules> = {}): Rules => changeRules(REAL_RULES, given);
