import { createServer, type ServerResponse } from 'node:http';
import { type GatewayAnswer, gatewayMessage, INTERNAL_SERVER_ERROR, readResult } from './gateway-answer';
import {
  authorised,
  type GatewayEvent,
  gatewayEvent,
  parseTarget,
  type PublicEvent,
  type RequestHead,
  signedIn,
  type TokenEvent,
} from './gateway-event';
import type { Authorise } from './gateway-jwt';
import { type RouteMatch, routeMatcher } from './gateway-routes';
import { invoke, type Invocation, type LambdaHandler } from './invoke';
import { listen, type LocalServer, readBody } from './loopback';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const BODY_MAX_BYTES = 10 * 1024 * 1024;
const HEADERS_MAX_BYTES = 10_240;
const INTEGRATION_TIMEOUT_MS = 30_000;

interface Behind {
  readonly name: string;
  /** Route keys; without `$default` among those of any function, what matches none is 404. */
  readonly routes: readonly string[];
  /** The function's own timeout. */
  readonly timeoutMs: number;
}

/** A function behind the gateway, and who may call its routes. */
export type GatewayFunction =
  | (Behind & { readonly authorizer: 'iam'; readonly handler: LambdaHandler<GatewayEvent> })
  | (Behind & {
      readonly authorizer: 'jwt';
      readonly authorise: Authorise;
      readonly handler: LambdaHandler<TokenEvent>;
    })
  | (Behind & { readonly authorizer: 'none'; readonly handler: LambdaHandler<PublicEvent> });

export interface GatewayOptions {
  readonly functions: readonly GatewayFunction[];
  /** How long the gateway waits for the function: 30 s, as on AWS. */
  readonly integrationTimeoutMs?: number;
  /** Any free port by default. */
  readonly port?: number;
  readonly now?: () => number;
  /** Told what the caller is not: why an answer became 500 or 503. */
  readonly onFault?: (fault: Error) => void;
}

/** The gateway without its listener: a request that was read, or `undefined` for a body that was too large, to its answer. */
export type Gateway = (request: RequestHead, body: Buffer | undefined) => Promise<Served>;

/** An HTTP API in front of its functions. */
export function gatewayOf(options: GatewayOptions): Gateway {
  const match = functionMatcher(options.functions);
  return (request, body) => serve(request, body, match, options);
}

/** The same over HTTP on this machine. */
export async function startGateway(options: GatewayOptions): Promise<LocalServer> {
  const gateway = gatewayOf(options);
  const server = createServer({ maxHeaderSize: HEADERS_MAX_BYTES }, (request, response) => {
    const served = readBody(request, BODY_MAX_BYTES).then((body) => gateway(request, body));
    served.then(
      ({ answer, requestId }) => send(response, answer, requestId),
      (error: unknown) => {
        options.onFault?.(new Error('the gateway itself failed', { cause: error }));
        send(response, INTERNAL_SERVER_ERROR, undefined);
      },
    );
  });
  return listen(server, options.port);
}

interface FunctionMatch {
  readonly behind: GatewayFunction;
  readonly route: RouteMatch;
}

type MatchFunction = (method: string, rawPath: string) => FunctionMatch | undefined;

/** A route of its own comes before `$default`, whichever function has that. */
function functionMatcher(functions: readonly GatewayFunction[]): MatchFunction {
  const owners = new Map(functions.flatMap((behind) => behind.routes.map((key) => [key, behind] as const)));
  const match = routeMatcher([...owners.keys()]);
  return (method, rawPath) => {
    const route = match(method, rawPath);
    const behind = route && owners.get(route.routeKey);
    return route && behind && { route, behind };
  };
}

export interface Served {
  readonly answer: GatewayAnswer;
  readonly requestId?: string;
}

async function serve(
  request: RequestHead,
  body: Buffer | undefined,
  match: MatchFunction,
  options: GatewayOptions,
): Promise<Served> {
  if (body === undefined) return { answer: gatewayMessage(413, 'Request Entity Too Large') };
  const target = parseTarget(request.url ?? '');
  if (target === undefined) return { answer: gatewayMessage(400, 'Bad Request') };
  const found = match(request.method ?? '', target.rawPath);
  if (found === undefined) return { answer: gatewayMessage(404, 'Not Found') };
  const event = gatewayEvent(request, target, found.route, body, (options.now ?? Date.now)());
  return { answer: await call(event, found.behind, options), requestId: event.requestContext.requestId };
}

/**
 * A function that runs into its own timeout has failed, like one that throws: 500. Only a gateway that gave up first
 * says 503. https://github.com/denoland/deno_registry2/issues/87, https://github.com/serverless/serverless/issues/11222
 */
async function call(
  event: PublicEvent,
  behind: GatewayFunction,
  options: GatewayOptions,
): Promise<GatewayAnswer> {
  const { integrationTimeoutMs = INTEGRATION_TIMEOUT_MS } = options;
  const invocation = await letIn(event, behind, options);
  if (invocation === undefined) return UNAUTHORISED;
  const ended = await within(integrationTimeoutMs, invocation());
  const answer = ended.kind === 'returned' ? readResult(ended.value) : undefined;
  if (answer !== undefined) return answer;
  options.onFault?.(new Error(FAULTS[ended.kind], ended.kind === 'threw' ? { cause: ended.error } : {}));
  return ended.kind === 'gave_up' ? gatewayMessage(503, 'Service Unavailable') : INTERNAL_SERVER_ERROR;
}

const UNAUTHORISED: GatewayAnswer = {
  ...gatewayMessage(401, 'Unauthorized'),
  headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer' },
};

/** What calls the function for whoever may call it; undefined for one who may not. */
async function letIn(
  event: PublicEvent,
  behind: GatewayFunction,
  { now }: GatewayOptions,
): Promise<(() => Promise<Invocation>) | undefined> {
  const { name: functionName, timeoutMs } = behind;
  const context = { functionName, timeoutMs, ...(now === undefined ? {} : { now }) };
  switch (behind.authorizer) {
    case 'iam':
      return async () => invoke(behind.handler, authorised(event), context);
    case 'none':
      return async () => invoke(behind.handler, event, context);
    case 'jwt': {
      const claims = await behind.authorise(event.headers['authorization']);
      return claims && (async () => invoke(behind.handler, signedIn(event, claims), context));
    }
  }
}

type Ended = Invocation | { readonly kind: 'gave_up' };

const FAULTS: Readonly<Record<Ended['kind'], string>> = {
  gave_up: 'the gateway gave up on its function',
  timed_out: 'Task timed out',
  threw: 'the function threw',
  returned: 'the function returned nothing that HTTP can say',
};

async function within(ms: number, work: Promise<Invocation>): Promise<Ended> {
  let timer: NodeJS.Timeout | undefined;
  const gaveUp = new Promise<Ended>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'gave_up' }), ms);
  });
  try {
    return await Promise.race([work, gaveUp]);
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, { status, headers, body }: GatewayAnswer, requestId?: string): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (requestId !== undefined) response.setHeader('apigw-requestid', requestId);
  if (status !== 204 && status !== 304) response.setHeader('content-length', body.length);
  response.writeHead(status).end(body);
}
