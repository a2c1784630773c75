import type { Fen, Instant, ServiceId } from './ids';
import { isTerminal, type Standing } from './observe';
import {
  conclusiveAt,
  isUnconfirmed,
  phaseOf,
  TIMELINE_MAX_ENTRIES,
  type Actor,
  type Decided,
  type Hold,
  type Intent,
  type Named,
  type Observation,
  type Open,
  type Order,
  type Phase,
  type Said,
  type Streak,
  type TimelineEntry,
} from './order';
import { OUTCOME_RULES, type CallReport, type OutcomeKind } from './outcome';
import { firstWord, goesOn, refundDue } from './refund';
import { folded } from './timeline';

/** Everything that can happen to an order. */
export type Change =
  /** What the merchant says by now; what it does not speak of stays as it was. */
  | { readonly kind: 'register'; readonly service_id?: ServiceId; readonly said: Said }
  | { readonly kind: 'claim'; readonly open: Open }
  | {
      readonly kind: 'settle';
      readonly at: Instant;
      readonly claim: Open;
      readonly report: CallReport;
    }
  | { readonly kind: 'observe'; readonly observation: Observation }
  | { readonly kind: 'unanswered'; readonly at: Instant }
  /** Something that proves nothing says that the order has changed. */
  | { readonly kind: 'doubt'; readonly at: Instant }
  | { readonly kind: 'would_collect'; readonly at: Instant; readonly decided: Decided }
  | { readonly kind: 'hold'; readonly at: Instant; readonly hold: Hold }
  /** A hold is over, and a full record; a decision by hand, or a refund, only if it is named. */
  | {
      readonly kind: 'release';
      readonly at: Instant;
      readonly actor: Actor;
      readonly reason: string;
      readonly names?: Named;
    }
  /** A decision by hand that WeChat Pay could not be told of yet: nothing is collected meanwhile. */
  | { readonly kind: 'intend'; readonly intent: Intent }
  | { readonly kind: 'correct'; readonly at: Instant; readonly actor: Actor; readonly reason: string };

/** Which phase each change may lead to from each; what is not listed is an illegal move. */
export const TRANSITIONS: Readonly<Record<Change['kind'], Readonly<Record<Phase, readonly Phase[]>>>> = {
  register: { idle: ['idle'], open: ['open'], ended: ['ended'] },
  claim: { idle: ['open'], open: [], ended: [] },
  settle: { idle: ['idle'], open: ['open', 'idle'], ended: ['ended'] },
  // WeChat Pay corrects itself: an end is left again when a later verified answer says so.
  observe: { idle: ['idle', 'ended'], open: ['open', 'idle', 'ended'], ended: ['ended', 'idle'] },
  unanswered: { idle: ['idle'], open: ['open'], ended: ['ended'] },
  doubt: { idle: ['idle'], open: ['open'], ended: ['ended'] },
  would_collect: { idle: ['idle'], open: [], ended: [] },
  hold: { idle: ['idle'], open: ['open'], ended: [] },
  release: { idle: ['idle'], open: ['open'], ended: ['ended'] },
  intend: { idle: ['idle'], open: ['open'], ended: [] },
  correct: { idle: ['idle'], open: ['open'], ended: ['ended'] },
};

/**
 * The order after a change: what each change means, defined once for every ledger. When it is next taken up is not
 * decided here (see `plan`).
 * @throws Error on a move that is not in the table: the caller acted on another state than the one it decided on
 */
export function evolve(order: Order, change: Change): Order {
  const after = apply({ ...order, version: order.version + 1 }, change);
  const [from, to] = [phaseOf(order), phaseOf(after)];
  if (TRANSITIONS[change.kind][from].includes(to)) return after;
  throw new Error(`order ${order.ref.out_order_no}: ${change.kind} does not lead from ${from} to ${to}`);
}

function apply(order: Mutable<Order>, change: Change): Order {
  switch (change.kind) {
    case 'register':
      return registerAgain(order, change);
    case 'claim':
      return claim(order, change.open);
    case 'settle':
      return settle(order, change);
    case 'observe':
      return applyObservation(order, change.observation);
    case 'unanswered':
      return { ...order, unanswered: oneMore(order.unanswered, change.at) };
    case 'doubt':
      return { ...order, doubted_at: latest(order.doubted_at, change.at) };
    case 'would_collect':
      return { ...order, timeline: wouldCollect(order.timeline, change) };
    case 'hold':
      return { ...order, hold: change.hold, timeline: [...order.timeline, heldEntry(change)] };
    case 'release':
      return release(order, change);
    case 'intend':
      return {
        ...inForce(order, change.intent),
        timeline: [...order.timeline, { kind: 'intended', ...change.intent }],
      };
    case 'correct': {
      const { at, actor, reason } = change;
      return { ...order, timeline: [...order.timeline, { kind: 'corrected', at, actor, reason }] };
    }
  }
}

