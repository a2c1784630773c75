import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Formatter, Rsa } from 'wechatpay-axios-plugin';
import { PUBLIC_KEY_ID, WECHATPAY_PRIVATE_KEY } from './keys';

/** A request as it came over the wire. */
export interface Arrival {
  readonly method: string;
  /** Raw: as the request line has it. */
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Raw bytes. */
  readonly body: Buffer;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly arrivals: Arrival[];
  /** Connections accepted so far. */
  connections(): number;
  /** Bytes received so far, over all connections. */
  bytes(): number;
}

export type Handler = (arrival: Arrival, response: http.ServerResponse) => unknown;

const closers: (() => Promise<void>)[] = [];

/** Ends every server this file started, and their connections. */
export async function closeServers(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}

/** A real HTTP server on loopback that records what arrives, byte for byte. */
export async function serve(handler: Handler, server: net.Server = http.createServer()): Promise<Listening> {
  const arrivals: Arrival[] = [];
  const numbers = new WeakMap<net.Socket, number>();
  let connections = 0;
  server.on(
    server.listenerCount('tlsClientError') > 0 ? 'secureConnection' : 'connection',
    (socket: net.Socket) => numbers.set(socket, (connections += 1)),
  );
  server.on('request', (request: http.IncomingMessage, response: http.ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const arrival = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
        connection: numbers.get(request.socket) ?? 0,
      };
      arrivals.push(arrival);
      handler(arrival, response);
    });
  });
  return { ...(await listen(server)), arrivals, connections: () => connections };
}

/** A real TCP server on loopback; `converse` gets each connection and what arrived on it each time. */
export async function serveBytes(
  converse: (socket: net.Socket, received: string) => unknown,
): Promise<Omit<Listening, 'arrivals'>> {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    let received = '';
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => converse(socket, (received += chunk.toString('latin1'))));
  });
  return { ...(await listen(server)), connections: () => connections };
}

async function listen(server: net.Server): Promise<{ port: number; url: string; bytes: () => number }> {
  const sockets = new Set<net.Socket>();
  let bytes = 0;
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => (bytes += chunk.length));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, bytes: () => bytes };
}

/** A port of loopback on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Seconds since 1970 in all tests that pass a clock. */
export const NOW_S = 1_700_000_000;
export const NOW_MS = 1_700_000_000_000;

/** The headers of an answer, signed by someone else's code the way WeChat Pay signs. */
export function signedHeaders(
  body: string,
  { timestamp = NOW_S, nonce = 'n0nce', serial = PUBLIC_KEY_ID, key = WECHATPAY_PRIVATE_KEY } = {},
): Record<string, string> {
  return {
    'request-id': '08F1A2-0',
    'wechatpay-serial': serial,
    'wechatpay-timestamp': String(timestamp),
    'wechatpay-nonce': nonce,
    'wechatpay-signature': Rsa.sign(Formatter.response(timestamp, nonce, body), key),
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

/** Answers the way WeChat Pay does: a 2xx signed, anything else not. */
export function answer(
  response: http.ServerResponse,
  status: number,
  body = '',
  requestId = '08F1A2-0',
): void {
  const signed = status >= 200 && status < 300 ? signedHeaders(body) : {};
  response.writeHead(status, {
    ...signed,
    'request-id': requestId,
    ...(body === '' ? {} : { 'content-type': 'application/json' }),
  });
  response.end(body);
}
