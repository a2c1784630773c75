import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { Argument, Option, type Command } from 'commander';
import { parse as parseCsv } from 'csv-parse/sync';
import { ATTEMPTS_HEADER, ORDERS_HEADER } from '../../lambda/api/export-rows';
import { ORDER_STATUSES } from '../../lambda/core/order';
import { BYTE_ORDER_MARK } from '../../lambda/shared/csv';
import { UsageError } from '../../local/usage-error';
import { Cursors, unexpected } from './pages';
import {
  serviceAt,
  withServiceOptions,
  type MerchantOptions,
  type Service,
  type ServiceAnswer,
} from './service';

const TABLES = ['orders', 'attempts'] as const;
type Table = (typeof TABLES)[number];

export interface ExportOptions extends MerchantOptions {
  readonly from: string;
  readonly to: string;
  readonly subMchid?: string;
  readonly status?: string;
  readonly out: string;
}

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('writes the orders registered, or the attempts made, in a period to a CSV file for Excel')
    .addArgument(new Argument('<what>', 'which table').choices(TABLES))
    .requiredOption('--from <time>', 'first instant: RFC 3339, or a date (its beginning in Beijing)')
    .requiredOption('--to <time>', 'first instant that is not part of it any more, at most 366 days later')
    .option('--sub-mchid <number>', 'only those of this sub-merchant (子商户号)')
    .addOption(new Option('--status <status>', 'only orders of this status').choices(ORDER_STATUSES))
    .requiredOption('--out <file>', 'the file to write; it is replaced when all of it is there');
  withServiceOptions(command).action(async (what: Table, options: ExportOptions) => {
    process.exitCode = await exportTable(what, options, serviceAt(options), process);
  });
}

/** Where the progress and the summary go. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/**
 * Joins the pages of an export in one file. The exit status: 0, or 1 when the service had to leave rows out.
 * @throws UsageError when the file cannot be written
 * @throws ServiceError when the service says no, or nothing
 */
export async function exportTable(
  what: Table,
  options: ExportOptions,
  service: Service,
  terminal: Terminal,
): Promise<number> {
  if (what === 'attempts' && options.status !== undefined)
    throw new UsageError('--status: only orders have one; leave it out for attempts');
  const { out } = options;
  const unfinished = `${out}.part`;
  const file = await open(unfinished, 'w').catch(unwritable(unfinished));
  let totals: Totals;
  try {
    totals = await joinPages(what, options, service, file, terminal);
    await file.close();
    await rename(unfinished, out).catch(unwritable(out));
  } catch (error) {
    await file.close();
    await rm(unfinished, { force: true });
    throw error;
  }
  terminal.stdout.write(`${out}: ${spellTotals(what, totals)}\n`);
  if (totals.leftOut === 0) return 0;
  terminal.stderr.write(
    `${totals.leftOut} orders are not in it: another release of the service wrote them. Export again when only one release is running.\n`,
  );
  return 1;
}

function unwritable(file: string) {
  return (error: NodeJS.ErrnoException): never => {
    throw new UsageError(`--out: ${file} cannot be written (${error.code ?? error.message})`);
  };
}

interface Totals {
  readonly rows: number;
  readonly sums: Readonly<Record<string, number>>;
  readonly leftOut: number;
}

/** What is added up of each table. */
const SUMMED: Readonly<Record<Table, readonly string[]>> = {
  orders: ['total_amount', 'paid_amount'],
  attempts: ['count'],
};

async function joinPages(
  what: Table,
  options: ExportOptions,
  service: Service,
  file: FileHandle,
  { stderr }: Terminal,
): Promise<Totals> {
  const query = queryOf(options);
  let totals: Totals = { rows: 0, sums: {}, leftOut: 0 };
  let columns: readonly string[] | undefined;
  let cursor: string | null = null;
  const cursors = new Cursors();
  do {
    const answer = await service.call({
      method: 'GET',
      path: `/v1/merchants/${options.mchid}/export/${what}`,
      query: cursor === null ? query : { ...query, cursor: cursors.follow(cursor) },
    });
    const page = readPage(what, columns, answer);
    columns = page.columns;
    // Whoever decodes an answer takes the mark off.
    await file
      .writeFile(cursor === null ? `${BYTE_ORDER_MARK}${answer.text}` : answer.text)
      .catch(unwritable(options.out));
    totals = add(totals, page, SUMMED[what]);
    cursor = answer.headers.get('x-next-cursor');
    if (stderr.isTTY === true) stderr.write(`\r${totals.rows} rows${cursor === null ? '\n' : ' …'}`);
  } while (cursor !== null);
  return totals;
}

interface ExportPage {
  readonly columns: readonly string[];
  readonly records: readonly (readonly string[])[];
  readonly leftOut: number;
}

/** The header stands on the first page only. @throws ServiceError for what is no page of this table */
function readPage(
  what: Table,
  before: readonly string[] | undefined,
  { text, headers }: ServiceAnswer,
): ExportPage {
  const refused = () => unexpected(`the CSV of ${what}`);
  const leftOut = headers.get('x-rows-left-out') ?? '';
  if (!/^text\/csv\b/i.test(headers.get('content-type') ?? '') || !/^\d{1,15}$/.test(leftOut))
    throw refused();
  const read = recordsIn(text);
  if (read === undefined) throw refused();
  const [columns, records] = before === undefined ? [read[0] ?? [], read.slice(1)] : [before, read];
  // A newer service may have more of them.
  if (COLUMNS[what].some((name) => !columns.includes(name))) throw refused();
  if (records.some((record) => record.length !== columns.length)) throw refused();
  return { columns, records, leftOut: Number(leftOut) };
}

function recordsIn(text: string): readonly (readonly string[])[] | undefined {
  try {
    return parseCsv(text, { bom: true });
  } catch {
    // What csv-parse says quotes the answer.
    return undefined;
  }
}

const COLUMNS: Readonly<Record<Table, readonly string[]>> = {
  orders: recordsIn(ORDERS_HEADER)?.[0] ?? [],
  attempts: recordsIn(ATTEMPTS_HEADER)?.[0] ?? [],
};

function queryOf({ from, to, subMchid, status }: ExportOptions): Record<string, string> {
  return {
    from: instantOf(from),
    to: instantOf(to),
    ...(subMchid === undefined ? {} : { sub_mchid: subMchid }),
    ...(status === undefined ? {} : { status }),
  };
}

function instantOf(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00+08:00` : text;
}

function add(
  { rows, sums, leftOut }: Totals,
  { columns, records, leftOut: moreLeftOut }: ExportPage,
  summed: readonly string[],
): Totals {
  const sumOf = (name: string): number => {
    const index = columns.indexOf(name);
    return records.reduce((sum, record) => sum + Number(record[index]), sums[name] ?? 0);
  };
  return {
    rows: rows + records.length,
    sums: Object.fromEntries(summed.map((name) => [name, sumOf(name)])),
    leftOut: leftOut + moreLeftOut,
  };
}

function spellTotals(what: Table, { rows, sums }: Totals): string {
  switch (what) {
    case 'orders':
      return `${rows} orders, ${yuan(sums['total_amount'])} in all, ${yuan(sums['paid_amount'])} paid`;
    case 'attempts':
      return `${rows} rows, ${sums['count'] ?? 0} attempts`;
  }
}

function yuan(fen = 0): string {
  return `¥${(fen / 100).toFixed(2)}`;
}
