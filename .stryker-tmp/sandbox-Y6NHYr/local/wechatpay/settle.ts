import { moveMoney, type OrderRecord, payingFen } from './record';
import { impossible } from './impossible';

// WeChat Pay: an order that was created and never confirmed lapses after 30 days.
const UNCONFIRMED_LIFETIME_MS = 30 * 86_400_000;

type Event =
  | { readonly kind: 'deduction_ends'; readonly atMs: number; readonly amountFen: number }
  | { readonly kind: 'auto_deduction'; readonly atMs: number }
  | { readonly kind: 'pays_by_hand'; readonly atMs: number }
  | { readonly kind: 'expires'; readonly atMs: number };

/** When something next happens to the order by itself; Infinity when nothing does. */
export function nextEventAtMs(record: OrderRecord): number {
  if (record.phase === 'created') return record.registeredAtMs + UNCONFIRMED_LIFETIME_MS;
  const { deduction, autoDeductionsAtMs, byHandAtMs = Infinity } = record;
  return Math.min(deduction?.endsAtMs ?? Infinity, autoDeductionsAtMs[0] ?? Infinity, byHandAtMs);
}

function nextEvent(record: OrderRecord): Event | undefined {
  const atMs = nextEventAtMs(record);
  if (atMs === Infinity) return undefined;
  if (record.phase === 'created') return { kind: 'expires', atMs };
  const { deduction, autoDeductionsAtMs } = record;
  // Of what is due at the same time, the end comes before the beginning.
  if (deduction?.endsAtMs === atMs) return { kind: 'deduction_ends', atMs, amountFen: deduction.amountFen };
  return { kind: autoDeductionsAtMs[0] === atMs ? 'auto_deduction' : 'pays_by_hand', atMs };
}

/** What the customer's account would give at that moment. */
export function availableFen(record: OrderRecord, atMs: number): number {
  switch (record.customer.kind) {
    case 'pays':
      return atMs < record.balanceFromMs ? 0 : Math.min(record.balanceFen, payingFen(record));
    case 'declines':
      return 0;
    case 'in_progress':
      return record.customer.ends === 'paid' ? payingFen(record) : 0;
    default:
      return impossible(record.customer);
  }
}

function apply(record: OrderRecord, event: Event): void {
  switch (event.kind) {
    case 'expires':
      record.phase = 'expired';
      return;
    case 'deduction_ends':
      record.deduction = undefined;
      if (event.amountFen > 0) moveMoney(record, event.amountFen, event.atMs, 'collect');
      // Assumed: a deduction that failed gives the order free at once, one that succeeded keeps the lock to its end.
      else record.lockedUntilMs = event.atMs;
      return;
    case 'auto_deduction': {
      record.autoDeductionsAtMs.shift();
      if (record.phase !== 'user_paying' || record.deduction !== undefined) return;
      const amountFen = availableFen(record, event.atMs);
      if (amountFen === 0) return;
      record.balanceFen -= amountFen;
      moveMoney(record, amountFen, event.atMs, 'auto');
      return;
    }
    case 'pays_by_hand':
      // While a deduction runs the cashier refuses; he tries again when it is over.
      record.byHandAtMs = record.deduction?.endsAtMs;
      if (record.phase !== 'user_paying' || record.deduction !== undefined) return;
      moveMoney(record, payingFen(record), event.atMs, 'by_hand');
      return;
  }
}

/**
 * Lets everything happen that was due by now, in the order in which it was due, each at its own time.
 * Whoever reads an order settles it first, so no timer is needed and a test may pass in any clock.
 */
export function settle(record: OrderRecord, nowMs: number): void {
  for (;;) {
    const event = nextEvent(record);
    if (event === undefined || event.atMs > nowMs) return;
    apply(record, event);
  }
}
