import { attemptsOf, type Attempted } from '../core/attempts';
import { spellBeijingTime } from '../core/beijing-time';
import { completionOf } from '../core/completion';
import type { Instant } from '../core/ids';
import { amountsOf, paidAtOf } from '../core/money';
import { spellActor, type Order } from '../core/order';
import { csvOf, type Cell, type Id } from '../shared/csv';

/** The columns of a table, in their order, and what stands in each. */
type Columns<Row> = Readonly<Record<string, (row: Row) => Cell>>;

interface OrderRow {
  readonly order: Order;
  readonly attempts: readonly Attempted[];
  readonly now: Instant;
}

interface AttemptRow {
  readonly order: Order;
  readonly attempt: Attempted;
}

const REF: Columns<{ readonly order: Order }> = {
  mchid: ({ order }) => id(order.ref.mchid),
  sub_mchid: ({ order }) => id(order.ref.sub_mchid),
  out_order_no: ({ order }) => id(order.ref.out_order_no),
  service_id: ({ order }) => id(order.ref.service_id),
};

const ORDERS: Columns<OrderRow> = {
  ...REF,
  status: ({ order }) => order.status,
  registered_at: ({ order }) => time(order.registration.at),
  completed_at: ({ order }) => time(completionOf(order).at),
  completed_from: ({ order }) => completionOf(order).from,
  total_amount: ({ order }) => amountsOf(order).total_amount,
  /** Parts of what is due count too. */
  paid_amount: ({ order: { observed } }) =>
    observed !== undefined && 'paid_amount' in observed.standing ? observed.standing.paid_amount : undefined,
  paid_at: ({ order }) => time(paidAtOf(order)),
  transaction_id: ({ order: { observed } }) =>
    id(observed?.standing.kind === 'paid' ? observed.standing.transaction_id : undefined),
  /** Those that may have reached WeChat Pay's deduction. */
  attempts: ({ order }) => order.calls.length,
  last_attempt_at: ({ attempts }) => time(attempts.at(-1)?.at),
  last_outcome: ({ attempts }) => attempts.at(-1)?.outcome,
  held: ({ order: { hold }, now }) => (hold !== undefined && (hold.until ?? Infinity) > now ? 'yes' : 'no'),
  hold_reason: ({ order }) => order.hold?.reason,
  next_due_at: ({ order }) => time(order.due_at),
};

const ATTEMPTS: Columns<AttemptRow> = {
  ...REF,
  attempt_id: ({ attempt }) => id(attempt.claim_id),
  at: ({ attempt }) => time(attempt.at),
  actor: ({ attempt }) => attempt.by && spellActor(attempt.by.actor),
  rule: ({ attempt }) => attempt.by?.decided.rule,
  policy: ({ attempt }) => attempt.by?.decided.policy,
  outcome: ({ attempt }) => attempt.outcome,
  http_status: ({ attempt }) => attempt.evidence.http_status,
  code: ({ attempt }) => attempt.evidence.code,
  sub_code: ({ attempt }) => id(attempt.evidence.sub_code),
  message: ({ attempt: { evidence } }) => evidence.message ?? evidence.detail,
  request_id: ({ attempt }) => id(attempt.evidence.request_id),
  count: ({ attempt }) => attempt.count,
  closed_as: ({ attempt }) => attempt.closed?.as,
  closed_at: ({ attempt }) => time(attempt.closed?.at),
};

/** Which attempts are wanted: from the first instant on, and before the second. */
export interface Period {
  readonly from: Instant;
  readonly to: Instant;
}

export const ORDERS_HEADER = csvOf([Object.keys(ORDERS)]);
export const ATTEMPTS_HEADER = csvOf([Object.keys(ATTEMPTS)]);

export function orderCsv(order: Order, now: Instant): string {
  return rowsOf(ORDERS, [{ order, attempts: attemptsOf(order), now }]);
}

export function attemptsCsv(order: Order, { from, to }: Period): string {
  const attempts = attemptsOf(order).filter(({ at }) => from <= at && at < to);
  return rowsOf(
    ATTEMPTS,
    attempts.map((attempt) => ({ order, attempt })),
  );
}

function rowsOf<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  return rows.length === 0 ? '' : csvOf(rows.map((row) => Object.values(columns).map((cell) => cell(row))));
}

function id(text: string | undefined): Id | undefined {
  return text === undefined ? undefined : { id: text };
}

/** People read these: by the clocks of Beijing. */
function time(instant: Instant | undefined): string | undefined {
  return instant === undefined ? undefined : spellBeijingTime(instant);
}
