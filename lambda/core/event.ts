import type { Breaker, BreakerScope } from './breaker';
import type { AmountsDiffer } from './amounts';
import type { BreakerTarget } from './controls';
import type { Mchid, OrderKey, OrderRef } from './ids';
import type { KeyEnd } from './key-facts';
import type { NotificationOutcome } from './notification';
import type { Operation } from './order';
import type { CallReport, QueryReport } from './outcome';
import type { SweepSummary } from './sweep-summary';

/** The call from which something followed, as far as there was one and it was answered. */
export interface OfCall {
  readonly claim_id?: string;
  /** What WeChat Pay's support asks for. */
  readonly request_id?: string;
}

/** What happened on the way of an order, for the log. */
export type FlowEvent =
  | {
      readonly kind: 'called';
      readonly ref: OrderRef;
      readonly claim_id: string;
      /** Of a decision by hand; absent for a collection. */
      readonly operation?: Operation['kind'];
      readonly report: CallReport;
    }
  | {
      readonly kind: 'queried';
      readonly ref: OrderRef;
      /** Of what was open when it was asked. */
      readonly claim_id?: string;
      readonly report: QueryReport;
    }
  /** WeChat Pay was asked, and what is open stays open: no verified answer, or one that proves nothing yet. */
  | { readonly kind: 'still_open'; readonly ref: OrderRef; readonly age_ms: number }
  | {
      readonly kind: 'settle_failed';
      readonly ref: OrderRef;
      readonly claim_id: string;
      /** What the ledger could not be told. */
      readonly report: CallReport;
      readonly error: unknown;
    }
  /** A breaker tripped, was tried or (undefined) is gone. */
  | ({
      readonly kind: 'breaker';
      readonly ref: OrderRef;
      readonly scope: BreakerScope;
      readonly breaker: Breaker | undefined;
    } & OfCall)
  | ({
      readonly kind: 'breaker_failed';
      readonly ref: OrderRef;
      readonly scope: BreakerScope;
      readonly error: unknown;
    } & OfCall)
  /** Somebody said that the next collection shall try at once. */
  | { readonly kind: 'breaker_lifted'; readonly target: BreakerTarget; readonly by: string }
  /** A notification came in: of what, if it could be read, and what it came to. */
  | {
      readonly kind: 'notification';
      readonly mchid: Mchid;
      readonly came_to: NotificationOutcome;
      readonly id?: string;
      readonly event_type?: string;
      readonly order?: OrderKey;
      readonly because?: string;
    }
  /** WeChat Pay speaks of another total than the registered one, and nobody decided so. */
  | ({ readonly kind: 'amount_differs'; readonly ref: OrderRef } & AmountsDiffer & OfCall)
  /** Something was verified that WeChat Pay signed. `skew_ms`: by how much our clock is ahead of when it says it did. */
  | {
      readonly kind: 'answer_verified';
      readonly mchid: Mchid;
      readonly of: 'answer' | 'notification';
      readonly by: 'public_key' | 'certificate';
      readonly skew_ms: number;
    }
  /** Something came whose signature is missing or wrong. `probe`: WeChat Pay says that it is meant to be (SIGNTEST). */
  | {
      readonly kind: 'signature_refused';
      readonly mchid: Mchid;
      readonly of: 'answer' | 'notification';
      readonly probe: boolean;
    }
  /** An answer's time and ours are so far apart that answers, or our calls, are soon refused for it, or are already. */
  | { readonly kind: 'clock_skew'; readonly mchid: Mchid; readonly skew_ms: number }
  /** WeChat Pay refused one generation of the signing key and takes another, which signs from now on. */
  | {
      readonly kind: 'signing_key_rotated';
      readonly mchid: Mchid;
      readonly from: string;
      readonly to: string;
    }
  | { readonly kind: 'certificates_renewed'; readonly mchid: Mchid; readonly serial_nos: readonly string[] }
  | { readonly kind: 'certificates_failed'; readonly mchid: Mchid; readonly error: unknown }
  /** When a certificate ends, told of every one on every run that looks after keys. */
  | ({ readonly kind: 'key_ending'; readonly mchid: Mchid } & KeyEnd)
  /** The keys of a merchant that needs something cannot be had. */
  | { readonly kind: 'keys_unusable'; readonly mchid: Mchid; readonly error: unknown }
  /** The overview of a merchant could not be made; the next run tries again. */
  | { readonly kind: 'rollup_failed'; readonly mchid: Mchid; readonly error: unknown }
  /** A sweep is over. */
  | ({ readonly kind: 'swept' } & SweepSummary)
  /** A message that can never be worked on was taken out of the queue. */
  | { readonly kind: 'poison'; readonly message_id: string; readonly because: string }
  /** A message named an order that the ledger does not have, or that a newer release wrote. */
  | { readonly kind: 'not_in_ledger'; readonly key: OrderKey }
  /** Work on an order failed; its message goes back to the queue. */
  | { readonly kind: 'work_failed'; readonly ref: OrderRef; readonly error: unknown };
