import type { Instant } from './ids';

/** Whom a configuration fault keeps from collecting: the merchant, or one sub-merchant under one service. */
export type BreakerScope = 'merchant' | 'pair';

/**
 * A breaker that tripped; one that is closed does not exist. It forbids collecting, never asking: a query may work
 * where `/pay` does not, so nothing that a query answers closes it.
 */
export interface Breaker {
  /** Of the stored row: 1 when it trips first, one more with every change. */
  readonly version: number;
  /** Trips in a row, ≥ 1. */
  readonly trips: number;
  readonly tripped_at: Instant;
  /** Nothing is collected before; from then on one collect tries. */
  readonly until: Instant;
  /** In words for the operator: what WeChat Pay said, or which secret is not usable. ≤ 300 UTF-16 units. */
  readonly because: string;
  /** The claim that is trying now, if one is. */
  readonly trial?: Trial;
  /** Who lifted it last, since it tripped. */
  readonly lifting?: Lifting;
}

export interface Trial {
  readonly claim_id: string;
  readonly at: Instant;
}

export interface Lifting {
  /** The actor, as `spellActor` spells one. */
  readonly by: string;
  readonly at: Instant;
}

export type BreakerVerdict =
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open';
      readonly until: Instant;
      readonly scope: BreakerScope;
      readonly because: string;
    }
  | { readonly kind: 'half_open'; readonly scope: BreakerScope };

/** How long nothing is collected after the n-th trip in a row; the last step repeats. */
export const BREAKER_LADDER_MS = [60 * 60_000, 6 * 60 * 60_000, 24 * 60 * 60_000] as const;
const LADDER_END_MS = BREAKER_LADDER_MS[2];

/** How long a claim holds the trial: a worker that died must not keep the breaker open for ever. */
export const TRIAL_MS_MAX = 15 * 60_000;
/** After a trial that showed nothing, because it was not sent, throttled or not answered. */
export const NEXT_TRIAL_MS = 5 * 60_000;
const BECAUSE_CHARS_MAX = 300;

/** Whether this breaker lets a collect through at `now`. While a trial is under way it is open. */
export function verdictOf(breaker: Breaker | undefined, scope: BreakerScope, now: Instant): BreakerVerdict {
  if (breaker === undefined) return { kind: 'closed' };
  const until = triesFrom(breaker);
  return now < until
    ? { kind: 'open', until, scope, because: breaker.because }
    : { kind: 'half_open', scope };
}

const STRICTNESS: Readonly<Record<BreakerVerdict['kind'], number>> = { closed: 0, half_open: 1, open: 2 };

/**
 * Merchant and pair together: open beats half-open beats closed, and of two open ones the one that lasts longer.
 * Where both say the same, the merchant's word stands; a collect that both let through as a trial is a trial of both.
 */
export function combined(merchant: BreakerVerdict, pair: BreakerVerdict): BreakerVerdict {
  if (merchant.kind === 'open' && pair.kind === 'open') return pair.until > merchant.until ? pair : merchant;
  return STRICTNESS[pair.kind] > STRICTNESS[merchant.kind] ? pair : merchant;
}

/**
 * The breaker after a configuration fault of a call claimed at `claimed_at`, known at `at`. Many calls may be in
 * flight when it trips, some by workers that had read it before: whatever was claimed before the wait was over
 * tells nothing new and returns the same object. Only a fault of a later call, a trial, climbs the ladder.
 */
export function tripped(
  breaker: Breaker | undefined,
  fault: { readonly at: Instant; readonly claimed_at: Instant; readonly because: string },
): Breaker {
  if (breaker !== undefined && fault.claimed_at < breaker.until) return breaker;
  const { version, trips } = breaker ?? { version: 0, trips: 0 };
  return {
    version: version + 1,
    trips: trips + 1,
    tripped_at: fault.at,
    until: fault.at + (BREAKER_LADDER_MS[trips] ?? LADDER_END_MS),
    because: cut(fault.because),
  };
}

/** The breaker while `trial` tries. Throws Error unless it is half-open at `trial.at`. */
export function withTrial(breaker: Breaker, trial: Trial): Breaker {
  const until = triesFrom(breaker);
  if (trial.at < until)
    throw new Error(`No trial may begin at ${trial.at}: the breaker is open until ${until}`);
  return { ...breaker, version: breaker.version + 1, trial };
}

/**
 * The breaker after a call that met no configuration fault; undefined: it is gone, collecting goes on.
 * `served`: WeChat Pay processed the call, whatever the outcome, which shows that the configuration is right if it
 * was the trial or was claimed after the trip. `inconclusive`: it was not sent, throttled or not answered; that ends
 * the trial, and the next one follows soon. What says nothing about this trip returns the same object.
 */
export function afterCall(
  breaker: Breaker | undefined,
  call: {
    readonly claim_id: string;
    readonly claimed_at: Instant;
    readonly at: Instant;
    readonly came_to: 'served' | 'inconclusive';
  },
): Breaker | undefined {
  if (breaker === undefined) return undefined;
  const { trial, ...untried } = breaker;
  const isTrial = trial?.claim_id === call.claim_id;
  switch (call.came_to) {
    case 'served':
      return isTrial || call.claimed_at > breaker.tripped_at ? undefined : breaker;
    case 'inconclusive':
      return isTrial ? { ...untried, version: breaker.version + 1, until: call.at + NEXT_TRIAL_MS } : breaker;
  }
}

/** When a collect may try: a trial begins after the wait, so its end is always the later one. */
function triesFrom({ until, trial }: Breaker): Instant {
  return trial === undefined ? until : trial.at + TRIAL_MS_MAX;
}

/** Never through the middle of a character: half of a surrogate pair cannot be stored as UTF-8. */
function cut(because: string): string {
  return because.slice(0, BECAUSE_CHARS_MAX).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * The breaker after somebody put right what tripped it: the next collect tries at once. A trial under way is forgotten,
 * and what it meets was met before the lifting.
 */
export function lifted({ trial: _trial, ...breaker }: Breaker, lifting: Lifting): Breaker {
  return { ...breaker, version: breaker.version + 1, until: lifting.at, lifting };
}
