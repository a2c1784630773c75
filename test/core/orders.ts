import type { Around } from '../../lambda/core/decide';
import { evolve, type Change } from '../../lambda/core/evolve';
import type { Fen, Mchid, OrderRef, OutOrderNo, ServiceId, SubMchid } from '../../lambda/core/ids';
import type { Standing, StandingKind } from '../../lambda/core/observe';
import {
  newOrder,
  type Actor,
  type Decided,
  type Named,
  type Observation,
  type Open,
  type OpenAttempt,
  type OpenByHand,
  type Operation,
  type Order,
  type Registration,
} from '../../lambda/core/order';
import type { CallReport, Outcome, OutcomeKind } from '../../lambda/core/outcome';
import { effectivePolicy, type PolicyLayer } from '../../lambda/core/policy';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A Monday, noon in Beijing. */
export const NOW = Date.UTC(2026, 2, 2, 4);

/** The instant of a Beijing wall clock, '2026-03-02 12:00'. */
export const beijing = (text: string): number => Date.parse(`${text.replace(' ', 'T')}:00+08:00`);

export const REF: OrderRef = {
  mchid: '1900009191' as Mchid,
  sub_mchid: '1900000109' as SubMchid,
  out_order_no: '1234323JKHDFE1243252' as OutOrderNo,
  service_id: '500001' as ServiceId,
};

export const ACTOR: Actor = { kind: 'api', id: 'arn:aws:iam::123456789012:user/operator' };
export const DECIDED: Decided = { rule: 'decline_ladder', policy: 'provider:3' };
/** Ten days before NOW: neither the first attempt nor the last day is near. */
export const REGISTRATION: Registration = { at: NOW - 10 * DAY, actor: ACTOR };

export const STANDING_KINDS = [
  'pending',
  'paid',
  'settled',
  'cancelled',
  'expired',
  'not_completed',
  'unrecognised',
] as const satisfies readonly StandingKind[];
export const TERMINAL = [
  'paid',
  'settled',
  'cancelled',
  'expired',
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
  return { ...newOrder(REF, REGISTRATION), version: 7, ...changes };
}

/** What holds around an order: switched on, no breaker, the default policy but for `layer`. */
export function around(layer: PolicyLayer = {}, changes: Partial<Around> = {}): Around {
  const layers = Object.keys(layer).length === 0 ? [] : [{ level: 'provider', version: 3, layer } as const];
  return { effective: effectivePolicy(layers), mode: 'on', breaker: { kind: 'closed' }, ...changes };
}

export const SEND_BY = NOW + 15_000;
/** Ten seconds in which a call may still arrive, and WeChat Pay's lock of three minutes from then on. */
export const CONCLUSIVE = SEND_BY + 10_000 + 3 * MINUTE;

export const CLAIM: OpenAttempt = {
  claim_id: 'c1',
  actor: ACTOR,
  decided: DECIDED,
  claimed_at: NOW,
  send_by: SEND_BY,
};

export const claimAt = (at: number, claimId: string): OpenAttempt => ({
  ...CLAIM,
  claim_id: claimId,
  claimed_at: at,
  send_by: at + 15_000,
});

/** What somebody may decide by hand about an order of 100 fen. */
export const OPERATIONS = {
  sync: { kind: 'sync', paid_at: NOW - HOUR },
  cancel: { kind: 'cancel', user_reason: '免除' },
  modify: { kind: 'modify', total_amount: 60 as Fen, user_reason: '优惠' },
} as const satisfies Record<string, Operation>;

export const byHandAt = (at: number, claimId: string, operation: Operation): OpenByHand => ({
  claim_id: claimId,
  actor: ACTOR,
  reason: 'goodwill',
  operation,
  claimed_at: at,
  send_by: at + 15_000,
});

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
export const claim = (open: Open = CLAIM): Change => ({ kind: 'claim', open });
export const settle = (kind: OutcomeKind, open: Open = CLAIM, at = NOW + 1_000): Change => ({
  kind: 'settle',
  at,
  claim: open,
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
export const doubted = (at: number): Change => ({ kind: 'doubt', at });
export const intended = (at: number, operation: Operation): Change => ({
  kind: 'intend',
  intent: { at, actor: ACTOR, reason: 'goodwill', operation },
});
export const corrected = (at: number): Change => ({
  kind: 'correct',
  at,
  actor: ACTOR,
  reason: 'the user shows a receipt',
});
export const unanswered = (at: number): Change => ({ kind: 'unanswered', at });
export const held = (at: number, until?: number): Change => ({
  kind: 'hold',
  at,
  hold: { actor: ACTOR, reason: 'disputed', ...(until === undefined ? {} : { until }) },
});
export const named = (operation: Operation['kind']): Named => ({ kind: 'decision', operation });
export const refunded = (amount: number): Named => ({ kind: 'refund', amount: amount as Fen });
export const released = (at: number, names?: Named): Change => ({
  kind: 'release',
  at,
  actor: ACTOR,
  reason: 'withdrawn',
  ...(names === undefined ? {} : { names }),
});
export const wouldCollect = (at: number): Change => ({ kind: 'would_collect', at, decided: DECIDED });
export const after = (order: Order, ...changes: Change[]): Order => changes.reduce(evolve, order);
