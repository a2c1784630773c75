import type {
  APIGatewayProxyEventV2WithIAMAuthorizer as IamEvent,
  APIGatewayProxyStructuredResultV2 as Answer,
  Context,
} from 'aws-lambda';
import type { PayscoreError } from './core/errors';
import { ROUTE_TABLE } from './api/route-table';
import { dispatch } from './api/router';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';

/** API Gateway gives up after 30 s; an answer, even one that says "unknown", has to be there before. */
const ANSWER_WITHIN_MS = 25_000;
/** Kept of the invocation for the answer's own way. */
const RESERVE_MS = 1_000;

export function createHandler({ ports, orders, admin, logger }: Services) {
  return async (event: IamEvent, context: Context): Promise<Answer> => {
    logger.addContext(context);
    const withinMs = Math.min(ANSWER_WITHIN_MS, context.getRemainingTimeInMillis() - RESERVE_MS);
    const report = (failure: PayscoreError) =>
      logger.error('request not served', { code: failure.code, path: event.rawPath, error: failure });
    const deadlineAt = ports.now() + withinMs;
    return dispatch(ROUTE_TABLE, event, { ports, orders, admin, deadlineAt, report });
  };
}

export const handler = createHandler(createServices(readConfig(process.env)));
