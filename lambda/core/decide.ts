import type { BreakerVerdict } from './breaker';
import { nextAllowed, startOfNextLocalDay } from './calendar';
import { completionOf, notCompletedAt } from './completion';
import { waitsOf, type WaitBecause } from './guards';
import type { Instant } from './ids';
import { infrastructureWaitMs, probeWaitMs, WATCH_DAYS_MAX, watchAt } from './ladder';
import { exhaustingAt } from './marks';
import { isTerminal, type StandingKind } from './observe';
import { conclusiveAt, TIMELINE_MAX_ENTRIES, type Open, type Order, type Streak } from './order';
import type { EffectivePolicy } from './policy';
import type { Mode } from './switch';
import { DAY_MS } from './time';
import { isRefused } from './timeline';
import { askedSince, callsReckoned, type Unseen } from './unseen';

/** What holds around an order, beyond what is known of it. */
export interface Around {
  readonly effective: EffectivePolicy;
  readonly mode: Mode;
  readonly breaker: BreakerVerdict;
  /** The merchant's rate is used up until then. */
  readonly budget_until?: Instant;
  /** Absent unless the ledger was restored from a copy. */
  readonly unseen?: readonly Unseen[];
}

/**
 * On whose behalf a decision is made: the schedule, which keeps to its ladders; somebody who asks for this order now;
 * or an operator who has the user's consent to collect outside the window.
 */
export type Occasion = 'schedule' | 'demand' | 'consent';

/** Before a collection, what is known of the order may be at most this old; then it is asked for again. */
export const FRESH_MS = 15_000;

/** What made a collection due. */
export type CollectRule =
  'first_attempt' | 'decline_ladder' | 'infrastructure_ladder' | 'trial' | 'demand' | 'consent';

export type QueryBecause =
  'attempt_open' | 'doubted' | 'restored' | 'nothing_verified' | 'stale' | 'unasked' | 'exhausting' | 'watch';

/** Why an order is not collected however long one waits; all but the ends are still asked about (watched). */
export type StopBecause =
  | Exclude<StandingKind, 'pending'>
  | 'held'
  | 'decided'
  | 'exhausted'
  | 'last_day'
  | 'no_window'
  | 'timeline_full'
  | 'refused'
  | 'observing'
  | 'switched_off';

export type Decision =
  | { readonly kind: 'collect'; readonly rule: CollectRule }
  | { readonly kind: 'query'; readonly because: QueryBecause }
  | {
      readonly kind: 'wait';
      readonly until: Instant;
      readonly because: WaitBecause;
      /** When the schedule asks about it meanwhile, if the wait is long. */
      readonly ask_at?: Instant;
    }
  | {
      readonly kind: 'stop';
      readonly because: StopBecause;
      /** When the schedule asks about it again; absent when nothing is left to ask. */
      readonly ask_at?: Instant;
    };

/**
 * What to do about an order now. The test for an open attempt comes before every other one: while the outcome
 * of a call is unknown, nothing but asking is right. Whatever forbids collecting never forbids asking.
 */
export function decide(order: Order, around: Around, occasion: Occasion, now: Instant): Decision {
  const { open, observed, unanswered } = order;
  const inDoubt = occasion === 'schedule' && isInDoubt(order, now);
  if (inDoubt && isUnasked(order)) return { kind: 'query', because: 'doubted' };
  if (open !== undefined) return probe(probeAt(open, unanswered, occasion), now);
  if (inDoubt) return ask(order, 'doubted', around, occasion, now);
  if (observed !== undefined && isTerminal(observed.standing))
    return { kind: 'stop', because: observed.standing.kind };
  const overtaken = occasion === 'schedule' ? overtakenBy(order, around, now) : undefined;
  if (overtaken !== undefined) return overtaken;
  // An answer contested what was known, or somebody asks: that comes before all that only keeps a collection back.
  if (observed === undefined && (occasion !== 'schedule' || order.calls.length > 0))
    return ask(order, 'nothing_verified', around, occasion, now);
  if (observed !== undefined && observed.standing.kind !== 'pending')
    return barred(order, observed.standing.kind, around, occasion, now);
  return (
    stoppedByHand(order, around, occasion, now) ??
    spent(order, around, occasion, now) ??
    waiting(order, around, occasion, now) ??
    ready(order, around, occasion, now)
  );
}

/**
 * What is not pending waits for nothing, and has no last day: the schedule asks about it like about all that is watched,
 * whoever wants it collected at once. While that was just said, he is told so, and not when he might try again.
 */
function barred(
  order: Order,
  because: Exclude<StandingKind, 'pending'>,
  around: Around,
  occasion: Occasion,
  now: Instant,
): Decision {
  if (occasion !== 'schedule' && isFresh(order, now)) return watched(order, because, around, occasion, now);
  const byHand = stoppedByHand(order, around, occasion, now);
  if (byHand !== undefined) return byHand;
  return occasion === 'schedule'
    ? watched(order, because, around, occasion, now)
    : ask(order, 'stale', around, occasion, now);
}

