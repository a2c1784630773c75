import type { Court, Known } from './judge-known';
import { isLast } from './judge-writes';
import { DAY, HOUR, MINUTE } from './plan';

const ENDS = ['paid', 'settled', 'cancelled', 'expired'];
/** An order that waits is asked about at least so often; a watched one that is not older than 35 days every day. */
const ASKED_WITHIN_MS = 8 * DAY;

/** What has to be true at the end, however bad it was before: nobody is forgotten, nothing is open, nothing stands still. */
export function lawfulEnd(judge: Court, known: Known, calmFrom: number): void {
  const { row, planned, registered } = known;
  if (planned === undefined)
    return judge.insist(row === undefined, 'nobody is in the ledger whom nobody registered', known);
  judge.insist(registered && row !== undefined, 'an order that was registered is in the ledger', known);
  if (row === undefined) return;
  const now = judge.now();
  const { open, due_at: due = 0, observed } = row;
  const isEnded = ENDS.includes(observed?.standing.kind ?? '');
  judge.insist(
    open === undefined || now - open.claimed_at <= HOUR,
    'no attempt is open longer than one step',
    known,
    open,
  );
  judge.insist(
    isEnded === (row.due_at === undefined) || row.status === 'refund_due',
    'at its end, or due some time',
    known,
    [row.status, due],
  );
  judge.insist(isEnded || due > now - 20 * MINUTE, 'whoever is due is taken up', known, due);
  judge.insist(
    isEnded || ['active', 'watched', 'refund_due'].includes(row.status),
    'whoever waits has a reason',
    known,
    row.status,
  );
  found(judge, known, calmFrom);
  refundable(judge, known);
  if (!isEnded && row.status === 'watched' && planned.customer !== undefined) {
    const since = now - (observed?.at ?? 0);
    judge.insist(
      since <= (isYoung(known, now) ? 1 : 7) * DAY + 2 * HOUR,
      'a stopped order is watched',
      known,
      since / HOUR,
    );
  }
  collected(judge, known, calmFrom);
}

/** What happened at WeChat Pay is known here, whether or not anybody was told. */
function found(judge: Court, known: Known, calmFrom: number): void {
  const truth = judge.truth(known.key);
  const { observed } = known.row ?? {};
  if (truth === undefined)
    return judge.insist(observed === undefined, 'nothing is known of what does not exist', known);
  judge.insist(observed !== undefined, 'every order was asked about', known);
  const lastMoved = truth.movements.at(-1)?.atMs ?? 0;
  const settledFor = judge.now() - Math.max(lastMoved, calmFrom);
  if (truth.state === 'DONE' && settledFor > ASKED_WITHIN_MS + DAY)
    judge.insist(
      ['paid', 'settled'].includes(observed?.standing.kind ?? ''),
      'a payment is found out',
      known,
      observed?.standing,
    );
  if (observed?.standing.kind === 'paid')
    judge.insist(
      observed.standing.paid_amount === truth.paid_amount,
      'the ledger agrees with WeChat Pay to the fen',
      known,
    );
}

/** What WeChat Pay took after somebody had forgiven it is to be refunded, until a person has named it. */
function refundable(judge: Court, { key, row, forgivenAt }: Known): void {
  const { standing } = row?.observed ?? {};
  if (row === undefined || !isLast(row.intent)) return;
  if (standing?.kind !== 'paid' && standing?.kind !== 'pending') return;
  const truth = judge.truth(key);
  if (truth?.paid_amount !== (standing.paid_amount ?? 0)) return;
  const taken = truth.movements.filter(({ atMs }) => atMs > forgivenAt + MINUTE);
  const fen = taken.reduce((sum, { amountFen }) => sum + amountFen, 0) - (row.refund_noted ?? 0);
  judge.insist(
    fen <= 0 || row.status === 'refund_due',
    'what was taken after it was forgiven is to be refunded',
    { key },
    fen,
  );
}

/** Of an order that may be collected, the schedule did try. */
function collected(judge: Court, known: Known, calmFrom: number): void {
  const { row, planned, calls } = known;
  if (row === undefined || planned === undefined) return;
  const now = judge.now();
  const policy = judge.rules.policyAt(now, planned.ref);
  const idle = row.hold === undefined && row.intent === undefined && row.status === 'active';
  if (!idle || row.observed?.standing.kind !== 'pending') return;
  const waitMs =
    Math.max(...policy.decline_ladder_hours) * HOUR + policy.first_attempt_after_hours * HOUR + 2 * DAY;
  const lastAt = Math.max(calmFrom, planned.registeredAt, known.seenCompletedAt, calls.at(-1)?.at ?? 0);
  const monthCap = row.calls.length >= policy.attempts_per_30_days_max;
  judge.insist(monthCap || now - lastAt <= waitMs, 'whoever may be collected is collected', known, [
    (now - lastAt) / HOUR,
    waitMs / HOUR,
  ]);
}

function isYoung({ planned }: Known, now: number): boolean {
  return now < (planned?.registeredAt ?? 0) + 34 * DAY;
}
