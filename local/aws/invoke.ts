import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './identity';

type Handler<Event> = (event: Event, context: Context) => Promise<unknown>;

export type LambdaHandler<Event> = Handler<Event> & {
  /**
   * Of a function with processes of its own: resolves when one of them is there for the next event, and nothing else. On
   * Lambda, too, the time in which a function starts is not of its timeout.
   */
  readonly place?: () => Promise<Handler<Event>>;
};

export interface InvokeOptions {
  readonly functionName: string;
  readonly timeoutMs: number;
  readonly memoryMb?: number;
  readonly now?: () => number;
}

/** How one invocation ended. */
export type Invocation =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timed_out'; readonly timeoutMs: number };

/**
 * Calls a handler as Lambda would: event and result pass through JSON, and after `timeoutMs` nobody waits any longer.
 * Unlike Lambda, which kills the process, a handler that has timed out here goes on; its result is dropped.
 */
export async function invoke<Event>(
  handler: LambdaHandler<Event>,
  event: Event,
  options: InvokeOptions,
): Promise<Invocation> {
  const { timeoutMs } = options;
  const placed = await placedIn(handler);
  if (placed instanceof Error) return { kind: 'threw', error: placed };
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Invocation>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'timed_out', timeoutMs }), timeoutMs);
  });
  try {
    return await Promise.race([run(placed, event, lambdaContext(options)), timeout]);
  } finally {
    clearTimeout(timer);
  }
}

async function placedIn<Event>(handler: LambdaHandler<Event>): Promise<Handler<Event> | Error> {
  try {
    return (await handler.place?.()) ?? handler;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function run<Event>(handler: Handler<Event>, event: Event, context: Context): Promise<Invocation> {
  try {
    return { kind: 'returned', value: throughJson(await handler(throughJson(event), context)) };
  } catch (error) {
    return { kind: 'threw', error };
  }
}

/** `undefined` becomes null; what JSON cannot say (a cycle, a bigint) throws, as it does in the Lambda runtime. */
function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value) ?? 'null');
}

/** The second argument of a handler. Its remaining time counts down by `now`. */
export function lambdaContext({
  functionName,
  timeoutMs,
  memoryMb = 512,
  now = Date.now,
}: InvokeOptions): Context {
  const deadline = now() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${LOCAL_REGION}:${LOCAL_ACCOUNT}:function:${functionName}`,
    memoryLimitInMB: String(memoryMb),
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: `local/[$LATEST]${randomUUID().replaceAll('-', '')}`,
    getRemainingTimeInMillis: () => Math.max(0, deadline - now()),
    done: noCallbacks,
    fail: noCallbacks,
    succeed: noCallbacks,
  };
}

/** The Node 24 runtime has dropped them: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
function noCallbacks(): never {
  throw new Error('handlers are async functions; context.done, fail and succeed do nothing on Lambda');
}