function claim(order: Mutable<Order>, open: Open): Order {
  // The questions about this one are counted from its first.
  delete order.unanswered;
  const claimed: Order = { ...order, open };
  if (open.operation === undefined) return claimed;
  const { claimed_at: at, actor, reason, operation } = open;
  return inForce(claimed, { at, actor, reason, operation });
}

/** A decision is in force; what is to be refunded is counted from its first word. */
function inForce(order: Order, intent: Intent): Order {
  const decided: Mutable<Order> = { ...order, intent: { ...intent, ...firstWord(order, intent.operation) } };
  // What was dealt with before that word has nothing to do with what is charged after it.
  if (!goesOn(order.intent, intent.operation)) delete decided.refund_noted;
  return decided;
}

/** @throws Error when a refund is named that is not what is due: it would be forgotten */
function release(
  order: Mutable<Order>,
  { at, actor, reason, names }: Extract<Change, { kind: 'release' }>,
): Order {
  delete order.hold;
  if (names?.kind === 'refund') {
    if (refundDue(order)?.amount !== names.amount)
      throw new Error(`order ${order.ref.out_order_no}: a refund of ${names.amount} is not what is due`);
    order.refund_noted = ((order.refund_noted ?? 0) + names.amount) as Fen;
  }
  // Of an order at its end the decision explains what became of it.
  if (
    names?.kind === 'decision' &&
    names.operation === order.intent?.operation.kind &&
    phaseOf(order) !== 'ended'
  ) {
    delete order.intent;
    delete order.refund_noted;
  }
  const said =
    names?.kind === 'decision' ? { takes_back: names.operation } : names && { refund_amount: names.amount };
  const full = order.timeline.length >= TIMELINE_MAX_ENTRIES;
  const timeline = full ? folded(order) : order.timeline;
  return { ...order, timeline: [...timeline, { kind: 'released', at, actor, reason, ...said }] };
}

/** @throws Error when another service is named for an order that WeChat Pay has confirmed under this one */
function registerAgain(
  order: Order,
  { service_id = order.ref.service_id, said }: Extract<Change, { kind: 'register' }>,
): Order {
  if (service_id !== order.ref.service_id && !isUnconfirmed(order))
    throw new Error(`order ${order.ref.out_order_no}: its service_id is confirmed`);
  return { ...order, ref: { ...order.ref, service_id }, registration: { ...order.registration, ...said } };
}

function heldEntry({ at, hold }: Extract<Change, { kind: 'hold' }>): TimelineEntry {
  return { kind: 'held', at, hold };
}

function wouldCollect(
  timeline: readonly TimelineEntry[],
  { at, decided }: Extract<Change, { kind: 'would_collect' }>,
): readonly TimelineEntry[] {
  const last = timeline.at(-1);
  const again = last?.kind === 'would_collect' ? last.count : 0;
  const earlier = again === 0 ? timeline : timeline.slice(0, -1);
  return [...earlier, { kind: 'would_collect', at, decided, count: again + 1 }];
}

function settle(order: Order, { at, claim: claimed, report }: Extract<Change, { kind: 'settle' }>): Order {
  const rule = OUTCOME_RULES[report.outcome.kind];
  const { claim_id } = claimed;
  // A report whose write got through and lost its answer is written a second time: once is enough.
  if (order.timeline.some((entry) => isReportOf(entry, claim_id))) return order;
  const settled: Mutable<Order> = { ...order, ...recorded(order, at, claimed, report) };
  if (claimed.operation === undefined && rule.spacing === 'gap') delete settled.setbacks;
  if (rule.spacing !== 'none') settled.last_sent_at = latest(order.last_sent_at, claimed.send_by);
  // A verified answer may have closed it while its call was under way. That is the later word, and an unsigned one
  // does not take it back: only the record is added.
  if (order.open?.claim_id !== claim_id) return settled;
  if (CONTESTS.includes(report.outcome.kind)) {
    delete settled.observed;
    // An answer that was asked for before and comes in later does not take that back.
    settled.doubted_at = latest(order.doubted_at, at);
  }
  if (rule.leavesOpen) settled.open = { ...order.open, outcome: report.outcome };
  else delete settled.open;
  return settled;
}

function isReportOf(entry: TimelineEntry, claimId: string): boolean {
  return (entry.kind === 'attempt' || entry.kind === 'operation') && entry.claim_id === claimId;
}

