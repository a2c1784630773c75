import { call, type Api } from '../../api/client';
import type { Result } from '../../api/result';
import type { Decision, Evidence, OutcomeKind, ShownOrder, Standing } from '../../api/types';
import { namedAs, type Action, type Names } from '../../lib/allowed';
import { fenOf } from '../../lib/money';
import { instantOf } from '../../lib/time';

/** What the person wrote into the form. */
export interface Given {
  readonly reason: string;
  readonly until: string;
  readonly paidAt: string;
  readonly amount: string;
  readonly userReason: string;
  /** What a release is about, beside a hold. */
  readonly names: Names;
}

interface Call {
  readonly outcome: OutcomeKind;
  readonly open: boolean;
}

/** As much of the answers as every action's has. */
export interface Sent {
  readonly next: Decision;
  readonly standing: Standing | null;
  readonly attempt?: Call;
  readonly operation?: Call;
  readonly wechatpay?: Evidence;
  /** Whether the ledger holds the outcome. */
  readonly recorded?: boolean;
}

const PATHS = {
  query: '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query',
  hold: '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/hold',
  release: '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/release',
  settle: '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/settle',
  waive: '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/waive',
  reduce: '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/reduce',
  correct: '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/correct',
} as const;

/** Sends what was confirmed, once. */
export async function sendAction(
  api: Api,
  action: Exclude<Action, 'collect'>,
  shownOrder: ShownOrder,
  given: Given,
): Promise<Result<Sent>> {
  const { mchid, sub_mchid, out_order_no, service_id } = shownOrder.order;
  const params = { path: { mchid, sub_mchid, out_order_no } };
  const reason = given.reason.trim();
  const shown = given.userReason.trim();
  const userReason = shown === '' ? {} : { user_reason: shown };
  return call<Sent>(async (signal) => {
    switch (action) {
      case 'query': {
        const body = { service_id };
        return api.POST(PATHS.query, { params, body, signal });
      }
      case 'hold': {
        const until = instantOf(given.until);
        const body = { reason, ...(until === undefined ? {} : { until }) };
        return api.POST(PATHS.hold, { params, body, signal });
      }
      case 'release': {
        const body = { reason, ...namedAs(given.names, shownOrder) };
        return api.POST(PATHS.release, { params, body, signal });
      }
      case 'settle': {
        const body = { reason, paid_at: instantOf(given.paidAt) ?? '' };
        return api.POST(PATHS.settle, { params, body, signal });
      }
      case 'waive': {
        const body = { reason, ...userReason };
        return api.POST(PATHS.waive, { params, body, signal });
      }
      case 'reduce': {
        const body = { reason, total_amount: fenOf(given.amount) ?? 0, ...userReason };
        return api.POST(PATHS.reduce, { params, body, signal });
      }
      case 'correct': {
        const body = { reason };
        return api.POST(PATHS.correct, { params, body, signal });
      }
    }
  });
}
