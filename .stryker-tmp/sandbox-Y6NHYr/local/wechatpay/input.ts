import type { z } from 'zod';
import { type Answer, type ErrorDetail, ERRORS, refuse } from './answers';

export type Read<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Answer };

/** Whether something asked of the simulator itself was taken; `reason` is for a person. */
export type Accepted<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

export const invalid = (detail: ErrorDetail): Answer => refuse(ERRORS.parameter, detail);

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    body,
  );
}

/** The first fault as WeChat Pay words it: `field` is a JSON pointer into the body. */
export function readFields<S extends z.ZodType>(schema: S, body: object): Read<z.output<S>> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const path = issue?.path ?? [];
  return {
    ok: false,
    answer: invalid({
      field: `/${path.map(String).join('/')}`,
      value: valueAt(body, path) ?? null,
      issue: issue?.message ?? 'invalid',
      location: 'body',
    }),
  };
}

export function readJsonObject(text: string): Read<object> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ok: true, value };
  } catch {
    // Not JSON: the same answer as JSON of another shape.
  }
  return {
    ok: false,
    answer: invalid({ field: '/', issue: 'the body must be a JSON object', location: 'body' }),
  };
}
