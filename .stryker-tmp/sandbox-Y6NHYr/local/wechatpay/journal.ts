import { appendFileSync, closeSync, openSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { z } from 'zod';
import type { Accepted } from './input';
import { customerSchema, keyText, newOrderSchema, PHASES } from './orders';
import { identity, type OrderRecord } from './record';

// The file may grow by its own length and this before it is rewritten, so that rewriting stays rare.
const REWRITE_SLACK_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

const fen = z.int();
// Whole numbers only if the clock that was passed in has no fractions.
const instantMs = z.number();
// JSON has no infinity: it is written as null.
const orEndless = (limit: z.ZodType<number>) =>
  limit.nullable().transform((value) => value ?? Number.POSITIVE_INFINITY);

const lineSchema = z.strictObject({
  given: newOrderSchema,
  sequence: z.int().min(1),
  registeredAtMs: instantMs,
  phase: z.enum(PHASES),
  totalFen: fen,
  paidFen: fen,
  customer: customerSchema,
  balanceFromMs: instantMs,
  balanceFen: orEndless(fen),
  details: z.array(
    z.strictObject({
      seq: z.int(),
      amount: fen,
      paid_type: z.enum(['NEWTON', 'MCH']),
      paid_time: z.string(),
      transaction_id: z.string().exactOptional(),
    }),
  ),
  movements: z.array(
    z.strictObject({
      atMs: instantMs,
      amountFen: fen,
      cause: z.enum(['collect', 'by_hand', 'auto']),
      transaction_id: z.string(),
    }),
  ),
  deduction: z.strictObject({ endsAtMs: instantMs, amountFen: fen }).optional(),
  lockedUntilMs: orEndless(instantMs),
  autoDeductionsAtMs: z.array(instantMs),
  byHandAtMs: instantMs.optional(),
  lastChangeCallMs: instantMs.optional(),
  cancelReason: z.string().optional(),
  payCallsReceived: z.int().min(0),
  payCallsProcessed: z.int().min(0),
});

// What follows from the rest is left out: a line cannot contradict itself.
const lineOf = (record: OrderRecord): string =>
  `${JSON.stringify({ ...record, key: undefined, order_id: undefined })}\n`;

function parseJson(line: Buffer): Accepted<unknown> {
  try {
    return { ok: true, value: JSON.parse(UTF8.decode(line)) };
  } catch {
    return { ok: false, reason: 'is not JSON' };
  }
}

function readLine(line: Buffer, mchids: ReadonlySet<string>): Accepted<OrderRecord> {
  const json = parseJson(line);
  if (!json.ok) return json;
  const parsed = lineSchema.safeParse(json.value);
  if (!parsed.success) return { ok: false, reason: `is no order\n${z.prettifyError(parsed.error)}` };
  const { deduction, byHandAtMs, lastChangeCallMs, cancelReason, ...kept } = parsed.data;
  if (!mchids.has(kept.given.mchid)) return { ok: false, reason: `no merchant ${kept.given.mchid} here` };
  return {
    ok: true,
    value: {
      ...kept,
      ...identity(kept.given, kept.sequence),
      deduction,
      byHandAtMs,
      lastChangeCallMs,
      cancelReason,
    },
  };
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/**
 * The books on disk: a line of JSON, an order's whole record, for every change; the last line of an order counts.
 * A line is handed to the operating system before `save` returns. It survives this process, however that ends; nothing
 * waits for the disk, so it does not survive the machine.
 */
export class Journal {
  /** The orders that were in the file, first registered first; whoever goes on with them saves them here. */
  readonly records: readonly OrderRecord[];
  readonly #file: string;
  readonly #slackBytes: number;
  /** The last line of each order, by its sequence. */
  readonly #lines: Map<number, string>;
  #bytes: number;
  #rewriteAboveBytes: number;

  constructor(file: string, records: readonly OrderRecord[], bytes: number, slackBytes: number) {
    this.records = records;
    this.#file = file;
    this.#slackBytes = slackBytes;
    this.#lines = new Map(records.map((record) => [record.sequence, lineOf(record)]));
    this.#bytes = bytes;
    this.#rewriteAboveBytes = 2 * bytes + slackBytes;
  }

  /** Appends the record if it changed. Throws what the file system throws; then the record counts as not saved. */
  save(record: OrderRecord): void {
    const line = lineOf(record);
    if (this.#lines.get(record.sequence) === line) return;
    this.#append(Buffer.from(line));
    this.#lines.set(record.sequence, line);
    if (this.#bytes > this.#rewriteAboveBytes) this.rewrite();
  }

  /** One line an order, in a new file that takes the old one's place when it is complete. */
  rewrite(): void {
    const draft = `${this.#file}.new`;
    const descriptor = openSync(draft, 'w');
    let bytes = 0;
    try {
      for (const line of this.#lines.values()) {
        appendFileSync(descriptor, line);
        bytes += Buffer.byteLength(line);
      }
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, this.#file);
    this.#bytes = bytes;
    this.#rewriteAboveBytes = 2 * bytes + this.#slackBytes;
  }

  #append(line: Buffer): void {
    try {
      appendFileSync(this.#file, line);
    } catch (error) {
      // A full disk takes part of a line; the next one must not go on where it broke off.
      truncateSync(this.#file, this.#bytes);
      throw error;
    }
    this.#bytes += line.length;
  }
}

/** Throws on a line that is no order of one of these merchants; the file is then left as it is. */
export function openJournal(
  file: string,
  mchids: ReadonlySet<string>,
  slackBytes = REWRITE_SLACK_BYTES,
): Journal {
  const bytes = readFile(file);
  const records = new Map<string, OrderRecord>();
  // A line without its end was being written when the process was killed: nobody was answered yet.
  const completeBytes = bytes.lastIndexOf(NEWLINE) + 1;
  for (let from = 0, number = 1; from < completeBytes; number += 1) {
    const end = bytes.indexOf(NEWLINE, from);
    const refuse = (reason: string): Error => new Error(`journal ${file}, line ${number}: ${reason}`);
    const read = readLine(bytes.subarray(from, end), mchids);
    if (!read.ok) throw refuse(read.reason);
    const key = keyText(read.value.key);
    // Numbers that customers know an order by come from it: it can neither change nor be another's.
    const sequence = records.get(key)?.sequence ?? records.size + 1;
    if (read.value.sequence !== sequence) {
      throw refuse(`sequence is ${read.value.sequence}, must be ${sequence} for ${key}`);
    }
    records.set(key, read.value);
    from = end + 1;
  }
  if (completeBytes < bytes.length) truncateSync(file, completeBytes);
  return new Journal(file, [...records.values()], completeBytes, slackBytes);
}
