import { isPayscoreError } from '../core/errors';
import type { Fault } from '../core/faults';
import type { Instant, Mchid } from '../core/ids';
import { importRows, refuseAll, type ImportedRow } from '../flow/import';
import type { LedgerPorts } from '../flow/persist';
import type { ImportBatch } from '../shared/import-batch';
import { readImportRow } from '../shared/import-rows';
import { orderFields, parse } from '../shared/schema';
import { demandMerchant } from './merchant-known';

interface BatchPorts extends LedgerPorts {
  readonly merchants: { get(mchid: Mchid): Promise<unknown> };
}

/** A name in the ledger for whoever put the file there: S3 knows him, the row of an order has to be short. */
const ACTOR_CHARS_MAX = 200;

/** Registers the rows of a file's batch, each under its number in the file, counted from 1 without the header. */
export async function importBatch(
  { BatchInput: { bucket, key, mchid: named, dry_run: dryRun }, Items: items }: ImportBatch,
  deadlineAt: Instant,
  ports: BatchPorts,
): Promise<readonly ImportedRow[]> {
  const mchid = parse(orderFields.mchid, named);
  const rows = items.map(({ index, fields }) => readImportRow(index + 1, fields, named as Mchid));
  if (!mchid.ok) return refuseAll(rows, NO_MERCHANT);
  const unknown = await faultOfMerchant(mchid.value, ports);
  if (unknown !== undefined) return refuseAll(rows, unknown);
  const actor = { kind: 'api', id: `s3://${bucket}/${key}`.slice(0, ACTOR_CHARS_MAX) } as const;
  return importRows(rows, { actor, dryRun, deadlineAt }, ports);
}

const NO_MERCHANT: Fault = {
  field: 'mchid',
  rule: 'is not in the file’s name: upload it as import/<mchid>/<file> or dry-run/<mchid>/<file>',
};

async function faultOfMerchant(mchid: Mchid, ports: BatchPorts): Promise<Fault | undefined> {
  try {
    await demandMerchant(mchid, ports);
    return undefined;
  } catch (error) {
    if (!isPayscoreError(error, 'MERCHANT_UNKNOWN')) throw error;
    return {
      field: 'mchid',
      rule: 'has no secrets here: add the merchant first, then upload the file again',
    };
  }
}
