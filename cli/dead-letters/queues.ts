import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { awsClient } from '../../lambda/store/aws-client';
import { UsageError } from '../../local/usage-error';
import { SERVICE_NAME, STAGE } from '../../infra/manifest';
import { CLI_AWS_LIMITS } from '../runner';

/** What lies in a queue: messages to the worker, runs that failed, ticks or uploads that nobody took, places in the stream. */
export type Holds = 'work' | 'run' | 'tick' | 'upload' | 'changes';

/** Every queue in which failures end, by the output of the stack that has its address. */
export const QUEUES = {
  QueueDeadLettersUrl: { holds: 'work', of: 'orders whose message failed again and again' },
  SweepFailedUrl: { holds: 'run', of: 'runs of sweep that threw or timed out' },
  SweepUndeliveredUrl: { holds: 'tick', of: 'ticks of sweep that Lambda did not take' },
  KeysFailedUrl: { holds: 'run', of: 'runs of keys that threw or timed out' },
  KeysUndeliveredUrl: { holds: 'tick', of: 'ticks of keys that Lambda did not take' },
  RollupFailedUrl: { holds: 'run', of: 'runs of rollup that threw or timed out' },
  RollupUndeliveredUrl: { holds: 'tick', of: 'ticks of rollup that Lambda did not take' },
  PublishFailedUrl: { holds: 'changes', of: 'changes that could not be published' },
  ImportUndeliveredUrl: { holds: 'upload', of: 'uploads whose import could not be started' },
} as const satisfies Record<string, { readonly holds: Holds; readonly of: string }>;

export type QueueName = keyof typeof QUEUES;
export const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
/** Where messages to the worker belong. */
const WORK_QUEUE_NAME = 'QueueUrl';

export interface Addresses {
  readonly queues: ReadonlyMap<QueueName, string>;
  /** Absent when nobody named it. */
  readonly work?: string;
}

export interface WhichQueues {
  readonly stage?: string;
  readonly queue?: readonly string[];
  readonly only?: QueueName;
  readonly region?: string;
}

/** Asks CloudFormation, or takes the addresses as they are given. @throws UsageError */
export async function findQueues(which: WhichQueues): Promise<Addresses> {
  const outputs = which.queue === undefined ? await outputsOf(which) : given(which.queue);
  const names = QUEUE_NAMES.filter((name) => which.only === undefined || name === which.only);
  const queues = new Map(
    names.flatMap((name) => {
      const url = outputs.get(name);
      return url === undefined ? [] : [[name, url] as const];
    }),
  );
  if (queues.size === 0)
    throw new UsageError(
      which.only === undefined
        ? 'The stack names no queue in which failures end.'
        : `The stack has no output ${which.only}.`,
    );
  const work = outputs.get(WORK_QUEUE_NAME);
  return { queues, ...(work === undefined ? {} : { work }) };
}

function given(pairs: readonly string[]): ReadonlyMap<string, string> {
  const known: readonly string[] = [...QUEUE_NAMES, WORK_QUEUE_NAME];
  return new Map(
    pairs.map((pair) => {
      const [name = '', ...rest] = pair.split('=');
      const url = rest.join('=');
      if (!known.includes(name) || !URL.canParse(url))
        throw new UsageError(
          `--queue: ${pair} is not an output and its address, such as QueueUrl=https://…; outputs are ${known.join(', ')}`,
        );
      return [name, url] as const;
    }),
  );
}

async function outputsOf({ stage, region }: WhichQueues): Promise<ReadonlyMap<string, string>> {
  if (stage === undefined || !STAGE.pattern.test(stage))
    throw new UsageError(`--stage: ${stage === undefined ? 'give it, or --queue' : STAGE.rule}`);
  const StackName = `${SERVICE_NAME}-${stage}`;
  const client = new CloudFormationClient({
    ...awsClient(CLI_AWS_LIMITS),
    ...(region === undefined ? {} : { region }),
  });
  try {
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    return new Map(
      (stack?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    throw new UsageError(
      `The outputs of the stack ${StackName} cannot be read (${error instanceof Error ? error.message : 'unknown'}); log in as for the AWS command line, give --region, or name the queues with --queue.`,
    );
  } finally {
    client.destroy();
  }
}

/** Of an address of SQS, where nobody says it. */
export function regionOf(url: string): string | undefined {
  return /^https:\/\/sqs\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?\//.exec(url)?.[1];
}
