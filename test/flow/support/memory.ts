import type { FlowEvent } from '../../../lambda/core/event';
import type { Instant, Mchid, OrderRef } from '../../../lambda/core/ids';
import type { OrderFacts } from '../../../lambda/core/observe';
import { newOrder, type Order } from '../../../lambda/core/order';
import {
  OUTCOME_RULES,
  type CallReport,
  type CollectLimits,
  type Outcome,
  type QueryReport,
} from '../../../lambda/core/outcome';
import type { Ledger, MerchantCalls, Merchants, Ports } from '../../../lambda/flow/ports';

export const T0 = Date.parse('2026-03-02T04:00:00Z');
export const REF = {
  mchid: '1900009191',
  sub_mchid: '1900000109',
  out_order_no: 'ORDER_1',
  service_id: '00004000000000000000000000000001',
} as OrderRef;

export const PENDING: OrderFacts = facts({
  state: 'DOING',
  state_description: 'MCH_COMPLETE',
  collection_state: 'USER_PAYING',
  total_amount: 100,
  paying_amount: 100,
});
export const PAID: OrderFacts = facts({
  state: 'DONE',
  collection_state: 'USER_PAID',
  total_amount: 100,
  paid_amount: 100,
});

export function facts(given: Record<string, unknown>): OrderFacts {
  return { details: [], ...given } as unknown as OrderFacts;
}

/** A call to `/pay` as it reached WeChat Pay. */
export interface Sent {
  readonly at: Instant;
  readonly worker: string;
}

/** The outside of the flows: one order at WeChat Pay, one ledger, one clock. */
export interface Outside {
  clock: Instant;
  rows: Map<string, Order>;
  /** What `/pay` comes to, and what the order is afterwards. */
  outcome: Outcome;
  paysNow: boolean;
  facts: OrderFacts;
  /** Calls that left, in their order. */
  readonly sent: Sent[];
  readonly events: FlowEvent[];
}

export function outside(change: Partial<Outside> = {}): Outside {
  return {
    clock: T0,
    rows: new Map(),
    outcome: { kind: 'declined' },
    paysNow: false,
    facts: PENDING,
    sent: [],
    events: [],
    ...change,
  };
}

/** Every touch of the outside, by name, in the order in which a flow makes them. */
export type Step = 'load' | 'save' | 'keys' | 'refresh' | 'query' | 'collect';

/** Stands between a flow and each touch: may wait, throw, or never come back. `act` is the touch itself. */
export type Gate = <T>(step: Step, act: () => T) => Promise<T>;

export const freely: Gate = async (_step, act) => act();

/** The ports of one worker, every call of them through its gate. */
export function portsOf(world: Outside, gate: Gate = freely, worker = 'A', gapMs = 6 * 3_600_000): Ports {
  let claims = 0;
  const ledger: Ledger = {
    load: (ref) => gate('load', () => world.rows.get(ref.out_order_no) ?? newOrder(ref)),
    find: async (key) => world.rows.get(key.out_order_no),
    save: (before, after) =>
      gate('save', () => {
        const now = world.rows.get(after.ref.out_order_no)?.version ?? 0;
        if (now !== before.version) return 'conflict';
        world.rows.set(after.ref.out_order_no, after);
        return 'saved';
      }),
  };
  const calls: MerchantCalls = {
    collect: (_ref, { sendBy }) => gate('collect', () => collect(world, worker, sendBy)),
    query: () => gate('query', (): QueryReport => ({ kind: 'verified', facts: world.facts, evidence: {} })),
  };
  const merchants: Merchants = {
    get: (_mchid: Mchid) => gate('keys', () => calls),
    refresh: () => gate('refresh', () => false),
  };
  return {
    ledger,
    merchants,
    policy: { gapMs },
    now: () => world.clock,
    newClaimId: () => `${worker}${(claims += 1)}`,
    record: (event) => void world.events.push(event),
  };
}

/** As the transport does it: past `send_by` nothing leaves. */
function collect(world: Outside, worker: string, sendBy: CollectLimits['sendBy']): CallReport {
  if (world.clock >= sendBy)
    return { outcome: { kind: 'not_sent', because: 'send_by_passed' }, evidence: {} };
  if (OUTCOME_RULES[world.outcome.kind].spacing !== 'gap') return { outcome: world.outcome, evidence: {} };
  world.sent.push({ at: world.clock, worker });
  if (world.paysNow) world.facts = PAID;
  return { outcome: world.outcome, evidence: { http_status: 200 } };
}

/** Every attempt of the ledger's timeline, closed or not, by its claim. */
export function claimsIn(order: Order | undefined): string[] {
  return (order?.timeline ?? []).flatMap((entry) => ('claim_id' in entry ? [entry.claim_id] : []));
}
