import type { Context } from 'aws-lambda';
import { PayscoreError } from './core/errors';
import { OrdersInHand } from './flow/in-hand';
import { stuckBecause, sweep, type SweepSummary } from './flow/sweep';
import { registerNamed } from './flow/register-named';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';
import { readSweepInput } from './shared/sweep-input';

/** Kept of the invocation for the summary. */
const RESERVE_MS = 2_000;

export function createHandler({ ports, dueOrders, queue, limits, logger, metrics }: Services) {
  const inHand = new OrdersInHand();
  /** @throws PayscoreError INPUT_INVALID, LEDGER_UNAVAILABLE, or SWEEP_INCOMPLETE once all else is done */
  return async (event: unknown, context: Context): Promise<SweepSummary> => {
    logger.addContext(context);
    const { orders = [], max_orders, dry_run = false, ...only } = readSweepInput(event);
    const failed = await registerNamed(dry_run ? [] : orders, context.functionName, ports);
    const summary = await sweep(
      {
        only,
        ordersMax: Math.min(max_orders ?? limits.sweepOrdersMax, limits.sweepOrdersMax),
        rate: { attemptsPerSecond: limits.callsPerSecondMax, seconds: limits.sweepEveryMinutes * 60 },
        dryRun: dry_run,
        deadlineAt: ports.now() + context.getRemainingTimeInMillis() - RESERVE_MS,
      },
      { dueOrders, queue, inHand, now: ports.now },
    );
    ports.record({ kind: 'swept', ...summary });
    metrics.flush();
    const undone = [...failed.map((fault) => `not registered: ${fault}`), ...stuckBecause(summary, dry_run)];
    if (undone.length === 0) return summary;
    throw new PayscoreError('SWEEP_INCOMPLETE', `The sweep is not complete: ${undone.join('; ')}`);
  };
}

export const handler = createHandler(createServices(readConfig(process.env)));
