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
import { startOfNextLocalDay, startOfLocalDay } from './calendar';
import { completionOf } from './completion';
import type { Around, Occasion } from './decide';
import type { Instant } from './ids';
import { declineWaitMs, infrastructureWaitMs } from './ladder';
import type { Order } from './order';
import { LOCK_MS } from './outcome';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './time';

/** What keeps a collection back for a time, each in a sentence. */
export const WAITS = {
  attempt_open: 'An attempt is open and may still take money. A query may show the payment at any time; from then on one that still shows the order pending closes the attempt.',
  unanswered: 'WeChat Pay gave no usable answer about the order; it is asked again then.',
  gap: 'The least time between two attempts on one order has not passed (min_gap_minutes).',
  lock: 'The last call left and was not processed; its outcome says why. WeChat Pay may hold an order for 3 minutes after any call.',
  first_attempt: 'The user is given time to pay by himself before the first attempt (first_attempt_after_hours).',
  decline_ladder: 'The attempts so far took nothing; the next one is due then (decline_ladder_hours).',
  infrastructure_ladder: 'The last attempt never reached the deduction; it is made again then (infrastructure_ladder_minutes).',
  day_cap: 'The order had as many attempts today as the policy allows (attempts_per_day_max).',
  month_cap: 'The order had as many attempts in 30 days as the policy allows (attempts_per_30_days_max).',
  breaker: 'WeChat Pay refused this merchant, or this sub_mchid and service_id, for want of configuration; one collection tries again then.',
  budget: 'The merchant’s calls per second are used up.',
  window: 'Outside the hours in which the policy allows collecting (windows, quiet_hours, avoid_dates).'
} as const;
export type WaitBecause = keyof typeof WAITS;
interface Wait {
  readonly until: Instant;
  readonly because: WaitBecause;
}
type Guard = (order: Order, around: Around, now: Instant) => Instant | undefined;

/**
 * Everything but the window. When two end at the same instant the first in this list is the one that is told.
 * Which of them an occasion lifts: `LIFTED`.
 */
const GUARDS: Readonly<Partial<Record<WaitBecause, Guard>>> = stryMutAct_9fa48("353") ? {} : (stryCov_9fa48("353"), {
  gap: stryMutAct_9fa48("354") ? () => undefined : (stryCov_9fa48("354"), ({
    calls
  }, {
    effective
  }) => after(calls.at(stryMutAct_9fa48("355") ? +1 : (stryCov_9fa48("355"), -1)), stryMutAct_9fa48("356") ? Math.min(effective.policy.min_gap_minutes * MINUTE_MS, LOCK_MS) : (stryCov_9fa48("356"), Math.max(stryMutAct_9fa48("357") ? effective.policy.min_gap_minutes / MINUTE_MS : (stryCov_9fa48("357"), effective.policy.min_gap_minutes * MINUTE_MS), LOCK_MS)))),
  lock: stryMutAct_9fa48("358") ? () => undefined : (stryCov_9fa48("358"), ({
    last_sent_at
  }) => after(last_sent_at, LOCK_MS)),
  day_cap: ({
    calls
  }, {
    effective: {
      policy
    }
  }, now) => {
    if (stryMutAct_9fa48("359")) {
      {}
    } else {
      stryCov_9fa48("359");
      const today = startOfLocalDay(policy.time_zone, now);
      const made = stryMutAct_9fa48("360") ? calls.length : (stryCov_9fa48("360"), calls.filter(stryMutAct_9fa48("361") ? () => undefined : (stryCov_9fa48("361"), call => stryMutAct_9fa48("365") ? call < today : stryMutAct_9fa48("364") ? call > today : stryMutAct_9fa48("363") ? false : stryMutAct_9fa48("362") ? true : (stryCov_9fa48("362", "363", "364", "365"), call >= today))).length);
      return (stryMutAct_9fa48("369") ? made < policy.attempts_per_day_max : stryMutAct_9fa48("368") ? made > policy.attempts_per_day_max : stryMutAct_9fa48("367") ? false : stryMutAct_9fa48("366") ? true : (stryCov_9fa48("366", "367", "368", "369"), made >= policy.attempts_per_day_max)) ? startOfNextLocalDay(policy.time_zone, now) : undefined;
    }
  },
  month_cap: stryMutAct_9fa48("370") ? () => undefined : (stryCov_9fa48("370"), ({
    calls
  }, {
    effective: {
      policy
    }
  }) => after(calls.at(stryMutAct_9fa48("371") ? +policy.attempts_per_30_days_max : (stryCov_9fa48("371"), -policy.attempts_per_30_days_max)), stryMutAct_9fa48("372") ? 30 / DAY_MS : (stryCov_9fa48("372"), 30 * DAY_MS))),
  breaker: stryMutAct_9fa48("373") ? () => undefined : (stryCov_9fa48("373"), (_order, {
    breaker
  }) => (stryMutAct_9fa48("376") ? breaker.kind !== 'open' : stryMutAct_9fa48("375") ? false : stryMutAct_9fa48("374") ? true : (stryCov_9fa48("374", "375", "376"), breaker.kind === (stryMutAct_9fa48("377") ? "" : (stryCov_9fa48("377"), 'open')))) ? breaker.until : undefined),
  budget: stryMutAct_9fa48("378") ? () => undefined : (stryCov_9fa48("378"), (_order, {
    budget_until
  }) => budget_until),
  first_attempt: stryMutAct_9fa48("379") ? () => undefined : (stryCov_9fa48("379"), (order, {
    effective
  }) => after(completionOf(order).at, stryMutAct_9fa48("380") ? effective.policy.first_attempt_after_hours / HOUR_MS : (stryCov_9fa48("380"), effective.policy.first_attempt_after_hours * HOUR_MS))),
  decline_ladder: stryMutAct_9fa48("381") ? () => undefined : (stryCov_9fa48("381"), ({
    calls
  }, {
    effective
  }) => (stryMutAct_9fa48("384") ? calls.length !== 0 : stryMutAct_9fa48("383") ? false : stryMutAct_9fa48("382") ? true : (stryCov_9fa48("382", "383", "384"), calls.length === 0)) ? undefined : after(calls.at(stryMutAct_9fa48("385") ? +1 : (stryCov_9fa48("385"), -1)), declineWaitMs(effective.policy.decline_ladder_hours, calls.length))),
  infrastructure_ladder: stryMutAct_9fa48("386") ? () => undefined : (stryCov_9fa48("386"), ({
    setbacks
  }, {
    effective
  }) => (stryMutAct_9fa48("389") ? setbacks !== undefined : stryMutAct_9fa48("388") ? false : stryMutAct_9fa48("387") ? true : (stryCov_9fa48("387", "388", "389"), setbacks === undefined)) ? undefined : after(setbacks.at, infrastructureWaitMs(effective.policy.infrastructure_ladder_minutes, setbacks.count)))
});

