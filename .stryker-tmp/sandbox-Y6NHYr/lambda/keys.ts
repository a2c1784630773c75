import type { Context } from 'aws-lambda';
import { careForKeys, type KeyCareSummary } from './flow/key-care';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';

/** Kept of the invocation for the summary. */
const RESERVE_MS = 2_000;

export function createHandler({ keyCare, logger, metrics }: Services) {
  /** @throws PayscoreError LEDGER_UNAVAILABLE */
  return async (_event: unknown, context: Context): Promise<KeyCareSummary> => {
    logger.addContext(context);
    const deadlineAt = keyCare.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const summary = await careForKeys(deadlineAt, keyCare);
    logger.info('keys looked after', { ...summary });
    metrics.flush();
    return summary;
  };
}

export const handler = createHandler(createServices(readConfig(process.env)));
