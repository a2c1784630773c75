import { addDays, beijingDate } from '../core/beijing-time';
import type { MerchantControls } from '../core/controls';
import { isPayscoreError } from '../core/errors';
import type { FlowEvent } from '../core/event';
import type { Instant, Mchid, OrderKey } from '../core/ids';
import { keyEnds, type MerchantRow } from '../core/key-facts';
import { phaseOf, type Order } from '../core/order';
import { countOpen, nothingOpen, overviewOf, type Open, type RollupProgress } from '../core/overview';
import { count, merge, newTally, type ClosedDay, type Tally } from '../core/tally';
import { MINUTE_MS } from '../core/time';
import type { EndedRow, Ledger, MerchantRows, Overviews } from './ports';

export interface RollupPorts {
  readonly ledger: Pick<Ledger, 'findMany'> & {
    /** Orders that are not at their end, or are to be refunded, a stretch at a time; some of them twice. */
    open(mchid: Mchid): AsyncIterable<readonly OrderKey[]>;
    /** Which orders may have come to their end, on a day in Beijing, or on the days after one, day after day. */
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
  /** Merchants whose overview there was not the time for. */
  readonly left: number;
}

/**
 * A day is closed so long after its end: whoever writes stamps what he writes by his own clock, shortly before it is
 * there.
 */
const CLOSES_AFTER_MS = 30 * MINUTE_MS;
/** Longer than any write takes, and than clocks differ. */
const WRITE_MS_MAX = 2 * MINUTE_MS;

const NEVER: RollupProgress = { turn_at: 0, closed_through: '' };

/** Makes the overview of every merchant anew, that of the one first whose turn was longest ago. */
export async function rollUp(deadlineAt: Instant, ports: RollupPorts): Promise<RollupSummary> {
  const rows = await ports.rows.all();
  const waiting: { readonly row: MerchantRow; readonly progress: RollupProgress }[] = [];
  for (const row of rows)
    waiting.push({ row, progress: (await ports.overviews.progress(row.mchid)) ?? NEVER });
  const inTurn = waiting.toSorted((one, other) => one.progress.turn_at - other.progress.turn_at);
  let [orders, closedDays, failed, done] = [0, 0, 0, 0];
  for (const [index, { row, progress }] of inTurn.entries()) {
    if (ports.now() >= deadlineAt) break;
    const rollup = new Rollup(row, progress.closed_through, deadlineAt, ports);
    try {
      // Who has the time of the whole run has had a turn, whatever comes of it: then all others come first.
      if (index === 0) await rollup.saveProgress();
      const end = await rollup.run();
      orders += rollup.orders;
      closedDays += rollup.closedDays;
      if (end === 'out_of_time') continue;
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
  /** What is closed, by the day. */
  readonly #days = new Map<string, ClosedDay>();
  /** Days whose rows were left by a run that did not come to close them. */
  readonly #leftOver: string[] = [];
  /** Closed days from which an order has gone since: and when it was written elsewhere. */
  readonly #moved = new Map<string, Instant>();
  readonly #seen = new Set<string>();
  #closed: string;
  #closedDays = 0;

  constructor(
    private readonly row: MerchantRow,
    private readonly closedBefore: string,
    private readonly deadlineAt: Instant,
    private readonly ports: RollupPorts,
  ) {
    this.#now = ports.now();
    this.#closed = closedBefore;
  }

  get orders(): number {
    return this.#seen.size;
  }

  get closedDays(): number {
    return this.#closedDays;
  }

  async saveProgress(): Promise<void> {
    // On a conflict somebody who began later was sooner: what he does not come to is read again.
    await this.ports.overviews.saveProgress(this.row.mchid, {
      turn_at: this.#now,
      closed_through: this.#closed,
    });
  }

  async run(): Promise<'made' | 'out_of_time'> {
    const { ports, row } = this;
    const { mchid } = row;
    const controls = await ports.controls.read(mchid);
    await this.#findDays();
    if (!(await this.#closeDays(controls))) return 'out_of_time';
    // Before what has ended since: what ends in between is in one of the two.
    for await (const keys of ports.ledger.open(mchid))
      if (!(await this.#read(keys, controls))) return 'out_of_time';
    for await (const rows of ports.ledger.ended(mchid, { after: this.#closed }))
      if (!(await this.#readEnded(rows, controls))) return 'out_of_time';
    if (!(await this.#computeMoved())) return 'out_of_time';
    const tally = newTally();
    for (const day of this.#days.values()) merge(tally, day.tally);
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
    await ports.overviews.save(overview);
    await this.saveProgress();
    return 'made';
  }

  /** A row of a day that is not closed was left by a run that did not come to its end: it does not count. */
  async #findDays(): Promise<void> {
    for await (const day of this.ports.overviews.days(this.row.mchid))
      if (day.date <= this.#closed) this.#days.set(day.date, day);
      else this.#leftOver.push(day.date);
  }

  async #readEnded(rows: readonly EndedRow[], controls: MerchantControls): Promise<boolean> {
    for (const { at, was } of rows)
      // A day that this run closes itself holds what it has read: it is for the next one to compute it anew.
      if (was !== undefined && was <= this.closedBefore)
        this.#moved.set(was, Math.max(at, this.#moved.get(was) ?? -Infinity));
    return this.#read(
      rows.map(({ key }) => key),
      controls,
    );
  }

  /** Whether there was time for it. */
  async #read(keys: readonly OrderKey[], controls: MerchantControls): Promise<boolean> {
    const fresh = keys.filter((key) => !this.#seen.has(nameOf(key)));
    for (const key of fresh) this.#seen.add(nameOf(key));
    for await (const orders of readSideBySide(fresh, this.ports.ledger)) {
      for (const order of orders) this.#count(order, controls);
      if (this.#isLate()) return false;
    }
    return !this.#isLate();
  }

  #isLate(): boolean {
    return this.ports.now() >= this.deadlineAt;
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
  async #computeMoved(): Promise<boolean> {
    const { ports, row } = this;
    for (const [date, at] of this.#moved) {
      const known = this.#days.get(date);
      if (known === undefined || known.computed_at >= at + WRITE_MS_MAX) continue;
      const computed_at = ports.now();
      const tally = newTally();
      for await (const rows of ports.ledger.ended(row.mchid, { on: date }))
        for await (const orders of readSideBySide(
          rows.map(({ key }) => key),
          ports.ledger,
        )) {
          for (const order of orders) if (endOf(order) === date) count(tally, order);
          if (this.#isLate()) return false;
        }
      await this.#saveDay({ date, computed_at, tally });
    }
    return true;
  }

  /** Days that are over for long enough are read first, and each once: a run that has no time goes on where the last ended. */
  async #closeDays(controls: MerchantControls): Promise<boolean> {
    const last = addDays(beijingDate(this.#now - CLOSES_AFTER_MS), -1);
    if (last <= this.#closed) return true;
    for await (const rows of this.ports.ledger.ended(this.row.mchid, { after: this.#closed })) {
      const old = rows.filter(({ date }) => date <= last);
      const [first] = old;
      // Rows come day after day: those before this one were read whole.
      if (first !== undefined && !(await this.#closeThrough(addDays(first.date, -1)))) return false;
      if (!(await this.#readEnded(old, controls))) return false;
      if (old.length < rows.length) break;
    }
    return this.#closeThrough(last);
  }

  /** Gives each day up to this one, all read whole, a row of its own. */
  async #closeThrough(through: string): Promise<boolean> {
    if (through <= this.#closed) return true;
    // What says that an earlier day is to be computed anew is not read again either.
    if (!(await this.#computeMoved())) return false;
    for (const date of this.#leftOver)
      // Its orders have gone elsewhere since: what was left would count from now on.
      if (date > this.#closed && date <= through && !this.#tallies.has(date))
        this.#tallies.set(date, newTally());
    for (const [date, tally] of this.#tallies) {
      if (date === '' || date > through) continue;
      await this.#saveDay({ date, computed_at: this.#now, tally });
      this.#tallies.delete(date);
      if (tally.orders > 0) this.#closedDays += 1;
    }
    this.#closed = through;
    await this.saveProgress();
    return true;
  }

  async #saveDay(day: ClosedDay): Promise<void> {
    this.#days.set(day.date, day);
    await this.ports.overviews.saveDay(this.row.mchid, day);
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
