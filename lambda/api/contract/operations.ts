import * as z from 'zod/mini';
import type { NOTIFICATION_ROUTE, RouteKey } from '../../routes';
import { DescriptionLookup } from '../openapi';
import { BY_HAND } from './by-hand-operations';
import { MERCHANTS } from './merchant-operations';
import type { Operation } from './operation';
import { NOTIFICATIONS } from './notification-operation';
import { ORDERS } from './order-operations';
import { OVERVIEW } from './overview-operations';
import { TRANSFERS } from './transfer-operations';

/** Every route as it is described; one without a description does not compile. */
export const OPERATIONS: Readonly<Record<RouteKey | typeof NOTIFICATION_ROUTE, Operation>> = {
  'GET /openapi.json': {
    id: 'showDescription',
    tag: 'service',
    summary: 'Describes the API',
    description: 'This document.',
    request: DescriptionLookup,
    takes: 'query',
    answers: {
      200: {
        description: 'An OpenAPI 3.1 document.',
        schema: z.looseObject({ openapi: z.string(), info: z.looseObject({}), paths: z.looseObject({}) }),
      },
    },
    problems: ['invalid-request'],
  },
  ...OVERVIEW,
  ...MERCHANTS,
  ...ORDERS,
  ...BY_HAND,
  ...TRANSFERS,
  ...NOTIFICATIONS,
};
