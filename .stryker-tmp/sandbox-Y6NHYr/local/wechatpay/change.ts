import { z } from 'zod';
import { type Answer, EMPTY, ERRORS, refuse } from './answers';
import { invalid, readFields } from './input';
import type { Rules } from './options';
import { type OrderRecord, payingFen } from './record';
import { refuseLocked, refusePhase } from './states';
import { isCompactTime } from './time';

const reason = z.string().min(1).max(50);
const amount = z.int().min(0);
const fees = z.array(z.looseObject({ name: z.string().optional(), amount: amount.optional() }));

// WeChat Pay: yyyyMMddHHmmss, or yyyyMMdd for that day's midnight.
const paidTime = z
  .string()
  .regex(/^\d{8}(\d{6})?$/)
  .refine((text) => isCompactTime(text.padEnd(14, '0')), 'is no time that a clock shows');

const syncFields = z.looseObject({
  service_id: z.string(),
  type: z.literal('Order_Paid'),
  detail: z.looseObject({ paid_time: paidTime }),
});
const modifyFields = z.looseObject({
  post_payments: fees.min(1),
  post_discounts: fees.optional(),
  total_amount: amount,
  reason,
});
const cancelFields = z.looseObject({ reason });

const sum = (rows: z.output<typeof fees>): number =>
  rows.reduce((total, { amount: rowFen }) => total + (rowFen ?? 0), 0);

/** 同步服务订单状态: the customer paid elsewhere. No money moves through WeChat Pay, so the books stay as they are. */
export function sync(record: OrderRecord, body: object, nowMs: number): Answer {
  const fields = readFields(syncFields, body);
  if (!fields.ok) return fields.answer;
  const refused = refusePhase(record) ?? refuseLocked(record, nowMs);
  if (refused !== undefined) return refused;
  const openFen = payingFen(record);
  record.details.push({
    seq: record.details.length + 1,
    amount: openFen,
    paid_type: 'MCH',
    paid_time: fields.value.detail.paid_time.padEnd(14, '0'),
  });
  record.paidFen += openFen;
  record.phase = 'user_paid';
  return EMPTY;
}

/** 修改订单金额: downwards only, and the parts must add up. */
export function modify(record: OrderRecord, body: object, nowMs: number): Answer {
  const fields = readFields(modifyFields, body);
  if (!fields.ok) return fields.answer;
  const { post_payments, post_discounts = [], total_amount } = fields.value;
  if (total_amount !== sum(post_payments) - sum(post_discounts)) {
    return invalid({
      field: '/total_amount',
      value: total_amount,
      issue: 'total_amount must be the sum of post_payments less the sum of post_discounts',
      location: 'body',
    });
  }
  const refused = refusePhase(record) ?? refuseLocked(record, nowMs);
  if (refused !== undefined) return refused;
  // Assumed: what was already paid, and an order of 0 fen, cannot be reached by modifying; refund or cancel instead.
  if (total_amount >= record.totalFen || total_amount <= record.paidFen) return refuse(ERRORS.notDownwards);
  record.totalFen = total_amount;
  return EMPTY;
}

/** 取消服务订单: before payment only; with the reason it was cancelled for it may be repeated. */
export function cancel(record: OrderRecord, body: object, nowMs: number, rules: Rules): Answer {
  const fields = readFields(cancelFields, body);
  if (!fields.ok) return fields.answer;
  switch (record.phase) {
    case 'revoked':
      return record.cancelReason === fields.value.reason ? EMPTY : refuse(ERRORS.canceled);
    case 'user_paid':
    case 'free':
      return refuse(ERRORS.done);
    case 'expired':
      return refuse(ERRORS.notCancellable);
    case 'user_paying': {
      const locked = refuseLocked(record, nowMs);
      if (locked !== undefined) return locked;
      // Assumed: once part of the money was taken only a refund undoes it.
      if (rules.cancelPending === 'refuse' || record.paidFen > 0) return refuse(ERRORS.notCancellable);
      break;
    }
    case 'created':
    case 'user_confirm':
      break;
  }
  record.phase = 'revoked';
  record.cancelReason = fields.value.reason;
  return EMPTY;
}
