// Loaded before AWS's runtime interface client, which reaches the Runtime API through an addon that has to be compiled
// (libcurl, C++). Here the same three functions are made of Node's own HTTP; everything else is AWS's code.
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import Module from 'node:module';

const [hostname = '', port = ''] = String(process.env['AWS_LAMBDA_RUNTIME_API']).split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const INVOCATION = '/2018-06-01/runtime/invocation';

interface Answer {
  readonly bodyJson: string;
  readonly headers: IncomingHttpHeaders;
}

async function exchange(method: 'GET' | 'POST', path: string, body?: string, more = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const headers = { ...length, ...more };
    const outgoing = request({ hostname, port, agent, method, path, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ bodyJson: Buffer.concat(chunks).toString('utf8'), headers: incoming.headers }),
      );
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** The addon blocks until a report has arrived: here the next question waits for it. */
let reported: Promise<unknown> = Promise.resolve();

const nativeClient = {
  async next(): Promise<Answer> {
    await reported;
    return exchange('GET', `${INVOCATION}/next`);
  },
  done(id: string, body: string): void {
    reported = exchange('POST', `${INVOCATION}/${id}/response`, body);
  },
  error(id: string, body: string, xray: string): void {
    const cause = { 'lambda-runtime-function-xray-error-cause': encodeURIComponent(xray) };
    reported = exchange('POST', `${INVOCATION}/${id}/error`, body, cause);
  },
};

// The way in which `require` finds a module has this name in Node, and no other.
const LOAD = '_load';
const loader = Module as unknown as Record<typeof LOAD, (name: string, ...rest: unknown[]) => unknown>;
const load = loader[LOAD].bind(loader);
loader[LOAD] = (name, ...rest) => (name === './rapid-client.node' ? nativeClient : load(name, ...rest));
