import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent } from 'node:http';
import { listen, type LocalServer } from '../../local/aws/loopback';
import { randomBy } from './random';

/** Of all requests: how many come late, how many never arrive, and of how many the answer is lost. */
export interface Slowness {
  readonly delayedShare: number;
  readonly delayMsMax: number;
  readonly lostRequestShare: number;
  readonly lostAnswerShare: number;
}

export const STEADY: Slowness = { delayedShare: 0, delayMsMax: 0, lostRequestShare: 0, lostAnswerShare: 0 };

export interface SlowProxy extends LocalServer {
  set(slowness: Slowness): void;
  readonly counts: { requests: number; delayed: number; lostRequests: number; lostAnswers: number };
}

/** Stands between the functions and their table. */
export async function startSlowProxy(target: string, seed: number): Promise<SlowProxy> {
  const random = randomBy(seed);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  let slowness = STEADY;
  const counts = { requests: 0, delayed: 0, lostRequests: 0, lostAnswers: 0 };

  function forward(incoming: IncomingMessage, answer: ServerResponse, body: Buffer, isLost: boolean): void {
    const { method, url, headers } = incoming;
    const outgoing = httpRequest(`${target}${url ?? '/'}`, { method, headers, agent }, (upstream) => {
      if (isLost) {
        upstream.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(upstream.statusCode ?? 500, upstream.headers);
      upstream.pipe(answer);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    outgoing.end(body);
  }

  function serve(incoming: IncomingMessage, answer: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on('error', () => undefined);
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      counts.requests += 1;
      const { delayedShare, delayMsMax, lostRequestShare, lostAnswerShare } = slowness;
      if (random() < lostRequestShare) {
        counts.lostRequests += 1;
        incoming.socket.destroy();
        return;
      }
      const isLost = random() < lostAnswerShare;
      if (isLost) counts.lostAnswers += 1;
      const isLate = random() < delayedShare;
      if (isLate) counts.delayed += 1;
      // What is late arrives all the same, whether or not its client still waits.
      const go = () => forward(incoming, answer, Buffer.concat(chunks), isLost);
      if (isLate) setTimeout(go, random() * delayMsMax);
      else go();
    });
  }

  const local = await listen(createServer(serve));
  return {
    ...local,
    set: (next) => {
      slowness = next;
    },
    counts,
  };
}
