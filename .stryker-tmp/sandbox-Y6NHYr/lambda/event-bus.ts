import type { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { EventBus } from './flow/ports';
import { awsClient } from './store/aws-client';
import { EventBridgeBus } from './store/event-bus';

/** EventBridge answers within some 20 ms; a call that takes this long is tried again, once. */
const AWS_LIMITS = { requestMs: 2_000, triesMax: 2 };

/** The bus that is told of changes; undefined: nobody is. Apart from `services`, so that only who tells loads the client. */
export function createEventBus(
  env: Readonly<Record<string, string | undefined>>,
  logger: Pick<Logger, 'error'>,
): EventBus | undefined {
  const busName = env['EVENT_BUS_NAME'] ?? '';
  if (busName === '') return undefined;
  const client = new EventBridgeClient(awsClient(AWS_LIMITS));
  const onRefused = (reason: string) => logger.error('events not taken by the bus', { reason });
  return new EventBridgeBus({ client, busName, onRefused });
}
