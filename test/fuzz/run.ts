import { randomInt } from 'node:crypto';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { claimFile, runMain, writeReport } from '../support/command';
import { startWorld } from '../support/world';
import { fuzz, type Failure, type Result } from './campaign';
import { startDynamoDbApart } from './dynamodb-apart';

interface Options {
  readonly api: number;
  readonly notifications: number;
  readonly seed: number;
  readonly json?: string;
}

const REQUESTS = 5_000;
const SEED_MAX = 2 ** 31 - 1;

function program(): Command {
  return new Command('npm run fuzz --')
    .description(
      'Sends requests made from the description of the API, and bytes, and judges what comes of them.',
    )
    .option('--api <count>', 'requests to the API', parseCount, REQUESTS)
    .option('--notifications <count>', 'deliveries to the notification route', parseCount, REQUESTS)
    .option('--seed <number>', 'the same requests again', parseCount, randomInt(SEED_MAX))
    .option('--json <file>', 'also write what came of it to this file, as data')
    .addHelpText(
      'after',
      `
Of a hundred requests 85 go through the gateway without a socket, 10 over HTTP, and 5 as bytes that are nearly HTTP.
Judged: no 5xx but those by design (502: WeChat Pay refuses such a query; 503: a decision by hand is recorded and WeChat Pay not
told yet; 500: a signed notification does not decrypt), no hang, no growth in memory, every answer as described in lambda/api/openapi.json, no secret in it, the
table untouched by what is refused, and no /pay for it. A failure is told as the smallest request that shows it.
The exit status is 0 only when nothing was found.`,
    );
}

function parseCount(text: string): number {
  if (!/^\d{1,10}$/.test(text))
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a whole number.`);
  return Number(text);
}

function render(results: readonly Result[]): string {
  const table = new Table({
    head: [
      'surface',
      'requests',
      'without socket',
      'HTTP',
      'bytes',
      'answers',
      'memory',
      'seconds',
      'result',
    ],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [15, 10, 16, 7, 7, 34, 10, 9, 8],
  });
  for (const { surface, requests, counts, seconds, growthBytes, failure } of results)
    table.push([
      surface,
      requests,
      counts.inProcess,
      counts.overHttp,
      counts.bytes,
      Object.entries(counts.statuses)
        .map(([status, times]) => `${status} ×${times}`)
        .join(' '),
      growthBytes === null ? '—' : `${(growthBytes / 1024 / 1024).toFixed(1)} MB`,
      seconds.toFixed(1),
      failure === null ? 'ok' : 'FAILED',
    ]);
  return table.toString();
}

/** At once: the other surface may go on for hours. */
function say({ surface, seed, fault, reproduce }: Failure): void {
  process.stdout.write(`\n${surface}, seed ${seed}: ${fault}\n${reproduce}\n`);
}

async function main(): Promise<number> {
  const { api, notifications, seed, json } = program().parse().opts<Options>();
  if (json !== undefined) claimFile(json);
  process.stdout.write(`seed ${seed}\n`);
  const world = await startWorld({ dynamodb: startDynamoDbApart });
  const results: Result[] = [];
  try {
    for (const [surface, requests] of [
      ['api', api],
      ['notifications', notifications],
    ] as const) {
      if (requests === 0) continue;
      const progress = (line: string) => void process.stderr.write(`  ${surface}: ${line}\n`);
      const result = await fuzz({ world, surface, requests, seed, progress });
      results.push(result);
      if (result.failure !== null) say(result.failure);
    }
  } finally {
    await world.close();
  }
  process.stdout.write(`${render(results)}\n`);
  const failures = results.flatMap(({ failure }) => failure ?? []);
  if (json !== undefined) writeReport(json, { success: failures.length === 0, seed, results });
  return failures.length === 0 ? 0 : 1;
}

void runMain(main);
