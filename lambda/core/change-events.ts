import type { Breaker } from './breaker';
import {
  EVENT_SCHEMA,
  type ChangeEvent,
  type Details,
  type OrderEventType,
  type Said,
  type ToldCall,
  type ToldMerchant,
  type ToldOrder,
} from './change-event';
import type { BreakerTarget } from './controls';
import type { Instant } from './ids';
import type { StandingKind, TerminalKind } from './observe';
import type { Order, TimelineEntry } from './order';
import { OUTCOME_RULES, type Evidence, type Outcome } from './outcome';
import { chargedOf, refundDue } from './refund';

/**
 * What is to be told of a change of an order, from its states before and after alone: a change that is read twice is
 * told under the same ids. `writtenAt`: for what the ledger keeps no time of.
 */
export function eventsOf(
  before: Order | undefined,
  after: Order,
  writtenAt: Instant,
): readonly ChangeEvent[] {
  if (before === undefined) return eventsIn(after);
  const known = new Set(eventsIn(before).map(idOf));
  const found = eventsIn(after).filter((event) => !known.has(idOf(event)));
  const ids = new Set(found.map(idOf));
  return [...found, ...comparing(before, after, writtenAt).filter((event) => !ids.has(idOf(event)))];
}

/** All that an order's row still tells of what happened to it, oldest first but for what is marked on it. */
export function eventsIn(order: Order): readonly ChangeEvent[] {
  const { registration } = order;
  return numbered([
    tell('OrderRegistered', order, registration.at, [], saidIn(order)),
    ...eventsOfTimeline(order),
    ...eventsOfMarks(order),
  ]);
}

function idOf({ detail }: ChangeEvent): string {
  return detail.id;
}

/** What happened twice within a millisecond is told as two. */
function numbered(events: readonly ChangeEvent[]): readonly ChangeEvent[] {
  const times = new Map<string, number>();
  return events.map((event) => {
    const id = idOf(event);
    const nth = (times.get(id) ?? 0) + 1;
    times.set(id, nth);
    return nth === 1 ? event : ({ ...event, detail: { ...event.detail, id: `${id}/${nth}` } } as ChangeEvent);
  });
}

function eventsOfTimeline(order: Order): readonly ChangeEvent[] {
  let standing: StandingKind | undefined;
  return order.timeline.flatMap((entry): readonly ChangeEvent[] => {
    if (entry.kind !== 'observed') return eventsOfEntry(order, entry);
    const was = standing;
    standing = entry.standing;
    return eventsOfStanding(order, entry, was);
  });
}

function eventsOfMarks(order: Order): readonly ChangeEvent[] {
  const { stopped, exhausting_since: since, observed, timeline } = order;
  const refund = refundDue(order);
  return [
    ...(since === undefined ? [] : [tell('OrderExhausting', order, since, [since], {})]),
    ...(stopped === undefined
      ? []
      : [tell('OrderStopped', order, stopped.at, [stopped.at], { because: stopped.because })]),
    ...(refund === undefined || observed === undefined
      ? []
      : [
          // Parts of one size are different money: what was charged in all tells them apart.
          tell(
            'RefundDue',
            order,
            paidAt(timeline) ?? observed.at,
            [refund.amount, String(chargedOf(observed))],
            {
              refund,
            },
          ),
        ]),
  ];
}

/** When it was first seen paid: later answers say the same again. */
function paidAt(timeline: Order['timeline']): Instant | undefined {
  return timeline.findLast((entry) => entry.kind === 'observed' && entry.standing === 'paid')?.at;
}

type Entry<K extends TimelineEntry['kind']> = Extract<TimelineEntry, { kind: K }>;

function eventsOfEntry(
  order: Order,
  entry: Exclude<TimelineEntry, Entry<'observed'>>,
): readonly ChangeEvent[] {
  const { at } = entry;
  switch (entry.kind) {
    case 'attempt': {
      const { claim_id: id, decided, count } = entry;
      const { rule, policy } = decided;
      const attempt = { id, ...callIn(entry), rule, policy, count };
      return [tell('AttemptSettled', order, at, [id], { attempt })];
    }
    case 'operation': {
      const { claim_id: id, operation } = entry;
      const decision = { id, ...callIn(entry), operation: operation.kind };
      return [tell('DecisionSettled', order, at, [id], { decision })];
    }
    case 'closed': {
      const { claim_id: id, as } = entry;
      return isDecision(order, entry)
        ? [tell('DecisionClosed', order, at, [id], { decision: { id, as } })]
        : [tell('AttemptClosed', order, at, [id], { attempt: { id, as } })];
    }
    case 'held':
      return [tell('OrderHeld', order, at, [at], { until: isoOf(entry.hold.until) })];
    case 'released':
      return [tell('OrderReleased', order, at, [at], {})];
    case 'would_collect':
    case 'intended':
    case 'corrected':
    case 'folded':
      return [];
  }
}

/** Only a decision is closed as `not_done` or `reduced`; of one that an end closed, its report says what it was. */
function isDecision({ timeline }: Order, { claim_id, as }: Entry<'closed'>): boolean {
  if (as === 'not_done' || as === 'reduced') return true;
  return timeline.some((entry) => entry.kind === 'operation' && entry.claim_id === claim_id);
}

