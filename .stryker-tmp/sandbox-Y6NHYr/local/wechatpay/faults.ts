import { z } from 'zod';
import { FaultQueue } from './fault-queue';
import type { Accepted } from './input';
import { ACTIONS, type Action } from './routes';

const MAX_DELAY_MS = 120_000;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** The shortest body `huge_body` can make: {"padding":""}. */
const MIN_BODY_BYTES = 14;
const DEFAULT_HUGE_BYTES = 2 * 1024 * 1024;

function isPattern(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Which requests a fault is for; what is left out matches everything. */
const matchSchema = z.strictObject({
  host: z.enum(['main', 'backup']).optional(),
  method: z.string().optional(),
  /** A regular expression over the raw path and query. */
  path: z.string().refine(isPattern, 'is not a regular expression').optional(),
  action: z.enum(ACTIONS).optional(),
  out_order_no: z.string().optional(),
});

const common = {
  on: matchSchema.default({}),
  /** For how many matching requests. */
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
};

/** `before`: instead of doing what was asked. `after`: it was done, only the answer is replaced. */
const when = z.enum(['before', 'after']).default('before');
const bodyStatus = z.int().min(200).max(599);

/**
 * Everything that can go wrong on the way, one kind each. Those that spoil a signature touch 2xx answers only, since WeChat Pay
 * signs no others; such a fault is spent even when the answer turns out to be an error.
 */
const faultSchema = z.discriminatedUnion('kind', [
  /** The connection is reset before anything of the request is read beyond its head; nothing is done. */
  z.strictObject({ kind: z.literal('refuse'), ...common }),
  /** The whole request arrives, nothing is done, the connection is reset. */
  z.strictObject({ kind: z.literal('lost_request'), ...common }),
  /** It is done, then the connection is reset. */
  z.strictObject({ kind: z.literal('lost_answer'), ...common }),
  /** May accompany one other fault. */
  z.strictObject({ kind: z.literal('delay'), delayMs: z.int().min(0).max(MAX_DELAY_MS), when, ...common }),
  /** An unsigned answer. Without a code it is a gateway's HTML page instead of WeChat Pay's JSON. */
  z.strictObject({
    kind: z.literal('status'),
    status: bodyStatus,
    code: z.string().optional(),
    message: z.string().optional(),
    sub_code: z.int().min(0).optional(),
    when,
    ...common,
  }),
  /** A well-signed answer with a body of the caller's choice. */
  z.strictObject({ kind: z.literal('body'), status: bodyStatus, body: z.string(), when, ...common }),
  /** WeChat Pay's own probe: a wrong signature that begins with WECHATPAY/SIGNTEST/. */
  z.strictObject({ kind: z.literal('signtest'), ...common }),
  z.strictObject({ kind: z.literal('bad_signature'), ...common }),
  z.strictObject({ kind: z.literal('unknown_serial'), ...common }),
  /** Signed `seconds` ago; a negative number signs in the future. */
  z.strictObject({ kind: z.literal('stale_timestamp'), seconds: z.int(), ...common }),
  z.strictObject({ kind: z.literal('unsigned'), ...common }),
  /** One byte is changed after signing; an empty body gains one. */
  z.strictObject({ kind: z.literal('altered_body'), ...common }),
  /** Half of the promised bytes arrive, then the connection is closed. */
  z.strictObject({ kind: z.literal('truncated_body'), ...common }),
  /** Well signed, not JSON. */
  z.strictObject({ kind: z.literal('garbage_body'), ...common }),
  /** Well signed, valid JSON, and far larger than any true answer. */
  z.strictObject({
    kind: z.literal('huge_body'),
    bytes: z.int().min(MIN_BODY_BYTES).max(MAX_BODY_BYTES).default(DEFAULT_HUGE_BYTES),
    ...common,
  }),
]);

/** A fault as asked for: `{ kind: 'lost_answer', on: { action: 'pay' }, times: 2 }`. */
export type Fault = z.input<typeof faultSchema>;
export type SetFault = z.output<typeof faultSchema>;
export type Delay = SetFault & { kind: 'delay' };
export type Disturbance = Exclude<SetFault, { kind: 'delay' }>;

/** What faults are matched against: all that is known before a body was read. */
export interface Arrival {
  readonly host: 'main' | 'backup';
  readonly method: string;
  readonly url: string;
  readonly action: Action;
  readonly out_order_no: string | undefined;
}

function matches(fault: SetFault, arrival: Arrival): boolean {
  const { host, method, path, action, out_order_no } = fault.on;
  return (
    (host === undefined || host === arrival.host) &&
    (method === undefined || method.toUpperCase() === arrival.method) &&
    (path === undefined || new RegExp(path).test(arrival.url)) &&
    (action === undefined || action === arrival.action) &&
    (out_order_no === undefined || out_order_no === arrival.out_order_no)
  );
}

const isDelay = (fault: SetFault): fault is Delay => fault.kind === 'delay';
const isDisturbance = (fault: SetFault): fault is Disturbance => fault.kind !== 'delay';

/** A request takes the first fault that matches, and the first delay beside it. */
export class Faults {
  readonly #queue = new FaultQueue<SetFault>();

  add(fault: unknown): Accepted<SetFault> {
    const parsed = faultSchema.safeParse(fault);
    if (!parsed.success) return { ok: false, reason: z.prettifyError(parsed.error) };
    const reason = this.#queue.add(parsed.data);
    return reason === undefined ? { ok: true, value: parsed.data } : { ok: false, reason };
  }

  take(arrival: Arrival): {
    readonly delay: Delay | undefined;
    readonly disturbance: Disturbance | undefined;
  } {
    const delay = this.#queue.take((fault): fault is Delay => isDelay(fault) && matches(fault, arrival));
    const disturbance = this.#queue.take(
      (fault): fault is Disturbance => isDisturbance(fault) && matches(fault, arrival),
    );
    return { delay, disturbance };
  }

  clear(): void {
    this.#queue.clear();
  }
}
