import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, type LocalServer, readBody } from './loopback';

/** What a synchronous invocation may answer. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const RESPONSE_BYTES_MAX = 6 * 1_024 * 1_024;
/** What is read of a report at most; one over the limit is refused in the words of Lambda. */
const READ_BYTES_MAX = RESPONSE_BYTES_MAX + 1_024 * 1_024;

/** One event on its way to a function. */
export interface Handed {
  readonly requestId: string;
  /** JSON. */
  readonly event: string;
  /** When the invocation is over, by the function's own clock. */
  readonly deadlineAt: number;
  readonly functionArn: string;
}

/** An error as a runtime reports it. */
export interface RuntimeError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export type Report =
  /** The runtime asks for an event: it has started, or is done with the one before. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'init_failed'; readonly error: RuntimeError }
  | { readonly kind: 'responded'; readonly requestId: string; readonly body: string }
  | { readonly kind: 'failed'; readonly requestId: string; readonly error: RuntimeError };

export interface RuntimeApi extends LocalServer {
  /** `HOST:PORT`, as in `AWS_LAMBDA_RUNTIME_API`. */
  readonly host: string;
  /** Answers the question of the runtime for an event; it has to have asked. */
  hand(invocation: Handed): void;
}

const INVOCATION = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/;

/**
 * The HTTP interface between Lambda and the runtime in one execution environment.
 * https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(onReport: (report: Report) => void): Promise<RuntimeApi> {
  let asking: ServerResponse | undefined;
  let underWay: string | undefined;

  async function serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method, url = '', headers } = request;
    const body = (await readBody(request, READ_BYTES_MAX))?.toString('utf8');
    if (method === 'GET' && url === '/2018-06-01/runtime/invocation/next') {
      asking = answer;
      return onReport({ kind: 'ready' });
    }
    const type = String(headers['lambda-runtime-function-error-type'] ?? '');
    if (method === 'POST' && url === '/2018-06-01/runtime/init/error') {
      say(answer, 202, { status: 'OK' });
      return onReport({ kind: 'init_failed', error: readError(body, type) });
    }
    const [, id = '', what] = (method === 'POST' && INVOCATION.exec(url)) || [];
    const requestId = decodeURIComponent(id);
    if (what === undefined) return say(answer, 404, fault('InvalidPath', `${method} ${url}`));
    if (requestId !== underWay) return say(answer, 400, fault('InvalidRequestID', 'Invalid request ID'));
    underWay = undefined;
    if (what === 'error') {
      say(answer, 202, { status: 'OK' });
      return onReport({ kind: 'failed', requestId, error: readError(body, type) });
    }
    if (body === undefined || Buffer.byteLength(body) > RESPONSE_BYTES_MAX) {
      const tooLarge = `Response payload size exceeded maximum allowed payload size (${RESPONSE_BYTES_MAX} bytes).`;
      say(answer, 413, fault('RequestEntityTooLarge', tooLarge));
      const error = { errorType: 'Function.ResponseSizeTooLarge', errorMessage: tooLarge, trace: [] };
      return onReport({ kind: 'failed', requestId, error });
    }
    say(answer, 202, { status: 'OK' });
    onReport({ kind: 'responded', requestId, body });
  }

  const server = createServer((request, answer) => void serve(request, answer));
  // A runtime asks and waits, for hours if nobody calls, and is frozen between two events: no connection is idle here.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const local = await listen(server);
  return {
    ...local,
    host: new URL(local.url).host,
    hand: ({ requestId, event, deadlineAt, functionArn }) => {
      if (asking === undefined) throw new Error('the runtime has not asked for an event');
      const answer = asking;
      asking = undefined;
      underWay = requestId;
      answer.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': requestId,
        'lambda-runtime-deadline-ms': String(deadlineAt),
        'lambda-runtime-invoked-function-arn': functionArn,
        'lambda-runtime-trace-id': traceId(requestId),
      });
      answer.end(event);
    },
  };
}

/** One that was not sampled, with the parts that X-Ray's have. */
function traceId(requestId: string): string {
  const hex = requestId.replaceAll('-', '').padEnd(32, '0');
  return `Root=1-${hex.slice(0, 8)}-${hex.slice(8, 32)};Parent=${hex.slice(0, 16)};Sampled=0`;
}

function readError(body: string | undefined, type: string): RuntimeError {
  const given = parsed(body);
  const { errorType = type, errorMessage = '', trace = [], stackTrace = trace } = given;
  return { errorType: errorType || 'UnknownError', errorMessage, trace: stackTrace };
}

interface GivenError {
  readonly errorType?: string;
  readonly errorMessage?: string;
  readonly trace?: readonly string[];
  readonly stackTrace?: readonly string[];
}

function parsed(body: string | undefined): GivenError {
  try {
    return JSON.parse(body ?? '') as GivenError;
  } catch {
    // Lambda takes an error that nobody can read for one without words.
    return {};
  }
}

function fault(errorType: string, errorMessage: string): object {
  return { errorType, errorMessage };
}

function say(answer: ServerResponse, status: number, body: object): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
