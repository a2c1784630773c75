import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { TABLE_INDEXES, TABLE_KEY } from '../lambda/store/table-schema';

/**
 * What DynamoDB counts, from the items themselves.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */

export type Item = Record<string, AttributeValue>;

/** Write units of one write, in the table and in each index. */
export type WriteUnits = Readonly<Record<'table' | keyof typeof TABLE_INDEXES, number>>;

const WRITE_UNIT_BYTES = 1_024;
const READ_UNIT_BYTES = 4_096;
/** Of a list or a map, and of each element. */
const NESTED_BYTES = 3;
const ELEMENT_BYTES = 1;

export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + utf8(name) + valueBytes(value), 0);
}

function valueBytes(value: AttributeValue): number {
  if (value.S !== undefined) return utf8(value.S);
  if (value.N !== undefined) return numberBytes(value.N);
  if (value.B !== undefined) return value.B.length;
  if (value.BOOL !== undefined || value.NULL !== undefined) return 1;
  if (value.L !== undefined)
    return value.L.reduce((sum, one) => sum + ELEMENT_BYTES + valueBytes(one), NESTED_BYTES);
  if (value.M !== undefined)
    return NESTED_BYTES + ELEMENT_BYTES * Object.keys(value.M).length + itemBytes(value.M);
  throw new Error('the ledger has no sets');
}

function utf8(text: string): number {
  return Buffer.byteLength(text);
}

/** A byte for two significant digits, and one more. */
function numberBytes(text: string): number {
  const digits = text.replace(/e.*$/i, '').replaceAll(/[-+.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  return Math.ceil(digits.length / 2) + 1;
}

/** Of a query all that was read counts together; of other reads each item for itself. */
export function readUnits(bytes: number, consistent: boolean): number {
  return Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (consistent ? 1 : 0.5);
}

/** What turning one item into another takes; a write whose condition fails takes as much of the table as the item it met. */
export function writeUnits(before: Item | undefined, after: Item | undefined): WriteUnits {
  return {
    table: Math.max(1, unitsOf(before), unitsOf(after)),
    due: indexUnits('due', before, after),
    list: indexUnits('list', before, after),
  };
}

function unitsOf(item: Item | undefined): number {
  return item === undefined ? 0 : Math.ceil(itemBytes(item) / WRITE_UNIT_BYTES);
}

/** Nothing when the entry stays as it is, one write when it comes, goes or changes, two when it moves. */
function indexUnits(
  name: keyof typeof TABLE_INDEXES,
  before: Item | undefined,
  after: Item | undefined,
): number {
  const [from, to] = [entryOf(name, before), entryOf(name, after)];
  if (same(from, to)) return 0;
  const { partitionKey, sortKey } = TABLE_INDEXES[name];
  const keyOf = (entry: Item) => ({ p: entry[partitionKey], s: entry[sortKey] });
  if (from !== undefined && to !== undefined && same(keyOf(from), keyOf(to)))
    return Math.max(unitsOf(from), unitsOf(to));
  return unitsOf(from) + unitsOf(to);
}

/** An item as an index has it; undefined when it is not there. */
export function entryOf(name: keyof typeof TABLE_INDEXES, item: Item | undefined): Item | undefined {
  const { partitionKey, sortKey, projected } = TABLE_INDEXES[name];
  if (item?.[partitionKey] === undefined || item[sortKey] === undefined) return undefined;
  const kept = [TABLE_KEY.partitionKey, TABLE_KEY.sortKey, partitionKey, sortKey, ...projected];
  return Object.fromEntries(
    kept.flatMap((attribute) => {
      const value = item[attribute];
      return value === undefined ? [] : [[attribute, value] as const];
    }),
  );
}

/** Entries are made with their attributes in one order. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
