import type { ChangeEvent } from '../core/change-event';
import { breakerEventsOf, eventsIn } from '../core/change-events';
import type { BreakerTarget } from '../core/controls';
import type { Instant, Mchid, ServiceId, SubMchid } from '../core/ids';
import type { EventBus, OrderList, Ports } from './ports';

export interface Republication {
  readonly mchid: Mchid;
  /** What happened from then on, */
  readonly since: Instant;
  /** and before then, is told again. */
  readonly until: Instant;
  readonly cursor?: string | undefined;
}

export interface Republished {
  /** Taken by the bus; of a page of which some were not, those have to be told again with all others. */
  readonly events: number;
  readonly refused: number;
  readonly orders: number;
  /** Orders of the page that a newer release wrote: it has to tell of them. */
  readonly left_out: number;
  /** Where the next page begins; absent when there is none. */
  readonly cursor?: string;
}

/** Orders told of in one go: with 64 entries each they are within a request's time. */
const PAGE_ORDERS_MAX = 25;

/**
 * Tells again what the ledger still knows, a page of a merchant's orders at a time, under the ids under which it was
 * told first. Breakers come with the first page.
 * @throws PayscoreError CURSOR_INVALID, LEDGER_UNAVAILABLE, LEDGER_ROW_NEWER
 */
export async function republish(
  { mchid, since, until, cursor }: Republication,
  { ledger, controls }: Pick<Ports, 'ledger' | 'controls'>,
  list: OrderList,
  bus: EventBus,
): Promise<Republished> {
  const page = await list.list({ mchid, pageMax: PAGE_ORDERS_MAX, cursor });
  const orders = await ledger.findMany(page.orders);
  const breakers = cursor === undefined ? trippedIn(mchid, await controls.read(mchid)) : [];
  const events = [...breakers, ...orders.flatMap(eventsIn)]
    .filter(({ at }) => at >= since && at < until)
    .toSorted((a, b) => a.at - b.at);
  const taken = await bus.put(events);
  const told = taken.filter(Boolean).length;
  return {
    events: told,
    refused: events.length - told,
    orders: orders.length,
    left_out: page.orders.length - orders.length,
    ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
  };
}

function trippedIn(
  mchid: Mchid,
  { breakers }: Awaited<ReturnType<Ports['controls']['read']>>,
): readonly ChangeEvent[] {
  const pairs = [...breakers.pairs].map(([key, breaker]) => {
    const [sub, service] = key.split('/');
    const target: BreakerTarget = { mchid, sub_mchid: sub as SubMchid, service_id: service as ServiceId };
    return [target, breaker] as const;
  });
  const merchant = breakers.merchant === undefined ? [] : [[{ mchid }, breakers.merchant] as const];
  return [...merchant, ...pairs].flatMap(([target, breaker]) =>
    breakerEventsOf(target, undefined, breaker, breaker.tripped_at),
  );
}
