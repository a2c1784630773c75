import { decideByHand, isRecordFull, type ByHandDecision, type ByHandRefusal } from '../core/by-hand';
import { isPayscoreError, PayscoreError } from '../core/errors';
import { evolve, type Change } from '../core/evolve';
import type { Instant } from '../core/ids';
import type { Actor, OpenByHand, Operation, Order } from '../core/order';
import type { CallReport, QueryReport } from '../core/outcome';
import { isSame } from '../core/same';
import { ask } from './ask';
import { CALL_MS_MIN, claim, newClaim, NO_TIME, settle, timeFor, type Claimed } from './claim';
import { persistIfAsSeen, unlessFault } from './persist';
import type { MerchantCalls, Ports } from './ports';

export interface ByHandRequest {
  readonly order: Order;
  readonly actor: Actor;
  readonly reason: string;
  readonly operation: Operation;
  /** Everything is over before this instant, the ledger's last write included. */
  readonly deadlineAt: Instant;
}

export type ByHandResult =
  /** WeChat Pay was told; `report` says what came of it, and the order what was verified after it. */
  | {
      readonly kind: 'told';
      readonly order: Order;
      readonly open: OpenByHand;
      readonly report: CallReport;
      /** False: the ledger could not be told; it stays open there and will be asked about. */
      readonly recorded: boolean;
    }
  /** What is known of the order forbids it; nothing was changed. */
  | { readonly kind: 'refused'; readonly order: Order; readonly because: ByHandRefusal }
  /** The decision stands, nothing is collected any more, and WeChat Pay could not be told yet. */
  | {
      readonly kind: 'intended';
      readonly order: Order;
      readonly because:
        | Extract<ByHandDecision, { kind: 'wait' }>
        | { readonly kind: 'unobserved'; readonly report: Exclude<QueryReport, { kind: 'verified' }> }
        /** The merchant's keys cannot be had or used. */
        | { readonly kind: 'keyless'; readonly message: string }
        | { readonly kind: 'out_of_time' };
    };

/** Decisions in one request: ask, call, and some for rows that others changed meanwhile. */
const STEPS_MAX = 6;
/** Tries to write what others keep getting in the way of. */
const TRIES_MAX = 5;

/**
 * Tells WeChat Pay of what a person decided: ask if what is known is stale, claim, call, settle, and ask again, because
 * only a verified answer ends the order. Whatever keeps WeChat Pay from being told, the decision is in force from now
 * on: nothing is collected until it is verified or somebody releases the order.
 */
export async function byHand(request: ByHandRequest, ports: Ports): Promise<ByHandResult> {
  try {
    return await decideAndTell(request, ports);
  } catch (error) {
    // Only before a claim: from then on nothing throws. The ledger has the last word on the order.
    if (!isPayscoreError(error, 'MERCHANT_UNKNOWN', 'SECRET_INVALID', 'SECRETS_UNAVAILABLE')) throw error;
    return intend(request.order, request, { kind: 'keyless', message: error.message }, ports);
  }
}

async function decideAndTell(request: ByHandRequest, ports: Ports): Promise<ByHandResult> {
  const { operation, actor, reason, deadlineAt } = request;
  const { now, controls, merchants, newClaimId } = ports;
  let order = request.order;
  const { unseen } = await controls.read(order.ref.mchid);
  let asked = false;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const decision = decideByHand(order, operation, unseen, now());
    if (decision.kind === 'refuse') return { kind: 'refused', order, because: decision.because };
    if (decision.kind === 'wait') return intend(order, request, decision, ports);
    if (decision.kind === 'query') {
      if (asked) break;
      asked = true;
      const answer = await ask(order, ports, { deadlineAt, keep: true });
      if (answer.kind === 'out_of_time') break;
      if (answer.kind === 'unobserved') return intend(order, request, answer, ports);
      order = answer.order;
      continue;
    }
    // Before the claim: keys that cannot be had must not leave anything open behind.
    const calls = await merchants.get(order.ref.mchid);
    if (timeFor(deadlineAt, now()) < CALL_MS_MIN) break;
    const open = { ...newClaim(newClaimId(), actor, now()), operation, reason };
    const claimed = await claim(order, open, ports);
    if (claimed.kind === 'ours') return tell(claimed, calls, request, ports);
    order = claimed.order;
  }
  return intend(order, request, { kind: 'out_of_time' }, ports);
}

