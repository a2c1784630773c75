import type { Order } from '../../lambda/core/order';

import { completed } from './judge-calls';
import { type Court, type Known, saidIn, type Suspect } from './judge-known';
import { DAY, HOUR, MINUTE } from './plan';

const ENDS = ['paid', 'settled', 'cancelled', 'expired'];
/** 单据正在扣款中. */
const BUSY = 271316754;

/** What has to hold of every change of the ledger, at the moment it takes effect. */
export function lawfulWrite(
  judge: Court,
  known: Known,
  before: Order | undefined,
  after: Order,
  by: Suspect,
): void {
  if (before !== undefined && before.version === after.version) return postponed(judge, known, before, after);
  judge.insist(after.version > (before?.version ?? 0), 'no change is written over another', known, [
    before?.version,
    after.version,
  ]);
  if (before?.doubted_at !== undefined && after.doubted_at === undefined) known.doubtEndedAt = judge.now();
  if (before?.open?.claim_id !== after.open?.claim_id) {
    if (before?.open !== undefined) closed(judge, known, before.open, after, by);
    if (after.open !== undefined) claimed(judge, known, before, after, by);
  }
  if (before?.observed !== after.observed && after.observed !== undefined) told(judge, known, before, after);
  begun(known, after);
  const isEnded = ENDS.includes(after.observed?.standing.kind ?? '');
  judge.insist(
    !ENDS.includes(before?.observed?.standing.kind ?? '') || isEnded,
    'an end that was verified stays',
    known,
  );
  judge.insist(
    isEnded || after.due_at !== undefined,
    'an order that is not at its end is looked after',
    known,
  );
  judge.insist(
    isEnded || (after.due_at ?? 0) < judge.now() + dueWithin(after, judge.now()),
    'nobody waits longer than his step',
    known,
    after.due_at,
  );
  stopped(judge, known, before, after);
  decided(judge, known, before, after, by);
  refunded(judge, known, before, after, by);
  recorded(judge, known, before, after);
}

/** The days of an order begin when it is known to be completed, and again when that was taken back. */
function begun(known: Known, { observed }: Order): void {
  if (observed === undefined) return;
  const { at, standing } = observed;
  if (standing.kind === 'not_completed') known.notCompletedAt = at;
  if (standing.kind === 'pending' && known.seenCompletedAt < Math.max(known.notCompletedAt, 0))
    known.seenCompletedAt = at;
}

/** The sweep moves a time, and touches nothing else. */
function postponed(judge: Court, known: Known, before: Order, after: Order): void {
  const { due_at: _was, ...rest } = before;
  const { due_at: _is, ...same } = after;
  const names = Object.keys(rest) as (keyof typeof rest)[];
  judge.insist(
    names.every((name) => rest[name] === same[name]) && names.length === Object.keys(same).length,
    'a write without a new version moves a time and nothing else',
    known,
  );
}

function claimed(judge: Court, known: Known, before: Order | undefined, after: Order, by: Suspect): void {
  const { open, timeline } = after;
  if (open === undefined) return;
  // What closed the one before may be written along with the claim.
  const isClosed = timeline.some(
    (entry) => entry.kind === 'closed' && entry.claim_id === before?.open?.claim_id,
  );
  judge.insist(before?.open === undefined || isClosed, 'one open operation an order', known);
  judge.insist(!known.claims.has(open.claim_id), 'each claim has an id of its own', known, open.claim_id);
  known.claims.set(open.claim_id, { by, open, writtenAt: judge.now(), used: false });
  if (before === undefined || open.operation !== undefined) return;
  const held = before.hold !== undefined && (before.hold.until ?? Infinity) > open.claimed_at;
  judge.insist(!held, 'nothing is collected of an order that is held', known, before.hold);
  // That a reduction is done may be written along with the claim.
  const stands = before.intent !== undefined && after.intent !== undefined;
  judge.insist(!stands, 'nothing is collected of an order that somebody decided about', known, before.intent);
  judge.insist(
    !ENDS.includes(before.observed?.standing.kind ?? ''),
    'nothing is collected of an order at its end',
    known,
  );
}

/** An attempt closes by evidence alone. */
function closed(
  judge: Court,
  known: Known,
  open: NonNullable<Order['open']>,
  after: Order,
  by: Suspect,
): void {
  const call = known.calls.find((one) => one.claim_id === open.claim_id);
  const own = known.claims.get(open.claim_id)?.by === by;
  const { heard } = call ?? {};
  const refused =
    own &&
    heard !== undefined &&
    heard !== 'unsigned' &&
    heard.status >= 400 &&
    heard.status < 500 &&
    heard.subCode !== BUSY;
  const notSent = own && call === undefined;
  const waitMs = open.outcome?.kind === 'in_progress' ? 30 * MINUTE : 3 * MINUTE;
  const reduced =
    open.operation?.kind === 'modify' && after.observed?.facts.total_amount === open.operation.total_amount;
  const proven = known.evidence.some(
    ({ isEnd, askedAt }) => isEnd || reduced || (askedAt ?? 0) >= open.send_by + waitMs,
  );
  judge.insist(refused || notSent || proven, 'an open attempt closes only by evidence', known, open);
}

