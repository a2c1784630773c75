import { decide, type Decision, type Occasion } from '../core/decide';
import { evolve } from '../core/evolve';
import type { Instant } from '../core/ids';
import type { Actor, Decided, OpenAttempt, Order } from '../core/order';
import { CALL_MS_MAX, type CallReport, type QueryReport } from '../core/outcome';
import { inHand } from '../core/plan';
import { ask, LEDGER_MS } from './ask';
import { noteCall, takeTrial } from './breakers';
import { aroundNow, persist } from './persist';
import type { MerchantCalls, Ports } from './ports';

export interface AttemptRequest {
  /** As the ledger has it; one that it does not have only for a dry run. */
  readonly order: Order;
  readonly actor: Actor;
  readonly occasion: Occasion;
  /** Why the user consented to a collection outside the window. */
  readonly reason?: string;
  /** Ask and decide, but claim and send nothing and leave the ledger as it is. */
  readonly dryRun: boolean;
  /** Everything is over before this instant, the ledger's last write included. */
  readonly deadlineAt: Instant;
}

export type AttemptResult =
  /** A call was claimed; `report` says what became of it. */
  | {
      readonly kind: 'attempted';
      readonly order: Order;
      readonly claim: OpenAttempt;
      readonly report: CallReport;
      /** False: the ledger could not be told; the attempt stays open there and will be asked about. */
      readonly recorded: boolean;
    }
  | {
      readonly kind: 'held_back';
      readonly order: Order;
      readonly decision: Exclude<Decision, { kind: 'collect' }>;
    }
  | { readonly kind: 'would_collect'; readonly order: Order }
  /** WeChat Pay could not be asked, or gave nothing that can be trusted; nothing was claimed. */
  | {
      readonly kind: 'unobserved';
      readonly order: Order;
      readonly report: Exclude<QueryReport, { kind: 'verified' }>;
    }
  | { readonly kind: 'out_of_time'; readonly order: Order };

/** With less left than this a call is not begun: it would only be cut short and end unknown. */
const PAY_MS_MIN = 3_000;
/** From the claim to the first byte; at most 15 s, and short because nothing may be asked before it has passed. */
const SEND_WITHIN_MS = 5_000;
/** Decisions in one attempt: ask, collect, and some for rows that others changed meanwhile. */
const STEPS_MAX = 6;

/**
 * One attempt on one order, the same for every caller: decide, ask if what is known is stale, claim, call,
 * settle. The claim exists in the ledger before anything is sent; two callers at once means that one of them
 * sends and the other is told of the open attempt.
 */
export async function attempt(request: AttemptRequest, ports: Ports): Promise<AttemptResult> {
  const { occasion, dryRun, deadlineAt } = request;
  const { merchants, budget, now } = ports;
  let order = request.order;
  const { mchid } = order.ref;
  let asked = false;
  let budgetUntil: Instant | undefined;
  let granted = false;
  // One of the rate for the whole attempt: a collection must not fail for want of what its question took.
  const overRate = async (): Promise<Instant | undefined> => {
    const until = granted ? undefined : await budget.take(mchid);
    granted = until === undefined;
    return until;
  };

  for (let step = 0; step < STEPS_MAX; step += 1) {
    const around = await aroundNow(order, ports);
    const within = budgetUntil === undefined ? around : { ...around, budget_until: budgetUntil };
    const decision = decide(order, within, occasion, now());
    if (decision.kind === 'collect') {
      if (dryRun) return { kind: 'would_collect', order };
      // Before the claim: keys that cannot be had must not leave an open attempt behind.
      const calls = await merchants.get(mchid);
      if (timeFor(deadlineAt, now()) < PAY_MS_MIN) return { kind: 'out_of_time', order };
      budgetUntil = await overRate();
      if (budgetUntil !== undefined) continue;
      const claimId = ports.newClaimId();
      // Of all who find the breaker half open one may try; the others find it open again.
      if (decision.rule === 'trial' && !(await takeTrial(ports, order, claimId))) continue;
      const decided = decidedBy(decision, within.effective.version, request);
      const claimed = await claim(order, claimId, decided, request.actor, ports);
      if (claimed.kind === 'ours') return call(claimed, calls, request, ports);
      if (decision.rule === 'trial')
        await noteCall(ports, order.ref, { claim_id: claimId, claimed_at: now() }, NOT_CLAIMED);
      order = claimed.order;
    } else if (decision.kind === 'query' && !asked) {
      // What people ask for is answered; the schedule keeps to the rate with its questions too.
      const until = occasion === 'schedule' ? await overRate() : undefined;
      if (until !== undefined)
        return { kind: 'held_back', order, decision: { kind: 'wait', until, because: 'budget' } };
      asked = true;
      const answer = await ask(order, ports, { continues: occasion, deadlineAt, keep: !dryRun });
      if (answer.kind !== 'observed') return { ...answer, order };
      order = answer.order;
    } else {
      return { kind: 'held_back', order, decision };
    }
  }
  return { kind: 'out_of_time', order };
}

