import * as z from 'zod/mini';
import { amountsOf } from '../core/money';
import type { Order } from '../core/order';
import { transactionsOf } from '../core/transactions';
import { json } from '../shared/http';
import { orderFields } from '../shared/schema';
import { iso } from './present';
import { invalid, readLookup } from './request';
import type { Route } from './router';

export const SearchLookup = z.strictObject({
  mchid: orderFields.mchid,
  out_order_no: z.optional(orderFields.out_order_no),
  transaction_id: z.optional(
    z
      .string()
      .check(z.regex(/^[0-9A-Za-z_-]{1,64}$/, 'is not a number of a payment: 1 to 64 of 0-9 A-Z a-z _ -')),
  ),
});

/** `GET …/search`: the orders that have this number, of whatever sub-merchant, or were paid by this transaction. */
export const searchRoute: Route = async (event, { ports, search }) => {
  const request = readLookup(event, SearchLookup);
  if (!request.ok) return request.answer;
  const { mchid, out_order_no: no, transaction_id: id } = request.value;
  if ((no === undefined) === (id === undefined))
    return invalid([{ field: '', rule: 'takes out_order_no or transaction_id, one of them' }]);
  const keys =
    no === undefined ? await search.byTransaction(mchid, id as string) : await search.byNumber(mchid, no);
  const found = await ports.ledger.findMany(keys);
  // What led here may be older than what is known now.
  const orders = found.filter((order) => id === undefined || transactionsOf(order).includes(id));
  return json(200, { orders: orders.map(listed).toSorted(bySubMerchant) });
};

function listed(order: Order) {
  const { ref, status, registration } = order;
  const { total_amount, paid_amount } = amountsOf(order);
  return {
    ...ref,
    status,
    registered_at: iso(registration.at),
    ...(total_amount === undefined ? {} : { total_amount }),
    ...(paid_amount === undefined ? {} : { paid_amount }),
  };
}

function bySubMerchant(one: ReturnType<typeof listed>, other: ReturnType<typeof listed>): number {
  const [a, b] = [one, other].map(({ sub_mchid, out_order_no }) => `${sub_mchid}#${out_order_no}`);
  return (a as string) < (b as string) ? -1 : 1;
}
