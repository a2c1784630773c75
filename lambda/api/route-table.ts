import type { RouteKey } from '../routes';
import { correctRoute, holdRoute, reduceRoute, releaseRoute, settleRoute, waiveRoute } from './by-hand';
import { collectRoute } from './collect';
import { exportAttempts, exportOrders } from './export';
import { importOrdersRoute } from './import';
import { meRoute } from './me';
import { liftBreakerRoute, merchantRoute } from './merchant';
import { openapiRoute } from './openapi';
import { orderRoute } from './order';
import { ordersRoute } from './orders';
import { merchantsRoute, overviewRoute } from './overview';
import { removePolicyRoute, setPolicyRoute, showPolicyRoute } from './policies';
import { queryRoute } from './query';
import { registerRoute } from './register';
import { republishRoute } from './republish';
import type { Route } from './router';
import { searchRoute } from './search';
import { setSwitchRoute, showSwitchRoute } from './switch';

/** What answers each route. */
export const ROUTE_TABLE: Readonly<Record<RouteKey, Route>> = {
  'GET /openapi.json': openapiRoute,
  'GET /v1/me': meRoute,
  'GET /v1/switch': showSwitchRoute,
  'PUT /v1/switch': setSwitchRoute,
  'GET /v1/merchants': merchantsRoute,
  'GET /v1/merchants/{mchid}': merchantRoute,
  'GET /v1/merchants/{mchid}/overview': overviewRoute,
  'GET /v1/merchants/{mchid}/search': searchRoute,
  'POST /v1/merchants/{mchid}/breakers/lift': liftBreakerRoute,
  'GET /v1/merchants/{mchid}/switch': showSwitchRoute,
  'PUT /v1/merchants/{mchid}/switch': setSwitchRoute,
  'GET /v1/merchants/{mchid}/switch/{sub_mchid}': showSwitchRoute,
  'PUT /v1/merchants/{mchid}/switch/{sub_mchid}': setSwitchRoute,
  'GET /v1/merchants/{mchid}/policies': showPolicyRoute,
  'PUT /v1/merchants/{mchid}/policies': setPolicyRoute,
  'DELETE /v1/merchants/{mchid}/policies': removePolicyRoute,
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}': showPolicyRoute,
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}': setPolicyRoute,
  'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}': removePolicyRoute,
  'GET /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': showPolicyRoute,
  'PUT /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': setPolicyRoute,
  'DELETE /v1/merchants/{mchid}/policies/{sub_mchid}/{service_id}': removePolicyRoute,
  'GET /v1/merchants/{mchid}/export/orders': exportOrders(),
  'GET /v1/merchants/{mchid}/export/attempts': exportAttempts(),
  'POST /v1/merchants/{mchid}/events/republish': republishRoute,
  'GET /v1/merchants/{mchid}/orders': ordersRoute,
  'POST /v1/merchants/{mchid}/orders/import': importOrdersRoute,
  'PUT /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': registerRoute,
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': orderRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect': collectRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query': queryRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/hold': holdRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/release': releaseRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/settle': settleRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/waive': waiveRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/reduce': reduceRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/correct': correctRoute,
};
