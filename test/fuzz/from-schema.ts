import fc from 'fast-check';
import description from '../../lambda/api/openapi.json';
import { SERVICE_ID, SUB_MCHID } from '../support/world';
import { MCHID } from '../support/keys';

/** As much of JSON Schema as the description of the API uses for requests. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const SCHEMAS = description.components.schemas as unknown as Readonly<Record<string, Schema>>;

/** Orders that exist at WeChat Pay, two that do not, and one that nobody can write into a path as it is. */
export const ORDER_NUMBERS = ['FUZZ_1', 'FUZZ_2', 'FUZZ_3', 'FUZZ|4*', 'NONE_1', 'NONE_2'] as const;

/** Made up at random they would name nothing that is there. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  Mchid: [MCHID, MCHID, MCHID, '404'],
  SubMchid: [SUB_MCHID, SUB_MCHID, SUB_MCHID, '1'],
  ServiceId: [SERVICE_ID, SERVICE_ID, SERVICE_ID, '2'],
  OutOrderNo: ORDER_NUMBERS,
};

const TIMES = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('2026-03-01T20:00:00Z', '2026-03-02T04:00:00Z', '2026-03-01T08:00:00Z'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
      '2026-02-29T00:00:00Z',
      '2026-12-31T23:59:60Z',
      '2026-11-01T01:30:00-04:00',
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .date({ min: new Date('1999-01-01'), max: new Date('3001-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  },
);
const DATES = fc.constantFrom('2026-03-02', '2000-01-01', '2999-12-31', '2026-02-30');
const TEXTS = fc.constantFrom(
  'said so',
  '用户已电话确认',
  'a',
  ' ',
  '\u0000',
  '🙂',
  'Asia/Shanghai',
  'America/Havana',
);

/** Values that the schema allows. */
export function fitting(given: Schema): fc.Arbitrary<unknown> {
  const name = given.$ref?.replace('#/components/schemas/', '');
  const known = name === undefined ? undefined : NAMED[name];
  if (known !== undefined) return fc.constantFrom(...known);
  const schema = name === undefined ? given : (SCHEMAS[name] ?? {});
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return fc.array(fitting(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 4, 4),
      });
    case 'integer':
    case 'number':
      return numberOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'string':
      return textOf(schema);
    case undefined:
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, fitting(one)]));
  return fc.record(fields, { requiredKeys: required.filter((key) => key in fields) });
}

/** The ends of the range as often as what lies between them. */
function numberOf({ minimum = 0, maximum = 1_000 }: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.constantFrom(minimum, maximum),
    fc.integer({ min: minimum, max: Math.min(maximum, minimum + 1_000) }),
  );
}

function textOf({ pattern, format, minLength = 0, maxLength = 40 }: Schema): fc.Arbitrary<unknown> {
  if (format === 'date-time') return TIMES;
  if (format === 'date') return DATES;
  if (pattern === '^([01]\\d|2[0-3]):[0-5]\\d$|^24:00$')
    return fc.constantFrom('00:00', '08:00', '23:59', '24:00');
  if (pattern?.includes('\\p{') === false) return fc.stringMatching(new RegExp(pattern));
  return fc.oneof(TEXTS, fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 40) }));
}

/** What no field of the API expects. */
const ODD: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    0,
    -1,
    1.5,
    1e308,
    Number.MAX_SAFE_INTEGER,
    [],
    {},
    [[]],
    'x'.repeat(5_000),
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const ODD_NAMES = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'mchid',
    'out_order_no',
    'service_id',
    '',
    'not_a_field',
  ),
  fc.string({ maxLength: 10 }),
);

/** Values that the schema allows but for one thing. */
export function nearlyFitting(schema: Schema): fc.Arbitrary<unknown> {
  return fc
    .tuple(fitting(schema), fc.nat(), ODD, ODD_NAMES, fc.nat({ max: 3 }))
    .map(([value, nth, odd, name, how]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return odd;
      const entries = Object.entries(value);
      const at = entries.length === 0 ? 0 : nth % entries.length;
      if (how === 0) return odd;
      if (how === 1) return Object.fromEntries(entries.filter((_, index) => index !== at));
      // Written out: an assignment of __proto__ would vanish.
      if (how === 2) return Object.fromEntries([...entries, [name, odd]]);
      return Object.fromEntries(entries.map(([key, one], index) => [key, index === at ? odd : one]));
    });
}
