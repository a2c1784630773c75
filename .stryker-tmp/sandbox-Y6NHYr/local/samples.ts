import { MINUTE_MS } from '../lambda/core/time';
import type { Fault, NewOrder, Simulator } from './wechatpay';

/** One order of the demonstration, and what the world has in store for it. */
export interface Sample {
  readonly order: Omit<NewOrder, 'mchid' | 'sub_mchid' | 'service_id'>;
  /** `SUB_MCHID` when absent. */
  readonly sub_mchid?: string;
  /** What is arranged at the simulated WeChat Pay, in a few words. */
  readonly fate: string;
  /** What goes wrong on the way of this order's call. */
  readonly fault?: Fault;
  /** Two callers at the same moment. */
  readonly twice?: true;
  /** The user opens WeChat and pays before we collect. */
  readonly paidByHand?: true;
}

export const MCHID = '1900000001';
export const SUB_MCHID = '1230000109';
export const SERVICE_ID = '00004000000000159540000000000001';

const COMPLETED_MS_AGO = 2 * 24 * 60 * MINUTE_MS;

export const SAMPLES: readonly Sample[] = [
  { order: { out_order_no: 'BIKE-1001', total_amount: 350 }, fate: 'user has the money' },
  {
    order: { out_order_no: 'BIKE-1002', total_amount: 1_280, customer: { kind: 'declines' } },
    fate: 'user has no money',
  },
  {
    order: {
      out_order_no: 'BIKE|1003*A',
      total_amount: 990,
      customer: { kind: 'in_progress', forMs: 20 * MINUTE_MS, ends: 'failed' },
    },
    fate: 'deduction takes its time, then fails',
  },
  {
    order: { out_order_no: 'BIKE-1004', total_amount: 2_400 },
    fate: 'charged, but the answer is lost',
    fault: { kind: 'lost_answer', on: { action: 'pay', out_order_no: 'BIKE-1004' } },
  },
  {
    order: { out_order_no: 'BIKE-1005', total_amount: 500 },
    fate: 'WeChat Pay has a system error',
    fault: {
      kind: 'status',
      status: 500,
      code: 'SYSTEM_ERROR',
      message: '系统异常，请稍后重试',
      on: { action: 'pay', out_order_no: 'BIKE-1005' },
    },
  },
  {
    order: { out_order_no: 'BIKE-1006', total_amount: 760 },
    fate: 'answer signed wrongly (a probe, SIGNTEST)',
    fault: { kind: 'signtest', on: { action: 'pay', out_order_no: 'BIKE-1006' } },
  },
  {
    order: { out_order_no: 'BIKE-1007', total_amount: 1_500 },
    fate: 'two callers at the same moment',
    twice: true,
  },
  {
    order: { out_order_no: 'BIKE-1008', total_amount: 820 },
    fate: 'user has just paid by hand',
    paidByHand: true,
  },
  {
    order: { out_order_no: 'BIKE-1009', total_amount: 640, phase: 'user_confirm' },
    fate: 'not completed yet (未完结)',
  },
  {
    // Of another sub-merchant: the refusal keeps that one's orders from being collected, and no others.
    sub_mchid: '1230000110',
    order: { out_order_no: 'BIKE-1010', total_amount: 430, access: 'no_permission' },
    fate: 'collecting was never permitted',
  },
];

/** Is left alone by the demonstration: for whoever wants to collect one by hand. */
export const BY_HAND: Sample = { order: { out_order_no: 'BIKE-1011', total_amount: 600 }, fate: 'for you' };

/** Arranges a sample at the simulator. */
export function arrange(
  simulator: Simulator,
  { order, sub_mchid = SUB_MCHID, fault, paidByHand }: Sample,
  now: number,
): void {
  const added = simulator.addOrder({
    ...order,
    mchid: MCHID,
    sub_mchid,
    service_id: SERVICE_ID,
    // So that the policy's first day, in which the user may pay by himself, is over.
    completedAtMs: now - COMPLETED_MS_AGO,
  });
  if (fault !== undefined) simulator.fault(fault);
  if (paidByHand) simulator.payByHand(added);
}
