import type { Mchid } from '../../lambda/core/ids';
import { receive } from '../../lambda/flow/notified';
import { register } from '../../lambda/flow/register';
import { sweep } from '../../lambda/flow/sweep';
import { work } from '../../lambda/flow/work';
import { readWorkMessage } from '../../lambda/store/work-queue';
import { NOTIFICATION_STATUSES } from '../../lambda/api/notification';
import type { RawNotification } from '../../lambda/flow/ports';
import type { QueuedMessage } from '../../local/memory-queue';
import { MINUTE, SECOND, START, type Plan, type PlannedOrder } from './plan';
import type { Stores } from './stores';
import { Instance, type World } from './world';

const TICK_MS = MINUTE;
const SKEW_MS_MAX = 30 * SECOND;
const WORKERS_MAX = 4;
/** Of the functions in infra/, less what they keep back for their answer. */
const COLLECT_MS = 58 * SECOND;
const SWEEP_MS = 58 * SECOND;

type Kind = 'sweep' | 'collect' | 'notify' | 'api';

/** The functions of the service, each as instances that come, are used again, and go. */
export class Actors {
  readonly #warm = new Map<Kind, Instance[]>();
  readonly #busy = new Set<Instance>();
  readonly #names = new Map<Kind, number>();
  #tickAt = Infinity;
  #pollAt = Infinity;
  /** While every worker is busy nobody looks into the queue. */
  #restUntil = 0;

