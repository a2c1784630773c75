import createClient, { type Client } from 'openapi-fetch';
import { failureOf, type Failure, type Result } from './result';
import type { paths } from './schema';

/** The gateway gives up on a function after 30 s. */
const TIMEOUT_SECONDS = 35;

export type Api = Client<paths>;

export interface ApiOptions {
  /** Where the API is; empty: where the page comes from. */
  readonly origin: string;
  /** The person's token; undefined: this deployment asks for none. */
  readonly token: () => string | undefined;
  /** The API does not take the token any more. */
  readonly onUnauthorised: () => void;
}

/** The API as it is described, under the paths that people reach it by. */
export function createApi({ origin, token, onUnauthorised }: ApiOptions): Api {
  const api = createClient<paths>({
    baseUrl: `${origin}/console`,
    querySerializer: { array: { style: 'form', explode: true } },
    cache: 'no-store',
  });
  api.use({
    onRequest: ({ request }) => {
      const bearer = token();
      if (bearer !== undefined) request.headers.set('authorization', `Bearer ${bearer}`);
      return request;
    },
    onResponse: ({ response }) => {
      if (response.status === 401) onUnauthorised();
      return undefined;
    },
  });
  return api;
}

interface Answered<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/** Ends a call in time, and makes whatever became of it a value. */
export async function call<T>(
  make: (signal: AbortSignal) => Promise<Answered<T>>,
  left?: AbortSignal,
): Promise<Result<T>> {
  const late = AbortSignal.timeout(TIMEOUT_SECONDS * 1000);
  const signal = left === undefined ? late : AbortSignal.any([late, left]);
  try {
    const { data, error, response } = await make(signal);
    if (response.ok) return { ok: true, status: response.status, value: data as T };
    return {
      ok: false,
      failure: failureOf(response.status, error, response.headers.get('retry-after')),
    };
  } catch {
    return { ok: false, failure: failureOfSignals(late, left) };
  }
}

function failureOfSignals(late: AbortSignal, left: AbortSignal | undefined): Failure {
  if (left?.aborted) return { kind: 'left' };
  return late.aborted ? { kind: 'slow', seconds: TIMEOUT_SECONDS } : { kind: 'unreachable' };
}
