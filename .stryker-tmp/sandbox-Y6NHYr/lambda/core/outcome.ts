import type { Instant } from './ids';
import type { OrderFacts } from './observe';

/**
 * What one collection call (`/pay`) came to. Closed, and nothing in it says "paid": whether money moved is only
 * ever learnt from a verified query or notification (see `observe`).
 */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'in_progress' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'unknown'; readonly because: UnknownBecause }
  | { readonly kind: 'declined' }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'contradicted'; readonly claim: 'done' | 'cancelled' | 'not_found' | 'not_pending' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'misconfigured'; readonly scope: 'merchant' | 'pair' }
  | { readonly kind: 'not_sent'; readonly because: string };

export type UnknownBecause = 'no_answer' | 'unverified' | 'server_error' | 'unrecognised';
export type OutcomeKind = Outcome['kind'];

interface OutcomeRule {
  /** Money may still move because of this call: the attempt stays open and is only asked about. */
  readonly leavesOpen: boolean;
  /**
   * What keeps the next call away: the merchant's gap, because this one may have reached WeChat Pay's deduction;
   * only WeChat Pay's lock, because it left and was not processed; or nothing, because it never left.
   */
  readonly spacing: 'gap' | 'lock' | 'none';
  /** What is known, for the operator on the phone. */
  readonly meaning: string;
}

/** The consequences of each outcome, as data. */
export const OUTCOME_RULES: Readonly<Record<OutcomeKind, OutcomeRule>> = {
  accepted: {
    leavesOpen: true,
    spacing: 'gap',
    meaning: 'WeChat Pay took the request. Whether the user was charged is not known until a query shows it.',
  },
  in_progress: {
    leavesOpen: true,
    spacing: 'gap',
    meaning: 'WeChat Pay is charging the user (USERPAYING). This is not a payment yet and may still fail.',
  },
  busy: {
    leavesOpen: true,
    spacing: 'gap',
    meaning:
      'A deduction of this order is already running at WeChat Pay (扣款中). It is left alone, then asked about.',
  },
  unknown: {
    leavesOpen: true,
    spacing: 'gap',
    meaning:
      'It is not known what WeChat Pay did with the request. It is never sent again, only asked about.',
  },
  declined: {
    leavesOpen: false,
    spacing: 'gap',
    meaning:
      'WeChat Pay says that it took no money (扣款失败): balance, bank card or a closed password-free agreement.',
  },
  throttled: {
    leavesOpen: false,
    spacing: 'lock',
    meaning: 'WeChat Pay says that requests came too fast, and should not have processed this one.',
  },
  contradicted: {
    leavesOpen: false,
    spacing: 'gap',
    meaning:
      'WeChat Pay says the order is not pending. Error answers are not signed: a query has to confirm it.',
  },
  refused: {
    leavesOpen: false,
    spacing: 'gap',
    meaning:
      'WeChat Pay refused the request as it was made. If a query still shows the order pending, a person is needed.',
  },
  misconfigured: {
    leavesOpen: false,
    spacing: 'lock',
    meaning:
      'WeChat Pay says that it refused, not because of the order: the merchant’s keys (scope merchant), or this sub_mchid and service_id, for which 订单收款 may not be open (scope pair; ask 运营). Correct that first.',
  },
  not_sent: {
    leavesOpen: false,
    spacing: 'none',
    meaning: 'The request surely never left this service. Nothing happened at WeChat Pay.',
  },
};

/** What came back from WeChat Pay for a call, kept verbatim beside the outcome. */
export interface Evidence {
  readonly http_status?: number;
  readonly code?: string;
  readonly message?: string;
  /** The `Request-ID` header: what WeChat Pay's support asks for. */
  readonly request_id?: string;
  /** The digits after the last `-` of the Request-ID: WeChat Pay's stable machine-readable reason. */
  readonly sub_code?: string;
  /** Why there is no usable answer, in this service's words. */
  readonly detail?: string;
}

/** A call, its outcome and the answer it was read from. */
export interface CallReport {
  readonly outcome: Outcome;
  readonly evidence: Evidence;
}

/** What a query came to. */
export type QueryReport =
  | { readonly kind: 'verified'; readonly facts: OrderFacts; readonly evidence: Evidence }
  /** An error answer: unsigned, so nothing about the order follows from it. */
  | { readonly kind: 'refused'; readonly because: QueryRefusal; readonly evidence: Evidence }
  /** No answer, a system error, or an answer that could not be verified or read. */
  | { readonly kind: 'unanswered'; readonly because: QueryFailure; readonly evidence: Evidence };

export type QueryRefusal = 'credentials' | 'permission' | 'not_found' | 'throttled' | 'request';
export type QueryFailure = 'not_sent' | 'no_answer' | 'server_error' | 'unverified' | 'unreadable';

export interface CallLimits {
  /** For the whole call, connecting included. */
  readonly timeoutMs: number;
}

export interface CollectLimits extends CallLimits {
  /** The first byte leaves before this instant, or never. */
  readonly sendBy: Instant;
}

/** WeChat Pay's documented lock on an order after any deduction: 3 minutes. Nobody can lower it. */
export const LOCK_MS = 3 * 60_000;
/** After USERPAYING a deduction was seen to last "a long while": ask no earlier than this. */
export const USERPAYING_MS = 30 * 60_000;

/** A call is given up after this long; until then a request whose first byte has left may still arrive. */
export const CALL_MS_MAX = 10_000;

/**
 * The earliest instant at which a verified query that still shows 待支付 proves that this call took nothing.
 * A request sent at the last permitted moment may be under way until its call is given up, and WeChat Pay holds
 * its lock from the arrival on.
 */
export function conclusiveFrom(sendBy: Instant, kind: OutcomeKind | 'claimed'): Instant {
  return sendBy + CALL_MS_MAX + (kind === 'in_progress' ? USERPAYING_MS : LOCK_MS);
}
