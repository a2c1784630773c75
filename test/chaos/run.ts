import { randomInt } from 'node:crypto';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { claimFile, runMain, writeReport } from '../support/command';
import { chaos, type ChaosResult } from './campaign';

interface Options {
  readonly orders: number;
  readonly workers: number;
  readonly seed: number;
  readonly json?: string;
}

const ORDERS = 60;
const WORKERS = 3;
const DIFFERENCES_MAX = 20;

function program(): Command {
  return new Command('npm run chaos --')
    .description(
      'Lets the whole local stack collect while its parts are killed, stopped and slow; then compares the books.',
    )
    .option('--orders <count>', 'orders that are registered', parseCount, ORDERS)
    .option('--workers <count>', 'processes that run the bundle of collect', parseCount, WORKERS)
    .option(
      '--seed <number>',
      'what is drawn: orders, whom to kill, and when',
      parseCount,
      randomInt(2 ** 31 - 1),
    )
    .option('--json <file>', 'also write what came of it to this file, as data')
    .addHelpText(
      'after',
      `
Seven days of the default policy: four with faults, three in which all that is open is asked about. Workers are killed with
SIGKILL, the simulated WeChat Pay is stopped and started, and DynamoDB answers late or not at all. How the processes take
turns is the machine's to say: the same seed draws the same, and need not find the same.
The exit status is 0 only when books and ledger agree order by order, to the fen, and no call came too soon or too late.`,
    );
}

function parseCount(text: string): number {
  if (!/^\d{1,10}$/.test(text))
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a whole number.`);
  return Number(text);
}

function render(result: ChaosResult): string {
  const { faults, seconds } = result;
  const { store } = faults;
  const table = new Table({ style: { head: [], border: [] } });
  const yuan = (fen: number) => `¥${(fen / 100).toFixed(2)}`;
  table.push(
    ['orders, days, ticks', `${result.orders}, ${result.days}, ${result.ticks}`],
    ['workers killed with SIGKILL', faults.workersKilled],
    ['WeChat Pay stopped and started', faults.wechatpayStops],
    [
      'requests to DynamoDB',
      `${store.requests}; late ${store.delayed}, lost ${store.lostRequests}, answer lost ${store.lostAnswers}`,
    ],
    ['sweeps that failed and were made again', result.failedSweeps],
    ['messages in the dead-letter queue', result.deadLetters],
    ['calls of /pay, notifications', `${result.payCalls}, ${result.notifications}`],
    ['orders paid', result.paidOrders],
    ["WeChat Pay's books, the ledger", `${yuan(result.booksFen)}, ${yuan(result.ledgerFen)}`],
    ['differences', result.differences.length],
    ['seconds', seconds.toFixed(1)],
  );
  return table.toString();
}

async function main(): Promise<number> {
  const { json, ...given } = program().parse().opts<Options>();
  if (json !== undefined) claimFile(json);
  process.stdout.write(`seed ${given.seed}\n`);
  const progress = (line: string) => void process.stderr.write(`  ${line}\n`);
  const result = await chaos({ ...given, progress });
  process.stdout.write(`${render(result)}\n`);
  for (const one of result.differences.slice(0, DIFFERENCES_MAX)) process.stdout.write(`${one}\n`);
  // Faults that did not happen prove nothing.
  const idle = result.faults.workersKilled === 0 || result.faults.wechatpayStops === 0;
  if (idle) process.stdout.write('nothing was killed or stopped: it was over too soon, take more orders\n');
  const success = result.differences.length === 0 && !idle;
  if (json !== undefined) writeReport(json, { success, seed: given.seed, ...result });
  return success ? 0 : 1;
}

void runMain(main);
