import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { EventInvokeConfigOptions, IDestination, IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from './settings';

/**
 * The schedule of `sweep`, and the two queues in which its failures end: `Undelivered` takes ticks that EventBridge
 * could not hand to Lambda, `Failed` takes ticks whose run threw or timed out. EventBridge's queue never sees the
 * second kind: to EventBridge an accepted asynchronous invocation is a success.
 */
export class SweepSchedule extends Construct {
  /** To be given to the function that `run` names. */
  readonly asynchronous: EventInvokeConfigOptions;
  private readonly undelivered: Queue;
  /** A tick older than the next tick has nothing left to say. Lambda's limit is 6 hours. */
  private readonly maxEventAge: Duration;

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: Settings,
  ) {
    super(scope, id);
    this.undelivered = this.failureQueue('Undelivered');
    this.maxEventAge = Duration.minutes(Math.min(settings.sweep_every_minutes, 360));
    this.asynchronous = {
      // A run that failed may have sent calls: what is open is queried by the next tick, and nothing is run again.
      retryAttempts: 0,
      maxEventAge: this.maxEventAge,
      onFailure: destination(this.failureQueue('Failed')),
    };
  }

  run(sweep: IFunction): void {
    const input = this.settings.sweep_input;
    new Rule(this, 'Rule', {
      description: 'Collects the orders that its input names',
      schedule: Schedule.rate(Duration.minutes(this.settings.sweep_every_minutes)),
      // Nobody is collected from because a stack was deployed: the schedule runs once somebody has named orders.
      enabled: input !== undefined,
      targets: [
        new LambdaFunction(sweep, {
          event: RuleTargetInput.fromObject(input ?? { orders: [] }),
          deadLetterQueue: this.undelivered,
          // Delivery that failed has run nothing, so it may be tried again until the tick is stale.
          maxEventAge: this.maxEventAge,
        }),
      ],
    });
  }

  private failureQueue(id: string): Queue {
    return new Queue(this, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
  }
}

/**
 * CDK's own SqsDestination would also grant reading the queue's attributes and looking up its address.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
function destination(queue: Queue): IDestination {
  return {
    bind: (_scope, sender) => {
      sender.addToRolePolicy(
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [queue.queueArn] }),
      );
      return { destination: queue.queueArn };
    },
  };
}
