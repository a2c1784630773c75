import type { SweepSummary } from '../lambda/flow/sweep';
import { FUNCTIONS } from '../infra/manifest';
import { deliver, scheduledEvent } from './aws/events';
import type { CircleOrder } from './circle-orders';
import type { LedgerView, Snapshot } from './ledger-view';
import type { LocalService } from './service';
import type { LocalWorld } from './world';

export interface CircleProgress {
  readonly now: number;
  /** When the first of all runs began. */
  readonly from: number;
  readonly until: number;
  readonly ticks: number;
  readonly snapshot: Snapshot;
}

export interface CircleOptions {
  readonly world: Pick<LocalWorld, 'service' | 'now' | 'moveTo' | 'began'>;
  /** Has read all of the ledger. */
  readonly view: LedgerView;
  /** Those that are counted; the schedule takes up all that are in the ledger. */
  readonly orders: readonly CircleOrder[];
  readonly until: number;
  readonly onProgress: (progress: CircleProgress) => void;
}

/**
 * The ticks of half an hour are made as one: EventBridge wakes the sweep every minute, mostly for nothing. It makes
 * things later by that much at most, and nothing earlier.
 */
const TICK_MS = 30 * 60_000;
/** Progress is told no oftener than this, in true time. */
const TELL_MS = 200;

/**
 * Lets the schedule run: a tick, all of its messages through the workers, and on to the next time at which anything is
 * due. Time is moved on only while nobody is at anything. At the end `view` has been read anew.
 */
export async function runCircle({
  world,
  view,
  orders,
  until,
  onProgress,
}: CircleOptions): Promise<CircleProgress> {
  const { service, now, moveTo, began: from } = world;
  const keys = orders.map(({ order }) => order);
  let ticks = 0;
  let toldAt = -Infinity;
  const progress = (inFlight: ReturnType<LedgerView['due']> = []): CircleProgress => ({
    now: now(),
    from,
    until,
    ticks,
    snapshot: view.snapshot(keys, now(), inFlight),
  });
  const tell = (inFlight?: ReturnType<LedgerView['due']>) => {
    if (performance.now() - toldAt < TELL_MS) return;
    onProgress(progress(inFlight));
    toldAt = performance.now();
  };
  while (now() < until) {
    const expected = view.due(now());
    const { due, sent } = await tick(service.sweep);
    ticks += 1;
    if (sent > 0) {
      tell(expected);
      await service.idle();
    }
    // Somebody may have registered an order meanwhile, or one became due in between.
    await (due === expected.length ? view.read(expected.map(({ ref }) => ref)) : view.readAll());
    tell();
    moveTo(Math.min(until, Math.max(view.nextDueAt(), now() + TICK_MS)));
  }
  await view.readAll();
  return progress();
}

/** One tick of the EventBridge rule. */
export async function tick(sweep: LocalService['sweep']): Promise<SweepSummary> {
  const timeoutMs = FUNCTIONS.sweep.timeoutSeconds * 1000;
  const ended = await deliver(
    sweep,
    { kind: 'event', event: scheduledEvent() },
    { functionName: 'sweep', timeoutMs },
  );
  if (ended.kind !== 'returned') throw new Error(`the sweep ${ended.kind}`, { cause: ended });
  return ended.value as SweepSummary;
}
