import type { Breaker } from '../../../lambda/core/breaker';
import { pairKey, type BreakerTarget, type MerchantControls } from '../../../lambda/core/controls';
import type { FlowEvent } from '../../../lambda/core/event';
import type { Instant, Mchid, OrderKey, OrderRef } from '../../../lambda/core/ids';
import type { OrderFacts } from '../../../lambda/core/observe';
import { newOrder, type Operation, type Order } from '../../../lambda/core/order';
import {
  OUTCOME_RULES,
  type CallReport,
  type CollectLimits,
  type Outcome,
  type QueryReport,
} from '../../../lambda/core/outcome';
import type { PolicyLayer } from '../../../lambda/core/policy';
import type { Mode } from '../../../lambda/core/switch';
import type { Controls, Ledger, MerchantCalls, Merchants, Ports, Saved } from '../../../lambda/flow/ports';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A Monday, noon in Beijing. */
export const T0 = Date.parse('2026-03-02T04:00:00Z');
export const REF = {
  mchid: '1900009191',
  sub_mchid: '1900000109',
  out_order_no: 'ORDER_1',
  service_id: '00004000000000000000000000000001',
} as OrderRef;

export function refOf(out_order_no: string, change: Partial<Record<keyof OrderRef, string>> = {}): OrderRef {
  return { ...REF, out_order_no, ...change } as OrderRef;
}

/** Collects at once, at any hour: what a test is not about stays out of its way. */
export const EAGER: PolicyLayer = {
  first_attempt_after_hours: 0,
  windows: [],
  attempts_per_day_max: 24,
  attempts_max: 50,
  attempts_per_30_days_max: 50,
};

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
  readonly out_order_no: string;
  /** The attempt that was open in the ledger when it left. */
  readonly claim_id: string | undefined;
}

/** The outside of the flows: some orders at WeChat Pay, one ledger, one clock. */
export interface Outside {
  clock: Instant;
  readonly rows: Map<string, Order>;
  mode: Mode;
  layer: PolicyLayer;
  /** By mchid, or by mchid and pair. */
  readonly breakers: Map<string, Breaker>;
  /** The merchant's rate is used up until then. */
  budgetUntil: Instant;
  /** What `/pay` comes to, and whether the order is paid afterwards. */
  outcome: Outcome | ((ref: OrderRef) => Outcome);
  paysNow: boolean;
  /** What a query shows of every order that is not paid. */
  facts: OrderFacts;
  readonly paid: Set<string>;
  /** What every query comes to, if it shows no facts. */
  unobserved?: Exclude<QueryReport, { kind: 'verified' }>;
  /** What telling WeChat Pay of a decision comes to, and what a query shows afterwards. */
  answer: Outcome;
  takesEffect: boolean;
  readonly told: { readonly at: Instant; readonly out_order_no: string; readonly operation: Operation }[];
  /** Calls that left, in their order. */
  readonly sent: Sent[];
  readonly events: FlowEvent[];
}

export function outside(change: Partial<Outside> = {}): Outside {
  const world: Outside = {
    clock: T0,
    rows: new Map(),
    mode: 'on',
    layer: EAGER,
    breakers: new Map(),
    budgetUntil: T0,
    outcome: { kind: 'declined' },
    paysNow: false,
    facts: PENDING,
    paid: new Set(),
    answer: { kind: 'accepted' },
    takesEffect: true,
    told: [],
    sent: [],
    events: [],
    ...change,
  };
  registered(world);
  return world;
}

/** A ledger without orders, under the default policy. */
export function empty(): Outside {
  const world = outside({ layer: {} });
  world.rows.clear();
  return world;
}

/** Puts an order into the ledger as its registration leaves it, due now. */
export function registered(world: Outside, ref = REF, change: Partial<Order> = {}): Order {
  const { clock: at } = world;
  const registration = { at, actor: { kind: 'api', id: 'test' } } as const;
  const order = { ...newOrder(ref, registration), due_at: at, planned_at: at, ...change };
  world.rows.set(spell(ref), order);
  return order;
}

/** As the ledger has it; fails when it has not. */
export function rowOf(world: Outside, ref: OrderKey = REF): Order {
  const row = world.rows.get(spell(ref));
  if (row === undefined) throw new Error(`${ref.out_order_no} is not in the ledger`);
  return row;
}

/** As a sweep leaves an order whose message the queue took. */
export function swept(world: Outside, ref: OrderRef = REF): void {
  world.rows.set(spell(ref), { ...rowOf(world, ref), due_at: world.clock + 15 * MINUTE });
}

/** Every touch of the outside, by name. */
export type Step =
  | 'find'
  | 'findMany'
  | 'create'
  | 'save'
  | 'controls'
  | 'saveBreaker'
  | 'budget'
  | 'keys'
  | 'refresh'
  | 'query'
  | 'collect'
  | 'change';

/** Stands between a flow and each touch: may wait, throw, or never come back. `act` is the touch, `of` its order or merchant. */
export type Gate = <T>(step: Step, act: () => T, of: string) => Promise<T>;

export const freely: Gate = async (_step, act) => act();

/** Writes down the touches as they are made. */
export function noting(steps: Step[]): Gate {
  return async (step, act) => {
    steps.push(step);
    return act();
  };
}

