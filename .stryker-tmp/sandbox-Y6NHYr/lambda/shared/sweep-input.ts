import * as z from 'zod/mini';
import { PayscoreError } from '../core/errors';
import { spellFault } from '../core/faults';
import { orderFields, parse } from './schema';

export const SWEEP_ORDERS_MAX = 20_000;
export const NAMED_ORDERS_MAX = 50;

const { mchid, sub_mchid, service_id } = orderFields;

/** What the EventBridge rule may hand to `sweep`, its constant input word for word: it narrows the sweep, or names orders. */
export const SweepInput = z.strictObject({
  mchid: z.optional(mchid),
  sub_mchid: z.optional(sub_mchid),
  service_id: z.optional(service_id),
  /** Sent at most; less than is set for every sweep, never more. */
  max_orders: z.optional(z.int().check(z.minimum(1), z.maximum(SWEEP_ORDERS_MAX))),
  /** Count what is due, send and register nothing. */
  dry_run: z.optional(z.boolean()),
  /** Registered first, if they are not; then collected as their policy says. */
  orders: z.optional(
    z.array(z.strictObject(orderFields)).check(z.minLength(1), z.maxLength(NAMED_ORDERS_MAX)),
  ),
});

export type SweepInput = z.infer<typeof SweepInput>;

/**
 * What an event of the rule says. EventBridge's own event, which a rule without constant input sends, narrows nothing.
 * @throws PayscoreError INPUT_INVALID with every fault
 */
export function readSweepInput(event: unknown): SweepInput {
  const input = parse(SweepInput, isScheduledEvent(event) ? {} : event);
  if (input.ok) return input.value;
  const faults = input.faults.map(spellFault);
  throw new PayscoreError('INPUT_INVALID', `The sweep's input is not usable: ${faults.join('; ')}.`, {
    faults,
  });
}

function isScheduledEvent(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'source' in event && event.source === 'aws.events';
}
