import type { Breaker } from './breaker';
import { addDays, beijingDate, startOfBeijingDate } from './beijing-time';
import { aroundOf, type MerchantControls } from './controls';
import type { StopBecause } from './decide';
import type { Instant, Mchid, OrderKey, ServiceId, SubMchid } from './ids';
import { isEnding, type KeyEnd } from './key-facts';
import { amountsOf } from './money';
import { phaseOf, type Order } from './order';
import { refundDue } from './refund';
import type { Tally } from './tally';
import { DAY_MS } from './time';

/** So many orders, and so much money in fen. */
export interface Sum {
  readonly orders: number;
  readonly amount: number;
}

/** How one merchant stands, as of one instant. What each number means stands in docs/overview.md. */
export interface Overview {
  readonly mchid: Mchid;
  readonly as_of: Instant;
  /** When the first of its orders was registered; absent while it has none. */
  readonly since?: Instant;
  readonly owed: Sum;
  readonly recovered: Sum;
  readonly due_today: Sum;
  readonly in_flight: { readonly orders: number };
  readonly unknown: { readonly orders: number; readonly older_than_24h: number };
  readonly watched: Sum;
  readonly stopped: readonly (Sum & { readonly because: StopBecause })[];
  readonly by_day: readonly (Sum & { readonly date: string; readonly attempts: number })[];
  readonly by_attempt: readonly {
    readonly attempt: number;
    readonly attempts: number;
    readonly paid: number;
  }[];
  readonly by_hour: readonly {
    readonly weekday: number;
    readonly hour: number;
    readonly attempts: number;
    readonly paid: number;
  }[];
  readonly by_sub_code: readonly {
    readonly sub_code?: string;
    readonly outcome: string;
    readonly attempts: number;
  }[];
  readonly needs_a_person: {
    readonly refund_due: Sum;
    readonly unknown_over_24h: readonly OrderKey[];
    readonly keys_ending: readonly KeyEnd[];
    readonly stopped_merchant?: Stopped;
    readonly stopped_pairs: readonly (Stopped & {
      readonly sub_mchid: SubMchid;
      readonly service_id: ServiceId;
    })[];
  };
}

/** How far the roll-up of a merchant has come. */
export interface RollupProgress {
  /** The last turn that brought it on, or had the time of a whole run. */
  readonly turn_at: Instant;
  /** Days up to this one are not read again. */
  readonly closed_through: string;
}

/** A breaker that is open. */
export type Stopped = Pick<Breaker, 'because' | 'tripped_at' | 'until'>;

/** Days that are told one by one; older ones are in the sums only. */
export const DAYS_MAX = 400;
/** Orders and pairs that are named; there may be more. */
export const NAMED_MAX = 20;
const CODES_TOLD_MAX = 100;

/** The open orders of a merchant, as they are now. */
export interface Open {
  readonly owed: MutableSum;
  readonly due_today: MutableSum;
  readonly watched: MutableSum;
  readonly refund_due: MutableSum;
  readonly stopped: Map<StopBecause, MutableSum>;
  in_flight: number;
  unknown: number;
  older_than_24h: number;
  readonly unknown_over_24h: OrderKey[];
}

interface MutableSum {
  orders: number;
  amount: number;
}

const none = (): MutableSum => ({ orders: 0, amount: 0 });

export function nothingOpen(): Open {
  return {
    owed: none(),
    due_today: none(),
    watched: none(),
    refund_due: none(),
    stopped: new Map(),
    in_flight: 0,
    unknown: 0,
    older_than_24h: 0,
    unknown_over_24h: [],
  };
}

/** Adds an order as it is now; of one at its end only what is to be refunded. */
export function countOpen(open: Open, order: Order, controls: MerchantControls, now: Instant): void {
  const refund = refundDue(order);
  if (refund !== undefined) add(open.refund_due, refund.amount);
  if (phaseOf(order) === 'ended') return;
  const amount = owedOf(order);
  add(open.owed, amount);
  const tomorrow = startOfBeijingDate(addDays(beijingDate(now), 1));
  if (order.status === 'active' && (order.due_at ?? Infinity) < tomorrow) add(open.due_today, amount);
  if (order.status === 'watched') {
    add(open.watched, amount);
    const because = stoppedBecause(order, controls, now);
    const sum = open.stopped.get(because) ?? { orders: 0, amount: 0 };
    add(sum, amount);
    open.stopped.set(because, sum);
  }
  if (order.open === undefined) return;
  open.in_flight += 1;
  if (!isUnknown(order.open, now)) return;
  open.unknown += 1;
  if (now - order.open.claimed_at <= DAY_MS) return;
  open.older_than_24h += 1;
  const { mchid, sub_mchid, out_order_no } = order.ref;
  if (open.unknown_over_24h.length < NAMED_MAX)
    open.unknown_over_24h.push({ mchid, sub_mchid, out_order_no });
}

