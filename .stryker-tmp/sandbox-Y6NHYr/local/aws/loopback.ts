import type { IncomingMessage, Server } from 'node:http';

/** Something of AWS's that answers on this machine. */
export interface LocalServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Ends every connection, waiting clients included. */
  close(): Promise<void>;
}

/** Listens on loopback only; port 0 takes any free one. Rejects when the port is taken. */
export async function listen(server: Server, port = 0): Promise<LocalServer> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening server has a port');
  return { url: `http://127.0.0.1:${address.port}`, close: async () => stop(server) };
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    // SDK clients keep connections alive, and a server with connections does not close.
    server.closeAllConnections();
  });
}

/** The whole body, or `undefined` when it is longer than `maxBytes` or the client has gone. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      // What is too much is still read, and thrown away: a client that is writing would not see the answer otherwise.
      if (bytes <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
    });
    request.on('end', () => resolve(bytes <= maxBytes ? Buffer.concat(chunks) : undefined));
    request.on('error', () => resolve(undefined));
  });
}
