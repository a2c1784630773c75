import * as z from 'zod/mini';
import { importRows } from '../flow/import';
import { json } from '../shared/http';
import { IMPORT_ROWS_MAX, readImportRow } from '../shared/import-rows';
import { orderFields } from '../shared/schema';
import { actorOf } from './access';
import { demandMerchant } from './merchant-known';
import { readRequest } from './request';
import type { Route } from './router';

/** A hundred rows of more than two kilobytes each, where two hundred bytes are usual. */
const BODY_BYTES_MAX = 256 * 1024;

export const ImportOrdersRequest = z.strictObject({
  mchid: orderFields.mchid,
  /** Only says what would be done. */
  dry_run: z.optional(z.boolean()),
  /** Each is judged by itself (`ImportRow`), so that a bad one stops no other; `row` is the caller's own number for it. */
  rows: z.array(z.record(z.string(), z.unknown())).check(z.minLength(1), z.maxLength(IMPORT_ROWS_MAX)),
});

/** `POST …/orders/import`: registers up to a hundred orders; the answer says of each row what became of it. */
export const importOrdersRoute: Route = async (event, { ports, deadlineAt }) => {
  const request = readRequest(event, ImportOrdersRequest, [], BODY_BYTES_MAX);
  if (!request.ok) return request.answer;
  const { mchid, dry_run: dryRun = false, rows } = request.value;
  await demandMerchant(mchid, ports);
  const read = rows.map(({ row, ...fields }, index) =>
    readImportRow(Number.isSafeInteger(row) ? (row as number) : index + 1, fields, mchid),
  );
  const results = await importRows(read, { actor: actorOf(event), dryRun, deadlineAt }, ports);
  return json(200, { dry_run: dryRun, results });
};
