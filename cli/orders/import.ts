import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { UsageError } from '../../local/usage-error';
import { csvRows } from './csv-rows';
import { ENCODINGS, encodingOf, textOf, type Encoding } from './encoding';
import { Progress } from './import-progress';
import { claim, counted, NONE, reportFile, rowsIn, summaryTable } from './import-report';
import type { Terminal } from './export';
import { linesOf } from './lines';
import { ndjsonRows } from './rows';
import { sendRows } from './send-rows';
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
 * Sends the rows of a file. The exit status: 0, or 1 when a row was refused or left.
 * @throws UsageError before anything is sent
 */
export async function importFile(
  file: string,
  options: ImportOptions,
  service: Service,
  terminal: Terminal,
  sleepMs: (ms: number) => Promise<unknown> = sleep,
): Promise<number> {
  const { mchid, dryRun = false } = options;
  const format = options.format ?? formatOf(file);
  const encoding = await encodingOf(file, options.encoding);
  if (options.json !== undefined) claim(options.json, '--json');
  const report = options.report === undefined ? undefined : reportFile(options.report);
  const shown = new Progress(terminal.stderr);
  if (encoding !== 'utf-8' && options.encoding === 'auto')
    shown.say(`${file} is not UTF-8 and is read as GB18030, in which Excel in China saves CSV.`);
  const lines = linesOf(textOf(file, encoding));
  const rows = format === 'csv' ? csvRows(lines) : ndjsonRows(lines);
  const onStopped = (because: Error) => shown.say(`Nothing more is sent. ${because.message}`);
  let counts = NONE;
  for await (const results of sendRows(rows, { service, mchid, dryRun, onStopped, sleepMs })) {
    counts = counted(counts, results);
    await report?.write(results);
    shown.batch(results, counts);
  }
  await report?.close();
  shown.end();
  if (rowsIn(counts) === 0)
    throw new UsageError(`${file} has no rows${format === 'csv' ? ' below its header' : ''}`);
  terminal.stdout.write(`${summaryTable(counts)}\n`);
  if (options.json !== undefined) {
    const summary = { file, encoding, mchid, dry_run: dryRun, rows: rowsIn(counts), ...counts };
    writeFileSync(options.json, `${JSON.stringify(summary, null, 2)}\n`);
  }
  const undone = counts.refused + counts.left;
  if (undone > 0 && report === undefined) shown.say('--report <file> writes down what became of each row.');
  return undone === 0 ? 0 : 1;
}

function formatOf(file: string): Format {
  const [, ending] = /\.(csv|ndjson|jsonl)$/i.exec(file) ?? [];
  if (ending === undefined)
    throw new UsageError(`${file} ends in neither .csv nor .ndjson nor .jsonl: say --format csv or ndjson`);
  return ending.toLowerCase() === 'csv' ? 'csv' : 'ndjson';
}
