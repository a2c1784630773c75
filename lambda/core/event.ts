import type { Breaker, BreakerScope } from './breaker';
import type { OrderKey, OrderRef } from './ids';
import type { CallReport, QueryReport } from './outcome';

/** What happened on the way of an order, for the log. */
export type FlowEvent =
  | {
      readonly kind: 'called';
      readonly ref: OrderRef;
      readonly claim_id: string;
      readonly report: CallReport;
    }
  | { readonly kind: 'queried'; readonly ref: OrderRef; readonly report: QueryReport }
  | {
      readonly kind: 'settle_failed';
      readonly ref: OrderRef;
      readonly claim_id: string;
      readonly error: unknown;
    }
  /** A breaker tripped, was tried or (undefined) is gone. */
  | {
      readonly kind: 'breaker';
      readonly ref: OrderRef;
      readonly scope: BreakerScope;
      readonly breaker: Breaker | undefined;
    }
  | {
      readonly kind: 'breaker_failed';
      readonly ref: OrderRef;
      readonly scope: BreakerScope;
      readonly error: unknown;
    }
  /** A message that can never be worked on was taken out of the queue. */
  | { readonly kind: 'poison'; readonly message_id: string; readonly because: string }
  /** A message named an order that the ledger does not have, or that a newer release wrote. */
  | { readonly kind: 'not_in_ledger'; readonly key: OrderKey }
  /** Work on an order failed; its message goes back to the queue. */
  | { readonly kind: 'work_failed'; readonly ref: OrderRef; readonly error: unknown };
