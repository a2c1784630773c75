import { completionOf } from '../core/completion';
import { decide, type Around, type Decision } from '../core/decide';
import { explain } from '../core/explain';
import type { Instant } from '../core/ids';
import { exhaustingAt } from '../core/marks';
import { STANDING_MEANINGS } from '../core/observe';
import { spellActor, type Hold, type Intent, type Operation, type Order } from '../core/order';
import { OUTCOME_RULES, type CallReport, type QueryReport } from '../core/outcome';
import { refundDue, REFUND_REASONS } from '../core/refund';
import { problem, type HttpAnswer, type Problem } from '../shared/http';

/** An order as answers show it: who it is, where it stands by verified word, and what the schedule does next. */
export function presentOrder(order: Order, around: Around, now: Instant): Record<string, unknown> {
  const completion = completionOf(order);
  return {
    order: order.ref,
    // Not `status`: that name belongs to the problem that may carry all this (RFC 9457).
    order_status: order.status,
    standing: presentStanding(order),
    open_attempt: presentOpenAttempt(order),
    open_operation: presentOpenOperation(order),
    registered_at: iso(order.registration.at),
    completed: { at: iso(completion.at), from: completion.from },
    // From then on the user should be told to pay by hand: what stays unpaid harms him.
    exhausting_at: iso(exhaustingAt(order, around.effective.policy)),
    attempts: order.calls.map(iso),
    hold: order.hold === undefined ? null : presentHold(order.hold),
    decision: order.intent === undefined ? null : presentIntent(order.intent),
    refund_due: presentRefund(order),
    due_at: order.due_at === undefined ? null : iso(order.due_at),
    switch: around.mode,
    policy: around.effective.version,
    next: presentDecision(decide(order, around, 'schedule', now)),
  };
}

export function presentHold({ actor, reason, until }: Hold): object {
  return { actor: spellActor(actor), reason, until: until === undefined ? null : iso(until) };
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

/** What a person decided, in WeChat Pay's words. */
export function presentOperation(operation: Operation): object {
  return operation.kind === 'sync' ? { ...operation, paid_at: iso(operation.paid_at) } : operation;
}

function presentIntent({ at, actor, reason, operation }: Intent): object {
  return { at: iso(at), actor: spellActor(actor), reason, operation: presentOperation(operation) };
}

function presentRefund(order: Order): object | null {
  const refund = refundDue(order);
  return refund === undefined ? null : { ...refund, reason: REFUND_REASONS[refund.because] };
}

function presentOpenOperation({ open }: Order): object | null {
  if (open?.operation === undefined) return null;
  const { claim_id: id, claimed_at, actor, reason, operation, outcome } = open;
  const what = { operation: presentOperation(operation), outcome: outcome?.kind ?? null };
  return { id, claimed_at: iso(claimed_at), actor: spellActor(actor), reason, ...what };
}

function presentOpenAttempt({ open }: Order): object | null {
  if (open?.decided === undefined) return null;
  return {
    id: open.claim_id,
    claimed_at: iso(open.claimed_at),
    actor: spellActor(open.actor),
    decided: open.decided,
    outcome: open.outcome?.kind ?? null,
  };
}

export function presentAttempt(claimId: string, report: CallReport, open: boolean): Record<string, unknown> {
  const { meaning } = OUTCOME_RULES[report.outcome.kind];
  return {
    attempt: { id: claimId, ...presentReport(report), open, meaning },
    wechatpay: report.evidence,
  };
}

/** What a call came to, in one word, and what more there is to say of that. */
export function presentReport({ outcome }: CallReport): { readonly outcome: string } {
  const { kind, ...details } = outcome;
  return { outcome: kind, ...details };
}

export function presentDecision(decision: Decision): object {
  return {
    action: decision.kind,
    ...('rule' in decision ? { rule: decision.rule } : { because: decision.because }),
    ...('until' in decision ? { until: iso(decision.until) } : {}),
    ...('ask_at' in decision && decision.ask_at !== undefined ? { asks_again_at: iso(decision.ask_at) } : {}),
    reason: explain(decision),
  };
}

type Unobserved = Exclude<QueryReport, { kind: 'verified' }>;

/** WeChat Pay could not be asked, or gave nothing that can be trusted. */
export function presentUnobserved(
  report: Unobserved,
  order: Order,
  around: Around,
  now: Instant,
): HttpAnswer {
  const { advice, ...known } = UNOBSERVED[report.because];
  // What this request did not do says nothing of what an earlier one may have done.
  const open =
    order.open === undefined ? '' : ' An earlier attempt is open: the user may have been charged by it.';
  return problem({
    ...known,
    detail: `${advice} This request sent no collection.${open}`,
    more: { wechatpay: report.evidence, ...presentOrder(order, around, now) },
  });
}

const UNAVAILABLE = {
  kind: 'wechatpay-unavailable',
  status: 503,
  title: 'WeChat Pay gave no usable answer',
  headers: { 'retry-after': '10' },
} as const;
const REFUSED = { kind: 'wechatpay-refused', status: 502, title: 'WeChat Pay refused the query' } as const;

const UNOBSERVED: Readonly<
  Record<Unobserved['because'], Omit<Problem, 'detail'> & { readonly advice: string }>
> = {
  not_sent: { ...UNAVAILABLE, advice: 'The order could not be asked about: no connection. Try again.' },
  no_answer: {
    ...UNAVAILABLE,
    advice: 'The order could not be asked about: no whole answer came back. Try again.',
  },
  server_error: { ...UNAVAILABLE, advice: 'WeChat Pay has a system error. Try again.' },
  unreadable: {
    ...UNAVAILABLE,
    advice: 'WeChat Pay answered something that is not this order. See wechatpay.detail.',
  },
  unverified: {
    ...UNAVAILABLE,
    advice:
      'The answer’s signature does not prove that WeChat Pay sent it. If it stays so, compare public_keys in the …/verify secret and the clock.',
  },
  not_found: {
    kind: 'order-not-found',
    status: 404,
    title: 'WeChat Pay does not know the order',
    advice: 'WeChat Pay says, unsigned, that this order does not exist. Compare sub_mchid and out_order_no.',
  },
  throttled: {
    kind: 'wechatpay-throttled',
    status: 503,
    title: 'WeChat Pay asks for fewer requests',
    headers: { 'retry-after': '60' },
    advice: 'Requests came too fast. Try again later.',
  },
  credentials: {
    ...REFUSED,
    advice:
      'WeChat Pay refused the merchant’s signature or certificate. Check the …/signing secret and the clock.',
  },
  permission: {
    ...REFUSED,
    advice:
      'WeChat Pay did not let this service_id ask for this sub_mchid. Check the authorisation of both, and that the capability is open.',
  },
  request: {
    ...REFUSED,
    advice: 'WeChat Pay refused the query as it was made. Compare service_id, sub_mchid and out_order_no.',
  },
};

export function outOfTime(): HttpAnswer {
  return problem({
    kind: 'out-of-time',
    status: 503,
    title: 'Out of time',
    detail:
      'Too little time was left to make a call and record its outcome. This request sent no collection; try again.',
    headers: { 'retry-after': '5' },
  });
}

export function orderUnknown(): HttpAnswer {
  return problem({
    kind: 'order-unknown',
    status: 404,
    title: 'Order not in the ledger',
    detail: 'Nobody registered this order here. PUT it to have it collected; POST …/query asks WeChat Pay.',
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
