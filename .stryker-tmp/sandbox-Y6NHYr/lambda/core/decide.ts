function stryNS_9fa48() {
  var g = typeof globalThis === 'object' && globalThis && globalThis.Math === Math && globalThis || new Function("return this")();
  var ns = g.__stryker__ || (g.__stryker__ = {});
  if (ns.activeMutant === undefined && g.process && g.process.env && g.process.env.__STRYKER_ACTIVE_MUTANT__) {
    ns.activeMutant = g.process.env.__STRYKER_ACTIVE_MUTANT__;
  }
  function retrieveNS() {
    return ns;
  }
  stryNS_9fa48 = retrieveNS;
  return retrieveNS();
}
stryNS_9fa48();
function stryCov_9fa48() {
  var ns = stryNS_9fa48();
  var cov = ns.mutantCoverage || (ns.mutantCoverage = {
    static: {},
    perTest: {}
  });
  function cover() {
    var c = cov.static;
    if (ns.currentTestId) {
      c = cov.perTest[ns.currentTestId] = cov.perTest[ns.currentTestId] || {};
    }
    var a = arguments;
    for (var i = 0; i < a.length; i++) {
      c[a[i]] = (c[a[i]] || 0) + 1;
    }
  }
  stryCov_9fa48 = cover;
  cover.apply(null, arguments);
}
function stryMutAct_9fa48(id) {
  var ns = stryNS_9fa48();
  function isActive(id) {
    if (ns.activeMutant === id) {
      if (ns.hitCount !== void 0 && ++ns.hitCount > ns.hitLimit) {
        throw new Error('Stryker: Hit count limit reached (' + ns.hitCount + ')');
      }
      return true;
    }
    return false;
  }
  stryMutAct_9fa48 = isActive;
  return isActive(id);
}
import type { BreakerVerdict } from './breaker';
import { nextAllowed, startOfNextLocalDay } from './calendar';
import { completionOf } from './completion';
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

/** What holds around an order, beyond what is known of it. */
export interface Around {
  readonly effective: EffectivePolicy;
  readonly mode: Mode;
  readonly breaker: BreakerVerdict;
  /** The merchant's rate is used up until then. */
  readonly budget_until?: Instant;
}

/**
 * On whose behalf a decision is made: the schedule, which keeps to its ladders; somebody who asks for this order now;
 * or an operator who has the user's consent to collect outside the window.
 */
export type Occasion = 'schedule' | 'demand' | 'consent';

/** Before a collection, what is known of the order may be at most this old; then it is asked for again. */
export const FRESH_MS = 15_000;

/** What made a collection due. */
export type CollectRule = 'first_attempt' | 'decline_ladder' | 'infrastructure_ladder' | 'trial' | 'demand' | 'consent';
export type QueryBecause = 'attempt_open' | 'doubted' | 'nothing_verified' | 'stale' | 'unasked' | 'exhausting' | 'watch';

