import type { Context } from 'aws-lambda';
import { spellFault } from './core/faults';
import { PayscoreError } from './core/errors';
import { summarise, sweep, undoneBecause, type SweepSummary, type SweptOrder } from './flow/sweep';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';
import { parse } from './shared/schema';
import { SweepInput } from './shared/sweep-input';

/** Kept of the invocation for the summary. */
const RESERVE_MS = 2_000;

export function createHandler({ ports, logger }: Services) {
  /**
   * @throws PayscoreError INPUT_INVALID, or SWEEP_INCOMPLETE after everything that could be done was done; the
   * event then lies in the function's on-failure queue.
   */
  return async (event: unknown, context: Context): Promise<SweepSummary> => {
    logger.addContext(context);
    const input = parse(SweepInput, event);
    if (!input.ok) {
      const faults = input.faults.map(spellFault);
      throw new PayscoreError('INPUT_INVALID', `The sweep's input is not usable: ${faults.join('; ')}.`, {
        faults,
      });
    }
    const { orders, dry_run: dryRun = false } = input.value;
    const deadlineAt = ports.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const swept = await sweep(
      { orders, actor: { kind: 'schedule', id: context.functionName }, dryRun, deadlineAt },
      ports,
    );
    const summary = summarise(swept);
    logger.info('sweep done', { ...summary });
    const undone = swept.filter((one) => undoneBecause(one) !== undefined);
    if (undone.length > 0) throw incomplete(undone, orders.length);
    return summary;
  };
}

function incomplete(undone: readonly SweptOrder[], orders: number): PayscoreError {
  const reasons = undone.map((one) => `${one.ref.out_order_no}: ${undoneBecause(one)}`).join('; ');
  return new PayscoreError(
    'SWEEP_INCOMPLETE',
    `${undone.length} of ${orders} orders were not attempted: ${reasons}`,
    { undone: undone.length, orders },
    undone.find((one) => one.kind === 'failed')?.cause,
  );
}

export const handler = createHandler(createServices(readConfig(process.env)));
