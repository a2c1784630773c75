import * as z from 'zod/mini';
import { ask } from '../flow/ask';
import { json } from '../shared/http';
import { orderFields } from '../shared/schema';
import { outOfTime, presentOrder, presentUnobserved, serviceMismatch } from './present';
import { readRequest } from './request';
import type { Route } from './router';

const QueryRequest = z.strictObject(orderFields);

/** `POST …/query`: asks WeChat Pay now, verified; what it says becomes what the ledger knows. */
export const queryRoute: Route = async (event, { ports, deadlineAt }) => {
  const request = readRequest(event, QueryRequest);
  if (!request.ok) return request.answer;
  const ref = request.value;
  const order = await ports.ledger.load(ref);
  if (order.ref.service_id !== ref.service_id) return serviceMismatch(order);
  const result = await ask(order, ports, { deadlineAt, keep: true });
  switch (result.kind) {
    case 'observed':
      return json(200, {
        ...presentOrder(result.order, ports.policy, ports.now()),
        wechatpay: result.evidence,
      });
    case 'unobserved':
      return presentUnobserved(result.report, order, ports.policy, ports.now());
    case 'out_of_time':
      return outOfTime();
  }
};
