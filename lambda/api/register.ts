import * as z from 'zod/mini';
import { aroundNow } from '../flow/persist';
import { withControlsReadOnce } from '../flow/memo';
import { faultIn, register } from '../flow/register';
import { json } from '../shared/http';
import { fen, instant, orderFields } from '../shared/schema';
import { actorOf } from './access';
import { presentOrder, serviceMismatch } from './present';
import { demandMerchant } from './merchant-known';
import { invalid, readRequest } from './request';
import type { Route } from './router';

export const RegisterRequest = z.strictObject({
  ...orderFields,
  /** When the service was completed (完结). Without it WeChat Pay's `time_range.end_time` counts, else the registration. */
  completed_at: z.optional(instant),
  total_amount: z.optional(fen),
});

/** `PUT …/{out_order_no}`: from now on the order is collected by its policy, and asked about until it is at its end. */
export const registerRoute: Route = async (event, { ports: given }) => {
  const ports = withControlsReadOnce(given);
  const request = readRequest(event, RegisterRequest);
  if (!request.ok) return request.answer;
  const { completed_at, total_amount, ...ref } = request.value;
  const registration = {
    at: ports.now(),
    actor: actorOf(event),
    ...(completed_at === undefined ? {} : { completed_at }),
    ...(total_amount === undefined ? {} : { total_amount }),
  };
  const fault = faultIn(registration);
  if (fault !== undefined) return invalid([fault]);
  await demandMerchant(ref.mchid, ports);
  const { kind, order } = await register(ref, registration, ports);
  if (kind === 'service_mismatch') return serviceMismatch(order);
  const shown = presentOrder(order, await aroundNow(order, ports), ports.now());
  return json(kind === 'registered' ? 201 : 200, { registration: kind, ...shown });
};
