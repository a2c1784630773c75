import type { ListedOrder } from '../../api/types';
import { download } from '../../lib/download';
import { day, second } from '../../lib/time';

const COLUMNS = [
  'mchid',
  'sub_mchid',
  'out_order_no',
  'status',
  'total_amount_fen',
  'paid_amount_fen',
  'registered_at_beijing',
] as const;

/** The chosen orders as the list shows them, as a file that Excel opens as it is. */
export async function downloadOrders(mchid: string, orders: readonly ListedOrder[]): Promise<void> {
  const { unparse } = (await import('papaparse')).default;
  const rows = orders.map((order) => [
    mchid,
    order.sub_mchid,
    order.out_order_no,
    order.status,
    order.total_amount ?? '',
    order.paid_amount ?? '',
    second(order.registered_at),
  ]);
  const csv = unparse({ fields: [...COLUMNS], data: rows }, { escapeFormulae: true, newline: '\r\n' });
  download(`orders-${mchid}-${day(Date.now())}.csv`, `\uFEFF${csv}\r\n`);
}
