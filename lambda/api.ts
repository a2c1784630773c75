import type { APIGatewayProxyStructuredResultV2 as Answer, Context } from 'aws-lambda';
import type { ApiEvent } from './api/event';
import { ROUTE_TABLE } from './api/route-table';
import { dispatch, type RouteContext } from './api/router';
import type { PayscoreError } from './core/errors';
import { createEventBus } from './event-bus';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';

/** API Gateway gives up after 30 s; an answer, even one that says "unknown", has to be there before. */
const ANSWER_WITHIN_MS = 25_000;
/** Kept of the invocation for the answer's own way. */
const RESERVE_MS = 1_000;

export type ApiOptions = Partial<Pick<RouteContext, 'bus' | 'rolesClaim'>>;

export function createHandler(services: Services, { bus, rolesClaim = 'roles' }: ApiOptions = {}) {
  const { ports, metrics, logger } = services;
  return async (event: ApiEvent, context: Context): Promise<Answer> => {
    logger.addContext(context);
    const withinMs = Math.min(ANSWER_WITHIN_MS, context.getRemainingTimeInMillis() - RESERVE_MS);
    const report = (failure: PayscoreError) =>
      logger.error('request not served', { code: failure.code, path: event.rawPath, error: failure });
    const deadlineAt = ports.now() + withinMs;
    const answer = await dispatch(ROUTE_TABLE, event, { ...services, bus, rolesClaim, deadlineAt, report });
    metrics.flush();
    return answer;
  };
}

const services = createServices(readConfig(process.env));
export const handler = createHandler(services, {
  bus: createEventBus(process.env, services.logger),
  rolesClaim: process.env['CONSOLE_ROLES_CLAIM'] ?? 'roles',
});
