import type { CollectRule } from './decide';
import type { Fen, Instant, OrderRef } from './ids';
import type { Marks } from './marks';
import { isTerminal, type OrderFacts, type Standing, type StandingKind, type TerminalKind } from './observe';
import { conclusiveFrom, type Evidence, type Outcome, type QueryFailure, type QueryRefusal } from './outcome';

/** The shape of a ledger row that this release writes; it refuses to claim rows of a newer one. */
export const SCHEMA = 4;
/** No attempt begins once an order's timeline holds this many entries; what is open may still be closed. */
export const TIMELINE_MAX_ENTRIES = 56;
/** Further decisions by hand are still recorded up to this many; one more closes what they opened. */
export const TIMELINE_BY_HAND_MAX_ENTRIES = 63;

/** Who asked for something: a caller of the API (an IAM identity), a schedule (an EventBridge rule), or a person at the page. */
export interface Actor {
  readonly kind: 'api' | 'schedule' | 'console';
  /** Of a person: the issuer of his token, and who he is there. */
  readonly id: string;
  /** What a person is called there. It may change; the id does not. */
  readonly name?: string;
}

/** An actor in one text. */
export function spellActor({ id, name }: Actor): string {
  return name === undefined ? id : `${name} (${id})`;
}

/** What the merchant says about an order. */
export interface Said {
  /** When the service was completed (完结). */
  readonly completed_at?: Instant;
  readonly total_amount?: Fen;
}

/** How an order came into the ledger, and what its merchant says about it by now. */
export interface Registration extends Said {
  readonly at: Instant;
  readonly actor: Actor;
}

/** What allowed an attempt: the rule that made it due, and the policy as it was then. */
export interface Decided {
  readonly rule: CollectRule;
  /** The levels and versions of the effective policy, `provider:3 service:1`. */
  readonly policy: string;
  /** Why an operator, with the user's consent, collected outside the window. */
  readonly reason?: string;
}

/** What a person has decided about an order, and WeChat Pay has to be told. */
export type Operation =
  /** The user paid elsewhere (同步服务订单状态). */
  | { readonly kind: 'sync'; readonly paid_at: Instant }
  /** The debt is forgiven (取消服务订单); the user is shown `user_reason`. */
  | { readonly kind: 'cancel'; readonly user_reason: string }
  /** Less is due (修改订单金额). */
  | { readonly kind: 'modify'; readonly total_amount: Fen; readonly user_reason: string };

/** A decision by hand that is in force until it is verified, or until somebody releases the order. */
export interface Intent {
  readonly at: Instant;
  readonly actor: Actor;
  readonly reason: string;
  readonly operation: Operation;
  /** When a settlement or a waiver that is told again was told first: refunds are counted from that word. */
  readonly since?: Instant;
  /**
   * What WeChat Pay had taken by then and nobody was to have back: no reason to refund anything. Absent: it was not known,
   * and WeChat Pay's own times of its charges say it.
   */
  readonly charged_before?: Fen;
}

/** What a release is about beside a hold: the decision that is taken back, or the refund that has been dealt with. */
export type Named =
  | { readonly kind: 'decision'; readonly operation: Operation['kind'] }
  | { readonly kind: 'refund'; readonly amount: Fen };

interface Opened {
  readonly claim_id: string;
  readonly actor: Actor;
  readonly claimed_at: Instant;
  /** The first byte of the call leaves before this instant, or never. */
  readonly send_by: Instant;
  /** Absent until the worker that made the call has reported; stays absent if that worker died. */
  readonly outcome?: Outcome;
}

/** A collection that exists before its call is sent and that only evidence closes. */
export interface OpenAttempt extends Opened {
  readonly decided: Decided;
  readonly operation?: never;
}

/** A decision by hand under way, just so. */
export interface OpenByHand extends Opened {
  readonly operation: Operation;
  readonly reason: string;
  readonly decided?: never;
}

/** The one call of an order that may be under way: its outcome is not known yet. */
export type Open = OpenAttempt | OpenByHand;

/** What WeChat Pay, verified, said of the order when it was asked at `at`, or of its own accord. */
export interface Observation {
  readonly at: Instant;
  readonly standing: Standing;
  readonly facts: OrderFacts;
  /** Absent: the answer to a query. A notification says how things stood, and closes an attempt only by an end. */
  readonly by?: 'notification';
}

/** Things of one kind that went wrong in a row: how many, and when the last of them did. */
export interface Streak {
  readonly count: number;
  readonly at: Instant;
}

/** Nothing is collected while an order is held. */
export interface Hold {
  readonly actor: Actor;
  readonly reason: string;
  /** Without it the hold lasts until somebody releases it. */
  readonly until?: Instant;
}

