import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithIAMAuthorizer,
  APIGatewayProxyEventV2WithJWTAuthorizer,
} from 'aws-lambda';
import type { Claims } from './gateway-jwt';
import type { RouteMatch } from './gateway-routes';
import { LOCAL_ACCOUNT } from './identity';

/** Of a route that asks for a request signed by an IAM identity. */
export type GatewayEvent = APIGatewayProxyEventV2WithIAMAuthorizer;
/** Of a route that asks for a token. */
export type TokenEvent = APIGatewayProxyEventV2WithJWTAuthorizer;
/** Of a route that asks for nothing. */
export type PublicEvent = APIGatewayProxyEventV2;

/** What an event is made of, besides the body. */
export interface RequestHead extends Pick<IncomingMessage, 'method' | 'url' | 'httpVersion'> {
  readonly headers: IncomingHttpHeaders;
  readonly headersDistinct: NodeJS.Dict<string[]>;
  readonly socket: Pick<IncomingMessage['socket'], 'remoteAddress' | 'localPort'>;
}

export interface RequestTarget {
  /** As in the request line, still percent-encoded. */
  readonly rawPath: string;
  /** Without the question mark; empty when there is none. */
  readonly rawQuery: string;
}

/** The request line's target, or `undefined` when it is not a path that decodes. */
export function parseTarget(url: string): RequestTarget | undefined {
  const [rawPath = '', ...query] = url.split('?');
  const rawQuery = query.join('?');
  if (!rawPath.startsWith('/') || decode(rawPath) === undefined || decode(rawQuery) === undefined)
    return undefined;
  return { rawPath, rawQuery };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/**
 * Payload format 2.0, as a route of an HTTP API without an authorizer sends it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function gatewayEvent(
  request: RequestHead,
  target: RequestTarget,
  route: RouteMatch,
  body: Buffer,
  now: number,
): PublicEvent {
  const { cookies, headers } = readHeaders(request);
  // An HTTP API hands over the decoded path under the name rawPath; only the query stays as it was sent.
  // https://github.com/hotsock/voker/pull/8 (captured from live APIs)
  const path = decodeURIComponent(target.rawPath);
  const query = queryParameters(target.rawQuery);
  const parameters = Object.keys(route.pathParameters).length > 0;
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: target.rawQuery,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers,
    ...(query === undefined ? {} : { queryStringParameters: query }),
    requestContext: requestContext(request, path, route.routeKey, now),
    ...(parameters ? { pathParameters: { ...route.pathParameters } } : {}),
    ...bodyFields(headers['content-type'], body),
  };
}

/** What belongs to the connection and not to the request; cookies have a field of their own. */
const NOT_FORWARDED: readonly string[] = [
  'connection',
  'keep-alive',
  'transfer-encoding',
  'te',
  'upgrade',
  'cookie',
];

function readHeaders(request: RequestHead): { cookies: string[]; headers: Record<string, string> } {
  const headers = new Map<string, string>();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values !== undefined && !NOT_FORWARDED.includes(name)) headers.set(name, values.join(','));
  }
  headers.set('x-forwarded-for', sourceIp(request));
  headers.set('x-forwarded-proto', 'http');
  headers.set('x-forwarded-port', String(request.socket.localPort ?? 0));
  const cookies = (request.headersDistinct['cookie'] ?? [])
    .flatMap((line) => line.split(/;\s*/))
    .filter(Boolean);
  return { cookies, headers: Object.fromEntries(headers) };
}

function queryParameters(rawQuery: string): Record<string, string> | undefined {
  if (rawQuery === '') return undefined;
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(rawQuery))
    values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(',')]));
}

/**
 * Only these arrive as text; everything else, a missing content type and HTML forms included, arrives in base64.
 * https://github.com/ministackorg/ministack/pull/766 (compared with AWS; the documentation does not list them)
 */
const TEXT_TYPES = /^(?:text\/[^;]*|application\/(?:json|xml|javascript))\s*(?:;|$)/i;

function bodyFields(
  contentType: string | undefined,
  body: Buffer,
): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const isText = TEXT_TYPES.test(contentType?.trim() ?? '');
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

function requestContext(
  request: RequestHead,
  path: string,
  routeKey: string,
  now: number,
): PublicEvent['requestContext'] {
  return {
    accountId: LOCAL_ACCOUNT,
    apiId: 'local',
    domainName: request.headers.host ?? 'localhost',
    domainPrefix: 'local',
    http: {
      method: request.method ?? 'GET',
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: sourceIp(request),
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: randomUUID(),
    routeKey,
    stage: '$default',
    time: logTime(now),
    timeEpoch: now,
  };
}

/** The same event on a route that asks for a signature: not checked on one machine, everybody on loopback is this user. */
export function authorised(event: PublicEvent): GatewayEvent {
  return { ...event, requestContext: { ...event.requestContext, authorizer: { iam: LOCAL_CALLER } } };
}

/** The same event on a route that asks for a token, which was verified. */
export function signedIn(event: PublicEvent, claims: Claims): TokenEvent {
  const jwt = { claims: { ...claims }, scopes: null as unknown as string[] };
  // What the types add to that, of another kind of authoriser, is not there.
  const authorizer = { jwt } as TokenEvent['requestContext']['authorizer'];
  return { ...event, requestContext: { ...event.requestContext, authorizer } };
}

const LOCAL_CALLER: GatewayEvent['requestContext']['authorizer']['iam'] = {
  accessKey: 'local',
  accountId: LOCAL_ACCOUNT,
  callerId: 'local',
  cognitoIdentity: null,
  principalOrgId: '',
  userArn: `arn:aws:iam::${LOCAL_ACCOUNT}:user/local`,
  userId: 'local',
};

function sourceIp(request: RequestHead): string {
  return request.socket.remoteAddress ?? '127.0.0.1';
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `12/Mar/2026:19:03:58 +0000` */
function logTime(now: number): string {
  const date = new Date(now);
  const day = String(date.getUTCDate()).padStart(2, '0');
  const month = MONTHS[date.getUTCMonth()] ?? '';
  return `${day}/${month}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}