/** The entry of a call; and, of a collection, what gap, caps and ladders count. */
function recorded(
  order: Order,
  at: Instant,
  claimed: Open,
  report: CallReport,
): Pick<Mutable<Order>, 'timeline' | 'calls'> & { setbacks?: Streak } {
  const { claim_id, actor } = claimed;
  const { timeline, calls } = order;
  if (claimed.operation !== undefined) {
    const { operation, reason } = claimed;
    const entry: TimelineEntry = { kind: 'operation', at, claim_id, actor, reason, operation, ...report };
    return { timeline: [...timeline, entry], calls };
  }
  const { decided } = claimed;
  const burned = OUTCOME_RULES[report.outcome.kind].spacing === 'gap';
  const alike = burned ? 0 : burnedNothing(timeline.at(-1));
  const earlier = alike === 0 ? timeline : timeline.slice(0, -1);
  const entry: TimelineEntry = { kind: 'attempt', at, claim_id, actor, decided, ...report, count: alike + 1 };
  return burned
    ? { timeline: [...earlier, entry], calls: withCall(calls, claimed.claimed_at) }
    : { timeline: [...earlier, entry], calls, setbacks: oneMore(order.setbacks, at) };
}

/** How many attempts an entry stands for that were not sent, not processed, or refused for want of configuration. */
function burnedNothing(entry: TimelineEntry | undefined): number {
  return entry?.kind === 'attempt' && OUTCOME_RULES[entry.outcome.kind].spacing !== 'gap' ? entry.count : 0;
}

/** Answers that contest what was known of the order: it has to be asked about before anything else. */
const CONTESTS: readonly OutcomeKind[] = ['contradicted', 'refused'];

function applyObservation(order: Order, observation: Observation): Order {
  const { at, standing, by } = observation;
  const before = order.observed;
  if (before !== undefined && isOlder(observation, before)) return order;
  const observed: Mutable<Order> = { ...order, observed: observation };
  if (by === undefined && at >= (order.doubted_at ?? at)) delete observed.doubted_at;
  if (isReduced(observation, order.intent)) delete observed.intent;
  if (standing.kind === 'not_completed') observed.not_completed_at = at;
  const timeline = [...order.timeline];
  if (before?.standing.kind !== standing.kind) {
    // WeChat Pay may waver between two standings for ever; a timeline that is full keeps the last of them.
    if (timeline.length >= TIMELINE_MAX_ENTRIES && timeline.at(-1)?.kind === 'observed') timeline.pop();
    timeline.push({ kind: 'observed', at, standing: standing.kind, ...(by === undefined ? {} : { by }) });
  }
  const as = order.open === undefined ? undefined : closesAs(order.open, observation);
  if (order.open === undefined || as !== undefined) delete observed.unanswered;
  // Verified, late enough, and still nothing that closes it: the next question waits for the ladder.
  else if (by === undefined && at >= conclusiveAt(order.open))
    observed.unanswered = oneMore(order.unanswered, at);
  if (order.open !== undefined && as !== undefined) {
    timeline.push({ kind: 'closed', at, claim_id: order.open.claim_id, as });
    observed.last_sent_at = latest(order.last_sent_at, order.open.send_by);
    delete observed.open;
    if (order.open.operation === undefined) {
      // The worker may have died after its call left: an attempt without a report counts as called.
      observed.calls = withCall(order.calls, order.open.claimed_at);
      delete observed.setbacks;
    }
  }
  return { ...observed, timeline };
}

/** Whether WeChat Pay shows the lower amount that somebody decided on. */
function isReduced(
  { standing, facts }: Observation,
  decision: Pick<Intent, 'operation'> | undefined,
): boolean {
  return (
    standing.kind === 'pending' &&
    decision?.operation.kind === 'modify' &&
    facts.total_amount === decision.operation.total_amount
  );
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

const CLOSES_AS: Readonly<Record<Standing['kind'], ClosedAs | undefined>> = {
  paid: 'paid',
  settled: 'settled',
  cancelled: 'cancelled',
  expired: 'expired',
  pending: 'not_paid',
  not_completed: 'not_completed',
  unrecognised: undefined,
};

/** What a verified answer closes a call as; one that is no end has to be late enough to prove anything. */
function closesAs(open: Open, observation: Observation): ClosedAs | undefined {
  const { at, standing, by } = observation;
  if (isTerminal(standing)) return CLOSES_AS[standing.kind];
  // What a notification says of an order that goes on was true at some time; a query is asked at a known one.
  if (by !== undefined) return undefined;
  if (open.operation !== undefined && at >= open.claimed_at && isReduced(observation, open)) return 'reduced';
  if (at < conclusiveAt(open)) return undefined;
  return open.operation !== undefined && standing.kind === 'pending' ? 'not_done' : CLOSES_AS[standing.kind];
}

/** What is told twice, or written twice because its first answer was lost, counts once; and so does what comes late. */
function oneMore(streak: Streak | undefined, at: Instant): Streak {
  if (streak !== undefined && at <= streak.at) return streak;
  return { count: (streak?.count ?? 0) + 1, at };
}

function withCall(calls: readonly Instant[], claimedAt: Instant): readonly Instant[] {
  return calls.includes(claimedAt) ? calls : [...calls, claimedAt].toSorted((a, b) => a - b);
}

function latest(known: Instant | undefined, at: Instant): Instant {
  return Math.max(known ?? 0, at);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
