import type { OrderRef } from '../lambda/core/ids';
import { quantile } from './harness';
import { orderRef } from './orders';

export const QUIET_SUB_MERCHANTS = 49;
const NOISY = '1900000100';
/** Of all due orders. */
const NOISY_SHARE = 0.8;

export interface DueOrders {
  readonly noisy: readonly OrderRef[];
  readonly quiet: readonly OrderRef[];
}

/** So many due orders of 50 sub-merchants, four in five of one of them, the others' in turns. */
export function dueOrders(count: number): DueOrders {
  const noisy = Math.round(count * NOISY_SHARE);
  return {
    noisy: Array.from({ length: noisy }, (_, index) => orderRef(NOISY, `NOISY${index}`)),
    quiet: Array.from({ length: count - noisy }, (_, index) =>
      orderRef(String(1_900_000_101 + (index % QUIET_SUB_MERCHANTS)), `QUIET${index}`),
    ),
  };
}

export interface Waiting {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** How long these orders waited until they were collected, from `from` on. `undefined` for none of them. */
export function waitingOf(
  refs: readonly OrderRef[],
  arrivals: ReadonlyMap<string, number>,
  from: number,
): Waiting | undefined {
  if (refs.length === 0) return undefined;
  const waits = refs.map(({ out_order_no }) => {
    const at = arrivals.get(out_order_no);
    if (at === undefined) throw new Error(`order ${out_order_no} was not collected`);
    return at - from;
  });
  return { p50Ms: quantile(waits, 0.5), p95Ms: quantile(waits, 0.95) };
}