/** A doubt that no answer comes to is given up like every other question. */
function isInDoubt({ doubted_at }: Order, now: Instant): boolean {
  return doubted_at !== undefined && now <= doubted_at + WATCH_DAYS_MAX * DAY_MS;
}

/** Whether nobody has tried to ask since there is a doubt about it. */
export function isUnasked({ doubted_at, unanswered }: Pick<Order, 'doubted_at' | 'unanswered'>): boolean {
  return doubted_at !== undefined && doubted_at > (unanswered?.at ?? 0);
}

/** What WeChat Pay said before a restore is asked again: once at once, then like every other question, to its end. */
function overtakenBy(order: Order, around: Around, now: Instant): Decision | undefined {
  const asked = askedSince(order, around.unseen ?? []);
  if (asked === 'not_asked') return { kind: 'query', because: 'restored' };
  const isWatched = now <= watchedFrom(order) + WATCH_DAYS_MAX * DAY_MS;
  return asked === 'unanswered' && isWatched ? ask(order, 'restored', around, 'schedule', now) : undefined;
}

function probe(until: Instant, now: Instant): Decision {
  return now >= until
    ? { kind: 'query', because: 'attempt_open' }
    : { kind: 'wait', until, because: 'attempt_open' };
}

/** When the open attempt is asked about: as soon as an answer is conclusive; by the schedule, on its ladder. */
function probeAt(open: Open, unanswered: Streak | undefined, occasion: Occasion): Instant {
  const conclusive = conclusiveAt(open);
  if (occasion !== 'schedule') return conclusive;
  const last = unanswered?.at ?? open.claimed_at;
  return Math.max(conclusive, last + probeWaitMs(unanswered?.count ?? 0));
}

/** A question that the schedule repeats on the infrastructure ladder while nothing verified comes back. */
function ask(
  { unanswered }: Order,
  because: QueryBecause,
  { effective }: Around,
  occasion: Occasion,
  now: Instant,
): Decision {
  if (occasion !== 'schedule' || unanswered === undefined) return { kind: 'query', because };
  const ladder = effective.policy.infrastructure_ladder_minutes;
  const until = unanswered.at + infrastructureWaitMs(ladder, unanswered.count);
  return now >= until ? { kind: 'query', because } : { kind: 'wait', until, because: 'unanswered' };
}

/** What a person has said about it ends collecting whatever WeChat Pay says. */
function stoppedByHand(order: Order, around: Around, occasion: Occasion, now: Instant): Decision | undefined {
  if (order.hold !== undefined && (order.hold.until ?? Infinity) > now)
    return watched(order, 'held', around, occasion, now);
  if (order.intent !== undefined) {
    // What WeChat Pay says is neither what was decided nor anything else that is known: a person has to look.
    const because = order.observed?.standing.kind === 'unrecognised' ? 'unrecognised' : 'decided';
    return watched(order, because, around, occasion, now);
  }
  return undefined;
}

/** No attempt is left, or no day. */
function spent(order: Order, around: Around, occasion: Occasion, now: Instant): Decision | undefined {
  const { policy } = around.effective;
  if (callsReckoned(order, around.unseen, policy).length >= policy.attempts_max)
    return watched(order, 'exhausted', around, occasion, now);
  if (now >= endOfLastDay(order, around)) return watched(order, 'last_day', around, occasion, now);
  return undefined;
}

/** The whole of the last day counts: an attempt that comes due on it at noon is not an hour too late at one. */
function endOfLastDay(order: Order, { effective: { policy } }: Around): Instant {
  const last = completionOf(order).at + policy.last_attempt_day * DAY_MS;
  return startOfNextLocalDay(policy.time_zone, last);
}

/** What keeps a collection back for a time. All of it has to have passed, and then the window has to be open. */
function waiting(order: Order, around: Around, occasion: Occasion, now: Instant): Decision | undefined {
  const longest = waitsOf(order, around, occasion, now).reduce<Wait | undefined>(
    (so_far, wait) => (wait.until > (so_far?.until ?? now) ? wait : so_far),
    undefined,
  );
  const passed = longest?.until ?? now;
  const until = occasion === 'consent' ? passed : nextAllowed(around.effective.policy, passed);
  if (until === undefined) return watched(order, 'no_window', around, occasion, now);
  if (until >= endOfLastDay(order, around)) return watched(order, 'last_day', around, occasion, now);
  if (until <= now) return undefined;
  const because = longest?.because ?? 'window';
  if (occasion !== 'schedule') return { kind: 'wait', until, because };
  const exhausting = exhaustingAt(order, around.effective.policy);
  const seen = (order.observed?.at ?? 0) >= exhausting;
  // The user is told to pay by hand only once WeChat Pay has said, on that day, that he has not.
  if (!seen && now >= exhausting) return ask(order, 'exhausting', around, occasion, now);
  const regular = lastAskedAt(order) + UNASKED_MS_MAX;
  const askAt = seen ? regular : Math.min(regular, exhausting);
  if (now >= askAt) return { kind: 'query', because: 'unasked' };
  return { kind: 'wait', until, because, ...(askAt < until ? { ask_at: askAt } : {}) };
}

