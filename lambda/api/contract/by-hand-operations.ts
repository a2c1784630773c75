import * as z from 'zod/mini';
import {
  CorrectRequest,
  HoldRequest,
  ReduceRequest,
  ReleaseRequest,
  SettleRequest,
  WaiveRequest,
} from '../by-hand';
import { about, describeFields, named } from './describe';
import { ASKS_WECHATPAY, BODY, LEDGER, type Operation } from './operation';
import { evidence, operationMade, orderShown } from './order';

const USER_REASON = 'What the user is shown, in one line; something polite when nothing is said.';
describeFields(HoldRequest, { until: 'Without it until somebody releases the order.' });
describeFields(ReleaseRequest, {
  takes_back: 'The decision that is taken back; another one stays in force.',
  refund_amount: {
    description:
      'The amount in fen that `refund_due` shows and somebody has dealt with; another one, or one that was dealt with before, is refused.',
  },
});
describeFields(WaiveRequest, { user_reason: USER_REASON });
describeFields(ReduceRequest, { user_reason: USER_REASON });

const orderNow = named('OrderNow', z.strictObject(orderShown));
const told = named(
  'Told',
  z.strictObject({
    operation: operationMade,
    recorded: about('Whether the ledger holds the outcome. It is asked about either way.', z.boolean()),
    wechatpay: evidence,
    ...orderShown,
  }),
);

const common = { tag: 'orders', takes: 'body' } as const;
const inLedger = {
  ...common,
  answers: { 200: { description: 'Done.', schema: orderNow } },
  problems: [...BODY, 'order-unknown', 'not-possible', ...LEDGER],
} as const satisfies Partial<Operation>;
const atWechatpay = {
  ...common,
  answers: {
    200: { description: 'WeChat Pay did it, verified by a query.', schema: told },
    202: { description: 'WeChat Pay was told; `next.until` says when a query can decide.', schema: told },
  },
  problems: [
    ...BODY,
    'order-unknown',
    'not-possible',
    'not-done',
    'not-told',
    'merchant-unknown',
    'merchant-secret-invalid',
    'secrets-unavailable',
    ...LEDGER,
  ],
} as const satisfies Partial<Operation>;

const ORDER = '/v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}';

/** Decisions by hand: each with its actor and reason on the order's timeline. */
export const BY_HAND = {
  [`POST ${ORDER}/hold`]: {
    ...inLedger,
    id: 'holdOrder',
    summary: 'Holds an order',
    description: 'Nothing is collected until then. It is still asked about.',
    request: HoldRequest,
  },
  [`POST ${ORDER}/release`]: {
    ...inLedger,
    id: 'releaseOrder',
    summary: 'Releases an order',
    description:
      'Collecting goes on: a hold is over, and a full record goes on. A decision is taken back only by its name (`takes_back`), and a refund has been dealt with only when its amount is named (`refund_amount`); a request names one of the two at most. A refund that is named again is refused.',
    request: ReleaseRequest,
  },
  [`POST ${ORDER}/settle`]: {
    ...atWechatpay,
    id: 'settleOrder',
    summary: 'Settles an order that was paid elsewhere',
    description: 'Tells WeChat Pay that the user paid through another channel (同步服务订单状态).',
    request: SettleRequest,
  },
  [`POST ${ORDER}/waive`]: {
    ...atWechatpay,
    id: 'waiveOrder',
    summary: 'Waives an order',
    description:
      'The debt is forgiven (取消服务订单). WeChat Pay may refuse that for an order that is pending: then nothing is collected here, and the user can still be charged by WeChat Pay.',
    request: WaiveRequest,
  },
  [`POST ${ORDER}/reduce`]: {
    ...atWechatpay,
    id: 'reduceOrder',
    summary: 'Lowers the amount of an order',
    description: 'Less is due (修改订单金额), never more.',
    request: ReduceRequest,
  },
  [`POST ${ORDER}/correct`]: {
    ...common,
    id: 'correctOrder',
    summary: 'Corrects an order by asking again',
    description:
      'Asks WeChat Pay again, whatever the order’s state, and applies what is verified. It takes no state.',
    request: CorrectRequest,
    answers: {
      200: {
        description: 'WeChat Pay answered, and its signature is valid.',
        schema: named('Corrected', z.strictObject({ ...orderShown, wechatpay: evidence })),
      },
    },
    problems: [...BODY, 'order-unknown', 'not-possible', ...ASKS_WECHATPAY, ...LEDGER],
  },
} as const satisfies Readonly<Record<string, Operation>>;
