import type { Context } from 'aws-lambda';
import { spellFault } from './core/faults';
import { PayscoreError } from './core/errors';
import { incomplete, summarise, sweep, type SweepSummary } from './flow/sweep';
import { createServices, type Services } from './services';
import { readConfig } from './shared/config';
import { parse } from './shared/schema';
import { SweepInput } from './shared/sweep-input';

/** Kept of the invocation for the summary. */
const RESERVE_MS = 2_000;

export function createHandler({ ports, logger }: Services) {
  /** @throws PayscoreError INPUT_INVALID, or SWEEP_INCOMPLETE once all else is done: then the event lies in the on-failure queue. */
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
    const failure = incomplete(swept);
    if (failure !== undefined) throw failure;
    return summary;
  };
}

export const handler = createHandler(createServices(readConfig(process.env)));
