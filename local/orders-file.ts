import { readFileSync } from 'node:fs';
import { parse as parseCsv } from 'csv-parse/sync';
import * as z from 'zod/mini';
import { spellFault } from '../lambda/core/faults';
import { instant, orderFields, parse, wholeText } from '../lambda/shared/schema';
import type { CircleOrder } from './circle-orders';
import { MCHID, SERVICE_ID } from './samples';
import { UsageError } from './usage-error';

const COLUMNS = ['sub_mchid', 'out_order_no', 'total_amount', 'completed_at', 'pays_after_days'] as const;
/** As many as the demonstration shows with patience; a deployed service takes any number. */
const ROWS_MAX = 10_000;
const ROWS_OF_FAULTS = 20;
const DAY_MS = 86_400_000;

const Row = z.strictObject({
  sub_mchid: orderFields.sub_mchid,
  out_order_no: orderFields.out_order_no,
  total_amount: wholeText(1, 100_000_000),
  completed_at: z.optional(instant),
  /** When the simulated user has the money; without it he never has. */
  pays_after_days: z.optional(wholeText(0, 365)),
});

/**
 * The user's own list: a CSV file with a header, `sub_mchid,out_order_no,total_amount` and, where known,
 * `completed_at` and `pays_after_days`.
 * @throws UsageError with everything that is wrong, row by row
 */
export function readOrdersFile(file: string, now: number): readonly CircleOrder[] {
  const rows = readRows(file);
  const faults: string[] = [];
  const seen = new Set<string>();
  const orders = rows.flatMap((given, index) => {
    const where = `row ${index + 2}`;
    // An empty cell says nothing, like a column that is not there.
    const row = parse(Row, Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')));
    if (!row.ok) {
      faults.push(`${where}: ${row.faults.map(spellFault).join('; ')}`);
      return [];
    }
    const { sub_mchid, out_order_no, total_amount, completed_at = now, pays_after_days: days } = row.value;
    const key = `${sub_mchid}/${out_order_no}`;
    if (seen.has(key)) faults.push(`${where}: ${key} is there twice`);
    seen.add(key);
    const customer =
      days === undefined
        ? ({ kind: 'declines' } as const)
        : ({ kind: 'pays', balanceFromMs: now + days * DAY_MS } as const);
    const key_fields = { mchid: MCHID, sub_mchid, out_order_no, service_id: SERVICE_ID };
    return [{ completed_at, order: { ...key_fields, total_amount, completedAtMs: completed_at, customer } }];
  });
  if (faults.length > 0) throw new UsageError(`--orders: ${file} is not usable:\n${spellRows(faults)}`);
  return orders;
}

function readRows(file: string): readonly Readonly<Record<string, string>>[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--orders: ${file} cannot be read`);
  }
  try {
    const rows = parseCsv(text, { bom: true, columns: true, skip_empty_lines: true, trim: true });
    if (rows.length === 0) throw new UsageError(`--orders: ${file} has no rows below its header`);
    if (rows.length > ROWS_MAX)
      throw new UsageError(`--orders: ${file} has ${rows.length} rows; at most ${ROWS_MAX} are taken`);
    return rows as Record<string, string>[];
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : 'unreadable';
    throw new UsageError(`--orders: ${file} is not CSV with a header ${COLUMNS.join(',')}: ${why}`);
  }
}

function spellRows(faults: readonly string[]): string {
  const shown = faults.slice(0, ROWS_OF_FAULTS).map((fault) => `  ${fault}`);
  const more = faults.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}
