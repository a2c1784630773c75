import {
  afterCall,
  lifted,
  tripped,
  verdictOf,
  withTrial,
  type Breaker,
  type BreakerScope,
} from '../core/breaker';
import { pairKey, type BreakerTarget, type MerchantControls } from '../core/controls';
import { PayscoreError } from '../core/errors';
import type { OfCall } from '../core/event';
import type { Instant, Mchid, OrderRef } from '../core/ids';
import { spellActor, type Actor, type OpenAttempt, type Order } from '../core/order';
import type { CallReport, Evidence, OutcomeKind } from '../core/outcome';
import type { Ports } from './ports';

/** Tries to write a breaker that others keep changing; whoever gives up finds it changed to the same effect. */
const TRIES_MAX = 3;

export function breakerOf(
  { breakers }: MerchantControls,
  ref: OrderRef,
  scope: BreakerScope,
): Breaker | undefined {
  return scope === 'merchant' ? breakers.merchant : breakers.pairs.get(pairKey(ref));
}

function targetOf(
  { mchid, sub_mchid, service_id }: Omit<OrderRef, 'out_order_no'>,
  scope: BreakerScope,
): BreakerTarget {
  return scope === 'merchant' ? { mchid } : { mchid, sub_mchid, service_id };
}

/** Takes the one trial of every breaker that is half open for this order; false when somebody else has one. */
export async function takeTrial(ports: Ports, { ref }: Order, claimId: string): Promise<boolean> {
  const at = ports.now();
  const controls = await ports.controls.read(ref.mchid);
  for (const scope of ['merchant', 'pair'] as const) {
    const breaker = breakerOf(controls, ref, scope);
    const verdict = verdictOf(breaker, scope, at);
    if (verdict.kind === 'closed' || breaker === undefined) continue;
    if (verdict.kind === 'open') return false;
    const trying = withTrial(breaker, { claim_id: claimId, at });
    if ((await ports.controls.saveBreaker(targetOf(ref, scope), breaker, trying)) === 'conflict')
      return false;
  }
  return true;
}

/** What a call says about the configuration behind it: a fault trips a breaker, anything processed closes it. */
export async function noteCall(
  ports: Ports,
  ref: OrderRef,
  { claim_id, claimed_at }: Pick<OpenAttempt, 'claim_id' | 'claimed_at'>,
  { outcome, evidence }: CallReport,
): Promise<void> {
  const at = ports.now();
  const fault = outcome.kind === 'misconfigured' ? outcome.scope : undefined;
  const because = spellEvidence(evidence);
  const { request_id } = evidence;
  const of = { claim_id, ...(request_id === undefined ? {} : { request_id }) };
  for (const scope of ['merchant', 'pair'] as const) {
    // A merchant's keys that were refused say nothing about its pairs; a pair that was refused had good keys.
    if (fault === 'merchant' && scope === 'pair') continue;
    const came_to = CAME_TO[outcome.kind];
    await change(ports, ref, scope, of, (breaker) =>
      fault === scope
        ? tripped(breaker, { at, claimed_at, because })
        : afterCall(breaker, { claim_id, claimed_at, at, came_to }),
    );
  }
}

/** What WeChat Pay said, in one line. */
export function spellEvidence({ http_status, code, message, request_id }: Evidence): string {
  return [http_status, code, message, request_id].filter((part) => part !== undefined).join(' ');
}

/** Trips the merchant's breaker because its keys cannot be had or used. */
export async function noteKeys(ports: Ports, ref: OrderRef, because: string): Promise<void> {
  const at: Instant = ports.now();
  await change(ports, ref, 'merchant', {}, (breaker) => tripped(breaker, { at, claimed_at: at, because }));
}

/**
 * Lets the next collection try at once, of the merchant or of one pair; false when there is no such breaker.
 * @throws PayscoreError LEDGER_UNAVAILABLE
 */
export async function liftBreaker(
  { controls, now, record }: Ports,
  mchid: Mchid,
  pair: Pick<OrderRef, 'sub_mchid' | 'service_id'> | undefined,
  actor: Actor,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const { breakers } = await controls.read(mchid);
    const breaker = pair === undefined ? breakers.merchant : breakers.pairs.get(pairKey(pair));
    if (breaker === undefined) return false;
    const target = pair === undefined ? { mchid } : targetOf({ mchid, ...pair }, 'pair');
    const lifting = { by: spellActor(actor), at: now() };
    if ((await controls.saveBreaker(target, breaker, lifted(breaker, lifting))) === 'conflict') continue;
    record({ kind: 'breaker_lifted', target, by: lifting.by });
    return true;
  }
  throw new PayscoreError('LEDGER_UNAVAILABLE', 'The breaker is being changed by others; try again.');
}

/** Whether WeChat Pay processed the call, which shows that the configuration behind it is right. */
const CAME_TO: Readonly<Record<OutcomeKind, 'served' | 'inconclusive'>> = {
  accepted: 'served',
  in_progress: 'served',
  busy: 'served',
  declined: 'served',
  contradicted: 'served',
  refused: 'served',
  misconfigured: 'served',
  unknown: 'inconclusive',
  throttled: 'inconclusive',
  not_sent: 'inconclusive',
};

/** A breaker that could not be written is written by the next call that meets the same; no call's outcome is lost for it. */
async function change(
  ports: Ports,
  ref: OrderRef,
  scope: BreakerScope,
  of: OfCall,
  step: (breaker: Breaker | undefined) => Breaker | undefined,
): Promise<void> {
  try {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const before = breakerOf(await ports.controls.read(ref.mchid), ref, scope);
      const after = step(before);
      if (after === before) return;
      if ((await ports.controls.saveBreaker(targetOf(ref, scope), before, after)) === 'saved') {
        ports.record({ kind: 'breaker', ref, scope, breaker: after, ...of });
        return;
      }
    }
  } catch (error) {
    ports.record({ kind: 'breaker_failed', ref, scope, error, ...of });
  }
}
