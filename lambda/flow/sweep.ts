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
  | { readonly ref: OrderRef; readonly result: AttemptResult }
  /** A part behind failed; nothing is known to have been sent for this order. */
  | { readonly ref: OrderRef; readonly failure: string; readonly cause: unknown }
  /** Too little time was left to begin it. */
  | { readonly ref: OrderRef; readonly left: true };

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
    if (deadlineAt - ports.now() < ATTEMPT_MS_MAX) return { ref, left: true };
    try {
      return { ref, result: await attempt({ ref, actor, dryRun, deadlineAt }, ports) };
    } catch (error) {
      // Whatever it is: calls of other orders are under way, and every one has to come to its record.
      return { ref, failure: error instanceof Error ? error.message : 'unknown', cause: error };
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

function nameOf(one: SweptOrder): string {
  if ('failure' in one) return 'failed';
  if ('left' in one) return 'left';
  return one.result.kind === 'attempted' ? one.result.report.outcome.kind : one.result.kind;
}
