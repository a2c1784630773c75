import fc from 'fast-check';
import { evolve, type Change } from '../../../lambda/core/evolve';
import type { Fen, Instant, OrderRef } from '../../../lambda/core/ids';
import type { OrderFacts, Standing } from '../../../lambda/core/observe';
import {
  newOrder,
  ORDER_STATUSES,
  type Actor,
  type Decided,
  type Open,
  type Operation,
  type Order,
  type Said,
} from '../../../lambda/core/order';
import type { Evidence, Outcome } from '../../../lambda/core/outcome';
import { T0, withoutDue } from './orders';

/** Objects as the service makes them: fields that are absent are not there, and they have a prototype. */
function some<T>(fields: { [K in keyof T]-?: fc.Arbitrary<T[K]> }, ...required: (keyof T)[]) {
  return fc.record(fields, { requiredKeys: required, noNullPrototype: true }) as unknown as fc.Arbitrary<T>;
}

const DAY = 24 * 3_600_000;
const instant: fc.Arbitrary<Instant> = fc.integer({ min: T0 - 400 * DAY, max: T0 + 400 * DAY });
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '扣款失败 \u{1F4B0}', '"\n\\#'),
);
const fen = fc.oneof(
  fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER),
  fc.nat(),
) as unknown as fc.Arbitrary<Fen>;
const count = fc.integer({ min: 1, max: 60 });

const actor = some<Required<Actor>>(
  { kind: fc.constantFrom('api', 'schedule', 'console'), id: text, name: text },
  'kind',
  'id',
);
const decided = some<Required<Decided>>(
  { rule: fc.constantFrom('first_attempt', 'trial', 'consent'), policy: text, reason: text },
  'rule',
  'policy',
);
const registration = some<Required<Order['registration']>>(
  { at: instant, actor, completed_at: instant, total_amount: fen },
  'at',
  'actor',
);
const said = some<Required<Said>>({ completed_at: instant, total_amount: fen });
const evidence = some<Required<Evidence>>({
  http_status: fc.integer({ min: 100, max: 599 }),
  code: text,
  message: text,
  request_id: text,
  sub_code: text,
  detail: text,
});
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constantFrom<Outcome>(
    { kind: 'accepted' },
    { kind: 'in_progress' },
    { kind: 'unknown', because: 'unverified' },
    { kind: 'declined' },
    { kind: 'throttled' },
    { kind: 'contradicted', claim: 'not_pending' },
    { kind: 'misconfigured', scope: 'pair' },
  ),
  text.map((because) => ({ kind: 'not_sent' as const, because })),
);
const detail = some<Required<OrderFacts['details'][number]>>({
  seq: count,
  amount: fen,
  paid_type: text,
  paid_time: text,
  transaction_id: text,
});
const facts = some<Required<OrderFacts>>(
  {
    state: text,
    state_description: text,
    collection_state: text,
    need_collection: fc.boolean(),
    total_amount: fen,
    paying_amount: fen,
    paid_amount: fen,
    details: fc.array(detail, { maxLength: 3 }),
    end_time: text,
    order_id: text,
  },
  'state',
  'details',
);
const standing: fc.Arbitrary<Standing> = fc.oneof(
  some<Required<Extract<Standing, { kind: 'pending' }>>>(
    { kind: fc.constant('pending'), paying_amount: fen, paid_amount: fen },
    'kind',
  ),
  some<Required<Extract<Standing, { kind: 'paid' }>>>(
    { kind: fc.constant('paid'), paid_amount: fen, transaction_id: text },
    'kind',
    'paid_amount',
  ),
  text.map((because) => ({ kind: 'unrecognised' as const, because })),
  fc.constantFrom<Standing>({ kind: 'settled', because: 'nothing_due' }, { kind: 'expired' }),
);

const claimId = fc.constantFrom('a', 'b', 'c', 'd');
const operation: fc.Arbitrary<Operation> = fc.oneof(
  instant.map((paid_at) => ({ kind: 'sync' as const, paid_at })),
  text.map((user_reason) => ({ kind: 'cancel' as const, user_reason })),
  fc
    .tuple(fen, text)
    .map(([total_amount, user_reason]) => ({ kind: 'modify' as const, total_amount, user_reason })),
);
const open: fc.Arbitrary<Open> = fc
  .tuple(claimId, actor, instant, fc.oneof(decided, fc.tuple(operation, text)))
  .map(([claim_id, by, at, what]) => ({
    claim_id,
    actor: by,
    claimed_at: at,
    send_by: at + 5_000,
    ...(Array.isArray(what) ? { operation: what[0], reason: what[1] } : { decided: what }),
  }));

const change: fc.Arbitrary<Change> = fc.oneof(
  said.map((one) => ({ kind: 'register' as const, said: one })),
  open.map((one) => ({ kind: 'claim' as const, open: one })),
  fc.tuple(instant, open, outcome, evidence).map(([at, claim, came, why]) => ({
    kind: 'settle' as const,
    at,
    claim,
    report: { outcome: came, evidence: why },
  })),
  fc.tuple(instant, standing, facts, fc.boolean()).map(([at, where, what, told]) => ({
    kind: 'observe' as const,
    observation: { at, standing: where, facts: what, ...(told ? { by: 'notification' as const } : {}) },
  })),
  instant.map((at) => ({ kind: 'doubt' as const, at })),
  fc.tuple(instant, actor, text, operation).map(([at, by, reason, wanted]) => ({
    kind: 'intend' as const,
    intent: { at, actor: by, reason, operation: wanted },
  })),
  fc
    .tuple(instant, actor, text)
    .map(([at, by, reason]) => ({ kind: 'correct' as const, at, actor: by, reason })),
  instant.map((at) => ({ kind: 'unanswered' as const, at })),
  fc.tuple(instant, decided).map(([at, why]) => ({ kind: 'would_collect' as const, at, decided: why })),
  fc
    .tuple(
      instant,
      some<Required<NonNullable<Order['hold']>>>({ actor, reason: text, until: instant }, 'actor', 'reason'),
    )
    .map(([at, hold]) => ({ kind: 'hold' as const, at, hold })),
  fc
    .tuple(instant, actor, text)
    .map(([at, by, reason]) => ({ kind: 'release' as const, at, actor: by, reason })),
);

type Plan = Pick<Order, 'status' | 'due_at' | 'planned_at'>;
const plan: fc.Arbitrary<Plan> = fc
  .tuple(fc.constantFrom(...ORDER_STATUSES), fc.option(fc.tuple(instant, instant), { nil: undefined }))
  .map(([status, due]) => (due === undefined ? { status } : { status, due_at: due[0], planned_at: due[1] }));

function placed(order: Order, given: Plan | undefined): Order {
  return given === undefined ? order : { ...withoutDue(order), ...given };
}

/** The states that an order goes through, each a version later than the one before it; moves that are illegal are left out. */
export function anyHistory(ref: OrderRef): fc.Arbitrary<readonly [Order, ...Order[]]> {
  const step = fc.tuple(change, fc.option(plan, { nil: undefined }));
  return fc
    .tuple(registration, plan, fc.array(step, { minLength: 1, maxLength: 12, size: 'max' }))
    .map(([registered, first, steps]) => {
      const states: [Order, ...Order[]] = [placed(newOrder(ref, registered), first)];
      let order = states[0];
      for (const [one, given] of steps) {
        try {
          order = placed(evolve(order, one), given);
        } catch {
          continue;
        }
        states.push(order);
      }
      return states;
    });
}
