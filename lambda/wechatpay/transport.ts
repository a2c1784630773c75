import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import type { GenericAbortSignal } from 'axios';
import { PayscoreError } from '../core/errors';
import type { WireHeaders } from './verify';

export interface WireRequest {
  readonly method: string;
  /** Path and query, percent-encoded: exactly what was signed. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** For the whole call, on whichever hosts it takes. */
  readonly timeoutMs: number;
  /** Epoch ms; checked just before the first byte. */
  readonly sendBy?: number | undefined;
  readonly signal?: GenericAbortSignal | undefined;
}

/** What became of a request: the difference between these three is what keeps an order from being charged twice. */
export type WireResult =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: WireHeaders;
      readonly body: Buffer;
    }
  /** It surely never left: no byte was written. */
  | { readonly kind: 'not_sent'; readonly because: NotSentBecause; readonly detail: string }
  /** It may have left, and no whole answer came back. */
  | { readonly kind: 'no_answer'; readonly because: NoAnswerBecause; readonly detail: string };

export type NotSentBecause = 'connect_failed' | 'connect_timeout' | 'send_by_passed' | 'timeout';
export type NoAnswerBecause = 'timeout' | 'connection_lost' | 'answer_too_large';

export interface TransportOptions {
  /** Main host first, then the backup host (异地接入点): `https://…`, or `http://` on loopback. */
  readonly hosts: readonly string[];
  readonly now: () => number;
  readonly connectTimeoutMs?: number;
  readonly answerBytesMax?: number;
}

/** WeChat Pay closes idle connections after 8 s (`Keep-Alive: timeout=8`): ours are closed before. */
const IDLE_MS_MAX = 7_000;
const CONNECT_TIMEOUT_MS = 2_000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const SOCKETS_MAX = 256;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Carries signed requests to WeChat Pay and tells exactly what became of each. It never resends what may have left. */
export class Transport {
  readonly #hosts: readonly [main: Host, ...backups: Host[]];
  readonly #now: () => number;
  readonly #connectTimeoutMs: number;
  readonly #answerBytesMax: number;

  /** @throws PayscoreError REQUEST_INVALID when a host is not usable. */
  constructor(options: TransportOptions) {
    const [main, ...backups] = options.hosts.map(parseHost);
    if (main === undefined) throw new PayscoreError('REQUEST_INVALID', 'hosts is empty; name at least one');
    this.#hosts = [main, ...backups];
    this.#now = options.now;
    this.#connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    this.#answerBytesMax = options.answerBytesMax ?? ANSWER_BYTES_MAX;
  }

  /** On the main host; on the next one only when the connection failed, that is, when nothing was sent. */
  async send(request: WireRequest): Promise<WireResult> {
    const deadline = this.#now() + request.timeoutMs;
    const [main, ...backups] = this.#hosts;
    let result = await this.#sendTo(main, request, request.timeoutMs);
    for (const backup of backups) {
      const leftMs = deadline - this.#now();
      if (!neverConnected(result) || leftMs <= 0 || request.signal?.aborted === true) break;
      result = await this.#sendTo(backup, request, leftMs);
    }
    return result;
  }

