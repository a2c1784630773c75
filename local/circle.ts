import type { SweepSummary } from '../lambda/flow/sweep';
import { FUNCTIONS, ROLLUP_EVERY_MINUTES, type FunctionName } from '../infra/manifest';
import { deliver, scheduledEvent } from './aws/events';
import type { LambdaHandler } from './aws/invoke';
import type { Agenda } from './circle-agenda';
import type { CircleOrder } from './circle-orders';
import type { LedgerView, Snapshot } from './ledger-view';
import { countNotifications, type NotificationCounts } from './notification-counts';
import type { LocalService } from './service';
import type { LocalWorld } from './world';

export interface CircleProgress {
  readonly now: number;
  /** When the first of all runs began. */
  readonly from: number;
  readonly until: number;
  readonly ticks: number;
  readonly snapshot: Snapshot;
  readonly notifications: NotificationCounts;
}

export interface CircleOptions {
  readonly world: Pick<LocalWorld, 'service' | 'simulator' | 'now' | 'moveTo' | 'began'>;
  /** Has read all of the ledger. */
  readonly view: LedgerView;
  /** Those that are counted; the schedule takes up all that are in the ledger. */
  readonly orders: readonly CircleOrder[];
  /** What the world does meanwhile. */
  readonly agenda: Agenda;
  readonly until: number;
  readonly onProgress: (progress: CircleProgress) => void;
  readonly say: (what: string) => void;
}

/**
 * The ticks of half an hour are made as one: EventBridge wakes the sweep every minute, mostly for nothing. It makes
 * things later by that much at most, and nothing earlier.
 */
const TICK_MS = 30 * 60_000;
/** The same for the rule that looks after keys, which is due every ten minutes and renews what is ten hours old. */
const KEY_CARE_MS = 2 * 60 * 60_000;
/** As many of its ticks again: each reads all that is open. */
const ROLLUP_MS = 144 * ROLLUP_EVERY_MINUTES * 60_000;
/** Messages are held back for whole seconds. */
const SPACING_MS = 1_000;
/** Progress is told no oftener than this, in true time. */
const TELL_MS = 200;

/**
 * Lets the schedule run: a tick, all of its messages through the workers, and on to the next time at which anything is
 * due, here or at WeChat Pay. Time is moved on only while nobody is at anything. At the end `view` has been read anew.
 */
export async function runCircle(options: CircleOptions): Promise<CircleProgress> {
  const { world, view, agenda, until, onProgress, say } = options;
  const { service, simulator, now, moveTo } = world;
  let ticks = 0;
  let toldAt = -Infinity;
  const progress = (inFlight: ReturnType<LedgerView['due']> = []) => progressOf(options, ticks, inFlight);
  const tell = (inFlight?: ReturnType<LedgerView['due']>) => {
    if (performance.now() - toldAt < TELL_MS) return;
    onProgress(progress(inFlight));
    toldAt = performance.now();
  };
  /** What WeChat Pay has to say by now, and what the service made of it. */
  const notify = async () => {
    await view.readKnown(await simulator.deliverNotifications());
  };
  let caredAt = -Infinity;
  let rolledAt = -Infinity;
  let tickedAt = -Infinity;
  while (now() < until) {
    await agenda.keep(now, say);
    if (now() >= caredAt + KEY_CARE_MS) {
      caredAt = now();
      await wake(service.keys, 'keys');
    }
    if (now() >= rolledAt + ROLLUP_MS) {
      rolledAt = now();
      await wake(service.rollup, 'rollup');
    }
    await notify();
    if (now() >= Math.max(view.nextDueAt(), tickedAt + TICK_MS)) {
      tickedAt = now();
      const expected = view.due(now());
      const { due, sent } = await tick(service.sweep);
      ticks += 1;
      if (sent > 0) {
        tell(expected);
        // People pay, and WeChat Pay tells of it, while the workers are at it.
        await Promise.all([service.idle(), notify()]);
        // The sweep spaces its messages out: all but the first may still be held back, and have their turn now.
        let heldBack = sent > 1 ? await service.heldBack() : 0;
        while (heldBack > 0) {
          moveTo(now() + SPACING_MS);
          await Promise.all([service.idle(), notify()]);
          heldBack = await service.heldBack();
        }
      }
      // Somebody may have registered an order meanwhile, or one became due in between.
      await (due === expected.length ? view.read(expected.map(({ ref }) => ref)) : view.readAll());
    }
    tell();
    // With a message that failed and is visible again since time was moved on.
    if (service.busy()) await service.idle();
    const nextTickAt = Math.max(view.nextDueAt(), tickedAt + TICK_MS);
    moveTo(Math.min(until, nextTickAt, agenda.nextAt(), simulator.nextEventAtMs()));
  }
  await notify();
  await view.readAll();
  await wake(service.rollup, 'rollup');
  return progress();
}

function progressOf(
  { world: { simulator, now, began: from }, view, orders, until }: CircleOptions,
  ticks: number,
  inFlight: ReturnType<LedgerView['due']>,
): CircleProgress {
  const keys = orders.map(({ order }) => order);
  return {
    now: now(),
    from,
    until,
    ticks,
    snapshot: view.snapshot(keys, now(), inFlight),
    notifications: countNotifications(simulator.deliveries),
  };
}

/** One tick of the EventBridge rule. */
export async function tick(sweep: LocalService['sweep']): Promise<SweepSummary> {
  return (await wake(sweep, 'sweep')) as SweepSummary;
}

export async function wake(
  handler: LambdaHandler<unknown>,
  functionName: Extract<FunctionName, 'sweep' | 'keys' | 'rollup'>,
): Promise<unknown> {
  const timeoutMs = FUNCTIONS[functionName].timeoutSeconds * 1000;
  const ended = await deliver(
    handler,
    { kind: 'event', event: scheduledEvent() },
    { functionName, timeoutMs },
  );
  if (ended.kind !== 'returned') throw new Error(`${functionName} ${ended.kind}`, { cause: ended });
  return ended.value;
}
