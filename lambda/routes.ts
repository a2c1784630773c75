/**
 * The HTTP routes of the API, once: the stack declares them, the local gateway serves them, the `api`
 * function answers them. The key is API Gateway's own spelling (`METHOD /path/{variable}`).
 */
export const ROUTES = [
  'GET /v1/switch',
  'PUT /v1/switch',
  'GET /v1/merchants/{mchid}',
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
  'GET /v1/merchants/{mchid}/orders',
  'PUT /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}',
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query',
] as const;

export type RouteKey = (typeof ROUTES)[number];
