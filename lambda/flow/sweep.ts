import { roundRobin } from '../core/admission';
import type { Instant } from '../core/ids';
import { HANDLING_MS } from '../core/plan';
import type { SweepSummary } from '../core/sweep-summary';
import { HOUR_MS } from '../core/time';
import type { OrdersInHand } from './in-hand';
import type { Dispatch, DueOrder, DueOrders, WorkQueue } from './ports';

export interface SweepPorts {
  readonly dueOrders: DueOrders;
  readonly queue: WorkQueue;
  /** The same from sweep to sweep, as long as this instance lives. */
  readonly inHand: OrdersInHand;
  readonly now: () => Instant;
}

export interface SweepRequest {
  /** Absent: of every merchant, sub-merchant, service. */
  readonly only: {
    readonly mchid?: string | undefined;
    readonly sub_mchid?: string | undefined;
    readonly service_id?: string | undefined;
  };
  readonly ordersMax: number;
  /** Of each merchant: its orders reach the workers at the rate at which they may be attempted. */
  readonly rate: MerchantRate;
  /** Count what is due, send nothing. */
  readonly dryRun: boolean;
  /** Everything is over before this instant. */
  readonly deadlineAt: Instant;
}

export interface MerchantRate {
  readonly attemptsPerSecond: number;
  /** How long until the next sweep: no more is admitted than can be attempted by then. */
  readonly seconds: number;
}

export type { SweepSummary };

/**
 * Due orders read by one sweep: fairness holds among these. What is beyond them is younger, so nobody of it is an hour
 * late without those that are read being so too, and `overdue` telling of it.
 */
export const DUE_MAX = 100_000;
/** Orders that are sent together. */
const CHUNK_ORDERS = 100;
/** Chunks under way at once. */
const IN_FLIGHT_MAX = 4;
/** With less left than this no further chunk is begun. */
const CHUNK_MS_MAX = 8_000;

/**
 * Sends what is due to the queue, round-robin over merchants, and over the sub-merchants of each. It never calls WeChat
 * Pay, and writes nothing of what goes well: whoever takes an order up moves its due time. What no worker has taken up in
 * time, because its message is lost or the workers are behind, is moved on, and sent again then. Two sweeps at once send
 * some messages twice, and the second finds the claim taken.
 */
export async function sweep(request: SweepRequest, ports: SweepPorts): Promise<SweepSummary> {
  const { only, ordersMax, rate, dryRun, deadlineAt } = request;
  const begun = ports.now();
  const read = await ports.dueOrders.due(begun, DUE_MAX);
  const { waiting, stuck } = ports.inHand.sort(read, begun);
  const due = waiting.filter((order) => matches(order, only));
  // Sub-merchants take turns within what their merchant may have, and merchants within what a sweep sends: else one that
  // has as many sub-merchants as a sweep sends orders would leave nothing to the others.
  const turns = withinRate(roundRobin(due, subMerchantOf, due.length), rate);
  const admitted = roundRobin(turns, merchantOf, ordersMax);
  const done = dryRun ? { sent: 0, left: 0, late: 0 } : await sendAll(admitted, deadlineAt, ports);
  const moved = dryRun ? 0 : await postponeAll(stuck, begun + HANDLING_MS, deadlineAt, ports);
  // What is in hand too: were no worker at work, all that is late would be in hand most of the time.
  const lateness = read.filter((order) => matches(order, only)).map(({ planned_at }) => begun - planned_at);
  return {
    due: due.length,
    more_due: read.length >= DUE_MAX,
    sub_merchants: new Set(due.map(subMerchantOf)).size,
    admitted: admitted.length,
    ...done,
    moved,
    overdue: lateness.filter((ms) => ms > HOUR_MS).length,
    latest_seconds: Math.round(lateness.reduce((most, ms) => Math.max(most, ms), 0) / 1000),
  };
}

interface Sent extends Dispatch {
  readonly order: DueOrder;
}

