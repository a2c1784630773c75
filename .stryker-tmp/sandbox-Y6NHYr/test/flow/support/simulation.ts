import type { Instant, OrderKey, OrderRef } from '../../../lambda/core/ids';
import { OUTCOME_RULES, type CallReport, type Outcome, type QueryReport } from '../../../lambda/core/outcome';
import type { Actor, Order } from '../../../lambda/core/order';
import type { Dispatch, MerchantCalls, Ports } from '../../../lambda/flow/ports';
import { attempt } from '../../../lambda/flow/attempt';
import { register } from '../../../lambda/flow/register';
import { sweep } from '../../../lambda/flow/sweep';
import { work } from '../../../lambda/flow/work';
import { MemoryLedger } from '../../../local/memory-ledger';
import {
  DAY,
  freely,
  type Gate,
  HOUR,
  MINUTE,
  outside,
  type Outside,
  PAID,
  PENDING,
  portsOf,
  refOf,
  SECOND,
  T0,
} from './memory';

/** How often each thing goes wrong while faults are on: chances in [0, 1]. */
export interface Rates {
  readonly lost: number;
  readonly twice: number;
  readonly delayed: number;
  readonly refusedByQueue: number;
  readonly unmoved: number;
  readonly unanswered: number;
  readonly failing: number;
}

export interface Given {
  readonly seed: number;
  readonly rates: Rates;
  /** How many days before T0 each order was completed; undefined: nobody says. */
  readonly completedDaysAgo: readonly (number | undefined)[];
  /** How often somebody asks for one of the orders now, over the weeks. */
  readonly demands: number;
}

/** A call to `/pay` that left, and the attempt it left on. */
export interface Call {
  readonly at: Instant;
  readonly claim_id: string;
  readonly claimed_at: Instant;
  readonly spacing: 'gap' | 'lock';
  readonly order: Order;
  /** When WeChat Pay had the money, if it had it by then. */
  readonly paidAt: Instant | undefined;
}

const TICK_MS = 5 * MINUTE;
const RECEIVES_MAX = 5;
const BATCH_MAX = 10;
/** Slower than any merchant's rate: with three orders the last is 200 s behind. */
const RATE = { attemptsPerSecond: 0.02, seconds: 300 };
const COLLECT: Actor = { kind: 'schedule', id: 'collect' };

interface Message {
  readonly kind: 'message' | 'demand';
  readonly key: OrderKey;
  readonly at: Instant;
  readonly receives: number;
}

/**
 * The schedule over some weeks: real sweeps and workers, a ledger in memory, a queue that loses, doubles, delays and
 * reorders, users who pay or do not, WeChat Pay that answers anything. One seed, one run.
 */
export class Simulation {
  readonly ledger = new MemoryLedger();
  readonly calls = new Map<string, Call[]>();
  readonly refs: readonly OrderRef[];
  readonly #world: Outside = outside({ layer: {} });
  readonly #paysAt = new Map<string, Instant>();
  readonly #chance: () => number;
  #queue: Message[] = [];
  #faulty = true;
  #claims = 0;

  constructor(readonly given: Given) {
    this.#chance = generator(given.seed);
    this.refs = given.completedDaysAgo.map((_days, at) => refOf(`ORDER_${at}`));
  }

  get clock(): Instant {
    return this.#world.clock;
  }

  paidAt(ref: OrderRef): Instant {
    return this.#paysAt.get(ref.out_order_no) ?? Infinity;
  }

