import { DAY_MS, HOUR_MS } from '../lambda/core/time';
import { MCHID, SERVICE_ID } from './samples';
import type { Customer, Fault, NewOrder } from './wechatpay';

/** An order that the circle registers and then leaves to the schedule, and what the world has in store for it. */
export interface CircleOrder {
  readonly order: NewOrder;
  readonly completed_at: number;
  readonly fault?: Fault;
}

/** Sub-merchants and how many orders each has: one has most of them, as it is in life. */
const SUB_MERCHANTS: readonly (readonly [sub_mchid: string, orders: number])[] = [
  ['1230000201', 60],
  ['1230000202', 16],
  ['1230000203', 10],
  ['1230000204', 8],
  ['1230000205', 6],
];
/** This one's 订单收款 was never opened: its breaker trips, the others go on. */
const NOT_OPENED = '1230000205';

type Fate = (at: number) => {
  readonly customer?: Customer;
  readonly autoDeductionsAtMs?: number[];
  readonly phase?: 'user_confirm';
  readonly fault?: (out_order_no: string) => Fault;
};

/** What becomes of orders, in turn; the shares are a guess at life, and each branch of the service has its case. */
const FATES: readonly Fate[] = [
  () => ({}),
  () => ({}),
  (at) => ({ customer: { kind: 'pays', balanceFromMs: at + 3 * DAY_MS } }),
  () => ({}),
  () => ({ customer: { kind: 'declines' } }),
  () => ({ fault: lostAnswer }),
  (at) => ({ customer: { kind: 'declines' }, autoDeductionsAtMs: [at + 5 * DAY_MS] }),
  () => ({}),
  (at) => ({ customer: { kind: 'pays', balanceFromMs: at + 9 * DAY_MS } }),
  () => ({ customer: { kind: 'in_progress', forMs: 20 * 60_000, ends: 'failed' } }),
  () => ({}),
  () => ({ fault: systemError }),
  () => ({ customer: { kind: 'in_progress', forMs: 25 * 60_000, ends: 'paid' } }),
  () => ({ fault: signtest }),
  () => ({}),
  () => ({ fault: neverSent }),
  () => ({ phase: 'user_confirm' }),
];

const lostAnswer = (out_order_no: string): Fault => ({
  kind: 'lost_answer',
  on: { action: 'pay', out_order_no },
});
const signtest = (out_order_no: string): Fault => ({ kind: 'signtest', on: { action: 'pay', out_order_no } });
const systemError = (out_order_no: string): Fault => ({
  kind: 'status',
  status: 500,
  code: 'SYSTEM_ERROR',
  on: { action: 'pay', out_order_no },
});
const neverSent = (out_order_no: string): Fault => ({
  kind: 'refuse',
  times: 2,
  on: { action: 'pay', out_order_no },
});

/** A hundred orders that were completed (完结) during the day before `now`. */
export function sampleOrders(now: number): readonly CircleOrder[] {
  const orders = SUB_MERCHANTS.flatMap(([sub_mchid, count]) =>
    Array.from({ length: count }, (_, index) => ({ sub_mchid, index })),
  );
  return orders.map(({ sub_mchid, index }, nth) => {
    const out_order_no = `RIDE-${sub_mchid.slice(-3)}-${String(index + 1).padStart(3, '0')}`;
    const completed_at = now - Math.round(((nth * 37) % 24) * HOUR_MS);
    const fate = FATES[nth % FATES.length]?.(completed_at) ?? {};
    const { customer, autoDeductionsAtMs, phase, fault } = fate;
    return {
      completed_at,
      order: {
        mchid: MCHID,
        sub_mchid,
        out_order_no,
        service_id: SERVICE_ID,
        total_amount: 200 + ((nth * 53) % 40) * 50,
        completedAtMs: completed_at,
        ...(customer === undefined ? {} : { customer }),
        ...(autoDeductionsAtMs === undefined ? {} : { autoDeductionsAtMs }),
        ...(phase === undefined ? {} : { phase }),
        ...(sub_mchid === NOT_OPENED ? { access: 'not_opened' as const } : {}),
      },
      ...(fault === undefined ? {} : { fault: fault(out_order_no) }),
    };
  });
}
