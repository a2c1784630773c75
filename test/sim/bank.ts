import type { Instant, OrderKey } from '../../lambda/core/ids';
import { type Answer, ERRORS, refuse } from '../../local/wechatpay/answers';
import { Books } from '../../local/wechatpay/books';
import { countReceived, perform, type Bank as Calls } from '../../local/wechatpay/calls';
import type { Merchant } from '../../local/wechatpay/merchants';
import { REAL_RULES } from '../../local/wechatpay/options';
import type { SimulatedOrder } from '../../local/wechatpay/orders';
import { route } from '../../local/wechatpay/routes';
import { MCHIDS, DAY, HOUR, type PlannedOrder } from './plan';
import type { World } from './world';

/** A request as the wire carries it. */
export interface Request {
  readonly mchid: string;
  /** Which generation of the merchant's key signed it. */
  readonly generation: number;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body: string;
}

/** An answer as the wire carries it. */
export interface WireAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly subCode: number;
}

/** A stretch of time in which something is wrong at WeChat Pay. */
interface Spell {
  readonly from: Instant;
  readonly to: Instant;
  readonly of?: string;
}

/**
 * WeChat Pay: the orders, rules and answers of `local/wechatpay`, without HTTP and signatures. Its clock is the true one.
 */
export class Bank {
  readonly books: Books;
  readonly #calls: Calls;
  readonly #revoked = new Map<string, number>();
  readonly #throttled: readonly Spell[];
  readonly #forbidden: readonly Spell[];
  #tickAt = Infinity;

  constructor(
    private readonly world: World,
    orders: readonly PlannedOrder[],
    faultyMs: number,
  ) {
    const { engine, mix } = world;
    const now = () => engine.now;
    this.books = new Books(now, new Set(MCHIDS), undefined);
    // Nobody asks for platform certificates here.
    this.#calls = { books: this.books, rules: REAL_RULES, platform: undefined as never, now };
    const random = world.random('spells');
    const spells = (count = 0, lastsMs: number, of: () => string | undefined): Spell[] =>
      Array.from({ length: count }, () => {
        const from = engine.now + random.below(faultyMs);
        const whose = of();
        return { from, to: from + random.below(lastsMs), ...(whose === undefined ? {} : { of: whose }) };
      });
    this.#throttled = spells(mix.throttling, HOUR, () => undefined);
    this.#forbidden = spells(
      mix.no_permission,
      3 * DAY,
      () => random.pick(orders as [PlannedOrder])?.ref.sub_mchid,
    );
    for (const order of orders) engine.at(order.registeredAt - 1_000, () => this.#add(order));
  }

  /** Revokes all generations of a merchant's key below this one. */
  revokeBelow(mchid: string, generation: number): void {
    this.#revoked.set(mchid, generation);
  }

  perform({ mchid, generation, method, url, body }: Request): WireAnswer {
    if (generation < (this.#revoked.get(mchid) ?? 0)) return wire(refuse(ERRORS.sign));
    const found = route(method, url);
    const merchant = { mchid, notifyUrl: undefined } as Merchant;
    countReceived(this.#calls, merchant, found, body);
    if (found.kind === 'change' && this.#isOn(this.#throttled)) return wire(refuse(ERRORS.throttled));
    if (found.kind === 'change' && this.#isOn(this.#forbidden, subMchidIn(body)))
      return wire(refuse(ERRORS.noPermission));
    const answer = perform(this.#calls, merchant, found, { method, url, body, headers: {} });
    this.tick();
    return wire(answer);
  }

  /** The user pays by hand at the very moment at which somebody asks or collects: in some seeds, now and then. */
  meddle({ mchid, url, body }: Request): void {
    const { world } = this;
    if (!world.strikes('pays_meanwhile')) return;
    const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
    const sub_mchid = subMchidIn(body) ?? query.get('sub_mchid') ?? '';
    const out_order_no = query.get('out_order_no') ?? decodeURIComponent(url.split('/').at(-2) ?? '');
    world.engine.after(world.random('meddle').below(3_000), () => {
      world.history.note(
        `the user pays ${out_order_no} by hand: ${this.books.payByHand({ mchid, sub_mchid, out_order_no })}`,
      );
      this.tick();
    });
  }

  order({ mchid, sub_mchid, out_order_no }: OrderKey): SimulatedOrder | undefined {
    return this.books.order(mchid, sub_mchid, out_order_no);
  }

  /** What happens by itself happens in its time, and not only when somebody looks. */
  tick(): void {
    this.books.settle();
    const next = this.books.nextEventAtMs();
    if (next >= this.#tickAt && this.#tickAt > this.world.engine.now) return;
    this.#tickAt = next;
    if (next < Infinity) this.world.engine.at(next, () => this.tick());
  }

  #isOn(spells: readonly Spell[], whose?: string): boolean {
    const { engine, faulty } = this.world;
    return faulty && spells.some(({ from, to, of }) => from <= engine.now && engine.now < to && of === whose);
  }

  #add({
    ref,
    totalFen,
    customer,
    completedAt,
    becomesPendingAt,
    plannedEndAt,
    autoDeductionsAt,
    byHandAt,
  }: PlannedOrder): void {
    if (customer === undefined) return;
    const added = this.books.add({
      ...ref,
      total_amount: totalFen,
      customer,
      completedAtMs: completedAt,
      phase: becomesPendingAt === undefined ? 'user_paying' : 'user_confirm',
      autoDeductionsAtMs: [...autoDeductionsAt],
      ...(plannedEndAt === undefined ? {} : { plannedEndAtMs: plannedEndAt }),
      ...(byHandAt === undefined ? {} : { byHandAtMs: byHandAt }),
    });
    if (!added.ok) throw new Error(added.reason);
    if (becomesPendingAt !== undefined)
      this.world.engine.at(becomesPendingAt, () =>
        this.books.use(ref, (record) => {
          if (record?.phase === 'user_confirm') record.phase = 'user_paying';
        }),
      );
    this.tick();
  }
}

function subMchidIn(body: string): string | undefined {
  return /"sub_mchid":"(\d+)"/.exec(body)?.[1];
}

/** As it is after the way over the wire: nothing in it is the bank's own. */
function wire(answer: Answer): WireAnswer {
  switch (answer.kind) {
    case 'empty':
      return { status: 204, body: '', subCode: 0 };
    case 'json':
      return { status: 200, body: JSON.parse(JSON.stringify(answer.body)) as unknown, subCode: 0 };
    case 'error': {
      const { status, code, message, subCode } = answer.error;
      return { status, body: { code, message }, subCode };
    }
  }
}
