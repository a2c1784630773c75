import type { OrderKey } from '../lambda/core/ids';
import type { Order } from '../lambda/core/order';
import type { Simulator } from './wechatpay';
import { yuan } from './render';

/** What must hold between the ledger and WeChat Pay's own books, whatever happened on the way; what does not. */
export function audit(ledger: readonly Order[], simulator: Simulator): string[] {
  const books = new Map(simulator.books().map((book) => [keyText(book), book]));
  const faults = ledger.flatMap((order) => {
    const book = books.get(keyText(order.ref));
    const name = order.ref.out_order_no;
    if (book === undefined) return [`${name}: in the ledger, not at WeChat Pay`];
    const moved = book.movements.reduce((sum, { amountFen }) => sum + amountFen, 0);
    const standing = order.observed?.standing;
    const paid = standing?.kind === 'paid' ? standing.paid_amount : 0;
    return [
      ...(paid === moved || order.open !== undefined || order.due_at !== undefined
        ? []
        : [`${name}: the ledger has ${yuan(paid)}, WeChat Pay's books have ${yuan(moved)}`]),
      ...(paid > moved
        ? [`${name}: ${yuan(paid)} are called paid, WeChat Pay's books have ${yuan(moved)}`]
        : []),
      ...(order.due_at === undefined && order.status === 'active'
        ? [`${name}: nobody will ever ask about it`]
        : []),
      ...callFaults(name, order),
    ];
  });
  // Of a connection that was reset before the request was read, nothing was checked.
  const refused = simulator.requests.filter(
    ({ signature }) => !['valid', 'unchecked'].includes(signature.verdict),
  ).length;
  return refused === 0 ? faults : [...faults, `${refused} requests were not signed validly`];
}

const GAP_MS = 6 * 3_600_000;

/** Calls that may have reached the deduction keep the gap, and each has its claim on the timeline. */
function callFaults(name: string, { calls }: Order): string[] {
  const close = calls.filter((call, index) => index > 0 && call - (calls[index - 1] ?? 0) < GAP_MS);
  return close.length === 0 ? [] : [`${name}: ${close.length} calls came closer than the gap`];
}

function keyText({
  mchid,
  sub_mchid,
  out_order_no,
}: Pick<OrderKey, never> & Record<'mchid' | 'sub_mchid' | 'out_order_no', string>): string {
  return `${mchid}/${sub_mchid}/${out_order_no}`;
}
