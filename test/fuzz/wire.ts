import { connect } from 'node:net';
import type { Sent } from './requests';

/** How bytes are handed over. */
export interface Handing {
  /** Sent one after the other, each once the one before it has left. */
  readonly pieces: readonly Buffer[];
  /** What the client does when all is sent: waits until the server closes, says that it is done, or goes away at once. */
  readonly end: 'awaited' | 'said' | 'abrupt';
}

export interface WireAnswer {
  /** One for each answer that came, in their order. */
  readonly statuses: readonly number[];
  readonly text: string;
}

/** In true time: everything that is judged here is answered within milliseconds. */
const ANSWER_WITHIN_MS = 30_000;
/** A client that says that it is done is no longer answered by Node: it says so when nothing has come for that long. */
const END_AFTER_MS = 40;

/** What comes back until the connection is closed. Rejects when it stays open without an end. */
export async function exchange(url: string, { pieces, end }: Handing): Promise<WireAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    // A server may be done with its client before it has read everything.
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end of an answer within ${ANSWER_WITHIN_MS / 1000} s`));
    }, ANSWER_WITHIN_MS);
    let ending: NodeJS.Timeout | undefined;
    const endSoon = () => {
      clearTimeout(ending);
      ending = setTimeout(() => socket.end(), END_AFTER_MS);
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (ending !== undefined) endSoon();
    });
    // Refused while it was being sent: what was answered before counts.
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      clearTimeout(ending);
      const text = Buffer.concat(chunks).toString('utf8');
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ statuses: statuses.filter((status) => status !== 100), text });
    });
    const next = (at: number) => {
      const piece = pieces[at];
      if (piece !== undefined) socket.write(piece, () => setImmediate(next, at + 1));
      else if (end === 'abrupt') socket.destroy();
      else if (end === 'said') endSoon();
    };
    socket.on('connect', () => next(0));
  });
}

/** The bytes of a request after which the connection is over. */
export function bytesOf({ method, target, headers, body }: Sent): Buffer {
  const lines = [
    `${method} ${target} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: close',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** The one answer to a whole request. */
export function readAnswer({ statuses, text }: WireAnswer): {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
} {
  const end = text.indexOf('\r\n\r\n');
  const [, ...lines] = text.slice(0, Math.max(end, 0)).split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return {
    status: statuses[0] ?? 0,
    headers: Object.fromEntries(headers),
    text: end < 0 ? '' : text.slice(end + 4),
  };
}
