import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { PayscoreError } from './core/errors';
import { createEventBus } from './event-bus';
import type { EventBus } from './flow/ports';
import { publish } from './flow/publish';
import { eventsOfRecord } from './store/stream-record';

export function createHandler(bus: EventBus | undefined, logger: Logger) {
  if (bus === undefined) throw new PayscoreError('CONFIG_INVALID', 'EVENT_BUS_NAME is missing.');
  /**
   * The first change of which not everything was told: Lambda hands it over again with all that follow.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
   */
  return async ({ Records }: DynamoDBStreamEvent, context: Context): Promise<DynamoDBBatchResponse> => {
    logger.addContext(context);
    const changes = Records.map((record) => ({
      position: record.dynamodb?.SequenceNumber ?? '',
      events: () => eventsOfRecord(record),
    }));
    const { events, failed } = await publish(changes, bus);
    logger.info('changes published', { changes: changes.length, events });
    if (failed === undefined) return { batchItemFailures: [] };
    logger.error('change not published: it comes again, with all that follow it', {
      sequence_number: failed.position,
      ...(failed.error instanceof Error ? { error: failed.error } : {}),
    });
    return { batchItemFailures: [{ itemIdentifier: failed.position }] };
  };
}

const logger = new Logger();
export const handler = createHandler(createEventBus(process.env, logger), logger);
