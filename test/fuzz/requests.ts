import fc from 'fast-check';
import description from '../../lambda/api/openapi.json';
import { NOTIFICATION_ROUTE } from '../../lambda/routes';
import { fitting, nearlyFitting, type Schema } from './from-schema';

/** A request as it stands on the wire. */
export interface Sent {
  readonly method: string;
  /** Path and query, as in the request line. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
}
interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const ROUTES: readonly Route[] = Object.entries(
  description.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>,
)
  .flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  )
  .filter(({ method, path }) => `${method} ${path}` !== NOTIFICATION_ROUTE);

const JSON_TYPE = ['content-type', 'application/json'] as const;

const charactersOf = (text: string) => fc.constantFrom(...text.split(''));

/** Half of a surrogate pair has no UTF-8, and is left out. */
const encoded = (text: string) => encodeURIComponent(text.replace(/\p{Surrogate}/gu, ''));

/** Variables of a path as no client would write them. */
const oddSegment = fc.oneof(
  fc.constantFrom(
    '',
    '.',
    '..',
    '%2F',
    '%00',
    '%',
    '%zz',
    '%257C',
    '%E4%BD',
    '%F0%9F%99%82',
    '__proto__',
    '{mchid}',
  ),
  fc.constantFrom(
    '%31%39',
    '0',
    'x'.repeat(2_000),
    '1'.repeat(33),
    '%0d%0aSet-Cookie:a',
    '$default',
    ';a=1',
    '+',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => encoded(text)),
);

/** Of any value: an object may have a `toString` that is none. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function pathOf({ path, operation: { parameters = [] } }: Route, isOdd: boolean): fc.Arbitrary<string> {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const values = names.map((name) => {
    const schema = parameters.find((one) => one.in === 'path' && one.name === name)?.schema ?? {};
    const fits = fitting(schema).map((value) => encodeURIComponent(textOf(value)));
    return isOdd ? fc.oneof(fits, fits, oddSegment) : fits;
  });
  return fc.tuple(...values).map((filled) => {
    let at = 0;
    return path.replace(/\{\w+\}/g, () => filled[at++] ?? '');
  });
}

function queryOf({ operation: { parameters = [] } }: Route, isOdd: boolean): fc.Arbitrary<string> {
  const described = parameters.filter((one) => one.in === 'query');
  const pairs = described.map(({ name, schema }) => {
    const fits = fitting(schema).map((value) => `${name}=${encoded(textOf(value))}`);
    const odd = fc.oneof(
      nearlyFitting(schema).map((value) => `${name}=${encoded(textOf(value))}`),
      fc.constantFrom(name, `${name}=`, `${name}[]=1`, `${name}=1&${name}=2`, `${name}=%`, `%${name}=1`),
    );
    return fc.option(isOdd ? fc.oneof(fits, odd) : fits, { nil: '', freq: 2 });
  });
  const unknown = isOdd
    ? fc.constantFrom(
        '',
        '',
        '',
        '?',
        '&',
        'not_a_field=1',
        '__proto__=1',
        'mchid=1',
        '%00=%00',
        'dry_run=true',
      )
    : fc.constant('');
  return fc.tuple(...pairs, unknown).map((all) => {
    const query = all.filter((one) => one !== '').join('&');
    return query === '' ? '' : `?${query}`;
  });
}

/** Texts that are hardly JSON, or more of it than anyone expects. */
const oddBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc.json().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.integer({ min: 1, max: 20_000 }).map((deep) => Buffer.from('['.repeat(deep))),
  fc
    .integer({ min: 1, max: 3_000 })
    .map((deep) => Buffer.from(`${'{"a":'.repeat(deep)}1${'}'.repeat(deep)}`)),
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from('\uFEFF{}'),
    Buffer.from('{}\u0000'),
    Buffer.from('{"service_id":"1","service_id":"2"}'),
    Buffer.from('{"reason":"a","reason":"\\ud800"}'),
    Buffer.from('{"__proto__":{"dry_run":true},"service_id":"00004000000000159540000000000001"}'),
    Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    Buffer.from('{"total_amount":1e400}'),
    Buffer.from(`{"reason":"${'长'.repeat(100_000)}"}`),
    Buffer.alloc(1_200_000, ' '),
    Buffer.from('NaN'),
    Buffer.from('null'),
  ),
);

function bodyOf({ operation: { requestBody } }: Route): fc.Arbitrary<Buffer> {
  const schema = requestBody?.content['application/json'].schema;
  if (schema === undefined)
    return fc.oneof(
      { weight: 9, arbitrary: fc.constant(Buffer.alloc(0)) },
      { weight: 1, arbitrary: oddBody },
    );
  const written = (values: fc.Arbitrary<unknown>) =>
    values.map((value) => Buffer.from(JSON.stringify(value)));
  return fc.oneof(
    { weight: 5, arbitrary: written(fitting(schema)) },
    { weight: 4, arbitrary: written(nearlyFitting(schema)) },
    { weight: 2, arbitrary: oddBody },
  );
}

const headerValue = fc.string({ unit: charactersOf('aZ09;,="/ -%ä'), maxLength: 40 });
const oddHeaders = fc.array(
  fc.tuple(
    fc.constantFrom(
      'accept',
      'cookie',
      'content-encoding',
      'authorization',
      'x-forwarded-for',
      'x-http-method-override',
      'origin',
      'range',
      'wechatpay-signature',
      'content-type',
    ),
    fc.oneof(
      headerValue,
      fc.constantFrom('gzip', 'application/json; charset=utf-16', 'text/plain', 'application/jsonx'),
    ),
  ),
  { maxLength: 4 },
);
const typed = fc.oneof(
  { weight: 8, arbitrary: fc.constant([JSON_TYPE]) },
  { weight: 1, arbitrary: fc.constant([]) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        'application/json; charset=utf-16',
        'application/problem+json',
        'text/plain',
        'APPLICATION/JSON',
        '',
        '/',
      )
      .map((type) => [['content-type', type] as const]),
  },
);

/** One that the description allows, or nearly. */
function along(route: Route): fc.Arbitrary<Sent> {
  const whole = fc.boolean().chain((isOdd) => fc.tuple(pathOf(route, isOdd), queryOf(route, isOdd)));
  const more = fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: oddHeaders });
  return fc.tuple(whole, bodyOf(route), typed, more).map(([[path, query], body, type, others]) => ({
    method: route.method,
    target: `${path}${query}`,
    headers: [...(body.length === 0 ? [] : type), ...others],
    body,
  }));
}

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'HEAD', 'SEARCH'] as const;

/** Where there is no route, or another method of one. */
const astray: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom(...METHODS),
  target: fc.oneof(
    fc.constantFrom(...ROUTES).chain((route) => pathOf(route, true)),
    fc
      .string({ unit: charactersOf('/v1-_|*%2F..?#&={}$~:@!,;abZ09'), maxLength: 60 })
      .map((text) => `/${text}`),
  ),
  headers: oddHeaders,
  body: oddBody,
});

/** Requests to the API, from well formed ones to any whatever. */
export const requests: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...ROUTES).chain(along) },
  { weight: 1, arbitrary: astray },
);
