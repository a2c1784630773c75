import { PayscoreError } from '../core/errors';
import { PATTERNS, type Fen, type Instant, type Mchid, type OrderRef, type SubMchid } from '../core/ids';
import { ORDER_STATUSES, type OrderStatus } from '../core/order';

/** Which orders to list, and which page of them. */
export interface ListQuery {
  readonly mchid: Mchid;
  /** Absent: of every status, one after the other. */
  readonly status?: OrderStatus | undefined;
  readonly sub_mchid?: SubMchid | undefined;
  /** From 1 to 100 orders. */
  readonly pageMax: number;
  /** Of the page before, from the same query; its `pageMax` may have been another. */
  readonly cursor?: string | undefined;
}

/** An order as lists show it. */
export interface ListedRow extends OrderRef {
  readonly status: OrderStatus;
  readonly registered_at: Instant;
  readonly total_amount?: Fen;
  readonly paid_amount?: Fen;
}

/** Where in the lists of a merchant an order stands; `list_at` as the ledger's item has it. */
export interface Position {
  readonly status: OrderStatus;
  readonly list_at: string;
}

export interface Found {
  readonly at: Position;
  readonly row: ListedRow;
}

export interface ListPage {
  readonly orders: readonly ListedRow[];
  /** Where the next page begins; absent when there is none. */
  readonly cursor?: string;
}

const PAGE_ORDERS_MAX = 100;

/**
 * After which position a page begins; undefined for the first one.
 * @throws PayscoreError CURSOR_INVALID when the cursor was not made for this query
 * @throws RangeError when `pageMax` is not one
 */
export function startOf(query: ListQuery): Position | undefined {
  const { pageMax, cursor } = query;
  if (!Number.isInteger(pageMax) || pageMax < 1 || pageMax > PAGE_ORDERS_MAX)
    throw new RangeError(`pageMax is a whole number from 1 to ${PAGE_ORDERS_MAX}`);
  return cursor === undefined ? undefined : readCursor(query, cursor);
}

/** The lists that a page may come from, in their order. */
export function statusesFrom({ status }: ListQuery, start: Position | undefined): readonly OrderStatus[] {
  if (status !== undefined) return [status];
  return ORDER_STATUSES.slice(start === undefined ? 0 : ORDER_STATUSES.indexOf(start.status));
}

/** One more than a page has: only it can tell whether another page follows. */
export function foundMaxOf({ pageMax }: ListQuery): number {
  return pageMax + 1;
}

/** The page that begins with what was found. */
export function pageOf(query: ListQuery, found: readonly Found[]): ListPage {
  const page = found.slice(0, query.pageMax);
  const last = page.at(-1);
  return {
    orders: page.map(({ row }) => row),
    ...(last === undefined || found.length === page.length ? {} : { cursor: writeCursor(query, last.at) }),
  };
}

function writeCursor({ mchid, status, sub_mchid }: ListQuery, after: Position): string {
  const { status: inList, list_at } = after;
  return Buffer.from(
    JSON.stringify({ mchid, status, sub_mchid, after: { status: inList, list_at } }),
  ).toString('base64url');
}

function readCursor(query: ListQuery, cursor: string): Position {
  const after = positionIn(cursor);
  // Written anew it is the same, or it is not this query's, or not one that was written here.
  if (after !== undefined && isWithin(query, after) && writeCursor(query, after) === cursor) return after;
  throw new PayscoreError(
    'CURSOR_INVALID',
    'cursor: is not one that was given with a page of this very list. Begin again without it.',
  );
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const PARTS = [PATTERNS.sub_mchid, INSTANT, PATTERNS.out_order_no];

function isWithin({ status, sub_mchid }: ListQuery, after: Position): boolean {
  const parts = after.list_at.split('#');
  return (
    (status ?? after.status) === after.status &&
    (sub_mchid ?? parts[0]) === parts[0] &&
    parts.length === PARTS.length &&
    PARTS.every((pattern, index) => pattern.test(parts[index] as string))
  );
}

function positionIn(cursor: string): Position | undefined {
  const after = (parse(cursor) as { after?: { status?: unknown; list_at?: unknown } } | null | undefined)
    ?.after;
  const status = ORDER_STATUSES.find((one) => one === after?.status);
  const listAt = after?.list_at;
  return status === undefined || typeof listAt !== 'string' ? undefined : { status, list_at: listAt };
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
