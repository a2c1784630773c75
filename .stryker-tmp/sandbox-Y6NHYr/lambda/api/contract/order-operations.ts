import * as z from 'zod/mini';
import { CollectRequest } from '../collect';
import { OrderLookup } from '../order';
import { ListLookup, PAGE_DEFAULT, PAGE_MAX } from '../orders';
import { QueryRequest } from '../query';
import { RegisterRequest } from '../register';
import { about, describeFields, named } from './describe';
import { ASKS_WECHATPAY, BODY, LEDGER, type Operation } from './operation';
import { attempt, decision, evidence, listedOrder, orderShown, timelineEntry } from './order';

describeFields(CollectRequest, {
  dry_run: 'Says what would be done, and does nothing.',
  user_consent:
    'The user agreed to be charged now, outside the window; `reason` says how that is known. It lifts the window and the time before the first attempt, and nothing else.',
});
describeFields(RegisterRequest, {
  completed_at:
    'When the service was completed (完结), at most a day ahead and two years behind. Without it WeChat Pay’s `time_range.end_time` counts, else the registration.',
});
describeFields(OrderLookup, { at: 'Decides for another time than now.' });
describeFields(ListLookup, {
  limit: {
    description: `Orders on a page; ${PAGE_DEFAULT} when nothing is said.`,
    type: 'integer',
    minimum: 1,
    maximum: PAGE_MAX,
  },
  cursor: 'From the page before; without it the first page.',
});

const registered = named(
  'Registered',
  z.strictObject({
    registration: about('`already`: nothing was changed.', z.enum(['registered', 'changed', 'already'])),
    ...orderShown,
  }),
);

const collected = named(
  'Collected',
  z.strictObject({
    attempt,
    wechatpay: evidence,
    recorded: about('Whether the ledger holds the outcome. It is asked about either way.', z.boolean()),
    ...orderShown,
  }),
);

const dryRun = named(
  'DryRun',
  z.strictObject({
    dry_run: z.literal(true),
    would_collect: z.boolean(),
    ...orderShown,
    held_back: about('What forbids it.', z.optional(decision)),
  }),
);

export const ORDERS = {
  'GET /v1/merchants/{mchid}/orders': {
    id: 'listOrders',
    tag: 'orders',
    summary: 'Lists orders',
    description:
      'A page of a merchant’s orders by status and sub-merchant, in the order of registration. An order whose status changes between two pages may be on both, or on neither.',
    request: ListLookup,
    takes: 'query',
    answers: {
      200: {
        description: 'A page.',
        schema: z.strictObject({
          orders: z.array(listedOrder),
          cursor: about('For the next page; `null` on the last one.', z.nullable(z.string())),
        }),
      },
    },
    problems: ['invalid-request', 'cursor-invalid', 'merchant-unknown', ...LEDGER],
  },
  'PUT /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': {
    id: 'registerOrder',
    tag: 'orders',
    summary: 'Registers an order',
    description:
      'From then on it is collected by the policy, and asked about until it is at its end. Given again it changes nothing; other words about completion or amount replace the earlier ones.',
    request: RegisterRequest,
    takes: 'body',
    answers: {
      200: { description: 'It was there already.', schema: registered },
      201: { description: 'Registered.', schema: registered },
    },
    problems: [...BODY, 'merchant-unknown', 'service-mismatch', ...LEDGER],
  },
  'GET /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}': {
    id: 'showOrder',
    tag: 'orders',
    summary: 'Shows an order',
    description: 'What the ledger knows, with the timeline and the next decision. WeChat Pay is not asked.',
    request: OrderLookup,
    takes: 'query',
    answers: {
      200: {
        description: 'The order.',
        schema: z.strictObject({ ...orderShown, timeline: z.array(timelineEntry) }),
      },
    },
    problems: ['invalid-request', 'order-unknown', ...LEDGER],
  },
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/collect': {
    id: 'collectOrder',
    tag: 'orders',
    summary: 'Collects an order now',
    description:
      'Registers the order if it is new, asks WeChat Pay, then makes one attempt unless something forbids it. No answer says that the order is paid, unless a verified query showed it.',
    request: CollectRequest,
    takes: 'body',
    answers: {
      200: {
        description: 'The attempt is over, or what a dry run came to.',
        schema: z.union([collected, dryRun]),
      },
      202: {
        description: 'The call was made and money may still move; `next.until` says when a query can decide.',
        schema: collected,
      },
    },
    problems: [...BODY, 'service-mismatch', 'held-back', ...ASKS_WECHATPAY, ...LEDGER],
  },
  'POST /v1/merchants/{mchid}/orders/{sub_mchid}/{out_order_no}/query': {
    id: 'queryOrder',
    tag: 'orders',
    summary: 'Asks WeChat Pay about an order now',
    description:
      'What it says, verified, becomes what the ledger knows. An order that is not in the ledger is asked about all the same, and stays out of it.',
    request: QueryRequest,
    takes: 'body',
    answers: {
      200: {
        description: 'WeChat Pay answered, and its signature is valid.',
        schema: z.strictObject({
          registered: about('Whether the order is in the ledger.', z.boolean()),
          ...orderShown,
          wechatpay: evidence,
        }),
      },
    },
    problems: [...BODY, 'service-mismatch', ...ASKS_WECHATPAY, ...LEDGER],
  },
} as const satisfies Readonly<Record<string, Operation>>;
