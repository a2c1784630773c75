import type { Instant, Mchid, OrderKey, SubMchid } from '../core/ids';
import type { Order, OrderStatus } from '../core/order';
import type { OrderList, PlacedOrder, Ports } from './ports';

/** Which orders to export, in the order of their places. */
export interface ExportQuery {
  readonly mchid: Mchid;
  readonly sub_mchid?: SubMchid | undefined;
  /** As it is when the order is read. */
  readonly status?: OrderStatus | undefined;
  /** Registered from then on. */
  readonly from: Instant;
  /** Registered before. */
  readonly to: Instant;
  /** What an earlier page gave as `next`. */
  readonly after?: string | undefined;
}

export interface PageLimits {
  readonly bytesMax: number;
  /** Nothing more is read from then on; what has been read is the page. */
  readonly until: Instant;
  /** Read of the index at once, for each status. */
  readonly rowsMax: number;
}

/** What an order looks like on a page. */
export interface Spelled {
  readonly text: string;
  /** As they count towards the limit. */
  readonly bytes: number;
}

export interface ExportPage {
  readonly text: string;
  /** Orders that another release wrote: what they are is not known here. */
  readonly leftOut: number;
  /** Absent on the last page. */
  readonly next?: string;
}

/**
 * One page of a merchant's orders, each exactly once over all pages, as it stands when its page is made. It has
 * something of the list behind it even if it is empty: whoever follows `next` comes to the end.
 */
export async function exportPage(
  query: ExportQuery,
  spellOrder: (order: Order) => Spelled,
  { bytesMax, until, rowsMax }: PageLimits,
  ports: ExportPorts,
): Promise<ExportPage> {
  const texts: string[] = [];
  let [bytes, leftOut] = [0, 0];
  let next = query.after;
  for await (const step of walk(query, rowsMax, ports)) {
    if (step.kind === 'order') {
      const spelled = spellOrder(step.order);
      // What is larger than a page is a page of its own.
      if (bytes > 0 && bytes + spelled.bytes > bytesMax) return pageOf(texts, leftOut, next);
      texts.push(spelled.text);
      bytes += spelled.bytes;
    }
    if (step.kind === 'left_out') leftOut += 1;
    next = step.place;
    if (ports.now() >= until) return pageOf(texts, leftOut, next);
  }
  return pageOf(texts, leftOut, undefined);
}

type ExportPorts = Pick<Ports, 'ledger' | 'now'> & { readonly orders: Pick<OrderList, 'registered'> };

function pageOf(texts: readonly string[], leftOut: number, next: string | undefined): ExportPage {
  return { text: texts.join(''), leftOut, ...(next === undefined ? {} : { next }) };
}

/** One place further. */
type Step =
  | { readonly kind: 'order'; readonly place: string; readonly order: Order }
  | { readonly kind: 'left_out' | 'passed'; readonly place: string };

/** Orders read at once. */
const READ_ORDERS_MAX = 100;

async function* walk(
  query: ExportQuery,
  rowsMax: number,
  { orders, ledger }: ExportPorts,
): AsyncGenerator<Step> {
  let after = query.after;
  do {
    const stretch = await orders.registered({ ...query, after, rowsMax });
    for (let first = 0; first < stretch.orders.length; first += READ_ORDERS_MAX)
      yield* readOrders(stretch.orders.slice(first, first + READ_ORDERS_MAX), query.status, ledger);
    after = stretch.next;
    if (after !== undefined) yield { kind: 'passed', place: after };
  } while (after !== undefined);
}

async function* readOrders(
  listed: readonly PlacedOrder[],
  status: OrderStatus | undefined,
  ledger: Ports['ledger'],
): AsyncGenerator<Step> {
  const found = new Map((await ledger.findMany(listed)).map((order) => [nameOf(order.ref), order]));
  for (const { place, ...key } of listed) {
    const order = found.get(nameOf(key));
    if (order === undefined) yield { kind: 'left_out', place };
    // Its index may be a moment behind.
    else if (status !== undefined && order.status !== status) yield { kind: 'passed', place };
    else yield { kind: 'order', place, order };
  }
}

function nameOf({ sub_mchid, out_order_no }: OrderKey): string {
  return `${sub_mchid}#${out_order_no}`;
}
