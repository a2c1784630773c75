import { addDays, beijingDate } from '../core/beijing-time';
import type { MerchantControls } from '../core/controls';
import { isPayscoreError } from '../core/errors';
import type { FlowEvent } from '../core/event';
import type { Instant, Mchid, OrderKey } from '../core/ids';
import { keyEnds, type MerchantRow } from '../core/key-facts';
import { phaseOf, type Order } from '../core/order';
import { countOpen, nothingOpen, overviewOf, type Open } from '../core/overview';
import { count, merge, newTally, type ClosedDay, type Tally } from '../core/tally';
import { MINUTE_MS } from '../core/time';
import type { EndedRow, Ledger, MerchantRows, Overviews } from './ports';

export interface RollupPorts {
  readonly ledger: Pick<Ledger, 'findMany'> & {
    /** Orders that are not at their end, or are to be refunded, a stretch at a time; some of them twice. */
    open(mchid: Mchid): AsyncIterable<readonly OrderKey[]>;
    /** Which orders may have come to their end, on a day in Beijing, or on the days after one. */
    ended(
      mchid: Mchid,
      query: { readonly on: string } | { readonly after: string },
    ): AsyncIterable<readonly EndedRow[]>;
  };
  readonly controls: { read(mchid: Mchid): Promise<MerchantControls> };
  readonly rows: Pick<MerchantRows, 'all'>;
  readonly overviews: Overviews;
  readonly now: () => Instant;
  readonly record: (event: FlowEvent) => void;
}

export interface RollupSummary {
  readonly merchants: number;
  /** Orders that were read. */
  readonly orders: number;
  /** Days on which something ended, and that will not be read again. */
  readonly closed_days: number;
  /** Merchants whose overview could not be made this time. */
  readonly failed: number;
  /** For want of time; they come first next time. */
  readonly left: number;
}

/**
 * A day is closed so long after its end: whoever writes stamps what he writes by his own clock, shortly before it is
 * there.
 */
const CLOSES_AFTER_MS = 30 * MINUTE_MS;
/** Longer than any write takes, and than clocks differ. */
const WRITE_MS_MAX = 2 * MINUTE_MS;

/** Makes the overview of every merchant anew, that of the one first which is the oldest. */
export async function rollUp(deadlineAt: Instant, ports: RollupPorts): Promise<RollupSummary> {
  const rows = await ports.rows.all();
  const stamped: {
    readonly row: MerchantRow;
    readonly asOf: Instant;
    readonly closed: string | undefined;
  }[] = [];
  for (const row of rows) {
    const kept = await ports.overviews.find(row.mchid);
    stamped.push({ row, asOf: kept?.overview.as_of ?? -Infinity, closed: kept?.closed_through });
  }
  let [orders, closedDays, failed, done] = [0, 0, 0, 0];
  for (const { row, closed } of stamped.toSorted((one, other) => one.asOf - other.asOf)) {
    if (ports.now() >= deadlineAt) break;
    try {
      const made = await new Rollup(row, closed, deadlineAt, ports).run();
      if (made === 'out_of_time') break;
      orders += made.orders;
      closedDays += made.closedDays;
    } catch (error) {
      // What cannot be read of one merchant is no reason to leave the others.
      if (!isPayscoreError(error)) throw error;
      failed += 1;
      ports.record({ kind: 'rollup_failed', mchid: row.mchid, error });
    }
    done += 1;
  }
  return { merchants: rows.length, orders, closed_days: closedDays, failed, left: rows.length - done };
}

/** Of one merchant. */
class Rollup {
  readonly #now: Instant;
  readonly #open: Open = nothingOpen();
  /** What is not closed yet: by the day of the end, and under the empty name what has none. */
  readonly #tallies = new Map<string, Tally>();
  /** Closed days from which an order has gone since: and when it was written elsewhere. */
  readonly #moved = new Map<string, Instant>();
  readonly #seen = new Set<string>();
  #closed: string;

  constructor(
    private readonly row: MerchantRow,
    closedThrough: string | undefined,
    private readonly deadlineAt: Instant,
    private readonly ports: RollupPorts,
  ) {
    this.#now = ports.now();
    this.#closed = closedThrough ?? '';
  }

