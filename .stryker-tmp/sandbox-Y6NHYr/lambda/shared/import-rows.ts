import * as z from 'zod/mini';
import type { Fault } from '../core/faults';
import { isFen, type Fen, type Mchid, type OrderRef } from '../core/ids';
import { nearest } from '../core/nearest';
import type { Said } from '../core/order';
import { instantElse, orderFields, parse, type Parsed } from './schema';

/** Rows of one batch: what the API takes in one request, and a function in one invocation. */
export const IMPORT_ROWS_MAX = 100;

const NEEDED = ['sub_mchid', 'out_order_no', 'service_id'] as const;
/** The columns of a CSV file, and the fields of a line of NDJSON. */
export const IMPORT_COLUMNS = [...NEEDED, 'total_amount', 'completed_at', 'mchid'] as const;

/** A cell of a CSV file is text, a field of NDJSON may be a number. */
const fen = z.pipe(
  z.custom<number | string>((value) => isFen(fenOf(value)), 'is not a whole number of fen'),
  z.transform((value) => fenOf(value) as Fen),
);

const instant = z.pipe(
  z.pipe(z.string(), z.transform(withZone)),
  instantElse('is not a time such as 2026-10-01T00:00:00+08:00 or, in Beijing, 2026-10-01 00:00:00'),
);

/** One row as it is read, whether a file's cells or a line of JSON. */
export const ImportRow = z.strictObject({
  sub_mchid: orderFields.sub_mchid,
  out_order_no: orderFields.out_order_no,
  service_id: orderFields.service_id,
  total_amount: z.optional(fen),
  completed_at: z.optional(instant),
  /** The import says whose orders these are; a file may say it again. */
  mchid: z.optional(orderFields.mchid),
});

/** One row, with the names by which a report calls it; they may be anything when the row is at fault. */
export interface ReadRow {
  readonly row: number;
  readonly sub_mchid: string;
  readonly out_order_no: string;
  readonly parsed: Parsed<{ readonly ref: OrderRef; readonly said: Said }>;
}

export function readImportRow(row: number, given: unknown, mchid: Mchid): ReadRow {
  const object = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : undefined;
  const cells = cleaned(object ?? {});
  const names = { row, sub_mchid: shown(cells['sub_mchid']), out_order_no: shown(cells['out_order_no']) };
  if (object === undefined)
    return { ...names, parsed: { ok: false, faults: [{ field: '', rule: 'the row is not a JSON object' }] } };
  const known = Object.fromEntries(Object.entries(cells).filter(([name]) => isColumn(name)));
  const read = parse(ImportRow, known);
  const faults = [...unknownColumns(Object.keys(cells)), ...(read.ok ? [] : read.faults)];
  if (!read.ok || faults.length > 0) return { ...names, parsed: { ok: false, faults } };
  const { mchid: named = mchid, total_amount, completed_at, ...key } = read.value;
  if (named !== mchid) return { ...names, parsed: { ok: false, faults: [OTHER_MERCHANT] } };
  const said: Said = {
    ...(total_amount === undefined ? {} : { total_amount }),
    ...(completed_at === undefined ? {} : { completed_at }),
  };
  return { ...names, parsed: { ok: true, value: { ref: { ...key, mchid }, said } } };
}

const OTHER_MERCHANT: Fault = {
  field: 'mchid',
  rule: 'is not the merchant that this import is for; import the orders of each merchant by themselves',
};

/** What is wrong with a file's header; nothing of such a file should be imported. */
export function faultsOfHeader(header: readonly string[]): readonly Fault[] {
  const names = header.map(columnName);
  const twice = names.filter((name, index) => isColumn(name) && names.indexOf(name) !== index);
  return [
    ...unknownColumns(names),
    ...[...new Set(twice)].map((field) => ({ field, rule: 'is there more than once' })),
    ...NEEDED.filter((name) => !names.includes(name)).map((field) => ({ field, rule: 'is missing' })),
  ];
}

/** A file written by Excel begins with a byte order mark, which sticks to the first name wherever nobody took it off. */
export function columnName(text: string): string {
  return text.replace(/^\uFEFF/, '').trim();
}

function isColumn(name: string): boolean {
  return IMPORT_COLUMNS.some((known) => known === name);
}

/** Told of one row. Rows have as many as whoever wrote them likes, and every row of a file has the same. */
const UNKNOWN_COLUMNS_MAX = 5;

function unknownColumns(names: readonly string[]): readonly Fault[] {
  const unknown = names.filter((name) => !isColumn(name));
  const more = unknown.length - UNKNOWN_COLUMNS_MAX;
  return [
    ...unknown.slice(0, UNKNOWN_COLUMNS_MAX).map(unknownColumn),
    ...(more > 0 ? [{ field: '', rule: `and ${more} more are not columns of an import` }] : []),
  ];
}

function unknownColumn(name: string): Fault {
  const meant = nearest(name, IMPORT_COLUMNS);
  return {
    field: shown(name, COLUMN_CHARS_MAX),
    rule: `is not a column of an import; ${meant === undefined ? `they are ${IMPORT_COLUMNS.join(', ')}` : `did you mean ${meant}?`}`,
  };
}

/** A value without what it was wrapped in, under its column's name; an empty cell says nothing. */
function cleaned(given: object): Record<string, unknown> {
  const cells = Object.entries(given).map(([name, value]) => [columnName(name), bare(value)] as const);
  return Object.fromEntries(cells.filter(([, value]) => value !== '' && value !== null));
}

/**
 * WeChat Pay's own bills put a backtick before every value, and exports for Excel a backtick, an apostrophe or a tab,
 * so that long numbers keep their digits. None of the three can be part of a value.
 */
function bare(value: unknown): unknown {
  return typeof value === 'string' ? value.trim().replace(/^[`']/, '').trim() : value;
}

function fenOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
}

const COMPACT = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/;
/** Excel in China saves `2026/3/1 9:05` of a cell that was `2026-03-01 09:05:00`. */
const SPACED = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2}) (\d{1,2}):(\d\d)(?::(\d\d))?$/;

/** A time without a zone is Beijing's, as on WeChat Pay's own pages. */
function withZone(text: string): string {
  const [, year, month = '', day = '', hour = '', minute, second = '00'] =
    COMPACT.exec(text) ?? SPACED.exec(text) ?? [];
  if (year === undefined) return text;
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:${second}+08:00`;
}

function two(digits: string): string {
  return digits.padStart(2, '0');
}

/**
 * With these, and no character that JSON spells in six bytes, the results of a batch have less than 220 KB whatever was in it:
 * what an execution of Step Functions gives back may have 256 KiB.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const SHOWN_CHARS_MAX = 64;
const COLUMN_CHARS_MAX = 32;

function shown(value: unknown, charsMax = SHOWN_CHARS_MAX): string {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
        .slice(0, charsMax)
        .replaceAll(/[\p{Cc}\p{Cs}]/gu, '\uFFFD')
    : '';
}
