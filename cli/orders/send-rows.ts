import * as z from 'zod/mini';
import type { Mchid } from '../../lambda/core/ids';
import { spellFault } from '../../lambda/core/faults';
import { ROW_RESULTS, type RowResult } from '../../lambda/flow/import';
import { IMPORT_ROWS_MAX } from '../../lambda/shared/import-rows';
import { jsonOf, unexpected } from './pages';
import type { FileRow } from './rows';
import { sayingOf, type CountingRow, type Saying, type SeenOrders } from './seen-orders';
import { ServiceError, type Service } from './service';

/** What became of a row of the file. */
export interface RowReport {
  readonly line: number;
  readonly sub_mchid: string;
  readonly out_order_no: string;
  readonly result: RowResult;
  /** Empty when there is nothing to explain. */
  readonly reason: string;
}

export interface Sending {
  readonly service: Service;
  readonly mchid: Mchid;
  readonly dryRun: boolean;
  readonly seen: SeenOrders;
  /** Once it is aborted, by whomever, nothing more is sent. */
  readonly stop: AbortController;
  readonly sleepMs: (ms: number) => Promise<unknown>;
}

/** Below what the API takes, with room for what stands around the rows. */
const BATCH_BYTES_MAX = 200 * 1024;
/** Batches under way at once: the service has work while the answer to the other is on its way. */
const IN_FLIGHT_MAX = 2;
/** Rows that the service left are given again, for as long as it still takes some of them, and so often after that. */
const LEFT_TRIES_MAX = 5;
const LEFT_WAIT_MS = 2_000;

interface UnderWay {
  readonly orders: ReadonlySet<string>;
  readonly reports: Promise<readonly RowReport[]>;
}

/**
 * Sends rows in batches, a few at a time, and gives their results in the order of the file. Of an order that is named
 * more than once the first row that is not refused counts: a batch waits for those under way that name one of its
 * orders. When the service is lost or refuses a whole batch, nothing more is sent, and every row from there on is `left`.
 */
export async function* sendRows(
  rows: AsyncIterable<FileRow>,
  sending: Sending,
): AsyncGenerator<readonly RowReport[]> {
  const inFlight: UnderWay[] = [];
  for await (const batch of batchesOf(rows)) {
    const said = sayingsOf(batch, sending);
    const orders = new Set([...said.values()].map(({ order }) => order));
    while (
      inFlight.length === IN_FLIGHT_MAX ||
      inFlight.some((earlier) => [...orders].some((order) => earlier.orders.has(order)))
    )
      yield (await inFlight.shift()?.reports) ?? [];
    inFlight.push({ orders, reports: sendBatch(batch, said, sending) });
  }
  for (const { reports } of inFlight) yield await reports;
}

type Sayings = ReadonlyMap<FileRow, Saying>;

function sayingsOf(batch: readonly FileRow[], { mchid }: Sending): Sayings {
  return new Map(
    batch.flatMap((row) => {
      const saying = sayingOf(row, mchid);
      return saying === undefined ? [] : [[row, saying] as const];
    }),
  );
}

async function* batchesOf(rows: AsyncIterable<FileRow>): AsyncGenerator<readonly FileRow[]> {
  let batch: FileRow[] = [];
  let bytes = 0;
  for await (const row of rows) {
    const rowBytes = Buffer.byteLength(JSON.stringify(row));
    if (batch.length === IMPORT_ROWS_MAX || bytes + rowBytes > BATCH_BYTES_MAX) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(row);
    bytes += rowBytes;
  }
  if (batch.length > 0) yield batch;
}

