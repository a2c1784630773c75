import Table from 'cli-table3';
import type { Command } from 'commander';
import type { Instant } from '../../lambda/core/ids';
import { askedSince, settledFrom, type AskedSince, type Unseen } from '../../lambda/core/unseen';
import { serviceModeOf } from '../../lambda/store/control-rows';
import { demandOutputs, writeOutput } from '../outputs';
import { progressOn, type Terminal } from '../runner';
import { withTableOptions, type TableOptions } from './options';
import { RestoredTable, type Waiting } from './restored-table';

export function addCheck(program: Command): void {
  const command = program
    .command('check')
    .description('tells how many orders of a restored table WeChat Pay has not been asked about yet')
    .addHelpText(
      'after',
      '\nReads only. The exit status is 0 once every order that may still be collected has been asked about, answered or not.\nExample: npm run restore -- check --table ledger-restored',
    );
  withTableOptions(command).action(async (options: TableOptions) => {
    const table = new RestoredTable(options.table, options.region);
    process.exitCode = await check(options, { table, now: Date.now }, process);
    table.close();
  });
}

interface Counts extends Record<AskedSince, number> {
  /** Not at their verified end, and not given up. */
  waiting: number;
  /** Of all of them: an attempt is open. */
  open: number;
  /** This release cannot read them: they are neither asked about nor collected. */
  other_release: number;
}

/**
 * The exit status: 0, or 1 while something is to be waited for.
 * @throws UsageError, PayscoreError LEDGER_UNAVAILABLE, LEDGER_ROW_NEWER
 */
export async function check(
  options: TableOptions,
  { table, now }: { readonly table: RestoredTable; readonly now: () => Instant },
  terminal: Terminal,
): Promise<number> {
  demandOutputs({ '--json': options.json }, {});
  const row = await table.serviceRow();
  const mode = serviceModeOf(row, table.name) ?? 'observe';
  const unseen = row?.table === table.name ? (row.unseen ?? []) : [];
  const counts = await countOrders(table, unseen, terminal);
  const settled = unseen.length === 0 ? undefined : Math.max(...unseen.map(settledFrom));
  const begun = unseen.length > 0;
  const ready =
    begun && counts.not_asked === 0 && counts.other_release === 0 && now() >= (settled ?? Infinity);
  const report = {
    table: table.name,
    begun,
    mode,
    unseen: unseen.map(({ from, to }) => ({ from: iso(from), to: iso(to) })),
    collected_from: settled === undefined ? null : iso(settled),
    orders: counts,
    ready,
  };
  if (options.json !== undefined) writeOutput('--json', options.json, report);
  terminal.stdout.write(`${render(report)}\n${adviceOf(report)}\n`);
  return ready ? 0 : 1;
}

type Report = {
  readonly table: string;
  readonly begun: boolean;
  readonly mode: string;
  readonly collected_from: string | null;
  readonly orders: Counts;
  readonly ready: boolean;
};

async function countOrders(
  table: RestoredTable,
  unseen: readonly Unseen[],
  terminal: Terminal,
): Promise<Counts> {
  const progress = progressOn(terminal);
  const counts: Counts = {
    waiting: 0,
    answered: 0,
    unanswered: 0,
    not_asked: 0,
    open: 0,
    other_release: 0,
  };
  for await (const page of table.waiting()) {
    await count(page, table, unseen, counts);
    progress.tell(`${counts.waiting} orders`);
  }
  progress.end();
  return counts;
}

async function count(
  page: readonly Waiting[],
  table: RestoredTable,
  unseen: readonly Unseen[],
  counts: Counts,
): Promise<void> {
  const orders = await table.find(page.map(({ key }) => key));
  counts.waiting += page.length;
  counts.other_release += page.length - orders.length;
  for (const order of orders) {
    counts[askedSince(order, unseen)] += 1;
    if (order.open !== undefined) counts.open += 1;
  }
}

function render({ table, mode, orders, collected_from }: Report): string {
  const drawn = new Table({ style: { head: [], border: [], compact: true } });
  drawn.push(
    ['table', table],
    ['switch of the whole service', mode],
    ['orders that are waiting', orders.waiting],
    ['… asked about since the restore', orders.answered],
    ['… asked without a verified answer', orders.unanswered],
    ['… not yet', orders.not_asked],
    ['… of another release', orders.other_release],
    ['… with an open attempt', orders.open],
    ['nothing is collected before', collected_from ?? ''],
  );
  return drawn.toString();
}

function adviceOf({ begun, table, orders, ready, mode }: Report): string {
  if (!begun) return `It has not been told what it does not know: npm run restore -- begin --table ${table}`;
  if (orders.other_release > 0)
    return 'Some orders were written by another release of the service: deploy that one.';
  if (orders.not_asked > 0) return 'Wait: the schedule asks about them at the merchants’ rates.';
  // Not waited for: some are never answered, and none is collected before it is.
  const asked =
    orders.unanswered === 0
      ? 'Every order was asked about.'
      : `Every order was asked about; WeChat Pay gave no verified answer about ${orders.unanswered} of them, which are asked about again.`;
  if (!ready) return `${asked} Wait until calls that nobody knows of are surely over.`;
  return mode === 'on'
    ? `${asked} Collecting goes on.`
    : `${asked} Import what was registered after the backup, look, then switch it on.`;
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
