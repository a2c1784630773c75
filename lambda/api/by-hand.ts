import * as z from 'zod/mini';
import {
  BY_HAND_MEANINGS,
  BY_HAND_REFUSALS,
  isDone,
  refusesCorrection,
  refusesHold,
  refusesRelease,
  type ByHandRefusal,
} from '../core/by-hand';
import { STOP_REASONS } from '../core/explain';
import { WAITS } from '../core/guards';
import type { Instant } from '../core/ids';
import type { Named, Operation, Order } from '../core/order';
import { OUTCOME_RULES } from '../core/outcome';
import { MINUTE_MS } from '../core/time';
import { ask } from '../flow/ask';
import { byHand, decideNow, type ByHandResult, type Wanted } from '../flow/by-hand';
import { withControlsReadOnce } from '../flow/memo';
import { aroundNow } from '../flow/persist';
import type { Ports } from '../flow/ports';
import { faultOfAge } from '../flow/register';
import { json, problem, type HttpAnswer } from '../shared/http';
import { fen, fenAboveZero, instant, orderFields, reasonText } from '../shared/schema';
import { actorOf } from './access';
import { iso, orderUnknown, outOfTime, presentOrder, presentReport, presentUnobserved } from './present';
import { invalid, readRequest } from './request';
import type { Route, RouteContext } from './router';

const { mchid, sub_mchid, out_order_no } = orderFields;
/** Which order, and why, in words that another will read. */
const byHandFields = { mchid, sub_mchid, out_order_no, reason: reasonText };

/** WeChat Pay shows it to the user: at most 50 characters, none outside the basic plane. */
const USER_REASON = /^[^\p{Cc}\u{10000}-\u{10FFFF}]{1,50}$/u;
const userReason = z
  .string()
  .check(z.trim(), z.regex(USER_REASON, 'is not 1 to 50 characters in one line, without emoji'));

export const HoldRequest = z.strictObject({ ...byHandFields, until: z.optional(instant) });
/** The decisions that a release may take back, in the words of the routes. */
const TAKES_BACK = { settle: 'sync', waive: 'cancel', reduce: 'modify' } as const;
export const ReleaseRequest = z
  .strictObject({
    ...byHandFields,
    takes_back: z.optional(
      z.enum(['settle', 'waive', 'reduce'], { error: 'is not one of settle, waive, reduce' }),
    ),
    refund_amount: z.optional(fenAboveZero),
  })
  .check(
    z.refine(({ takes_back, refund_amount }) => takes_back === undefined || refund_amount === undefined, {
      path: ['refund_amount'],
      error: 'is given beside takes_back: a release names one of the two',
    }),
  );
export const SettleRequest = z.strictObject({ ...byHandFields, paid_at: instant });
export const WaiveRequest = z.strictObject({ ...byHandFields, user_reason: z.optional(userReason) });
export const ReduceRequest = z.strictObject({
  ...byHandFields,
  total_amount: fen,
  user_reason: z.optional(userReason),
});
export const CorrectRequest = z.strictObject(byHandFields);

/** What the user is shown unless somebody says otherwise. */
const WAIVED = '商户已免除该笔费用';
const REDUCED = '商户已下调该笔费用';
/** Clocks differ. */
const AHEAD_MS_MAX = 5 * MINUTE_MS;

/** `POST …/hold`: nothing is collected until `until`, or until somebody releases the order. It is still asked about. */
export const holdRoute: Route = async (event, context) => {
  const request = readRequest(event, HoldRequest);
  if (!request.ok) return request.answer;
  const { reason, until, ...key } = request.value;
  const at = context.ports.now();
  if (until !== undefined && until <= at) return invalid([{ field: 'until', rule: 'lies behind' }]);
  const hold = { actor: actorOf(event), reason, ...(until === undefined ? {} : { until }) };
  return decided(key, context, (order) => refusedOr(refusesHold(order, until), { kind: 'hold', at, hold }));
};

