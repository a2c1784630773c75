import type { Instant, OrderRef } from '../core/ids';
import type { Actor } from '../core/order';
import { attempt, type AttemptResult } from './attempt';
import type { Ports } from './ports';

export interface SweepRequest {
  readonly orders: readonly OrderRef[];
  readonly actor: Actor;
  readonly dryRun: boolean;
  readonly deadlineAt: Instant;
}

export type SweptOrder =
  | { readonly kind: 'done'; readonly ref: OrderRef; readonly result: AttemptResult }
  /** A part behind failed; nothing is known to have been sent for this order. */
  | { readonly kind: 'failed'; readonly ref: OrderRef; readonly cause: unknown }
  /** Too little time was left to begin it. */
  | { readonly kind: 'left'; readonly ref: OrderRef };

/** Calls under way at once: orders named by hand are few. */
const IN_FLIGHT_MAX = 10;
/** What one attempt may take, a slow query and a slow call included. */
const ATTEMPT_MS_MAX = 25_000;

/** Attempts every order once, several at a time; one that fails stops no other. */
export async function sweep(
  { orders, actor, dryRun, deadlineAt }: SweepRequest,
  ports: Ports,
): Promise<SweptOrder[]> {
  const swept: SweptOrder[] = [];
  const waiting = orders.entries();
  const worker = async () => {
    for (const [index, ref] of waiting) {
      swept[index] = await one(ref);
    }
  };
  const one = async (ref: OrderRef): Promise<SweptOrder> => {
    if (deadlineAt - ports.now() < ATTEMPT_MS_MAX) return { kind: 'left', ref };
    try {
      return { kind: 'done', ref, result: await attempt({ ref, actor, dryRun, deadlineAt }, ports) };
    } catch (error) {
      // Whatever it is: calls of other orders are under way, and every one has to come to its record.
      return { kind: 'failed', ref, cause: error };
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT_MAX }, worker));
  return swept;
}

export interface SweepSummary {
  readonly orders: number;
  /** How many orders came to what. */
  readonly results: Readonly<Record<string, number>>;
}

export function summarise(swept: readonly SweptOrder[]): SweepSummary {
  const results: Record<string, number> = {};
  for (const one of swept) {
    const name = nameOf(one);
    results[name] = (results[name] ?? 0) + 1;
  }
  return { orders: swept.length, results };
}

/** Why an order was neither attempted nor decided about; undefined when it was. */
export function undoneBecause(one: SweptOrder): string | undefined {
  if (one.kind === 'left') return 'no time was left';
  if (one.kind === 'failed') return one.cause instanceof Error ? one.cause.message : 'of an unknown fault';
  if (one.result.kind === 'out_of_time') return 'no time was left';
  return one.result.kind === 'unobserved'
    ? `WeChat Pay could not be asked (${one.result.report.because})`
    : undefined;
}

function nameOf(one: SweptOrder): string {
  if (one.kind !== 'done') return one.kind;
  return one.result.kind === 'attempted' ? one.result.report.outcome.kind : one.result.kind;
}
