import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { EventInvokeConfigOptions, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { failureDestination, failureQueue } from './failure-queue';
import type { Settings } from './settings';

/**
 * The schedule of `sweep`, and the two queues in which its failures end: `Undelivered` takes ticks that EventBridge
 * could not hand to Lambda, `Failed` takes ticks whose run threw or timed out. EventBridge's queue never sees the
 * second kind: to EventBridge an accepted asynchronous invocation is a success.
 */
export class SweepSchedule extends Construct {
  /** To be given to the function that `run` names. */
  readonly asynchronous: EventInvokeConfigOptions;
  readonly undelivered: Queue;
  readonly failed: Queue;
  /** A tick older than the next tick has nothing left to say. Lambda's limit is 6 hours. */
  private readonly maxEventAge: Duration;

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: Settings,
  ) {
    super(scope, id);
    this.undelivered = failureQueue(this, 'Undelivered');
    this.failed = failureQueue(this, 'Failed');
    this.maxEventAge = Duration.minutes(Math.min(settings.sweep_every_minutes, 360));
    this.asynchronous = {
      // What a run did not come to is still due, and the next tick takes it.
      retryAttempts: 0,
      maxEventAge: this.maxEventAge,
      onFailure: failureDestination(this.failed),
    };
  }

  run(sweep: IFunction): void {
    const { sweep_input: input, sweep_every_minutes: everyMinutes } = this.settings;
    // Always enabled: whether anything is collected is decided by switches in the ledger, without a deployment.
    new Rule(this, 'Rule', {
      description: 'Sends the orders that are due to the work queue',
      schedule: Schedule.rate(Duration.minutes(everyMinutes)),
      targets: [
        new LambdaFunction(sweep, {
          ...(input === undefined ? {} : { event: RuleTargetInput.fromObject(input) }),
          deadLetterQueue: this.undelivered,
          // Delivery that failed has run nothing, so it may be tried again until the tick is stale.
          maxEventAge: this.maxEventAge,
        }),
      ],
    });
  }
}
