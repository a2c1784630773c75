import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { Mchid } from '../../lambda/core/ids';
import { UsageError } from '../../local/usage-error';
import { demandOutputs, writeOutput } from '../outputs';
import { csvRows } from './csv-rows';
import { ENCODINGS, encodingOf, textOf, type Encoding } from './encoding';
import { Progress } from './import-progress';
import { counted, NONE, ReportFile, rowsIn, summaryTable, type Counts } from './import-report';
import type { Terminal } from './export';
import { linesOf } from './lines';
import { ndjsonRows, type FileRow } from './rows';
import { SEEN_ORDERS_MAX, SeenOrders } from './seen-orders';
import { sendRows, type Sending } from './send-rows';
import { serviceAt, withServiceOptions, type MerchantOptions, type Service } from './service';

export interface ImportOptions extends MerchantOptions {
  readonly dryRun?: true;
  readonly report?: string;
  readonly json?: string;
  readonly encoding: Encoding | 'auto';
  readonly format?: Format;
}

const FORMATS = ['csv', 'ndjson'] as const;
type Format = (typeof FORMATS)[number];

export function addImport(program: Command): void {
  withServiceOptions(
    program
      .command('import <file>')
      .description('Registers the orders of a CSV or NDJSON file; given again, a file changes nothing.'),
  )
    .option('--dry-run', 'only say what would be done')
    .option('--report <file>', 'write what became of each row, as CSV')
    .option('--json <file>', 'write the summary, as data')
    .addOption(
      new Option('--encoding <name>', 'how the file is written')
        .choices(['auto', ...ENCODINGS])
        .default('auto'),
    )
    .addOption(
      new Option(
        '--format <name>',
        'of a file whose name ends otherwise than .csv, .ndjson or .jsonl',
      ).choices([...FORMATS]),
    )
    .addHelpText('after', '\nExit status 0: every row is in the ledger, or would be. See docs/import.md.')
    .action(async (file: string, options: ImportOptions) => {
      process.exitCode = await importFile(file, options, serviceAt(options), process);
    });
}

/**
 * Sends the rows of a file. The exit status: 0, or 1 when a row was refused or left, or the report could not be kept.
 * @throws UsageError before anything is sent
 */
export async function importFile(
  file: string,
  options: ImportOptions,
  service: Service,
  terminal: Terminal,
  sleepMs: (ms: number) => Promise<unknown> = sleep,
): Promise<number> {
  const { mchid, dryRun = false, json, report } = options;
  const format = options.format ?? formatOf(file);
  const encoding = await encodingOf(file, options.encoding);
  demandOutputs({ '--report': report, '--json': json }, { 'the file to import': file });
  const shown = new Progress(terminal.stderr);
  if (encoding !== 'utf-8' && options.encoding === 'auto')
    shown.say(`${file} is not UTF-8 and is read as GB18030, in which Excel in China saves CSV.`);
  const lines = linesOf(textOf(file, encoding));
  const rows = format === 'csv' ? csvRows(lines) : ndjsonRows(lines);
  const [seen, stop] = [new SeenOrders(), new AbortController()];
  const sending: Sending = { service, mchid: mchid as Mchid, dryRun, seen, stop, sleepMs };
  stop.signal.addEventListener('abort', () =>
    shown.say(`Nothing more is sent. ${(stop.signal.reason as Error).message}`),
  );
  const counts = await sendAll(rows, sending, report, shown);
  if (rowsIn(counts) === 0)
    throw new UsageError(`${file} has no rows${format === 'csv' ? ' below its header' : ''}`);
  terminal.stdout.write(`${summaryTable(counts)}\n`);
  if (seen.forgot) shown.say(FORGOT);
  if (json !== undefined)
    writeOutput('--json', json, { file, encoding, mchid, dry_run: dryRun, rows: rowsIn(counts), ...counts });
  const undone = counts.refused + counts.left;
  if (undone > 0 && report === undefined) shown.say('--report <file> writes down what became of each row.');
  return undone === 0 && !stop.signal.aborted ? 0 : 1;
}

const FORGOT = `The file names more than ${SEEN_ORDERS_MAX.toLocaleString('en')} orders. Rows that contradict each other were only found among the first of them, or close together; of the others the last row counts.`;

async function sendAll(
  rows: AsyncIterable<FileRow>,
  sending: Sending,
  reportTo: string | undefined,
  shown: Progress,
): Promise<Counts> {
  let report = reportTo === undefined ? undefined : new ReportFile(reportTo);
  const keep = async (work: Promise<void> | undefined) => {
    try {
      await work;
    } catch (error) {
      // What is under way is still waited for, and counted.
      sending.stop.abort(error);
      report = undefined;
    }
  };
  let counts = NONE;
  for await (const results of sendRows(rows, sending)) {
    counts = counted(counts, results);
    shown.batch(results, counts);
    await keep(report?.write(results));
  }
  await keep(report?.close());
  shown.end();
  return counts;
}

function formatOf(file: string): Format {
  const [, ending] = /\.(csv|ndjson|jsonl)$/i.exec(file) ?? [];
  if (ending === undefined)
    throw new UsageError(`${file} ends in neither .csv nor .ndjson nor .jsonl: say --format csv or ndjson`);
  return ending.toLowerCase() === 'csv' ? 'csv' : 'ndjson';
}
