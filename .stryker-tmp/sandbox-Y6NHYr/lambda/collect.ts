import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { summarise, work, type WorkItem } from './flow/work';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';
import { readWorkMessage } from './store/work-queue';

/** Kept of the invocation for the answer. */
const RESERVE_MS = 2_000;

export function createHandler({ ports, metrics, logger }: Services) {
  /** The messages that go back to the queue; what is missing from the list is deleted. */
  return async ({ Records: records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    logger.addContext(context);
    const items = records.flatMap(({ messageId, body }): WorkItem[] => {
      const message = readWorkMessage(body);
      if (message.ok) return [{ message_id: messageId, key: message.key }];
      // It will never be readable: in the queue it would only come back.
      ports.record({ kind: 'poison', message_id: messageId, because: message.because });
      return [];
    });
    const deadlineAt = ports.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const actor = { kind: 'schedule', id: context.functionName } as const;
    const worked = await work({ items, actor, deadlineAt }, ports);
    const poison = records.length - items.length;
    logger.info('batch done', { messages: records.length, poison, ...summarise(worked) });
    metrics.flush();
    const failed = worked.filter(({ kind }) => kind === 'failed');
    return { batchItemFailures: failed.map(({ item }) => ({ itemIdentifier: item.message_id })) };
  };
}

export const handler = createHandler(createServices(readConfig(process.env)));
