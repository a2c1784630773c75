import type { Fen, Mchid, OrderRef, OutOrderNo, ServiceId, SubMchid } from '../../lambda/core/ids';
import type { Standing, StandingKind } from '../../lambda/core/observe';
import {
  evolve,
  newOrder,
  type Actor,
  type Change,
  type Observation,
  type OpenAttempt,
  type Order,
} from '../../lambda/core/order';
import type { CallReport, Outcome, OutcomeKind } from '../../lambda/core/outcome';

export const NOW = 1_700_000_000_000;

export const REF: OrderRef = {
  mchid: '1900009191' as Mchid,
  sub_mchid: '1900000109' as SubMchid,
  out_order_no: '1234323JKHDFE1243252' as OutOrderNo,
  service_id: '500001' as ServiceId,
};

export const ACTOR: Actor = { kind: 'api', id: 'arn:aws:iam::123456789012:user/operator' };

export const STANDING_KINDS = [
  'pending',
  'paid',
  'settled',
  'cancelled',
  'expired',
  'not_completed',
  'unrecognised',
] as const satisfies readonly StandingKind[];

const STANDINGS: { readonly [K in StandingKind]: Extract<Standing, { kind: K }> } = {
  pending: { kind: 'pending', paying_amount: 100 as Fen },
  paid: { kind: 'paid', paid_amount: 100 as Fen, transaction_id: 'T1' },
  settled: { kind: 'settled', because: 'paid_elsewhere' },
  cancelled: { kind: 'cancelled' },
  expired: { kind: 'expired' },
  not_completed: { kind: 'not_completed' },
  unrecognised: { kind: 'unrecognised', because: 'state "FROZEN" is not known' },
};

export function standing(kind: StandingKind): Standing {
  return STANDINGS[kind];
}

export function orderWith(changes: Partial<Order>): Order {
  return { ...newOrder(REF), version: 7, ...changes };
}

export const MINUTE = 60_000;
export const SEND_BY = NOW + 15_000;
/** Ten seconds in which a call may still arrive, and WeChat Pay's lock of three minutes from then on. */
export const CONCLUSIVE = SEND_BY + 10_000 + 3 * MINUTE;

export const CLAIM: OpenAttempt = { claim_id: 'c1', actor: ACTOR, claimed_at: NOW, send_by: SEND_BY };

export const OUTCOMES: { readonly [K in OutcomeKind]: Extract<Outcome, { kind: K }> } = {
  accepted: { kind: 'accepted' },
  in_progress: { kind: 'in_progress' },
  busy: { kind: 'busy' },
  unknown: { kind: 'unknown', because: 'no_answer' },
  declined: { kind: 'declined' },
  throttled: { kind: 'throttled' },
  contradicted: { kind: 'contradicted', claim: 'done' },
  refused: { kind: 'refused' },
  misconfigured: { kind: 'misconfigured', scope: 'pair' },
  not_sent: { kind: 'not_sent', because: 'connect_failed' },
};
export const KINDS = Object.keys(OUTCOMES) as OutcomeKind[];

const report = (kind: OutcomeKind): CallReport => ({
  outcome: OUTCOMES[kind],
  evidence: { request_id: 'R-0' },
});
export const settle = (kind: OutcomeKind, claim = CLAIM, at = NOW + 1_000): Change => ({
  kind: 'settle',
  at,
  claim,
  report: report(kind),
});
export const saw = (kind: StandingKind, at: number): Observation => ({
  at,
  standing: standing(kind),
  facts: { state: kind, details: [] },
});
export const observed = (kind: StandingKind, at: number): Change => ({
  kind: 'observe',
  observation: saw(kind, at),
});
export const after = (order: Order, ...changes: Change[]): Order => changes.reduce(evolve, order);
