import type { Instant, OrderRef } from './ids';
import { isTerminal, type OrderFacts, type Standing, type StandingKind } from './observe';
import {
  conclusiveFrom,
  OUTCOME_RULES,
  type CallReport,
  type Evidence,
  type Outcome,
  type OutcomeKind,
} from './outcome';

/** The shape of a ledger row that this release writes; it refuses to claim rows of a newer one. */
export const SCHEMA = 1;
/** No attempt begins once an order's timeline holds this many entries; what is open may still be closed. */
export const TIMELINE_MAX_ENTRIES = 56;

/** Who asked for something: a caller of the API (an IAM identity) or a schedule (an EventBridge rule). */
export interface Actor {
  readonly kind: 'api' | 'schedule';
  readonly id: string;
}

/** An attempt that exists before its call is sent and that only evidence closes. */
export interface OpenAttempt {
  readonly claim_id: string;
  readonly actor: Actor;
  readonly claimed_at: Instant;
  /** The first byte of the call leaves before this instant, or never. */
  readonly send_by: Instant;
  /** Absent until the worker that made the call has reported; stays absent if that worker died. */
  readonly outcome?: Outcome;
}

/** What WeChat Pay, verified, said of the order when it was asked at `at`. */
export interface Observation {
  readonly at: Instant;
  readonly standing: Standing;
  readonly facts: OrderFacts;
}

export type TimelineEntry =
  | {
      readonly kind: 'attempt';
      readonly at: Instant;
      readonly claim_id: string;
      readonly actor: Actor;
      readonly outcome: Outcome;
      readonly evidence: Evidence;
      /** Attempts in a row that burned nothing share one entry, the newest of them; how many they were. */
      readonly count: number;
    }
  | {
      readonly kind: 'closed';
      readonly at: Instant;
      readonly claim_id: string;
      /** `not_paid`: a conclusive query still showed the order pending. */
      readonly as: Exclude<StandingKind, 'pending' | 'unrecognised'> | 'not_paid';
    }
  | { readonly kind: 'observed'; readonly at: Instant; readonly standing: StandingKind };

/** One order as the ledger knows it. An order nobody has touched yet has version 0. */
export interface Order {
  readonly ref: OrderRef;
  readonly version: number;
  readonly open?: OpenAttempt;
  readonly observed?: Observation;
  /** When the last attempt was claimed whose call may have reached WeChat Pay's deduction: the gap counts from here. */
  readonly last_call_at?: Instant;
  /** The last instant at which a call may have left, whatever came of it: WeChat Pay's lock counts from here. */
  readonly last_sent_at?: Instant;
  readonly timeline: readonly TimelineEntry[];
}

export type Change =
  | { readonly kind: 'claim'; readonly open: OpenAttempt }
  | {
      readonly kind: 'settle';
      readonly at: Instant;
      readonly claim: OpenAttempt;
      readonly report: CallReport;
    }
  | { readonly kind: 'observe'; readonly observation: Observation };

export function newOrder(ref: OrderRef): Order {
  return { ref, version: 0, timeline: [] };
}

/** The order after a change: what each change means, defined once for every ledger. */
export function evolve(order: Order, change: Change): Order {
  const next = { ...order, version: order.version + 1 };
  switch (change.kind) {
    case 'claim':
      return { ...next, open: change.open };
    case 'settle':
      return settle(next, change);
    case 'observe':
      return applyObservation(next, change.observation);
  }
}

/** The instant from which a verified query closes the open attempt even though the order is still pending. */
export function conclusiveAt(open: OpenAttempt): Instant {
  return conclusiveFrom(open.send_by, open.outcome?.kind ?? 'claimed');
}

