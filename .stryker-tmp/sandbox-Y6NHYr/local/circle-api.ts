import type { CircleOrder } from './circle-orders';
import type { LedgerView } from './ledger-view';
import type { Simulator } from './wechatpay';

/** A new deployment observes; from now on this one collects. */
export async function switchOn(apiUrl: string): Promise<void> {
  await put(apiUrl, '/v1/switch', { mode: 'on' });
}

/** Requests under way at once. */
const IN_FLIGHT_MAX = 8;

/**
 * Brings orders to WeChat Pay, unless they are there, and into the ledger, as the provider's own system would. What
 * `known`, all of the ledger, has from an earlier run is left as it is.
 * @returns how many those are
 */
export async function register(
  apiUrl: string,
  simulator: Simulator,
  orders: readonly CircleOrder[],
  known: LedgerView,
  progress: (done: number, of: number) => void,
): Promise<number> {
  const unknown = orders.filter(({ order }) => !known.has(order));
  const waiting = unknown.values();
  let done = 0;
  const worker = async () => {
    for (const { order, completed_at, fault, notificationFault } of waiting) {
      const { mchid, sub_mchid, out_order_no, service_id, total_amount } = order;
      if (simulator.order(mchid, sub_mchid, out_order_no) === undefined) {
        simulator.addOrder(order);
        if (fault !== undefined) simulator.fault(fault);
        if (notificationFault !== undefined) simulator.notificationFault(notificationFault);
      }
      const path = `/v1/merchants/${mchid}/orders/${sub_mchid}/${encodeURIComponent(out_order_no)}`;
      await put(apiUrl, path, {
        service_id,
        total_amount,
        completed_at: new Date(completed_at).toISOString(),
      });
      done += 1;
      progress(done, unknown.length);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, worker));
  return orders.length - unknown.length;
}

async function put(apiUrl: string, path: string, body: object): Promise<void> {
  const answer = await fetch(apiUrl + path, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`PUT ${path}: ${answer.status} ${await answer.text()}`);
}
