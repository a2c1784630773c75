import Ajv2020, { type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import description from '../../lambda/api/openapi.json';
import { parseTarget } from '../../local/aws/gateway-event';
import { routeMatcher } from '../../local/aws/gateway-routes';

/** A request, and the part of its answer that the description of the API speaks of. */
interface Told {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Schema {
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping: Readonly<Record<string, string>>;
  };
}
interface Content {
  readonly schema: Schema;
}
interface Response {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, Content>>;
}
export interface ObjectSchema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}
type MaybeReferred = Response | { readonly $ref: string };
interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
  }[];
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: ObjectSchema } };
  };
  /** Absent: as all others. */
  readonly security?: readonly object[];
  readonly responses: Readonly<Record<string, MaybeReferred>>;
}

export interface DescribedRoute {
  /** As API Gateway spells it. */
  readonly route: string;
  readonly operation: Operation;
}

export function describedRoutes(): readonly DescribedRoute[] {
  const paths = description.paths as unknown as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

const OPERATIONS = new Map(describedRoutes().map(({ route, operation }) => [route, operation]));
const RESPONSES = description.components.responses as unknown as Readonly<Record<string, Response>>;
/** What answers a request that fits no route: the service, or the gateway when the path does not decode. */
const UNROUTED: Readonly<Record<number, Response | undefined>> = {
  400: RESPONSES['InternalServerError'],
  404: RESPONSES['RouteNotFound'],
  405: RESPONSES['MethodNotAllowed'],
};

const match = routeMatcher([...OPERATIONS.keys()]);

/**
 * Holds an answer to what the API is described to answer: its status, media type, headers and body. Throws Error with
 * everything that differs.
 */
export function demandDescribed(answer: Told): void {
  const { method, path, status, text } = answer;
  // What people call is described with what machines call.
  const target = parseTarget(path.replace(/^\/console(?=\/v1\/)/, ''));
  const route = target && match(method, target.rawPath)?.routeKey;
  const operation = OPERATIONS.get(route ?? '');
  const fault = operation === undefined ? faultUnrouted(answer) : faultOf(operation, answer);
  if (fault === undefined) return;
  throw new Error(
    `${method} ${path} answered what lambda/api/openapi.json does not describe for ${route ?? 'what fits no route'}: ${fault}\n${status} ${text.slice(0, TEXT_CHARS_MAX)}`,
  );
}

function faultUnrouted(answer: Told): string | undefined {
  const response = UNROUTED[answer.status];
  return response === undefined ? `status ${answer.status}` : faultIn(response, answer);
}

function faultOf({ responses }: Operation, answer: Told): string | undefined {
  const response = responses[String(answer.status)];
  if (response === undefined) return `status ${answer.status}`;
  return faultIn('$ref' in response ? referred(response.$ref) : response, answer);
}

function referred(ref: string): Response {
  const response = RESPONSES[ref.replace('#/components/responses/', '')];
  if (response === undefined) throw new Error(`${ref} is not there`);
  return response;
}

function faultIn(
  { headers = {}, content = {} }: Response,
  { method, headers: given, text }: Told,
): string | undefined {
  const missing = Object.entries(headers)
    .filter(([name, { required }]) => required === true && given[name] === undefined)
    .map(([name]) => name);
  const type = String(given['content-type'] ?? '').replace(/\s*;.*$/s, '');
  const described = content[type];
  if (described === undefined)
    return Object.keys(content).length === 0 && text === '' ? undefined : `content-type '${type}'`;
  // The gateway says no header of the service's.
  if (missing.length > 0 && type !== 'application/json') return `no header ${missing.join(', ')}`;
  if (method === 'HEAD' || !type.endsWith('json')) return undefined;
  const body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const validate = validatorOf(chosen(described.schema, body));
  return validate(body) ? undefined : (validate.errors ?? []).slice(0, FAULTS_MAX).map(spell).join('; ');
}

/** Of the alternatives the one that the body says it is, so that what is wrong with it can be told. */
function chosen(schema: Schema, body: Readonly<Record<string, unknown>>): Schema {
  const { propertyName = '', mapping } = schema.discriminator ?? {};
  const ref = mapping?.[String(body[propertyName])];
  if (ref === undefined) return schema;
  const known = refs.get(ref) ?? ({ $ref: ref } as Schema);
  refs.set(ref, known);
  return known;
}

const refs = new Map<string, Schema>();
const FAULTS_MAX = 10;
const TEXT_CHARS_MAX = 2_000;

function spell({ instancePath, message = '', params }: ErrorObject): string {
  return `${instancePath === '' ? 'the body' : instancePath} ${message} ${JSON.stringify(params)}`;
}

let instance: Ajv2020 | undefined;
function ajv(): Ajv2020 {
  if (instance !== undefined) return instance;
  instance = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    keywords: ['discriminator'],
  });
  addFormats(instance);
  instance.addSchema(relative({ $id: 'api', $defs: description.components.schemas }));
  return instance;
}

const validators = new Map<Schema, ValidateFunction>();

/** Compiled when it is first needed: a file of tests meets few of them. */
function validatorOf(schema: Schema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const compiled = ajv().compile(relative(schema));
  validators.set(schema, compiled);
  return compiled;
}

/** `components` is no keyword of JSON Schema: its schemas are looked for where they are kept here. */
function relative(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"api#/$defs/')) as object;
}
