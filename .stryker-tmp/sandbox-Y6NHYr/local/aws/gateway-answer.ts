import { validateHeaderName, validateHeaderValue } from 'node:http';

/** What goes back over HTTP. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** The gateway's own words, word for word. */
export function gatewayMessage(status: number, message: string): GatewayAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ message })),
  };
}

export const INTERNAL_SERVER_ERROR = gatewayMessage(500, 'Internal Server Error');

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const RESULT_MAX_BYTES = 6 * 1024 * 1024;

/**
 * A function's result, already through JSON, as HTTP; `undefined` when the gateway could make nothing of it, which
 * its caller sees as an internal error. Stricter than AWS in one thing: a handler that returned nothing is a fault.
 */
export function readResult(result: unknown): GatewayAnswer | undefined {
  if (result === null || result === undefined) return undefined;
  if (JSON.stringify(result).length > RESULT_MAX_BYTES) return undefined;
  if (!isRecord(result) || !('statusCode' in result)) return inferred(result);
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result;
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599)
    return undefined;
  if (typeof body !== 'string' || typeof isBase64Encoded !== 'boolean') return undefined;
  const fields = readHeaders(headers);
  if (fields === undefined || !isCookies(cookies)) return undefined;
  return {
    status: statusCode,
    headers: {
      'content-type': 'text/plain;charset=UTF-8',
      ...fields,
      ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}),
    },
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** Without a status code the result is the body. */
function inferred(result: unknown): GatewayAnswer {
  const body = typeof result === 'string' ? result : JSON.stringify(result);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

/** The gateway counts the bytes itself and owns the connection. */
const OWN_HEADERS: readonly string[] = ['content-length', 'connection', 'transfer-encoding'];

function readHeaders(headers: unknown): Record<string, string> | undefined {
  if (!isRecord(headers)) return undefined;
  const fields: [string, string][] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      return undefined;
    if (!isHeader(name, String(value))) return undefined;
    if (!OWN_HEADERS.includes(name.toLowerCase())) fields.push([name.toLowerCase(), String(value)]);
  }
  return Object.fromEntries(fields);
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function isCookies(cookies: unknown): cookies is readonly string[] {
  return (
    Array.isArray(cookies) && cookies.every((one) => typeof one === 'string' && isHeader('set-cookie', one))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
