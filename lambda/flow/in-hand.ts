import type { Instant, OrderKey } from '../core/ids';
import type { DueOrder } from './ports';

/** After the moment at which a worker sees a message: what it takes to work on it, and for the index to show it. */
const WORKED_ON_MS = 60_000;

interface Sent {
  readonly due_at: Instant;
  readonly until: Instant;
}

/**
 * What one instance of the sweep has sent, as long as it is still due. It only saves writes: workers move the due time of
 * everything that they take up, and an instance that knows of nothing sends an order once more, which does no harm.
 */
export class OrdersInHand {
  #sent = new Map<string, Sent>();

  /** Of all that is due now: what nobody was sent for, and what a worker should have taken up by now. The rest is in hand. */
  sort(due: readonly DueOrder[], now: Instant): Readonly<Record<'waiting' | 'stuck', readonly DueOrder[]>> {
    const still = new Map<string, Sent>();
    const [waiting, stuck]: [DueOrder[], DueOrder[]] = [[], []];
    for (const order of due) {
      const sent = this.#sent.get(spell(order.key));
      // Another due time is another occasion.
      if (sent?.due_at !== order.due_at) waiting.push(order);
      else if (sent.until <= now) stuck.push(order);
      else still.set(spell(order.key), sent);
    }
    this.#sent = still;
    return { waiting, stuck };
  }

  /** A message of it, which is held back for so long, is in the queue. */
  add({ key, due_at }: DueOrder, now: Instant, delaySeconds: number): void {
    this.#sent.set(spell(key), { due_at, until: now + delaySeconds * 1_000 + WORKED_ON_MS });
  }
}

function spell({ mchid, sub_mchid, out_order_no }: OrderKey): string {
  return `${mchid}/${sub_mchid}/${out_order_no}`;
}
