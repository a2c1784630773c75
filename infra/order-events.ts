import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { STREAM_FILTERS } from '../lambda/store/stream-filters';
import { failureQueue } from './failure-queue';
import type { LedgerTable } from './ledger-table';
import { CHANGE_STREAM } from './manifest';
import { ServiceFunction, type ServiceFunctionProps } from './service-function';
import type { Settings } from './settings';
import type { Watch } from './watch';

/**
 * Who wants to know of changes is told on a bus of EventBridge: one of this stack's own, which goes with it, or one that
 * is there already. Nothing is archived: the ledger keeps what happened, and tells it again.
 */
export class OrderEvents extends Construct {
  readonly busName: string;
  /** Of the functions that put events. */
  readonly environment: { readonly EVENT_BUS_NAME: string };
  /** Changes that could not be told, as places in the stream; it keeps them for a day. */
  readonly failed: Queue;
  private readonly busArn: string;

  constructor(scope: Construct, id: string, { event_bus_name: existing }: Settings, watch: Watch) {
    super(scope, id);
    const { eventBusName, eventBusArn } =
      existing === undefined ? this.ownBus() : EventBus.fromEventBusName(this, 'Bus', existing);
    this.busName = eventBusName;
    this.environment = { EVENT_BUS_NAME: eventBusName };
    this.busArn = eventBusArn;
    this.failed = failureQueue(this, 'Failed', watch, {
      name: 'ChangesNotPublished',
      says: 'Changes could not be published for two hours, and are passed over.',
      section: 'changes-not-published',
    });
  }

  private ownBus(): EventBus {
    const bus = new EventBus(this, 'Bus', {
      // The name that rules of other stacks know it by.
      eventBusName: Stack.of(this).stackName,
      description: 'Changes of orders and merchants',
    });
    bus.applyRemovalPolicy(RemovalPolicy.DESTROY);
    return bus;
  }

  grantPut(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.busArn] }),
    );
  }

  /**
   * Has Lambda hand the table's changes to a function, those of one order in their order. What is told twice bears the
   * same ids, so a batch may be handed over again from any place on.
   */
  publish(ledger: LedgerTable, options: Omit<ServiceFunctionProps, 'name' | 'asynchronous'>): void {
    const { streamArn } = ledger;
    if (streamArn === undefined)
      throw new Error('the settings name the stream of the table that events are read from');
    const publish = new ServiceFunction(this, 'Publish', { name: 'publish', ...options });
    this.grantPut(publish.role);
    ledger.grantStream(publish.role, streamArn);
    publish.role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.failed.queueArn] }),
    );
    new EventSourceMapping(this, 'Mapping', {
      target: publish.live,
      eventSourceArn: streamArn,
      // Whoever switches events on is told of what happens from then on; of what happened before by `republish`.
      startingPosition: StartingPosition.LATEST,
      batchSize: CHANGE_STREAM.batchSize,
      maxBatchingWindow: Duration.seconds(CHANGE_STREAM.windowSeconds),
      parallelizationFactor: CHANGE_STREAM.parallelizationFactor,
      filters: STREAM_FILTERS.map((pattern) => ({ pattern: JSON.stringify(pattern) })),
      reportBatchItemFailures: true,
      // Of a batch whose invocation ends without an answer; the half that can be told is not held back for long.
      bisectBatchOnError: true,
      retryAttempts: CHANGE_STREAM.retriesMax,
      maxRecordAge: Duration.hours(CHANGE_STREAM.ageHoursMax),
      onFailure: { bind: () => ({ destination: this.failed.queueArn }) },
    });
  }
}