/** Why an order is not collected however long one waits; all but the ends are still asked about (watched). */
export type StopBecause = Exclude<StandingKind, 'pending'> | 'held' | 'decided' | 'exhausted' | 'last_day' | 'no_window' | 'timeline_full' | 'refused' | 'observing' | 'switched_off';
export type Decision = {
  readonly kind: 'collect';
  readonly rule: CollectRule;
} | {
  readonly kind: 'query';
  readonly because: QueryBecause;
} | {
  readonly kind: 'wait';
  readonly until: Instant;
  readonly because: WaitBecause;
  /** When the schedule asks about it meanwhile, if the wait is long. */
  readonly ask_at?: Instant;
} | {
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
  if (stryMutAct_9fa48("0")) {
    {}
  } else {
    stryCov_9fa48("0");
    const {
      open,
      observed,
      unanswered
    } = order;
    const inDoubt = stryMutAct_9fa48("3") ? occasion === 'schedule' || isInDoubt(order, now) : stryMutAct_9fa48("2") ? false : stryMutAct_9fa48("1") ? true : (stryCov_9fa48("1", "2", "3"), (stryMutAct_9fa48("5") ? occasion !== 'schedule' : stryMutAct_9fa48("4") ? true : (stryCov_9fa48("4", "5"), occasion === (stryMutAct_9fa48("6") ? "" : (stryCov_9fa48("6"), 'schedule')))) && isInDoubt(order, now));
    if (stryMutAct_9fa48("9") ? inDoubt || isUnasked(order) : stryMutAct_9fa48("8") ? false : stryMutAct_9fa48("7") ? true : (stryCov_9fa48("7", "8", "9"), inDoubt && isUnasked(order))) return stryMutAct_9fa48("10") ? {} : (stryCov_9fa48("10"), {
      kind: stryMutAct_9fa48("11") ? "" : (stryCov_9fa48("11"), 'query'),
      because: stryMutAct_9fa48("12") ? "" : (stryCov_9fa48("12"), 'doubted')
    });
    if (stryMutAct_9fa48("15") ? open === undefined : stryMutAct_9fa48("14") ? false : stryMutAct_9fa48("13") ? true : (stryCov_9fa48("13", "14", "15"), open !== undefined)) return probe(probeAt(open, unanswered, occasion), now);
    if (stryMutAct_9fa48("17") ? false : stryMutAct_9fa48("16") ? true : (stryCov_9fa48("16", "17"), inDoubt)) return ask(order, stryMutAct_9fa48("18") ? "" : (stryCov_9fa48("18"), 'doubted'), around, occasion, now);
    if (stryMutAct_9fa48("21") ? observed !== undefined || isTerminal(observed.standing) : stryMutAct_9fa48("20") ? false : stryMutAct_9fa48("19") ? true : (stryCov_9fa48("19", "20", "21"), (stryMutAct_9fa48("23") ? observed === undefined : stryMutAct_9fa48("22") ? true : (stryCov_9fa48("22", "23"), observed !== undefined)) && isTerminal(observed.standing))) return stryMutAct_9fa48("24") ? {} : (stryCov_9fa48("24"), {
      kind: stryMutAct_9fa48("25") ? "" : (stryCov_9fa48("25"), 'stop'),
      because: observed.standing.kind
    });
    // An answer contested what was known, or somebody asks: that comes before all that only keeps a collection back.
    if (stryMutAct_9fa48("28") ? observed === undefined || occasion !== 'schedule' || order.calls.length > 0 : stryMutAct_9fa48("27") ? false : stryMutAct_9fa48("26") ? true : (stryCov_9fa48("26", "27", "28"), (stryMutAct_9fa48("30") ? observed !== undefined : stryMutAct_9fa48("29") ? true : (stryCov_9fa48("29", "30"), observed === undefined)) && (stryMutAct_9fa48("32") ? occasion !== 'schedule' && order.calls.length > 0 : stryMutAct_9fa48("31") ? true : (stryCov_9fa48("31", "32"), (stryMutAct_9fa48("34") ? occasion === 'schedule' : stryMutAct_9fa48("33") ? false : (stryCov_9fa48("33", "34"), occasion !== (stryMutAct_9fa48("35") ? "" : (stryCov_9fa48("35"), 'schedule')))) || (stryMutAct_9fa48("38") ? order.calls.length <= 0 : stryMutAct_9fa48("37") ? order.calls.length >= 0 : stryMutAct_9fa48("36") ? false : (stryCov_9fa48("36", "37", "38"), order.calls.length > 0)))))) return ask(order, stryMutAct_9fa48("39") ? "" : (stryCov_9fa48("39"), 'nothing_verified'), around, occasion, now);
    // Whoever asks for an order that cannot be collected is told that, not when he might try again.
    if (stryMutAct_9fa48("42") ? occasion !== 'schedule' && observed !== undefined || isFresh(order, now) : stryMutAct_9fa48("41") ? false : stryMutAct_9fa48("40") ? true : (stryCov_9fa48("40", "41", "42"), (stryMutAct_9fa48("44") ? occasion !== 'schedule' || observed !== undefined : stryMutAct_9fa48("43") ? true : (stryCov_9fa48("43", "44"), (stryMutAct_9fa48("46") ? occasion === 'schedule' : stryMutAct_9fa48("45") ? true : (stryCov_9fa48("45", "46"), occasion !== (stryMutAct_9fa48("47") ? "" : (stryCov_9fa48("47"), 'schedule')))) && (stryMutAct_9fa48("49") ? observed === undefined : stryMutAct_9fa48("48") ? true : (stryCov_9fa48("48", "49"), observed !== undefined)))) && isFresh(order, now))) {
      if (stryMutAct_9fa48("50")) {
        {}
      } else {
        stryCov_9fa48("50");
        const {
          kind
        } = observed.standing;
        if (stryMutAct_9fa48("53") ? kind === 'pending' : stryMutAct_9fa48("52") ? false : stryMutAct_9fa48("51") ? true : (stryCov_9fa48("51", "52", "53"), kind !== (stryMutAct_9fa48("54") ? "" : (stryCov_9fa48("54"), 'pending')))) return watched(order, kind, around, occasion, now);
      }
    }
    return stryMutAct_9fa48("55") ? (stopped(order, around, occasion, now) ?? waiting(order, around, occasion, now)) && ready(order, around, occasion, now) : (stryCov_9fa48("55"), (stryMutAct_9fa48("56") ? stopped(order, around, occasion, now) && waiting(order, around, occasion, now) : (stryCov_9fa48("56"), stopped(order, around, occasion, now) ?? waiting(order, around, occasion, now))) ?? ready(order, around, occasion, now));
  }
}

/** A doubt that no answer comes to is given up like every other question. */
function isInDoubt({
  doubted_at
}: Order, now: Instant): boolean {
  if (stryMutAct_9fa48("57")) {
    {}
  } else {
    stryCov_9fa48("57");
    return stryMutAct_9fa48("60") ? doubted_at !== undefined || now <= doubted_at + WATCH_DAYS_MAX * DAY_MS : stryMutAct_9fa48("59") ? false : stryMutAct_9fa48("58") ? true : (stryCov_9fa48("58", "59", "60"), (stryMutAct_9fa48("62") ? doubted_at === undefined : stryMutAct_9fa48("61") ? true : (stryCov_9fa48("61", "62"), doubted_at !== undefined)) && (stryMutAct_9fa48("65") ? now > doubted_at + WATCH_DAYS_MAX * DAY_MS : stryMutAct_9fa48("64") ? now < doubted_at + WATCH_DAYS_MAX * DAY_MS : stryMutAct_9fa48("63") ? true : (stryCov_9fa48("63", "64", "65"), now <= (stryMutAct_9fa48("66") ? doubted_at - WATCH_DAYS_MAX * DAY_MS : (stryCov_9fa48("66"), doubted_at + (stryMutAct_9fa48("67") ? WATCH_DAYS_MAX / DAY_MS : (stryCov_9fa48("67"), WATCH_DAYS_MAX * DAY_MS)))))));
  }
}

