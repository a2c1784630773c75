import { completionOf } from '../lambda/core/completion';
import { WATCH_DAYS_MAX } from '../lambda/core/ladder';
import { isTerminal, type TerminalKind } from '../lambda/core/observe';
import type { Order, OrderStatus } from '../lambda/core/order';
import { DAY_MS, HOUR_MS } from '../lambda/core/time';
import { auditNotifications, paidFen } from './audit-notifications';
import { auditRequests } from './audit-requests';
import { keyText } from './ledger-view';
import { yuan } from './render';
import type { OrderBooks, OrderKey, Simulator } from './wechatpay';

export interface Audited {
  /** All of it, read anew. */
  readonly ledger: readonly Order[];
  readonly simulator: Pick<Simulator, 'books' | 'order' | 'requests' | 'deliveries'>;
  /** Orders that were registered, whatever the ledger says of them. */
  readonly registered: readonly OrderKey[];
  readonly now: number;
}

/** What must hold between the ledger and WeChat Pay's own books, whatever happened on the way; what does not. */
export function audit({ ledger, simulator, registered, now }: Audited): string[] {
  const books = new Map(simulator.books().map((book) => [keyText(book), book]));
  const rows = new Map(ledger.map((order) => [keyText(order.ref), order]));
  const missing = [...registered, ...[...books.values()].filter(({ payCalls }) => payCalls.received > 0)]
    .map(keyText)
    .filter((key) => !rows.has(key));
  return [
    ...new Set(missing.map((key) => `${key}: registered or called, and not in the ledger`)),
    ...[...rows].flatMap(([key, order]) => {
      const book = books.get(key);
      if (book === undefined) return [`${key}: in the ledger, not at WeChat Pay`];
      const faults = [...moneyFaults(order, book), ...callFaults(order, book), ...planFaults(order, now)];
      return faults.map((fault) => `${key}: ${fault}`);
    }),
    ...auditRequests(simulator),
    ...auditNotifications({ ledger, simulator, now }),
  ];
}

/**
 * What the ledger knows as paid is what had moved when it last asked, and not more than has moved by now. That it was
 * not asked since is no fault.
 */
function moneyFaults({ observed, status }: Order, { movements }: OrderBooks): string[] {
  const moved = sumOf(movements);
  const standing = observed?.standing;
  const ended = standing !== undefined && isTerminal(standing);
  const faults =
    (ended ? standing.kind : undefined) === ENDED_AS[status]
      ? []
      : [`it is called ${status}, and what was verified is ${standing?.kind ?? 'nothing'}`];
  if (observed === undefined || standing === undefined) return faults;
  const known = paidFen({ observed });
  const then = sumOf(movements.filter(({ atMs }) => atMs < observed.at));
  if (known < then || known > moved)
    faults.push(
      `the ledger has ${yuan(known)} as paid, WeChat Pay's books had ${yuan(then)} when asked, ${yuan(moved)} now`,
    );
  else if (
    standing.kind === 'paid' &&
    !movements.some(({ transaction_id }) => transaction_id === standing.transaction_id)
  )
    faults.push(`it is called paid by a transaction that is not in WeChat Pay's books`);
  return faults;
}

/** The verified end that each status stands for. */
const ENDED_AS: Readonly<Record<OrderStatus, TerminalKind | undefined>> = {
  active: undefined,
  watched: undefined,
  refund_due: 'paid',
  paid: 'paid',
  settled: 'settled',
  cancelled: 'cancelled',
  expired: 'expired',
};

function sumOf(movements: OrderBooks['movements']): number {
  return movements.reduce((sum, { amountFen }) => sum + amountFen, 0);
}

/** Every call has its claim, and every one that may have reached the user's account counts for gap and caps. */
function callFaults({ timeline, open, calls }: Order, { payCalls }: OrderBooks): string[] {
  const attempts = timeline.filter((entry) => entry.kind === 'attempt');
  const collecting = open?.operation === undefined ? open : undefined;
  const closed = timeline.flatMap((entry) => (entry.kind === 'closed' ? [entry.claim_id] : []));
  const unreported = new Set([...closed, ...(collecting === undefined ? [] : [collecting.claim_id])]);
  for (const entry of timeline)
    if (entry.kind === 'attempt' || entry.kind === 'operation') unreported.delete(entry.claim_id);
  const claims = attempts.reduce((sum, { count }) => sum + count, 0) + unreported.size;
  // Of a worker that has died, while nothing is proven of its call.
  const counted = calls.length + (collecting !== undefined && collecting.outcome === undefined ? 1 : 0);
  return [
    ...(payCalls.received > claims ? [`${payCalls.received} calls arrived, ${claims} were claimed`] : []),
    ...(payCalls.processed > counted
      ? [`${payCalls.processed} calls were processed, ${counted} count for gap and caps`]
      : []),
  ];
}

/** Somebody takes the order up again, and did so when it was due. Its last weekly question may be a week before the end. */
function planFaults(order: Order, now: number): string[] {
  const { due_at: due, observed } = order;
  if (observed !== undefined && isTerminal(observed.standing)) return [];
  if (due !== undefined)
    return due < now - HOUR_MS ? [`it was due at ${new Date(due).toISOString()} and is not taken up`] : [];
  return now < completionOf(order).at + (WATCH_DAYS_MAX - 7) * DAY_MS
    ? ['nobody will ever ask about it']
    : [];
}
