import type { Context } from 'aws-lambda';
import { importBatch } from './api/import-batch';
import { PayscoreError } from './core/errors';
import { countResults, type ImportedRow } from './flow/import';
import { createImportServices, type ImportServices } from './import-services';
import { readConfig } from './shared/config';
import { readImportBatch } from './shared/import-batch';

/** Kept of the invocation for the answer. */
const RESERVE_MS = 2_000;

export function createHandler({ ports, merchants, logger }: ImportServices) {
  /**
   * What became of each row: one line of the report each.
   * @throws PayscoreError INPUT_INVALID; IMPORT_INCOMPLETE when rows were left: the batch is to be tried again
   */
  return async (event: unknown, context: Context): Promise<readonly ImportedRow[]> => {
    logger.addContext(context);
    const batch = readImportBatch(event);
    const deadlineAt = ports.now() + context.getRemainingTimeInMillis() - RESERVE_MS;
    const results = await importBatch(batch, deadlineAt, { ...ports, merchants });
    const { mchid, key, dry_run } = batch.BatchInput;
    logger.info('batch imported', { mchid, key, dry_run, ...countResults(results) });
    const left = results.filter(({ result }) => result === 'left');
    if (left.length === 0) return results;
    const because = left[0]?.errors?.[0]?.rule;
    throw new PayscoreError(
      'IMPORT_INCOMPLETE',
      `${left.length} of ${results.length} rows were left: ${because}`,
    );
  };
}

export const handler = createHandler(createImportServices(readConfig(process.env)));
