import { PayscoreError } from '../../lambda/core/errors';
import type { Instant } from '../../lambda/core/ids';
import { Engine } from './engine';
import type { FaultKind, Mix } from './faults';
import { History } from './history';
import type { Judge } from './judge';
import { Random } from './random';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Which code an instance runs: of two releases, the newer one writes rows that the older one refuses. */
export type Release = 'old' | 'new';

/** A process: it has a clock of its own, may die between any two steps, and may be frozen and go on as if nothing had happened. */
export class Instance {
  dead = false;
  frozenUntil: Instant = 0;
  /** When what it does now was begun, in true time. */
  beganAt: Instant = 0;
  readonly #onDeath: (() => void)[] = [];

  constructor(
    readonly name: string,
    readonly skewMs: number,
    readonly release: Release,
    private readonly world: World,
  ) {}

  readonly now = (): Instant => this.world.engine.now + this.skewMs;

  /** Goes on with what it was doing: later, if it is frozen; never, if it is dead. */
  goOn(act: () => void): void {
    if (this.dead) return;
    const { engine } = this.world;
    if (this.frozenUntil > engine.now) {
      engine.at(this.frozenUntil, () => this.goOn(act));
      return;
    }
    engine.woke();
    act();
  }

  onDeath(act: () => void): void {
    this.#onDeath.push(act);
  }

  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.world.history.note(`${this.name} dies`);
    for (const act of this.#onDeath) act();
  }
}

/** How a touch of something outside ends. */
type Fate = 'done' | 'failed' | 'answer_lost' | 'died_before' | 'died_after';

interface Touch<T> {
  readonly what: string;
  readonly act: () => T;
  /** Of DynamoDB: it may fail. Of others it may only be slow. */
  readonly ofLedger?: boolean;
  /** What comes of it when it was done, the answer lost, and the SDK tried it a second time. */
  readonly again?: (done: T) => T;
}

/** What everybody in the simulation shares: the clock, chance, faults, the judge. */
export class World {
  readonly engine: Engine;
  readonly history: History;
  /** False from when on nothing goes wrong any more. */
  faulty = true;
  readonly #streams = new Map<string, Random>();
  readonly #latency: Random;

  constructor(
    readonly seed: number,
    readonly mix: Mix,
    readonly judge: Judge,
    start: Instant,
    keepHistory: boolean,
  ) {
    this.engine = new Engine(start);
    this.history = new History(() => this.engine.now, keepHistory);
    this.#latency = this.random('latency');
  }

  random(name: string): Random {
    const known = this.#streams.get(name) ?? new Random(this.seed, name);
    this.#streams.set(name, known);
    return known;
  }

  /** Whether this goes wrong here and now. */
  strikes(kind: FaultKind): boolean {
    const rate = this.mix[kind];
    if (rate === undefined || !this.faulty) return false;
    return this.random(kind).draw(rate);
  }

  /** Every step of a flow that leaves its process: it takes time, and may fail, be done without an answer, or be the last. */
  touch<T>(instance: Instance, { what, act, ofLedger = false, again }: Touch<T>): Promise<Awaited<T>> {
    const { engine, history } = this;
    const fate = this.#fateOf(instance, ofLedger);
    const slow = ofLedger && this.strikes('ledger_slow');
    const there = slow ? this.#latency.below(3 * SECOND) : this.#latency.between(1, 12);
    return new Promise((resolve, reject) => {
      engine.after(there, () => {
        if (instance.dead) return;
        if (fate === 'died_before') return instance.die();
        if (fate === 'failed') {
          history.note(`${instance.name} ${what}: fails`);
          return instance.goOn(() => reject(unavailable(what)));
        }
        const done = act();
        // Of the dead nobody hears.
        if (done instanceof Promise) done.catch(() => undefined);
        history.note(`${instance.name} ${what}${fate === 'answer_lost' ? ': answer lost' : ''}`);
        if (fate === 'died_after') return instance.die();
        engine.after(this.#latency.between(1, 8), () =>
          instance.goOn(() => {
            if (fate !== 'answer_lost') return resolve(done as Awaited<T>);
            if (again === undefined || this.random('again').draw(0.5)) return reject(unavailable(what));
            return resolve(again(done) as Awaited<T>);
          }),
        );
      });
    });
  }

  /** A process may die or be frozen wherever it waits. */
  maybeFreeze(instance: Instance): void {
    if (!this.strikes('zombie')) return;
    const random = this.random('zombie');
    const ms = random.pick([10 * SECOND, 4 * MINUTE, 20 * MINUTE, 6 * 60 * MINUTE]) * (0.5 + random.next());
    instance.frozenUntil = Math.max(instance.frozenUntil, this.engine.now + Math.floor(ms));
    this.history.note(`${instance.name} is frozen for ${Math.round(ms / SECOND)} s`);
  }

  #fateOf(instance: Instance, ofLedger: boolean): Fate {
    this.maybeFreeze(instance);
    if (this.strikes('crash')) return this.random('crash').draw(0.5) ? 'died_before' : 'died_after';
    if (ofLedger && this.strikes('ledger_down')) return 'failed';
    return ofLedger && this.strikes('ledger_answer_lost') ? 'answer_lost' : 'done';
  }
}

function unavailable(what: string): PayscoreError {
  return new PayscoreError('LEDGER_UNAVAILABLE', `${what}: DynamoDB did not answer (simulated).`);
}
