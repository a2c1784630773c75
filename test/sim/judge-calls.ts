import type { Court, Known, Left } from './judge-known';
import { dayOf, isOpen } from './judge-policy';
import { DAY, HOUR, MINUTE, SECOND } from './plan';

/** From claim to first byte. */
const SEND_WITHIN_MS = 15 * SECOND;
const LOCK_MS = 3 * MINUTE;
const CONSENT_MS = 30 * SECOND;
/** An answer may be 15 s old when it is decided on; then keys, rate and the claim take their time, in one invocation. */
const FRESH_MS = 75 * SECOND + MINUTE;

/** What has to hold of everything that leaves for WeChat Pay, at the moment it does. */
export function lawfulCall(judge: Court, known: Known, left: Left): void {
  if (left.action === 'query') return lawfulQuestion(judge, known, left);
  const { row } = known;
  const { by, at, claim_id } = left;
  const claim = claim_id === undefined ? undefined : known.claims.get(claim_id);
  judge.insist(claim !== undefined, 'a call exists in the ledger before it is sent', known, left.action);
  if (claim === undefined) return;
  judge.insist(claim.by === by, 'a call leaves on its own claim', known, claim_id);
  judge.insist(!claim.used, 'a claim is good for one call', known, claim_id);
  claim.used = true;
  // Between the claim and the first byte WeChat Pay may say that it is over: then the call comes to nothing there.
  const isOver = ['paid', 'settled', 'cancelled', 'expired'].includes(row?.observed?.standing.kind ?? '');
  judge.insist(
    row?.open?.claim_id === claim_id || isOver,
    'a call leaves while its claim is open',
    known,
    claim_id,
  );
  const { claimed_at: claimedAt, send_by: sendBy, operation } = claim.open;
  judge.insist(
    sendBy <= claimedAt + SEND_WITHIN_MS,
    'a call leaves within 15 s of its claim',
    known,
    sendBy - claimedAt,
  );
  judge.insist(at + by.skewMs < sendBy, 'nothing leaves after send_by', known, at + by.skewMs - sendBy);
  judge.insist((operation === undefined) === (left.action === 'pay'), 'a call is what was claimed', known);
  judge.insist(known.planned?.ref.service_id === row?.ref.service_id, 'a call names its own service', known);
  spaced(judge, known, left);
  if (left.action === 'pay') lawfulCollection(judge, known, left);
}

/** Heard, and it says that WeChat Pay did not process the call: it burns nothing. */
function burnedNothing({ heard }: Left): boolean {
  if (heard === undefined || heard === 'unsigned') return false;
  return (
    heard.status === 429 ||
    heard.status === 401 ||
    [268503786, 268435457].includes(heard.status < 500 ? heard.subCode : 0)
  );
}

function spaced(judge: Court, known: Known, left: Left): void {
  const before = known.calls.at(-1);
  if (before === undefined) return;
  const apartMs = left.at + left.by.skewMs - before.at - before.by.skewMs;
  judge.insist(
    apartMs >= LOCK_MS - SEND_WITHIN_MS,
    'two calls of an order are never within its lock',
    known,
    apartMs,
  );
}

