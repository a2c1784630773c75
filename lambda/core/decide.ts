import type { Instant } from './ids';
import { isTerminal, type StandingKind } from './observe';
import { conclusiveAt, TIMELINE_MAX_ENTRIES, type Order } from './order';
import { LOCK_MS } from './outcome';

/** How a merchant wants to collect. */
export interface Policy {
  /** Least time between two attempts on one order; WeChat Pay's lock is a floor nobody can lower. */
  readonly gapMs: number;
}

export const DEFAULT_POLICY: Policy = { gapMs: 6 * 60 * 60_000 };

/** Before a collection, what is known of the order may be at most this old; then it is asked for again. */
export const FRESH_MS = 15_000;

export type Decision =
  | { readonly kind: 'collect' }
  | { readonly kind: 'query'; readonly because: 'attempt_open' | 'nothing_verified' | 'stale' }
  | { readonly kind: 'wait'; readonly until: Instant; readonly because: 'attempt_open' | 'gap' | 'lock' }
  | { readonly kind: 'stop'; readonly because: Exclude<StandingKind, 'pending'> | 'timeline_full' };

/**
 * What to do about an order now. The test for an open attempt comes before every other one: while the outcome
 * of a call is unknown, nothing but asking is right.
 */
export function decide(order: Order, policy: Policy, now: Instant): Decision {
  const { open, observed } = order;
  if (open !== undefined) {
    const until = conclusiveAt(open);
    return now >= until
      ? { kind: 'query', because: 'attempt_open' }
      : { kind: 'wait', until, because: 'attempt_open' };
  }
  if (observed === undefined) return { kind: 'query', because: 'nothing_verified' };
  const { standing } = observed;
  if (isTerminal(standing)) return { kind: 'stop', because: standing.kind };
  const gapEnds = (order.last_call_at ?? -Infinity) + Math.max(policy.gapMs, LOCK_MS);
  const lockEnds = (order.last_sent_at ?? -Infinity) + LOCK_MS;
  if (now < gapEnds && gapEnds >= lockEnds) return { kind: 'wait', until: gapEnds, because: 'gap' };
  if (now < lockEnds) return { kind: 'wait', until: lockEnds, because: 'lock' };
  // Either way: an answer from the future was stamped by another clock and proves nothing about now.
  if (Math.abs(now - observed.at) > FRESH_MS) return { kind: 'query', because: 'stale' };
  // After the question, not before: an order that may not be collected any more is still asked about.
  if (order.timeline.length >= TIMELINE_MAX_ENTRIES) return { kind: 'stop', because: 'timeline_full' };
  return standing.kind === 'pending' ? { kind: 'collect' } : { kind: 'stop', because: standing.kind };
}

/** Each decision in a sentence, for the answer and the operator. */
export function explain(decision: Decision): string {
  switch (decision.kind) {
    case 'collect':
      return 'The order is pending and nothing forbids a collection now.';
    case 'query':
      return QUERY_REASONS[decision.because];
    case 'wait':
      return WAIT_REASONS[decision.because];
    case 'stop':
      return STOP_REASONS[decision.because];
  }
}

type Reasons<K extends Decision['kind']> = Readonly<
  Record<Extract<Decision, { kind: K; because: string }>['because'], string>
>;

const QUERY_REASONS: Reasons<'query'> = {
  attempt_open: 'The outcome of the last attempt is unknown; a verified query decides it now.',
  nothing_verified: 'Nothing verified is known of the order; WeChat Pay has to be asked first.',
  stale: 'What is known of the order is too old to collect on; WeChat Pay has to be asked first.',
};

const WAIT_REASONS: Reasons<'wait'> = {
  attempt_open:
    'An attempt is open and may still take money. A query may show the payment at any time; from then on one that still shows the order pending closes the attempt.',
  gap: 'The least time between two attempts on one order has not passed.',
  lock: 'The last call left and was not processed; its outcome says why. WeChat Pay may hold an order for 3 minutes after any call.',
};

const STOP_REASONS: Reasons<'stop'> = {
  paid: 'The order is paid, verified.',
  settled: 'The order was settled without a collection.',
  cancelled: 'The order is cancelled.',
  expired: 'The order has lapsed.',
  not_completed: 'The order is not completed yet; call complete (完结) first.',
  unrecognised: 'WeChat Pay answered a state that is not known here; a person has to look.',
  timeline_full:
    'The record of the order is full: it is still asked about, but not collected any more; a person has to look.',
};
