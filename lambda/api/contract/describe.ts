import * as z from 'zod/mini';
import { MODES } from '../../core/switch';
import { fen, fenAboveZero, orderFields } from '../../shared/schema';

interface About {
  /** A schema with one is written once, under this name, and referred to everywhere else. */
  readonly id?: string;
  readonly description?: string;
  readonly examples?: readonly string[];
  /** Of a number that a query string spells. */
  readonly type?: 'integer';
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What people are told of a schema. Not zod's own registry: nothing of this is in a function's bundle. */
export const ABOUT = z.registry<About>();

/** A schema with a name of its own in the document. */
export function named<T extends z.ZodMiniType>(id: string, schema: T, description?: string): T {
  ABOUT.add(schema, { id, ...(description === undefined ? {} : { description }) });
  return schema;
}

/** The same schema, with words for this place only. */
export function about<T extends z.ZodMiniType>(description: string, schema: T): z.ZodMiniReadonly<T> {
  const told = z.readonly(schema);
  ABOUT.add(told, { description });
  return told;
}

/** Words for the fields of a request, whose schema is as the route made it. */
export function describeFields<Shape extends Readonly<Record<string, z.ZodMiniType>>>(
  { shape }: z.ZodMiniObject<Shape, z.core.$strict>,
  told: Readonly<Partial<Record<keyof Shape & string, string | About>>>,
): void {
  for (const [name, field] of Object.entries(shape)) {
    const given = told[name];
    if (given === undefined) continue;
    const words: About = typeof given === 'string' ? { description: given } : given;
    const known = ABOUT.get(field);
    if (known !== undefined && known.description !== words.description)
      throw new Error(`${name} is described already, where it is used by others as well`);
    ABOUT.add(field, words);
  }
}

const { mchid, sub_mchid, out_order_no, service_id } = orderFields;
const NAMES = [
  ['Mchid', mchid, 'Merchant number of the service provider (服务商商户号).', '1900000001'],
  ['SubMchid', sub_mchid, 'Merchant number of the sub-merchant (子商户号).', '1230000109'],
  [
    'OutOrderNo',
    out_order_no,
    'Order number given by the merchant (商户服务订单号); `|` is written `%7C` in a path.',
    'BIKE-1011',
  ],
  ['ServiceId', service_id, 'Payscore service number (服务ID).', '00004000000000159540000000000001'],
] as const;
for (const [id, schema, description, example] of NAMES)
  ABOUT.add(schema, { id, description, examples: [example] });
named('Fen', fen, 'Money in fen (分).');

/** What zod cannot put into JSON Schema by itself. */
export const UNSPOKEN: ReadonlyMap<unknown, Readonly<Record<string, unknown>>> = new Map([
  [fen, { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }],
  [fenAboveZero, { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }],
]);

/** A time as answers spell it. */
export const time = named('Time', z.iso.datetime(), 'RFC 3339, UTC.');
export const mode = named('Mode', z.enum(MODES), 'What may be done without a person, most careful first.');
export const count = z.int().check(z.nonnegative());

/** An enumeration of the keys of a table that the code runs on. */
export function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>) {
  return z.enum(Object.keys(table) as [Key, ...Key[]]);
}