/** Whether nobody has tried to ask since there is a doubt about it. */
export function isUnasked({
  doubted_at,
  unanswered
}: Pick<Order, 'doubted_at' | 'unanswered'>): boolean {
  if (stryMutAct_9fa48("68")) {
    {}
  } else {
    stryCov_9fa48("68");
    return stryMutAct_9fa48("71") ? doubted_at !== undefined || doubted_at > (unanswered?.at ?? 0) : stryMutAct_9fa48("70") ? false : stryMutAct_9fa48("69") ? true : (stryCov_9fa48("69", "70", "71"), (stryMutAct_9fa48("73") ? doubted_at === undefined : stryMutAct_9fa48("72") ? true : (stryCov_9fa48("72", "73"), doubted_at !== undefined)) && (stryMutAct_9fa48("76") ? doubted_at <= (unanswered?.at ?? 0) : stryMutAct_9fa48("75") ? doubted_at >= (unanswered?.at ?? 0) : stryMutAct_9fa48("74") ? true : (stryCov_9fa48("74", "75", "76"), doubted_at > (stryMutAct_9fa48("77") ? unanswered?.at && 0 : (stryCov_9fa48("77"), (stryMutAct_9fa48("78") ? unanswered.at : (stryCov_9fa48("78"), unanswered?.at)) ?? 0)))));
  }
}
function probe(until: Instant, now: Instant): Decision {
  if (stryMutAct_9fa48("79")) {
    {}
  } else {
    stryCov_9fa48("79");
    return (stryMutAct_9fa48("83") ? now < until : stryMutAct_9fa48("82") ? now > until : stryMutAct_9fa48("81") ? false : stryMutAct_9fa48("80") ? true : (stryCov_9fa48("80", "81", "82", "83"), now >= until)) ? stryMutAct_9fa48("84") ? {} : (stryCov_9fa48("84"), {
      kind: stryMutAct_9fa48("85") ? "" : (stryCov_9fa48("85"), 'query'),
      because: stryMutAct_9fa48("86") ? "" : (stryCov_9fa48("86"), 'attempt_open')
    }) : stryMutAct_9fa48("87") ? {} : (stryCov_9fa48("87"), {
      kind: stryMutAct_9fa48("88") ? "" : (stryCov_9fa48("88"), 'wait'),
      until,
      because: stryMutAct_9fa48("89") ? "" : (stryCov_9fa48("89"), 'attempt_open')
    });
  }
}

/** When the open attempt is asked about: as soon as an answer is conclusive; by the schedule, on its ladder. */
function probeAt(open: Open, unanswered: Streak | undefined, occasion: Occasion): Instant {
  if (stryMutAct_9fa48("90")) {
    {}
  } else {
    stryCov_9fa48("90");
    const conclusive = conclusiveAt(open);
    if (stryMutAct_9fa48("93") ? occasion === 'schedule' : stryMutAct_9fa48("92") ? false : stryMutAct_9fa48("91") ? true : (stryCov_9fa48("91", "92", "93"), occasion !== (stryMutAct_9fa48("94") ? "" : (stryCov_9fa48("94"), 'schedule')))) return conclusive;
    const last = stryMutAct_9fa48("95") ? unanswered?.at && open.claimed_at : (stryCov_9fa48("95"), (stryMutAct_9fa48("96") ? unanswered.at : (stryCov_9fa48("96"), unanswered?.at)) ?? open.claimed_at);
    return stryMutAct_9fa48("97") ? Math.min(conclusive, last + probeWaitMs(unanswered?.count ?? 0)) : (stryCov_9fa48("97"), Math.max(conclusive, stryMutAct_9fa48("98") ? last - probeWaitMs(unanswered?.count ?? 0) : (stryCov_9fa48("98"), last + probeWaitMs(stryMutAct_9fa48("99") ? unanswered?.count && 0 : (stryCov_9fa48("99"), (stryMutAct_9fa48("100") ? unanswered.count : (stryCov_9fa48("100"), unanswered?.count)) ?? 0)))));
  }
}

/** A question that the schedule repeats on the infrastructure ladder while nothing verified comes back. */
function ask({
  unanswered
}: Order, because: QueryBecause, {
  effective
}: Around, occasion: Occasion, now: Instant): Decision {
  if (stryMutAct_9fa48("101")) {
    {}
  } else {
    stryCov_9fa48("101");
    if (stryMutAct_9fa48("104") ? occasion !== 'schedule' && unanswered === undefined : stryMutAct_9fa48("103") ? false : stryMutAct_9fa48("102") ? true : (stryCov_9fa48("102", "103", "104"), (stryMutAct_9fa48("106") ? occasion === 'schedule' : stryMutAct_9fa48("105") ? false : (stryCov_9fa48("105", "106"), occasion !== (stryMutAct_9fa48("107") ? "" : (stryCov_9fa48("107"), 'schedule')))) || (stryMutAct_9fa48("109") ? unanswered !== undefined : stryMutAct_9fa48("108") ? false : (stryCov_9fa48("108", "109"), unanswered === undefined)))) return stryMutAct_9fa48("110") ? {} : (stryCov_9fa48("110"), {
      kind: stryMutAct_9fa48("111") ? "" : (stryCov_9fa48("111"), 'query'),
      because
    });
    const ladder = effective.policy.infrastructure_ladder_minutes;
    const until = stryMutAct_9fa48("112") ? unanswered.at - infrastructureWaitMs(ladder, unanswered.count) : (stryCov_9fa48("112"), unanswered.at + infrastructureWaitMs(ladder, unanswered.count));
    return (stryMutAct_9fa48("116") ? now < until : stryMutAct_9fa48("115") ? now > until : stryMutAct_9fa48("114") ? false : stryMutAct_9fa48("113") ? true : (stryCov_9fa48("113", "114", "115", "116"), now >= until)) ? stryMutAct_9fa48("117") ? {} : (stryCov_9fa48("117"), {
      kind: stryMutAct_9fa48("118") ? "" : (stryCov_9fa48("118"), 'query'),
      because
    }) : stryMutAct_9fa48("119") ? {} : (stryCov_9fa48("119"), {
      kind: stryMutAct_9fa48("120") ? "" : (stryCov_9fa48("120"), 'wait'),
      until,
      because: stryMutAct_9fa48("121") ? "" : (stryCov_9fa48("121"), 'unanswered')
    });
  }
}

