import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Mchid, OrderKey, OrderRef } from '../core/ids';
import { amountsOf } from '../core/money';
import { STANDING_MEANINGS } from '../core/observe';
import {
  ORDER_STATUSES,
  SCHEMA,
  TIMELINE_KINDS,
  type Operation,
  type Order,
  type OrderStatus,
} from '../core/order';
import { OUTCOME_RULES } from '../core/outcome';
import { pack, unpack } from './packed';

export type Item = Record<string, AttributeValue>;

/** The index of due orders in parts, side by side: one part alone takes 1,000 writes a second. */
export const DUE_SHARDS = 8;

/**
 * What an item has of its order in one packed attribute, so that it stays below the kilobyte that a write unit takes:
 * nobody looks for these inside DynamoDB, and a write pays for the whole item anyway.
 */
const PACKED = Object.keys({
  registration: true,
  open: true,
  observed: true,
  doubted_at: true,
  not_completed_at: true,
  calls: true,
  last_sent_at: true,
  setbacks: true,
  unanswered: true,
  hold: true,
  intent: true,
  refund_noted: true,
  ended_at: true,
  timeline: true,
  stopped: true,
  exhausting_since: true,
} satisfies Record<Exclude<keyof Order, 'ref' | Bare>, true>) as readonly Exclude<
  keyof Order,
  'ref' | Bare
>[];

/** What is conditioned on, or in an index: `status` is a part of `list_of`. */
type Bare = 'version' | 'due_at' | 'planned_at' | 'status';

export function keyOf(key: OrderKey): Item {
  return { pk: { S: `order#${spell(key)}` }, sk: { S: 'order' } };
}

/** No part can hold a `#`, so two tenants with the same out_order_no never meet. */
export function spell({ mchid, sub_mchid, out_order_no }: OrderKey): string {
  return `${mchid}#${sub_mchid}#${out_order_no}`;
}

export function shardName(shard: number): string {
  return `due#${shard}`;
}

/** FNV-1a, its halves folded: the lowest bits alone would only see the lowest bits of each character. */
export function shardOf(key: OrderKey): number {
  let hash = 0x811c9dc5;
  for (const character of spell(key)) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % DUE_SHARDS;
}

/** The order that a key, or an index entry, is of. */
export function orderKeyOf({ pk }: Item): OrderKey {
  const [, mchid, sub_mchid, out_order_no] = (pk?.S ?? '').split('#');
  return { mchid, sub_mchid, out_order_no } as OrderKey;
}

/** The partition of the index of lists that an order is in. */
export function listOf(mchid: Mchid, status: OrderStatus): string {
  return `list#${mchid}#${status}`;
}

function statusIn(list: string): OrderStatus {
  return list.slice(list.lastIndexOf('#') + 1) as OrderStatus;
}

/** Where in its list an order stands: by sub-merchant, then by registration. */
export function listAtOf({ ref, registration }: Pick<Order, 'ref' | 'registration'>): string {
  return `${ref.sub_mchid}#${new Date(registration.at).toISOString()}#${ref.out_order_no}`;
}

/** Every attribute that an order's item may have besides its key and what is packed; undefined where it has not. */
function attributesOf(order: Order): ReadonlyMap<string, unknown> {
  const { ref, version, status, due_at, planned_at } = order;
  return new Map<string, unknown>([
    ['schema', SCHEMA],
    ['version', version],
    ['service_id', ref.service_id],
    ['due_at', due_at],
    ['planned_at', planned_at],
    ['due_shard', due_at === undefined ? undefined : shardName(shardOf(ref))],
    ['list_of', listOf(ref.mchid, status)],
    ['list_at', listAtOf(order)],
    ...Object.entries(amountsOf(order)),
  ]);
}

