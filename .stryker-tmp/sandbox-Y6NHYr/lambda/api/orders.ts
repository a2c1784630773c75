import * as z from 'zod/mini';
import { ORDER_STATUSES } from '../core/order';
import { json } from '../shared/http';
import { orderFields, wholeText } from '../shared/schema';
import { demandMerchant } from './merchant-known';
import { iso } from './present';
import { readLookup } from './request';
import type { Route } from './router';

export const PAGE_MAX = 100;
export const PAGE_DEFAULT = 50;

export const ListLookup = z.strictObject({
  mchid: orderFields.mchid,
  sub_mchid: z.optional(orderFields.sub_mchid),
  status: z.optional(z.enum(ORDER_STATUSES, { error: `is not one of ${ORDER_STATUSES.join(', ')}` })),
  limit: z.optional(wholeText(1, PAGE_MAX)),
  cursor: z.optional(z.string().check(z.maxLength(2_000))),
});

/** `GET …/orders`: a page of a merchant's orders by status and sub-merchant, in the order of registration. */
export const ordersRoute: Route = async (event, { ports, orders }) => {
  const request = readLookup(event, ListLookup);
  if (!request.ok) return request.answer;
  const { limit: pageMax = PAGE_DEFAULT, ...lookup } = request.value;
  // A cursor was given with a page of this merchant's.
  if (lookup.cursor === undefined) await demandMerchant(lookup.mchid, ports);
  const page = await orders.list({ ...lookup, pageMax });
  return json(200, {
    orders: page.orders.map((order) => ({ ...order, registered_at: iso(order.registered_at) })),
    cursor: page.cursor ?? null,
  });
};
