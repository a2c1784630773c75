/** What one sweep found and did, in orders. */
export interface SweepSummary {
  /** Due, as far as was read, and in nobody's hands; `more_due` says that there is more than one sweep reads. */
  readonly due: number;
  readonly more_due: boolean;
  readonly sub_merchants: number;
  readonly admitted: number;
  readonly sent: number;
  /** Sent by a sweep before, and not taken up by any worker: they are due again after `HANDLING_MS`. */
  readonly moved: number;
  /** Admitted, and not taken by the queue or out of time: due at the next tick. */
  readonly left: number;
  /** Of those, how many no time was left for. */
  readonly late: number;
  /** Due, in hand or not, and planned for more than an hour ago. */
  readonly overdue: number;
  /** How late the latest is, in seconds. */
  readonly latest_seconds: number;
}