function lawfulCollection(judge: Court, known: Known, left: Left): void {
  const { planned } = known;
  if (planned === undefined) return;
  const { ref } = planned;
  const at = left.at + left.by.skewMs;
  const skew = left.by.skewMs;
  const consented = left.at - known.consentedAt < CONSENT_MS;
  const instants = judge.rules.instantsBefore(left.at);
  const some = (holds: (policy: ReturnType<typeof judge.rules.policyAt>, instant: number) => boolean) =>
    instants.some((instant) => holds(judge.rules.policyAt(instant, ref), instant + skew));
  const burned = known.calls.filter((one) => one.action === 'pay' && !burnedNothing(one));
  const last = burned.at(-1);
  const apartMs = last === undefined ? Infinity : at - last.at - last.by.skewMs + SEND_WITHIN_MS;
  const isFresh = known.evidence.some(({ askedAt = 0 }) => Math.abs(at - askedAt) < FRESH_MS);
  judge.insist(isFresh, 'a collection is decided on what WeChat Pay has just said', known);
  const isSchedule = left.by.name.startsWith('collect');

  judge.insist(
    instants.some((instant) => judge.rules.isOnAt(instant, ref)),
    'nothing is collected while the switch is not on',
    known,
  );
  judge.insist(
    consented || some((policy, instant) => isOpen(policy, instant)),
    'nothing is collected outside the hours of the policy',
    known,
    new Date(at + 8 * HOUR),
  );
  judge.insist(
    some((policy) => apartMs >= policy.min_gap_minutes * MINUTE),
    'two attempts are never closer than the gap',
    known,
    apartMs,
  );
  judge.insist(
    some((policy) => burned.length < policy.attempts_max),
    'never more attempts than the policy allows',
    known,
    burned.length,
  );
  const today = burned.filter((one) => dayOf(one.at + one.by.skewMs - SEND_WITHIN_MS) === dayOf(at));
  judge.insist(
    some((policy) => today.length < policy.attempts_per_day_max),
    'never more attempts a day',
    known,
    today.length,
  );
  const month = burned.filter((one) => one.at > left.at - 30 * DAY + 2 * MINUTE);
  judge.insist(
    some((policy) => month.length < policy.attempts_per_30_days_max),
    'never more attempts in 30 days',
    known,
    month.length,
  );
  const ladder = ({ decline_ladder_hours: hours }: { readonly decline_ladder_hours: readonly number[] }) =>
    hours[Math.min(burned.length, hours.length) - 1] ?? 0;
  judge.insist(
    !isSchedule || burned.length === 0 || some((policy) => apartMs >= ladder(policy) * HOUR),
    'the schedule keeps to its ladder',
    known,
    apartMs,
  );
  dated(judge, known, { at, consented, some });
}

/** The first attempt is not before its hour, the last not after its day, whoever says when the order was completed. */
function dated(
  judge: Court,
  known: Known,
  {
    at,
    consented,
    some,
  }: {
    readonly at: number;
    readonly consented: boolean;
    readonly some: (
      holds: (policy: {
        readonly first_attempt_after_hours: number;
        readonly last_attempt_day: number;
      }) => boolean,
    ) => boolean;
  },
): void {
  if (known.planned === undefined) return;
  const { earliest, latest } = completed(known.planned, known);
  judge.insist(
    consented || some((policy) => at >= earliest + policy.first_attempt_after_hours * HOUR),
    'the user has his time before the first attempt',
    known,
  );
  judge.insist(
    some((policy) => dayOf(at - MINUTE) <= dayOf(latest + policy.last_attempt_day * DAY)),
    'nothing is collected after the last day',
    known,
  );
}

/** Between which times the service was completed, whoever says so. */
export function completed(
  planned: NonNullable<Known['planned']>,
  known: Known,
): { readonly earliest: number; readonly latest: number } {
  const { saidCompletedAt, completedAt, registeredAt, plannedEndAt = registeredAt } = planned;
  const { seenCompletedAt } = known;
  const said = [saidCompletedAt, completedAt, registeredAt, registeredAt - HOUR];
  const completions = said.filter((one) => one !== undefined && one !== null);
  const ends = plannedEndAt <= seenCompletedAt + DAY ? [plannedEndAt, seenCompletedAt] : [seenCompletedAt];
  return {
    // Registered by a clock that is off, or late.
    earliest: Math.max(Math.min(...completions, plannedEndAt), lasted(planned, known)) - MINUTE,
    latest: Math.max(...completions, ...ends) + 2 * DAY,
  };
}

/** How long a service lasted that was known not to be completed, and of which nobody said when it was. */
function lasted(
  { becomesPendingAt = -Infinity, plannedEndAt = Infinity }: NonNullable<Known['planned']>,
  { notCompletedAt, row }: Known,
): number {
  if (notCompletedAt === -Infinity || row?.registration.completed_at !== undefined) return -Infinity;
  return plannedEndAt < notCompletedAt ? becomesPendingAt : Math.min(becomesPendingAt, plannedEndAt);
}

/** The schedule leaves an open attempt alone until an answer proves something. */
function lawfulQuestion(judge: Court, { row, key, claims, doubtEndedAt }: Known, { by, at }: Left): void {
  const open = row?.open;
  const isDoubted = row?.doubted_at !== undefined || doubtEndedAt >= by.beganAt;
  if (open === undefined || isDoubted || !by.name.startsWith('collect')) return;
  const claim = claims.get(open.claim_id);
  const known = (claim?.writtenAt ?? Infinity) < by.beganAt;
  const waitMs = open.outcome?.kind === 'in_progress' ? 30 * MINUTE : LOCK_MS;
  judge.insist(
    !known || at + by.skewMs >= open.send_by + waitMs,
    'the schedule does not ask before an answer proves anything',
    { key },
    open,
  );
}
