import * as z from 'zod/mini';
import { STOP_REASONS } from '../../core/explain';
import type { KeyEnd } from '../../core/key-facts';
import { OUTCOME_RULES } from '../../core/outcome';
import { orderFields } from '../../shared/schema';
import { ROLES } from '../access';
import { MeLookup } from '../me';
import { MerchantsLookup, OverviewLookup } from '../overview';
import { SearchLookup } from '../search';
import { about, count, describeFields, keysOf, named, time } from './describe';
import { LEDGER, type Operation } from './operation';
import { listedOrder } from './order';

const { mchid, sub_mchid, out_order_no, service_id } = orderFields;

describeFields(SearchLookup, { transaction_id: 'WeChat Pay’s number of a payment (微信支付订单号).' });

const amount = about('In fen.', count);
const sum = named('Sum', z.strictObject({ orders: count, amount }), 'So many orders, and their money.');
const stopped = {
  because: z.string(),
  tripped_at: time,
  tries_again_at: about('When one collection tries again.', time),
};
const outcome = keysOf({ ...OUTCOME_RULES, unreported: true });
const KEY_ENDS = ['api_certificate', 'platform_certificate'] as const satisfies readonly KeyEnd['what'][];

const overview = named(
  'Overview',
  z.strictObject({
    mchid,
    as_of: about('Everything here is as it was then.', time),
    since: about('When the first order was registered; `null` while there is none.', z.nullable(time)),
    owed: about('Orders that are not at their end, and what is still to be paid for them.', sum),
    recovered: about('Orders verified as paid.', sum),
    due_today: about('Of those owed: what the schedule takes up before midnight in Beijing.', sum),
    in_flight: about('With a call whose end is not known yet.', z.strictObject({ orders: count })),
    unknown: about(
      'Of those in flight: nobody can say what became of the call.',
      z.strictObject({ orders: count, older_than_24h: count }),
    ),
    watched: about('Of those owed: only asked about.', sum),
    stopped: about(
      'Why they are only asked about, the most frequent first.',
      z.array(z.strictObject({ because: keysOf(STOP_REASONS), reason: z.string(), orders: count, amount })),
    ),
    by_day: about(
      'The last 400 days in Beijing on which anything happened: payments by their day, attempts by theirs.',
      z.array(z.strictObject({ date: z.iso.date(), orders: count, amount, attempts: count })),
    ),
    by_attempt: about(
      'By the number of the attempt among its order’s. `paid`: the order was verified as paid while it was open.',
      z.array(z.strictObject({ attempt: count, attempts: count, paid: count })),
    ),
    by_hour: about(
      'By the hour of the attempt in Beijing; Monday is 1.',
      z.array(
        z.strictObject({
          weekday: z.int().check(z.gte(1), z.lte(7)),
          hour: z.int().check(z.gte(0), z.lte(23)),
          attempts: count,
          paid: count,
        }),
      ),
    ),
    by_sub_code: about(
      'What attempts came to, the most frequent first; `other` stands for the sub-codes beyond 200.',
      z.array(z.strictObject({ sub_code: z.nullable(z.string()), outcome, attempts: count })),
    ),
    needs_a_person: z.strictObject({
      refund_due: about('Money that users should have back.', sum),
      unknown_over_24h: about(
        'Up to 20 of those whose call nobody can say the fate of for longer than a day.',
        z.array(z.strictObject({ mchid, sub_mchid, out_order_no })),
      ),
      keys_ending: about(
        'Certificates that end within 30 days.',
        z.array(
          z.strictObject({
            what: z.enum(KEY_ENDS),
            serial_no: z.string(),
            ends_at: time,
            days_left: about('Whole days; below zero once it has ended.', z.int()),
          }),
        ),
      ),
      stopped_merchant: about('Its breaker, while that is open.', z.nullable(z.strictObject(stopped))),
      stopped_pairs: about(
        'Up to 20 pairs whose breaker is open.',
        z.array(z.strictObject({ sub_mchid, service_id, ...stopped })),
      ),
    }),
  }),
  'How a merchant stood when that was last rolled up.',
);

export const OVERVIEW = {
  'GET /v1/me': {
    id: 'showCaller',
    tag: 'service',
    summary: 'Shows who calls',
    description: 'Of a person what his token says; a machine may do whatever IAM lets it.',
    request: MeLookup,
    takes: 'query',
    answers: {
      200: {
        description: 'The caller.',
        schema: named(
          'Caller',
          z.strictObject({
            id: z.string(),
            name: z.optional(z.string()),
            roles: about('`viewer`: looks. `operator`: decides as well.', z.array(z.enum(ROLES))),
          }),
        ),
      },
    },
    problems: ['invalid-request'],
  },
  'GET /v1/merchants': {
    id: 'listMerchants',
    tag: 'overview',
    summary: 'Lists merchants',
    description: 'Those whose keys were ever read here, in the order of their numbers.',
    request: MerchantsLookup,
    takes: 'query',
    answers: {
      200: {
        description: 'The merchants.',
        schema: z.strictObject({ merchants: z.array(z.strictObject({ mchid })) }),
      },
    },
    problems: ['invalid-request', ...LEDGER],
  },
  'GET /v1/merchants/{mchid}/overview': {
    id: 'showOverview',
    tag: 'overview',
    summary: 'Shows how a merchant stands',
    description: 'As it was last rolled up, every few minutes; nothing is counted for whoever asks.',
    request: OverviewLookup,
    takes: 'query',
    answers: {
      200: {
        description: 'The overview; before the first, only that there is none.',
        schema: z.union([
          overview,
          named('NoOverview', z.strictObject({ mchid, as_of: z.null() }), 'It was never rolled up yet.'),
        ]),
      },
    },
    problems: ['invalid-request', ...LEDGER],
  },
  'GET /v1/merchants/{mchid}/search': {
    id: 'searchOrders',
    tag: 'orders',
    summary: 'Finds orders',
    description:
      'By their number, of whatever sub-merchant, or by WeChat Pay’s number of a payment; one of the two. Up to 100.',
    request: SearchLookup,
    takes: 'query',
    answers: {
      200: {
        description: 'What was found, which may be nothing.',
        schema: z.strictObject({ orders: z.array(listedOrder) }),
      },
    },
    problems: ['invalid-request', ...LEDGER],
  },
} as const satisfies Readonly<Record<string, Operation>>;
