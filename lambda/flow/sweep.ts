import { explain, type Decision } from '../core/decide';
import { PayscoreError } from '../core/errors';
import type { Instant, OrderRef } from '../core/ids';
import { OUTCOME_RULES } from '../core/outcome';
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

/** Why a person has to look at an order, or the sweep has to be run again for it; undefined when all is well. */
export function undoneBecause(one: SweptOrder): string | undefined {
  if (one.kind === 'left') return 'no time was left';
  if (one.kind === 'failed') return one.cause instanceof Error ? one.cause.message : 'of an unknown fault';
  const { result } = one;
  switch (result.kind) {
    case 'out_of_time':
      return 'no time was left';
    case 'unobserved':
      return `WeChat Pay could not be asked (${result.report.because})`;
    case 'service_mismatch':
      return `the ledger knows it under service_id ${result.order.ref.service_id}`;
    case 'attempted':
      return result.report.outcome.kind === 'misconfigured' ? OUTCOME_RULES.misconfigured.meaning : undefined;
    case 'held_back':
      return needsPerson(result.decision) ? explain(result.decision) : undefined;
    case 'would_collect':
      return undefined;
  }
}

function needsPerson(decision: Decision): boolean {
  return (
    decision.kind === 'stop' && (decision.because === 'unrecognised' || decision.because === 'timeline_full')
  );
}

/** What a sweep ends in that could not do all it was asked to: thrown after everything else was done. */
export function incomplete(swept: readonly SweptOrder[]): PayscoreError | undefined {
  const undone = swept.flatMap((one) => {
    const because = undoneBecause(one);
    return because === undefined ? [] : [`${one.ref.out_order_no}: ${because}`];
  });
  if (undone.length === 0) return undefined;
  const orders = swept.length;
  return new PayscoreError(
    'SWEEP_INCOMPLETE',
    `${undone.length} of ${orders} orders need a look or another sweep: ${undone.join('; ')}`,
    { undone: undone.length, orders },
    swept.find((one) => one.kind === 'failed')?.cause,
  );
}

function nameOf(one: SweptOrder): string {
  if (one.kind !== 'done') return one.kind;
  return one.result.kind === 'attempted' ? one.result.report.outcome.kind : one.result.kind;
}
