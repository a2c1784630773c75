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
}

export const REAL_RULES: Rules = {
  lockMs: 180_000,
  throttleMs: 1_000,
  throttleCode: 'FREQUENCY_LIMITED',
  cancelPending: 'allow',
};
