import { createServer, type RequestListener } from 'node:http';
import type { Server } from 'node:http';

// WeChat Pay: Keep-Alive: timeout=8.
const KEEP_ALIVE_MS = 8_000;

/** One host of WeChat Pay: a loopback listener that can fall silent and come back on the same port. */
export interface Listener {
  readonly url: string;
  /** While down, connections are refused and those that were open are gone. */
  setDown: (down: boolean) => Promise<void>;
  close: () => Promise<void>;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('not listening on a TCP port'));
      else resolve(address.port);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Port 0 takes any free one. */
export async function startListener(port: number, handle: RequestListener): Promise<Listener> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handle);
  const actual = await listen(server, port);
  const close = (): Promise<void> => (server.listening ? stop(server) : Promise.resolve());
  return {
    url: `http://127.0.0.1:${actual}`,
    close,
    setDown: async (down) => {
      if (down) await close();
      else if (!server.listening) await listen(server, actual);
    },
  };
}
