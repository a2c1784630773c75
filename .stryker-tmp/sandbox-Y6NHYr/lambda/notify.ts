import type {
  APIGatewayProxyEventV2 as PublicEvent,
  APIGatewayProxyStructuredResultV2 as Answer,
  Context,
} from 'aws-lambda';
import { answerNotification } from './api/notification';
import { createNotifyServices, type NotifyServices } from './notify-services';
import { readConfig } from './shared/config';

/** WeChat Pay waits 5 s for an answer. */
const ANSWER_WITHIN_MS = 4_500;
/** Kept of the invocation for the answer's own way. */
const RESERVE_MS = 250;

export function createHandler({ ports, metrics, logger }: NotifyServices) {
  return async (event: PublicEvent, context: Context): Promise<Answer> => {
    logger.addContext(context);
    const withinMs = Math.min(ANSWER_WITHIN_MS, context.getRemainingTimeInMillis() - RESERVE_MS);
    const answer = await answerNotification(event, { ports, withinMs });
    metrics.flush();
    return answer;
  };
}

export const handler = createHandler(createNotifyServices(readConfig(process.env)));
