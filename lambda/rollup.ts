import type { Context } from 'aws-lambda';
import { rollUp, type RollupSummary } from './flow/rollup';
import { createRollupServices, type RollupServices } from './rollup-services';
import { readConfig } from './shared/config';

/** Kept of the invocation for the last writes and the summary. */
const RESERVE_MS = 15_000;

export function createHandler({ ports, logger }: RollupServices) {
  /** @throws PayscoreError LEDGER_UNAVAILABLE when not even the list of merchants can be had */
  return async (_event: unknown, context: Context): Promise<RollupSummary> => {
    logger.addContext(context);
    const deadlineAt = ports.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const summary = await rollUp(deadlineAt, ports);
    const message = 'overviews made';
    if (summary.left > 0) logger.warn(message, { ...summary });
    else logger.info(message, { ...summary });
    return summary;
  };
}

export const handler = createHandler(createRollupServices(readConfig(process.env)));
