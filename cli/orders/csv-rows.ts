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

function rowOf(record: CsvRecord, columns: readonly string[]): FileRow {
  const { line, lastLine, cells, fault } = record;
  const at = { line, ...(lastLine === undefined ? {} : { lastLine }) };
  if (cells === undefined) return { kind: 'refused', ...at, fault };
  if (cells.length > columns.length)
    return { kind: 'refused', ...at, fault: `has ${cells.length} cells, the header ${columns.length}` };
  return {
    kind: 'row',
    ...at,
    fields: Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? ''])),
  };
}

type CsvRecord = { readonly line: number; readonly lastLine?: number } & (
  | { readonly cells: readonly string[]; readonly fault?: never }
  | { readonly cells?: never; readonly fault: string }
);

/**
 * A record is a line, or several whose quotes only close on the last one. When they do not close, or close where they
 * must not, only the first line is at fault: what follows is read as if it were not there, lest one stray quote
 * swallow the rest of the file.
 */
async function* recordsOf(lines: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  const open = new OpenRecord();
  const take = function* (next: Line): Generator<CsvRecord> {
    const waiting = [next];
    for (let line = waiting.shift(); line !== undefined; line = waiting.shift()) {
      const record = open.add(line);
      if (record === 'open') continue;
      const taken = open.reset();
      yield record;
      // The lines that were taken for a part of the one at fault.
      if (record.fault !== undefined) waiting.unshift(...taken.slice(1));
    }
  };
  for await (const line of lines) yield* take(line);
  // At the end of the file every quote that is open stays open.
  for (let left = open.reset(); left.length > 0; left = open.reset()) {
    const [first, ...rest] = left as [Line, ...Line[]];
    yield { line: first.line, fault: NOT_CLOSED };
    for (const line of rest) yield* take(line);
  }
}

const NOT_CLOSED = 'has a quote that does not close';
const TOO_LONG = `has more than ${LINE_CHARS_MAX} characters`;

/** The lines of a record so far, counted as they come: looked at anew with each of them, they would take their square. */
class OpenRecord {
  #lines: Line[] = [];
  #chars = 0;
  #quotes = 0;

  add(next: Line): CsvRecord | 'open' {
    this.#lines.push(next);
    this.#chars += next.text.length + 1;
    this.#quotes += next.text.split('"').length - 1;
    const { line } = this.#lines[0] ?? next;
    if (next.cut) return { line, fault: this.#lines.length === 1 ? TOO_LONG : NOT_CLOSED };
    if (this.#chars > LINE_CHARS_MAX + 1) return { line, fault: NOT_CLOSED };
    return this.#quotes % 2 === 1 ? 'open' : closed(this.#lines, line);
  }

  reset(): readonly Line[] {
    const lines = this.#lines;
    [this.#lines, this.#chars, this.#quotes] = [[], 0, 0];
    return lines;
  }
}

function closed(lines: readonly Line[], line: number): CsvRecord {
  const text = lines.map((one) => one.text).join('\n');
  // Nearly every line: its cells are what stands between the commas.
  if (!text.includes('"')) return { line, cells: text.split(',') };
  try {
    const [cells = []] = parseCsv(text, { relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] });
    return { line, ...(lines.length === 1 ? {} : { lastLine: line + lines.length - 1 }), cells };
  } catch {
    // What csv-parse says quotes the row; where the row is says enough.
    return { line, fault: 'has a quote in the middle of a cell' };
  }
}
