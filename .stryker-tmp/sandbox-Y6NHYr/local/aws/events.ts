import { randomUUID } from 'node:crypto';
import type { EventBridgeEvent } from 'aws-lambda';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './identity';
import { invoke, type Invocation, type InvokeOptions, type LambdaHandler } from './invoke';

type ScheduledEvent = EventBridgeEvent<'Scheduled Event', Readonly<Record<string, never>>>;

interface ScheduledEventOptions {
  readonly ruleName?: string;
  readonly now?: () => number;
}

/**
 * What a scheduled rule sends when its target has no input of its own.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
 */
export function scheduledEvent({
  ruleName = 'local',
  now = Date.now,
}: ScheduledEventOptions = {}): ScheduledEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: LOCAL_ACCOUNT,
    // EventBridge knows whole seconds only.
    time: `${new Date(now()).toISOString().slice(0, 19)}Z`,
    region: LOCAL_REGION,
    resources: [`arn:aws:events:${LOCAL_REGION}:${LOCAL_ACCOUNT}:rule/${ruleName}`],
    detail: {},
  };
}

/** One run of a rule. */
export type Tick<Input> =
  | { readonly kind: 'event'; readonly event: ScheduledEvent }
  /** A target with constant input: the function receives exactly this, with no envelope around it. */
  | { readonly kind: 'constant'; readonly input: Input };

/** Delivers one run of a rule to its function, once: as with the stack's function, nothing is retried. */
export async function deliver<Input>(
  handler: LambdaHandler<Input | ScheduledEvent>,
  tick: Tick<Input>,
  options: InvokeOptions,
): Promise<Invocation> {
  return invoke(handler, tick.kind === 'event' ? tick.event : tick.input, options);
}
