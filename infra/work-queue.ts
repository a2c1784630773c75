import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DELAY_SECONDS_MAX } from '../lambda/flow/sweep';
import { failureQueue } from './failure-queue';
import { WORK_QUEUE } from './manifest';
import { answerFor } from './rules';
import type { ServiceFunction } from './service-function';
import type { Settings } from './settings';
import { every, type Watch } from './watch';

/**
 * Where due orders wait for `collect`. A standard queue: neither a message that comes twice nor one that comes late
 * does harm, because the claim in the ledger decides. It is removed with the stack: messages are hints, and an order
 * whose message is lost is swept again.
 */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  /** What was received again and again and never handled. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { sweep_every_minutes }: Settings, watch: Watch) {
    super(scope, id);
    this.deadLetters = failureQueue(this, 'DeadLetters', watch, {
      name: 'OrdersNotWorkedOn',
      says: 'Messages of orders failed five times. The orders are due again all the same.',
      section: 'orders-not-worked-on',
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(WORK_QUEUE.visibilityTimeoutSeconds),
      retentionPeriod: Duration.days(WORK_QUEUE.retentionDays),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: WORK_QUEUE.maxReceiveCount },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    watch.alarm({
      under: 'Orders',
      graph: 'Work queue: age of the oldest message, in seconds',
      name: 'OldestMessageTooOld',
      says: 'Messages wait for more than 10 minutes beyond their time: orders that are due are not taken up.',
      section: 'oldest-message-too-old',
      metric: this.queue.metricApproximateAgeOfOldestMessage(every(5, 'Maximum')),
      // A sweep sends with a delay what the rate lets through until the next one, and the delay counts as age.
      threshold: 10 * 60 + Math.min(sweep_every_minutes * 60, DELAY_SECONDS_MAX),
      periodMinutes: 5,
      missing: 'fine',
    });
  }

  grantSend(role: IRole): void {
    this.grant(role, ['sqs:SendMessage']);
  }

  /**
   * Has Lambda hand the queue's messages to a function, in batches. The three permissions are those of AWS's own
   * AWSLambdaSQSQueueExecutionRole; CDK's SqsEventSource would grant two more.
   * https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html
   */
  feed(worker: ServiceFunction, concurrencyMax: number): void {
    this.grant(worker.role, ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']);
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: worker.live,
      eventSourceArn: this.queue.queueArn,
      batchSize: WORK_QUEUE.batchSize,
      maxBatchingWindow: Duration.seconds(WORK_QUEUE.windowSeconds),
      // Only what failed goes back; the rest of its batch is done.
      reportBatchItemFailures: true,
      // A limit of the mapping, not reserved concurrency: that would take from the account what may never be used,
      // and messages that it turns away would count as received.
      maxConcurrency: concurrencyMax,
    });
    answerFor(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'The queue has a dead-letter queue; a mapping of SQS takes no destination.',
    });
  }

  private grant(role: IRole, actions: string[]): void {
    role.addToPrincipalPolicy(new PolicyStatement({ actions, resources: [this.queue.queueArn] }));
  }
}
