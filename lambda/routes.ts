/**
 * The HTTP routes of the API, once: the stack declares them, the local gateway serves them, the `api`
 * function answers them. The key is API Gateway's own spelling (`METHOD /path/{variable}`).
 */
export const ROUTES = [
  'GET /openapi.json',
  'GET /v1/me',
  'GET /v1/switch',
  'PUT /v1/switch',
  'GET /v1/merchants',
  'GET /v1/merchants/{mchid}',
  'GET /v1/merchants/{mchid}/overview',
  'GET /v1/merchants/{mchid}/search',
  'POST /v1/merchants/{mchid}/breakers/lift',
  'GET /v1/merchants/{mchid}/switch',
  'PUT /v1/merchants/{mchid}/switch',
  'GET /v1/merchants/{mchid}/switch/{sub_mchid}',
  'PUT /v1/merchants/{mchid}/switch/{sub_mchid}',
  'GET /v1/merchants/{mchid}/policies',
  'PUT /v1/merchants/{mchid}/policies',
  'DELETE /v1/merchants/{mchid}/policies',
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}',
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}',
  'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}',
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}',
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}',
  'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}',
  'GET /v1/merchants/{mchid}/export/orders',
  'GET /v1/merchants/{mchid}/export/attempts',
  'POST /v1/merchants/{mchid}/events/republish',
  'GET /v1/merchants/{mchid}/orders',
  'POST /v1/merchants/{mchid}/orders/import',
  'PUT /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}',
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/hold',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/release',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/settle',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/waive',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/reduce',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/correct',
] as const;

export type RouteKey = (typeof ROUTES)[number];

/** The one route that asks for no signature of AWS: WeChat Pay's own signature guards it, and `notify` answers it. */
export const NOTIFICATION_ROUTE = 'POST /notifications/{mchid}';

/** Below it stand the page's files, and a twin of every `/v1/…` route for people who are signed in. */
export const CONSOLE_PATH = '/console';

/** The twins: the same handlers and shapes, but whoever calls has a token of the OIDC provider instead of an identity at AWS. */
export const CONSOLE_ROUTES: readonly string[] = ROUTES.filter((key) => key.includes(' /v1/')).map((key) =>
  key.replace(' ', ` ${CONSOLE_PATH}`),
);

/** The page's files, for everybody: there is nothing secret in them. `page` answers these. */
export const PAGE_ROUTES = [`GET ${CONSOLE_PATH}`, `GET ${CONSOLE_PATH}/{proxy+}`] as const;

/** The route whose twin a key is; undefined of a key that is no twin. */
export function twinOf(routeKey: string): string | undefined {
  return CONSOLE_ROUTES.includes(routeKey) ? routeKey.replace(` ${CONSOLE_PATH}/`, ' /') : undefined;
}
