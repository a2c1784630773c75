import type { OrderRef } from './ids';
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
    };
