import { z } from 'zod';
import { isNotifyUrl, NOTIFY_URL_RULE } from './merchants';

// Bounds of what may be registered; everything kept in memory has one.
const MAX_FEN = 100_000_000;
const MAX_INSTANT_MS = 4_000_000_000_000;
const MAX_DURATION_MS = 400 * 86_400_000;
const MAX_AUTO_DEDUCTIONS = 100;

/** WeChat Pay: digits, letters and _ - | *, at most 32 of them. */
export const OUT_ORDER_NO = /^[0-9A-Za-z_\-|*]{1,32}$/;

const amountFen = z.int().min(0).max(MAX_FEN);
const instantMs = z.int().min(0).max(MAX_INSTANT_MS);
const durationMs = z.int().min(0).max(MAX_DURATION_MS);
const identifier = z.string().regex(/^[0-9A-Za-z_-]{1,32}$/, 'must be 1 to 32 of 0-9 A-Z a-z _ -');

/**
 * How the customer behind an order behaves when money is asked for.
 * - `pays`: has money from `balanceFromMs` (epoch) or `balanceAfterMs` (after registration) on; without either, at once.
 *   `balanceFen` limits how much: less than is due makes a partial payment. `settlesAfterMs` keeps a deduction that was
 *   answered 204 in progress for that long.
 * - `declines`: never has money.
 * - `in_progress`: each collect answers `{"trade_state":"USERPAYING"}` and ends after `forMs`.
 */
export const customerSchema = z.discriminatedUnion('kind', [
  z
    .strictObject({
      kind: z.literal('pays'),
      balanceFromMs: instantMs.optional(),
      balanceAfterMs: durationMs.optional(),
      balanceFen: amountFen.optional(),
      settlesAfterMs: durationMs.optional(),
    })
    .refine((c) => c.balanceFromMs === undefined || c.balanceAfterMs === undefined, {
      error: 'give balanceFromMs (epoch) or balanceAfterMs (after registration), not both',
    }),
  z.strictObject({ kind: z.literal('declines') }),
  z.strictObject({ kind: z.literal('in_progress'), forMs: durationMs, ends: z.enum(['paid', 'failed']) }),
]);
export type Customer = z.output<typeof customerSchema>;

/** Where an order stands; TRIPLES says how each is shown on the wire. */
export const PHASES = [
  'created',
  'user_confirm',
  'user_paying',
  'user_paid',
  'free',
  'revoked',
  'expired',
] as const;
export type Phase = (typeof PHASES)[number];

export interface Triple {
  readonly state: 'CREATED' | 'DOING' | 'DONE' | 'REVOKED' | 'EXPIRED';
  readonly state_description?: 'USER_CONFIRM' | 'MCH_COMPLETE';
  readonly collection_state?: 'USER_PAYING' | 'USER_PAID';
}

/** WeChat Pay: an order must be judged on all three, never on `state` alone. */
export const TRIPLES: Readonly<Record<Phase, Triple>> = {
  created: { state: 'CREATED' },
  user_confirm: { state: 'DOING', state_description: 'USER_CONFIRM' },
  user_paying: { state: 'DOING', state_description: 'MCH_COMPLETE', collection_state: 'USER_PAYING' },
  user_paid: { state: 'DONE', collection_state: 'USER_PAID' },
  // Completed for 0 fen: done without a collection.
  free: { state: 'DONE' },
  revoked: { state: 'REVOKED' },
  expired: { state: 'EXPIRED' },
};

/**
 * Who may call what for this order.
 * - `no_permission`: mutual authorisation is missing, every changing call answers 403 NO_AUTH; a query still works.
 * - `not_opened`: the collect capability was never opened for this service_id, /pay answers a 404 without ORDER_NOT_EXIST.
 */
const accessSchema = z.enum(['open', 'no_permission', 'not_opened']);
export type Access = z.output<typeof accessSchema>;