  async run(): Promise<{ readonly orders: number; readonly closedDays: number } | 'out_of_time'> {
    const { ports, row } = this;
    const { mchid } = row;
    const controls = await ports.controls.read(mchid);
    const closed = await this.#closedDays();
    for await (const keys of ports.ledger.open(mchid))
      if (!(await this.#read(keys, controls))) return 'out_of_time';
    for await (const rows of ports.ledger.ended(mchid, { after: this.#closed })) {
      for (const one of rows) this.#note(one);
      const keys = rows.map(({ key }) => key);
      if (!(await this.#read(keys, controls))) return 'out_of_time';
    }
    await this.#computeMoved(closed);
    const closedNow = await this.#close(closed);
    const tally = newTally();
    for (const day of closed.values()) merge(tally, day.tally);
    for (const one of this.#tallies.values()) merge(tally, one);
    const overview = overviewOf({
      mchid,
      as_of: this.#now,
      open: this.#open,
      tally,
      controls,
      keyEnds: keyEnds(factsOf(row), this.#now),
    });
    // On a conflict somebody who began later was sooner, and his is as good.
    await ports.overviews.save(mchid, { overview, closed_through: this.#closed });
    return { orders: this.#seen.size, closedDays: closedNow };
  }

  /** By their dates. A row of a day that is not closed was left by a run that did not come to its end: it does not count. */
  async #closedDays(): Promise<Map<string, ClosedDay>> {
    const days = new Map<string, ClosedDay>();
    for await (const day of this.ports.overviews.days(this.row.mchid))
      if (day.date <= this.#closed) days.set(day.date, day);
    return days;
  }

  #note({ at, was }: EndedRow): void {
    if (was !== undefined && was <= this.#closed)
      this.#moved.set(was, Math.max(at, this.#moved.get(was) ?? -Infinity));
  }

  /** Whether there was time for it. */
  async #read(keys: readonly OrderKey[], controls: MerchantControls): Promise<boolean> {
    const fresh = keys.filter((key) => !this.#seen.has(nameOf(key)));
    for (const key of fresh) this.#seen.add(nameOf(key));
    for await (const orders of readSideBySide(fresh, this.ports.ledger)) {
      for (const order of orders) this.#count(order, controls);
      if (this.ports.now() >= this.deadlineAt) return false;
    }
    return true;
  }

  /** Each order counts once, by where it stands when it is read. */
  #count(order: Order, controls: MerchantControls): void {
    countOpen(this.#open, order, controls, this.#now);
    const day = endOf(order) ?? '';
    // What ended on a closed day is in that day's sums already.
    if (day !== '' && day <= this.#closed) return;
    const tally = this.#tallies.get(day) ?? newTally();
    count(tally, order);
    this.#tallies.set(day, tally);
  }

  /** An order that ended on a closed day may be corrected, and ends on another: then the first is computed anew. */
  async #computeMoved(closed: Map<string, ClosedDay>): Promise<void> {
    const { ports, row } = this;
    for (const [date, at] of this.#moved) {
      const known = closed.get(date);
      if (known === undefined || known.computed_at >= at + WRITE_MS_MAX) continue;
      const computed_at = ports.now();
      const tally = newTally();
      for await (const rows of ports.ledger.ended(row.mchid, { on: date }))
        for await (const orders of readSideBySide(
          rows.map(({ key }) => key),
          ports.ledger,
        ))
          for (const order of orders) if (endOf(order) === date) count(tally, order);
      const day = { date, computed_at, tally };
      closed.set(date, day);
      await ports.overviews.saveDay(row.mchid, day);
    }
  }

  /** Days that are over for long enough get a row of their own, and are not read again. */
  async #close(closed: Map<string, ClosedDay>): Promise<number> {
    const last = addDays(beijingDate(this.#now - CLOSES_AFTER_MS), -1);
    let number = 0;
    for (const [date, tally] of this.#tallies) {
      if (date === '' || date > last) continue;
      const day = { date, computed_at: this.#now, tally };
      await this.ports.overviews.saveDay(this.row.mchid, day);
      closed.set(date, day);
      this.#tallies.delete(date);
      number += 1;
    }
    if (last > this.#closed) this.#closed = last;
    return number;
  }
}

/** The day of the end of an order that is at it. */
function endOf(order: Order): string | undefined {
  return phaseOf(order) === 'ended' && order.ended_at !== undefined ? beijingDate(order.ended_at) : undefined;
}

/** Of one read, and reads at a time. */
const READ_ORDERS_MAX = 100;
const SIDE_BY_SIDE = 4;

async function* readSideBySide(
  keys: readonly OrderKey[],
  ledger: RollupPorts['ledger'],
): AsyncGenerator<readonly Order[]> {
  const step = READ_ORDERS_MAX * SIDE_BY_SIDE;
  for (let first = 0; first < keys.length; first += step) {
    const some = keys.slice(first, first + step);
    const parts = Array.from({ length: Math.ceil(some.length / READ_ORDERS_MAX) }, async (_, index) =>
      ledger.findMany(some.slice(index * READ_ORDERS_MAX, (index + 1) * READ_ORDERS_MAX)),
    );
    for (const orders of await Promise.all(parts)) yield orders;
  }
}

function nameOf({ sub_mchid, out_order_no }: OrderKey): string {
  return `${sub_mchid}#${out_order_no}`;
}

function factsOf({ facts, certificates }: MerchantRow) {
  return { signing: facts?.signing ?? [], platform_certificates: certificates?.facts ?? [] };
}