/** The ports of one worker, every call of them through its gate. */
export function portsOf(world: Outside, gate: Gate = freely, worker = 'A'): Ports {
  let claims = 0;
  const calls: MerchantCalls = {
    collect: (ref, { sendBy }) =>
      gate('collect', () => collect(world, ref, worker, sendBy), ref.out_order_no),
    query: (ref) => gate('query', () => query(world, ref), ref.out_order_no),
    change: (ref, operation, { sendBy }) =>
      gate('change', () => tell(world, ref, operation, sendBy), ref.out_order_no),
  };
  const merchants: Merchants = {
    get: (mchid: Mchid) => gate('keys', () => calls, mchid),
    refresh: (mchid) => gate('refresh', () => false, mchid),
  };
  return {
    ledger: ledgerOf(world, gate),
    controls: controlsOf(world, gate),
    budget: {
      take: (mchid) =>
        gate('budget', () => (world.clock < world.budgetUntil ? world.budgetUntil : undefined), mchid),
    },
    merchants,
    now: () => world.clock,
    newClaimId: () => `${worker}${(claims += 1)}`,
    chance: () => 0,
    record: (event) => void world.events.push(event),
  };
}

function ledgerOf(world: Outside, gate: Gate): Ledger {
  const { rows } = world;
  const write = (after: Order, seen: number | undefined): Saved => {
    if (rows.get(spell(after.ref))?.version !== seen) return 'conflict';
    rows.set(spell(after.ref), after);
    return 'saved';
  };
  return {
    find: (key) => gate('find', () => rows.get(spell(key)), key.out_order_no),
    findMany: (keys) =>
      gate('findMany', () => [...new Set(keys.map(spell))].flatMap((id) => rows.get(id) ?? []), ''),
    create: (order) => gate('create', () => write(order, undefined), order.ref.out_order_no),
    save: (before, after) => gate('save', () => write(after, before.version), after.ref.out_order_no),
  };
}

function controlsOf(world: Outside, gate: Gate): Controls {
  const { breakers } = world;
  return {
    read: (mchid) => gate('controls', () => merchantControls(world, mchid), mchid),
    saveBreaker: (target, before, after) =>
      gate(
        'saveBreaker',
        () => {
          const key = breakerKey(target);
          if (breakers.get(key)?.version !== before?.version) return 'conflict';
          if (after === undefined) breakers.delete(key);
          else breakers.set(key, after);
          return 'saved';
        },
        target.mchid,
      ),
  };
}

/** Where the breaker of a merchant is found, or that of one pair. */
export function breakerKey(target: BreakerTarget): string {
  const { mchid, sub_mchid, service_id } = target;
  return sub_mchid === undefined ? mchid : `${mchid}/${pairKey({ sub_mchid, service_id })}`;
}

function merchantControls({ mode, layer, breakers }: Outside, mchid: Mchid): MerchantControls {
  const merchant = breakers.get(mchid);
  const pairs = [...breakers].flatMap(([key, breaker]) =>
    key.startsWith(`${mchid}/`) ? [[key.slice(mchid.length + 1), breaker] as const] : [],
  );
  return {
    modes: { service: mode, sub_merchants: new Map() },
    policies: {
      provider: { level: 'provider', version: 1, layer },
      sub_merchants: new Map(),
      services: new Map(),
    },
    breakers: {
      ...(merchant === undefined ? {} : { merchant }),
      pairs: new Map(pairs) as MerchantControls['breakers']['pairs'],
    },
  };
}

function query(world: Outside, ref: OrderRef): QueryReport {
  if (world.unobserved !== undefined) return world.unobserved;
  return { kind: 'verified', facts: world.paid.has(ref.out_order_no) ? PAID : world.facts, evidence: {} };
}

/** As the transport does it: past `send_by` nothing leaves. */
function collect(world: Outside, ref: OrderRef, worker: string, sendBy: CollectLimits['sendBy']): CallReport {
  const { clock: at, rows, sent } = world;
  const outcome = typeof world.outcome === 'function' ? world.outcome(ref) : world.outcome;
  if (at >= sendBy) return { outcome: { kind: 'not_sent', because: 'send_by_passed' }, evidence: {} };
  if (OUTCOME_RULES[outcome.kind].spacing === 'none') return { outcome, evidence: {} };
  const { out_order_no } = ref;
  sent.push({ at, worker, out_order_no, claim_id: rows.get(spell(ref))?.open?.claim_id });
  if (world.paysNow) world.paid.add(out_order_no);
  const refused = outcome.kind === 'misconfigured';
  return { outcome, evidence: refused ? { http_status: 403, code: 'NO_AUTH' } : { http_status: 200 } };
}

/** As WeChat Pay does it, if it does: paid elsewhere, cancelled, or less is due. */
function tell(
  world: Outside,
  ref: OrderRef,
  operation: Operation,
  sendBy: CollectLimits['sendBy'],
): CallReport {
  const { clock: at, answer: outcome, told } = world;
  if (at >= sendBy) return { outcome: { kind: 'not_sent', because: 'send_by_passed' }, evidence: {} };
  if (OUTCOME_RULES[outcome.kind].spacing === 'none') return { outcome, evidence: {} };
  told.push({ at, out_order_no: ref.out_order_no, operation });
  if (world.takesEffect) world.facts = factsAfter(operation);
  return { outcome, evidence: { request_id: 'R-0' } };
}

function factsAfter(operation: Operation): OrderFacts {
  switch (operation.kind) {
    case 'sync':
      return { ...PAID, details: [{ paid_type: 'MCH' }] };
    case 'cancel':
      return facts({ state: 'REVOKED' });
    case 'modify': {
      const { total_amount } = operation;
      return { ...PENDING, total_amount, paying_amount: total_amount };
    }
  }
}

export function spell({ mchid, sub_mchid, out_order_no }: OrderKey): string {
  return `${mchid}/${sub_mchid}/${out_order_no}`;
}
