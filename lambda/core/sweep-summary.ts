/** What one sweep found and did, in orders. */
export interface SweepSummary {
  /** Due, as far as was read; `more_due` says that there is more than one sweep reads. */
  readonly due: number;
  readonly more_due: boolean;
  readonly sub_merchants: number;
  readonly admitted: number;
  readonly sent: number;
  /** Sent, and not due again before `HANDLING_MS` has passed. The others are due at once, and found in hand. */
  readonly moved: number;
  /** Admitted, and not taken by the queue or out of time: due at the next tick. */
  readonly left: number;
  /** Of those, how many no time was left for. */
  readonly late: number;
  /** Due, and planned for more than an hour ago. */
  readonly overdue: number;
  /** How late the latest is, in seconds. */
  readonly latest_seconds: number;
}
