import type { Breaker } from '../../../lambda/core/breaker';
import type { OrderRef } from '../../../lambda/core/ids';
import type { Outcome } from '../../../lambda/core/outcome';
import { attempt, type AttemptResult } from '../../../lambda/flow/attempt';
import type { Ports } from '../../../lambda/flow/ports';
import {
  breakerKey,
  freely,
  type Gate,
  HOUR,
  type Outside,
  portsOf,
  REF,
  refOf,
  registered,
  rowOf,
  SECOND,
} from './memory';

export const ACTOR = { kind: 'api', id: 'test' } as const;
export const REFUSED_PAIR: Outcome = { kind: 'misconfigured', scope: 'pair' };
export const REFUSED_KEYS: Outcome = { kind: 'misconfigured', scope: 'merchant' };

/** Another service of the same sub-merchant, another sub-merchant, another merchant. */
export const OTHER_SERVICE = refOf('SERVICE', { service_id: '2' });
export const OTHER_SUB = refOf('SUB', { sub_mchid: '1900000110' });
export const OTHER_MERCHANT = refOf('MERCHANT', { mchid: '1900009192' });

/** Somebody asks for an order that is new each time, so that no gap keeps it back. */
export async function collect(
  world: Outside,
  ref: OrderRef = REF,
  gate: Gate = freely,
  worker = 'A',
): Promise<AttemptResult> {
  registered(world, ref);
  return attemptOn(world, ref, portsOf(world, gate, worker));
}

export async function attemptOn(world: Outside, ref: OrderRef, ports: Ports): Promise<AttemptResult> {
  const deadlineAt = world.clock + 25 * SECOND;
  return attempt(
    { order: rowOf(world, ref), actor: ACTOR, occasion: 'demand', dryRun: false, deadlineAt },
    ports,
  );
}

/** What `/pay` comes to for these, while every other order is declined, which shows that its configuration is right. */
export const only = (outcome: Outcome, ...refs: OrderRef[]) => ({
  outcome: (ref: OrderRef): Outcome =>
    refs.some(({ out_order_no }) => out_order_no === ref.out_order_no) ? outcome : { kind: 'declined' },
});

export function pairBreaker(world: Outside, { mchid, sub_mchid, service_id } = REF): Breaker | undefined {
  return world.breakers.get(breakerKey({ mchid, sub_mchid, service_id }));
}

export const merchantBreaker = (world: Outside) => world.breakers.get(REF.mchid);

/** A breaker that tripped an hour ago, so that the next collection is its trial. */
export function halfOpen(world: Outside, scope: 'merchant' | 'pair'): void {
  const { mchid, sub_mchid, service_id } = REF;
  const { clock } = world;
  const breaker = { version: 1, trips: 1, tripped_at: clock - HOUR, until: clock, because: '403 NO_AUTH' };
  world.breakers.set(scope === 'merchant' ? mchid : breakerKey({ mchid, sub_mchid, service_id }), breaker);
}
