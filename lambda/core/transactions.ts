import type { Order } from './order';

/** WeChat Pay's numbers of the payments of an order (微信支付订单号), of parts too, as far as it says. */
export function transactionsOf({ observed }: Pick<Order, 'observed'>): readonly string[] {
  if (observed === undefined) return [];
  const { standing, facts } = observed;
  const all = [
    standing.kind === 'paid' ? standing.transaction_id : undefined,
    ...facts.details.map(({ transaction_id }) => transaction_id),
  ];
  return [...new Set(all.filter((one) => one !== undefined))];
}