export type TimelineEntry =
  | {
      readonly kind: 'attempt';
      readonly at: Instant;
      readonly claim_id: string;
      readonly actor: Actor;
      readonly decided: Decided;
      readonly outcome: Outcome;
      readonly evidence: Evidence;
      /** Attempts in a row that burned nothing share one entry, the newest of them; how many they were. */
      readonly count: number;
    }
  /** A decision by hand, and what its call came to. */
  | {
      readonly kind: 'operation';
      readonly at: Instant;
      readonly claim_id: string;
      readonly actor: Actor;
      readonly reason: string;
      readonly operation: Operation;
      readonly outcome: Outcome;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'closed';
      readonly at: Instant;
      readonly claim_id: string;
      /**
       * `not_paid`, `not_done`: a conclusive query still showed the order pending. `reduced`: it showed the lower amount.
       */
      readonly as: Exclude<StandingKind, 'pending' | 'unrecognised'> | 'not_paid' | 'not_done' | 'reduced';
    }
  | {
      readonly kind: 'observed';
      readonly at: Instant;
      readonly standing: StandingKind;
      readonly by?: 'notification';
    }
  /** What the schedule would have done, had the switch been on; those in a row share one entry. */
  | {
      readonly kind: 'would_collect';
      readonly at: Instant;
      readonly decided: Decided;
      readonly count: number;
    }
  | { readonly kind: 'held'; readonly at: Instant; readonly hold: Hold }
  | {
      readonly kind: 'released';
      readonly at: Instant;
      readonly actor: Actor;
      readonly reason: string;
      readonly takes_back?: Operation['kind'];
      /** What was due to be refunded, and has been dealt with. */
      readonly refund_amount?: Fen;
    }
  /** A decision by hand that WeChat Pay could not be told of at once. */
  | ({ readonly kind: 'intended' } & Intent)
  /** Somebody had WeChat Pay asked again, and what it said applied. */
  | { readonly kind: 'corrected'; readonly at: Instant; readonly actor: Actor; readonly reason: string }
  /** So many older entries were let go when a full record was released. */
  | { readonly kind: 'folded'; readonly at: Instant; readonly since: Instant; readonly count: number };

/** Every kind of entry that this release understands. */
export const TIMELINE_KINDS = {
  attempt: true,
  operation: true,
  closed: true,
  observed: true,
  would_collect: true,
  held: true,
  released: true,
  intended: true,
  corrected: true,
  folded: true,
} as const satisfies Record<TimelineEntry['kind'], true>;

/** Where an order is found in lists: being worked on, only asked about, to be refunded, or at its verified end. */
export type OrderStatus = 'active' | 'watched' | 'refund_due' | TerminalKind;
export const ORDER_STATUSES = [
  'active',
  'watched',
  'refund_due',
  'paid',
  'settled',
  'cancelled',
  'expired',
] as const satisfies readonly OrderStatus[];

/** One order as the ledger knows it. */
export interface Order extends Marks {
  readonly ref: OrderRef;
  readonly version: number;
  readonly registration: Registration;
  readonly open?: Open;
  readonly observed?: Observation;
  /** Since then something that proves nothing says that the order has changed: WeChat Pay has to be asked. */
  readonly doubted_at?: Instant;
  /** When WeChat Pay, verified, last said that it was not completed. */
  readonly not_completed_at?: Instant;
  /** When each attempt was claimed whose call may have reached WeChat Pay's deduction: gap and caps count these. */
  readonly calls: readonly Instant[];
  /** The last instant at which a call may have left, whatever came of it: WeChat Pay's lock counts from here. */
  readonly last_sent_at?: Instant;
  /** Calls in a row that were not sent, throttled or refused for want of configuration. */
  readonly setbacks?: Streak;
  /** Questions of the schedule in a row that nothing verified came back to. */
  readonly unanswered?: Streak;
  readonly hold?: Hold;
  readonly intent?: Intent;
  /** How much of what is to be refunded a person has dealt with, under the decision that is in force. */
  readonly refund_noted?: Fen;
  readonly status: OrderStatus;
  /** When the order is next taken up; the sweep moves it while a worker is at it. Absent when nothing is left to ask. */
  readonly due_at?: Instant;
  /** What `due_at` was before any sweep moved it: lateness counts from here. */
  readonly planned_at?: Instant;
  /**
   * When it was last written as being at its end, or since it ever was: whoever counts what has ended finds it by that
   * day, and by that day alone.
   */
  readonly ended_at?: Instant;
  readonly timeline: readonly TimelineEntry[];
}

/** A new order as `registration` brings it into the ledger, not yet planned. */
export function newOrder(ref: OrderRef, registration: Registration): Order {
  return { ref, version: 1, registration, calls: [], status: 'active', timeline: [] };
}

/** Why a question of the schedule brought nothing verified. */
export type UnansweredBecause = QueryRefusal | QueryFailure | 'keys';

/** The instant from which a verified query closes what is open even though the order is still pending. */
export function conclusiveAt(open: Open): Instant {
  return conclusiveFrom(open.send_by, open.outcome?.kind ?? 'claimed');
}

/** `idle`: nothing is open; `open`: a call may still take effect; `ended`: terminal, by verified answer. */
export type Phase = 'idle' | 'open' | 'ended';

export function phaseOf({ open, observed }: Pick<Order, 'open' | 'observed'>): Phase {
  if (open !== undefined) return 'open';
  return observed !== undefined && isTerminal(observed.standing) ? 'ended' : 'idle';
}

/** Whether its `service_id` may still be corrected: nothing was sent under it, and WeChat Pay never confirmed it. */
export function isUnconfirmed({ open, observed, timeline }: Order): boolean {
  const untouched = timeline.every(
    ({ kind }) => kind === 'held' || kind === 'released' || kind === 'intended',
  );
  return open === undefined && observed === undefined && untouched;
}
