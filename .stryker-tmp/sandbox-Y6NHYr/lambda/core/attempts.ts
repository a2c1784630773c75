import type { Instant } from './ids';
import type { Actor, Decided, Order, TimelineEntry } from './order';
import type { Evidence, OutcomeKind } from './outcome';

/** A collection of an order, and its end. */
export interface Attempted {
  readonly claim_id: string;
  /** When it was reported; of one that never was, when it was claimed. */
  readonly at: Instant;
  /** Absent of one that was closed without a report: its claim is not kept. */
  readonly by?: { readonly actor: Actor; readonly decided: Decided };
  /** `unreported`: the worker that made the call never said what came of it. */
  readonly outcome: OutcomeKind | 'unreported';
  readonly evidence: Evidence;
  /** So many in a row burned nothing; this is the newest of them. */
  readonly count: number;
  /** Absent while it is open, and of one whose answer left nothing open. */
  readonly closed?: { readonly at: Instant; readonly as: ClosedEntry['as'] };
}

type AttemptEntry = Extract<TimelineEntry, { kind: 'attempt' }>;
type ClosedEntry = Extract<TimelineEntry, { kind: 'closed' }>;

/** The collections of an order that its record knows, in the order of their times. */
export function attemptsOf(order: Order): readonly Attempted[] {
  const { timeline, open } = order;
  const attempts = timeline.flatMap((entry, index) => {
    if (entry.kind === 'attempt') return [reported(entry, timeline)];
    return entry.kind === 'closed' ? closedUnreported(order, entry, index) : [];
  });
  if (open?.decided !== undefined && open.outcome === undefined) {
    const { claim_id, claimed_at: at, actor, decided } = open;
    attempts.push({ claim_id, at, by: { actor, decided }, outcome: 'unreported', evidence: {}, count: 1 });
  }
  return attempts.toSorted((one, other) => one.at - other.at);
}

function reported(
  { claim_id, at, actor, decided, outcome, evidence, count }: AttemptEntry,
  timeline: readonly TimelineEntry[],
): Attempted {
  const closed = timeline.find((entry) => entry.kind === 'closed' && entry.claim_id === claim_id);
  const attempt = { claim_id, at, by: { actor, decided }, outcome: outcome.kind, evidence, count };
  return closed?.kind === 'closed' ? { ...attempt, closed: { at: closed.at, as: closed.as } } : attempt;
}

/** What was closed without a report may also have been a decision by hand: those are not among the calls. */
function closedUnreported(
  { timeline, calls }: Order,
  { claim_id, at, as }: ClosedEntry,
  index: number,
): Attempted[] {
  if (timeline.some((entry) => isCall(entry) && entry.claim_id === claim_id)) return [];
  // One thing at a time is open on an order: it was claimed after what was called before it.
  const before = timeline.slice(0, index).findLast((entry) => isCall(entry) || entry.kind === 'closed');
  const claimedAt = calls.findLast((call) => call <= at);
  if (claimedAt === undefined || claimedAt <= (before?.at ?? -Infinity)) return [];
  return [{ claim_id, at: claimedAt, outcome: 'unreported', evidence: {}, count: 1, closed: { at, as } }];
}

function isCall(entry: TimelineEntry): entry is Extract<TimelineEntry, { kind: 'attempt' | 'operation' }> {
  return entry.kind === 'attempt' || entry.kind === 'operation';
}
