import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IDestination } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { answerFor } from './rules';
import { type AlarmSpec, every, type Watch } from './watch';

/** The alarm of a queue: there is one message or more in it. */
export type FailureAlarm = Pick<AlarmSpec, 'name' | 'says' | 'section'>;

/**
 * Where what failed waits for a person: SQS keeps nothing longer than 14 days. It is removed with the stack, because
 * it holds hints and no data: whatever is true of an order is in the ledger, where it is due again in its own time.
 */
export function failureQueue(scope: Construct, id: string, watch: Watch, alarm: FailureAlarm): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const reason = 'This is where failures end: nothing receives from it but a person.';
  answerFor(queue, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  watch.alarm({
    ...alarm,
    under: 'Failures',
    graph: 'Failures that wait for a person',
    metric: queue.metricApproximateNumberOfMessagesVisible({ label: alarm.name, ...every(5, 'Maximum') }),
    threshold: 1,
    periodMinutes: 5,
    // SQS tells of a queue that nobody has used for six hours only after it is used again.
    missing: 'fine',
  });
  return queue;
}

/**
 * What Lambda could not run to its end goes there. CDK's own SqsDestination would also grant reading the queue's
 * attributes and looking up its address.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function failureDestination(queue: Queue): IDestination {
  return {
    bind: (_scope, sender) => {
      sender.addToRolePolicy(
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
      );
      return { destination: queue.queueArn };
    },
  };
}