  close(): void {
    for (const host of this.#hosts) host.agent.destroy();
  }

  #sendTo(host: Host, request: WireRequest, timeoutMs: number): Promise<WireResult> {
    closeIdle(host.agent, this.#now());
    return new Promise((resolve) => {
      const { method, path, headers, sendBy = Infinity } = request;
      const signal = request.signal as AbortSignal | undefined;
      const outgoing = host.request({ ...host.target, agent: host.agent, method, path, headers, signal });
      let mayHaveLeft = false;
      const because: Because = { notSent: 'connect_failed', noAnswer: 'connection_lost' };
      const fail = (reason: Partial<Because>) => {
        Object.assign(because, reason);
        outgoing.destroy();
        // One that still waits for a connection hears of its end only when it is given one.
        if (outgoing.socket === null) conclude('no connection was free');
      };
      const overall = setTimeout(() => fail({ notSent: 'timeout', noAnswer: 'timeout' }), timeoutMs);
      let connecting: NodeJS.Timeout | undefined;
      const finish = (result: WireResult) => {
        clearTimeout(overall);
        clearTimeout(connecting);
        resolve(result);
      };
      const conclude = (detail: string) =>
        finish(
          mayHaveLeft
            ? { kind: 'no_answer', because: because.noAnswer, detail }
            : { kind: 'not_sent', because: because.notSent, detail },
        );

      const release = (socket: Duplex) => {
        clearTimeout(connecting);
        const now = this.#now();
        LAST_USED.set(socket, now);
        if (outgoing.destroyed) return;
        // The last moment before the first byte: past `send_by` somebody may already ask about this attempt.
        if (now >= sendBy) return fail({ notSent: 'send_by_passed' });
        mayHaveLeft = true;
        outgoing.end(request.body);
      };
      outgoing.on('socket', (socket) => {
        if (LAST_USED.has(socket)) return release(socket);
        connecting = setTimeout(() => fail({ notSent: 'connect_timeout' }), this.#connectTimeoutMs);
        socket.once(host.readyEvent, () => release(socket));
      });
      outgoing.on('response', (answer) => {
        // An answer that is cut off is told by `close`; without a listener its error might be thrown.
        answer.on('error', () => undefined);
        collect(answer, this.#answerBytesMax, finish, () => fail({ noAnswer: 'answer_too_large' }));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => conclude(error.code ?? error.message));
      outgoing.on('close', () => conclude('closed'));
    });
  }
}

/**
 * When each connection was last used, epoch ms. Only connections whose handshake is over are in it; Node writes
 * nothing before `end()`, so nothing leaves on any other.
 */
const LAST_USED = new WeakMap<Duplex, number>();

/** DNS failure, refused connection, failed TLS handshake: the host's fault, and surely nothing was sent. */
function neverConnected(result: WireResult): boolean {
  return (
    result.kind === 'not_sent' &&
    (result.because === 'connect_failed' || result.because === 'connect_timeout')
  );
}

interface Because {
  notSent: NotSentBecause;
  noAnswer: NoAnswerBecause;
}

function collect(
  answer: http.IncomingMessage,
  bytesMax: number,
  finish: (result: WireResult) => void,
  tooLarge: () => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > bytesMax) tooLarge();
    else chunks.push(chunk);
  });
  answer.on('end', () => {
    // An answer that came in one piece ends although it was too large and its connection is already closed.
    if (bytes > bytesMax) return;
    const body = Buffer.concat(chunks);
    finish({ kind: 'answered', status: Number(answer.statusCode), headers: answer.headers, body });
  });
}

/**
 * Closes connections that idled past the limit by the wall clock. The agent's own timer does not run while
 * Lambda freezes a function between two invocations, and the first write on a dead connection is lost.
 */
function closeIdle(agent: IdleAgent, now: number): void {
  for (const socket of Object.values(agent.freeSockets as Record<string, Duplex[]>).flat()) {
    const idleMs = now - Number(LAST_USED.get(socket));
    if (!(idleMs <= IDLE_MS_MAX)) socket.destroy();
  }
}

type IdleAgent = http.Agent | https.Agent;

interface Host {
  readonly target: https.RequestOptions;
  readonly agent: IdleAgent;
  readonly request: typeof https.request;
  readonly readyEvent: 'secureConnect' | 'connect';
}

function parseHost(text: string): Host {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.pathname !== '/') {
    throw new PayscoreError(
      'REQUEST_INVALID',
      `host ${JSON.stringify(text)} is not of the form https://api.mch.weixin.qq.com`,
    );
  }
  const secure = url.protocol === 'https:';
  if (!secure && !LOOPBACK.test(url.hostname)) {
    throw new PayscoreError(
      'REQUEST_INVALID',
      `host ${JSON.stringify(text)} is not https; plain http is for loopback only`,
    );
  }
  const options = {
    keepAlive: true,
    timeout: IDLE_MS_MAX,
    maxSockets: SOCKETS_MAX,
    scheduling: 'lifo',
  } as const;
  return {
    target: urlToHttpOptions(url),
    // Said outright, because an environment variable can turn it off for everything that does not say so.
    agent: secure ? new https.Agent({ ...options, rejectUnauthorized: true }) : new http.Agent(options),
    request: secure ? https.request : http.request,
    readyEvent: secure ? 'secureConnect' : 'connect',
  };
}