function eventsOfStanding(
  order: Order,
  { at, standing, by }: Pick<Entry<'observed'>, 'at' | 'standing' | 'by'>,
  was: StandingKind | undefined,
): readonly ChangeEvent[] {
  const now = order.observed?.standing;
  const seen_by = by ?? 'query';
  switch (standing) {
    case 'paid': {
      const transaction_id = (now?.kind === 'paid' ? now.transaction_id : undefined) ?? null;
      return [tell('OrderPaid', order, at, [at], { seen_by, transaction_id })];
    }
    case 'settled': {
      const because = now?.kind === 'settled' ? now.because : null;
      return [tell('OrderSettled', order, at, [at], { seen_by, because })];
    }
    case 'cancelled':
      return [tell('OrderCancelled', order, at, [at], { seen_by })];
    case 'expired':
      return [tell('OrderExpired', order, at, [at], { seen_by })];
    case 'pending':
    case 'not_completed':
    case 'unrecognised':
      return isEnd(was) ? [tell('OrderReopened', order, at, [at], { seen_by, was })] : [];
  }
}

const ENDS: readonly TerminalKind[] = ['paid', 'settled', 'cancelled', 'expired'];

function isEnd(kind: StandingKind | undefined): kind is TerminalKind {
  return ENDS.some((end) => end === kind);
}

/** What the row does not tell any more once it has changed. */
function comparing(before: Order, after: Order, writtenAt: Instant): readonly ChangeEvent[] {
  const was = before.observed?.standing.kind;
  const { observed } = after;
  const is = observed?.standing.kind;
  const resumed = after.stopped === undefined && !isEnd(is) ? before.stopped : undefined;
  return [
    // A timeline that is full lets go of the very end that is taken back.
    ...(observed === undefined || isEnd(is)
      ? []
      : eventsOfStanding(after, { ...observed, standing: observed.standing.kind }, was)),
    ...(resumed === undefined
      ? []
      : [tell('OrderResumed', after, writtenAt, [resumed.at], { because: resumed.because })]),
    ...(isSaidAnew(before, after)
      ? [tell('RegistrationChanged', after, writtenAt, [after.version], saidIn(after))]
      : []),
  ];
}

function isSaidAnew({ ref, registration }: Order, after: Order): boolean {
  return (
    ref.service_id !== after.ref.service_id ||
    registration.completed_at !== after.registration.completed_at ||
    registration.total_amount !== after.registration.total_amount
  );
}

function saidIn({ registration }: Order): Said {
  return { completed_at: isoOf(registration.completed_at) };
}

function callIn({ outcome, evidence }: { outcome: Outcome; evidence: Evidence }): ToldCall {
  return {
    outcome: outcome.kind,
    because: becauseOf(outcome),
    open: OUTCOME_RULES[outcome.kind].leavesOpen,
    http_status: evidence.http_status ?? null,
    code: evidence.code ?? null,
    sub_code: evidence.sub_code ?? null,
    request_id: evidence.request_id ?? null,
  };
}

function becauseOf(outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'unknown':
    case 'not_sent':
      return outcome.because;
    case 'contradicted':
      return outcome.claim;
    case 'misconfigured':
      return outcome.scope;
    case 'accepted':
    case 'in_progress':
    case 'busy':
    case 'declined':
    case 'throttled':
    case 'refused':
      return null;
  }
}

/** An event of an order; `marks` tell it from the order's others of its type. */
function tell<T extends OrderEventType>(
  type: T,
  order: Order,
  at: Instant,
  marks: readonly (string | number)[],
  details: Details[T],
): ChangeEvent {
  const { ref, version, status, observed, registration, calls } = order;
  const { mchid, sub_mchid, out_order_no, service_id } = ref;
  const standing = observed?.standing;
  const paid = standing?.kind === 'paid' || standing?.kind === 'pending' ? standing.paid_amount : undefined;
  const common: ToldOrder = {
    schema: EVENT_SCHEMA,
    id: [mchid, sub_mchid, out_order_no, type, ...marks].join('/'),
    at: iso(at),
    mchid,
    sub_mchid,
    out_order_no,
    service_id,
    version,
    status,
    standing: standing?.kind ?? null,
    // What WeChat Pay says, verified, comes before what was registered.
    total_amount: observed?.facts.total_amount ?? registration.total_amount ?? null,
    paid_amount: paid ?? null,
    attempts: calls.filter((call) => call <= at).length,
  };
  return { type, at, detail: { ...common, ...details } } as ChangeEvent;
}

/** What is to be told of a change of a breaker; `writtenAt`: when the row was written. */
export function breakerEventsOf(
  { mchid, sub_mchid, service_id }: BreakerTarget,
  before: Breaker | undefined,
  after: Breaker | undefined,
  writtenAt: Instant,
): readonly ChangeEvent[] {
  const told = (what: 'Stopped' | 'Resumed', { tripped_at }: Breaker, at: Instant, details: object) => {
    const type = `${sub_mchid === undefined ? 'Merchant' : 'Pair'}${what}` as const;
    const pair = sub_mchid === undefined ? {} : { sub_mchid, service_id };
    const of = [mchid, ...Object.values(pair)];
    const common: ToldMerchant = {
      schema: EVENT_SCHEMA,
      id: [...of, type, tripped_at].join('/'),
      at: iso(at),
      mchid,
    };
    return [{ type, at, detail: { ...common, ...pair, ...details } } as ChangeEvent];
  };
  if (after === undefined) return before === undefined ? [] : told('Resumed', before, writtenAt, {});
  const { tripped_at, trips, until } = after;
  return before?.tripped_at === tripped_at
    ? []
    : told('Stopped', after, tripped_at, { trips, until: iso(until) });
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}

function isoOf(at: Instant | undefined): string | null {
  return at === undefined ? null : iso(at);
}
