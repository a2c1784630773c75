import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { Letter } from './notification';

export type Answered =
  | { readonly kind: 'answered'; readonly status: number }
  /** `timeout`, or the code of the connection's failure. */
  | { readonly kind: 'no_answer'; readonly because: string };

/** Sends it over a connection of its own and waits for the answer's head; its body says nothing. Never rejects. */
export function post(
  { url, headers, body }: Letter,
  timeoutMs: number,
  closing: AbortSignal,
): Promise<Answered> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = AbortSignal.any([timeout, closing]);
  const request = url.startsWith('https:') ? overHttps : overHttp;
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve({ kind: 'no_answer', because: timeout.aborted ? 'timeout' : (error.code ?? error.message) });
    const outgoing = request(url, { method: 'POST', headers, agent: false, signal }, (incoming) => {
      // It may still break off; the answer counts all the same.
      incoming.on('error', () => undefined);
      incoming.resume();
      resolve({ kind: 'answered', status: incoming.statusCode ?? 0 });
    });
    outgoing.on('error', failed);
    outgoing.end(body);
  });
}
