import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type LocalServer } from '../../local/aws/loopback';

export interface Disturbance {
  /** `lost_request`: it never arrives. `lost_answer`: it is done, and the answer is lost. */
  readonly kind: 'lost_request' | 'lost_answer';
  /** The last word of `X-Amz-Target`: `GetItem`, `UpdateItem`. */
  readonly action: string;
  readonly times: number;
  /** So many matching requests pass before. */
  readonly after?: number;
}

export interface FlakyProxy extends LocalServer {
  disturb(disturbance: Disturbance): void;
  /** Everything passes again. */
  heal(): void;
  /** Told of every request that writes, once it has arrived as a whole. */
  onWrite(told: (write: Write) => void): void;
}

/** A request that may change the table, with its parameters. */
export interface Write {
  readonly action: string;
  readonly text: string;
}

const READS = /^(Get|BatchGet|Query|Scan|Describe|List)/;

/** Stands between an SDK client and a stand-in for AWS, and loses what it is told to lose. */
export async function startFlakyProxy(target: string): Promise<FlakyProxy> {
  let disturbances: { given: Disturbance; seen: number }[] = [];
  let told: ((write: Write) => void) | undefined;

  function disturbed(action: string): Disturbance['kind'] | undefined {
    for (const one of disturbances) {
      if (one.given.action !== action) continue;
      one.seen += 1;
      const { after = 0, times, kind } = one.given;
      if (one.seen > after && one.seen <= after + times) return kind;
    }
    return undefined;
  }

  function forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const action = /\.(\w+)$/.exec(String(incoming.headers['x-amz-target']))?.[1] ?? '';
    const kind = disturbed(action);
    if (kind === 'lost_request') {
      incoming.socket.destroy();
      return;
    }
    const { method, url, headers } = incoming;
    const outgoing = httpRequest(`${target}${url ?? '/'}`, { method, headers }, (upstream) => {
      if (kind === 'lost_answer') {
        upstream.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(upstream.statusCode ?? 500, upstream.headers);
      upstream.pipe(answer);
    });
    outgoing.on('error', () => incoming.socket.destroy());
    if (told !== undefined && !READS.test(action)) {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => told?.({ action, text: Buffer.concat(chunks).toString('utf8') }));
    }
    incoming.pipe(outgoing);
  }

  const local = await listen(createServer(forward));
  return {
    ...local,
    disturb: (given) => disturbances.push({ given, seen: 0 }),
    heal: () => {
      disturbances = [];
    },
    onWrite: (listener) => {
      told = listener;
    },
  };
}
