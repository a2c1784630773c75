import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

export type HttpAnswer = APIGatewayProxyStructuredResultV2;

export function json(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** The kinds of problem this API answers with; the last part of a problem's `type`. */
export type ProblemKind =
  | 'invalid-request'
  | 'body-not-json'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'route-not-found'
  | 'method-not-allowed'
  | 'role-missing'
  | 'merchant-unknown'
  | 'merchant-secret-invalid'
  | 'secrets-unavailable'
  | 'ledger-unavailable'
  | 'ledger-restored'
  | 'service-mismatch'
  | 'held-back'
  | 'not-possible'
  | 'not-done'
  | 'not-told'
  | 'order-not-found'
  | 'order-unknown'
  | 'wechatpay-refused'
  | 'wechatpay-throttled'
  | 'wechatpay-unavailable'
  | 'out-of-time'
  | 'cursor-invalid'
  | 'policy-changed'
  | 'events-off'
  | 'events-unavailable'
  | 'release-too-old';

export interface Problem {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly title: string;
  /** What is wrong this time, and what to do. */
  readonly detail: string;
  /** Further members of the problem: the faults of a request, WeChat Pay's answer, the next decision. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Problem details as RFC 9457 has them. */
export function problem({ kind, status, title, detail, more = {}, headers = {} }: Problem): HttpAnswer {
  const body = { type: `urn:payscore-collector:problem:${kind}`, title, status, detail, ...more };
  return json(status, body, { 'content-type': 'application/problem+json; charset=utf-8', ...headers });
}

export type JsonBody =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly answer: HttpAnswer };

/** Longest request body, bytes, of most routes: the largest legitimate one is far below. */
const BODY_BYTES_MAX = 16 * 1024;

/** The request's JSON body; an absent one is an empty object. */
export function readJsonBody(event: APIGatewayProxyEventV2, bytesMax = BODY_BYTES_MAX): JsonBody {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > bytesMax) {
    const detail = `The body has ${bytes.length} bytes; at most ${bytesMax} are taken.`;
    return {
      ok: false,
      answer: problem({ kind: 'body-too-large', status: 413, title: 'Body too large', detail }),
    };
  }
  if (bytes.length === 0) return { ok: true, value: {} };
  const type = event.headers['content-type'] ?? 'application/json';
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    const detail = 'Send the body as application/json.';
    const title = 'Unsupported media type';
    return { ok: false, answer: problem({ kind: 'unsupported-media-type', status: 415, title, detail }) };
  }
  try {
    return { ok: true, value: JSON.parse(UTF8.decode(bytes)) as unknown };
  } catch {
    const detail = 'The body is not JSON in UTF-8.';
    return {
      ok: false,
      answer: problem({ kind: 'body-not-json', status: 400, title: 'Body is not JSON', detail }),
    };
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
