import type { ApiEvent } from './event';
import type * as z from 'zod/mini';
import { problem, readJsonBody, type HttpAnswer } from '../shared/http';
import { parse, type Parsed } from '../shared/schema';

export type Request<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: HttpAnswer };

/**
 * Path variables and JSON body together, parsed once, every fault of both in one answer. `pathOnly`: fields that no
 * body may carry, because a path without them means something else.
 */
export function readRequest<T>(
  event: ApiEvent,
  schema: z.ZodMiniType<T>,
  pathOnly: readonly string[] = [],
  bodyBytesMax?: number,
): Request<T> {
  const body = readJsonBody(event, bodyBytesMax);
  if (!body.ok) return body;
  if (typeof body.value !== 'object' || body.value === null || Array.isArray(body.value)) {
    return { ok: false, answer: invalid([{ field: '', rule: 'the body is not a JSON object' }]) };
  }
  return answered(readFields(event, { ...body.value }, 'body', schema, pathOnly));
}

/** Path variables and query string together, for a route that has no body. */
export function readLookup<T>(
  event: ApiEvent,
  schema: z.ZodMiniType<T>,
  pathOnly: readonly string[] = [],
): Request<T> {
  return answered(parseLookup(event, schema, pathOnly));
}

/** As `readLookup`, for a route whose body has faults of its own to add. */
export function parseLookup<T>(
  event: ApiEvent,
  schema: z.ZodMiniType<T>,
  pathOnly: readonly string[],
): Parsed<T> {
  return readFields(event, { ...event.queryStringParameters }, 'query string', schema, pathOnly);
}

/** The path says which order; what says it a second time elsewhere is refused, whether it agrees or not. */
function readFields<T>(
  event: ApiEvent,
  given: object,
  where: string,
  schema: z.ZodMiniType<T>,
  pathOnly: readonly string[],
): Parsed<T> {
  const path = Object.fromEntries(
    Object.entries(event.pathParameters ?? {}).map(([name, value]) => [name, decoded(value)]),
  );
  const misplaced = Object.keys(given).filter((name) => Object.hasOwn(path, name) || pathOnly.includes(name));
  const parsed = parse(schema, { ...given, ...path });
  const faults = [
    ...misplaced.map((field) => ({ field, rule: `belongs into the path, not into the ${where}` })),
    ...(parsed.ok ? [] : parsed.faults),
  ];
  return parsed.ok && faults.length === 0 ? parsed : { ok: false, faults };
}

function answered<T>(parsed: Parsed<T>): Request<T> {
  return parsed.ok ? parsed : { ok: false, answer: invalid(parsed.faults) };
}

/** No variable of a path can hold a `%`: one that does has not been decoded yet. */
function decoded(value: string | undefined): string | undefined {
  try {
    return value?.includes('%') === true ? decodeURIComponent(value) : value;
  } catch {
    return value;
  }
}

export function invalid(errors: readonly object[]): HttpAnswer {
  return problem({
    kind: 'invalid-request',
    status: 400,
    title: 'Request not valid',
    detail: 'The request was not carried out. Every fault is listed in errors.',
    more: { errors },
  });
}
