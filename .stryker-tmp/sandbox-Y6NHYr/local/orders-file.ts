import { readFileSync } from 'node:fs';
import { parse as parseCsv } from 'csv-parse/sync';
import * as z from 'zod/mini';
import { spellFault } from '../lambda/core/faults';
import { instant, orderFields, parse, wholeText } from '../lambda/shared/schema';
import { DAY_MS } from '../lambda/core/time';
import type { CircleOrder } from './circle-orders';
import { MCHID, SERVICE_ID } from './samples';
import { UsageError } from './usage-error';

/** As many as the demonstration shows with patience; a deployed service takes any number. */
const ROWS_MAX = 10_000;
const FAULTS_SHOWN_MAX = 20;

const COLUMNS = {
  sub_mchid: orderFields.sub_mchid,
  out_order_no: orderFields.out_order_no,
  total_amount: wholeText(1, 100_000_000),
  completed_at: z.optional(instant),
  /** When the simulated user has the money; without it he never has. */
  pays_after_days: z.optional(wholeText(0, 365)),
};
const NEEDED = ['sub_mchid', 'out_order_no', 'total_amount'];

const Row = z.strictObject(COLUMNS);

export type FileOrder = z.infer<typeof Row>;

/** What is listed, as orders of the circle that begins at `now`. */
export function ordersOf(rows: readonly FileOrder[], now: number): readonly CircleOrder[] {
  return rows.map(({ sub_mchid, out_order_no, total_amount, completed_at = now, pays_after_days: days }) => ({
    completed_at,
    order: {
      mchid: MCHID,
      sub_mchid,
      out_order_no,
      service_id: SERVICE_ID,
      total_amount,
      completedAtMs: completed_at,
      customer:
        days === undefined ? { kind: 'declines' } : { kind: 'pays', balanceFromMs: now + days * DAY_MS },
    },
  }));
}

/**
 * The user's own list: a CSV file with a header, `sub_mchid,out_order_no,total_amount` and, where known,
 * `completed_at` and `pays_after_days`.
 * @throws UsageError with everything that is wrong, line by line
 */
export function readOrdersFile(file: string): readonly FileOrder[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  const orders = readLines(file).flatMap(({ line, cells }) => {
    // An empty cell says nothing, like a column that is not there.
    const row = parse(Row, Object.fromEntries(Object.entries(cells).filter(([, value]) => value !== '')));
    if (!row.ok) {
      faults.push(`line ${line}: ${row.faults.map(spellFault).join('; ')}`);
      return [];
    }
    const { sub_mchid, out_order_no } = row.value;
    const key = `${sub_mchid}/${out_order_no}`;
    if (seen.has(key)) faults.push(`line ${line}: ${key} is there twice`);
    seen.add(key);
    return [row.value];
  });
  if (faults.length > 0) throw new UsageError(`--orders: ${file} is not usable:\n${spellLines(faults)}`);
  return orders;
}

interface Line {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

interface Parsed {
  readonly info: { readonly lines: number };
  readonly record: Record<string, string>;
}

function readLines(file: string): readonly Line[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--orders: ${file} cannot be read`);
  }
  const rows = parseText(file, text);
  if (rows.length === 0) throw new UsageError(`--orders: ${file} has no rows below its header`);
  if (rows.length > ROWS_MAX)
    throw new UsageError(`--orders: ${file} has more than ${ROWS_MAX} rows, which is the most that is taken`);
  return rows.map(({ info: { lines }, record }) => ({ line: lines, cells: record }));
}

function parseText(file: string, text: string): readonly Parsed[] {
  const options = {
    bom: true,
    info: true,
    skip_empty_lines: true,
    trim: true,
    // One more than may be, so that too many are seen.
    to: ROWS_MAX + 1,
  } as const;
  try {
    return parseCsv(text, { ...options, columns: demandColumns }) as unknown as Parsed[];
  } catch (error) {
    throw new UsageError(
      `--orders: ${file} is not usable: ${error instanceof Error ? error.message : 'not CSV'}`,
    );
  }
}

function demandColumns(header: readonly string[]): string[] {
  const known = Object.keys(COLUMNS);
  const faults = [
    ...header.filter((name) => !known.includes(name)).map((name) => `has a column ${JSON.stringify(name)}`),
    ...header
      .filter((name, index) => known.includes(name) && header.indexOf(name) !== index)
      .map((name) => `has ${name} twice`),
    ...NEEDED.filter((name) => !header.includes(name)).map((name) => `lacks ${name}`),
  ];
  if (faults.length === 0) return [...header];
  throw new Error(`its header ${faults.join(', ')}; the columns are ${known.join(', ')}`);
}

function spellLines(faults: readonly string[]): string {
  const shown = faults.slice(0, FAULTS_SHOWN_MAX).map((fault) => `  ${fault}`);
  const more = faults.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}
