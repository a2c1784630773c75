import * as z from 'zod/mini';
import type { Completion } from '../../core/completion';
import { COLLECT_REASONS, QUERY_REASONS, STOP_REASONS } from '../../core/explain';
import { WAITS } from '../../core/guards';
import { STANDING_MEANINGS } from '../../core/observe';
import { ORDER_STATUSES, type TimelineEntry } from '../../core/order';
import { OUTCOME_RULES } from '../../core/outcome';
import { REFUND_REASONS } from '../../core/refund';
import { fen, orderFields } from '../../shared/schema';
import { about, count, keysOf, mode, named, time } from './describe';

const outcomeKind = named('OutcomeKind', keysOf(OUTCOME_RULES), meanings(OUTCOME_RULES));
const collectRule = named('CollectRule', keysOf(COLLECT_REASONS), 'What made a collection due.');
const reason = about('The same in a sentence.', z.string());
const callId = about('Of the call; a random UUID.', z.string());
const actorId = about('Of a person the name, and the id in brackets.', z.string());
const policyVersion = about(
  'The levels of the policy that had a say, with their versions: `provider:3 service:1`, or `default`.',
  z.string(),
);

const orderStatus = named(
  'OrderStatus',
  z.enum(ORDER_STATUSES),
  'Being worked on, only asked about, to be refunded, or at its verified end.',
);

export const orderRef = named('OrderRef', z.strictObject(orderFields));

/** One line for each value of a table. */
function meanings(table: Readonly<Record<string, { readonly meaning: string } | string>>): string {
  return Object.entries(table)
    .map(([key, value]) => `- \`${key}\`: ${typeof value === 'string' ? value : value.meaning}`)
    .join('\n');
}

export const evidence = named(
  'Evidence',
  z.strictObject({
    http_status: z.optional(z.int()),
    code: z.optional(z.string()),
    message: z.optional(z.string()),
    request_id: about('What WeChat Pay’s support asks for.', z.optional(z.string())),
    sub_code: about('The digits after the last `-` of the Request-ID.', z.optional(z.string())),
    detail: about('Why there is no usable answer, in this service’s words.', z.optional(z.string())),
  }),
  'What came back from WeChat Pay for a call, verbatim.',
);

/** What some outcomes say beside their kind. */
const outcomeDetails = {
  because: about('Of `unknown` and `not_sent`: why.', z.optional(z.string())),
  claim: about(
    'Of `contradicted`: what WeChat Pay says, unsigned, that the order is.',
    z.optional(z.enum(['done', 'cancelled', 'not_found', 'not_pending'])),
  ),
  scope: about('Of `misconfigured`: whose configuration.', z.optional(z.enum(['merchant', 'pair']))),
};

export const attempt = named(
  'Attempt',
  z.strictObject({
    id: callId,
    outcome: outcomeKind,
    ...outcomeDetails,
    open: about('Money may still move because of it; a verified query closes it.', z.boolean()),
    meaning: z.string(),
  }),
  'One call to `/pay`. Nothing in it says that the order is paid: only a verified query does.',
);

const standing = named(
  'Standing',
  z.strictObject({
    kind: about(meanings(STANDING_MEANINGS), keysOf(STANDING_MEANINGS)),
    meaning: z.string(),
    because: about('Of `settled` and `unrecognised`: why.', z.optional(z.string())),
    paying_amount: z.optional(fen),
    paid_amount: z.optional(fen),
    transaction_id: z.optional(z.string()),
    as_of: about('When WeChat Pay said so.', time),
    wechatpay: about(
      'The states and amounts as WeChat Pay gave them.',
      z.strictObject({
        state: z.string(),
        state_description: z.optional(z.string()),
        collection_state: z.optional(z.string()),
        total_amount: z.optional(fen),
        paying_amount: z.optional(fen),
        paid_amount: z.optional(fen),
      }),
    ),
  }),
  'Where the order stands, by verified word of WeChat Pay.',
);

const userReason = about('What the user is shown.', z.string());

const operation = named(
  'Operation',
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('sync'), paid_at: time }),
    z.strictObject({ kind: z.literal('cancel'), user_reason: userReason }),
    z.strictObject({ kind: z.literal('modify'), total_amount: fen, user_reason: userReason }),
  ]),
  'A decision by hand in WeChat Pay’s words: paid elsewhere (`sync`), waived (`cancel`) or lowered (`modify`).',
);

export const operationMade = named(
  'OperationMade',
  z.strictObject({
    id: callId,
    kind: z.enum(['sync', 'cancel', 'modify']),
    outcome: outcomeKind,
    ...outcomeDetails,
    open: about('It is not known yet whether it was done; a verified query decides.', z.boolean()),
    meaning: z.string(),
  }),
  'One call that tells WeChat Pay of a decision by hand.',
);

const decided = named(
  'Decided',
  z.strictObject({ rule: collectRule, policy: policyVersion, reason: z.optional(z.string()) }),
  'What allowed an attempt.',
);

const callOutcome = about(
  '`null` until the call is over, and when its worker died.',
  z.nullable(outcomeKind),
);

const openAttempt = named(
  'OpenAttempt',
  z.strictObject({
    id: callId,
    claimed_at: time,
    actor: actorId,
    decided,
    outcome: callOutcome,
  }),
  'An attempt that may still take money; only evidence closes it.',
);

const openOperation = named(
  'OpenOperation',
  z.strictObject({
    id: callId,
    claimed_at: time,
    actor: actorId,
    reason: z.string(),
    operation,
    outcome: callOutcome,
  }),
  'A decision by hand that WeChat Pay is being told of.',
);

