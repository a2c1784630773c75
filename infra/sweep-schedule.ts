import { Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { EventInvokeConfigOptions, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { failureDestination, failureQueue } from './failure-queue';
import type { Settings } from './settings';
import type { Watch } from './watch';

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
    watch: Watch,
  ) {
    super(scope, id);
    this.undelivered = failureQueue(this, 'Undelivered', watch, {
      name: 'SweepUndelivered',
      says: 'EventBridge could not hand ticks of the schedule to the sweep.',
      section: 'ticks-not-delivered',
    });
    this.failed = failureQueue(this, 'Failed', watch, {
      name: 'SweepFailed',
      says: 'Sweeps failed, or ended incomplete.',
      section: 'ticks-failed',
    });
    this.watchSweeps(watch);
    this.maxEventAge = Duration.minutes(Math.min(settings.sweep_every_minutes, 360));
    this.asynchronous = {
      // What a run did not come to is still due, and the next tick takes it.
      retryAttempts: 0,
      maxEventAge: this.maxEventAge,
      onFailure: failureDestination(this.failed),
    };
  }

  private watchSweeps(watch: Watch): void {
    const { sweep_every_minutes: everyMinutes } = this.settings;
    watch.alarm({
      under: 'Orders',
      graph: 'Sweeps',
      name: 'SweepNotRun',
      says: 'No sweep came to its end in two periods of the schedule: nothing that is due is taken up.',
      section: 'sweep-not-run',
      metric: watch.figure('Sweeps', 'Sum'),
      threshold: 1,
      below: true,
      periodMinutes: everyMinutes,
      periods: 2,
      missing: 'wrong',
    });
    const due = { under: 'Orders', graph: 'Due orders' } as const;
    watch.show(due, watch.figure('DueOrders', 'Maximum'));
    watch.alarm({
      ...due,
      name: 'OrdersOverdue',
      says: 'Orders that were planned for more than an hour ago have not been taken up.',
      section: 'orders-overdue',
      metric: watch.figure('OverdueOrders', 'Maximum'),
      threshold: 1,
      periodMinutes: Math.max(5, everyMinutes),
      // A sweep that does not run has an alarm of its own.
      missing: 'fine',
    });
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
