import * as z from 'zod/mini';
import { newOrder } from '../core/order';
import { ask } from '../flow/ask';
import { withControlsReadOnce } from '../flow/memo';
import { aroundNow } from '../flow/persist';
import { json } from '../shared/http';
import { orderFields } from '../shared/schema';
import { actorOf } from './access';
import { outOfTime, presentOrder, presentUnobserved, serviceMismatch } from './present';
import { readRequest } from './request';
import type { Route } from './router';

export const QueryRequest = z.strictObject(orderFields);

/**
 * `POST …/query`: asks WeChat Pay now, verified; what it says becomes what the ledger knows. An order that is not in
 * the ledger is asked about all the same, and stays out of it: a question is no order to collect.
 */
export const queryRoute: Route = async (event, { ports: given, deadlineAt }) => {
  const ports = withControlsReadOnce(given);
  const request = readRequest(event, QueryRequest);
  if (!request.ok) return request.answer;
  const ref = request.value;
  const known = await ports.ledger.find(ref);
  const order = known ?? newOrder(ref, { at: ports.now(), actor: actorOf(event) });
  if (order.ref.service_id !== ref.service_id) return serviceMismatch(order);
  const registered = known !== undefined;
  const result = await ask(order, ports, { deadlineAt, keep: registered });
  if (result.kind === 'out_of_time') return outOfTime();
  const after = result.kind === 'observed' ? result.order : order;
  const around = await aroundNow(after, ports);
  if (result.kind === 'unobserved') return presentUnobserved(result.report, order, around, ports.now());
  const shown = presentOrder(after, around, ports.now());
  return json(200, { registered, ...shown, wechatpay: result.evidence });
};
