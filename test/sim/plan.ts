import type { OrderRef } from '../../lambda/core/ids';
import type { PolicyLayer } from '../../lambda/core/policy';
import type { Customer } from '../../local/wechatpay/orders';
import { drawMix, only, type FaultKind, type Mix } from './faults';
import { Random } from './random';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** A Monday, noon in Beijing. */
export const START = Date.parse('2026-03-02T04:00:00Z');
/** Longer than the longest wait of the default policy (168 h) and between two questions (8 days): all that is to happen has. */
export const CALM_MS = 12 * DAY;

/** What is left of a seed, to see what a failure really takes. */
export interface Cut {
  readonly seed: number;
  /** Only these faults of those that the seed draws. */
  readonly faults?: readonly FaultKind[];
  /** Only these orders of those that it draws, by their place. */
  readonly orders?: readonly number[];
  /** Only so many days with faults. */
  readonly days?: number;
  /** Whether an operator does anything; default true. */
  readonly operator?: boolean;
}

export interface PlannedOrder {
  readonly ref: OrderRef;
  readonly totalFen: number;
  /** Absent: WeChat Pay has no such order. */
  readonly customer?: Customer;
  readonly registeredAt: number;
  /** What the registration says; undefined: nothing. */
  readonly saidCompletedAt?: number;
  /** What WeChat Pay says in time_range; null: it does not. */
  readonly completedAt: number | null;
  /** When the merchant completes it (完结), if that is after the registration. */
  readonly becomesPendingAt?: number;
  /** What WeChat Pay has in time_range when it says nothing of the completion. */
  readonly plannedEndAt?: number;
  readonly autoDeductionsAt: readonly number[];
  readonly byHandAt?: number;
}

export type Deed =
  | { readonly kind: 'demand' | 'consent' | 'hold' | 'release' | 'settle' | 'waive' | 'reduce' | 'correct' }
  | { readonly kind: 'register_again' | 'hold_for_hours' }
  | {
      readonly kind: 'mode';
      readonly mode: 'off' | 'observe' | 'on';
      readonly level: 'service' | 'merchant' | 'sub_merchant';
    }
  | {
      readonly kind: 'policy';
      readonly layer: PolicyLayer;
      readonly level: 'provider' | 'sub_merchant' | 'service';
    }
  | { readonly kind: 'lift' };

export interface PlannedDeed {
  readonly at: number;
  readonly order: number;
  readonly deed: Deed;
}

export interface Plan {
  readonly seed: number;
  readonly mix: Mix;
  /** What happens at some time of the run happens within this; cut or not. */
  readonly drawnMs: number;
  readonly faultyMs: number;
  readonly callsPerSecondMax: number;
  readonly layer: PolicyLayer;
  readonly orders: readonly PlannedOrder[];
  readonly deeds: readonly PlannedDeed[];
}

export const MCHIDS = ['1900000001', '1900000002'] as const;
const SUB_MCHIDS = ['1230000101', '1230000102'] as const;
const SERVICE_ID = '00004000000000000000000000000001';

/** Everything that a seed decides beforehand. What a cut leaves out changes nothing of the rest. */
export function planOf(cut: Cut): Plan {
  const { seed } = cut;
  const random = new Random(seed, 'plan');
  const mix = drawMix(new Random(seed, 'mix'));
  const days = random.pick([2, 3, 5, 10, 30]);
  const drawnMs = days * DAY;
  const faultyMs = Math.min(days, cut.days ?? days) * DAY;
  const count = random.pick([1, 2, 2, 3, 4, 6]);
  const all = Array.from({ length: count }, (_, at) => {
    const order = orderOf(new Random(seed, `order ${at}`), at, drawnMs);
    return { ...order, ...lastingOf(new Random(seed, `lasting ${at}`), order) };
  });
  // A plan that comes true late shows where days are few.
  const isShort =
    all.some(({ plannedEndAt }) => plannedEndAt !== undefined) && new Random(seed, 'short').draw(0.5);
  const kept = (at: number) => cut.orders?.includes(at) ?? true;
  const deeds = cut.operator === false ? [] : deedsOf(new Random(seed, 'deeds'), count, drawnMs);
  return {
    seed,
    mix: cut.faults === undefined ? mix : only(mix, cut.faults),
    drawnMs,
    faultyMs,
    callsPerSecondMax: random.pick([0.1, 0.3, 5, 50]),
    layer: { ...layerOf(new Random(seed, 'policy')), ...(isShort ? SHORT : {}) },
    orders: all.filter((_, at) => kept(at)),
    deeds: deeds
      .filter(({ at, order }) => kept(order) && at < START + faultyMs)
      .map((deed) => ({ ...deed, order: [...all.keys()].filter(kept).indexOf(deed.order) })),
  };
}

/** Every order has its last day within the run. */
const SHORT: PolicyLayer = { exhausting_day: 1, last_attempt_day: 3 };

/** Mostly fast ones: what waits for days seldom meets anybody. */
function layerOf(random: Random): PolicyLayer {
  const fast: PolicyLayer = {
    first_attempt_after_hours: random.pick([0, 0, 1, 24]),
    min_gap_minutes: random.pick([3, 4, 30, 360]),
    attempts_per_day_max: random.pick([1, 3, 24]),
    attempts_per_30_days_max: random.pick([3, 8, 50]),
    attempts_max: random.pick([3, 8, 50]),
    decline_ladder_hours: random.pick([[1], [1, 2, 6], [24, 24, 48]]),
    windows: random.pick([[], [{ from: '08:00', to: '21:00' }], [{ from: '22:00', to: '02:00' }]]),
    quiet_hours: random.pick([[], [], [{ from: '12:00', to: '14:00' }]]),
    avoid_dates: random.pick([[], [], ['2026-03-04', '2026-03-05']]),
  };
  return random.draw(0.3) ? {} : fast;
}