/** What ends collecting whatever WeChat Pay says of the order. */
function stopped(order: Order, around: Around, occasion: Occasion, now: Instant): Decision | undefined {
  if (stryMutAct_9fa48("122")) {
    {}
  } else {
    stryCov_9fa48("122");
    const {
      policy
    } = around.effective;
    if (stryMutAct_9fa48("125") ? order.hold !== undefined || (order.hold.until ?? Infinity) > now : stryMutAct_9fa48("124") ? false : stryMutAct_9fa48("123") ? true : (stryCov_9fa48("123", "124", "125"), (stryMutAct_9fa48("127") ? order.hold === undefined : stryMutAct_9fa48("126") ? true : (stryCov_9fa48("126", "127"), order.hold !== undefined)) && (stryMutAct_9fa48("130") ? (order.hold.until ?? Infinity) <= now : stryMutAct_9fa48("129") ? (order.hold.until ?? Infinity) >= now : stryMutAct_9fa48("128") ? true : (stryCov_9fa48("128", "129", "130"), (stryMutAct_9fa48("131") ? order.hold.until && Infinity : (stryCov_9fa48("131"), order.hold.until ?? Infinity)) > now)))) return watched(order, stryMutAct_9fa48("132") ? "" : (stryCov_9fa48("132"), 'held'), around, occasion, now);
    if (stryMutAct_9fa48("135") ? order.intent === undefined : stryMutAct_9fa48("134") ? false : stryMutAct_9fa48("133") ? true : (stryCov_9fa48("133", "134", "135"), order.intent !== undefined)) return watched(order, stryMutAct_9fa48("136") ? "" : (stryCov_9fa48("136"), 'decided'), around, occasion, now);
    if (stryMutAct_9fa48("140") ? order.calls.length < policy.attempts_max : stryMutAct_9fa48("139") ? order.calls.length > policy.attempts_max : stryMutAct_9fa48("138") ? false : stryMutAct_9fa48("137") ? true : (stryCov_9fa48("137", "138", "139", "140"), order.calls.length >= policy.attempts_max)) return watched(order, stryMutAct_9fa48("141") ? "" : (stryCov_9fa48("141"), 'exhausted'), around, occasion, now);
    if (stryMutAct_9fa48("145") ? now < endOfLastDay(order, around) : stryMutAct_9fa48("144") ? now > endOfLastDay(order, around) : stryMutAct_9fa48("143") ? false : stryMutAct_9fa48("142") ? true : (stryCov_9fa48("142", "143", "144", "145"), now >= endOfLastDay(order, around))) return watched(order, stryMutAct_9fa48("146") ? "" : (stryCov_9fa48("146"), 'last_day'), around, occasion, now);
    return undefined;
  }
}

/** The whole of the last day counts: an attempt that comes due on it at noon is not an hour too late at one. */
function endOfLastDay(order: Order, {
  effective: {
    policy
  }
}: Around): Instant {
  if (stryMutAct_9fa48("147")) {
    {}
  } else {
    stryCov_9fa48("147");
    const last = stryMutAct_9fa48("148") ? completionOf(order).at - policy.last_attempt_day * DAY_MS : (stryCov_9fa48("148"), completionOf(order).at + (stryMutAct_9fa48("149") ? policy.last_attempt_day / DAY_MS : (stryCov_9fa48("149"), policy.last_attempt_day * DAY_MS)));
    return startOfNextLocalDay(policy.time_zone, last);
  }
}

