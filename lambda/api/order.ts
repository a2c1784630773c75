import * as z from 'zod/mini';
import type { TimelineEntry } from '../core/order';
import { aroundNow } from '../flow/persist';
import { json, problem } from '../shared/http';
import { instant, orderFields } from '../shared/schema';
import { iso, presentHold, presentOrder } from './present';
import { readLookup } from './request';
import type { Route } from './router';

const { mchid, sub_mchid, out_order_no } = orderFields;
const OrderLookup = z.strictObject({ mchid, sub_mchid, out_order_no, at: z.optional(instant) });

/** `GET …/{out_order_no}`: what the ledger knows, with the timeline and the next decision; `?at=` decides for another time. */
export const orderRoute: Route = async (event, { ports }) => {
  const request = readLookup(event, OrderLookup);
  if (!request.ok) return request.answer;
  const { at = ports.now(), ...key } = request.value;
  const order = await ports.ledger.find(key);
  if (order === undefined) {
    return problem({
      kind: 'order-unknown',
      status: 404,
      title: 'Order not in the ledger',
      detail: 'Nobody registered this order here. PUT it to have it collected; POST …/query asks WeChat Pay.',
    });
  }
  const around = await aroundNow(order, { ...ports, now: () => at });
  return json(200, { ...presentOrder(order, around, at), timeline: order.timeline.map(presentEntry) });
};

function presentEntry(entry: TimelineEntry): object {
  if (entry.kind === 'held') return { ...entry, at: iso(entry.at), hold: presentHold(entry.hold) };
  if (entry.kind !== 'attempt') return { ...entry, at: iso(entry.at) };
  const { evidence, outcome, ...rest } = entry;
  const { kind: result, ...details } = outcome;
  return { ...rest, at: iso(entry.at), outcome: result, ...details, wechatpay: evidence };
}
