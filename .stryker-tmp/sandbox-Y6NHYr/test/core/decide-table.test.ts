import type { BreakerVerdict } from '../../lambda/core/breaker';
import { decide, type Around, type Decision, type Occasion } from '../../lambda/core/decide';
import { evolve } from '../../lambda/core/evolve';
import { explain } from '../../lambda/core/explain';
import type { StandingKind } from '../../lambda/core/observe';
import type { Hold, Order, Streak } from '../../lambda/core/order';
import { MODES } from '../../lambda/core/switch';
import {
  ACTOR,
  around,
  beijing,
  claimAt,
  DAY,
  HOUR,
  MINUTE,
  observed,
  orderWith,
  OUTCOMES,
  saw,
  TERMINAL,
} from './orders';

/*
 * Every combination of what a decision may depend on, and what has to be true of it whatever the rest is. Nothing
 * here repeats how the decision is made: the axes say in plain words what holds, the rules what must follow.
 */

interface Situation {
  readonly open?: 'asked_too_early' | 'conclusive';
  readonly seen?: { readonly kind: StandingKind; readonly ageMs: number };
  /** Two questions, the last of them a minute ago. */
  readonly unanswered?: true;
  readonly full?: true;
}

const knownAs = (kind: StandingKind, ageMs: number): Situation => ({ seen: { kind, ageMs } });
const SITUATIONS: readonly Situation[] = [
  ...(['asked_too_early', 'conclusive'] as const).flatMap((open) => [
    { open },
    { ...knownAs('pending', 0), open },
    { ...knownAs('unrecognised', HOUR), open, unanswered: true } as const,
  ]),
  {},
  { unanswered: true },
  ...[15_000, 15_001, 20 * HOUR].map((ageMs) => knownAs('pending', ageMs)),
  { ...knownAs('pending', 20 * HOUR), unanswered: true },
  ...[0, 20 * HOUR].map((ageMs) => knownAs('not_completed', ageMs)),
  knownAs('unrecognised', 0),
  ...TERMINAL.map((kind) => knownAs(kind, 40 * DAY)),
  { ...knownAs('pending', 0), full: true },
];

/** What came of the calls before: `floor` keeps any collection back, `ladder` only the schedule's. */
interface Calls {
  readonly agoMs: readonly number[];
  readonly sentAgoMs?: number;
  readonly setback?: { readonly count: number; readonly agoMs: number };
  readonly keeps: 'nothing' | 'floor' | 'ladder' | 'for_good';
}

const daily = (count: number, lastDays: number) =>
  Array.from({ length: count }, (_, n) => (lastDays + count - 1 - n) * DAY);
const CALLS: readonly Calls[] = [
  { agoMs: [], keeps: 'nothing' },
  { agoMs: [2 * DAY], sentAgoMs: 2 * DAY, keeps: 'nothing' },
  { agoMs: [5 * HOUR], sentAgoMs: 5 * HOUR, keeps: 'floor' },
  { agoMs: [10 * HOUR], sentAgoMs: 10 * HOUR, keeps: 'floor' },
  { agoMs: daily(3, 1.5), keeps: 'ladder' },
  { agoMs: [], sentAgoMs: 2 * MINUTE, setback: { count: 1, agoMs: 2 * MINUTE }, keeps: 'floor' },
  { agoMs: [2 * DAY], setback: { count: 3, agoMs: MINUTE }, keeps: 'ladder' },
  { agoMs: daily(8, 3), keeps: 'for_good' },
];
/** Five calls in 30 days, where the policy allows no more. */
const MONTH: Calls = { agoMs: daily(5, 2.5), keeps: 'floor' };

const HOLDS = {
  none: undefined,
  for_an_hour: HOUR,
  for_ever: Infinity,
  ended: -HOUR,
} as const satisfies Record<string, number | undefined>;
type HoldKind = keyof typeof HOLDS;

/** When it is: always so late in the day that a call ten hours ago was made on the same one. */
const MOMENTS = {
  in_the_window: { now: beijing('2026-03-02 20:00'), completedAgoMs: 10 * DAY },
  // Day 25 ended with the midnight before.
  past_the_last_day: { now: beijing('2026-03-02 20:00'), completedAgoMs: 25 * DAY + 20 * HOUR + 1 },
  at_night: { now: beijing('2026-03-02 23:00'), completedAgoMs: 10 * DAY },
  at_night_after_an_hour: { now: beijing('2026-03-02 23:00'), completedAgoMs: HOUR },
  after_an_hour: { now: beijing('2026-03-02 20:00'), completedAgoMs: HOUR },
} as const;
type Moment = keyof typeof MOMENTS;
const MERCHANT = ['free', 'breaker_open', 'breaker_half_open', 'budget_spent'] as const;
const OCCASIONS: readonly Occasion[] = ['schedule', 'demand', 'consent'];

