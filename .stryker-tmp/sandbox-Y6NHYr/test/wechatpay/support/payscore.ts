import type { Mchid, OrderRef, OutOrderNo, ServiceId, SubMchid } from '../../../lambda/core/ids';
import { Payscore } from '../../../lambda/wechatpay/payscore';
import type { WireRequest, WireResult } from '../../../lambda/wechatpay/transport';
import { clientTo } from './client';
import { MCHID } from './keys';
import { NOW_MS, serve, type Handler, type Listening } from './server';

export const ORDER: OrderRef = {
  mchid: MCHID as Mchid,
  sub_mchid: '1900000109' as SubMchid,
  out_order_no: 'a|b*c' as OutOrderNo,
  service_id: '500001' as ServiceId,
};

export const LIMITS = { timeoutMs: 5_000, sendBy: NOW_MS + 15_000 };

export async function payscoreTo(handler: Handler): Promise<{ server: Listening; payscore: Payscore }> {
  const server = await serve(handler);
  return { server, payscore: new Payscore(clientTo(server.url)) };
}

/** A client over a transport of which nothing but its results is known. */
export function payscoreOver(send: (request: WireRequest) => Promise<WireResult>): Payscore {
  return new Payscore(clientTo('http://localhost', { transport: { send } }));
}
