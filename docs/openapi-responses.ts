import type { Answered, Operation } from '../lambda/api/contract/operation';
import {
  pascal,
  PROBLEMS,
  problemSchema,
  problemType,
  type ProblemStatus,
} from '../lambda/api/contract/problems';
import type { ProblemKind } from '../lambda/shared/http';
import type { Example } from './openapi-examples';
import type { Json, Schemas } from './openapi-schemas';

export const GATEWAY_MESSAGE = {
  type: 'object',
  properties: { message: { type: 'string' } },
  required: ['message'],
  additionalProperties: false,
  description:
    'What API Gateway says when a request never reached the service, or the service never answered.',
};

const gatewayContent = { 'application/json': { schema: { $ref: '#/components/schemas/GatewayMessage' } } };
const TOO_MANY = { description: 'More requests than the stage lets through.', content: gatewayContent };
const FAILED = { description: 'A mistake in the service.', content: gatewayContent };
const UNAUTHORISED = {
  description: 'Below `/console`: no token, or none that is valid.',
  content: gatewayContent,
};

const STATUS_NAMES: Readonly<Record<ProblemStatus, string>> = {
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  413: 'ContentTooLarge',
  415: 'UnsupportedMediaType',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
};

/** Responses that several routes give, written once and referred to. */
export class Responses {
  readonly #schemas: Schemas;
  readonly #byName = new Map<string, string>();

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /** What any route behind the gateway may answer, whatever it does. */
  ofGateway(access: 'iam' | 'public', answers: Operation['answers']): Json {
    return {
      ...(access === 'iam'
        ? { 401: this.#refer('Unauthorised', UNAUTHORISED), 403: this.#refer('Forbidden', this.#forbidden()) }
        : {}),
      429: this.#refer('TooManyRequests', TOO_MANY),
      ...(answers[500] === undefined ? { 500: this.#refer('InternalServerError', FAILED) } : {}),
    };
  }

  /** By the gateway, of a machine; by the service, of a person. */
  #forbidden(): Json {
    const { content, ...problem } = this.#problems(['role-missing']) as { readonly content: Json };
    const description =
      'The request is not signed, or not by one who may; or, below `/console`, the token does not name the role.';
    return { ...problem, description, content: { ...content, ...gatewayContent } };
  }

  /** The problems of a route by their status. */
  ofProblems(kinds: readonly ProblemKind[]): Json {
    const statuses = [...new Set(kinds.map((kind) => PROBLEMS[kind].status))];
    return Object.fromEntries(
      statuses.map((status) => {
        const those = kinds.filter((kind) => PROBLEMS[kind].status === status);
        return [status, this.#refer(STATUS_NAMES[status], this.#problems(those))];
      }),
    );
  }

  /** A problem of no route. */
  add(kind: ProblemKind): void {
    this.#refer(pascal(kind), this.#problems([kind]));
  }

  /** Under this name, or, where other problems have it, with a number. */
  #refer(name: string, response: Json, number = 1): Json {
    const numbered = number === 1 ? name : `${name}${number}`;
    const json = JSON.stringify(response);
    const known = this.#byName.get(numbered);
    if (known !== undefined && known !== json) return this.#refer(name, response, number + 1);
    this.#byName.set(numbered, json);
    return { $ref: `#/components/responses/${numbered}` };
  }

  #problems(kinds: readonly ProblemKind[]): Json {
    const schemas = kinds.map((kind) => this.#schemas.json(problemSchema(kind)));
    const [first = {}] = schemas;
    // The gateway too says 503, when it has given up on the function.
    const byGateway = kinds.some((kind) => PROBLEMS[kind].status === 503) ? gatewayContent : {};
    return {
      description: kinds.map((kind) => `- \`${kind}\`: ${PROBLEMS[kind].meaning}`).join('\n'),
      ...headersOf(kinds),
      content: {
        'application/problem+json': { schema: schemas.length === 1 ? first : oneOf(kinds, schemas) },
        ...byGateway,
      },
    };
  }

  all(): Json {
    return Object.fromEntries([...this.#byName].map(([name, json]) => [name, JSON.parse(json) as Json]));
  }
}

function oneOf(kinds: readonly ProblemKind[], schemas: readonly Json[]): Json {
  const mapping = Object.fromEntries(kinds.map((kind, at) => [problemType(kind), schemas[at]?.['$ref']]));
  return { oneOf: schemas, discriminator: { propertyName: 'type', mapping } };
}

/** Only what every one of them carries: a header that is described has to be there. */
function headersOf(kinds: readonly ProblemKind[]): Json {
  const [first = {}, ...others] = kinds.map((kind) => PROBLEMS[kind].headers ?? {});
  const everywhere = Object.entries(first).filter(([name]) => others.every((one) => name in one));
  return headers(Object.fromEntries(everywhere));
}

function headers(given: Readonly<Record<string, string>>, required = true): Json {
  const entries = Object.entries(given).map(([name, description]) => [
    name,
    { description, ...(required ? { required } : {}), schema: { type: 'string' } },
  ]);
  return entries.length === 0 ? {} : { headers: Object.fromEntries(entries) as Json };
}

export function answer(
  { description, schema, mediaType = 'application/json', ...more }: Answered,
  schemas: Schemas,
  examples: readonly Example[],
): Json {
  return {
    description,
    ...headers(more.headers ?? {}, false),
    ...(schema === undefined
      ? {}
      : { content: { [mediaType]: { schema: schemas.json(schema), ...named(examples, 'answer') } } }),
  };
}

/** Examples by a short name, as the document wants them. */
export function named(examples: readonly Example[], part: 'request' | 'answer'): Json {
  const given = examples.filter((example) => example[part] !== undefined);
  if (given.length === 0) return {};
  return {
    examples: Object.fromEntries(
      given.map((example) => [
        example.summary.toLowerCase().replace(/[^a-z]+/g, '-'),
        { summary: example.summary, value: example[part] },
      ]),
    ),
  };
}
