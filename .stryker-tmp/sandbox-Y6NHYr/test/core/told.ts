import type { ChangeEvent } from '../../lambda/core/change-event';
import { eventsOf } from '../../lambda/core/change-events';
import type { Order } from '../../lambda/core/order';
import { CLAIM, DAY, NOW, orderWith, saw } from './orders';

export const ID = '1900009191/1900000109/1234323JKHDFE1243252';
export const WRITTEN = NOW + 2_000;

export const told = (before: Order | undefined, next: Order): readonly ChangeEvent[] =>
  eventsOf(before, next, WRITTEN);
export const types = (before: Order | undefined, next: Order) => told(before, next).map(({ type }) => type);
export const one = (before: Order | undefined, next: Order): ChangeEvent => {
  const [event, ...more] = told(before, next);
  if (event === undefined || more.length > 0) throw new Error(`${more.length + 1} events`);
  return event;
};

/** What every event of this order tells, but for its id and time. */
export const COMMON = {
  schema: 1,
  mchid: '1900009191',
  sub_mchid: '1900000109',
  out_order_no: '1234323JKHDFE1243252',
  service_id: '500001',
  status: 'active',
  standing: null,
  total_amount: null,
  paid_amount: null,
  attempts: 0,
};

export const OPEN = orderWith({ open: CLAIM });
export const PENDING = orderWith({ observed: saw('pending', NOW - DAY) });
