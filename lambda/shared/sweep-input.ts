import * as z from 'zod/mini';
import { orderFields } from './schema';

export const SWEEP_ORDERS_MAX = 50;

/** What the EventBridge rule hands to `sweep`: its constant input, word for word. */
export const SweepInput = z.strictObject({
  orders: z.array(z.strictObject(orderFields)).check(z.minLength(1), z.maxLength(SWEEP_ORDERS_MAX)),
  dry_run: z.optional(z.boolean()),
});

export type SweepInput = z.infer<typeof SweepInput>;
