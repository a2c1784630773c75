import { refusesCorrection, refusesHold, refusesRelease } from '../../lambda/core/by-hand';
import type { Fen, OrderRef } from '../../lambda/core/ids';
import type { Named, Operation, Order } from '../../lambda/core/order';
import { refundDue } from '../../lambda/core/refund';
import { ask } from '../../lambda/flow/ask';
import { attempt } from '../../lambda/flow/attempt';
import { liftBreaker } from '../../lambda/flow/breakers';
import { byHand, decideNow, type Wanted } from '../../lambda/flow/by-hand';
import { withControlsReadOnce } from '../../lambda/flow/memo';
import type { Ports } from '../../lambda/flow/ports';
import { register } from '../../lambda/flow/register';
import type { Actors } from './actors';
import { HOUR, SECOND, START, type Deed, type Plan, type PlannedDeed, type PlannedOrder } from './plan';
import type { Stores } from './stores';
import type { Instance, World } from './world';

const ACTOR = { kind: 'api', id: 'operator' } as const;
const reason = 'simulated';
const ANSWERED_WITHIN_MS = 25 * SECOND;

/** What people do: ask for a collection now, hold, release, decide, change policies and switches. */
export class Operator {
  constructor(
    private readonly world: World,
    private readonly stores: Stores,
    private readonly actors: Actors,
    private readonly plan: Plan,
  ) {
    for (const deed of plan.deeds) world.engine.at(deed.at, () => this.#do(deed));
    // A new deployment observes; somebody switches it on.
    this.#mode('service', plan.orders[0], 'on');
    if (Object.keys(plan.layer).length > 0)
      for (const order of plan.orders) this.#policy('provider', order, plan.layer);
  }

  /** Everything is switched on, and nothing else is changed. */
  heal(): void {
    this.#mode('service', this.plan.orders[0], 'on');
    for (const order of this.plan.orders) {
      this.#mode('merchant', order, undefined);
      this.#mode('sub_merchant', order, undefined);
    }
  }

  #do({ order: index, deed }: PlannedDeed): void {
    const order = this.plan.orders[index];
    if (order === undefined) return;
    this.world.history.note(
      `somebody: ${JSON.stringify(deed)} of ${order.ref.sub_mchid}/${order.ref.out_order_no}`,
    );
    if (deed.kind === 'mode') this.#mode(deed.level, order, deed.mode);
    else if (deed.kind === 'policy') this.#policy(deed.level, order, deed.layer);
    else this.actors.begin('api', async (instance) => this.#ofOrder(deed, order, instance));
  }

  #mode(
    level: 'service' | 'merchant' | 'sub_merchant',
    order: PlannedOrder | undefined,
    mode: 'off' | 'observe' | 'on' | undefined,
  ): void {
    if (order === undefined) return;
    const { mchid, sub_mchid } = order.ref;
    const target = { service: 'service', merchant: { mchid }, sub_merchant: { mchid, sub_mchid } }[
      level
    ] as 'service';
    this.stores.forgetControls();
    void this.stores.controls.saveMode(target, mode, 'operator', this.world.engine.now);
    this.world.judge.switched(level, order.ref, mode);
  }