function customerOf(random: Random): Customer {
  const ms = random.pick([MINUTE, 2 * MINUTE, 20 * MINUTE, 29 * MINUTE]);
  switch (random.below(7)) {
    case 0:
      return { kind: 'pays' };
    case 1:
      return { kind: 'pays', balanceAfterMs: random.below(20 * DAY) };
    case 2:
      return {
        kind: 'pays',
        balanceAfterMs: random.below(5 * DAY),
        settlesAfterMs: random.below(3 * MINUTE),
      };
    case 3:
      return { kind: 'pays', balanceFen: 50, balanceAfterMs: random.below(3 * DAY) };
    case 4:
      return { kind: 'in_progress', forMs: ms, ends: 'failed' };
    case 5:
      return { kind: 'in_progress', forMs: ms, ends: 'paid' };
    default:
      return { kind: 'declines' };
  }
}

/** A service that lasts, or of which an end was planned: completed before it, after it, or by then. */
function lastingOf(
  random: Random,
  { registeredAt, becomesPendingAt, completedAt }: PlannedOrder,
): Partial<PlannedOrder> {
  const long = becomesPendingAt !== undefined && random.draw(0.5);
  const pendingAt = long ? registeredAt + random.below(25 * DAY) : becomesPendingAt;
  const plannedEndAt = (pendingAt ?? registeredAt) + random.pick([-20 * DAY, -HOUR, HOUR, 3 * DAY, 20 * DAY]);
  return {
    ...(pendingAt === undefined ? {} : { becomesPendingAt: pendingAt }),
    ...(completedAt === null && random.draw(0.5) ? { plannedEndAt } : {}),
  };
}

/** Two tenants have an order of the same number: places 0 and 1, of two sub-merchants; 2 and 3, of two merchants. */
function orderOf(random: Random, at: number, faultyMs: number): PlannedOrder {
  const registeredAt = START + (random.draw(0.7) ? random.below(2 * HOUR) : random.below(faultyMs));
  const completedAt = registeredAt - random.pick([0, HOUR, DAY, 10 * DAY, 22 * DAY]);
  const later = random.draw(0.15) ? registeredAt + random.below(2 * DAY) : undefined;
  const says = random.draw(0.5) && later === undefined;
  const auto = random.draw(0.3) ? [registeredAt + random.below(20 * DAY)] : [];
  const byHand = random.draw(0.25) ? registeredAt + random.below(20 * DAY) : undefined;
  const customer = customerOf(random);
  const known = random.draw(0.95);
  return {
    ref: {
      mchid: MCHIDS[Math.floor(at / 2) % 2],
      sub_mchid: SUB_MCHIDS[at % 2],
      out_order_no: at < 4 ? 'BIKE|1' : `BIKE-${at}`,
      service_id: SERVICE_ID,
    } as OrderRef,
    totalFen: 100 + random.below(1_000),
    ...(known ? { customer } : {}),
    registeredAt,
    ...(says ? { saidCompletedAt: completedAt } : {}),
    completedAt: says || later !== undefined || random.draw(0.3) ? null : completedAt,
    ...(later === undefined ? {} : { becomesPendingAt: later }),
    autoDeductionsAt: auto,
    ...(byHand === undefined ? {} : { byHandAt: byHand }),
  };
}

function deedsOf(random: Random, orders: number, faultyMs: number): readonly PlannedDeed[] {
  const deeds: PlannedDeed[] = [];
  const busy = random.pick([0, 2, 6, 20]);
  for (let count = 0; count < busy; count += 1) {
    const at = START + HOUR + random.below(faultyMs);
    deeds.push({ at, order: random.below(orders), deed: deedOf(random) });
  }
  // Somebody impatient: several at once.
  if (random.draw(0.3)) {
    const [at, order] = [START + HOUR + random.below(faultyMs), random.below(orders)];
    for (let again = 0; again < 4; again += 1)
      deeds.push({ at: at + random.below(200), order, deed: { kind: 'demand' } });
  }
  return deeds.toSorted((a, b) => a.at - b.at);
}

function deedOf(random: Random): Deed {
  const kind = random.pick([
    'demand',
    'demand',
    'demand',
    'consent',
    'hold',
    'hold',
    'hold_for_hours',
    'release',
    'release',
    'settle',
    'waive',
    'reduce',
    'correct',
    'register_again',
    'mode',
    'mode',
    'policy',
    'lift',
  ] as const);
  if (kind === 'mode')
    return {
      kind,
      mode: random.pick(['off', 'observe', 'on', 'on']),
      level: random.pick(['service', 'merchant', 'sub_merchant']),
    };
  if (kind !== 'policy') return { kind };
  const whole = layerOf(random);
  const names = Object.keys(whole) as (keyof PolicyLayer)[];
  const some = names.filter(() => random.draw(0.5));
  const layer = Object.fromEntries(some.map((name) => [name, whole[name]])) as PolicyLayer;
  return { kind, layer, level: random.pick(['provider', 'sub_merchant', 'service']) };
}
