import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lambda/core/time';
import { MCHID, SERVICE_ID } from '../../local/samples';
import type { Customer, NewOrder } from '../../local/wechatpay';
import { randomBy } from './random';

/** When money is there, or comes by itself, seen from the completion of an order; all of it before `days` are over. */
type Fate = (
  at: number,
  random: () => number,
) => Pick<NewOrder, 'customer' | 'autoDeductionsAtMs' | 'byHandAtMs'>;

const DECLINES: Customer = { kind: 'declines' };
const FATES: readonly Fate[] = [
  () => ({ customer: { kind: 'pays' } }),
  () => ({ customer: { kind: 'pays' } }),
  () => ({ customer: { kind: 'pays', settlesAfterMs: 2 * MINUTE_MS } }),
  (at, random) => ({
    customer: { kind: 'pays', balanceFromMs: Math.round(at + (1 + 3 * random()) * DAY_MS) },
  }),
  () => ({ customer: { kind: 'in_progress', forMs: 20 * MINUTE_MS, ends: 'paid' } }),
  () => ({ customer: { kind: 'in_progress', forMs: 20 * MINUTE_MS, ends: 'failed' } }),
  () => ({ customer: DECLINES }),
  (at, random) => ({
    customer: DECLINES,
    autoDeductionsAtMs: [Math.round(at + (1 + 2 * random()) * DAY_MS)],
  }),
  (at, random) => ({ customer: DECLINES, byHandAtMs: Math.round(at + (1 + 2 * random()) * DAY_MS) }),
  // At the very time of the first collection.
  (at) => ({ customer: { kind: 'pays' }, byHandAtMs: at + DAY_MS }),
];

const SUB_MERCHANTS = ['1230000301', '1230000302', '1230000303', '1230000304', '1230000305'] as const;

export interface ChaosOrder {
  readonly order: NewOrder;
  readonly completedAt: number;
}

/** Orders that were completed (完结) during the twelve hours before `now`. */
export function ordersBy(seed: number, count: number, now: number): readonly ChaosOrder[] {
  const random = randomBy(seed);
  return Array.from({ length: count }, (_, nth) => {
    const completedAt = Math.round(now - random() * 12 * HOUR_MS);
    const fate = FATES[nth % FATES.length];
    return {
      completedAt,
      order: {
        mchid: MCHID,
        sub_mchid: SUB_MERCHANTS[Math.floor(random() ** 2 * SUB_MERCHANTS.length)] ?? SUB_MERCHANTS[0],
        out_order_no: `CHAOS-${String(nth + 1).padStart(6, '0')}`,
        service_id: SERVICE_ID,
        total_amount: 100 + Math.floor(random() * 5_000),
        completedAtMs: completedAt,
        ...fate?.(completedAt, random),
      },
    };
  });
}
