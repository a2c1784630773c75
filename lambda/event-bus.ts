import type { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { EventBus } from './flow/ports';
import { EventBridgeBus } from './store/event-bus';

/** EventBridge answers within some 20 ms; a call that takes this long is tried again, once. */
const REQUEST_MS = 2_000;
const TRIES_MAX = 2;

/** The bus that is told of changes; undefined: nobody is. Apart from `services`, so that only who tells loads the client. */
export function createEventBus(
  env: Readonly<Record<string, string | undefined>>,
  logger: Pick<Logger, 'error'>,
): EventBus | undefined {
  const busName = env['EVENT_BUS_NAME'] ?? '';
  if (busName === '') return undefined;
  const client = new EventBridgeClient({
    maxAttempts: TRIES_MAX,
    requestHandler: {
      connectionTimeout: REQUEST_MS,
      requestTimeout: REQUEST_MS,
      throwOnRequestTimeout: true,
    },
  });
  const onRefused = (reason: string) => logger.error('events not taken by the bus', { reason });
  return new EventBridgeBus({ client, busName, onRefused });
}
