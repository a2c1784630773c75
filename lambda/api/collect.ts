import * as z from 'zod/mini';
import type { OrderRef } from '../core/ids';
import { newOrder, type Actor, type Order } from '../core/order';
import { attempt, type AttemptResult } from '../flow/attempt';
import { aroundNow } from '../flow/persist';
import type { Ports } from '../flow/ports';
import { withControlsReadOnce } from '../flow/memo';
import { register } from '../flow/register';
import { json, problem, type HttpAnswer } from '../shared/http';
import { orderFields, reasonText } from '../shared/schema';
import { actorOf } from './access';
import {
  outOfTime,
  presentAttempt,
  presentDecision,
  presentOrder,
  presentUnobserved,
  serviceMismatch,
} from './present';
import { demandMerchant } from './merchant-known';
import { readRequest } from './request';
import type { Route } from './router';

export const CollectRequest = z.strictObject({
  ...orderFields,
  dry_run: z.optional(z.boolean()),
  /** The user agreed to be charged now, outside the window; `reason` says how that is known. */
  user_consent: z.optional(z.strictObject({ reason: reasonText })),
});

/** `POST …/collect`: one attempt on one order, now. An order that is new here is registered by it. */
export const collectRoute: Route = async (event, { ports: given, deadlineAt }) => {
  const ports = withControlsReadOnce(given);
  const request = readRequest(event, CollectRequest);
  if (!request.ok) return request.answer;
  const { dry_run: dryRun = false, user_consent: consent, ...ref } = request.value;
  const actor = actorOf(event);
  const found = await findOrRegister(ref, actor, dryRun, ports);
  if (found.ref.service_id !== ref.service_id) return serviceMismatch(found);
  const occasion =
    consent === undefined
      ? ({ occasion: 'demand' } as const)
      : ({ occasion: 'consent', reason: consent.reason } as const);
  const result = await attempt({ order: found, actor, ...occasion, dryRun, deadlineAt }, ports);
  return answer(result, dryRun, ports);
};

/** What is asked for by name is collected until it is paid: so it is in the ledger before anything is sent. */
async function findOrRegister(ref: OrderRef, actor: Actor, dryRun: boolean, ports: Ports): Promise<Order> {
  const registration = { at: ports.now(), actor };
  // A service_id that is not the known one is refused here, never put right: that takes a registration.
  const known = await ports.ledger.find(ref);
  if (known !== undefined) return known;
  if (dryRun) return newOrder(ref, registration);
  await demandMerchant(ref.mchid, ports);
  return (await register(ref, registration, ports)).order;
}

async function answer(result: AttemptResult, dryRun: boolean, ports: Ports): Promise<HttpAnswer> {
  if (result.kind === 'out_of_time') return outOfTime();
  const { order } = result;
  const around = await aroundNow(order, ports);
  const now = ports.now();
  const shown = presentOrder(order, around, now);
  switch (result.kind) {
    case 'attempted': {
      const { claim, report, recorded } = result;
      // 202: money may still move, or the ledger does not hold the outcome yet. A query may have closed it meanwhile.
      const open = order.open?.claim_id === claim.claim_id;
      return json(open ? 202 : 200, { ...presentAttempt(claim.claim_id, report, open), recorded, ...shown });
    }
    case 'would_collect':
      return json(200, { dry_run: true, would_collect: true, ...shown });
    case 'held_back': {
      const why = { ...shown, held_back: presentDecision(result.decision) };
      return dryRun ? json(200, { dry_run: true, would_collect: false, ...why }) : heldBack(why);
    }
    case 'unobserved':
      return presentUnobserved(result.report, order, around, now);
  }
}

function heldBack(shown: Record<string, unknown>): HttpAnswer {
  return problem({
    kind: 'held-back',
    status: 409,
    title: 'Not collected',
    detail:
      'Nothing was sent: the order may not be collected now. See held_back; next is what the schedule does.',
    more: shown,
  });
}
