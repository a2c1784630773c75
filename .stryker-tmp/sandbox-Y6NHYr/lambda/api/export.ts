import * as z from 'zod/mini';
import { PayscoreError } from '../core/errors';
import type { Instant } from '../core/ids';
import { ORDER_STATUSES, type Order } from '../core/order';
import { DAY_MS, MINUTE_MS } from '../core/time';
import { exportPage } from '../flow/export';
import { BYTE_ORDER_MARK } from '../shared/csv';
import { instant, orderFields } from '../shared/schema';
import { ATTEMPTS_HEADER, attemptsCsv, orderCsv, ORDERS_HEADER, type Period } from './export-rows';
import { demandMerchant } from './merchant-known';
import { invalid, readLookup } from './request';
import type { Route } from './router';

export const EXPORT_DAYS_MAX = 366;

/** Of a page, as JSON spells it: a function answers with at most 6 MB. */
const PAGE_BYTES_MAX = 5 * 1024 * 1024;
const QUOTES_BYTES = 2;
/** Kept for what is being read, for the answer, and for its way. */
const RESERVE_MS = 6_000;
/** Read of the index at once, for each status. */
const ROWS_MAX = 200;
/** Clocks differ by less than this: what was attempted before an instant was registered before this much later. */
const CLOCK_SKEW_MS = MINUTE_MS;

const cursor = z.optional(z.string().check(z.maxLength(1_000)));
const wanted = {
  mchid: orderFields.mchid,
  sub_mchid: z.optional(orderFields.sub_mchid),
  from: instant,
  to: instant,
};

export const ExportOrdersLookup = z.strictObject({
  ...wanted,
  status: z.optional(z.enum(ORDER_STATUSES, { error: `is not one of ${ORDER_STATUSES.join(', ')}` })),
  cursor,
});
export const ExportAttemptsLookup = z.strictObject({ ...wanted, cursor });

type Lookup = z.infer<typeof ExportAttemptsLookup> & Pick<z.infer<typeof ExportOrdersLookup>, 'status'>;

/** What is exported. */
interface Table {
  readonly name: 'orders' | 'attempts';
  readonly lookup: z.ZodMiniType<Lookup>;
  readonly header: string;
  /** When the orders were registered that have to be looked at. */
  readonly registered: (period: Period) => Period;
  /** What is told of one order. */
  readonly csvOf: (order: Order, period: Period, now: Instant) => string;
}

const ORDERS: Table = {
  name: 'orders',
  lookup: ExportOrdersLookup,
  header: ORDERS_HEADER,
  registered: (period) => period,
  csvOf: (order, _period, now) => orderCsv(order, now),
};

const ATTEMPTS: Table = {
  name: 'attempts',
  lookup: ExportAttemptsLookup,
  header: ATTEMPTS_HEADER,
  // An attempt may come long after the registration.
  registered: ({ to }) => ({ from: 0, to: to + CLOCK_SKEW_MS }),
  csvOf: attemptsCsv,
};

export interface ExportLimits {
  readonly bytesMax: number;
  readonly rowsMax: number;
}
const LIMITS: ExportLimits = { bytesMax: PAGE_BYTES_MAX, rowsMax: ROWS_MAX };

/** `GET …/export/orders`: a page of the orders registered in a period, as CSV. */
export const exportOrders = exportOf(ORDERS);
/** `GET …/export/attempts`: a page of the attempts made in a period, as CSV. */
export const exportAttempts = exportOf(ATTEMPTS);

function exportOf(table: Table) {
  return (limits: ExportLimits = LIMITS): Route =>
    async (event, { ports, orders, deadlineAt }) => {
      const request = readLookup(event, table.lookup);
      if (!request.ok) return request.answer;
      const { cursor: given, ...query } = request.value;
      const fault = faultOf(query);
      if (fault !== undefined) return invalid([{ field: 'to', rule: fault }]);
      // A cursor was given with a page of this merchant's.
      if (given === undefined) await demandMerchant(query.mchid, ports);
      const now = ports.now();
      const { from, to } = table.registered(query);
      const page = await exportPage(
        {
          ...query,
          from,
          // Nothing was registered later.
          to: Math.min(to, now + CLOCK_SKEW_MS),
          after: given === undefined ? undefined : readCursor(table, query, given),
        },
        (order) => {
          const text = table.csvOf(order, query, now);
          return { text, bytes: Buffer.byteLength(JSON.stringify(text)) - QUOTES_BYTES };
        },
        { ...limits, until: deadlineAt - RESERVE_MS },
        { ...ports, orders },
      );
      const next = page.next === undefined ? undefined : writeCursor(table, query, page.next);
      return {
        statusCode: 200,
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'cache-control': 'no-store',
          'x-rows-left-out': String(page.leftOut),
          ...(next === undefined ? {} : headersOf(next, event.queryStringParameters)),
        },
        // The pages one after the other are the file: only the first has what stands at its beginning.
        body: given === undefined ? `${BYTE_ORDER_MARK}${table.header}${page.text}` : page.text,
      };
    };
}

function faultOf({ from, to }: Period): string | undefined {
  if (to <= from) return 'is not after from';
  return to - from > EXPORT_DAYS_MAX * DAY_MS ? `is more than ${EXPORT_DAYS_MAX} days after from` : undefined;
}

/** RFC 8288; the reference is to this very path, wherever the API stands, with another query. */
function headersOf(next: string, asked: Readonly<Record<string, string | undefined>> = {}) {
  const query = new URLSearchParams({ ...asked, cursor: next } as Record<string, string>);
  return { 'x-next-cursor': next, link: `<?${query.toString()}>; rel="next"` };
}

type Query = Omit<Lookup, 'cursor'>;

function writeCursor({ name }: Table, { mchid, sub_mchid, status, from, to }: Query, after: string): string {
  return Buffer.from(JSON.stringify({ name, mchid, sub_mchid, status, from, to, after })).toString(
    'base64url',
  );
}

/** @throws PayscoreError CURSOR_INVALID when it was not made for this very export */
function readCursor(table: Table, query: Query, given: string): string {
  const { after } = objectIn(given);
  // Written anew it is the same, or it is not this export's, or not one that was written here.
  if (typeof after === 'string' && writeCursor(table, query, after) === given) return after;
  throw new PayscoreError(
    'CURSOR_INVALID',
    'cursor: is not one that was given with a page of this very export. Begin again without it.',
  );
}

function objectIn(cursorGiven: string): { readonly after?: unknown } {
  try {
    return { ...(JSON.parse(Buffer.from(cursorGiven, 'base64url').toString()) as object) };
  } catch {
    return {};
  }
}