function settle(order: Order, { at, claim, report }: Extract<Change, { kind: 'settle' }>): Order {
  const rule = OUTCOME_RULES[report.outcome.kind];
  const { claim_id, actor } = claim;
  // A report whose write got through and lost its answer is written a second time: once is enough.
  if (order.timeline.some((entry) => entry.kind === 'attempt' && entry.claim_id === claim_id)) return order;
  const alike = rule.spacing === 'gap' ? 0 : burnedNothing(order.timeline.at(-1));
  const earlier = alike === 0 ? order.timeline : order.timeline.slice(0, -1);
  const entry: TimelineEntry = { kind: 'attempt', at, claim_id, actor, ...report, count: alike + 1 };
  const settled: Mutable<Order> = { ...order, timeline: [...earlier, entry] };
  if (rule.spacing === 'gap') settled.last_call_at = latest(order.last_call_at, claim.claimed_at);
  if (rule.spacing !== 'none') settled.last_sent_at = latest(order.last_sent_at, claim.send_by);
  // A verified answer may have closed the attempt while its call was under way. It is the later word, and an
  // unsigned one does not take it back: only the record is added.
  if (order.open?.claim_id !== claim_id) return settled;
  if (CONTESTS.includes(report.outcome.kind)) delete settled.observed;
  if (rule.leavesOpen) settled.open = { ...order.open, outcome: report.outcome };
  else delete settled.open;
  return settled;
}

/** How many attempts an entry stands for that were not sent, not processed, or refused for want of configuration. */
function burnedNothing(entry: TimelineEntry | undefined): number {
  return entry?.kind === 'attempt' && OUTCOME_RULES[entry.outcome.kind].spacing !== 'gap' ? entry.count : 0;
}

/** Answers that contest what was known of the order: it has to be asked about before anything else. */
const CONTESTS: readonly OutcomeKind[] = ['contradicted', 'refused'];

function applyObservation(order: Order, observation: Observation): Order {
  const { at, standing } = observation;
  const before = order.observed;
  if (before !== undefined && isOlder(observation, before)) return order;
  const observed: Mutable<Order> = { ...order, observed: observation };
  const timeline = [...order.timeline];
  if (before?.standing.kind !== standing.kind) {
    // WeChat Pay may waver between two standings for ever; a timeline that is full keeps the last of them.
    if (timeline.length >= TIMELINE_MAX_ENTRIES && timeline.at(-1)?.kind === 'observed') timeline.pop();
    timeline.push({ kind: 'observed', at, standing: standing.kind });
  }
  const as = order.open === undefined ? undefined : closesAs(order.open, observation);
  if (order.open !== undefined && as !== undefined) {
    timeline.push({ kind: 'closed', at, claim_id: order.open.claim_id, as });
    // The worker may have died after its call left: an attempt without a report counts as called.
    observed.last_call_at = latest(order.last_call_at, order.open.claimed_at);
    observed.last_sent_at = latest(order.last_sent_at, order.open.send_by);
    delete observed.open;
  }
  return { ...observed, timeline };
}

/** Instances' clocks differ by less than this; the half makes an end outweigh any other answer of equal weight. */
const CLOCK_SKEW_MS = 60_000.5;

/**
 * Whether an answer was overtaken by the one already known. What was asked later is what is known, even of an order
 * that was at its end, because WeChat Pay corrects itself too. But stamps come from different clocks: an end that
 * was verified is only dropped for an answer that was surely asked for later.
 */
function isOlder(observation: Observation, known: Observation): boolean {
  return weight(known) > weight(observation);
}

function weight({ at, standing }: Observation): number {
  return at + (isTerminal(standing) ? CLOCK_SKEW_MS : 0);
}

type ClosedAs = Extract<TimelineEntry, { kind: 'closed' }>['as'];

function closesAs(open: OpenAttempt, { at, standing }: Observation): ClosedAs | undefined {
  switch (standing.kind) {
    case 'paid':
    case 'settled':
    case 'cancelled':
    case 'expired':
      return standing.kind;
    case 'pending':
      return at >= conclusiveAt(open) ? 'not_paid' : undefined;
    case 'not_completed':
      return at >= conclusiveAt(open) ? 'not_completed' : undefined;
    case 'unrecognised':
      return undefined;
  }
}

function latest(known: Instant | undefined, at: Instant): Instant {
  return Math.max(known ?? 0, at);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
