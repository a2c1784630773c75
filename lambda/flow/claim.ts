import { evolve } from '../core/evolve';
import type { Instant } from '../core/ids';
import type { Actor, Open, Order } from '../core/order';
import { CALL_MS_MAX, type CallReport } from '../core/outcome';
import { inHand } from '../core/plan';
import { LEDGER_MS } from './ask';
import { persist } from './persist';
import type { Ports } from './ports';

/** With less left than this a call is not begun: it would only be cut short and end unknown. */
export const CALL_MS_MIN = 3_000;
/** From the claim to the first byte; at most 15 s, and short because nothing may be asked before it has passed. */
const SEND_WITHIN_MS = 5_000;

/** What a call that begins now may take. */
export function timeFor(deadlineAt: Instant, now: Instant): number {
  return Math.min(CALL_MS_MAX, deadlineAt - now - LEDGER_MS);
}

export type Claimed<T extends Open> =
  | { readonly kind: 'ours'; readonly order: Order; readonly open: T }
  | { readonly kind: 'lost'; readonly order: Order };

/** What every claim has, whatever it is for. */
export function newClaim(claim_id: string, actor: Actor, now: Instant) {
  return { claim_id, actor, claimed_at: now, send_by: now + SEND_WITHIN_MS };
}

/**
 * Makes a call exist before it is sent, by one conditional write on the state it was decided on. `stored`: what the
 * ledger has, when the order is ahead of it by what WeChat Pay has just said.
 */
export async function claim<T extends Open>(
  order: Order,
  open: T,
  { ledger }: Ports,
  stored = order,
): Promise<Claimed<T>> {
  const after = inHand(evolve(order, { kind: 'claim', open }), open.claimed_at);
  if ((await ledger.save(stored, after)) === 'saved') return { kind: 'ours', order: after, open };
  const current = (await ledger.find(order.ref)) ?? stored;
  // A failed condition on a claim that bears our own id: the write got through and its first answer was lost.
  const ours = current.open?.claim_id === open.claim_id;
  return ours ? { kind: 'ours', order: current, open } : { kind: 'lost', order: current };
}

export const NO_TIME: CallReport = {
  outcome: { kind: 'not_sent', because: 'out_of_time' },
  evidence: { detail: 'Too little time was left for the call when the claim was written.' },
};

/** Records what became of a claimed call. `recorded` false: the ledger could not be told, and what is open stays so. */
export async function settle(
  order: Order,
  open: Open,
  report: CallReport,
  ports: Ports,
): Promise<{ readonly order: Order; readonly recorded: boolean }> {
  const change = { kind: 'settle', at: ports.now(), claim: open, report } as const;
  try {
    return { order: await persist(ports, order, change), recorded: true };
  } catch (error) {
    // The claim is in the ledger and stays open: it will be asked about. What was learnt goes to the log and the caller.
    ports.record({ kind: 'settle_failed', ref: order.ref, claim_id: open.claim_id, report, error });
    return { order, recorded: false };
  }
}
