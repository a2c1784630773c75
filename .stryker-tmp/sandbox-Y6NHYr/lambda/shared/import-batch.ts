import * as z from 'zod/mini';
import { PayscoreError } from '../core/errors';
import { spellFault } from '../core/faults';
import { IMPORT_ROWS_MAX } from './import-rows';
import { parse } from './schema';

/**
 * A batch of rows as the Distributed Map of the import hands it to its function.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 */
const ImportBatch = z.strictObject({
  BatchInput: z.strictObject({
    bucket: z.string(),
    key: z.string(),
    /** The second part of the key, whatever it may be. */
    mchid: z.string(),
    dry_run: z.boolean(),
  }),
  Items: z
    .array(
      z.strictObject({
        /** Counted by Step Functions, from 0. */
        index: z.int().check(z.minimum(0)),
        /** Cells of CSV by column, or whatever the line of NDJSON is. */
        fields: z.unknown(),
      }),
    )
    .check(z.minLength(1), z.maxLength(IMPORT_ROWS_MAX)),
});

export type ImportBatch = z.infer<typeof ImportBatch>;

/** @throws PayscoreError INPUT_INVALID with every fault */
export function readImportBatch(event: unknown): ImportBatch {
  const batch = parse(ImportBatch, event);
  if (batch.ok) return batch.value;
  const faults = batch.faults.map(spellFault);
  throw new PayscoreError('INPUT_INVALID', `This is no batch of an import: ${faults.join('; ')}.`, {
    faults,
  });
}
