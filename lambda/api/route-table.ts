import type { RouteKey } from '../routes';
import { collectRoute } from './collect';
import { liftBreakerRoute, merchantRoute } from './merchant';
import { orderRoute } from './order';
import { ordersRoute } from './orders';
import { removePolicyRoute, setPolicyRoute, showPolicyRoute } from './policies';
import { queryRoute } from './query';
import { registerRoute } from './register';
import type { Route } from './router';
import { setSwitchRoute, showSwitchRoute } from './switch';

/** What answers each route. */
export const ROUTE_TABLE: Readonly<Record<RouteKey, Route>> = {
  'GET /v1/switch': showSwitchRoute,
  'PUT /v1/switch': setSwitchRoute,
  'GET /v1/merchants/{mchid}': merchantRoute,
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
  'GET /v1/merchants/{mchid}/orders': ordersRoute,
  'PUT /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': registerRoute,
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': orderRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect': collectRoute,
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query': queryRoute,
};
