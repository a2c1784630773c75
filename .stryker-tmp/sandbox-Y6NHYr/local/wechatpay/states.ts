import { type Answer, ERRORS, refuse } from './answers';
import type { OrderRecord } from './record';
import type { Rules } from './options';
import { impossible } from './impossible';

/** Why an order that is not pending payment refuses what only a pending one may; undefined when it is pending. */
export function refusePhase(record: OrderRecord): Answer | undefined {
  switch (record.phase) {
    case 'user_paying':
      return undefined;
    case 'created':
    case 'expired':
      return refuse(ERRORS.wrongState);
    case 'user_confirm':
      return refuse(ERRORS.notCompleted);
    case 'user_paid':
    case 'free':
      return refuse(ERRORS.done);
    case 'revoked':
      return refuse(ERRORS.canceled);
    default:
      return impossible(record.phase);
  }
}

/** WeChat Pay: while a deduction runs, and 3 minutes after it was asked for, every changing call is refused. */
export function refuseLocked(record: OrderRecord, nowMs: number): Answer | undefined {
  const busy = record.deduction !== undefined || nowMs < record.lockedUntilMs;
  return busy ? refuse(ERRORS.deducting) : undefined;
}

/**
 * WeChat Pay: the same (sub_mchid, out_order_no) again within 1 s is too frequent.
 * Assumed: only changing calls count, together, and a refused one does not prolong the wait. A query is never
 * throttled, else the documented "query, then collect" could not be followed.
 */
export function refuseThrottled(record: OrderRecord, nowMs: number, rules: Rules): Answer | undefined {
  const sinceMs =
    record.lastChangeCallMs === undefined ? Number.POSITIVE_INFINITY : nowMs - record.lastChangeCallMs;
  if (sinceMs < rules.throttleMs) return refuse({ ...ERRORS.throttled, code: rules.throttleCode });
  record.lastChangeCallMs = nowMs;
  return undefined;
}
