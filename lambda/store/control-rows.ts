import type { Breaker } from '../core/breaker';
import type {
  BreakerTarget,
  MerchantControls,
  ModeTarget,
  PairKey,
  PolicyTarget,
  StoredPolicy,
} from '../core/controls';
import { PayscoreError } from '../core/errors';
import type { Mchid, ServiceId, SubMchid } from '../core/ids';
import { parsePolicyLayer, type StoredLayer } from '../core/policy';
import { MODES, type Mode } from '../core/switch';
import type { Unseen } from '../core/unseen';

/** Of the rows; a row with another was written by another release. */
export const CONTROLS_SCHEMA = 1;

export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

/** A row as it is read: the key, `schema`, and what its kind carries. */
export interface Row extends RowKey {
  readonly schema: number;
}

type PolicyRow = Row & Omit<StoredPolicy, 'target'>;
type ModeRow = Row & { readonly mode?: Mode };
/** Of the whole service: also in which table it was written, and what that table knows nothing of. */
export type ServiceRow = ModeRow & {
  readonly version?: number;
  readonly table?: string;
  readonly unseen?: readonly Unseen[];
};
/** Of a breaker that is closed only the key and the schema are left. */
type BreakerRow = Row & (Breaker | { readonly trips?: never });

// Numbers hold no `#`, so two merchants never meet, and neither do two sub-merchants.
export const partitionOf = (mchid: Mchid) => `merchant#${mchid}`;
export const SERVICE_MODE_KEY: RowKey = { pk: 'service', sk: 'mode' };

export function policyKey({ mchid, sub_mchid, service_id }: PolicyTarget): RowKey {
  const pk = partitionOf(mchid);
  if (sub_mchid === undefined) return { pk, sk: 'policy#provider' };
  if (service_id === undefined) return { pk, sk: `policy#sub_merchant#${sub_mchid}` };
  return { pk, sk: `policy#service#${sub_mchid}#${service_id}` };
}

export function modeKey(target: ModeTarget): RowKey {
  if (target === 'service') return SERVICE_MODE_KEY;
  const pk = partitionOf(target.mchid);
  return {
    pk,
    sk: target.sub_mchid === undefined ? 'mode#merchant' : `mode#sub_merchant#${target.sub_mchid}`,
  };
}

export function breakerKey({ mchid, sub_mchid, service_id }: BreakerTarget): RowKey {
  const sk = sub_mchid === undefined ? 'breaker#merchant' : `breaker#pair#${sub_mchid}#${service_id}`;
  return { pk: partitionOf(mchid), sk };
}

/**
 * What the rows of one merchant and the row of the service's mode come to.
 * @throws PayscoreError LEDGER_ROW_NEWER: a control that is not understood must not be passed over
 */
export function controlsOf(
  rows: readonly Row[],
  serviceRow: ServiceRow | undefined,
  tableName: string,
): MerchantControls {
  for (const row of rows) demandKnown(row);
  const service = serviceModeOf(serviceRow, tableName);
  const merchantMode = valueAt(rows, 'mode#merchant', modeIn);
  const provider = valueAt(rows, 'policy#provider', layerIn('provider'));
  const merchantBreaker = valueAt(rows, 'breaker#merchant', breakerIn);
  return {
    modes: {
      ...(service === undefined ? {} : { service }),
      ...(merchantMode === undefined ? {} : { merchant: merchantMode }),
      sub_merchants: valuesUnder<SubMchid, Mode>(rows, 'mode#sub_merchant#', modeIn),
    },
    policies: {
      ...(provider === undefined ? {} : { provider }),
      sub_merchants: valuesUnder<SubMchid, StoredLayer>(
        rows,
        'policy#sub_merchant#',
        layerIn('sub_merchant'),
      ),
      services: valuesUnder<PairKey, StoredLayer>(rows, 'policy#service#', layerIn('service')),
    },
    breakers: {
      ...(merchantBreaker === undefined ? {} : { merchant: merchantBreaker }),
      pairs: valuesUnder<PairKey, Breaker>(rows, 'breaker#pair#', breakerIn),
    },
    ...(serviceRow?.unseen === undefined ? {} : { unseen: serviceRow.unseen }),
  };
}

