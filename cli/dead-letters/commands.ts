import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { awsClient } from '../../lambda/store/aws-client';
import { demandOutputs, writeOutput } from '../outputs';
import { CLI_AWS_LIMITS, progressOn, type Terminal } from '../runner';
import { DeadLetterQueue } from './queue';
import { findQueues, QUEUE_NAMES, QUEUES, regionOf, type Addresses, type WhichQueues } from './queues';
import { redrive, type Done, type RedriveOptions } from './redrive';
import { renderDone, renderQueues, type QueueReport } from './render';

interface CommonOptions extends WhichQueues {
  readonly json?: string;
  readonly max: number;
}
export type ShowOptions = CommonOptions;
export interface RedriveArguments extends CommonOptions {
  readonly invoke?: boolean;
  readonly discard?: boolean;
  readonly dryRun?: boolean;
}

const LETTERS_MAX = 100_000;

export function addShow(program: Command): void {
  const command = program
    .command('show')
    .description(
      'tells what waits in the queues in which failures end, and what to do about it; changes nothing',
    );
  withQueues(command, 50).action(async (options: ShowOptions) => {
    process.exitCode = await run({ ...options, dryRun: true }, process);
  });
}

export function addRedrive(program: Command): void {
  const command = program
    .command('redrive')
    .description('sends what waits there to where it belongs, and deletes it once it has arrived')
    .option('--dry-run', 'tells what would be done, and does nothing')
    .option('--invoke', 'invokes a function again with each run that failed and each tick that was not taken')
    .option('--discard', 'deletes what needs nothing, or was dealt with by a person; never what is unknown');
  withQueues(command, 1_000).action(async (options: RedriveArguments) => {
    process.exitCode = await run(options, process);
  });
}

function withQueues(command: Command, max: number): Command {
  return command
    .addOption(new Option('--stage <stage>', 'the stage whose stack names the queues').conflicts('queue'))
    .option('--queue <output=url...>', 'instead of a stage: outputs of the stack and their addresses')
    .addOption(new Option('--only <output>', 'only this queue').choices(QUEUE_NAMES))
    .addOption(new Option('--max <letters>', 'of each queue at most so many').argParser(readMax).default(max))
    .option('--region <region>', 'region of the stack, if not that of your AWS configuration')
    .option('--json <file>', 'also write what came of it to this file, as data')
    .addHelpText(
      'after',
      `
Orders go back to the work queue. Of runs, ticks, uploads and changes it says what is to be done; unknown messages are left.
What came in after the beginning is left too. Interrupted at any moment nothing is lost; at worst a message is sent twice, and
the second finds the claim of its order taken. It needs sqs:GetQueueAttributes, ReceiveMessage, DeleteMessage,
ChangeMessageVisibility, of the work queue SendMessage, cloudformation:DescribeStacks for --stage, lambda:InvokeFunction for --invoke.
Outputs: ${QUEUE_NAMES.join(', ')}, QueueUrl.
Example: npm run dead-letters -- ${command.name()} --stage prod`,
    );
}

function readMax(text: string): number {
  const max = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(max) || max > LETTERS_MAX) throw new InvalidArgumentError(`1 to ${LETTERS_MAX}.`);
  return max;
}

/** The exit status: 0 when nothing is left that this command was asked to deal with. */
export async function run(options: RedriveArguments, terminal: Terminal): Promise<number> {
  const { json, max, invoke = false, discard = false, dryRun = false } = options;
  demandOutputs({ '--json': json }, {});
  const addresses = await findQueues(options);
  const reports = await withClients(addresses, options.region, (clients) =>
    redriveAll(addresses, { lettersMax: max, invoke, discard, dryRun }, clients, terminal),
  );
  if (json !== undefined) writeOutput('--json', json, { dry_run: dryRun, queues: reports });
  terminal.stdout.write(`${renderQueues(reports)}\n`);
  const letters = reports.flatMap(({ name, letters: done }) => done.map((one) => ({ name, ...one })));
  if (letters.length > 0) terminal.stdout.write(`${renderDone(letters, dryRun)}\n`);
  return dryRun || letters.every(isSettled) ? 0 : 1;
}

function isSettled({ fate }: Done): boolean {
  return fate === 'sent' || fate === 'invoked' || fate === 'discarded' || fate === 'too_new';
}

interface Clients {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
}

async function withClients<T>(
  { queues, work }: Addresses,
  region: string | undefined,
  use: (clients: Clients) => Promise<T>,
): Promise<T> {
  const named = region ?? regionOf(work ?? [...queues.values()][0] ?? '');
  const config = { ...awsClient(CLI_AWS_LIMITS), ...(named === undefined ? {} : { region: named }) };
  const clients = { sqs: new SQSClient(config), lambda: new LambdaClient(config) };
  try {
    return await use(clients);
  } finally {
    clients.sqs.destroy();
    clients.lambda.destroy();
  }
}

async function redriveAll(
  { queues, work }: Addresses,
  options: RedriveOptions,
  { sqs, lambda }: Clients,
  terminal: Terminal,
): Promise<readonly QueueReport[]> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  // What is in hand is finished; what is not is released.
  process.once('SIGINT', abort).once('SIGTERM', abort);
  const progress = progressOn(terminal);
  let dealtWith = 0;
  const world = {
    client: sqs,
    work,
    invoke: async (arn: string, payload: unknown) => invokeWith(lambda, arn, payload),
    now: Date.now,
    signal: stop.signal,
    progress: (letters: number) => progress.tell(`${(dealtWith += letters)} letters`),
  };
  try {
    // Side by side: of a queue that is empty the wait is all there is to it.
    return await Promise.all(
      [...queues].map(async ([name, url]) => {
        const queue = new DeadLetterQueue(sqs, url);
        const depth = await queue.depth();
        const letters = await redrive(QUEUES[name].holds, queue, options, world);
        return { name, of: QUEUES[name].of, url, ...depth, letters };
      }),
    );
  } finally {
    progress.end();
    process.off('SIGINT', abort).off('SIGTERM', abort);
  }
}

/** As an event, like the one that failed: Lambda takes it and runs it when it can. */
async function invokeWith(lambda: LambdaClient, arn: string, payload: unknown): Promise<void> {
  await lambda.send(
    new InvokeCommand({
      FunctionName: arn,
      InvocationType: 'Event',
      Payload: Buffer.from(JSON.stringify(payload)),
    }),
  );
}
