import { WORK_QUEUE } from '../../infra/manifest';
import { createLedgerTable, startDynamoDb } from '../../local/aws/dynamodb';
import { startSecretsManager } from '../../local/aws/secrets-manager';
import { startSqs, type LocalSqs } from '../../local/aws/sqs';
import { answerParent } from '../support/child';
import { installClock, type ClockQuestions } from './shared-clock';
import { startSlowProxy, type Slowness, type SlowProxy } from './slow-proxy';

/** DynamoDB behind a proxy that makes it slow, Secrets Manager and SQS. */

export interface AwsUrls {
  /** Through the proxy. */
  readonly dynamodbUrl: string;
  /** Around it: for whoever looks at the table from outside. */
  readonly directUrl: string;
  readonly secretsUrl: string;
  readonly sqsUrl: string;
  readonly queueUrl: string;
  readonly deadUrl: string;
}

export interface AwsQuestions extends ClockQuestions {
  readonly start: {
    readonly ask: {
      readonly tableName: string;
      readonly secrets: Readonly<Record<string, string>>;
      readonly seed: number;
    };
    readonly answer: AwsUrls;
  };
  readonly slow: { readonly ask: Slowness; readonly answer: null };
  readonly counts: { readonly ask: null; readonly answer: SlowProxy['counts'] };
  readonly held_back: { readonly ask: null; readonly answer: number };
}

const clock = installClock();
let started: { readonly proxy: SlowProxy; readonly sqs: LocalSqs; readonly queueUrl: string } | undefined;

function running() {
  if (started === undefined) throw new Error('asked before it was started');
  return started;
}

answerParent<AwsQuestions>({
  clock,
  start: async ({ tableName, secrets, seed }) => {
    const [dynamodb, keeper, sqs] = await Promise.all([startDynamoDb(), startSecretsManager(), startSqs()]);
    for (const [name, value] of Object.entries(secrets)) keeper.put(name, value);
    await createLedgerTable(dynamodb.url, tableName);
    const { visibilityTimeoutSeconds, maxReceiveCount } = WORK_QUEUE;
    const { queue, dead } = await sqs.createWorkQueue({
      name: 'work',
      visibilityTimeoutSeconds,
      maxReceiveCount,
    });
    const proxy = await startSlowProxy(dynamodb.url, seed);
    started = { proxy, sqs, queueUrl: queue.url };
    return {
      dynamodbUrl: proxy.url,
      directUrl: dynamodb.url,
      secretsUrl: keeper.url,
      sqsUrl: sqs.url,
      queueUrl: queue.url,
      deadUrl: dead.url,
    };
  },
  slow: (slowness) => {
    running().proxy.set(slowness);
    return null;
  },
  counts: () => running().proxy.counts,
  held_back: async () => running().sqs.heldBack(running().queueUrl),
});
