import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { EventInvokeConfigOptions, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { failureDestination, failureQueue } from './failure-queue';
import { KEY_CARE_EVERY_MINUTES } from './manifest';

/**
 * The schedule of `keys`, and the two queues in which its failures end, as those of the sweep do: `Undelivered` takes
 * ticks that EventBridge could not hand to Lambda, `Failed` takes ticks whose run threw or timed out.
 */
export class KeyCare extends Construct {
  /** To be given to the function that `run` names. */
  readonly asynchronous: EventInvokeConfigOptions;
  readonly undelivered: Queue;
  readonly failed: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.undelivered = failureQueue(this, 'Undelivered');
    this.failed = failureQueue(this, 'Failed');
    this.asynchronous = {
      // What is due is still due at the next tick.
      retryAttempts: 0,
      maxEventAge: Duration.minutes(KEY_CARE_EVERY_MINUTES),
      onFailure: failureDestination(this.failed),
    };
  }

  run(keys: IFunction): void {
    new Rule(this, 'Rule', {
      description: 'Renews platform certificates and watches when certificates end',
      schedule: Schedule.rate(Duration.minutes(KEY_CARE_EVERY_MINUTES)),
      targets: [
        new LambdaFunction(keys, {
          deadLetterQueue: this.undelivered,
          maxEventAge: Duration.minutes(KEY_CARE_EVERY_MINUTES),
        }),
      ],
    });
  }
}
