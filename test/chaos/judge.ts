import type { Order } from '../../lambda/core/order';
import { audit } from '../../local/audit';
import { paidFen } from '../../local/audit-notifications';
import { keyText } from '../../local/ledger-view';
import type { Delivery, OrderBooks, OrderKey, RecordedRequest, SimulatedOrder } from '../../local/wechatpay';

/** All that is known when everything has come to rest. */
export interface Evidence {
  readonly ledger: readonly Order[];
  readonly books: readonly OrderBooks[];
  readonly orders: readonly SimulatedOrder[];
  /** In the order of their arrival. */
  readonly requests: readonly RecordedRequest[];
  readonly deliveries: readonly Delivery[];
  readonly registered: readonly OrderKey[];
  readonly now: number;
}

/** A call follows its claim within this, and what is known is known from its writing on. */
const ARRIVES_WITHIN_MS = 15_000;
const PAY_PATH = /\/serviceorder\/([^/]+)\/pay$/;

/** What does not agree, in sentences; none when the books and the ledger are the same to the fen. */
export function judge(evidence: Evidence): string[] {
  const { ledger, books, orders, requests, deliveries, registered, now } = evidence;
  const known = new Map(orders.map((order) => [keyText(order), order]));
  const simulator = {
    books: () => books,
    order: (...[mchid, sub_mchid, out_order_no]: readonly [string, string, string]) =>
      known.get(keyText({ mchid, sub_mchid, out_order_no })),
    requests,
    deliveries,
  };
  return [
    ...audit({ ledger, simulator, registered, now }),
    ...differences(ledger, books),
    ...callsAfterPaid(ledger, requests),
    ...left(ledger),
  ];
}

/** The audit lets the ledger lag behind what it was not asked about yet; by now it was asked about everything. */
function differences(ledger: readonly Order[], books: readonly OrderBooks[]): string[] {
  const rows = new Map(ledger.map((order) => [keyText(order.ref), order]));
  return books.flatMap((book) => {
    const key = keyText(book);
    const order = rows.get(key);
    if (order === undefined) return [];
    const moved = book.movements.reduce((sum, { amountFen }) => sum + amountFen, 0);
    const held = paidFen(order);
    return held === moved ? [] : [`${key}: the books have ${moved} fen, the ledger has ${held}`];
  });
}

function callsAfterPaid(ledger: readonly Order[], requests: readonly RecordedRequest[]): string[] {
  const paidAt = new Map<string, number>();
  for (const { ref, observed } of ledger)
    if (observed?.standing.kind === 'paid') paidAt.set(`${ref.sub_mchid}/${ref.out_order_no}`, observed.at);
  return requests.flatMap(({ url, body, atMs }) => {
    const [, number] = PAY_PATH.exec(url) ?? [];
    const [, sub_mchid] = /"sub_mchid":"(\d+)"/.exec(body) ?? [];
    if (number === undefined || sub_mchid === undefined) return [];
    const key = `${sub_mchid}/${decodeURIComponent(number)}`;
    const since = paidAt.get(key) ?? Infinity;
    return atMs > since + ARRIVES_WITHIN_MS
      ? [
          `${key}: /pay was called at ${new Date(atMs).toISOString()}, known as paid since ${new Date(since).toISOString()}`,
        ]
      : [];
  });
}

/** Nothing is under way any more: whoever has died, what he left open was asked about. */
function left(ledger: readonly Order[]): string[] {
  return ledger.flatMap(({ ref, open }) =>
    open === undefined ? [] : [`${keyText(ref)}: an attempt is still open`],
  );
}
