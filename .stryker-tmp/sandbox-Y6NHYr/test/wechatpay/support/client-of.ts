import type { Wxpay } from '../../../lambda/wechatpay/client';
import { clientTo } from './client';
import { serve, type Handler, type Listening } from './server';

type ServiceOrder = Wxpay['v3']['payscore']['partner']['serviceorder'];

/** A server and, of a client to it, the calls that are tested. */
export async function clientOf(
  handler: Handler,
): Promise<{ server: Listening; v3: Wxpay['v3'] } & ServiceOrder & ServiceOrder['_out_order_no_']> {
  const server = await serve(handler);
  const { v3 } = clientTo(server.url);
  const { serviceorder } = v3.payscore.partner;
  return { server, v3, ...serviceorder, ...serviceorder._out_order_no_ };
}

/** What a call rejects with. */
export async function rejection(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => 'it resolved',
    (error: unknown) => error,
  );
}
