import * as z from 'zod/mini';
import type { TimelineEntry } from '../core/order';
import { aroundNow } from '../flow/persist';
import { json } from '../shared/http';
import { instant, orderFields } from '../shared/schema';
import { iso, orderUnknown, presentHold, presentOperation, presentOrder, presentReport } from './present';
import { readLookup } from './request';
import type { Route } from './router';

const { mchid, sub_mchid, out_order_no } = orderFields;
export const OrderLookup = z.strictObject({ mchid, sub_mchid, out_order_no, at: z.optional(instant) });

/** `GET …/{out_order_no}`: what the ledger knows, with the timeline and the next decision; `?at=` decides for another time. */
export const orderRoute: Route = async (event, { ports }) => {
  const request = readLookup(event, OrderLookup);
  if (!request.ok) return request.answer;
  const { at = ports.now(), ...key } = request.value;
  const order = await ports.ledger.find(key);
  if (order === undefined) return orderUnknown();
  const around = await aroundNow(order, { ...ports, now: () => at });
  return json(200, { ...presentOrder(order, around, at), timeline: order.timeline.map(presentEntry) });
};

function presentEntry(entry: TimelineEntry): object {
  const at = iso(entry.at);
  switch (entry.kind) {
    case 'held':
      return { ...entry, at, hold: presentHold(entry.hold) };
    case 'attempt': {
      const { evidence, outcome, ...rest } = entry;
      return { ...rest, at, ...presentReport({ outcome, evidence }), wechatpay: evidence };
    }
    case 'operation': {
      const { evidence, outcome, operation, ...rest } = entry;
      const what = { operation: presentOperation(operation) };
      return { ...rest, at, ...what, ...presentReport({ outcome, evidence }), wechatpay: evidence };
    }
    case 'intended':
      return { ...entry, at, operation: presentOperation(entry.operation) };
    case 'folded':
      return { ...entry, at, since: iso(entry.since) };
    case 'closed':
    case 'observed':
    case 'would_collect':
    case 'released':
    case 'corrected':
      return { ...entry, at };
  }
}