  #policy(level: 'provider' | 'sub_merchant' | 'service', order: PlannedOrder, layer: Plan['layer']): void {
    const { mchid, sub_mchid, service_id } = order.ref;
    const target = {
      provider: { mchid },
      sub_merchant: { mchid, sub_mchid },
      service: { mchid, sub_mchid, service_id },
    }[level];
    this.stores.forgetControls();
    void this.stores.controls.savePolicy(target, layer, 'operator', this.world.engine.now);
    this.world.judge.ruled(level, order.ref, layer);
  }

  async #ofOrder(
    deed: Exclude<Deed, { kind: 'mode' | 'policy' }>,
    planned: PlannedOrder,
    instance: Instance,
  ): Promise<void> {
    const ports = withControlsReadOnce(this.stores.portsOf(instance));
    const { ref } = planned;
    if (deed.kind === 'lift') {
      await liftBreaker(ports, ref.mchid, undefined, ACTOR);
      return;
    }
    if (deed.kind === 'register_again') {
      await register(
        ref,
        { at: instance.now(), actor: ACTOR, completed_at: planned.registeredAt - HOUR },
        ports,
      );
      return;
    }
    const order = await ports.ledger.find(ref);
    if (order === undefined) return;
    // Whatever he came for: who sees money to be refunded mostly sees to that.
    const seesRefund = refundDue(order) !== undefined && this.world.random('refund').draw(0.8);
    await this.#decide(seesRefund ? 'release' : deed.kind, order, ref, ports, instance);
  }

  /** The refund that he sees, sometimes another or none; else the decision that he sees. */
  #named(order: Order): Named | undefined {
    const random = this.world.random('named');
    const { intent } = order;
    const due = refundDue(order)?.amount;
    if (due !== undefined && random.draw(0.4)) return { kind: 'refund', amount: due };
    if (random.draw(0.1)) return { kind: 'refund', amount: ((due ?? 0) + 1) as Fen };
    if (intent === undefined || (due !== undefined && random.draw(0.5))) return undefined;
    return { kind: 'decision', operation: intent.operation.kind };
  }

  async #decide(
    kind: Exclude<Deed['kind'], 'mode' | 'policy' | 'lift' | 'register_again'>,
    order: Order,
    ref: OrderRef,
    ports: Ports,
    instance: Instance,
  ): Promise<void> {
    const deadlineAt = instance.now() + ANSWERED_WITHIN_MS;
    const { judge } = this.world;
    const at = instance.now();
    switch (kind) {
      case 'demand':
      case 'consent': {
        if (kind === 'consent') judge.consented(ref);
        await attempt({ order, actor: ACTOR, occasion: kind, reason, dryRun: false, deadlineAt }, ports);
        return;
      }
      case 'hold':
      case 'hold_for_hours': {
        const until = kind === 'hold' ? undefined : at + 30 * HOUR;
        const hold = { actor: ACTOR, reason, ...(until === undefined ? {} : { until }) };
        const wanted = (one: Order): Wanted => refusedOr(refusesHold(one, until), { kind: 'hold', at, hold });
        await decideNow(order, wanted, ports);
        return;
      }
      case 'release': {
        const names = this.#named(order);
        const change = { kind: 'release', at, actor: ACTOR, reason, ...(names && { names }) } as const;
        judge.released(ref);
        if (names?.kind === 'refund') judge.refunded(ref, names.amount);
        const wanted = (one: Order): Wanted => refusedOr(refusesRelease(one, names), change);
        await decideNow(order, wanted, ports);
        // Somebody whose first answer was lost, or who clicks twice.
        if (this.world.random('named').draw(0.5)) await decideNow(order, wanted, ports);
        return;
      }
      case 'correct': {
        const answer = await ask(order, ports, { deadlineAt, keep: true });
        if (answer.kind !== 'observed') return;
        const change = { kind: 'correct', at: instance.now(), actor: ACTOR, reason } as const;
        await decideNow(answer.order, (one) => refusedOr(refusesCorrection(one), change), ports);
        return;
      }
      case 'settle':
      case 'waive':
      case 'reduce':
        await byHand({ order, actor: ACTOR, reason, operation: operationOf(kind, order), deadlineAt }, ports);
    }
  }
}

function operationOf(kind: 'settle' | 'waive' | 'reduce', { observed }: Order): Operation {
  const total = observed?.facts.total_amount ?? 100;
  switch (kind) {
    case 'settle':
      return { kind: 'sync', paid_at: START };
    case 'waive':
      return { kind: 'cancel', user_reason: '商户已免除该笔费用' };
    case 'reduce':
      return {
        kind: 'modify',
        total_amount: Math.max(1, total - 20) as Fen,
        user_reason: '商户已下调该笔费用',
      };
  }
}

function refusedOr(
  refusal: ReturnType<typeof refusesHold>,
  change: Extract<Wanted, { change: unknown }>['change'],
): Wanted {
  return refusal === undefined ? { change } : { refused: refusal };
}