/**
 * `POST …/release`: a hold is over, and a full record goes on. A decision is only taken back by its name, and a refund has
 * only been dealt with when its amount is named.
 */
export const releaseRoute: Route = async (event, context) => {
  const request = readRequest(event, ReleaseRequest);
  if (!request.ok) return request.answer;
  const { reason, takes_back, refund_amount, ...key } = request.value;
  const names = namedIn({ takes_back, refund_amount });
  const release = { kind: 'release', at: context.ports.now(), actor: actorOf(event), reason } as const;
  const change = { ...release, ...(names === undefined ? {} : { names }) };
  return decided(key, context, (order) => refusedOr(refusesRelease(order, names), change));
};

function namedIn({
  takes_back,
  refund_amount,
}: Pick<z.infer<typeof ReleaseRequest>, 'takes_back' | 'refund_amount'>): Named | undefined {
  if (takes_back !== undefined) return { kind: 'decision', operation: TAKES_BACK[takes_back] };
  return refund_amount === undefined ? undefined : { kind: 'refund', amount: refund_amount };
}

/** `POST …/settle`: the user paid elsewhere (同步服务订单状态). */
export const settleRoute: Route = async (event, context) => {
  const request = readRequest(event, SettleRequest);
  if (!request.ok) return request.answer;
  const { paid_at, ...rest } = request.value;
  if (paid_at > context.ports.now() + AHEAD_MS_MAX)
    return invalid([{ field: 'paid_at', rule: 'lies ahead' }]);
  const fault = faultOfAge('paid_at', paid_at, context.ports.now());
  if (fault !== undefined) return invalid([fault]);
  return operate(event, context, rest, { kind: 'sync', paid_at });
};

/** `POST …/waive`: the debt is forgiven (取消服务订单). WeChat Pay may refuse that for an order that is pending. */
export const waiveRoute: Route = async (event, context) => {
  const request = readRequest(event, WaiveRequest);
  if (!request.ok) return request.answer;
  const { user_reason = WAIVED, ...rest } = request.value;
  return operate(event, context, rest, { kind: 'cancel', user_reason });
};

/** `POST …/reduce`: less is due (修改订单金额), never more. */
export const reduceRoute: Route = async (event, context) => {
  const request = readRequest(event, ReduceRequest);
  if (!request.ok) return request.answer;
  const { total_amount, user_reason = REDUCED, ...rest } = request.value;
  if (total_amount === 0)
    return invalid([{ field: 'total_amount', rule: 'is 0: an order that is forgiven is waived' }]);
  return operate(event, context, rest, { kind: 'modify', total_amount, user_reason });
};

/** `POST …/correct`: asks WeChat Pay again, whatever the order's state, and applies what is verified. It takes no state. */
export const correctRoute: Route = async (event, { ports: given, deadlineAt }) => {
  const request = readRequest(event, CorrectRequest);
  if (!request.ok) return request.answer;
  const { reason, ...key } = request.value;
  const ports = withControlsReadOnce(given);
  const order = await ports.ledger.find(key);
  if (order === undefined) return orderUnknown();
  const refusal = refusesCorrection(order);
  if (refusal !== undefined) return refused(order, refusal, ports);
  const answer = await ask(order, ports, { deadlineAt, keep: true });
  if (answer.kind === 'out_of_time') return outOfTime();
  if (answer.kind === 'unobserved')
    return presentUnobserved(answer.report, order, await aroundNow(order, ports), ports.now());
  const change = { kind: 'correct', at: ports.now(), actor: actorOf(event), reason } as const;
  const result = await decideNow(answer.order, (one) => refusedOr(refusesCorrection(one), change), ports);
  return json(200, { ...(await shown(result.order, ports)), wechatpay: answer.evidence });
};

type Key = Pick<z.infer<typeof ReleaseRequest>, 'mchid' | 'sub_mchid' | 'out_order_no'>;

function refusedOr(
  refusal: ByHandRefusal | undefined,
  change: Extract<Wanted, { change: unknown }>['change'],
): Wanted {
  return refusal === undefined ? { change } : { refused: refusal };
}

