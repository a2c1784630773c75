import type { CollectRule, Decision, QueryBecause, StopBecause } from './decide';
import { WAITS } from './guards';

/** Each decision in a sentence, for the answer and the operator. */
export function explain(decision: Decision): string {
  switch (decision.kind) {
    case 'collect':
      return COLLECT_REASONS[decision.rule];
    case 'query':
      return QUERY_REASONS[decision.because];
    case 'wait':
      return WAITS[decision.because];
    case 'stop':
      return STOP_REASONS[decision.because];
  }
}

export const COLLECT_REASONS: Readonly<Record<CollectRule, string>> = {
  first_attempt: 'The order is pending and its first attempt is due.',
  decline_ladder: 'The order is pending and the next step of the decline ladder is due.',
  infrastructure_ladder:
    'The order is pending and the last attempt never reached the deduction: it is due again.',
  trial: 'The order is pending; this one collection tries whether the configuration fault is gone.',
  demand: 'The order is pending and nothing forbids a collection now.',
  consent: 'The order is pending, and the user consents to a collection outside the window.',
};

export const QUERY_REASONS: Readonly<Record<QueryBecause, string>> = {
  attempt_open: 'The outcome of the last attempt is unknown; a verified query decides it now.',
  doubted: 'Something that proves nothing says that the order has changed; WeChat Pay has to be asked.',
  restored:
    'The ledger was restored from a backup; what WeChat Pay said before that may have been overtaken: it is asked again.',
  nothing_verified: 'Nothing verified is known of the order; WeChat Pay has to be asked first.',
  stale: 'What is known of the order is too old to collect on; WeChat Pay has to be asked first.',
  unasked: 'The order waits for its time and was not asked about for long: it may have been paid by hand.',
  exhausting:
    'It is the exhausting_day: before anybody tells the user to pay by hand, WeChat Pay is asked whether he has.',
  watch:
    'The order is not collected, but WeChat Pay keeps deducting and people pay by hand: it is asked about.',
};

export const STOP_REASONS: Readonly<Record<StopBecause, string>> = {
  paid: 'The order is paid, verified.',
  settled: 'The order was settled without a collection.',
  cancelled: 'The order is cancelled.',
  expired: 'The order has lapsed.',
  not_completed: 'The order is not completed yet; call complete (完结) first.',
  unrecognised: 'WeChat Pay answered a state that is not known here; a person has to look.',
  decided:
    'Somebody decided to settle, waive or reduce it, and WeChat Pay has not confirmed that: send the decision again, or take it back by a release that names it (takes_back).',
  held: 'The order is held: until the end of the hold, or until somebody releases it.',
  exhausted:
    'Every attempt that the policy allows was made, or, in a restored ledger, may have been (attempts_max); the operator decides: waive or leave.',
  last_day:
    'The last day for an attempt has passed, or passes before the next one (last_attempt_day); the operator decides: waive or leave.',
  no_window:
    'The policy leaves no time in which a collection is allowed; see windows, quiet_hours and avoid_dates.',
  timeline_full:
    'The record of the order is full: it is still asked about, but not collected until somebody has looked and releases it.',
  refused:
    'WeChat Pay refused the last call as it was made, and the order is still pending: a person has to look. Release it, or collect it by name, and it is tried again.',
  observing: 'It would be collected now, but the switch is on observe: nothing is sent.',
  switched_off: 'It would be collected now, but the switch is off.',
};
