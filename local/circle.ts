import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { OrderKey } from '../lambda/core/ids';
import type { Order } from '../lambda/core/order';
import type { SweepSummary } from '../lambda/flow/sweep';
import { DynamoLedger } from '../lambda/store/ledger';
import { FUNCTIONS } from '../infra/manifest';
import { deliver, scheduledEvent } from './aws/events';
import { LOCAL_AWS } from './aws/identity';
import type { CircleOrder } from './circle-orders';
import type { MovableClock } from './clock';
import { TABLE_NAME, type LocalService } from './service';

/** Where the orders stand, as the ledger has it. */
export interface Snapshot {
  readonly orders: number;
  /** Waiting for their time. */
  readonly waiting: number;
  readonly due: number;
  /** An attempt is open: under way, or its outcome not known yet. */
  readonly unknown: number;
  /** Among those waiting: WeChat Pay said of the last attempt that it took nothing. */
  readonly declined: number;
  /** Not collected, still asked about. */
  readonly watched: number;
  readonly paid: number;
  /** Settled, cancelled, expired. */
  readonly ended: number;
  /** Fen, verified as paid. */
  readonly recovered: number;
  readonly owed: number;
  readonly attempts: number;
}

export interface CircleProgress {
  readonly now: number;
  readonly from: number;
  readonly until: number;
  readonly ticks: number;
  readonly snapshot: Snapshot;
}

export interface CircleOptions {
  readonly service: LocalService;
  readonly clock: MovableClock;
  readonly orders: readonly CircleOrder[];
  readonly until: number;
  readonly onProgress: (progress: CircleProgress) => void;
}

/** The ticks of a quarter of an hour are made as one: EventBridge wakes the sweep every minute, mostly for nothing. */
const TICK_MS = 15 * 60_000;
/** The table is drawn again no sooner than this, in true time: reading the ledger for it is work. */
const DRAW_MS = 200;

/**
 * Lets the schedule run: a tick, all of its messages through the workers, and on to the next time at which anything is
 * due. Time is moved on only while nobody is at anything.
 */
export async function runCircle(options: CircleOptions): Promise<CircleProgress> {
  const { service, clock, orders, until, onProgress } = options;
  const client = new DynamoDBClient({ endpoint: service.dynamodbUrl, ...LOCAL_AWS });
  const ledger = new DynamoLedger({ client, tableName: TABLE_NAME });
  const from = clock.now();
  let drawnAt = -Infinity;
  let ticks = 0;
  const progress = async (): Promise<CircleProgress> => {
    const snapshot = await takeSnapshot(ledger, orders, clock.now());
    return { now: clock.now(), from, until, ticks, snapshot };
  };
  try {
    while (clock.now() < until) {
      const { sent } = await tick(service.sweep);
      if (sent > 0) await service.idle();
      ticks += 1;
      if (performance.now() - drawnAt > DRAW_MS) {
        onProgress(await progress());
        drawnAt = performance.now();
      }
      const [next] = await ledger.due(Number.MAX_SAFE_INTEGER, 1);
      if (next === undefined) break;
      clock.forwardTo(Math.min(until, Math.max(next.due_at, clock.now() + TICK_MS)));
    }
    const last = await progress();
    onProgress(last);
    return last;
  } finally {
    client.destroy();
  }
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

async function takeSnapshot(
  ledger: DynamoLedger,
  orders: readonly CircleOrder[],
  now: number,
): Promise<Snapshot> {
  const rows = await ledger.findMany(orders.map(({ order }) => order as unknown as OrderKey));
  const count = (is: (order: Order) => boolean) => rows.filter(is).length;
  const paid = rows.flatMap(({ observed }) =>
    observed?.standing.kind === 'paid' ? [observed.standing] : [],
  );
  const waiting = (order: Order) => order.status === 'active' && order.open === undefined;
  return {
    orders: rows.length,
    waiting: count((order) => waiting(order) && (order.due_at ?? 0) > now),
    due: count((order) => waiting(order) && (order.due_at ?? 0) <= now),
    unknown: count(({ open }) => open !== undefined),
    declined: count((order) => waiting(order) && lastOutcome(order) === 'declined'),
    watched: count(({ status }) => status === 'watched'),
    paid: paid.length,
    ended: count(({ status }) => ['settled', 'cancelled', 'expired'].includes(status)),
    recovered: paid.reduce((sum, { paid_amount }) => sum + paid_amount, 0),
    owed: orders.reduce((sum, { order }) => sum + order.total_amount, 0),
    attempts: rows.reduce((sum, { calls }) => sum + calls.length, 0),
  };
}

function lastOutcome({ timeline }: Order): string | undefined {
  const last = timeline.findLast((entry) => entry.kind === 'attempt');
  return last?.outcome.kind;
}
