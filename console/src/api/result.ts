import type { Fault, ProblemKind } from './types';

/** What a call to the API came to; what went wrong is a value, and always says what. */
export type Result<T> =
  | { readonly ok: true; readonly status: number; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export type Failure =
  /** The API refused, and says why (RFC 9457). */
  | {
      readonly kind: 'problem';
      readonly status: number;
      /** The part of `type` that names it; one of a newer release is not known here. */
      readonly problem: ProblemKind | undefined;
      readonly title: string;
      readonly detail: string;
      readonly errors: readonly Fault[];
      readonly more: Readonly<Record<string, unknown>>;
      readonly retryAfterSeconds: number | undefined;
    }
  /** Something before the API answered: the gateway, a proxy. */
  | { readonly kind: 'status'; readonly status: number; readonly message: string }
  /** No answer. */
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'slow'; readonly seconds: number }
  /** Whoever asked does not want to know any more. */
  | { readonly kind: 'left' };

const PREFIX = 'urn:payscore-collector:problem:';

/** What an answer other than 2xx says. */
export function failureOf(status: number, body: unknown, retryAfter: string | null): Failure {
  if (!isRecord(body) || typeof body['type'] !== 'string' || !body['type'].startsWith(PREFIX))
    return { kind: 'status', status, message: messageOf(body) };
  const { type, title, detail, errors, status: _, ...more } = body;
  return {
    kind: 'problem',
    status,
    problem: type.slice(PREFIX.length) as ProblemKind,
    title: textOf(title),
    detail: textOf(detail),
    errors: Array.isArray(errors) ? errors.filter(isFault) : [],
    more,
    retryAfterSeconds: secondsOf(retryAfter),
  };
}

function secondsOf(retryAfter: string | null): number | undefined {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
}

function messageOf(body: unknown): string {
  const message = isRecord(body) ? (body['message'] ?? body['detail'] ?? body['title']) : body;
  return textOf(message).slice(0, 300);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isFault(value: unknown): value is Fault {
  return isRecord(value) && typeof value['field'] === 'string' && typeof value['rule'] === 'string';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
