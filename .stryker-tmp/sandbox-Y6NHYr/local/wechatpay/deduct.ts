import { type Answer, EMPTY, ERRORS, refuse } from './answers';
import type { Rules } from './options';
import { moveMoney, type OrderRecord, payingFen } from './record';
import { availableFen, settle } from './settle';
import { refuseLocked, refusePhase } from './states';
import { impossible } from './impossible';

/** Reported from the field: 2xx, no `code`, lasts a long while, and does not mean paid. */
const USER_PAYING: Answer = { kind: 'json', body: { trade_state: 'USERPAYING' } };

function attempt(record: OrderRecord, nowMs: number, rules: Rules): Answer {
  const { customer } = record;
  switch (customer.kind) {
    case 'pays': {
      const amountFen = availableFen(record, nowMs);
      // Assumed: a decline leaves no lock behind, since nothing is in progress any more.
      if (amountFen === 0) return refuse(ERRORS.declined);
      record.lockedUntilMs = nowMs + rules.lockMs;
      record.balanceFen -= amountFen;
      const settlesAfterMs = customer.settlesAfterMs ?? 0;
      if (settlesAfterMs > 0) record.deduction = { endsAtMs: nowMs + settlesAfterMs, amountFen };
      else moveMoney(record, amountFen, nowMs, 'collect');
      return EMPTY;
    }
    case 'declines':
      return refuse(ERRORS.declined);
    case 'in_progress':
      record.lockedUntilMs = nowMs + rules.lockMs;
      record.deduction = {
        endsAtMs: nowMs + customer.forMs,
        amountFen: customer.ends === 'paid' ? payingFen(record) : 0,
      };
      // Nothing to wait for: it has ended by the time the answer is written.
      settle(record, nowMs);
      return USER_PAYING;
    default:
      return impossible(customer);
  }
}

/** 订单收款: one attempt to take what is open from the customer. */
export function pay(record: OrderRecord, nowMs: number, rules: Rules): Answer {
  if (record.given.access === 'not_opened') return refuse(ERRORS.unknownRoute);
  const refused = refusePhase(record) ?? refuseLocked(record, nowMs);
  if (refused !== undefined) return refused;
  record.payCallsProcessed += 1;
  return attempt(record, nowMs, rules);
}
