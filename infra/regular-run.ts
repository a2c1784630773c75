import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { EventInvokeConfigOptions, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { failureDestination, failureQueue } from './failure-queue';

export interface RegularRunProps {
  readonly everyMinutes: number;
  readonly description: string;
}

/**
 * A schedule, and the two queues in which its failures end, as those of the sweep do: `Undelivered` takes ticks that
 * EventBridge could not hand to Lambda, `Failed` takes ticks whose run threw or timed out.
 */
export class RegularRun extends Construct {
  /** To be given to the function that `run` names. */
  readonly asynchronous: EventInvokeConfigOptions;
  readonly undelivered: Queue;
  readonly failed: Queue;
  private readonly every: Duration;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RegularRunProps,
  ) {
    super(scope, id);
    this.every = Duration.minutes(props.everyMinutes);
    this.undelivered = failureQueue(this, 'Undelivered');
    this.failed = failureQueue(this, 'Failed');
    this.asynchronous = {
      // What is due is still due at the next tick.
      retryAttempts: 0,
      maxEventAge: this.every,
      onFailure: failureDestination(this.failed),
    };
  }

  run(handler: IFunction): void {
    new Rule(this, 'Rule', {
      description: this.props.description,
      schedule: Schedule.rate(this.every),
      targets: [new LambdaFunction(handler, { deadLetterQueue: this.undelivered, maxEventAge: this.every })],
    });
  }
}