export const newOrderSchema = z
  .strictObject({
    mchid: identifier,
    sub_mchid: identifier,
    out_order_no: z.string().regex(OUT_ORDER_NO, 'must be 1 to 32 of 0-9 A-Z a-z _ - | *'),
    service_id: identifier.default('00004000000000000000000000000001'),
    appid: identifier.default('wx0000000000000001'),
    service_introduction: z.string().min(1).max(20).default('充电宝租借'),
    query_id: z.string().min(1).max(512).optional(),
    /** Integer fen. */
    total_amount: amountFen,
    phase: z.enum(PHASES).default('user_paying'),
    customer: customerSchema.default({ kind: 'pays' }),
    access: accessSchema.default('open'),
    /** When the service was completed; null leaves `time_range.end_time` out. Default: when it was registered. */
    completedAtMs: instantMs.nullable().optional(),
    /** The end that was planned when the service began: `time_range.end_time` as long as no other is said. */
    plannedEndAtMs: instantMs.optional(),
    /** When WeChat Pay itself tries to deduct; the service provider never learns this rhythm. */
    autoDeductionsAtMs: z.array(instantMs).max(MAX_AUTO_DEDUCTIONS).default([]),
    /** When the customer opens WeChat and pays by himself; while a deduction runs he waits for its end. */
    byHandAtMs: instantMs.optional(),
    /** Where its notifications go; without it, where the merchant's go. */
    notify_url: z.string().refine(isNotifyUrl, NOTIFY_URL_RULE).optional(),
  })
  .refine(
    (order) => (order.phase === 'user_paying' || order.phase === 'user_paid' ? order.total_amount > 0 : true),
    {
      path: ['total_amount'],
      error:
        'must be above 0 for an order that is pending payment or paid; an order over 0 fen has phase "free"',
    },
  );
/** What has to be said to register an order; everything else has a default. */
export type NewOrder = z.input<typeof newOrderSchema>;
export type RegisteredOrder = z.output<typeof newOrderSchema>;

/** WeChat Pay: an order is unique under (provider, sub-merchant, order number). */
export interface OrderKey {
  readonly mchid: string;
  readonly sub_mchid: string;
  readonly out_order_no: string;
}

// No identifier may contain "/", so that the joined key is unambiguous.
export const keyText = (key: OrderKey): string => `${key.mchid}/${key.sub_mchid}/${key.out_order_no}`;

export type Cause = 'collect' | 'by_hand' | 'auto';

/** Money that changed hands through WeChat Pay: one line of the simulator's own books. */
export interface MoneyMovement {
  readonly atMs: number;
  readonly amountFen: number;
  readonly cause: Cause;
  readonly transaction_id: string;
}

/** One line of `collection.details`, as the query answers it. */
export interface CollectionDetail {
  readonly seq: number;
  readonly amount: number;
  /** NEWTON = paid through WeChat Pay, whatever triggered it; MCH = paid elsewhere and synced. */
  readonly paid_type: 'NEWTON' | 'MCH';
  readonly paid_time: string;
  readonly transaction_id?: string;
}

/** Calls to /pay for one order, well signed: how many arrived, and how many reached the customer's account. */
export interface PayCalls {
  readonly received: number;
  readonly processed: number;
}

/** The simulator's inside view of an order at one moment. */
export interface SimulatedOrder extends OrderKey, Triple {
  readonly service_id: string;
  readonly order_id: string;
  readonly total_amount: number;
  readonly paid_amount: number;
  readonly paying_amount: number;
  readonly details: readonly CollectionDetail[];
  readonly customer: Customer;
  readonly access: Access;
  readonly deduction: 'none' | 'in_progress';
  /** While now is before this, the order answers "deduction in progress" to every changing call. */
  readonly lockedUntilMs: number;
  readonly movements: readonly MoneyMovement[];
  readonly payCalls: PayCalls;
}

export interface OrderBooks extends OrderKey {
  readonly movements: readonly MoneyMovement[];
  readonly payCalls: PayCalls;
}