/** SQS holds a message back no longer than 15 minutes, after which the order is due again. */
export const DELAY_SECONDS_MAX = 600;

/**
 * What each merchant may have until the next sweep, one order after another at its rate. Sent all at once, most of
 * them would find the rate used up and be due again a little later, for nothing.
 */
function withinRate(
  waiting: readonly DueOrder[],
  { attemptsPerSecond, seconds }: MerchantRate,
): readonly Sent[] {
  const counts = new Map<string, number>();
  return waiting.flatMap((order) => {
    const { key } = order;
    const before = counts.get(key.mchid) ?? 0;
    const delaySeconds = Math.floor(before / attemptsPerSecond);
    if (delaySeconds >= Math.min(seconds, DELAY_SECONDS_MAX)) return [];
    counts.set(key.mchid, before + 1);
    return [{ order, key, delaySeconds }];
  });
}

type Done = Pick<SweepSummary, 'sent' | 'left' | 'late'>;

async function sendAll(admitted: readonly Sent[], deadlineAt: Instant, ports: SweepPorts): Promise<Done> {
  const done = { sent: 0, left: 0, late: 0 };
  await chunkByChunk(admitted, async (chunk) => {
    if (deadlineAt - ports.now() < CHUNK_MS_MAX) {
      done.left += chunk.length;
      done.late += chunk.length;
      return;
    }
    const taken = await ports.queue.send(chunk);
    // Only these: an order whose message was not taken is sent by the next sweep.
    const sent = chunk.filter((_order, index) => taken[index] === true);
    for (const { order, delaySeconds } of sent) ports.inHand.add(order, ports.now(), delaySeconds);
    done.sent += sent.length;
    done.left += chunk.length - sent.length;
  });
  return done;
}

/** How many were moved. One that was not is sent again by the next sweep, which does no harm. */
async function postponeAll(
  stuck: readonly DueOrder[],
  until: Instant,
  deadlineAt: Instant,
  { dueOrders, now }: SweepPorts,
): Promise<number> {
  let moved = 0;
  const postpone = async (order: DueOrder) => dueOrders.postpone(order, until).catch(() => undefined);
  await chunkByChunk(stuck, async (chunk) => {
    if (deadlineAt - now() < CHUNK_MS_MAX) return;
    const answers = await Promise.all(chunk.map(postpone));
    moved += answers.filter((answer) => answer === 'saved').length;
  });
  return moved;
}

async function chunkByChunk<T>(
  all: readonly T[],
  each: (chunk: readonly T[]) => Promise<void>,
): Promise<void> {
  const chunks = chunked(all).values();
  const worker = async () => {
    for (const chunk of chunks) await each(chunk);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, worker));
}

function chunked<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / CHUNK_ORDERS) }, (_, index) =>
    all.slice(index * CHUNK_ORDERS, (index + 1) * CHUNK_ORDERS),
  );
}

function merchantOf({ key }: Sent): string {
  return key.mchid;
}

function subMerchantOf({ key }: DueOrder): string {
  return `${key.mchid}/${key.sub_mchid}`;
}

function matches(
  { key, service_id }: DueOrder,
  { mchid, sub_mchid, service_id: service }: SweepRequest['only'],
): boolean {
  return (
    (mchid ?? key.mchid) === key.mchid &&
    (sub_mchid ?? key.sub_mchid) === key.sub_mchid &&
    (service ?? service_id) === service_id
  );
}

/** Why a sweep that ended well has done nothing all the same, and will not do better next time. */
export function stuckBecause(
  { due, more_due, admitted, sent, late }: SweepSummary,
  dryRun: boolean,
): readonly string[] {
  if (admitted > late && sent === 0 && !dryRun) return [`the queue took none of ${admitted} orders`];
  if (due === 0 && more_due)
    return ['so many other orders are due that none of those it is narrowed to was found'];
  return [];
}
