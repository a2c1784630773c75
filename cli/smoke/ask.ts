import { connect } from 'node:tls';
import type { Signer } from '../orders/sign';

export interface Asked {
  readonly status: number;
  readonly contentType: string;
  /** Parsed JSON; undefined when it is none. */
  readonly body: unknown;
  /** By how much this clock is ahead of the one that dated the answer, at most half a second wrong. */
  readonly aheadMs: number | undefined;
  readonly tookMs: number;
}

export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Unsigned when absent. */
  readonly sign?: Signer;
}

export type Ask = (question: Question) => Promise<Asked>;

/** One try; API Gateway itself gives up after 30 s. */
const TRY_TIMEOUT_MS = 35_000;

/** Rejects when nobody answers. Nothing is tried again: what fails once is what the check is for. */
export function askerAt(base: URL, now: () => number): Ask {
  return async ({ method, path, query = {}, body, sign }) => {
    const to = `${base.pathname.replace(/\/$/, '')}${path}`;
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    const signed =
      sign === undefined
        ? headers
        : await sign({ method, path: to, query, headers, ...(body === undefined ? {} : { body }) });
    const search = new URLSearchParams(query).toString();
    const begun = now();
    const response = await fetch(`${base.origin}${to}${search === '' ? '' : `?${search}`}`, {
      method,
      headers: signed,
      redirect: 'manual',
      signal: AbortSignal.timeout(TRY_TIMEOUT_MS),
      ...(body === undefined ? {} : { body }),
    });
    const ended = now();
    const dated = Date.parse(response.headers.get('date') ?? '');
    return {
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: jsonOf(await response.text()),
      // A date has whole seconds: in the middle of one it is half a second old on average.
      aheadMs: Number.isNaN(dated) ? undefined : Math.round((begun + ended) / 2 - dated - 500),
      tookMs: ended - begun,
    };
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Tls {
  readonly protocol: string;
  /** When the certificate ends. */
  readonly endsAt: number;
}

const TLS_TIMEOUT_MS = 10_000;

/** Rejects when no connection comes about, or its certificate is not to be trusted. */
export function tlsOf({ hostname, port }: URL): Promise<Tls> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || '443'), servername: hostname }, () => {
      const endsAt = Date.parse(socket.getPeerCertificate().valid_to);
      resolve({ protocol: socket.getProtocol() ?? 'none', endsAt });
      socket.destroy();
    });
    socket.setTimeout(TLS_TIMEOUT_MS, () => socket.destroy(new Error('no answer in 10 s')));
    socket.on('error', reject);
  });
}

/** In a word, for the table. */
export function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