function decidedBy(
  { rule }: Extract<Decision, { kind: 'collect' }>,
  policy: string,
  { reason }: Pick<AttemptRequest, 'reason'>,
): Decided {
  return { rule, policy, ...(reason === undefined ? {} : { reason }) };
}

/** What a call that begins now may take. */
function timeFor(deadlineAt: Instant, now: Instant): number {
  return Math.min(CALL_MS_MAX, deadlineAt - now - LEDGER_MS);
}

type Claimed =
  | { readonly kind: 'ours'; readonly order: Order; readonly claim: OpenAttempt }
  | { readonly kind: 'lost'; readonly order: Order };

/** Makes the attempt exist, by one conditional write on the state it was decided on. */
async function claim(
  order: Order,
  claimId: string,
  decided: Decided,
  actor: Actor,
  { ledger, now }: Ports,
): Promise<Claimed> {
  const claimedAt = now();
  const open: OpenAttempt = {
    claim_id: claimId,
    actor,
    decided,
    claimed_at: claimedAt,
    send_by: claimedAt + SEND_WITHIN_MS,
  };
  const after = inHand(evolve(order, { kind: 'claim', open }), claimedAt);
  if ((await ledger.save(order, after)) === 'saved') return { kind: 'ours', order: after, claim: open };
  const current = (await ledger.find(order.ref)) ?? order;
  // A failed condition on a claim that bears our own id: the write got through and its first answer was lost.
  const ours = current.open?.claim_id === open.claim_id;
  return ours ? { kind: 'ours', order: current, claim: open } : { kind: 'lost', order: current };
}

const NO_TIME: CallReport = {
  outcome: { kind: 'not_sent', because: 'out_of_time' },
  evidence: { detail: 'Too little time was left for the call when the claim was written.' },
};

const NOT_CLAIMED: CallReport = {
  outcome: { kind: 'not_sent', because: 'not_claimed' },
  evidence: { detail: 'Somebody else changed the order first.' },
};

/** Sends the one call of a claim and records what became of it. */
async function call(
  { order, claim: open }: Extract<Claimed, { kind: 'ours' }>,
  calls: MerchantCalls,
  { deadlineAt }: AttemptRequest,
  ports: Ports,
): Promise<AttemptResult> {
  const { ref } = order;
  const { merchants, now, record } = ports;
  const timeoutMs = timeFor(deadlineAt, now());
  // A claim that was slow to write may have used up the time for its call: then that is not begun.
  const report =
    timeoutMs < PAY_MS_MIN ? NO_TIME : await calls.collect(ref, { timeoutMs, sendBy: open.send_by });
  record({ kind: 'called', ref, claim_id: open.claim_id, report });
  // First, so that the order is planned by it.
  await noteCall(ports, ref, open, report);
  const settled = await settle();
  const { outcome } = report;
  const refusedKeys = outcome.kind === 'misconfigured' && outcome.scope === 'merchant';
  // For the next attempt's sake, and only while there is time: this one's answer must not be late for it.
  if (refusedKeys && deadlineAt - now() > LEDGER_MS) await merchants.refresh(ref.mchid, calls);
  return { kind: 'attempted', claim: open, report, ...settled };

  async function settle(): Promise<{ order: Order; recorded: boolean }> {
    const change = { kind: 'settle', at: now(), claim: open, report } as const;
    try {
      return { order: await persist(ports, order, change), recorded: true };
    } catch (error) {
      // The claim is in the ledger and stays open: it will be asked about. What was learnt goes to the log and the caller.
      record({ kind: 'settle_failed', ref, claim_id: open.claim_id, error });
      return { order, recorded: false };
    }
  }
}