/** What keeps a collection back for a time. All of it has to have passed, and then the window has to be open. */
function waiting(order: Order, around: Around, occasion: Occasion, now: Instant): Decision | undefined {
  if (stryMutAct_9fa48("150")) {
    {}
  } else {
    stryCov_9fa48("150");
    const longest = waitsOf(order, around, occasion, now).reduce<Wait | undefined>(stryMutAct_9fa48("151") ? () => undefined : (stryCov_9fa48("151"), (so_far, wait) => (stryMutAct_9fa48("155") ? wait.until <= (so_far?.until ?? now) : stryMutAct_9fa48("154") ? wait.until >= (so_far?.until ?? now) : stryMutAct_9fa48("153") ? false : stryMutAct_9fa48("152") ? true : (stryCov_9fa48("152", "153", "154", "155"), wait.until > (stryMutAct_9fa48("156") ? so_far?.until && now : (stryCov_9fa48("156"), (stryMutAct_9fa48("157") ? so_far.until : (stryCov_9fa48("157"), so_far?.until)) ?? now)))) ? wait : so_far), undefined);
    const passed = stryMutAct_9fa48("158") ? longest?.until && now : (stryCov_9fa48("158"), (stryMutAct_9fa48("159") ? longest.until : (stryCov_9fa48("159"), longest?.until)) ?? now);
    const until = (stryMutAct_9fa48("162") ? occasion !== 'consent' : stryMutAct_9fa48("161") ? false : stryMutAct_9fa48("160") ? true : (stryCov_9fa48("160", "161", "162"), occasion === (stryMutAct_9fa48("163") ? "" : (stryCov_9fa48("163"), 'consent')))) ? passed : nextAllowed(around.effective.policy, passed);
    if (stryMutAct_9fa48("166") ? until !== undefined : stryMutAct_9fa48("165") ? false : stryMutAct_9fa48("164") ? true : (stryCov_9fa48("164", "165", "166"), until === undefined)) return watched(order, stryMutAct_9fa48("167") ? "" : (stryCov_9fa48("167"), 'no_window'), around, occasion, now);
    if (stryMutAct_9fa48("171") ? until < endOfLastDay(order, around) : stryMutAct_9fa48("170") ? until > endOfLastDay(order, around) : stryMutAct_9fa48("169") ? false : stryMutAct_9fa48("168") ? true : (stryCov_9fa48("168", "169", "170", "171"), until >= endOfLastDay(order, around))) return watched(order, stryMutAct_9fa48("172") ? "" : (stryCov_9fa48("172"), 'last_day'), around, occasion, now);
    if (stryMutAct_9fa48("176") ? until > now : stryMutAct_9fa48("175") ? until < now : stryMutAct_9fa48("174") ? false : stryMutAct_9fa48("173") ? true : (stryCov_9fa48("173", "174", "175", "176"), until <= now)) return undefined;
    const because = stryMutAct_9fa48("177") ? longest?.because && 'window' : (stryCov_9fa48("177"), (stryMutAct_9fa48("178") ? longest.because : (stryCov_9fa48("178"), longest?.because)) ?? (stryMutAct_9fa48("179") ? "" : (stryCov_9fa48("179"), 'window')));
    if (stryMutAct_9fa48("182") ? occasion === 'schedule' : stryMutAct_9fa48("181") ? false : stryMutAct_9fa48("180") ? true : (stryCov_9fa48("180", "181", "182"), occasion !== (stryMutAct_9fa48("183") ? "" : (stryCov_9fa48("183"), 'schedule')))) return stryMutAct_9fa48("184") ? {} : (stryCov_9fa48("184"), {
      kind: stryMutAct_9fa48("185") ? "" : (stryCov_9fa48("185"), 'wait'),
      until,
      because
    });
    const exhausting = exhaustingAt(order, around.effective.policy);
    const seen = stryMutAct_9fa48("189") ? (order.observed?.at ?? 0) < exhausting : stryMutAct_9fa48("188") ? (order.observed?.at ?? 0) > exhausting : stryMutAct_9fa48("187") ? false : stryMutAct_9fa48("186") ? true : (stryCov_9fa48("186", "187", "188", "189"), (stryMutAct_9fa48("190") ? order.observed?.at && 0 : (stryCov_9fa48("190"), (stryMutAct_9fa48("191") ? order.observed.at : (stryCov_9fa48("191"), order.observed?.at)) ?? 0)) >= exhausting);
    // The user is told to pay by hand only once WeChat Pay has said, on that day, that he has not.
    if (stryMutAct_9fa48("194") ? !seen || now >= exhausting : stryMutAct_9fa48("193") ? false : stryMutAct_9fa48("192") ? true : (stryCov_9fa48("192", "193", "194"), (stryMutAct_9fa48("195") ? seen : (stryCov_9fa48("195"), !seen)) && (stryMutAct_9fa48("198") ? now < exhausting : stryMutAct_9fa48("197") ? now > exhausting : stryMutAct_9fa48("196") ? true : (stryCov_9fa48("196", "197", "198"), now >= exhausting)))) return ask(order, stryMutAct_9fa48("199") ? "" : (stryCov_9fa48("199"), 'exhausting'), around, occasion, now);
    const regular = stryMutAct_9fa48("200") ? lastAskedAt(order) - UNASKED_MS_MAX : (stryCov_9fa48("200"), lastAskedAt(order) + UNASKED_MS_MAX);
    const askAt = seen ? regular : stryMutAct_9fa48("201") ? Math.max(regular, exhausting) : (stryCov_9fa48("201"), Math.min(regular, exhausting));
    if (stryMutAct_9fa48("205") ? now < askAt : stryMutAct_9fa48("204") ? now > askAt : stryMutAct_9fa48("203") ? false : stryMutAct_9fa48("202") ? true : (stryCov_9fa48("202", "203", "204", "205"), now >= askAt)) return stryMutAct_9fa48("206") ? {} : (stryCov_9fa48("206"), {
      kind: stryMutAct_9fa48("207") ? "" : (stryCov_9fa48("207"), 'query'),
      because: stryMutAct_9fa48("208") ? "" : (stryCov_9fa48("208"), 'unasked')
    });
    return stryMutAct_9fa48("209") ? {} : (stryCov_9fa48("209"), {
      kind: stryMutAct_9fa48("210") ? "" : (stryCov_9fa48("210"), 'wait'),
      until,
      because,
      ...((stryMutAct_9fa48("214") ? askAt >= until : stryMutAct_9fa48("213") ? askAt <= until : stryMutAct_9fa48("212") ? false : stryMutAct_9fa48("211") ? true : (stryCov_9fa48("211", "212", "213", "214"), askAt < until)) ? stryMutAct_9fa48("215") ? {} : (stryCov_9fa48("215"), {
        ask_at: askAt
      }) : {})
    });
  }
}

