import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { bundleOptions } from '../../../infra/bundling';
import type { FunctionName } from '../../../infra/manifest';
import type { LambdaHandler } from '../../../local/aws/invoke';

export interface OwnFunction {
  readonly handler: LambdaHandler<unknown>;
  close(): Promise<void>;
}

/** Awaits the module, and then does one invocation after the other. */
const BOOTSTRAP = `
const { parentPort, workerData } = require('node:worker_threads');
const loaded = import(workerData);
parentPort.on('message', async ({ id, event, context, remainingMs }) => {
  const until = Date.now() + remainingMs;
  try {
    const { handler } = await loaded;
    const value = await handler(event, { ...context, getRemainingTimeInMillis: () => until - Date.now() });
    parentPort.postMessage({ id, value: JSON.stringify(value) });
  } catch (error) {
    parentPort.postMessage({ id, error: String(error?.stack ?? error) });
  }
});`;

interface Reply {
  readonly id: number;
  readonly value?: string;
  readonly error?: string;
}

/**
 * The bundle that would be deployed, in a thread with an environment of its own: so it has, as on AWS, credentials that
 * nobody else has, and what arrives at AWS says whose call it is.
 */
export async function startFunction(
  name: FunctionName,
  environment: Readonly<Record<string, string>>,
): Promise<OwnFunction> {
  const folder = await mkdtemp(path.join(tmpdir(), 'payscore-collector-'));
  const file = path.join(folder, `${name}.mjs`);
  await build(bundleOptions(name, file));
  const env = { ...environment, AWS_ACCESS_KEY_ID: name, AWS_SECRET_ACCESS_KEY: 'of nobody' };
  const worker = new Worker(BOOTSTRAP, { eval: true, env, workerData: pathToFileURL(file).href });
  const waiting = new Map<number, (reply: Reply) => void>();
  worker.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
  worker.on('error', (error) => {
    for (const [id, settle] of waiting) settle({ id, error: String(error) });
  });
  let ids = 0;
  return {
    handler: async (event, context) => {
      const id = (ids += 1);
      const { functionName, awsRequestId, invokedFunctionArn, memoryLimitInMB, functionVersion } = context;
      const reply = await new Promise<Reply>((resolve) => {
        waiting.set(id, resolve);
        worker.postMessage(
          {
            id,
            event,
            context: { functionName, awsRequestId, invokedFunctionArn, memoryLimitInMB, functionVersion },
            remainingMs: context.getRemainingTimeInMillis(),
          },
          [],
        );
      });
      waiting.delete(id);
      if (reply.error !== undefined) throw new Error(`${name}: ${reply.error}`);
      return JSON.parse(reply.value ?? 'null') as unknown;
    },
    close: async () => {
      await worker.terminate();
      await rm(folder, { recursive: true });
    },
  };
}