interface Case {
  readonly situation: Situation;
  readonly calls: Calls;
  readonly hold: HoldKind;
  readonly moment: Moment;
  readonly merchant: (typeof MERCHANT)[number];
  readonly mode: (typeof MODES)[number];
  readonly occasion: Occasion;
}

interface Judged extends Case {
  readonly order: Order;
  readonly now: number;
  readonly decision: Decision;
}

function orderOf({ situation, calls, hold, moment }: Case): Order {
  const { now, completedAgoMs } = MOMENTS[moment];
  const { open, seen, unanswered, full } = situation;
  const claimed = claimAt(now - (open === 'conclusive' ? HOUR : MINUTE), 'c1');
  const until = HOLDS[hold];
  return orderWith({
    registration: { at: now - completedAgoMs, completed_at: now - completedAgoMs, actor: ACTOR },
    calls: calls.agoMs.map((ago) => now - ago),
    ...(open === undefined ? {} : { open: { ...claimed, outcome: OUTCOMES.unknown } }),
    ...(seen === undefined ? {} : { observed: saw(seen.kind, now - seen.ageMs) }),
    ...(calls.sentAgoMs === undefined ? {} : { last_sent_at: now - calls.sentAgoMs }),
    ...(calls.setback === undefined
      ? {}
      : { setbacks: streak(calls.setback.count, now - calls.setback.agoMs) }),
    ...(until === undefined ? {} : { hold: holdUntil(now + until) }),
    ...(unanswered === undefined ? {} : { unanswered: streak(2, now - MINUTE) }),
    ...(full === undefined ? {} : { timeline: FULL }),
  });
}

const streak = (count: number, at: number): Streak => ({ count, at });
const holdUntil = (until: number): Hold => ({
  actor: ACTOR,
  reason: 'disputed',
  ...(until === Infinity ? {} : { until }),
});
const FULL = Array.from({ length: 56 }, (_, at) => ({ kind: 'observed', at, standing: 'pending' }) as const);

/** What holds around an order at `at`, as it was told at `now`: an open breaker is half open when its time has come. */
function aroundAt({ merchant, mode, calls }: Case, now: number, at: number): Around {
  const until = now + 30 * MINUTE;
  const closed: BreakerVerdict = { kind: 'closed' };
  const half: BreakerVerdict = { kind: 'half_open', scope: 'pair' };
  const verdicts: Record<Case['merchant'], BreakerVerdict> = {
    free: closed,
    breaker_open: at < until ? { kind: 'open', until, scope: 'pair', because: 'NO_AUTH' } : half,
    breaker_half_open: half,
    budget_spent: closed,
  };
  return {
    effective: calls === MONTH ? AT_MONTH_CAP : DEFAULT,
    mode,
    breaker: verdicts[merchant],
    ...(merchant === 'budget_spent' ? { budget_until: now + 10_000 } : {}),
  };
}

const DEFAULT = around().effective;
const AT_MONTH_CAP = around({ attempts_per_30_days_max: 5 }).effective;

function* everyCase(): Generator<Case> {
  for (const situation of SITUATIONS)
    for (const calls of [...CALLS, MONTH])
      for (const hold of Object.keys(HOLDS) as HoldKind[])
        for (const moment of Object.keys(MOMENTS) as Moment[])
          for (const merchant of MERCHANT)
            for (const mode of MODES)
              for (const occasion of OCCASIONS)
                yield { situation, calls, hold, moment, merchant, mode, occasion };
}

const because = (decision: Decision): string => (decision.kind === 'collect' ? '' : decision.because);
const isTerminal = ({ situation: { open, seen } }: Case) =>
  open === undefined && (TERMINAL as readonly string[]).includes(seen?.kind ?? '');
const isHeld = ({ hold }: Case) => hold === 'for_an_hour' || hold === 'for_ever';

/** In words: everything that has to be so that money may be asked for. */
function mayBeCollected(one: Case): boolean {
  const { situation, calls, moment, merchant, mode, occasion } = one;
  const { open, seen, full } = situation;
  const knownPending =
    open === undefined && seen?.kind === 'pending' && seen.ageMs <= 15_000 && full !== true;
  const allowed = !isHeld(one) && mode === 'on' && /^(free|breaker_half_open)$/.test(merchant);
  const inTime = occasion === 'consent' ? moment !== 'past_the_last_day' : moment === 'in_the_window';
  const kept = calls.keeps === 'ladder' ? occasion === 'schedule' : calls.keeps !== 'nothing';
  return knownPending && allowed && inTime && !kept;
}

/** Asked, and answered with what was known: the order, and what is decided then. */
function onceAnswered(one: Judged): Decision {
  const { order, now, situation, occasion } = one;
  const answered = evolve(order, observed(situation.seen?.kind ?? 'pending', now));
  return decide(answered, aroundAt(one, now, now), occasion, now);
}

