import { TAGS, type Operation } from '../lambda/api/contract/operation';
import { OPERATIONS } from '../lambda/api/contract/operations';
import { PROBLEMS, problemId, problemType } from '../lambda/api/contract/problems';
import type { ProblemKind } from '../lambda/shared/http';
import { version } from '../package.json';
import { recordExamples, type Example } from './openapi-examples';
import { answer, GATEWAY_MESSAGE, named, Responses } from './openapi-responses';
import { Schemas, type Json } from './openapi-schemas';

/** The description of the API: the schemas that requests are parsed with, and what the service really answered. */
export async function openapi(): Promise<string> {
  const examples = await recordExamples();
  const schemas = new Schemas();
  const responses = new Responses(schemas);
  const paths: Record<string, Record<string, Json>> = {};
  for (const [key, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = key.split(' ');
    const own = examples.filter(({ route }) => route === key);
    const described = describe(path, operation, { schemas, responses, examples: own });
    paths[path] = { ...paths[path], [method.toLowerCase()]: described };
  }
  responses.add('route-not-found');
  responses.add('method-not-allowed');
  const document = {
    openapi: '3.1.0',
    info: INFO,
    servers: [
      { url: '/', description: 'For machines, signed by IAM; where this description was read.' },
      {
        url: '/console',
        description: 'For people, with a token: the same answers to every path that begins with `/v1`.',
      },
    ],
    security: [{ sigv4: [] }, { oidc: [] }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { sigv4: SIGV4, oidc: OIDC },
      responses: responses.all(),
      schemas: { GatewayMessage: GATEWAY_MESSAGE, ...withProblemExamples(schemas.all(), examples) },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const INFO = {
  title: 'payscore-collector',
  version,
  summary: 'Collects pending WeChat Pay Payscore (微信支付分) orders.',
  description:
    'Amounts are fen (分), times RFC 3339 in UTC. A request with a field that is not described here is refused; answers are described whole, and a later release may add to them. Errors are problem details (RFC 9457); `type` says which. A path that does not exist is answered by `RouteNotFound`, a method that does not exist by `MethodNotAllowed`.',
  license: { name: 'MIT', identifier: 'MIT' },
};

/**
 * As AWS spells it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html
 */
const SIGV4 = {
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  description: 'AWS Signature Version 4 of an IAM identity that has `execute-api:Invoke`.',
  'x-amazon-apigateway-authtype': 'awsSigv4',
};

const OIDC = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  description:
    'A token of the OIDC provider that the deployment names. A claim of it names the roles: `viewer` may call what reads, and dry runs; `operator` everything.',
};

interface Parts {
  readonly schemas: Schemas;
  readonly responses: Responses;
  readonly examples: readonly Example[];
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
}

function describe(path: string, operation: Operation, { schemas, responses, examples }: Parts): Json {
  const { id, tag, summary, description, signature, answers, problems } = operation;
  const { parameters, sent } = requestOf(path, operation, schemas);
  const carriedOut = examples.filter(({ status }) => status !== 400);
  const answered = Object.entries(answers).map(([status, one]) => {
    const own = examples.filter((example) => String(example.status) === status);
    return [status, answer(one, schemas, own)];
  });
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    // Guarded by another signature.
    ...(signature === undefined ? {} : { security: [] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(sent === undefined
      ? {}
      : {
          requestBody: {
            required: schemas.demandsSomething(sent),
            content: { 'application/json': { schema: sent, ...named(carriedOut, 'request') } },
          },
        }),
    responses: {
      ...(Object.fromEntries(answered) as Json),
      ...responses.ofProblems(problems),
      ...responses.ofGateway(signature === undefined ? 'iam' : 'public', answers),
    },
  };
}

/** What the route parses as one, taken apart into where it comes from. */
function requestOf(
  path: string,
  { request, takes, body, pathOnly = [], signature = {} }: Operation,
  schemas: Schemas,
): { readonly parameters: readonly Json[]; readonly sent: Json | undefined } {
  const { properties = {}, required = [] } = schemas.json(request) as ObjectSchema;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const others = Object.keys(properties).filter((name) => !inPath.includes(name) && !pathOnly.includes(name));
  const inQuery = takes === 'query' ? others : [];
  return {
    parameters: [
      ...inPath.map((name) => parameter(name, 'path', true, properties[name])),
      ...Object.entries(signature).map(([name, description]) =>
        parameter(name, 'header', true, { description, type: 'string' }),
      ),
      ...inQuery.map((name) => parameter(name, 'query', required.includes(name), properties[name])),
    ],
    sent: takes === 'body' ? objectOf(others, properties, required) : body && schemas.json(body),
  };
}

function parameter(
  name: string,
  where: 'path' | 'query' | 'header',
  required: boolean,
  given: Json = {},
): Json {
  const { description, ...schema } = given;
  return { name, in: where, required, ...(description === undefined ? {} : { description }), schema };
}

/** The fields of a request that its body carries. */
function objectOf(
  names: readonly string[],
  properties: Readonly<Record<string, Json>>,
  required: readonly string[],
): Json {
  const needed = names.filter((name) => required.includes(name));
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
    ...(needed.length === 0 ? {} : { required: needed }),
    additionalProperties: false,
  };
}

/** A problem is the same wherever it comes from: its example stands with its schema. */
function withProblemExamples(schemas: Json, examples: readonly Example[]): Json {
  const types = new Map(
    Object.keys(PROBLEMS).map((kind) => [problemId(kind as ProblemKind), problemType(kind as ProblemKind)]),
  );
  return Object.fromEntries(
    Object.entries(schemas).map(([id, schema]) => {
      const type = types.get(id);
      const own = examples.map((one) => one.answer).filter((body) => (body as Json)['type'] === type);
      const isExemplified = type !== undefined && own.length > 0;
      return [id, isExemplified ? { ...(schema as Json), examples: own } : schema];
    }),
  );
}
