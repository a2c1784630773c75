import { beijingDate } from '../../../lambda/core/beijing-time';
import type { MerchantControls } from '../../../lambda/core/controls';
import type { FlowEvent } from '../../../lambda/core/event';
import type { Instant, OrderKey } from '../../../lambda/core/ids';
import type { MerchantRow } from '../../../lambda/core/key-facts';
import { phaseOf, type Order } from '../../../lambda/core/order';
import type { Overview, RollupProgress } from '../../../lambda/core/overview';
import type { ClosedDay } from '../../../lambda/core/tally';
import type { EndedRow } from '../../../lambda/flow/ports';
import type { RollupPorts } from '../../../lambda/flow/rollup';
import { REF, spell, T0 } from './memory';

/** A ledger, as a roll-up sees it, and the rows that it writes. */
export class RollupWorld {
  clock: Instant = T0;
  readonly orders = new Map<string, Order>();
  readonly ended = new Map<string, EndedRow[]>();
  readonly days = new Map<string, ClosedDay>();
  readonly events: FlowEvent[] = [];
  /** Orders that were read, in the order of the reads. */
  readonly reads: string[] = [];
  overview: Overview | undefined;
  progress: RollupProgress | undefined;
  /** Happens before each read of orders. */
  between: () => void = () => {};
  /** Happens before each write of a row; what it throws is what the write comes to. */
  beforeWrite: () => void = () => {};
  merchants: readonly MerchantRow[] = [{ mchid: REF.mchid }];
  readonly controls: MerchantControls = {
    modes: { service: 'on', sub_merchants: new Map() },
    policies: { sub_merchants: new Map(), services: new Map() },
    breakers: { pairs: new Map() },
  };

  /** Writes an order as the ledger does: what leads to it first. */
  put(order: Order): void {
    const before = this.orders.get(spell(order.ref))?.ended_at;
    const ended_at =
      phaseOf(order) === 'ended' || before !== undefined ? { ended_at: this.clock } : ({} as const);
    this.lead(order, before);
    this.orders.set(spell(order.ref), { ...order, ...ended_at });
  }

  /** Only that: a writer that dies between the two. */
  lead({ ref, observed, open }: Order, before?: Instant): void {
    if (phaseOf({ ...(observed && { observed }), ...(open && { open }) }) !== 'ended' && before === undefined)
      return;
    const date = beijingDate(this.clock);
    const rows = this.ended.get(date) ?? [];
    const earlier = before === undefined ? date : beijingDate(before);
    const known = rows.findIndex(({ key }) => spell(key) === spell(ref));
    const was = earlier === date ? rows[known]?.was : earlier;
    const row = { date, key: ref, at: this.clock, ...(was === undefined ? {} : { was }) };
    if (known === -1) rows.push(row);
    else rows[known] = row;
    this.ended.set(date, rows);
  }

  get ports(): RollupPorts {
    return {
      ledger: {
        findMany: async (keys) => {
          this.between();
          this.reads.push(...keys.map(({ out_order_no }) => out_order_no));
          return keys.flatMap((key) => this.orders.get(spell(key)) ?? []);
        },
        open: () => this.#open(),
        ended: (_mchid, query) => this.#endedOn(query),
      },
      controls: { read: async () => this.controls },
      rows: { all: async () => this.merchants },
      overviews: {
        progress: async () => this.progress,
        saveProgress: async (_mchid, progress) => {
          this.beforeWrite();
          if (this.progress !== undefined && this.progress.turn_at > progress.turn_at) return 'conflict';
          this.progress = progress;
          return 'saved';
        },
        save: async (overview) => {
          this.beforeWrite();
          if (this.overview !== undefined && this.overview.as_of >= overview.as_of) return 'conflict';
          this.overview = structuredClone(overview);
          return 'saved';
        },
        days: () => this.#days(),
        saveDay: async (_mchid, day) => {
          this.beforeWrite();
          const known = this.days.get(day.date);
          if (known !== undefined && known.computed_at >= day.computed_at) return 'conflict';
          this.days.set(day.date, structuredClone(day));
          return 'saved';
        },
      },
      now: () => this.clock,
      record: (event) => this.events.push(event),
    };
  }

  async *#open(): AsyncGenerator<readonly OrderKey[]> {
    const keys: readonly OrderKey[] = [...this.orders.values()]
      .filter((order) => phaseOf(order) !== 'ended' || order.status === 'refund_due')
      .map(({ ref }) => ref);
    // As the lists are read: the first once more.
    yield keys;
    yield keys;
  }

  async *#endedOn({ on, after = '' }: { readonly on?: string; readonly after?: string }) {
    for (const [date, rows] of this.ended) if (on === undefined ? date > after : date === on) yield [...rows];
  }

  async *#days() {
    yield* structuredClone([...this.days.values()]);
  }
}
