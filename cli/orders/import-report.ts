import { open, type FileHandle } from 'node:fs/promises';
import Table from 'cli-table3';
import { ROW_RESULTS, type RowResult } from '../../lambda/flow/import';
import { BYTE_ORDER_MARK, csvOf } from '../../lambda/shared/csv';
import { unwritable } from '../outputs';
import type { RowReport } from './send-rows';

const COLUMNS = ['line', 'sub_mchid', 'out_order_no', 'result', 'reason'];

export type Counts = Readonly<Record<RowResult, number>>;

/**
 * A row a line, safe to open in Excel, written while the import goes on. What stood in the file stands until there is a
 * row to write.
 */
export class ReportFile {
  #handle: FileHandle | undefined;

  constructor(private readonly file: string) {}

  /** @throws UsageError */
  async write(rows: readonly RowReport[]): Promise<void> {
    const begins = this.#handle === undefined;
    try {
      this.#handle ??= await open(this.file, 'w');
      await this.#handle.writeFile(
        `${begins ? BYTE_ORDER_MARK + csvOf([COLUMNS]) : ''}${csvOf(rows.map(cellsOf))}`,
      );
    } catch (error) {
      await this.#handle?.close();
      throw unwritable('--report', this.file, error);
    }
  }

  /** @throws UsageError: some file systems only say now that they are full */
  async close(): Promise<void> {
    await this.#handle?.close().catch((error: unknown) => {
      throw unwritable('--report', this.file, error);
    });
  }
}

function cellsOf({ line, sub_mchid, out_order_no, result, reason }: RowReport) {
  return [line, id(sub_mchid), id(out_order_no), result, reason === '' ? undefined : reason];
}

function id(text: string) {
  return text === '' ? undefined : { id: text };
}

export const NONE: Counts = Object.fromEntries(ROW_RESULTS.map((result) => [result, 0])) as Counts;

export function counted(counts: Counts, rows: readonly RowReport[]): Counts {
  const sum: Record<RowResult, number> = { ...counts };
  for (const { result } of rows) sum[result] += 1;
  return sum;
}

export function rowsIn(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

const MEANINGS: Readonly<Record<RowResult, string>> = {
  registered: 'new in the ledger',
  already: 'was there, nothing changed',
  changed: 'was there, its words were replaced',
  would_register: 'dry run: would be new',
  would_change: 'dry run: would replace the words that are there',
  refused: 'nothing was done: put the row right',
  left: 'nothing was done: give the file again',
};

export function summaryTable(counts: Counts): string {
  const table = new Table({ head: ['result', 'rows', ''], style: { head: [], border: [] } });
  for (const result of ROW_RESULTS)
    if (counts[result] > 0) table.push([result, counts[result].toLocaleString('en'), MEANINGS[result]]);
  table.push(['in all', rowsIn(counts).toLocaleString('en'), '']);
  return table.toString();
}