/**
 * What the service's row says. A table that was restored from a copy has the row of the table that was copied, and what
 * that was switched to holds no further than observe.
 * @throws PayscoreError LEDGER_ROW_NEWER
 */
export function serviceModeOf(row: ServiceRow | undefined, tableName: string): Mode | undefined {
  const mode = row && modeIn(demandKnown(row));
  return mode === 'on' && row?.table !== tableName ? 'observe' : mode;
}

/** A restored table is switched by nobody before it has been said what it knows nothing of. */
export function tableIsRestored(tableName: string, from: string): PayscoreError {
  return new PayscoreError(
    'LEDGER_RESTORED',
    `The table ${tableName} was restored from ${from}. Nothing is collected, and nobody can switch that on, before "npm run restore -- begin" has told it what it does not know (docs/restore.md).`,
  );
}

/**
 * Every level of a merchant's policy that was ever stored, widest first.
 * @throws PayscoreError LEDGER_ROW_NEWER
 */
export function policiesOf(mchid: Mchid, rows: readonly Row[]): StoredPolicy[] {
  const targets: readonly (readonly [string, (...ids: string[]) => PolicyTarget])[] = [
    ['policy#provider', () => ({ mchid })],
    ['policy#sub_merchant#', (sub_mchid) => ({ mchid, sub_mchid: sub_mchid as SubMchid })],
    [
      'policy#service#',
      (sub_mchid, service_id) => ({
        mchid,
        sub_mchid: sub_mchid as SubMchid,
        service_id: service_id as ServiceId,
      }),
    ],
  ];
  return targets.flatMap(([prefix, targetOf]) =>
    rowsUnder(rows, prefix).map(([rest, row]) => {
      const { version, layer, changed_by, changed_at } = demandKnown(row) as PolicyRow;
      const target = targetOf(...rest.split('#'));
      return { target, version, ...(layer === undefined ? {} : { layer }), changed_by, changed_at };
    }),
  );
}

export function rowIsNewer({ pk, sk }: RowKey): PayscoreError {
  return new PayscoreError(
    'LEDGER_ROW_NEWER',
    `${sk} of ${pk} was written by another release; this one does not understand all of it (its schema is ${CONTROLS_SCHEMA}).`,
  );
}

function demandKnown(row: Row): Row {
  if (row.schema !== CONTROLS_SCHEMA) throw rowIsNewer(row);
  return row;
}

function modeIn(row: Row): Mode | undefined {
  const { mode } = row as ModeRow;
  if (mode !== undefined && !MODES.includes(mode)) throw rowIsNewer(row);
  return mode;
}

function layerIn(level: StoredLayer['level']) {
  return (row: Row): StoredLayer | undefined => {
    const { version, layer } = row as PolicyRow;
    if (layer === undefined) return undefined;
    // A key, or a value, of a newer release may forbid what this one would do.
    if (!parsePolicyLayer(layer).ok) throw rowIsNewer(row);
    return { level, version, layer };
  };
}

function breakerIn(row: Row): Breaker | undefined {
  const breaker = row as BreakerRow;
  if (breaker.trips === undefined) return undefined;
  const { version, trips, tripped_at, until, because, trial, lifting } = breaker;
  return {
    version,
    trips,
    tripped_at,
    until,
    because,
    ...(trial === undefined ? {} : { trial }),
    ...(lifting === undefined ? {} : { lifting }),
  };
}

function valueAt<Value>(
  rows: readonly Row[],
  sk: string,
  valueIn: (row: Row) => Value | undefined,
): Value | undefined {
  const row = rows.find((one) => one.sk === sk);
  return row && valueIn(row);
}

function valuesUnder<Key extends SubMchid | PairKey, Value>(
  rows: readonly Row[],
  prefix: string,
  valueIn: (row: Row) => Value | undefined,
): ReadonlyMap<Key, Value> {
  const values = new Map<Key, Value>();
  for (const [rest, row] of rowsUnder(rows, prefix)) {
    const value = valueIn(row);
    if (value !== undefined) values.set(rest.replace('#', '/') as Key, value);
  }
  return values;
}

/** Rows whose sort key begins so, and what follows in it. */
function rowsUnder(rows: readonly Row[], prefix: string): (readonly [rest: string, row: Row])[] {
  return rows.filter(({ sk }) => sk.startsWith(prefix)).map((row) => [row.sk.slice(prefix.length), row]);
}