/** An order that waits this long for its collection is asked about: people pay by hand. Longer than any default wait. */
const UNASKED_MS_MAX = stryMutAct_9fa48("216") ? 8 / DAY_MS : (stryCov_9fa48("216"), 8 * DAY_MS);
function lastAskedAt({
  registration,
  observed,
  unanswered
}: Order): Instant {
  if (stryMutAct_9fa48("217")) {
    {}
  } else {
    stryCov_9fa48("217");
    return stryMutAct_9fa48("218") ? Math.min(registration.at, observed?.at ?? 0, unanswered?.at ?? 0) : (stryCov_9fa48("218"), Math.max(registration.at, stryMutAct_9fa48("219") ? observed?.at && 0 : (stryCov_9fa48("219"), (stryMutAct_9fa48("220") ? observed.at : (stryCov_9fa48("220"), observed?.at)) ?? 0), stryMutAct_9fa48("221") ? unanswered?.at && 0 : (stryCov_9fa48("221"), (stryMutAct_9fa48("222") ? unanswered.at : (stryCov_9fa48("222"), unanswered?.at)) ?? 0)));
  }
}
type Wait = ReturnType<typeof waitsOf>[number];

/** Nothing keeps it back any more: what WeChat Pay says of it now decides. */
function ready(order: Order, around: Around, occasion: Occasion, now: Instant): Decision {
  if (stryMutAct_9fa48("223")) {
    {}
  } else {
    stryCov_9fa48("223");
    const {
      observed
    } = order;
    if (stryMutAct_9fa48("226") ? observed !== undefined : stryMutAct_9fa48("225") ? false : stryMutAct_9fa48("224") ? true : (stryCov_9fa48("224", "225", "226"), observed === undefined)) return ask(order, stryMutAct_9fa48("227") ? "" : (stryCov_9fa48("227"), 'nothing_verified'), around, occasion, now);
    if (stryMutAct_9fa48("230") ? false : stryMutAct_9fa48("229") ? true : stryMutAct_9fa48("228") ? isFresh(order, now) : (stryCov_9fa48("228", "229", "230"), !isFresh(order, now))) return ask(order, stryMutAct_9fa48("231") ? "" : (stryCov_9fa48("231"), 'stale'), around, occasion, now);
    const {
      kind
    } = observed.standing;
    if (stryMutAct_9fa48("234") ? kind === 'pending' : stryMutAct_9fa48("233") ? false : stryMutAct_9fa48("232") ? true : (stryCov_9fa48("232", "233", "234"), kind !== (stryMutAct_9fa48("235") ? "" : (stryCov_9fa48("235"), 'pending')))) return watched(order, kind, around, occasion, now);
    // After the question, not before: an order that may not be collected is still asked about.
    if (stryMutAct_9fa48("239") ? order.timeline.length < TIMELINE_MAX_ENTRIES : stryMutAct_9fa48("238") ? order.timeline.length > TIMELINE_MAX_ENTRIES : stryMutAct_9fa48("237") ? false : stryMutAct_9fa48("236") ? true : (stryCov_9fa48("236", "237", "238", "239"), order.timeline.length >= TIMELINE_MAX_ENTRIES)) return watched(order, stryMutAct_9fa48("240") ? "" : (stryCov_9fa48("240"), 'timeline_full'), around, occasion, now);
    // The same call would be refused again; a person who has looked may ask for it.
    if (stryMutAct_9fa48("243") ? occasion === 'schedule' || isRefused(order.timeline) : stryMutAct_9fa48("242") ? false : stryMutAct_9fa48("241") ? true : (stryCov_9fa48("241", "242", "243"), (stryMutAct_9fa48("245") ? occasion !== 'schedule' : stryMutAct_9fa48("244") ? true : (stryCov_9fa48("244", "245"), occasion === (stryMutAct_9fa48("246") ? "" : (stryCov_9fa48("246"), 'schedule')))) && isRefused(order.timeline))) return watched(order, stryMutAct_9fa48("247") ? "" : (stryCov_9fa48("247"), 'refused'), around, occasion, now);
    switch (around.mode) {
      case stryMutAct_9fa48("249") ? "" : (stryCov_9fa48("249"), 'off'):
        if (stryMutAct_9fa48("248")) {} else {
          stryCov_9fa48("248");
          return watched(order, stryMutAct_9fa48("250") ? "" : (stryCov_9fa48("250"), 'switched_off'), around, occasion, now);
        }
      case stryMutAct_9fa48("252") ? "" : (stryCov_9fa48("252"), 'observe'):
        if (stryMutAct_9fa48("251")) {} else {
          stryCov_9fa48("251");
          return watched(order, stryMutAct_9fa48("253") ? "" : (stryCov_9fa48("253"), 'observing'), around, occasion, now);
        }
      case stryMutAct_9fa48("255") ? "" : (stryCov_9fa48("255"), 'on'):
        if (stryMutAct_9fa48("254")) {} else {
          stryCov_9fa48("254");
          return stryMutAct_9fa48("256") ? {} : (stryCov_9fa48("256"), {
            kind: stryMutAct_9fa48("257") ? "" : (stryCov_9fa48("257"), 'collect'),
            rule: ruleOf(order, around, occasion)
          });
        }
    }
  }
}

