import type { Books, ByHandResult } from './books';
import type { Faults } from './faults';
import type { Accepted } from './input';
import type { Notifier } from './notifier';
import type { OrderKey } from './orders';
import type { Recorder } from './recorder';

/** What can be driven from outside, over HTTP under /_simulator/. */
export interface Controlled {
  readonly books: Books;
  readonly faults: Faults;
  readonly recorder: Recorder;
  readonly notifier: Notifier;
}

export interface ControlAnswer {
  readonly status: number;
  readonly body: object;
}

interface Call {
  readonly target: Controlled;
  /** The JSON body; undefined without one. */
  readonly body: unknown;
  readonly key: OrderKey;
}

interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Relative to /_simulator; `:order` stands for {mchid}/{sub_mchid}/{out_order_no}. */
  readonly path: string;
  readonly run: (call: Call) => ControlAnswer | Promise<ControlAnswer>;
}

export const CONTROL_PREFIX = '/_simulator';

const accepted = (result: Accepted<object>): ControlAnswer =>
  result.ok ? { status: 201, body: result.value } : { status: 400, body: { error: result.reason } };

const BY_HAND_STATUS: Readonly<Record<ByHandResult, number>> = {
  paid: 200,
  no_such_order: 404,
  not_pending: 409,
  deduction_in_progress: 409,
};

function payByHand({ target, key }: Call): ControlAnswer {
  const result = target.books.payByHand(key);
  return { status: BY_HAND_STATUS[result], body: { result } };
}

function showOrder({ target, key }: Call): ControlAnswer {
  const order = target.books.order(key.mchid, key.sub_mchid, key.out_order_no);
  return order === undefined
    ? { status: 404, body: { error: 'no such order' } }
    : { status: 200, body: order };
}

function announce({ target, key, body }: Call): ControlAnswer {
  const event_type = typeof body === 'object' && body !== null ? Reflect.get(body, 'event_type') : undefined;
  return accepted(target.notifier.announce(key, event_type));
}

const OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '/orders', run: ({ target }) => ({ status: 200, body: target.books.orders() }) },
  { method: 'POST', path: '/orders', run: ({ target, body }) => accepted(target.books.add(body)) },
  { method: 'GET', path: '/orders/:order', run: showOrder },
  { method: 'POST', path: '/orders/:order/pay-by-hand', run: payByHand },
  {
    method: 'POST',
    path: '/orders/:order/customer',
    run: ({ target, key, body }) => accepted(target.books.changeCustomer(key, body)),
  },
  { method: 'POST', path: '/faults', run: ({ target, body }) => accepted(target.faults.add(body)) },
  {
    method: 'DELETE',
    path: '/faults',
    run: ({ target }) => {
      target.faults.clear();
      target.notifier.faults.clear();
      return { status: 200, body: { cleared: true } };
    },
  },
  {
    method: 'POST',
    path: '/notification-faults',
    run: ({ target, body }) => accepted(target.notifier.faults.add(body)),
  },
  { method: 'POST', path: '/orders/:order/announce', run: announce },
  {
    method: 'POST',
    path: '/orders/:order/forge',
    run: ({ target, key }) => accepted(target.notifier.forge(key)),
  },
  {
    method: 'POST',
    path: '/notifications/deliver',
    run: async ({ target }) => ({ status: 200, body: await target.notifier.deliver() }),
  },
  {
    method: 'GET',
    path: '/notifications',
    run: ({ target }) => ({ status: 200, body: target.notifier.deliveries }),
  },
  { method: 'GET', path: '/requests', run: ({ target }) => ({ status: 200, body: target.recorder.entries }) },
];

const PATTERNS = OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^${CONTROL_PREFIX}${operation.path.replace(':order', '([^/]+)/([^/]+)/([^/]+)')}$`),
}));

function decode(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? '');
  } catch {
    // Malformed percent-encoding names no order; the operation says so.
    return '';
  }
}

function readJson(text: string): Accepted<unknown> {
  if (text === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, reason: 'the body is not JSON' };
  }
}

/** Any input gets an answer; what is wrong with it is said in `error`. */
export async function control(
  target: Controlled,
  method: string,
  url: string,
  text: string,
): Promise<ControlAnswer> {
  const path = url.split('?')[0] ?? '';
  for (const { operation, pattern } of PATTERNS) {
    const match = operation.method === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const body = readJson(text);
    if (!body.ok) return { status: 400, body: { error: body.reason } };
    const [, mchid, sub_mchid, out_order_no] = match;
    const key = { mchid: decode(mchid), sub_mchid: decode(sub_mchid), out_order_no: decode(out_order_no) };
    return operation.run({ target, body: body.value, key });
  }
  const known = OPERATIONS.map((operation) => `${operation.method} ${CONTROL_PREFIX}${operation.path}`);
  return { status: 404, body: { error: `no ${method} ${path}`, known } };
}