/** An order that waits this long for its collection is asked about: people pay by hand. Longer than any default wait. */
const UNASKED_MS_MAX = 8 * DAY_MS;

function lastAskedAt({ registration, observed, unanswered }: Order): Instant {
  return Math.max(registration.at, observed?.at ?? 0, unanswered?.at ?? 0);
}

type Wait = ReturnType<typeof waitsOf>[number];

/** Nothing keeps it back any more: what WeChat Pay says of it now decides. */
function ready(order: Order, around: Around, occasion: Occasion, now: Instant): Decision {
  const { observed } = order;
  if (observed === undefined) return ask(order, 'nothing_verified', around, occasion, now);
  if (!isFresh(order, now)) return ask(order, 'stale', around, occasion, now);
  // After the question, not before: an order that may not be collected is still asked about.
  if (order.timeline.length >= TIMELINE_MAX_ENTRIES)
    return watched(order, 'timeline_full', around, occasion, now);
  // The same call would be refused again; a person who has looked may ask for it.
  if (occasion === 'schedule' && isRefused(order.timeline))
    return watched(order, 'refused', around, occasion, now);
  switch (around.mode) {
    case 'off':
      return watched(order, 'switched_off', around, occasion, now);
    case 'observe':
      return watched(order, 'observing', around, occasion, now);
    case 'on':
      return { kind: 'collect', rule: ruleOf(order, around, occasion) };
  }
}

/**
 * Whether what is known can be acted on. An answer from the future was stamped by another clock and proves nothing about
 * now; a notification says how things stood when it was written; and a doubt that came since says that they have changed.
 */
export function isFresh({ observed, doubted_at }: Order, now: Instant): boolean {
  if (observed === undefined || observed.by !== undefined) return false;
  return Math.abs(now - observed.at) <= FRESH_MS && observed.at >= (doubted_at ?? observed.at);
}

/** The rule that makes a collection due, switch aside. */
export function ruleOf({ calls, setbacks }: Order, { breaker }: Around, occasion: Occasion): CollectRule {
  // One that was open when it was read, and whose wait has ended since, has its one trial too.
  if (breaker.kind !== 'closed') return 'trial';
  if (occasion !== 'schedule') return occasion;
  if (setbacks !== undefined) return 'infrastructure_ladder';
  return calls.length === 0 ? 'first_attempt' : 'decline_ladder';
}

/** Not collected, but asked about: daily, then weekly, sooner while nobody answers. */
function watched(
  order: Order,
  because: StopBecause,
  { effective }: Around,
  occasion: Occasion,
  now: Instant,
): Decision {
  const askAt = nextQuestionAt(order, effective, now);
  if (askAt === undefined) return { kind: 'stop', because };
  if (occasion === 'schedule' && now >= askAt) return { kind: 'query', because: 'watch' };
  return { kind: 'stop', because, ask_at: askAt };
}

function unlessAfter(limit: Instant, at: Instant): Instant | undefined {
  return at > limit ? undefined : at;
}

function nextQuestionAt(order: Order, { policy }: EffectivePolicy, now: Instant): Instant | undefined {
  const { registration, observed, unanswered, hold } = order;
  const ladder = policy.infrastructure_ladder_minutes;
  const again = unanswered && unanswered.at + infrastructureWaitMs(ladder, unanswered.count);
  const from = watchedFrom(order);
  if (observed === undefined) return unlessAfter(from + WATCH_DAYS_MAX * DAY_MS, again ?? registration.at);
  const regular = watchAt(from, Math.max(observed.at, unanswered?.at ?? 0));
  if (regular === undefined) return undefined;
  // A hold that is over stays in the row until somebody releases it; only an end that lies ahead is a reason to ask.
  const holdEnds = hold?.until !== undefined && hold.until > now ? hold.until : regular;
  return Math.min(regular, again ?? regular, holdEnds);
}

/** The days in which an order is watched count from then. */
function watchedFrom(order: Order): Instant {
  const { registration, intent } = order;
  // Of an order that was old when it was registered, or decided about, the days count from then.
  return Math.max(completionOf(order).at, registration.at, intent?.at ?? 0, notCompletedAt(order) ?? 0);
}