async function sendBatch(
  batch: readonly FileRow[],
  said: Sayings,
  sending: Sending,
): Promise<readonly RowReport[]> {
  const { seen, stop, sleepMs } = sending;
  const results = repeatsIn(batch, said, seen);
  let waiting = batch.filter((row) => row.kind === 'row').filter(({ line }) => !results.has(line));
  for (let tries = 0; waiting.length > 0 && tries < LEFT_TRIES_MAX && !stop.signal.aborted;) {
    if (tries > 0) await sleepMs(LEFT_WAIT_MS * tries);
    const before = waiting.length;
    try {
      for (const report of await post(waiting, sending)) results.set(report.line, report);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      stop.abort(error);
    }
    waiting = waiting.filter(({ line }) => (results.get(line)?.result ?? 'left') === 'left');
    tries = waiting.length < before ? 1 : tries + 1;
  }
  const reports = batch.map((row) => placed(row, results.get(row.line) ?? unsent(row)));
  for (const [index, row] of batch.entries()) {
    const [saying, result = 'left'] = [said.get(row), reports[index]?.result];
    if (saying !== undefined && result !== 'refused') seen.remember(saying, row.line, result === 'left');
  }
  return reports;
}

/** Rows that name an order of an earlier batch are not sent; within a batch the service does the same. */
function repeatsIn(batch: readonly FileRow[], said: Sayings, seen: SeenOrders): Map<number, RowReport> {
  const reports = new Map<number, RowReport>();
  for (const row of batch) {
    const saying = said.get(row);
    const first = saying && seen.find(saying);
    if (first !== undefined)
      reports.set(row.line, { ...NO_NAMES, ...namesOf(row), line: row.line, ...repeated(first) });
  }
  return reports;
}

function repeated({ line, left, same }: CountingRow): Pick<RowReport, 'result' | 'reason'> {
  if (left) return { result: 'left', reason: `line ${line} names the same order, and was left` };
  return same
    ? { result: 'already', reason: `line ${line} names the same order` }
    : {
        result: 'refused',
        reason: `out_order_no is named in line ${line} too, which says otherwise and counts`,
      };
}

function unsent(row: FileRow): RowReport {
  const [result, reason] =
    row.kind === 'row' ? (['left', 'was not sent'] as const) : (['refused', `the row ${row.fault}`] as const);
  return { line: row.line, ...NO_NAMES, result, reason, ...namesOf(row) };
}

/** Two stray quotes far apart swallow the lines between them: whoever looks for these is told where they went. */
function placed({ line, lastLine }: FileRow, report: RowReport): RowReport {
  if (lastLine === undefined || report.result !== 'refused') return report;
  return { ...report, reason: `lines ${line}–${lastLine} are one row by their quotes; ${report.reason}` };
}

const NO_NAMES = { sub_mchid: '', out_order_no: '' };
const NAME_CHARS_MAX = 64;

function namesOf(row: FileRow): Partial<RowReport> {
  if (row.kind !== 'row') return {};
  const name = (field: string) => {
    const value = row.fields[field];
    return typeof value === 'string' ? value.slice(0, NAME_CHARS_MAX) : '';
  };
  return { sub_mchid: name('sub_mchid'), out_order_no: name('out_order_no') };
}

const Answer = z.object({
  results: z.array(
    z.object({
      row: z.number(),
      sub_mchid: z.string(),
      out_order_no: z.string(),
      result: z.enum(ROW_RESULTS),
      duplicate_of: z.optional(z.number()),
      errors: z.optional(z.array(z.object({ field: z.string(), rule: z.string() }))),
    }),
  ),
});

async function post(
  rows: readonly Extract<FileRow, { kind: 'row' }>[],
  { service, mchid, dryRun }: Sending,
): Promise<readonly RowReport[]> {
  const answer = await service.call({
    method: 'POST',
    path: `/v1/merchants/${mchid}/orders/import`,
    body: { dry_run: dryRun, rows: rows.map(({ line, fields }) => ({ ...fields, row: line })) },
  });
  const read = Answer.safeParse(jsonOf(answer.text));
  if (!read.success) throw unexpected('results');
  return read.data.results.map(({ row, sub_mchid, out_order_no, result, duplicate_of, errors = [] }) => {
    const repeats = duplicate_of === undefined ? [] : [`line ${duplicate_of} names the same order`];
    const reason = [...errors.map(spellFault), ...(errors.length === 0 ? repeats : [])].join('; ');
    return { line: row, sub_mchid, out_order_no, result, reason };
  });
}
