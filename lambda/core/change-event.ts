import type { Fen, Instant, OrderRef } from './ids';
import type { StopTold } from './marks';
import type { StandingKind, TerminalKind } from './observe';
import type { Operation, OrderStatus, TimelineEntry } from './order';
import type { OutcomeKind } from './outcome';
import type { RefundDue } from './refund';

/** Of `detail`; a field that is added is no new schema, one that is taken away or means something else is. */
export const EVENT_SCHEMA = 1;

/** Every type of event, and what it tells. */
export const EVENT_MEANINGS = {
  OrderRegistered: 'The order came into the ledger.',
  RegistrationChanged: 'The merchant says something else of the order: its service, completion or amount.',
  AttemptSettled:
    'A collection was called, and this is what the call came to. None of the outcomes means paid.',
  AttemptClosed: 'A verified answer says what became of a collection whose outcome was open.',
  DecisionSettled: 'WeChat Pay was told of a decision by hand, and this is what the call came to.',
  DecisionClosed: 'A verified answer says what became of a decision by hand.',
  OrderPaid: 'The order is paid, verified.',
  OrderSettled: 'The order was settled without a collection, verified.',
  OrderCancelled: 'The order is cancelled, verified.',
  OrderExpired: 'The order has lapsed, verified.',
  OrderReopened: 'A later verified answer takes back an end that was told before.',
  OrderExhausting: 'The order is still pending on the policy’s exhausting_day: tell the user to pay by hand.',
  OrderStopped:
    'The order is not collected any more unless a person does something; it is still asked about.',
  OrderResumed: 'What stopped the order is gone: collecting goes on.',
  OrderHeld: 'Nothing is collected, until the end of the hold or until somebody releases the order.',
  OrderReleased: 'The order was released.',
  RefundDue:
    'WeChat Pay took money that the user should have back; a person has to refund it. The same money has one id, however often the order is seen paid.',
  MerchantStopped:
    'WeChat Pay refused the merchant, or its keys cannot be used: nothing of it is collected. Told again with every trial that fails.',
  MerchantResumed: 'The merchant is collected again.',
  PairStopped: 'WeChat Pay refused a sub_mchid under a service_id: nothing of the two is collected.',
  PairResumed: 'The sub_mchid is collected again under the service_id.',
} as const;

export type EventType = keyof typeof EVENT_MEANINGS;

/** A call as events tell of it: what WeChat Pay said in words stays in the ledger. */
export interface ToldCall {
  readonly outcome: OutcomeKind;
  readonly because: string | null;
  /** Whether it may still take effect. */
  readonly open: boolean;
  readonly http_status: number | null;
  readonly code: string | null;
  readonly sub_code: string | null;
  readonly request_id: string | null;
}

type ClosedAs = Extract<TimelineEntry, { kind: 'closed' }>['as'];
type Seen = { readonly seen_by: 'query' | 'notification' };
export type Said = { readonly completed_at: string | null };
type Tripped = { readonly trips: number; readonly until: string };
type Pair = Pick<OrderRef, 'sub_mchid' | 'service_id'>;

/** What each event tells beyond what all events of its kind do. */
export interface Details {
  readonly OrderRegistered: Said;
  readonly RegistrationChanged: Said;
  readonly AttemptSettled: {
    readonly attempt: ToldCall & {
      readonly id: string;
      readonly rule: string;
      readonly policy: string;
      /** How many in a row came to nothing like this one. */
      readonly count: number;
    };
  };
  readonly AttemptClosed: { readonly attempt: { readonly id: string; readonly as: ClosedAs } };
  readonly DecisionSettled: {
    readonly decision: ToldCall & { readonly id: string; readonly operation: Operation['kind'] };
  };
  readonly DecisionClosed: { readonly decision: { readonly id: string; readonly as: ClosedAs } };
  readonly OrderPaid: Seen & { readonly transaction_id: string | null };
  readonly OrderSettled: Seen & { readonly because: 'paid_elsewhere' | 'nothing_due' | null };
  readonly OrderCancelled: Seen;
  readonly OrderExpired: Seen;
  readonly OrderReopened: Seen & { readonly was: TerminalKind };
  readonly OrderExhausting: object;
  readonly OrderStopped: { readonly because: StopTold };
  readonly OrderResumed: { readonly because: StopTold };
  readonly OrderHeld: { readonly until: string | null };
  readonly OrderReleased: object;
  readonly RefundDue: { readonly refund: RefundDue };
  readonly MerchantStopped: Tripped;
  readonly MerchantResumed: object;
  readonly PairStopped: Tripped & Pair;
  readonly PairResumed: Pair;
}

interface Told {
  readonly schema: typeof EVENT_SCHEMA;
  /** Of two events with the same id one is the other's repetition. */
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly at: string;
}

/** What all events of an order tell; amounts in fen. */
export interface ToldOrder extends Told, OrderRef {
  /** Of the order's row: what a higher one tells is newer. */
  readonly version: number;
  readonly status: OrderStatus;
  readonly standing: StandingKind | null;
  readonly total_amount: Fen | null;
  readonly paid_amount: Fen | null;
  /** Collections that may have reached WeChat Pay's deduction, until then. */
  readonly attempts: number;
}

export interface ToldMerchant extends Told, Pick<OrderRef, 'mchid'> {}

type BreakerEventType = 'MerchantStopped' | 'MerchantResumed' | 'PairStopped' | 'PairResumed';
export type OrderEventType = Exclude<EventType, BreakerEventType>;

export type ChangeEvent = {
  readonly [T in EventType]: {
    readonly type: T;
    readonly at: Instant;
    readonly detail: Details[T] & (T extends BreakerEventType ? ToldMerchant : ToldOrder);
  };
}[EventType];
