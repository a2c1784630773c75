import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Instant } from '../../lambda/core/ids';
import type { Unseen } from '../../lambda/core/unseen';
import type { ServiceRow } from '../../lambda/store/control-rows';
import { UsageError } from '../../local/usage-error';
import { demandOutputs, writeOutput } from '../outputs';
import { progressOn, type Terminal } from '../runner';
import { readTime, withTableOptions, type TableOptions } from './options';
import { RestoredTable, type Waiting } from './restored-table';

export interface BeginOptions extends TableOptions {
  readonly from: string;
  readonly to?: string;
  readonly anyway?: boolean;
}

export function addBegin(program: Command): void {
  const command = program
    .command('begin')
    .description(
      'tells a restored table what it does not know, sets it to observe, and has every order of it asked about',
    )
    .requiredOption('--from <time>', 'the time of the backup: RFC 3339, such as 2026-10-01T08:00:00+08:00')
    .option(
      '--to <time>',
      'when the service had surely stopped using the table before; without it, this moment',
    )
    .option('--anyway', 'although the switch was already set in this very table')
    .addHelpText(
      'after',
      '\nGive it again after an interruption: with the same --from it goes on. All steps: docs/restore.md.\nExample: npm run restore -- begin --table ledger-restored --from 2026-10-01T08:00:00+08:00',
    );
  withTableOptions(command).action(async (options: BeginOptions) => {
    const table = new RestoredTable(options.table, options.region);
    process.exitCode = await begin(options, { table, now: Date.now }, process);
    table.close();
  });
}

interface World {
  readonly table: RestoredTable;
  readonly now: () => Instant;
}

/** Orders woken side by side. */
const WOKEN_AT_ONCE = 25;

/**
 * First the word that nothing is collected and what is not known, in one write; then the orders. The exit status.
 * @throws UsageError, PayscoreError LEDGER_UNAVAILABLE
 */
export async function begin(
  options: BeginOptions,
  { table, now }: World,
  terminal: Terminal,
): Promise<number> {
  demandOutputs({ '--json': options.json }, {});
  const began = now();
  const unseen = periodOf(options, began);
  const row = await table.serviceRow();
  demandRestored(row, unseen, table.name, options.anyway === true);
  const earlier = (row?.unseen ?? []).filter(({ from }) => from !== unseen.from);
  const by = { actor: `npm run restore (${userInfo().username})`, at: began };
  if ((await table.begin(row, [...earlier, unseen], by)) === 'conflict')
    throw new UsageError(
      `The switch of ${table.name} was set while this command looked at it; give it again.`,
    );
  const woken = await wakeAll(table, began, terminal);
  const report = {
    table: table.name,
    copied_from: row?.table ?? null,
    mode: 'observe',
    from: new Date(unseen.from).toISOString(),
    to: new Date(unseen.to).toISOString(),
    orders_woken: woken,
  };
  if (options.json !== undefined) writeOutput('--json', options.json, report);
  terminal.stdout.write(
    `${table.name} is in observe. Unknown to it: what happened from ${report.from} to ${report.to}.\n${woken} orders that were waiting for their time are asked about now; those that were due already are too.\nNext: npm run restore -- check --table ${table.name}\n`,
  );
  return 0;
}

function periodOf({ from, to }: BeginOptions, now: Instant): Unseen {
  const unseen = { from: readTime('--from', from), to: to === undefined ? now : readTime('--to', to) };
  if (unseen.from > unseen.to) throw new UsageError('--to: lies before --from');
  if (unseen.to > now)
    throw new UsageError('--to: lies ahead; stop the service that uses the table before, then begin');
  return unseen;
}

/** A name that was mistaken for another must not stop a service that is at work. */
function demandRestored(
  row: ServiceRow | undefined,
  { from, to }: Unseen,
  name: string,
  anyway: boolean,
): void {
  const known = row?.unseen?.find((one) => one.from === from);
  if (known !== undefined && known.to > to)
    throw new UsageError(`--to: ${name} was told of a later end already; nothing was changed.`);
  if (row?.table !== name || known !== undefined || anyway) return;
  throw new UsageError(
    `The switch of the whole service was set in ${name} itself: is it the restored table? If it is, and was switched before it was told what it does not know, give --anyway.`,
  );
}

async function wakeAll(table: RestoredTable, now: Instant, terminal: Terminal): Promise<number> {
  const progress = progressOn(terminal);
  let woken = 0;
  for await (const page of table.waiting(now))
    for (let first = 0; first < page.length; first += WOKEN_AT_ONCE) {
      woken += await wakeSome(table, page.slice(first, first + WOKEN_AT_ONCE), now);
      progress.tell(`${woken} orders woken`);
    }
  progress.end();
  return woken;
}

/** An order that somebody has in hand is decided about with what the table knows by now. */
async function wakeSome(table: RestoredTable, orders: readonly Waiting[], now: Instant): Promise<number> {
  const ended = await Promise.all(orders.map(async (order) => table.wake(order, now)));
  return ended.filter((one) => one === 'saved').length;
}
