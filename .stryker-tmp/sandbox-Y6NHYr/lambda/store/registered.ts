import type { Instant, Mchid, SubMchid } from '../core/ids';
import type { OrderStatus } from '../core/order';
import type { Found, ListedRow } from './list-page';

/** Which of a merchant's orders, and from where on. */
export interface RegisteredQuery {
  readonly mchid: Mchid;
  readonly sub_mchid?: SubMchid | undefined;
  /** Absent: whatever their status. */
  readonly status?: OrderStatus | undefined;
  /** Registered from then on. */
  readonly from: Instant;
  /** Registered before. */
  readonly to: Instant;
  /** A place that an earlier stretch gave; absent: from the first. */
  readonly after?: string | undefined;
  /** Read of each list at once, 1 or more. */
  readonly rowsMax: number;
}

/** An order and its place among all orders of its merchant, which it keeps whatever becomes of it. */
export interface PlacedRow extends ListedRow {
  readonly place: string;
}

export interface RegisteredStretch {
  readonly orders: readonly PlacedRow[];
  /** Where the next stretch begins; absent when nothing comes after this one. */
  readonly next?: string;
}

/** Places from `first` to `last`; an order's own place is never equal to either. */
export interface PlaceRange {
  readonly first: string;
  readonly last: string;
}

/*
 * A place is an order's `list_at`, `<sub_mchid>#<registered_at, RFC 3339>#<out_order_no>`. Of the signs that can stand
 * in one, `#` sorts before all others: whatever begins with a place and goes on with `#` comes right after it.
 * `$` sorts after `#` and before the digits: it stands after all orders of a sub-merchant, and before those of another.
 */
const BEFORE_ALL = '#';
const AFTER_ALL = ':';

/** Where on the lists to look. */
export function rangeOf({ sub_mchid, from, to, after }: RegisteredQuery): PlaceRange {
  const first = after === undefined ? BEFORE_ALL : `${after}#`;
  if (sub_mchid === undefined) return { first, last: AFTER_ALL };
  const begin = `${sub_mchid}#${iso(from)}`;
  return { first: first > begin ? first : begin, last: `${sub_mchid}#${iso(to)}` };
}

/** What was read of one list: its first rows, in the order of their places. */
export interface ListRead {
  readonly rows: readonly Found[];
  /** The list goes on, but what comes was not read. */
  readonly goesOn: boolean;
}

/** The row up to which all lists were read; undefined: to their ends. */
export function lastRead(reads: readonly ListRead[]): Found | undefined {
  const ends = reads.flatMap(({ rows, goesOn }) => (goesOn ? rows.slice(-1) : []));
  return ends.toSorted((one, other) => (one.at.list_at < other.at.list_at ? -1 : 1))[0];
}

/** The stretch that was read of all lists, in the order of places. */
export function stretchOf(query: RegisteredQuery, reads: readonly ListRead[]): RegisteredStretch {
  const last = lastRead(reads);
  const placed = new Map<string, PlacedRow>();
  for (const { at, row } of reads.flatMap(({ rows }) => rows))
    if (last === undefined || at.list_at <= last.at.list_at)
      placed.set(at.list_at, { ...row, place: at.list_at });
  const orders = [...placed.values()]
    .filter(({ registered_at: at }) => query.from <= at && at < query.to)
    .toSorted((one, other) => (one.place < other.place ? -1 : 1));
  return { orders, ...(last === undefined ? {} : { next: nextAfter(query, last) }) };
}

/** What lies outside the period is passed over: to where it begins, or to the next sub-merchant. */
function nextAfter({ from, to }: RegisteredQuery, { at, row }: Found): string {
  if (row.registered_at >= to) return `${row.sub_mchid}$`;
  return row.registered_at < from ? `${row.sub_mchid}#${iso(from)}` : at.list_at;
}

function iso(instant: Instant): string {
  return new Date(instant).toISOString();
}