function add(sum: MutableSum, amount: number): void {
  sum.orders += 1;
  sum.amount += amount;
}

/** What is still to be paid, as far as an amount is known; parts that were paid are not. */
function owedOf(order: Order): number {
  const standing = order.observed?.standing;
  const paid = standing?.kind === 'pending' ? (standing.paid_amount ?? 0) : 0;
  return Math.max(0, (amountsOf(order).total_amount ?? 0) - paid);
}

/** A call that nobody can say the fate of: its answer says so, or its worker never reported. */
function isUnknown({ outcome, send_by }: NonNullable<Order['open']>, now: Instant): boolean {
  return outcome === undefined ? now > send_by : outcome.kind === 'unknown';
}

/** Why an order is only asked about, without a question of the policy: what stands in its row says most of it. */
function stoppedBecause(order: Order, controls: MerchantControls, now: Instant): StopBecause {
  const { hold, intent, stopped, observed, ref } = order;
  if (hold !== undefined && (hold.until ?? Infinity) > now) return 'held';
  if (intent !== undefined) return 'decided';
  if (stopped !== undefined) return stopped.because;
  const kind = observed?.standing.kind ?? 'pending';
  if (kind !== 'pending') return kind;
  return aroundOf(controls, ref, now).mode === 'off' ? 'switched_off' : 'observing';
}

export interface OverviewFacts {
  readonly mchid: Mchid;
  readonly as_of: Instant;
  readonly open: Open;
  readonly tally: Tally;
  readonly controls: MerchantControls;
  readonly keyEnds: readonly KeyEnd[];
}

export function overviewOf({ mchid, as_of, open, tally, controls, keyEnds }: OverviewFacts): Overview {
  const [orders, amount] = tally.recovered;
  const since = tally.first_registered_at;
  const { merchant, pairs } = controls.breakers;
  return {
    mchid,
    as_of,
    ...(since === undefined ? {} : { since }),
    owed: open.owed,
    recovered: { orders, amount },
    due_today: open.due_today,
    in_flight: { orders: open.in_flight },
    unknown: { orders: open.unknown, older_than_24h: open.older_than_24h },
    watched: open.watched,
    stopped: [...open.stopped]
      .map(([because, sum]) => ({ because, ...sum }))
      .toSorted((one, other) => other.orders - one.orders || (one.because < other.because ? -1 : 1)),
    ...byTime(tally, as_of),
    needs_a_person: {
      refund_due: open.refund_due,
      unknown_over_24h: open.unknown_over_24h,
      keys_ending: keyEnds.filter(isEnding),
      ...(merchant === undefined ? {} : { stopped_merchant: stoppedBy(merchant) }),
      stopped_pairs: [...pairs].slice(0, NAMED_MAX).map(([pair, breaker]) => {
        const [sub_mchid, service_id] = pair.split('/') as [SubMchid, ServiceId];
        return { sub_mchid, service_id, ...stoppedBy(breaker) };
      }),
    },
  };
}

function stoppedBy({ because, tripped_at, until }: Breaker): Stopped {
  return { because, tripped_at, until };
}

function byTime({ days, numbers, hours, codes }: Tally, asOf: Instant) {
  const first = addDays(beijingDate(asOf), -DAYS_MAX);
  return {
    by_day: Object.entries(days)
      .filter(([date]) => date > first)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([date, [orders, amount, attempts]]) => ({ date, orders, amount, attempts })),
    by_attempt: numbers.map(([attempts, paid], index) => ({ attempt: index + 1, attempts, paid })),
    by_hour: Object.entries(hours)
      .map(([key, [attempts, paid]]) => {
        const [weekday, hour] = key.split('/').map(Number) as [number, number];
        return { weekday, hour, attempts, paid };
      })
      .toSorted((one, other) => one.weekday - other.weekday || one.hour - other.hour),
    by_sub_code: Object.entries(codes)
      .map(([key, attempts]) => {
        const [outcome, sub_code] = key.split('/') as [string, string];
        return { ...(sub_code === '' ? {} : { sub_code }), outcome, attempts };
      })
      .toSorted((one, other) => other.attempts - one.attempts || (keyOf(one) < keyOf(other) ? -1 : 1))
      .slice(0, CODES_TOLD_MAX),
  };
}

function keyOf({ outcome, sub_code = '' }: { readonly outcome: string; readonly sub_code?: string }): string {
  return `${outcome}/${sub_code}`;
}
