import { DAY_MS, HOUR_MS } from '../lambda/core/time';
import { MCHID, SERVICE_ID } from './samples';
import type { Customer, Fault, NewOrder, NotificationFault } from './wechatpay';

/** An order that the circle registers and then leaves to the schedule, and what the world has in store for it. */
export interface CircleOrder {
  readonly order: NewOrder;
  readonly completed_at: number;
  readonly fault?: Fault;
  readonly notificationFault?: NotificationFault;
  /** When somebody who has everything but WeChat Pay's key tells that it was paid. */
  readonly forgedAt?: readonly number[];
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
  readonly byHandAtMs?: number;
  readonly forgedAt?: readonly number[];
  readonly fault?: (out_order_no: string) => Fault;
  /** What goes wrong with the first delivery of its notification, or with all of them. */
  readonly notification?: Exclude<NotificationFault['kind'], 'wrong_tenant' | 'sp_mchid' | 'stale'>;
};

/** What becomes of orders, in turn; the shares are a guess at life, and each branch of the service has its case. */
const FATES: readonly Fate[] = [
  () => ({}),
  () => ({ notification: 'duplicated' }),
  (at) => ({ customer: { kind: 'pays', balanceFromMs: at + 3 * DAY_MS } }),
  () => ({ notification: 'signtest' }),
  (at) => ({ customer: DECLINES, forgedAt: [at + 2 * DAY_MS, at + 6 * DAY_MS] }),
  () => ({ fault: lostAnswer }),
  (at) => ({ customer: DECLINES, autoDeductionsAtMs: [at + 5 * DAY_MS], notification: 'lost' }),
  () => ({ notification: 'late' }),
  (at) => ({ customer: { kind: 'pays', balanceFromMs: at + 9 * DAY_MS } }),
  () => ({ customer: { kind: 'in_progress', forMs: 20 * 60_000, ends: 'failed' } }),
  () => ({ notification: 'truncated' }),
  () => ({ fault: systemError }),
  () => ({ customer: { kind: 'in_progress', forMs: 25 * 60_000, ends: 'paid' } }),
  () => ({ fault: signtest, notification: 'lost' }),
  () => ({ notification: 'forged' }),
  () => ({ fault: neverSent }),
  () => ({ phase: 'user_confirm' }),
  // At the very time of the first collection.
  (at) => ({ customer: DECLINES, byHandAtMs: at + DAY_MS }),
  (at) => ({ customer: DECLINES, byHandAtMs: at + 2.6 * DAY_MS, notification: 'reserialised' }),
  (at) => ({ customer: DECLINES, byHandAtMs: at + 3.6 * DAY_MS, notification: 'lost' }),
];

const DECLINES: Customer = { kind: 'declines' };
/** Longer than a signature is good for. */
const LATE_MS = 10 * 60_000;

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

function notificationFault(
  kind: NonNullable<ReturnType<Fate>['notification']>,
  sub_mchid: string,
  out_order_no: string,
): NotificationFault {
  const on = { sub_mchid, out_order_no };
  return kind === 'late' ? { kind, delayMs: LATE_MS, on } : { kind, on };
}

/** A hundred orders that were completed (完结) during the day before `now`. */
export function sampleOrders(now: number): readonly CircleOrder[] {
  const orders = SUB_MERCHANTS.flatMap(([sub_mchid, count]) =>
    Array.from({ length: count }, (_, index) => ({ sub_mchid, index })),
  );
  return orders.map(({ sub_mchid, index }, nth) => {
    const out_order_no = `RIDE-${sub_mchid.slice(-3)}-${String(index + 1).padStart(3, '0')}`;
    const completed_at = now - Math.round(((nth * 37) % 24) * HOUR_MS);
    const fate = FATES[nth % FATES.length]?.(completed_at) ?? {};
    const { customer, autoDeductionsAtMs, byHandAtMs, phase, fault, notification, forgedAt } = fate;
    return {
      completed_at,
      ...(forgedAt === undefined ? {} : { forgedAt }),
      ...(notification === undefined
        ? {}
        : { notificationFault: notificationFault(notification, sub_mchid, out_order_no) }),
      order: {
        mchid: MCHID,
        sub_mchid,
        out_order_no,
        service_id: SERVICE_ID,
        total_amount: 200 + ((nth * 53) % 40) * 50,
        completedAtMs: completed_at,
        ...(customer === undefined ? {} : { customer }),
        ...(autoDeductionsAtMs === undefined ? {} : { autoDeductionsAtMs }),
        ...(byHandAtMs === undefined ? {} : { byHandAtMs }),
        ...(phase === undefined ? {} : { phase }),
        ...(sub_mchid === NOT_OPENED ? { access: 'not_opened' as const } : {}),
      },
      ...(fault === undefined ? {} : { fault: fault(out_order_no) }),
    };
  });
}
