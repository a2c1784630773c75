import { decide, explain, type Decision, type Policy } from '../core/decide';
import type { Instant } from '../core/ids';
import { STANDING_MEANINGS } from '../core/observe';
import type { Order } from '../core/order';
import { OUTCOME_RULES, type CallReport, type Evidence, type QueryReport } from '../core/outcome';
import { problem, type HttpAnswer } from '../shared/http';

/** An order as answers show it: who it is, where it stands by verified word, and what comes next. */
export function presentOrder(order: Order, policy: Policy, now: Instant): Record<string, unknown> {
  return {
    order: order.ref,
    standing: presentStanding(order),
    open_attempt: presentOpenAttempt(order),
    next: presentDecision(decide(order, policy, now)),
  };
}

function presentStanding({ observed }: Order): object | null {
  if (observed === undefined) return null;
  const { standing, facts, at } = observed;
  const { state, state_description, collection_state, total_amount, paying_amount, paid_amount } = facts;
  return {
    ...standing,
    meaning: STANDING_MEANINGS[standing.kind],
    as_of: iso(at),
    wechatpay: { state, state_description, collection_state, total_amount, paying_amount, paid_amount },
  };
}

function presentOpenAttempt({ open }: Order): object | null {
  if (open === undefined) return null;
  return {
    id: open.claim_id,
    claimed_at: iso(open.claimed_at),
    actor: open.actor.id,
    outcome: open.outcome?.kind ?? null,
  };
}

export function presentAttempt(
  claimId: string,
  { outcome, evidence }: CallReport,
  open: boolean,
): Record<string, unknown> {
  const { kind, ...details } = outcome;
  return {
    attempt: { id: claimId, outcome: kind, ...details, open, meaning: OUTCOME_RULES[kind].meaning },
    wechatpay: evidence,
  };
}

export function presentDecision(decision: Decision): object {
  return {
    action: decision.kind,
    ...('because' in decision ? { because: decision.because } : {}),
    ...('until' in decision ? { until: iso(decision.until) } : {}),
    reason: explain(decision),
  };
}

/** WeChat Pay could not be asked, or gave nothing that can be trusted. */
export function presentUnobserved(report: Exclude<QueryReport, { kind: 'verified' }>): HttpAnswer {
  const more = { wechatpay: report.evidence };
  if (report.kind === 'unanswered') {
    return problem({
      kind: 'wechatpay-unavailable',
      status: 503,
      title: 'WeChat Pay gave no usable answer',
      detail: `The order could not be asked about (${report.because}). Nothing was collected; try again.`,
      headers: { 'retry-after': '10' },
      more,
    });
  }
  switch (report.because) {
    case 'not_found':
      return problem({
        kind: 'order-not-found',
        status: 404,
        title: 'WeChat Pay does not know the order',
        detail:
          'WeChat Pay says that this order does not exist. Compare sub_mchid and out_order_no. Nothing was collected.',
        more,
      });
    case 'throttled':
      return problem({
        kind: 'wechatpay-throttled',
        status: 503,
        title: 'WeChat Pay asks for fewer requests',
        detail: 'Requests came too fast. Nothing was collected; try again later.',
        headers: { 'retry-after': '60' },
        more,
      });
    case 'credentials':
    case 'permission':
    case 'request':
      return refused(REFUSALS[report.because], more.wechatpay);
  }
}

const REFUSALS = {
  credentials:
    'WeChat Pay refused the merchant’s signature or certificate. Check the …/signing secret and the server’s clock.',
  permission:
    'WeChat Pay says that this service_id may not do this for this sub_mchid. Check the authorisation of both.',
  request: 'WeChat Pay refused the query as it was made. Compare service_id, sub_mchid and out_order_no.',
} as const;

function refused(detail: string, evidence: Evidence): HttpAnswer {
  return problem({
    kind: 'wechatpay-refused',
    status: 502,
    title: 'WeChat Pay refused the query',
    detail: `${detail} Nothing was collected.`,
    more: { wechatpay: evidence },
  });
}

export function outOfTime(): HttpAnswer {
  return problem({
    kind: 'out-of-time',
    status: 503,
    title: 'Out of time',
    detail: 'Too little time was left to make a call and record its outcome. Nothing was sent; try again.',
    headers: { 'retry-after': '5' },
  });
}

export function serviceMismatch(order: Order): HttpAnswer {
  return problem({
    kind: 'service-mismatch',
    status: 409,
    title: 'Other service_id',
    detail: `The ledger knows this order under service_id ${order.ref.service_id}. Nothing was sent.`,
  });
}

/** RFC 3339, UTC. */
export function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
