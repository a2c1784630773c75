import * as z from 'zod/mini';
import { spellFault } from '../../lambda/core/faults';
import { ROW_RESULTS, type RowResult } from '../../lambda/flow/import';
import { IMPORT_ROWS_MAX } from '../../lambda/shared/import-rows';
import type { FileRow } from './rows';
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
  readonly mchid: string;
  readonly dryRun: boolean;
  /** Told once, when nothing more is sent. */
  readonly onStopped: (because: ServiceError) => void;
  readonly sleepMs: (ms: number) => Promise<unknown>;
}

/** Below what the API takes, with room for what stands around the rows. */
const BATCH_BYTES_MAX = 200 * 1024;
/** Batches under way at once: the service has work while the answer to the other is on its way. */
const IN_FLIGHT_MAX = 2;
/** Rows that the service left are given again, for as long as it still takes some of them, and so often after that. */
const LEFT_TRIES_MAX = 5;
const LEFT_WAIT_MS = 2_000;

/**
 * Sends rows in batches, a few at a time, and gives their results in the order of the file. When the service is lost
 * or refuses a whole batch, nothing more is sent, and every row from there on is `left`.
 */
export async function* sendRows(
  rows: AsyncIterable<FileRow>,
  sending: Sending,
): AsyncGenerator<readonly RowReport[]> {
  const inFlight: Promise<readonly RowReport[]>[] = [];
  const stopped: { because?: ServiceError } = {};
  for await (const batch of batchesOf(rows)) {
    inFlight.push(sendBatch(batch, sending, stopped));
    if (inFlight.length === IN_FLIGHT_MAX) yield (await inFlight.shift()) ?? [];
  }
  for (const last of inFlight) yield await last;
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
  sending: Sending,
  stopped: { because?: ServiceError },
): Promise<readonly RowReport[]> {
  const results = new Map<number, RowReport>();
  let waiting = batch.filter((row) => row.kind === 'row');
  for (let tries = 0; waiting.length > 0 && tries < LEFT_TRIES_MAX;) {
    if (stopped.because !== undefined) break;
    if (tries > 0) await sending.sleepMs(LEFT_WAIT_MS * tries);
    const before = waiting.length;
    try {
      for (const report of await post(waiting, sending)) results.set(report.line, report);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (stopped.because === undefined) sending.onStopped(error);
      stopped.because ??= error;
    }
    waiting = waiting.filter(({ line }) => (results.get(line)?.result ?? 'left') === 'left');
    tries = waiting.length < before ? 1 : tries + 1;
  }
  return batch.map((row) => results.get(row.line) ?? unsent(row));
}

function unsent(row: FileRow): RowReport {
  const [result, reason] =
    row.kind === 'row' ? (['left', 'was not sent'] as const) : (['refused', `the row ${row.fault}`] as const);
  return { line: row.line, sub_mchid: '', out_order_no: '', result, reason, ...namesOf(row) };
}

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
  if (!read.success)
    throw new ServiceError(
      'The service answered something else than results: is --url the address of its API?',
    );
  return read.data.results.map(({ row, sub_mchid, out_order_no, result, duplicate_of, errors = [] }) => {
    const repeats = duplicate_of === undefined ? [] : [`line ${duplicate_of} names the same order`];
    const reason = [...errors.map(spellFault), ...(errors.length === 0 ? repeats : [])].join('; ');
    return { line: row, sub_mchid, out_order_no, result, reason };
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Judged by the schema, like every other wrong answer.
    return undefined;
  }
}