  async run(faultyMs: number, calmMs: number): Promise<void> {
    const { completedDaysAgo, demands } = this.given;
    const ports = this.#ports(freely);
    for (const [index, ref] of this.refs.entries()) {
      const days = completedDaysAgo[index];
      const said = days === undefined ? {} : { completed_at: T0 - days * DAY };
      await register(ref, { at: T0, actor: { kind: 'api', id: 'shop' }, ...said }, ports);
      if (this.#draw(0.3)) this.#pays(ref, T0 + this.#below(faultyMs));
    }
    for (let demand = 0; demand < demands; demand += 1) {
      const key = this.refs[this.#below(this.refs.length)];
      const at = T0 + this.#below(faultyMs);
      if (key !== undefined) this.#queue.push({ kind: 'demand', key, at, receives: RECEIVES_MAX });
    }
    await this.#until(T0 + faultyMs);
    this.#faulty = false;
    await this.#until(T0 + faultyMs + calmMs);
  }

  async #until(end: Instant): Promise<void> {
    for (;;) {
      const tick = await this.#nextTick();
      const message = Math.min(...this.#queue.map(({ at }) => at));
      const next = Math.min(tick, message);
      if (next >= end) return;
      this.#world.clock = Math.max(this.clock, next);
      if (message <= tick) await this.#deliver();
      else await this.#sweep();
    }
  }

  /** The schedule ticks all the time; only ticks that find something are played. */
  async #nextTick(): Promise<Instant> {
    const rows = await this.ledger.findMany(this.refs);
    const due = Math.min(...rows.map(({ due_at }) => due_at ?? Infinity));
    return due <= this.clock ? this.clock + TICK_MS : Math.ceil(due / TICK_MS) * TICK_MS;
  }

  async #sweep(): Promise<void> {
    const { rates } = this.given;
    const { ledger } = this;
    const postpone: MemoryLedger['postpone'] = async (order, until) => {
      if (this.#fault(rates.unmoved)) throw new Error('DynamoDB did not answer (Test).');
      return ledger.postpone(order, until);
    };
    await sweep(
      { only: {}, ordersMax: 100, rate: RATE, dryRun: false, deadlineAt: this.clock + MINUTE },
      {
        dueOrders: { due: (now, max) => ledger.due(now, max), postpone },
        queue: { send: async (orders) => orders.map((order) => this.#send(order)) },
        now: () => this.clock,
      },
    );
  }

  #send({ key, delaySeconds }: Dispatch): boolean {
    const { lost, twice, delayed, refusedByQueue } = this.given.rates;
    if (this.#fault(refusedByQueue)) return false;
    const copies = this.#fault(twice) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      if (this.#fault(lost)) continue;
      const ms = this.#fault(delayed) ? this.#below(3 * DAY) : this.#below(30 * SECOND);
      const at = this.clock + delaySeconds * SECOND + ms;
      this.#queue.push({ kind: 'message', key, at, receives: 1 });
    }
    return true;
  }

  async #deliver(): Promise<void> {
    const arrived = this.#queue.filter(({ at }) => at <= this.clock).slice(0, BATCH_MAX);
    this.#queue = this.#queue.filter((message) => !arrived.includes(message));
    // In any order.
    const items = arrived
      .map((message) => ({ message, sort: this.#chance() }))
      .toSorted((a, b) => a.sort - b.sort)
      .map(({ message }) => ({ message_id: 'M', key: message.key, message }));
    const gate: Gate = async (step, act) => {
      // Before it was done, or after.
      const [fails, late] = [this.#fault(this.given.rates.failing), this.#draw(0.5)];
      if (fails && !late) throw new Error(`${step} failed (Test)`);
      const result = act();
      if (fails) throw new Error(`the answer of ${step} was lost (Test)`);
      return result;
    };
    const ports = this.#ports(gate);
    const ask = items.filter(({ message }) => message.kind === 'demand');
    const batch = items.filter(({ message }) => message.kind === 'message');
    const request = { items: batch, actor: COLLECT, deadlineAt: this.clock + MINUTE };
    const [back] = await Promise.all([
      work(request, ports).then(
        (worked) => worked.filter(({ kind }) => kind === 'failed').map(({ item }) => item),
        () => batch,
      ),
      // Whatever comes of it: whoever asked is told, and the schedule goes on.
      ...ask.map(async ({ key }) => this.#demand(key, ports).catch(() => undefined)),
    ]);
    for (const { message } of batch.filter((item) => back.includes(item)))
      if (message.receives < RECEIVES_MAX)
        this.#queue.push({ ...message, at: this.clock + MINUTE, receives: message.receives + 1 });
  }

  async #demand(key: OrderKey, ports: Ports): Promise<void> {
    const order = await ports.ledger.find(key);
    if (order === undefined) throw new Error(`${key.out_order_no} was lost`);
    const deadlineAt = this.clock + 25 * SECOND;
    await attempt({ order, actor: COLLECT, occasion: 'demand', dryRun: false, deadlineAt }, ports);
  }

  #ports(gate: Gate): Ports {
    const { ledger } = this;
    const calls: MerchantCalls = {
      query: async (ref) => this.#query(ref),
      collect: async (ref, { sendBy }) => this.#collect(ref, sendBy),
      change: async () => {
        throw new Error('nobody decides anything by hand here');
      },
    };
    const through = <T>(act: () => Promise<T>, step: 'find' | 'save') =>
      gate(step, act, '').then((done) => done);
    return {
      ...portsOf(this.#world, gate),
      ledger: {
        find: (key) => through(() => ledger.find(key), 'find'),
        findMany: (keys) => through(() => ledger.findMany(keys), 'find'),
        create: (order) => through(() => ledger.create(order), 'save'),
        save: (before, after) => through(() => ledger.save(before, after), 'save'),
      },
      merchants: { get: () => gate('keys', () => calls, ''), refresh: async () => false },
      newClaimId: () => `C${(this.#claims += 1)}`,
      chance: this.#chance,
      record: () => undefined,
    };
  }

  #query(ref: OrderRef): QueryReport {
    const paid = this.paidAt(ref) <= this.clock;
    this.#world.clock += this.#below(5 * SECOND);
    if (this.#fault(this.given.rates.unanswered))
      return { kind: 'unanswered', because: 'no_answer', evidence: {} };
    return { kind: 'verified', facts: paid ? PAID : PENDING, evidence: {} };
  }

  async #collect(ref: OrderRef, sendBy: Instant): Promise<CallReport> {
    const { clock } = this;
    if (clock >= sendBy) return { outcome: { kind: 'not_sent', because: 'send_by_passed' }, evidence: {} };
    const { outcome, paysWithinMs } = this.#outcome();
    const { spacing } = OUTCOME_RULES[outcome.kind];
    const order = await this.ledger.find(ref);
    if (order?.open === undefined) throw new Error(`a call for ${ref.out_order_no} without an open attempt`);
    if (spacing !== 'none') {
      const paidAt = this.paidAt(ref) <= clock ? this.paidAt(ref) : undefined;
      const { claim_id, claimed_at } = order.open;
      const call = { at: clock, claim_id, claimed_at, spacing, order, paidAt };
      this.calls.set(ref.out_order_no, [...(this.calls.get(ref.out_order_no) ?? []), call]);
      if (paysWithinMs > 0) this.#pays(ref, clock + this.#below(paysWithinMs));
    }
    this.#world.clock += this.#below(9 * SECOND);
    return { outcome, evidence: {} };
  }

  /** Whatever WeChat Pay may answer; money moves within its lock, or while it says USERPAYING. */
  #outcome(): { readonly outcome: Outcome; readonly paysWithinMs: number } {
    const pays = this.#draw(0.2);
    const kinds: readonly [Outcome, number][] = [
      [{ kind: 'declined' }, 0],
      [{ kind: 'accepted' }, pays ? 3 * MINUTE : 0],
      [{ kind: 'unknown', because: 'no_answer' }, pays ? 3 * MINUTE : 0],
      [{ kind: 'in_progress' }, pays ? 30 * MINUTE : 0],
      [{ kind: 'busy' }, pays ? 3 * MINUTE : 0],
      [{ kind: 'contradicted', claim: 'done' }, 0],
      [{ kind: 'refused' }, 0],
      [{ kind: 'throttled' }, 0],
      [{ kind: 'misconfigured', scope: this.#draw(0.5) ? 'pair' : 'merchant' }, 0],
      [{ kind: 'not_sent', because: 'connect_failed' }, 0],
    ];
    // Half of all calls are declined.
    const [outcome, paysWithinMs] = kinds[this.#draw(0.5) ? 0 : this.#below(kinds.length)] ?? [
      { kind: 'declined' },
      0,
    ];
    return { outcome, paysWithinMs };
  }

  #pays({ out_order_no }: OrderRef, at: Instant): void {
    this.#paysAt.set(out_order_no, Math.min(at, this.#paysAt.get(out_order_no) ?? Infinity));
  }

  #fault(rate: number): boolean {
    return this.#draw(rate) && this.#faulty;
  }

  #draw(rate: number): boolean {
    return this.#chance() < rate;
  }

  #below(limit: number): number {
    return Math.floor(this.#chance() * limit);
  }
}

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The day in Beijing, counted, and the hour of it. */
export function beijing(at: Instant): { readonly day: number; readonly hours: number } {
  const local = at + 8 * HOUR;
  return { day: Math.floor(local / DAY), hours: (local % DAY) / HOUR };
}
