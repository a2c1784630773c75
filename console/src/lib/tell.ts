import type { OutcomeKind, ShownOrder } from '../api/types';
import type { Texts } from '../texts';
import { toldOf, type Codes } from '../texts/codes';
import { yuan } from './money';
import { minute } from './time';

/** Outcomes after which only a query knows. */
const LEAVES_OPEN: readonly OutcomeKind[] = ['accepted', 'in_progress', 'busy', 'unknown'];

/** What the user on the phone may be told, in words that promise nothing that was not verified. */
export function tellOf(order: ShownOrder, t: Texts, codes: Codes): string {
  if (order.refund_due !== null) return t.tell.refund(yuan(order.refund_due.amount));
  const stands = standingTold(order, t, codes);
  // The word of whoever named it: WeChat Pay says nothing of refunds here. Earlier ones may have left the record.
  const refunds = order.timeline.flatMap((entry) =>
    entry.kind === 'released' && entry.refund_amount !== undefined
      ? [t.tell.refunded(stands, yuan(entry.refund_amount), minute(entry.at))]
      : [],
  );
  return refunds.at(-1) ?? stands;
}

function standingTold(order: ShownOrder, t: Texts, codes: Codes): string {
  const { standing, decision, open_attempt, timeline, next } = order;
  switch (standing?.kind) {
    case 'paid':
      return t.tell.paid(yuan(standing.paid_amount ?? 0), minute(standing.as_of));
    case 'settled':
    case 'cancelled':
    case 'expired':
    case 'not_completed':
      return t.tell[standing.kind];
    case 'unrecognised':
    case 'pending':
    case undefined:
  }
  if (decision !== null) return t.tell.decided[decision.operation.kind];
  if (open_attempt !== null) return codes.outcome[open_attempt.outcome ?? 'unknown'].tell;
  const last = timeline.findLast((entry) => entry.kind === 'attempt');
  // What left an attempt open is over by now, and what contradicted the order was answered by a later query.
  const over = last === undefined || LEAVES_OPEN.includes(last.outcome);
  const answered = last?.outcome === 'contradicted' && standing !== null && standing.as_of > last.at;
  if (!over && !answered) return toldOf(codes, last.wechatpay)?.tell ?? codes.outcome[last.outcome].tell;
  if (standing === null) return t.tell.unasked;
  return next.action === 'wait' ? t.tell.waiting(minute(next.until)) : t.tell.pending;
}
