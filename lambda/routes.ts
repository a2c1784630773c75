/**
 * The HTTP routes of the API, once: the stack declares them, the local gateway serves them, the `api`
 * function answers them. The key is API Gateway's own spelling (`METHOD /path/{variable}`).
 */
export const ROUTES = [
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect',
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query',
] as const;

export type RouteKey = (typeof ROUTES)[number];
