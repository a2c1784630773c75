import { decide, type Decision, type Occasion } from '../core/decide';
import { evolve, type Change } from '../core/evolve';
import type { Instant } from '../core/ids';
import type { Actor, Decided, OpenAttempt, Order } from '../core/order';
import type { CallReport, QueryReport } from '../core/outcome';
import { ask, LEDGER_MS } from './ask';
import { noteCall, takeTrial } from './breakers';
import { CALL_MS_MIN, claim, newClaim, NO_TIME, settle, timeFor, type Claimed } from './claim';
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
  // What WeChat Pay has said and only a claim, or whoever ends this without one, writes down.
  let unsaved: { readonly stored: Order; readonly change: Change } | undefined;
  const saved = async () => (unsaved === undefined ? order : persist(ports, unsaved.stored, unsaved.change));
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
      const calls = await merchants.get(mchid).catch(async (error: unknown) => {
        await saved();
        throw error;
      });
      if (timeFor(deadlineAt, now()) < CALL_MS_MIN) break;
      budgetUntil = await overRate();
      if (budgetUntil !== undefined) continue;
      const claimId = ports.newClaimId();
      // Of all who find the breaker half open one may try; the others find it open again.
      if (decision.rule === 'trial' && !(await takeTrial(ports, order, claimId))) continue;
      const decided = decidedBy(decision, within.effective.version, request);
      const open = { ...newClaim(claimId, request.actor, now()), decided };
      const claimed = await claim(order, open, ports, unsaved?.stored);
      if (claimed.kind === 'ours') return call(claimed, calls, request, ports);
      if (decision.rule === 'trial')
        await noteCall(ports, order.ref, { claim_id: claimId, claimed_at: now() }, NOT_CLAIMED);
      const { order: stored } = claimed;
      // What was asked under another service_id says nothing of this order.
      unsaved =
        stored.ref.service_id === order.ref.service_id && unsaved ? { ...unsaved, stored } : undefined;
      order = unsaved === undefined ? stored : evolve(stored, unsaved.change);
    } else if (decision.kind === 'query' && !asked) {
      // What people ask for is answered; the schedule keeps to the rate with its questions too.
      const until = occasion === 'schedule' ? await overRate() : undefined;
      if (until !== undefined)
        return { kind: 'held_back', order, decision: { kind: 'wait', until, because: 'budget' } };
      asked = true;
      const answer = await ask(order, ports, { continues: occasion, deadlineAt, keep: !dryRun });
      if (answer.kind !== 'observed') return { ...answer, order };
      unsaved = answer.unsaved && { stored: order, change: answer.unsaved };
      order = answer.order;
    } else {
      return { kind: 'held_back', order: await saved(), decision };
    }
  }
  return { kind: 'out_of_time', order: await saved() };
}

function decidedBy(
  { rule }: Extract<Decision, { kind: 'collect' }>,
  policy: string,
  { reason }: Pick<AttemptRequest, 'reason'>,
): Decided {
  return { rule, policy, ...(reason === undefined ? {} : { reason }) };
}

const NOT_CLAIMED: CallReport = {
  outcome: { kind: 'not_sent', because: 'not_claimed' },
  evidence: { detail: 'Somebody else changed the order first.' },
};

/** Sends the one call of a claim and records what became of it. */
async function call(
  { order, open }: Extract<Claimed<OpenAttempt>, { kind: 'ours' }>,
  calls: MerchantCalls,
  { deadlineAt }: AttemptRequest,
  ports: Ports,
): Promise<AttemptResult> {
  const { ref } = order;
  const { merchants, now, record } = ports;
  const timeoutMs = timeFor(deadlineAt, now());
  // A claim that was slow to write may have used up the time for its call: then that is not begun.
  const report =
    timeoutMs < CALL_MS_MIN ? NO_TIME : await calls.collect(ref, { timeoutMs, sendBy: open.send_by });
  record({ kind: 'called', ref, claim_id: open.claim_id, report });
  // First, so that the order is planned by it.
  await noteCall(ports, ref, open, report);
  const settled = await settle(order, open, report, ports);
  const { outcome } = report;
  const refusedKeys = outcome.kind === 'misconfigured' && outcome.scope === 'merchant';
  // For the next attempt's sake, and only while there is time: this one's answer must not be late for it.
  if (refusedKeys && deadlineAt - now() > LEDGER_MS) await merchants.refresh(ref.mchid, calls);
  return { kind: 'attempted', claim: open, report, ...settled };
}