/**
 * Whether what is known can be acted on. An answer from the future was stamped by another clock and proves nothing about
 * now; a notification says how things stood when it was written; and a doubt that came since says that they have changed.
 */
export function isFresh({
  observed,
  doubted_at
}: Order, now: Instant): boolean {
  if (stryMutAct_9fa48("258")) {
    {}
  } else {
    stryCov_9fa48("258");
    if (stryMutAct_9fa48("261") ? observed === undefined && observed.by !== undefined : stryMutAct_9fa48("260") ? false : stryMutAct_9fa48("259") ? true : (stryCov_9fa48("259", "260", "261"), (stryMutAct_9fa48("263") ? observed !== undefined : stryMutAct_9fa48("262") ? false : (stryCov_9fa48("262", "263"), observed === undefined)) || (stryMutAct_9fa48("265") ? observed.by === undefined : stryMutAct_9fa48("264") ? false : (stryCov_9fa48("264", "265"), observed.by !== undefined)))) return stryMutAct_9fa48("266") ? true : (stryCov_9fa48("266"), false);
    return stryMutAct_9fa48("269") ? Math.abs(now - observed.at) <= FRESH_MS || observed.at >= (doubted_at ?? observed.at) : stryMutAct_9fa48("268") ? false : stryMutAct_9fa48("267") ? true : (stryCov_9fa48("267", "268", "269"), (stryMutAct_9fa48("272") ? Math.abs(now - observed.at) > FRESH_MS : stryMutAct_9fa48("271") ? Math.abs(now - observed.at) < FRESH_MS : stryMutAct_9fa48("270") ? true : (stryCov_9fa48("270", "271", "272"), Math.abs(stryMutAct_9fa48("273") ? now + observed.at : (stryCov_9fa48("273"), now - observed.at)) <= FRESH_MS)) && (stryMutAct_9fa48("276") ? observed.at < (doubted_at ?? observed.at) : stryMutAct_9fa48("275") ? observed.at > (doubted_at ?? observed.at) : stryMutAct_9fa48("274") ? true : (stryCov_9fa48("274", "275", "276"), observed.at >= (stryMutAct_9fa48("277") ? doubted_at && observed.at : (stryCov_9fa48("277"), doubted_at ?? observed.at)))));
  }
}

/** The rule that makes a collection due, switch aside. */
export function ruleOf({
  calls,
  setbacks
}: Order, {
  breaker
}: Around, occasion: Occasion): CollectRule {
  if (stryMutAct_9fa48("278")) {
    {}
  } else {
    stryCov_9fa48("278");
    // One that was open when it was read, and whose wait has ended since, has its one trial too.
    if (stryMutAct_9fa48("281") ? breaker.kind === 'closed' : stryMutAct_9fa48("280") ? false : stryMutAct_9fa48("279") ? true : (stryCov_9fa48("279", "280", "281"), breaker.kind !== (stryMutAct_9fa48("282") ? "" : (stryCov_9fa48("282"), 'closed')))) return stryMutAct_9fa48("283") ? "" : (stryCov_9fa48("283"), 'trial');
    if (stryMutAct_9fa48("286") ? occasion === 'schedule' : stryMutAct_9fa48("285") ? false : stryMutAct_9fa48("284") ? true : (stryCov_9fa48("284", "285", "286"), occasion !== (stryMutAct_9fa48("287") ? "" : (stryCov_9fa48("287"), 'schedule')))) return occasion;
    if (stryMutAct_9fa48("290") ? setbacks === undefined : stryMutAct_9fa48("289") ? false : stryMutAct_9fa48("288") ? true : (stryCov_9fa48("288", "289", "290"), setbacks !== undefined)) return stryMutAct_9fa48("291") ? "" : (stryCov_9fa48("291"), 'infrastructure_ladder');
    return (stryMutAct_9fa48("294") ? calls.length !== 0 : stryMutAct_9fa48("293") ? false : stryMutAct_9fa48("292") ? true : (stryCov_9fa48("292", "293", "294"), calls.length === 0)) ? stryMutAct_9fa48("295") ? "" : (stryCov_9fa48("295"), 'first_attempt') : stryMutAct_9fa48("296") ? "" : (stryCov_9fa48("296"), 'decline_ladder');
  }
}

