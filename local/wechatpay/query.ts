import { type OrderRecord, payingFen } from './record';
import { type OrderKey, type Phase, TRIPLES } from './orders';
import { compactTime } from './time';

const SERVICE_LASTED_MS = 3_600_000;

// What is known of an order only once it was completed; a cancelled one keeps nothing of it.
const COMPLETED: Readonly<Record<Phase, boolean>> = {
  created: false,
  user_confirm: false,
  user_paying: true,
  user_paid: true,
  free: true,
  revoked: false,
  expired: false,
};

function collection(record: OrderRecord): object | undefined {
  const { collection_state } = TRIPLES[record.phase];
  if (collection_state === undefined) return undefined;
  return {
    state: collection_state,
    total_amount: record.totalFen,
    paying_amount: payingFen(record),
    paid_amount: record.paidFen,
    ...(record.details.length > 0 && { details: record.details }),
  };
}

function timeRange(record: OrderRecord): object {
  const { completedAtMs, plannedEndAtMs } = record.given;
  const completedMs = completedAtMs ?? record.registeredAtMs;
  const start_time = compactTime(completedMs - SERVICE_LASTED_MS);
  const isSaid = completedAtMs !== null && COMPLETED[record.phase];
  const endMs = isSaid ? completedMs : plannedEndAtMs;
  return endMs === undefined ? { start_time } : { start_time, end_time: compactTime(endMs) };
}

/** What a query answers and a notification carries: the fields of the partner mode, absent ones left out as WeChat Pay does. */
export function describe(record: OrderRecord): object {
  const { given, phase } = record;
  const { state, state_description } = TRIPLES[phase];
  const money = collection(record);
  const completed = COMPLETED[phase] && {
    post_payments: [{ name: '服务费', amount: record.totalFen, description: '按时计费', count: 1 }],
    total_amount: record.totalFen,
    need_collection: phase !== 'free',
  };
  return {
    out_order_no: given.out_order_no,
    service_id: given.service_id,
    appid: given.appid,
    mchid: given.mchid,
    sub_mchid: given.sub_mchid,
    service_introduction: given.service_introduction,
    state,
    ...(state_description !== undefined && { state_description }),
    ...completed,
    risk_fund: {
      name: 'ESTIMATE_ORDER_COST',
      amount: Math.max(given.total_amount, 1),
      description: '预估费用',
    },
    ...(money !== undefined && { collection: money }),
    time_range: timeRange(record),
    location: { start_location: '深圳市南山区', end_location: '深圳市南山区' },
    openid: openidOf(given),
    order_id: record.order_id,
  };
}

/** The same customer has another openid under each number; here one customer for each sub-merchant is enough. */
export function openidOf({ sub_mchid }: Pick<OrderKey, 'sub_mchid'>): string {
  return `o${sub_mchid.padEnd(27, '0').slice(0, 27)}`;
}