function atItsEnd(one: Judged, until: number): Decision {
  return decide(one.order, aroundAt(one, one.now, until), one.occasion, until);
}

const RULES: Readonly<Record<string, (one: Judged) => boolean>> = {
  'is explained in a sentence': ({ decision }) => /^[A-Z].{15,}\.$/.test(explain(decision)),
  'is about an open attempt while one is, whatever else holds, and then to ask or to wait': (one) => {
    const { open, unanswered } = one.situation;
    if (open === undefined) return because(one.decision) !== 'attempt_open';
    const asks = open === 'conclusive' && !(unanswered === true && one.occasion === 'schedule');
    return because(one.decision) === 'attempt_open' && one.decision.kind === (asks ? 'query' : 'wait');
  },
  'is to collect what may be collected, and nothing else': (one) =>
    (one.decision.kind === 'collect') === mayBeCollected(one),
  'names the trial as its rule while the breaker is half open, else the occasion': ({
    decision,
    merchant,
    occasion,
  }) =>
    decision.kind !== 'collect' ||
    (merchant === 'breaker_half_open'
      ? decision.rule === 'trial'
      : occasion === 'schedule'
        ? /attempt|ladder/.test(decision.rule)
        : decision.rule === occasion),
  'at a verified end is to stop, because of that end, with nothing left to ask': (one) =>
    !isTerminal(one) ||
    (one.decision.kind === 'stop' &&
      one.decision.because === one.situation.seen?.kind &&
      one.decision.ask_at === undefined),
  'on behalf of somebody who asks tells first what makes the order no matter for a collection': (one) => {
    const { open, seen } = one.situation;
    const barred = open === undefined && /^(not_completed|unrecognised)$/.test(seen?.kind ?? '');
    if (!barred || seen?.ageMs !== 0 || one.occasion === 'schedule') return true;
    return one.decision.kind === 'stop' && one.decision.because === seen.kind;
  },
  'leaves no order that is not at its end without a next step': (one) => {
    const { decision, now, occasion } = one;
    if (isTerminal(one) || decision.kind === 'collect' || decision.kind === 'query') return true;
    if (decision.kind === 'wait') return true;
    // Others than the schedule are told when the schedule asks; that it is late does not make it theirs.
    return decision.ask_at !== undefined && (decision.ask_at > now || occasion !== 'schedule');
  },
  'to wait says until when, and that lies ahead': ({ decision, now }) =>
    decision.kind !== 'wait' || decision.until > now,
  'to wait is not made again at its end, for the same reason': (one) => {
    if (one.decision.kind !== 'wait') return true;
    const next = atItsEnd(one, one.decision.until);
    return next.kind !== 'wait' || next.because !== one.decision.because;
  },
  'to ask is not made again when the answer is there, unless somebody insists while an attempt is open': (
    one,
  ) =>
    one.decision.kind !== 'query' ||
    onceAnswered(one).kind !== 'query' ||
    (one.situation.open !== undefined && one.occasion !== 'schedule'),
  'of a held order is never to wait for anything but an open attempt or an answer': (one) =>
    !isHeld(one) || one.decision.kind !== 'wait' || /^(attempt_open|unanswered)$/.test(one.decision.because),
};

const BROKEN = new Map<string, string[]>(Object.keys(RULES).map((rule) => [rule, []]));
const KINDS = new Map<string, number>();
let count = 0;

beforeAll(() => {
  for (const one of everyCase()) {
    const { now } = MOMENTS[one.moment];
    const order = orderOf(one);
    const decision = decide(order, aroundAt(one, now, now), one.occasion, now);
    count += 1;
    KINDS.set(decision.kind, (KINDS.get(decision.kind) ?? 0) + 1);
    for (const [rule, holds] of Object.entries(RULES)) {
      const broken = BROKEN.get(rule) ?? [];
      // Three of them are enough to be read.
      if (broken.length < 3 && !holds({ ...one, order, now, decision }))
        broken.push(JSON.stringify({ ...one, decision }));
    }
  }
}, 120_000);

test('every combination was looked at, and every kind of decision came up', () => {
  expect(count).toBe(20 * 9 * 4 * 5 * 4 * 3 * 3);
  expect([...KINDS.keys()].toSorted()).toEqual(['collect', 'query', 'stop', 'wait']);
  // Pending and fresh, not held or not any more, free or as a trial: after 2 kinds of calls by the schedule, after 4 on
  // demand, and with consent after those 4 in each of 4 moments.
  expect(KINDS.get('collect')).toBe(2 * 2 * (2 + 4 + 4 * 4));
});

test.each(Object.keys(RULES))('in each of them the decision %s', (rule) => {
  expect(BROKEN.get(rule)).toEqual([]);
});