async function decided(
  key: Key,
  { ports: given }: RouteContext,
  wanted: (order: Order) => Wanted,
): Promise<HttpAnswer> {
  const ports = withControlsReadOnce(given);
  const order = await ports.ledger.find(key);
  if (order === undefined) return orderUnknown();
  const result = await decideNow(order, wanted, ports);
  if (result.kind === 'refused') return refused(result.order, result.because, ports);
  return json(200, await shown(result.order, ports));
}

async function operate(
  event: Parameters<Route>[0],
  { ports: given, deadlineAt }: RouteContext,
  { reason, ...key }: Key & { readonly reason: string },
  operation: Operation,
): Promise<HttpAnswer> {
  const ports = withControlsReadOnce(given);
  const order = await ports.ledger.find(key);
  if (order === undefined) return orderUnknown();
  const result = await byHand({ order, actor: actorOf(event), reason, operation, deadlineAt }, ports);
  switch (result.kind) {
    case 'told':
      return told(result, operation, ports);
    case 'refused':
      return refused(result.order, result.because, ports);
    case 'intended':
      return intended(result, ports);
  }
}

async function told(
  { order, open, report, recorded }: Extract<ByHandResult, { kind: 'told' }>,
  operation: Operation,
  ports: Ports,
): Promise<HttpAnswer> {
  const { kind } = report.outcome;
  const stillOpen = order.open?.claim_id === open.claim_id;
  const meaning = BY_HAND_MEANINGS[operation.kind][kind] ?? OUTCOME_RULES[kind].meaning;
  const body = {
    operation: {
      id: open.claim_id,
      kind: operation.kind,
      ...presentReport(report),
      open: stillOpen,
      meaning,
    },
    recorded,
    wechatpay: report.evidence,
    ...(await shown(order, ports)),
  };
  if (stillOpen) return json(202, body);
  return isDone(order, operation)
    ? json(200, body)
    : problem({
        kind: 'not-done',
        status: 409,
        title: 'WeChat Pay did not do it',
        detail: `${meaning} See wechatpay; next is what the schedule does.`,
        more: body,
      });
}

async function intended(
  { order, because }: Extract<ByHandResult, { kind: 'intended' }>,
  ports: Ports,
): Promise<HttpAnswer> {
  const now = ports.now();
  const [why, retryAt] = whyNotTold(because, now);
  return problem({
    kind: 'not-told',
    status: 503,
    title: 'WeChat Pay not told yet',
    detail: `${why} The decision is recorded and nothing is collected here meanwhile; send it again from ${iso(retryAt)}.`,
    headers: { 'retry-after': String(Math.max(1, Math.ceil((retryAt - now) / 1_000))) },
    more: {
      ...(because.kind === 'unobserved' ? { wechatpay: because.report.evidence } : {}),
      ...(await shown(order, ports)),
    },
  });
}

function whyNotTold(
  because: Extract<ByHandResult, { kind: 'intended' }>['because'],
  now: Instant,
): readonly [why: string, retryAt: Instant] {
  switch (because.kind) {
    case 'wait':
      return [WAITS[because.because], because.until];
    case 'unobserved':
      return ['WeChat Pay gave no usable answer about the order.', now + MINUTE_MS];
    case 'keyless':
      return [because.message, now + MINUTE_MS];
    case 'out_of_time':
      return ['Too little time was left to tell WeChat Pay.', now];
  }
}

async function refused(order: Order, because: ByHandRefusal, ports: Ports): Promise<HttpAnswer> {
  return problem({
    kind: 'not-possible',
    status: 409,
    title: 'Not possible in this state',
    detail: `Nothing was changed. ${{ ...STOP_REASONS, ...BY_HAND_REFUSALS }[because]}`,
    more: { because, ...(await shown(order, ports)) },
  });
}

async function shown(order: Order, ports: Ports): Promise<Record<string, unknown>> {
  return presentOrder(order, await aroundNow(order, ports), ports.now());
}