async function tell(
  { order, open }: Extract<Claimed<OpenByHand>, { kind: 'ours' }>,
  calls: MerchantCalls,
  { deadlineAt }: ByHandRequest,
  ports: Ports,
): Promise<ByHandResult> {
  const { ref } = order;
  const timeoutMs = timeFor(deadlineAt, ports.now());
  const report =
    timeoutMs < CALL_MS_MIN
      ? NO_TIME
      : await calls.change(ref, open.operation, { timeoutMs, sendBy: open.send_by });
  const { claim_id, operation } = open;
  ports.record({ kind: 'called', ref, claim_id, operation: operation.kind, report });
  const settled = await settle(order, open, report, ports);
  const { outcome } = report;
  if (outcome.kind === 'misconfigured' && outcome.scope === 'merchant')
    await ports.merchants.refresh(ref.mchid, calls);
  const told = { kind: 'told', open, report, ...settled } as const;
  if (!settled.recorded) return told;
  // What was told is told. It is verified at once if it can be; if not, the schedule asks.
  const answer = await ask(settled.order, ports, { deadlineAt, keep: true }).catch(unlessFault);
  return answer?.kind === 'observed' ? { ...told, order: answer.order } : told;
}

type Intended = Extract<ByHandResult, { kind: 'intended' }>['because'];

async function intend(
  order: Order,
  { operation, actor, reason }: ByHandRequest,
  because: Intended,
  ports: Ports,
): Promise<ByHandResult> {
  const intent = { at: ports.now(), actor, reason, operation };
  const result = await decideNow(
    order,
    (current) => {
      // What a restored ledger does not know puts off the call, and forbids no decision.
      const decision = decideByHand(current, operation, undefined, ports.now());
      if (decision.kind === 'refuse') return { refused: decision.because };
      if (isRecordFull(current)) return { refused: 'record_full' };
      // Sent again, a decision is the same one; only what it says counts, not when.
      return isSame(current.intent?.operation, operation)
        ? { as_is: true }
        : { change: { kind: 'intend', intent } };
    },
    ports,
  );
  return result.kind === 'changed' ? { kind: 'intended', order: result.order, because } : result;
}

export type Wanted =
  | { readonly change: Change }
  | { readonly refused: ByHandRefusal }
  /** It is as wanted already. */
  | { readonly as_is: true };

export type DecidedNow =
  | { readonly kind: 'changed'; readonly order: Order }
  | { readonly kind: 'refused'; readonly order: Order; readonly because: ByHandRefusal };

/**
 * Writes what a person wants of the order as it then is; what somebody else changed meanwhile is looked at again.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function decideNow(
  seen: Order,
  wanted: (order: Order) => Wanted,
  ports: Ports,
): Promise<DecidedNow> {
  let order = seen;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const want = wanted(order);
    if ('as_is' in want) return { kind: 'changed', order };
    if ('refused' in want) return { kind: 'refused', order, because: want.refused };
    const after = await persistIfAsSeen(ports, order, want.change);
    if (after !== undefined) return { kind: 'changed', order: after };
    const current = (await ports.ledger.find(order.ref)) ?? order;
    // An answer of the ledger that was lost: the write got through.
    if (current.version === order.version + 1 && isAsWanted(current, order, want.change))
      return { kind: 'changed', order: current };
    order = current;
  }
  throw new PayscoreError(
    'LEDGER_UNAVAILABLE',
    `Order ${seen.ref.out_order_no} is being changed by others; ${TRIES_MAX} tries to write a decision failed.`,
  );
}

function isAsWanted(current: Order, before: Order, change: Change): boolean {
  return isSame(current.timeline.at(-1), evolve(before, change).timeline.at(-1));
}
