import * as z from 'zod/mini';
import { attempt, type AttemptResult } from '../flow/attempt';
import type { Ports } from '../flow/ports';
import { json, problem, type HttpAnswer } from '../shared/http';
import { orderFields } from '../shared/schema';
import {
  outOfTime,
  presentAttempt,
  presentDecision,
  presentOrder,
  presentUnobserved,
  serviceMismatch,
} from './present';
import { actorOf, readRequest } from './request';
import type { Route } from './router';

const CollectRequest = z.strictObject({ ...orderFields, dry_run: z.optional(z.boolean()) });

/** `POST …/collect`: one attempt on one order, now. */
export const collectRoute: Route = async (event, { ports, deadlineAt }) => {
  const request = readRequest(event, CollectRequest);
  if (!request.ok) return request.answer;
  const { dry_run: dryRun = false, ...ref } = request.value;
  const result = await attempt({ ref, actor: actorOf(event), dryRun, deadlineAt }, ports);
  return answer(result, dryRun, ports);
};

function answer(result: AttemptResult, dryRun: boolean, { policy, now }: Ports): HttpAnswer {
  switch (result.kind) {
    case 'attempted': {
      const { claim, report, recorded, order } = result;
      // 202: money may still move, or the ledger does not hold the outcome yet. A query may have closed it meanwhile.
      const open = order.open?.claim_id === claim.claim_id;
      const shown = {
        ...presentAttempt(claim.claim_id, report, open),
        recorded,
        ...presentOrder(order, policy, now()),
      };
      return json(open ? 202 : 200, shown);
    }
    case 'would_collect': {
      const next = presentDecision({ kind: 'collect' });
      return json(200, {
        dry_run: true,
        would_collect: true,
        ...presentOrder(result.order, policy, now()),
        next,
      });
    }
    case 'held_back': {
      const shown = { ...presentOrder(result.order, policy, now()), next: presentDecision(result.decision) };
      return dryRun ? json(200, { dry_run: true, would_collect: false, ...shown }) : heldBack(shown);
    }
    case 'unobserved':
      return presentUnobserved(result.report, result.order, policy, now());
    case 'service_mismatch':
      return serviceMismatch(result.order);
    case 'out_of_time':
      return outOfTime();
  }
}

function heldBack(shown: Record<string, unknown>): HttpAnswer {
  return problem({
    kind: 'held-back',
    status: 409,
    title: 'Not collected',
    detail: 'Nothing was sent: the order may not be collected now. See next.',
    more: shown,
  });
}