  constructor(
    private readonly world: World,
    private readonly stores: Stores,
    private readonly plan: Plan,
  ) {
    for (const order of plan.orders) world.engine.at(order.registeredAt, () => this.#register(order));
  }

  /** After every event: the schedule's next tick that finds something, and the next look into the queue. */
  look(): void {
    const { engine } = this.world;
    const due = this.stores.ledger.nextDueAt();
    if (due !== undefined) {
      const tick = Math.ceil(Math.max(due, engine.now + 1) / TICK_MS) * TICK_MS;
      if (tick < this.#tickAt || this.#tickAt <= engine.now) {
        this.#tickAt = tick;
        engine.at(tick, () => this.#tick(tick));
      }
    }
    const visible = this.stores.queue.nextVisibleAt();
    if (visible === Infinity) return;
    const poll = Math.max(visible, engine.now, this.#restUntil);
    if (poll < this.#pollAt) {
      const at = poll + this.world.random('poll').below(300);
      this.#pollAt = at;
      engine.at(at, () => this.#poll(at));
    }
  }

  /** A notification comes in. */
  readonly ring = (mchid: string, raw: RawNotification, answered: (status: number) => void): void => {
    this.begin('notify', async (instance) => {
      const came_to = await receive(mchid as Mchid, raw, this.stores.notificationPortsOf(instance));
      answered(NOTIFICATION_STATUSES[came_to]);
    });
  };

  /** One invocation: whatever it throws ends it, and a dead instance never comes back from it. */
  begin(kind: Kind, run: (instance: Instance) => Promise<void>, failed: () => void = () => undefined): void {
    const { engine, history, judge } = this.world;
    const instance = this.#instanceOf(kind);
    this.#busy.add(instance);
    instance.beganAt = engine.now;
    const end = () => this.#busy.delete(instance);
    engine.woke();
    run(instance).then(end, (error: unknown) => {
      end();
      if (!isExpected(error)) return judge.fail(`${instance.name} throws ${String(error)}`);
      history.note(`${instance.name} ends: ${error.message}`);
      failed();
    });
  }

  #instanceOf(kind: Kind): Instance {
    const { world } = this;
    const random = world.random('instances');
    const warm = (this.#warm.get(kind) ?? []).filter((one) => !one.dead);
    const idle = warm.filter((one) => !this.#busy.has(one));
    const [first, ...others] = idle;
    if (first !== undefined && random.draw(0.8)) return random.pick([first, ...others]);
    const number = (this.#names.get(kind) ?? 0) + 1;
    this.#names.set(kind, number);
    const skewed = world.mix.clock_skew !== undefined && world.faulty;
    const skewMs = skewed ? random.between(-SKEW_MS_MAX, SKEW_MS_MAX) : 0;
    const instance = new Instance(`${kind}${number}`, skewMs, this.#releaseNow(), world);
    // Old instances go, as Lambda lets them.
    this.#warm.set(kind, [...warm.slice(-3), instance]);
    return instance;
  }

  /** A deployment takes a while, and is taken back now and then. */
  #releaseNow(): 'old' | 'new' {
    const { world, plan } = this;
    if (!world.faulty) return 'new';
    if (world.mix.deployment === undefined) return 'old';
    const done = (world.engine.now - START) / plan.drawnMs;
    const share = done < 0.3 ? 0 : done < 0.5 ? 0.5 : done < 0.6 ? 0.1 : 0.9;
    return world.random('release').draw(share) ? 'new' : 'old';
  }

  /** Whoever deploys lets nobody go on with the code and the clocks of before. */
  heal(): void {
    this.#warm.clear();
  }

  #tick(planned: number): void {
    if (this.#tickAt === planned) this.#tickAt = Infinity;
    const sweeps = this.world.strikes('sweep_twice') ? 2 : 1;
    for (let count = 0; count < sweeps; count += 1)
      this.begin('sweep', async (instance) => {
        const rate = { attemptsPerSecond: this.plan.callsPerSecondMax, seconds: TICK_MS / SECOND };
        const deadlineAt = instance.now() + SWEEP_MS;
        await sweep(
          { only: {}, ordersMax: 100, rate, dryRun: false, deadlineAt },
          this.stores.sweepPortsOf(instance),
        );
      });
  }

  #poll(planned: number): void {
    // Another look was planned since, before this one.
    if (this.#pollAt !== planned) return;
    this.#pollAt = Infinity;
    const { queue } = this.stores;
    const { world } = this;
    const busy = [...this.#busy].filter((one) => !one.dead && one.name.startsWith('collect')).length;
    if (busy >= WORKERS_MAX) {
      this.#restUntil = world.engine.now + SECOND;
      return;
    }
    // Batches differ in size, and are in no order.
    const random = world.random('batch');
    const messages = random.shuffled(queue.receive(random.pick([1, 1, 2, 10])));
    if (messages.length > 0) this.begin('collect', async (instance) => this.#collect(messages, instance));
  }

  async #collect(messages: readonly QueuedMessage[], instance: Instance): Promise<void> {
    const { world, stores } = this;
    const items = messages.flatMap(({ receipt, body }) => {
      const message = readWorkMessage(body);
      return message.ok ? [{ message_id: receipt, key: message.key }] : [];
    });
    const deadlineAt = instance.now() + COLLECT_MS;
    const actor = { kind: 'schedule', id: 'collect' } as const;
    const worked = await work({ items, actor, deadlineAt }, stores.portsOf(instance));
    world.history.note(`${instance.name} worked: ${worked.map(({ kind }) => kind).join(' ')}`);
    if (world.strikes('batch_answer_lost')) return;
    for (const { kind, item } of worked) if (kind !== 'failed') stores.queue.delete(item.message_id);
  }

  /** The merchant's backend registers an order, and does not give up. */
  #register(order: PlannedOrder): void {
    const { ref, totalFen, saidCompletedAt } = order;
    const { world } = this;
    const retry = () =>
      world.engine.after(world.random('register').between(SECOND, 20 * MINUTE), () => this.#register(order));
    let done = false;
    this.begin(
      'api',
      async (instance) => {
        instance.onDeath(() => {
          if (!done) retry();
        });
        const registration = {
          at: instance.now(),
          actor: { kind: 'api', id: 'shop' } as const,
          total_amount: totalFen as never,
          ...(saidCompletedAt === undefined ? {} : { completed_at: saidCompletedAt }),
        };
        const result = await register(ref, registration, this.stores.portsOf(instance));
        done = true;
        world.judge.registered(order, result.kind);
      },
      retry,
    );
  }
}

export function isExpected(error: unknown): error is Error {
  return error instanceof Error && error.name === 'PayscoreError';
}