const decisionByHand = named(
  'DecisionByHand',
  z.strictObject({ at: time, actor: actorId, reason: z.string(), operation }),
  'What a person decided; in force until it is verified, or until somebody releases the order.',
);

const refundDue = named(
  'RefundDue',
  z.strictObject({
    amount: fen,
    because: about(meanings(REFUND_REASONS), keysOf(REFUND_REASONS)),
    reason,
  }),
  'Money that WeChat Pay took and the user should have back. Nothing here refunds: a person has to.',
);

export const hold = named(
  'Hold',
  z.strictObject({
    actor: actorId,
    reason: z.string(),
    until: about('`null`: until somebody releases it.', z.nullable(time)),
  }),
  'Nothing is collected while an order is held.',
);

const asksAgainAt = { asks_again_at: about('When WeChat Pay is asked meanwhile.', z.optional(time)) };

export const decision = named(
  'Decision',
  z.discriminatedUnion('action', [
    z.strictObject({ action: z.literal('collect'), rule: collectRule, reason }),
    z.strictObject({ action: z.literal('query'), because: keysOf(QUERY_REASONS), reason }),
    z.strictObject({
      action: z.literal('wait'),
      because: about(meanings(WAITS), keysOf(WAITS)),
      until: time,
      ...asksAgainAt,
      reason,
    }),
    z.strictObject({
      action: z.literal('stop'),
      because: about(meanings(STOP_REASONS), keysOf(STOP_REASONS)),
      ...asksAgainAt,
      reason,
    }),
  ]),
  'What is to be done about an order, and why. What forbids collecting never forbids asking.',
);

const COMPLETED_FROM = [
  'registration',
  'wechatpay',
  'first_seen',
  'registered',
] as const satisfies readonly Completion['from'][];

const completed = named(
  'Completed',
  z.strictObject({ at: time, from: z.enum(COMPLETED_FROM) }),
  'When the service was completed (完结), and who says so.',
);

/** What every answer about an order shows of it. */
export const orderShown = {
  order: orderRef,
  order_status: orderStatus,
  standing: about('`null` as long as nothing verified is known.', z.nullable(standing)),
  open_attempt: z.nullable(openAttempt),
  open_operation: z.nullable(openOperation),
  registered_at: time,
  completed,
  exhausting_at: about('From then on the user should be told to pay by hand.', time),
  attempts: about('When each call was made that may have reached WeChat Pay’s deduction.', z.array(time)),
  hold: z.nullable(hold),
  decision: z.nullable(decisionByHand),
  refund_due: z.nullable(refundDue),
  due_at: about('When the schedule takes it up; `null` when nothing is left to ask.', z.nullable(time)),
  switch: mode,
  policy: policyVersion,
  next: about('What the schedule does next.', decision),
};

const actor = named(
  'Actor',
  z.strictObject({
    kind: z.enum(['api', 'schedule', 'console']),
    id: about('Of a machine its ARN; of a person the issuer of his token, and who he is there.', z.string()),
    name: about('What a person is called there.', z.optional(z.string())),
  }),
  'Who asked for something: a machine, the schedule, or a person at the page.',
);

const CLOSED_AS = [
  'paid',
  'settled',
  'cancelled',
  'expired',
  'not_completed',
  'not_paid',
  'not_done',
  'reduced',
] as const satisfies readonly Extract<TimelineEntry, { kind: 'closed' }>['as'][];

export const timelineEntry = named(
  'TimelineEntry',
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('attempt'),
      at: time,
      claim_id: callId,
      actor,
      decided,
      outcome: outcomeKind,
      ...outcomeDetails,
      wechatpay: evidence,
      count: about('Attempts in a row that burned nothing share one entry.', count),
    }),
    z.strictObject({
      kind: z.literal('operation'),
      at: time,
      claim_id: callId,
      actor,
      reason: z.string(),
      operation,
      outcome: outcomeKind,
      ...outcomeDetails,
      wechatpay: evidence,
    }),
    z.strictObject({ kind: z.literal('closed'), at: time, claim_id: callId, as: z.enum(CLOSED_AS) }),
    z.strictObject({
      kind: z.literal('observed'),
      at: time,
      standing: keysOf(STANDING_MEANINGS),
      by: about('Absent: the answer to a query.', z.optional(z.literal('notification'))),
    }),
    z.strictObject({ kind: z.literal('would_collect'), at: time, decided, count }),
    z.strictObject({ kind: z.literal('held'), at: time, hold }),
    z.strictObject({
      kind: z.literal('released'),
      at: time,
      actor,
      reason: z.string(),
      takes_back: z.optional(z.enum(['sync', 'cancel', 'modify'])),
      refund_amount: about('What was to be refunded, and has been dealt with.', z.optional(fen)),
    }),
    z.strictObject({ kind: z.literal('intended'), at: time, actor, reason: z.string(), operation }),
    z.strictObject({ kind: z.literal('corrected'), at: time, actor, reason: z.string() }),
    z.strictObject({
      kind: z.literal('folded'),
      at: time,
      since: time,
      count: about('So many older entries were let go when a full record was released.', count),
    }),
  ]),
);

export const listedOrder = named(
  'ListedOrder',
  z.strictObject({
    ...orderFields,
    status: orderStatus,
    registered_at: time,
    total_amount: z.optional(fen),
    paid_amount: about('Of an order that is paid.', z.optional(fen)),
  }),
);
