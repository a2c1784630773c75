import * as z from 'zod/mini';
import { EVENT_SCHEMA, type ChangeEvent, type EventType } from '../lambda/core/change-event';
import type { Fen } from '../lambda/core/ids';
import { STOPS_TOLD } from '../lambda/core/marks';
import { STANDING_MEANINGS, type StandingKind, type TerminalKind } from '../lambda/core/observe';
import { ORDER_STATUSES } from '../lambda/core/order';
import { OUTCOME_RULES, type OutcomeKind } from '../lambda/core/outcome';
import { REFUND_REASONS, type RefundDue } from '../lambda/core/refund';
import { orderFields } from '../lambda/shared/schema';

type DetailOf<T extends EventType> = Extract<ChangeEvent, { type: T }>['detail'];

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>) =>
  z.enum(Object.keys(table) as [K, ...K[]]);
const text = z.string();
const count = z.int().check(z.minimum(0));
const fen = count as unknown as z.ZodMiniType<Fen>;
/** RFC 3339, UTC, with milliseconds. */
const time = z.iso.datetime({ precision: 3 });
const standing = keysOf<StandingKind>(STANDING_MEANINGS);

const told = { schema: z.literal(EVENT_SCHEMA), id: text, at: time };
const { mchid, sub_mchid, service_id } = orderFields;
const ofOrder = {
  ...told,
  ...orderFields,
  version: count,
  status: z.enum(ORDER_STATUSES),
  standing: z.nullable(standing),
  total_amount: z.nullable(fen),
  paid_amount: z.nullable(fen),
  attempts: count,
};
const ofMerchant = { ...told, mchid };
const ofPair = { ...ofMerchant, sub_mchid, service_id };

const said = { completed_at: z.nullable(time) };
const seen = { seen_by: z.enum(['query', 'notification']) };
const call = {
  id: text,
  outcome: keysOf<OutcomeKind>(OUTCOME_RULES),
  because: z.nullable(text),
  open: z.boolean(),
  http_status: z.nullable(z.int()),
  code: z.nullable(text),
  sub_code: z.nullable(text),
  request_id: z.nullable(text),
};
const closed = z.strictObject({
  id: text,
  as: z.enum(['paid', 'settled', 'cancelled', 'expired', 'not_completed', 'not_paid', 'not_done', 'reduced']),
});
const stop = { because: z.enum(STOPS_TOLD) };
const tripped = { trips: count, until: time };

/** The `detail` of each event, as whoever consumes it may rely on. */
export const EVENT_SCHEMAS: { readonly [T in EventType]: z.ZodMiniObject & z.ZodMiniType<DetailOf<T>> } = {
  OrderRegistered: z.strictObject({ ...ofOrder, ...said }),
  RegistrationChanged: z.strictObject({ ...ofOrder, ...said }),
  AttemptSettled: z.strictObject({
    ...ofOrder,
    attempt: z.strictObject({ ...call, rule: text, policy: text, count }),
  }),
  AttemptClosed: z.strictObject({ ...ofOrder, attempt: closed }),
  DecisionSettled: z.strictObject({
    ...ofOrder,
    decision: z.strictObject({ ...call, operation: z.enum(['sync', 'cancel', 'modify']) }),
  }),
  DecisionClosed: z.strictObject({ ...ofOrder, decision: closed }),
  OrderPaid: z.strictObject({ ...ofOrder, ...seen, transaction_id: z.nullable(text) }),
  OrderSettled: z.strictObject({
    ...ofOrder,
    ...seen,
    because: z.nullable(z.enum(['paid_elsewhere', 'nothing_due'])),
  }),
  OrderCancelled: z.strictObject({ ...ofOrder, ...seen }),
  OrderExpired: z.strictObject({ ...ofOrder, ...seen }),
  OrderReopened: z.strictObject({
    ...ofOrder,
    ...seen,
    was: z.enum(['paid', 'settled', 'cancelled', 'expired'] satisfies TerminalKind[]),
  }),
  OrderExhausting: z.strictObject(ofOrder),
  OrderStopped: z.strictObject({ ...ofOrder, ...stop }),
  OrderResumed: z.strictObject({ ...ofOrder, ...stop }),
  OrderHeld: z.strictObject({ ...ofOrder, until: z.nullable(time) }),
  OrderReleased: z.strictObject(ofOrder),
  RefundDue: z.strictObject({
    ...ofOrder,
    refund: z.strictObject({ amount: fen, because: keysOf<RefundDue['because']>(REFUND_REASONS) }),
  }),
  MerchantStopped: z.strictObject({ ...ofMerchant, ...tripped }),
  MerchantResumed: z.strictObject(ofMerchant),
  PairStopped: z.strictObject({ ...ofPair, ...tripped }),
  PairResumed: z.strictObject(ofPair),
};

/** What all events of an order, or of a merchant or pair, tell: their table says it once. */
export const COMMON_FIELDS: Readonly<Record<string, string>> = {
  schema: `of \`detail\`: ${EVENT_SCHEMA}. A field that is added is no new schema`,
  id: 'of the event. Two with the same id are one, told twice: remember the id, and pass over the second',
  at: 'when it happened, RFC 3339 in UTC',
  mchid: 'merchant number of the provider (服务商商户号)',
  sub_mchid: 'merchant number of the sub-merchant (子商户号)',
  out_order_no: 'the order’s number (商户服务订单号)',
  service_id: '服务ID',
  version: 'of the order’s row when the event was made: what a higher one tells is newer',
  status: `\`${ORDER_STATUSES.join('`, `')}\``,
  standing: 'what WeChat Pay, verified, said last, or null: [outcomes.md](outcomes.md)',
  total_amount: 'fen, by WeChat Pay’s word, else as registered, or null',
  paid_amount: 'fen, by WeChat Pay’s word, or null',
  attempts: 'collections up to then that may have reached WeChat Pay’s deduction',
};