/** The ladders bind the schedule only; the time before the first attempt is the user's to give up. */
const LIFTED: Readonly<Record<Occasion, readonly WaitBecause[]>> = stryMutAct_9fa48("390") ? {} : (stryCov_9fa48("390"), {
  schedule: stryMutAct_9fa48("391") ? ["Stryker was here"] : (stryCov_9fa48("391"), []),
  demand: stryMutAct_9fa48("392") ? [] : (stryCov_9fa48("392"), [stryMutAct_9fa48("393") ? "" : (stryCov_9fa48("393"), 'decline_ladder'), stryMutAct_9fa48("394") ? "" : (stryCov_9fa48("394"), 'infrastructure_ladder')]),
  consent: stryMutAct_9fa48("395") ? [] : (stryCov_9fa48("395"), [stryMutAct_9fa48("396") ? "" : (stryCov_9fa48("396"), 'decline_ladder'), stryMutAct_9fa48("397") ? "" : (stryCov_9fa48("397"), 'infrastructure_ladder'), stryMutAct_9fa48("398") ? "" : (stryCov_9fa48("398"), 'first_attempt')])
});

/** Until when each guard keeps a collection back; those that have passed may be among them. */
export function waitsOf(order: Order, around: Around, occasion: Occasion, now: Instant): readonly Wait[] {
  if (stryMutAct_9fa48("399")) {
    {}
  } else {
    stryCov_9fa48("399");
    return Object.entries(GUARDS).flatMap(([name, guard]) => {
      if (stryMutAct_9fa48("400")) {
        {}
      } else {
        stryCov_9fa48("400");
        const because = name as WaitBecause;
        const until = LIFTED[occasion].includes(because) ? undefined : guard(order, around, now);
        return (stryMutAct_9fa48("403") ? until !== undefined : stryMutAct_9fa48("402") ? false : stryMutAct_9fa48("401") ? true : (stryCov_9fa48("401", "402", "403"), until === undefined)) ? stryMutAct_9fa48("404") ? ["Stryker was here"] : (stryCov_9fa48("404"), []) : stryMutAct_9fa48("405") ? [] : (stryCov_9fa48("405"), [stryMutAct_9fa48("406") ? {} : (stryCov_9fa48("406"), {
          until,
          because
        })]);
      }
    });
  }
}
function after(instant: Instant | undefined, ms: number): Instant | undefined {
  if (stryMutAct_9fa48("407")) {
    {}
  } else {
    stryCov_9fa48("407");
    return (stryMutAct_9fa48("410") ? instant !== undefined : stryMutAct_9fa48("409") ? false : stryMutAct_9fa48("408") ? true : (stryCov_9fa48("408", "409", "410"), instant === undefined)) ? undefined : stryMutAct_9fa48("411") ? instant - ms : (stryCov_9fa48("411"), instant + ms);
  }
}