/** Not collected, but asked about: daily, then weekly, sooner while nobody answers. */
function watched(order: Order, because: StopBecause, {
  effective
}: Around, occasion: Occasion, now: Instant): Decision {
  if (stryMutAct_9fa48("297")) {
    {}
  } else {
    stryCov_9fa48("297");
    const askAt = nextQuestionAt(order, effective, now);
    if (stryMutAct_9fa48("300") ? askAt !== undefined : stryMutAct_9fa48("299") ? false : stryMutAct_9fa48("298") ? true : (stryCov_9fa48("298", "299", "300"), askAt === undefined)) return stryMutAct_9fa48("301") ? {} : (stryCov_9fa48("301"), {
      kind: stryMutAct_9fa48("302") ? "" : (stryCov_9fa48("302"), 'stop'),
      because
    });
    if (stryMutAct_9fa48("305") ? occasion === 'schedule' || now >= askAt : stryMutAct_9fa48("304") ? false : stryMutAct_9fa48("303") ? true : (stryCov_9fa48("303", "304", "305"), (stryMutAct_9fa48("307") ? occasion !== 'schedule' : stryMutAct_9fa48("306") ? true : (stryCov_9fa48("306", "307"), occasion === (stryMutAct_9fa48("308") ? "" : (stryCov_9fa48("308"), 'schedule')))) && (stryMutAct_9fa48("311") ? now < askAt : stryMutAct_9fa48("310") ? now > askAt : stryMutAct_9fa48("309") ? true : (stryCov_9fa48("309", "310", "311"), now >= askAt)))) return stryMutAct_9fa48("312") ? {} : (stryCov_9fa48("312"), {
      kind: stryMutAct_9fa48("313") ? "" : (stryCov_9fa48("313"), 'query'),
      because: stryMutAct_9fa48("314") ? "" : (stryCov_9fa48("314"), 'watch')
    });
    return stryMutAct_9fa48("315") ? {} : (stryCov_9fa48("315"), {
      kind: stryMutAct_9fa48("316") ? "" : (stryCov_9fa48("316"), 'stop'),
      because,
      ask_at: askAt
    });
  }
}
function unlessAfter(limit: Instant, at: Instant): Instant | undefined {
  if (stryMutAct_9fa48("317")) {
    {}
  } else {
    stryCov_9fa48("317");
    return (stryMutAct_9fa48("321") ? at <= limit : stryMutAct_9fa48("320") ? at >= limit : stryMutAct_9fa48("319") ? false : stryMutAct_9fa48("318") ? true : (stryCov_9fa48("318", "319", "320", "321"), at > limit)) ? undefined : at;
  }
}
function nextQuestionAt(order: Order, {
  policy
}: EffectivePolicy, now: Instant): Instant | undefined {
  if (stryMutAct_9fa48("322")) {
    {}
  } else {
    stryCov_9fa48("322");
    const {
      registration,
      observed,
      unanswered,
      hold,
      intent
    } = order;
    const ladder = policy.infrastructure_ladder_minutes;
    const again = stryMutAct_9fa48("325") ? unanswered || unanswered.at + infrastructureWaitMs(ladder, unanswered.count) : stryMutAct_9fa48("324") ? false : stryMutAct_9fa48("323") ? true : (stryCov_9fa48("323", "324", "325"), unanswered && (stryMutAct_9fa48("326") ? unanswered.at - infrastructureWaitMs(ladder, unanswered.count) : (stryCov_9fa48("326"), unanswered.at + infrastructureWaitMs(ladder, unanswered.count))));
    // However old it is, every order is asked about until something verified is known of it; within reason, for an order
    // that WeChat Pay does not have.
    if (stryMutAct_9fa48("329") ? observed !== undefined : stryMutAct_9fa48("328") ? false : stryMutAct_9fa48("327") ? true : (stryCov_9fa48("327", "328", "329"), observed === undefined)) return unlessAfter(stryMutAct_9fa48("330") ? registration.at - WATCH_DAYS_MAX * DAY_MS : (stryCov_9fa48("330"), registration.at + (stryMutAct_9fa48("331") ? WATCH_DAYS_MAX / DAY_MS : (stryCov_9fa48("331"), WATCH_DAYS_MAX * DAY_MS))), stryMutAct_9fa48("332") ? again && registration.at : (stryCov_9fa48("332"), again ?? registration.at));
    // Of an order that was old when it was registered, or decided about, the days count from then.
    const from = stryMutAct_9fa48("333") ? Math.min(completionOf(order).at, registration.at, intent?.at ?? 0) : (stryCov_9fa48("333"), Math.max(completionOf(order).at, registration.at, stryMutAct_9fa48("334") ? intent?.at && 0 : (stryCov_9fa48("334"), (stryMutAct_9fa48("335") ? intent.at : (stryCov_9fa48("335"), intent?.at)) ?? 0)));
    const regular = watchAt(from, stryMutAct_9fa48("336") ? Math.min(observed.at, unanswered?.at ?? 0) : (stryCov_9fa48("336"), Math.max(observed.at, stryMutAct_9fa48("337") ? unanswered?.at && 0 : (stryCov_9fa48("337"), (stryMutAct_9fa48("338") ? unanswered.at : (stryCov_9fa48("338"), unanswered?.at)) ?? 0))));
    if (stryMutAct_9fa48("341") ? regular !== undefined : stryMutAct_9fa48("340") ? false : stryMutAct_9fa48("339") ? true : (stryCov_9fa48("339", "340", "341"), regular === undefined)) return undefined;
    // A hold that is over stays in the row until somebody releases it; only an end that lies ahead is a reason to ask.
    const holdEnds = (stryMutAct_9fa48("344") ? hold?.until !== undefined || hold.until > now : stryMutAct_9fa48("343") ? false : stryMutAct_9fa48("342") ? true : (stryCov_9fa48("342", "343", "344"), (stryMutAct_9fa48("346") ? hold?.until === undefined : stryMutAct_9fa48("345") ? true : (stryCov_9fa48("345", "346"), (stryMutAct_9fa48("347") ? hold.until : (stryCov_9fa48("347"), hold?.until)) !== undefined)) && (stryMutAct_9fa48("350") ? hold.until <= now : stryMutAct_9fa48("349") ? hold.until >= now : stryMutAct_9fa48("348") ? true : (stryCov_9fa48("348", "349", "350"), hold.until > now)))) ? hold.until : regular;
    return stryMutAct_9fa48("351") ? Math.max(regular, again ?? regular, holdEnds) : (stryCov_9fa48("351"), Math.min(regular, stryMutAct_9fa48("352") ? again && regular : (stryCov_9fa48("352"), again ?? regular), holdEnds));
  }
}