/** What the ledger says that WeChat Pay said, WeChat Pay did say, of this very order. */
function told(judge: Court, known: Known, before: Order | undefined, after: Order): void {
  const said = after.observed === undefined ? '' : saidIn(after.observed);
  judge.insist(
    known.evidence.some(({ says }) => says === said),
    'what is known of an order was verified',
    known,
    said,
  );
  const { standing } = after.observed ?? {};
  const truth = judge.truth(known.key);
  if (standing?.kind === 'paid') {
    const isPaid = truth?.state === 'DONE' && truth.collection_state === 'USER_PAID';
    judge.insist(
      isPaid && standing.paid_amount === truth.paid_amount,
      'paid is what WeChat Pay has',
      known,
      standing,
    );
    judge.insist((truth?.paid_amount ?? 0) >= (truth?.total_amount ?? 0), 'paid is paid in full', known);
  }
  if (standing?.kind === 'cancelled')
    judge.insist(truth?.state === 'REVOKED', 'cancelled is what WeChat Pay cancelled', known);
  if (standing?.kind === 'settled')
    judge.insist(
      truth?.details.every(({ paid_type }) => paid_type === 'MCH') === true,
      'settled is what was paid elsewhere',
      known,
    );
  if (ENDS.includes(before?.observed?.standing.kind ?? ''))
    judge.insist(
      before?.observed?.standing.kind === standing?.kind,
      'an end that was verified stays',
      known,
      standing,
    );
}

/** A decision by hand stands until it is verified or taken back. */
function decided(judge: Court, known: Known, before: Order | undefined, after: Order, by: Suspect): void {
  if (isLast(after.intent) && !isLast(before?.intent)) known.forgivenAt = judge.now();
  if (before?.intent === undefined || after.intent !== undefined) return;
  const { operation } = before.intent;
  const reduced =
    operation.kind === 'modify' && judge.truth(known.key)?.total_amount === operation.total_amount;
  const released = by.name.startsWith('api') && after.timeline.at(-1)?.kind === 'released';
  judge.insist(reduced || released, 'a decision stands until it is done or taken back', known, operation);
}

/** Settled or waived: nothing more is to be paid. */
export function isLast(intent: Order['intent']): boolean {
  return intent !== undefined && intent.operation.kind !== 'modify';
}

/** What is to be refunded stays so until WeChat Pay says otherwise, or a person names it, or takes the decision back. */
function refunded(judge: Court, known: Known, before: Order | undefined, after: Order, by: Suspect): void {
  const entry = after.timeline.at(-1);
  const released = by.name.startsWith('api') && entry?.kind === 'released' ? entry : undefined;
  const more = (after.refund_noted ?? 0) - (before?.refund_noted ?? 0);
  const named = released?.refund_amount === more && known.refunded.has(more);
  judge.insist(more <= 0 || named, 'a refund is closed by whoever names its amount', known, more);
  judge.insist(
    more <= 0 || (after.refund_noted ?? 0) <= (judge.truth(known.key)?.paid_amount ?? 0),
    'nobody is refunded more than he was charged',
    known,
    after.refund_noted,
  );
  const isSame = before?.observed === after.observed;
  const meant = released?.refund_amount !== undefined || released?.takes_back !== undefined;
  // Where it stands in the lists may be written later, when its merchant's controls can be read again.
  known.refundMeant = meant || (known.refundMeant && isSame);
  const forgotten = before?.status === 'refund_due' && after.status !== 'refund_due' && isSame;
  judge.insist(!forgotten || known.refundMeant, 'no refund is forgotten', known, after.status);
  if (after.status !== 'refund_due') known.refundMeant = false;
}

/** Before a window opens, and the day after a completion has passed, a first attempt waits no longer than this. */
const FIRST_WAIT_MS = 4 * DAY;

/** Nobody is given up before his attempts are used up, or his days. */
function stopped(judge: Court, known: Known, before: Order | undefined, after: Order): void {
  const { because } = after.stopped ?? {};
  if (because === before?.stopped?.because || known.planned === undefined) return;
  const { planned, claims } = known;
  const now = judge.now();
  const policies = judge.rules
    .instantsBefore(now)
    .map((instant) => judge.rules.policyAt(instant, planned.ref));
  if (because === 'last_day' && claims.size === 0) {
    const days = Math.min(...policies.map(({ last_attempt_day }) => last_attempt_day));
    const { earliest } = completed(planned, known);
    judge.insist(
      now >= earliest + days * DAY - FIRST_WAIT_MS,
      'nobody is given up before his last day',
      known,
    );
  }
  const attempts = Math.min(...policies.map(({ attempts_max }) => attempts_max));
  judge.insist(
    because !== 'exhausted' || claims.size >= attempts,
    'nobody is given up before he had all his attempts',
    known,
    claims.size,
  );
}

/** Each call has one outcome in the record, and one end. */
function recorded(judge: Court, known: Known, before: Order | undefined, after: Order): void {
  if (before?.timeline === after.timeline) return;
  const ids = after.timeline.flatMap((entry) =>
    entry.kind === 'attempt' || entry.kind === 'operation' || entry.kind === 'closed'
      ? [`${entry.kind === 'closed' ? 'closed' : 'outcome'} ${entry.claim_id}`]
      : [],
  );
  judge.insist(new Set(ids).size === ids.length, 'a call has one outcome', known, ids);
  judge.insist(after.timeline.length <= 64, 'a record is bounded', known);
}

/** The longest wait there is for an order as it stands: the step of its ladder, and what spreads it. */
function dueWithin({ open, unanswered, status, registration, observed }: Order, now: number): number {
  if (open === undefined) {
    const isYoung = now < registration.at + 34 * DAY;
    return (status === 'watched' && isYoung && observed !== undefined ? DAY : 8 * DAY) + HOUR;
  }
  const count = unanswered?.count ?? 0;
  if (count <= 2) return 75 * MINUTE;
  return count <= 26 ? 2 * HOUR : count <= 34 ? 7 * HOUR : 26 * HOUR;
}
