import { stringify } from 'csv-stringify/sync';

/** An id of digits and letters, which a spreadsheet must not take for a number or a date. */
export interface Id {
  readonly id: string;
}

export type Cell = string | number | Id | undefined;

/** By this Excel knows UTF-8; it stands once, at the beginning of a file. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** Puts a spreadsheet off: WeChat Pay's own bills begin each cell with it. */
const BACKTICK = '`';

/**
 * What a spreadsheet may take for a formula, after anything that it may skip; the full-width signs too. And the
 * backtick itself, so that whoever takes one off every cell that begins with one has the cell as it was.
 * https://owasp.org/www-community/attacks/CSV_Injection
 */
const TAKEN_FOR_FORMULA = /^(?:[\s\p{C}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n`])/u;

/** CSV (RFC 4180) that is safe to open in Excel: CRLF after each row, no formulas, ids with all their digits. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return stringify(
    rows.map((cells) => cells.map(spell)),
    // A line break inside a cell is quoted also where it is not the one that ends rows.
    { record_delimiter: 'windows', quote_record_delimiter: true },
  );
}

function spell(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  if (typeof cell === 'object') return `${BACKTICK}${cell.id}`;
  return TAKEN_FOR_FORMULA.test(cell) ? `${BACKTICK}${cell}` : cell;
}
