import { z } from 'zod';
import { FaultQueue } from './fault-queue';
import type { Accepted } from './input';

const MAX_COPIES = 50;
const MAX_LATE_MS = 2 * 86_400_000;
const MAX_STALE_S = 30 * 86_400;

export const EVENT_TYPES = [
  'PAYSCORE.USER_PAID',
  'PAYSCORE.USER_CONFIRM',
  'PAYSCORE.USER_OPEN_SERVICE',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Which deliveries a fault is for; what is left out matches everything. */
const matchSchema = z.strictObject({
  event_type: z.enum(EVENT_TYPES).optional(),
  sub_mchid: z.string().optional(),
  out_order_no: z.string().optional(),
  /** 1 is the first, each retry one more. */
  attempt: z.int().min(1).optional(),
});

const common = {
  on: matchSchema.default({}),
  /** For how many matching deliveries. */
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
};

/** What can be wrong with one delivery of a notification. One that is refused for it is repeated, and then as it should be. */
const notificationFaultSchema = z.discriminatedUnion('kind', [
  /** Is never delivered, by no retry either. */
  z.strictObject({ kind: z.literal('lost'), ...common }),
  z.strictObject({
    kind: z.literal('duplicated'),
    copies: z.int().min(2).max(MAX_COPIES).default(2),
    /** All at the same moment, or each after the answer to the one before. */
    at_once: z.boolean().default(true),
    ...common,
  }),
  /** Signed and sent, and on its way for `delayMs`: to the sender it is unanswered, so that the retry comes first. */
  z.strictObject({ kind: z.literal('late'), delayMs: z.int().min(1).max(MAX_LATE_MS), ...common }),
  /** Signed by somebody else's key, under the serial number of the right one. */
  z.strictObject({ kind: z.literal('forged'), ...common }),
  /** A probe with a spoilt signature comes first, the right one right after it. */
  z.strictObject({ kind: z.literal('signtest'), ...common }),
  /** The JSON says the same in other bytes than were signed. */
  z.strictObject({ kind: z.literal('reserialised'), ...common }),
  /** Half of the bytes that were signed. */
  z.strictObject({ kind: z.literal('truncated'), ...common }),
  /** About an order of the same number of another merchant of this simulator, encrypted under that one's key. */
  z.strictObject({ kind: z.literal('wrong_tenant'), mchid: z.string(), ...common }),
  /** As one official document spells it: `sp_mchid` for `mchid`, and a `transaction_id` beside `collection`. */
  z.strictObject({ kind: z.literal('sp_mchid'), ...common }),
  /** Well signed `seconds` ago, as by a merchant's own receiver that forwards slowly. */
  z.strictObject({
    kind: z.literal('stale'),
    seconds: z.int().min(1).max(MAX_STALE_S).default(3_600),
    ...common,
  }),
]);

/** A fault as asked for: `{ kind: 'lost', on: { out_order_no: 'A1' } }`. */
export type NotificationFault = z.input<typeof notificationFaultSchema>;
export type SetNotificationFault = z.output<typeof notificationFaultSchema>;

export interface Departure {
  readonly event_type: EventType;
  readonly sub_mchid: string;
  readonly out_order_no: string;
  readonly attempt: number;
}

function matches({ on }: SetNotificationFault, departure: Departure): boolean {
  const { event_type, sub_mchid, out_order_no, attempt } = on;
  return (
    (event_type === undefined || event_type === departure.event_type) &&
    (sub_mchid === undefined || sub_mchid === departure.sub_mchid) &&
    (out_order_no === undefined || out_order_no === departure.out_order_no) &&
    (attempt === undefined || attempt === departure.attempt)
  );
}

/** A delivery takes the first fault that matches. */
export class NotificationFaults {
  readonly #queue = new FaultQueue<SetNotificationFault>();
  readonly #mchids: ReadonlySet<string>;

  constructor(mchids: ReadonlySet<string>) {
    this.#mchids = mchids;
  }

  add(fault: unknown): Accepted<SetNotificationFault> {
    const parsed = notificationFaultSchema.safeParse(fault);
    if (!parsed.success) return { ok: false, reason: z.prettifyError(parsed.error) };
    const { data } = parsed;
    if (data.kind === 'wrong_tenant' && !this.#mchids.has(data.mchid))
      return { ok: false, reason: `no merchant ${data.mchid} here` };
    const reason = this.#queue.add(data);
    return reason === undefined ? { ok: true, value: data } : { ok: false, reason };
  }

  take(departure: Departure): SetNotificationFault | undefined {
    return this.#queue.take((fault): fault is SetNotificationFault => matches(fault, departure));
  }

  clear(): void {
    this.#queue.clear();
  }
}
