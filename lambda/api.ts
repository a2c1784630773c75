import type {
  APIGatewayProxyEventV2WithIAMAuthorizer as IamEvent,
  APIGatewayProxyStructuredResultV2 as Answer,
  Context,
} from 'aws-lambda';
import type { PayscoreError } from './core/errors';
import { collectRoute } from './api/collect';
import { orderRoute } from './api/order';
import { queryRoute } from './api/query';
import { dispatch } from './api/router';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';

/** API Gateway gives up after 30 s; an answer, even one that says "unknown", has to be there before. */
const ANSWER_WITHIN_MS = 25_000;
/** Kept of the invocation for the answer's own way. */
const RESERVE_MS = 1_000;

const ROUTE_TABLE = {
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': orderRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect': collectRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query': queryRoute,
};

export function createHandler({ ports, logger }: Services) {
  return async (event: IamEvent, context: Context): Promise<Answer> => {
    logger.addContext(context);
    const withinMs = Math.min(ANSWER_WITHIN_MS, context.getRemainingTimeInMillis() - RESERVE_MS);
    const report = (failure: PayscoreError) =>
      logger.error('request not served', { code: failure.code, path: event.rawPath, error: failure });
    return dispatch(ROUTE_TABLE, event, { ports, deadlineAt: ports.now() + withinMs, report });
  };
}

export const handler = createHandler(createServices(readConfig(process.env)));
