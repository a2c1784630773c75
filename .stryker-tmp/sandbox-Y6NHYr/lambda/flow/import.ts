import { isPayscoreError } from '../core/errors';
import type { Fault } from '../core/faults';
import type { Instant, OrderRef } from '../core/ids';
import type { Actor, Registration, Said } from '../core/order';
import { withControlsReadOnce } from './memo';
import type { LedgerPorts } from './persist';
import { changeBy, faultIn, register } from './register';

/** A row that was read, or that could not be. */
export interface GivenRow {
  /** Whatever number the caller knows it by. */
  readonly row: number;
  readonly sub_mchid: string;
  readonly out_order_no: string;
  readonly parsed:
    | { readonly ok: true; readonly value: { readonly ref: OrderRef; readonly said: Said } }
    | { readonly ok: false; readonly faults: readonly Fault[] };
}

export const ROW_RESULTS = [
  'registered',
  /** It is there, and the row says nothing new. */
  'already',
  /** Its amount, its completion or its service is now what the row says. */
  'changed',
  /** What a dry run found. */
  'would_register',
  'would_change',
  /** Nothing was done for this row: `errors` says why. */
  'refused',
  /** Nothing was done for this row, and it is no fault of the row: give it again. */
  'left',
] as const;
export type RowResult = (typeof ROW_RESULTS)[number];

/** What became of one row. */
export interface ImportedRow {
  readonly row: number;
  readonly sub_mchid: string;
  readonly out_order_no: string;
  readonly result: RowResult;
  /** The row of this batch that names the same order and counts. */
  readonly duplicate_of?: number;
  readonly errors?: readonly Fault[];
}

export interface ImportRequest {
  readonly actor: Actor;
  /** Reads and tells, and writes nothing. */
  readonly dryRun: boolean;
  readonly deadlineAt: Instant;
}

/** Registered side by side; a hundred take ten turns of a few milliseconds each, and no ledger is flooded by one batch. */
const ROWS_AT_ONCE_MAX = 10;
/** What one row may take while the ledger answers slowly. */
const ROW_MS_MAX = 6_000;

/**
 * Registers a batch of orders, row by row: no row stands in another's way, and a batch given again changes nothing.
 * The results are in the order of the rows. Never rejects for what happened to a row.
 */
export async function importRows(
  rows: readonly GivenRow[],
  request: ImportRequest,
  given: LedgerPorts,
): Promise<readonly ImportedRow[]> {
  const ports = withControlsReadOnce(given);
  const results = new Map<GivenRow, ImportedRow>();
  const waiting = ordersOf(rows).values();
  const worker = async () => {
    for (const sameOrder of waiting) await importOrder(sameOrder, request, ports, results);
  };
  await Promise.all(Array.from({ length: ROWS_AT_ONCE_MAX }, worker));
  return rows.flatMap((row) => results.get(row) ?? []);
}

/** The rows that name the same order: side by side, chance would decide which of them the ledger ends with. */
function ordersOf(rows: readonly GivenRow[]): ReadonlyMap<string, readonly GivenRow[]> {
  const orders = new Map<string, GivenRow[]>();
  for (const row of rows) {
    const { parsed } = row;
    const key = parsed.ok
      ? `${parsed.value.ref.sub_mchid}/${parsed.value.ref.out_order_no}`
      : `unreadable ${orders.size}`;
    orders.set(key, [...(orders.get(key) ?? []), row]);
  }
  return orders;
}

type Became = Pick<ImportedRow, 'result' | 'duplicate_of' | 'errors'>;

/** The first row that is not refused counts; what follows has nothing to add, or contradicts it. */
async function importOrder(
  rows: readonly GivenRow[],
  request: ImportRequest,
  ports: LedgerPorts,
  results: Map<GivenRow, ImportedRow>,
): Promise<void> {
  let counts: { readonly row: GivenRow; readonly became: Became } | undefined;
  for (const given of rows) {
    const became =
      counts === undefined
        ? await importRow(given, request, ports)
        : repeated(given, counts.row, counts.became);
    if (became.result !== 'refused') counts ??= { row: given, became };
    const { row, sub_mchid, out_order_no } = given;
    results.set(given, { row, sub_mchid, out_order_no, ...became });
  }
}

async function importRow(
  { parsed }: GivenRow,
  { actor, dryRun, deadlineAt }: ImportRequest,
  ports: LedgerPorts,
): Promise<Became> {
  if (!parsed.ok) return refused(...parsed.faults);
  const at = ports.now();
  const { ref, said } = parsed.value;
  const registration: Registration = { at, actor, ...said };
  const fault = faultIn(registration);
  if (fault !== undefined) return refused(fault);
  if (deadlineAt - at < ROW_MS_MAX) return left('was not come to in the time there was; give it again');
  try {
    return await (dryRun ? tried(ref, said, ports) : registered(ref, registration, ports));
  } catch (error) {
    if (!isPayscoreError(error, 'LEDGER_UNAVAILABLE', 'LEDGER_ROW_NEWER')) throw error;
    return left(error.message);
  }
}

async function registered(ref: OrderRef, registration: Registration, ports: LedgerPorts): Promise<Became> {
  const { kind, order } = await register(ref, registration, ports);
  return kind === 'service_mismatch' ? mismatch(order.ref) : { result: kind };
}

async function tried(ref: OrderRef, said: Said, { ledger }: LedgerPorts): Promise<Became> {
  const known = await ledger.find(ref);
  if (known === undefined) return { result: 'would_register' };
  const change = changeBy(known, ref, said);
  if (change === 'service_mismatch') return mismatch(known.ref);
  return { result: change === 'already' ? change : 'would_change' };
}

function mismatch({ service_id }: OrderRef): Became {
  return refused({
    field: 'service_id',
    rule: `is ${service_id} for this order, which WeChat Pay confirmed`,
  });
}

function repeated(row: GivenRow, first: GivenRow, became: Became): Became {
  if (became.result === 'left') return became;
  if (saysTheSame(row, first)) return { result: 'already', duplicate_of: first.row };
  const rule = `is named in row ${first.row} too, which says otherwise and counts`;
  return { ...refused({ field: 'out_order_no', rule }), duplicate_of: first.row };
}

function saysTheSame({ parsed: one }: GivenRow, { parsed: other }: GivenRow): boolean {
  if (!one.ok || !other.ok) return false;
  const { ref, said } = one.value;
  return (
    ref.service_id === other.value.ref.service_id &&
    said.total_amount === other.value.said.total_amount &&
    said.completed_at === other.value.said.completed_at
  );
}

/** The results of rows that nobody looked at, because of something that is wrong with the import itself. */
export function refuseAll(rows: readonly GivenRow[], fault: Fault): readonly ImportedRow[] {
  return rows.map(({ row, sub_mchid, out_order_no }) => ({
    row,
    sub_mchid,
    out_order_no,
    ...refused(fault),
  }));
}

/** How many rows came to what; what nothing came to is missing. */
export function countResults(rows: readonly ImportedRow[]): Readonly<Partial<Record<RowResult, number>>> {
  const counts: Partial<Record<RowResult, number>> = {};
  for (const { result } of rows) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

function refused(...errors: readonly Fault[]): Became {
  return { result: 'refused', errors };
}

function left(rule: string): Became {
  return { result: 'left', errors: [{ field: '', rule }] };
}