/** The parts of an `UpdateItem` that writes an order. */
export interface Update {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/**
 * Writes what differs between two states of an order, everything when there was none before. Parts of an order are
 * never changed in place, so one that is the same object is the same; an index whose attributes are the same is not
 * written to.
 */
export function updateOf(before: Order | undefined, after: Order): Update {
  const seen = before === undefined ? undefined : attributesOf(before);
  const changed = [...attributesOf(after)].filter(([name, value]) => seen?.get(name) !== value);
  const sets = changed.filter(([, value]) => value !== undefined);
  if (before === undefined || PACKED.some((name) => before[name] !== after[name]))
    sets.push(['packed', pack(packedOf(after))]);
  const removes = changed.filter(([, value]) => value === undefined);
  return {
    expression: [
      `SET ${sets.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ...(removes.length === 0 ? [] : [`REMOVE ${removes.map(([name]) => `#${name}`).join(', ')}`]),
    ].join(' '),
    names: Object.fromEntries([...sets, ...removes].map(([name]) => [`#${name}`, name])),
    values: marshall(Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value]))),
  };
}

/** What is packed of an order: also what a newer release put there and this one does not know. */
function packedOf(order: Order): object {
  const {
    ref: _ref,
    version: _version,
    status: _status,
    due_at: _due,
    planned_at: _planned,
    ...state
  } = order;
  const known = Object.fromEntries(PACKED.map((name) => [name, order[name]]));
  return { ...known, ...state };
}

export type ReadItem =
  | { readonly kind: 'order'; readonly order: Order }
  /** Another release wrote it, under this schema number. */
  | { readonly kind: 'foreign'; readonly schema: string };

const READ: ReadonlySet<string> = new Set([
  'schema',
  'version',
  'service_id',
  'due_at',
  'planned_at',
  'list_of',
]);

/**
 * What this release does not know of, or cannot unpack, stays in the table as it is: it is not read, and so neither
 * written. One damaged row must not keep the others of its batch, or of its export, from being read.
 */
export function readItem(item: Item): ReadItem {
  const row = unmarshall(Object.fromEntries(Object.entries(item).filter(([name]) => READ.has(name))));
  if (row['schema'] !== SCHEMA) return { kind: 'foreign', schema: String(row['schema']) };
  const { version, service_id, due_at, planned_at, list_of } = row as Order & ItemRow;
  const ref = { ...orderKeyOf(item), service_id };
  const state = stateIn(item);
  if (typeof state === 'string')
    return { kind: 'foreign', schema: `${SCHEMA} that cannot be unpacked (${state})` };
  const due = due_at === undefined ? {} : { due_at };
  const planned = planned_at === undefined ? {} : { planned_at };
  const order = { ref, version, ...state, status: statusIn(list_of), ...due, ...planned };
  const strange = strangeIn(order);
  return strange === undefined
    ? { kind: 'order', order }
    : { kind: 'foreign', schema: `${SCHEMA} with ${strange}` };
}

/** As text: why it is not to be had. */
function stateIn(item: Item): Omit<Order, 'ref' | Bare> | string {
  try {
    return unpack(item['packed']?.B ?? '') as Omit<Order, 'ref' | Bare>;
  } catch (error) {
    return String(error);
  }
}

/** A word of a closed list that this release does not know: whatever it means, it must not be passed over. */
function strangeIn({ timeline, status, observed, open }: Order): string | undefined {
  const entry = timeline.find(({ kind }) => !Object.hasOwn(TIMELINE_KINDS, kind));
  if (entry !== undefined) return `an entry ${entry.kind}`;
  for (const one of timeline)
    if ('outcome' in one && !Object.hasOwn(OUTCOME_RULES, one.outcome.kind))
      return `the outcome ${one.outcome.kind}`;
  if (!ORDER_STATUSES.includes(status)) return `the status ${status as string}`;
  if (observed !== undefined && !Object.hasOwn(STANDING_MEANINGS, observed.standing.kind))
    return `the standing ${observed.standing.kind}`;
  if (open === undefined) return undefined;
  if (open.decided === undefined && open.operation === undefined) return 'something open';
  if (open.operation !== undefined && !OPERATIONS.includes(open.operation.kind))
    return `the operation ${open.operation.kind}`;
  return open.outcome === undefined || Object.hasOwn(OUTCOME_RULES, open.outcome.kind)
    ? undefined
    : `the outcome ${open.outcome.kind}`;
}

const OPERATIONS: readonly Operation['kind'][] = Object.keys({
  sync: true,
  cancel: true,
  modify: true,
} satisfies Record<Operation['kind'], true>) as Operation['kind'][];

interface ItemRow {
  readonly service_id: OrderRef['service_id'];
  readonly list_of: string;
}
