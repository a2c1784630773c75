import { parse as parseCsv } from 'csv-parse/sync';
import { UsageError } from '../../local/usage-error';
import { spellFault } from '../../lambda/core/faults';
import { columnName, faultsOfHeader } from '../../lambda/shared/import-rows';
import { LINE_CHARS_MAX, type Line } from './lines';
import type { FileRow } from './rows';

/** The rows of a CSV file (RFC 4180), below its header. @throws UsageError for a header that cannot be used */
export async function* csvRows(lines: AsyncIterable<Line>): AsyncGenerator<FileRow> {
  let columns: readonly string[] | undefined;
  for await (const record of recordsOf(lines)) {
    const { line, cells } = record;
    // Excel leaves rows of nothing but commas behind.
    if (cells?.every((cell) => cell.trim() === '') === true) continue;
    if (columns !== undefined) yield rowOf(record, columns);
    else if (cells === undefined) throw new UsageError(`line ${line}: the header ${record.fault}`);
    else columns = readHeader(cells);
  }
}

function readHeader(cells: readonly string[]): readonly string[] {
  const faults = faultsOfHeader(cells);
  if (faults.length === 0) return cells.map(columnName);
  const [only = ''] = cells;
  const separator = cells.length === 1 ? /[;\t|]/.exec(only)?.[0] : undefined;
  const said =
    separator === undefined
      ? faults.map(spellFault).join('; ')
      : `its columns are separated by ${JSON.stringify(separator)}: save it with commas («CSV UTF-8»)`;
  throw new UsageError(`the header is not usable, and nothing was sent: ${said}`);
}

function rowOf({ line, cells, fault }: CsvRecord, columns: readonly string[]): FileRow {
  if (cells === undefined) return { kind: 'refused', line, fault };
  if (cells.length > columns.length)
    return { kind: 'refused', line, fault: `has ${cells.length} cells, the header ${columns.length}` };
  return {
    kind: 'row',
    line,
    fields: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])),
  };
}

type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[]; readonly fault?: never }
  | { readonly line: number; readonly cells?: never; readonly fault: string };

/**
 * A record is a line, or several whose quotes only close on the last one. When they do not close, or close where they
 * must not, only the first line is at fault: what follows is read as if it were not there, lest one stray quote
 * swallow the rest of the file.
 */
async function* recordsOf(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  let open: Line[] = [];
  const take = function* (next: Line): Generator<CsvRecord> {
    const waiting = [next];
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      open = [...open, line];
      const record = closed(open);
      if (record === 'open') continue;
      yield record;
      // The lines that were taken for a part of the one at fault.
      if (record.fault !== undefined) waiting.unshift(...open.slice(1));
      open = [];
    }
  };
  for await (const line of lines) yield* take(line);
  // At the end of the file every quote that is open stays open.
  while (open.length > 0) {
    const [first, ...rest] = open as [Line, ...Line[]];
    yield { line: first.line, fault: NOT_CLOSED };
    open = [];
    for (const line of rest) yield* take(line);
  }
}

const NOT_CLOSED = 'has a quote that does not close';
const TOO_LONG = `has more than ${LINE_CHARS_MAX} characters`;

function closed(lines: readonly Line[]): CsvRecord | 'open' {
  const line = lines[0]?.line ?? 0;
  const text = lines.map((one) => one.text).join('\n');
  if (lines.some(({ cut }) => cut)) return { line, fault: lines.length === 1 ? TOO_LONG : NOT_CLOSED };
  if (text.length > LINE_CHARS_MAX) return { line, fault: NOT_CLOSED };
  if (quotesIn(text) % 2 === 1) return 'open';
  // Nearly every line: its cells are what stands between the commas.
  if (lines.length === 1 && !text.includes('"')) return { line, cells: text.split(',') };
  try {
    const [cells = []] = parseCsv(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] });
    return { line, cells };
  } catch {
    // What csv-parse says quotes the row; where the row is says enough.
    return { line, fault: 'has a quote in the middle of a cell' };
  }
}

function quotesIn(text: string): number {
  return text.split('"').length - 1;
}
