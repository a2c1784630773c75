import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FunctionError } from '../../../local/aws/execution-environment';
import { type Invocation, invoke } from '../../../local/aws/invoke';
import {
  type LambdaFunction,
  lambdaFunction,
  type LambdaFunctionOptions,
} from '../../../local/aws/lambda-function';
import { listen } from '../../../local/aws/loopback';
import { productionNode, productionRuntime } from '../../support/runtime/production';

const folder = mkdtempSync(path.join(tmpdir(), 'payscore-function-'));
const runtime = productionRuntime(productionNode());
const open: LambdaFunction[] = [];
const written: string[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (one) => one.close()));
  written.length = 0;
});
afterAll(() => rmSync(folder, { recursive: true }));

let numbers = 0;

/** A function of this code. */
function functionOf(code: string, more: Partial<LambdaFunctionOptions> = {}): LambdaFunction {
  const taskRoot = path.join(folder, `f${(numbers += 1)}`);
  mkdirSync(taskRoot);
  writeFileSync(path.join(taskRoot, 'index.mjs'), code);
  const made = lambdaFunction({
    functionName: 'tried',
    memoryMb: 256,
    taskRoot,
    runtime,
    environment: {},
    concurrencyMax: 3,
    initMs: 60_000,
    onOutput: (chunk) => written.push(chunk.toString()),
    ...more,
  });
  open.push(made);
  return made;
}

const call = async (of: LambdaFunction, event: unknown = {}, timeoutMs = 60_000): Promise<Invocation> =>
  invoke(of.handler, event, { functionName: 'tried', timeoutMs });

/** What a call came to: the value, or the error in Lambda's words. */
async function came(...called: Parameters<typeof call>): Promise<unknown> {
  const ended = await call(...called);
  if (ended.kind === 'returned') return ended.value;
  if (ended.kind === 'timed_out') return 'timed out';
  if (!(ended.error instanceof FunctionError)) throw ended.error;
  return ended.error.message;
}

const COUNTING = 'let calls = 0; export const handler = async () => ({ pid: process.pid, calls: ++calls });';

test('a function runs on Node 24, with the variables that Lambda sets and none of this process', async () => {
  process.env['OF_THE_TEST'] = 'here';
  const of = functionOf(
    'export const handler = async () => ({ version: process.version, env: process.env });',
    {
      environment: { TABLE_NAME: 'ledger' },
    },
  );
  const { version, env } = (await came(of)) as { version: string; env: Record<string, string> };
  expect(version).toMatch(/^v24\./);
  expect(env).toEqual({
    TABLE_NAME: 'ledger',
    AWS_LAMBDA_RUNTIME_API: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string,
    AWS_LAMBDA_FUNCTION_NAME: 'tried',
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/tried',
    AWS_LAMBDA_LOG_STREAM_NAME: 'local/[$LATEST]',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: expect.any(String) as string,
    AWS_SESSION_TOKEN: 'session-of-tried',
    LAMBDA_TASK_ROOT: expect.stringContaining(folder) as string,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _HANDLER: 'index.handler',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    _X_AMZN_TRACE_ID: expect.stringMatching(
      /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
    ) as string,
  });
});

test('event and answer go through JSON as UTF-8, and the context says whose invocation it is', async () => {
  const of = functionOf(`export const handler = async (event, context) => ({
    event, request: context.awsRequestId, arn: context.invokedFunctionArn,
    left: context.getRemainingTimeInMillis() })`);
  const ended = (await came(of, { 金额: '¥1,00 – ü' }, 30_000)) as { left: number };
  expect(ended).toEqual({
    event: { 金额: '¥1,00 – ü' },
    request: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:tried',
    left: expect.any(Number) as number,
  });
  expect(ended.left).toBeLessThanOrEqual(30_000);
  expect(ended.left).toBeGreaterThan(0);
  expect(await came(functionOf('export const handler = async () => undefined'))).toBeNull();
});

test('calls one after the other are done by one process, which keeps what it knows', async () => {
  const of = functionOf(COUNTING);
  const first = (await came(of)) as { pid: number };
  expect([await came(of), await came(of)]).toEqual([
    { pid: first.pid, calls: 2 },
    { pid: first.pid, calls: 3 },
  ]);
  expect(of.started()).toBe(1);
});

test('calls at the same time are done by processes of their own, up to the limit; what is more waits its turn', async () => {
  const of = functionOf(
    `let calls = 0; export const handler = async () => {
      const n = ++calls; await new Promise((done) => setTimeout(done, 200));
      return calls === n ? process.pid : 'two at once'; }`,
  );
  const pids = await Promise.all(Array.from({ length: 7 }, async () => came(of)));
  expect(pids).not.toContain('two at once');
  expect(new Set(pids).size).toBe(3);
  expect(of.started()).toBe(3);
});

test('an error that a handler throws is the caller’s to read, and the process goes on', async () => {
  const of = functionOf(`let calls = 0;
    class PolicyError extends Error { name = 'PolicyError' }
    export const handler = async () => { if (++calls === 1) throw new PolicyError('not at this hour'); return calls; }`);
  expect(await came(of)).toBe('PolicyError: not at this hour');
  expect(await came(of)).toBe(2);
  expect(of.started()).toBe(1);
  // AWS's runtime interface client writes it to the log.
  expect(written.join('')).toContain('"errorType":"PolicyError"');
});

test('what a handler returns that JSON cannot say is an error of the runtime, as on Lambda', async () => {
  const of = functionOf('export const handler = async () => 10n');
  expect(await came(of)).toBe('Runtime.JSONStringifyError: Unable to stringify response body');
});

test('a module that throws while it is loaded fails the call that wanted it, and every later one tries anew', async () => {
  const flag = path.join(folder, 'flag');
  const of = functionOf(`import { existsSync } from 'node:fs';
    if (!existsSync(${JSON.stringify(flag)})) throw new RangeError('TABLE_NAME is missing');
    export const handler = async () => 'up';`);
  expect(await came(of)).toBe('RangeError: TABLE_NAME is missing');
  expect(await came(of)).toBe('RangeError: TABLE_NAME is missing');
  writeFileSync(flag, '');
  expect(await came(of)).toBe('up');
  expect(of.started()).toBe(3);
});

test('a bundle without the handler fails in the words of Lambda', async () => {
  expect(await came(functionOf('export const main = async () => 1;'))).toBe(
    'Runtime.HandlerNotFound: index.handler is undefined or not exported',
  );
  expect(await came(functionOf('export const handler = (event, context, done) => done();'))).toMatch(
    /^Runtime\.CallbackHandlerDeprecated: /,
  );
});

test('a module that is not loaded in its time is given up', async () => {
  const of = functionOf(
    'await new Promise(() => setTimeout(() => {}, 1e6)); export const handler = async () => 1;',
    {
      initMs: 1_500,
    },
  );
  expect(await came(of)).toBe('Sandbox.Timedout: Init did not end within 1500 ms');
});

test('a process that ends in the middle of a call fails that call, and the next one has a new process', async () => {
  const of = functionOf(`let calls = 0;
    export const handler = async ({ die }) => { calls += 1; if (die) process.exit(3); return calls; }`);
  expect(await came(of, {})).toBe(1);
  expect(await came(of, { die: true })).toBe('Runtime.ExitError: Runtime exited with status 3');
  expect(await came(of, {})).toBe(1);
  expect(of.started()).toBe(2);
});

test('what an earlier call left behind and then throws ends the process: the call under way fails with it', async () => {
  const of = functionOf(`let next = false;
    export const handler = async ({ leave }) => {
      if (leave) { setInterval(() => { if (next) throw new Error('left behind'); }, 20); return 'left'; }
      next = true; await new Promise((done) => setTimeout(done, 30_000)); return 'not reached'; }`);
  expect(await came(of, { leave: true })).toBe('left');
  expect(await came(of, {})).toMatch(/^Runtime\.ExitError|^Error: left behind/);
  expect(await came(of, { leave: true })).toBe('left');
  expect(of.started()).toBe(2);
});

test('a call that runs into its timeout is killed, not waited for, and the next one has a new process', async () => {
  const marks: string[] = [];
  const server = createServer((request, answer) => {
    marks.push(request.url ?? '');
    answer.end();
  });
  const local = await listen(server);
  const { url } = local;
  const of = functionOf(`export const handler = async ({ slow }) => {
    if (!slow) return process.pid;
    await fetch('${url}/began');
    await new Promise((done) => setTimeout(done, 3_000));
    await fetch('${url}/went-on'); }`);
  const pid = await came(of, {});
  expect(await came(of, { slow: true }, 1_500)).toBe('timed out');
  const next = await came(of, {});
  expect(next).not.toBe(pid);
  await new Promise((done) => setTimeout(done, 2_500));
  expect(marks).toEqual(['/began']);
  await local.close();
});

test('between two calls there is no time for a function: what it left behind goes on with the next event', async () => {
  const marks: string[] = [];
  const server = createServer((request, answer) => {
    marks.push(request.url ?? '');
    answer.end();
  });
  const local = await listen(server);
  const { url } = local;
  const of = functionOf(`import { get } from 'node:http';
    export const handler = async ({ leave }) => {
      if (leave) setInterval(() => get('${url}/tick').on('error', () => {}), 20);
      else await new Promise((done) => setTimeout(done, 400));
      return 'done'; }`);
  expect(await came(of, { leave: true })).toBe('done');
  await settled(of);
  // A request that was on its way when the process was stopped arrives all the same, if late.
  let quiet = false;
  for (let tries = 0; tries < 5 && !quiet; tries += 1) {
    const seen = marks.length;
    await new Promise((done) => setTimeout(done, 600));
    quiet = marks.length === seen;
  }
  expect(quiet).toBe(true);
  const before = marks.length;
  expect(await came(of, {})).toBe('done');
  expect(marks.length).toBeGreaterThan(before);
  await of.close();
  await local.close();
});

/** Resolves when the process has asked for its next event and has been stopped. */
async function settled(of: LambdaFunction): Promise<void> {
  await of.warm();
}

test('a connection that its server closed while the function was frozen is met at the next call, as on Lambda', async () => {
  const server = createServer((_, answer) => answer.end('ok'));
  server.keepAliveTimeout = 100;
  const local = await listen(server);
  const { url } = local;
  const of = functionOf(`import { Agent, request } from 'node:http';
    const agent = new Agent({ keepAlive: true });
    export const handler = async () => new Promise((resolve) => {
      const outgoing = request('${url}', { agent }, (incoming) => {
        incoming.resume(); incoming.on('end', () => resolve(outgoing.reusedSocket ? 'reused' : 'new')); });
      outgoing.on('error', (error) => resolve(outgoing.reusedSocket + ' ' + error.code));
      outgoing.end(); });`);
  expect(await came(of)).toBe('new');
  await new Promise((done) => setTimeout(done, 2_500));
  expect(['true ECONNRESET', 'true EPIPE', 'new']).toContain(await came(of));
  expect(await came(of)).toMatch(/new|reused/);
  await local.close();
});

test('an answer of more than 6 MB is refused, and the process goes on', async () => {
  const of = functionOf("export const handler = async ({ bytes }) => 'x'.repeat(bytes);");
  expect(await came(of, { bytes: 6 * 1_024 * 1_024 - 2 })).toHaveLength(6 * 1_024 * 1_024 - 2);
  expect(await came(of, { bytes: 6 * 1_024 * 1_024 })).toBe(
    'Function.ResponseSizeTooLarge: Response payload size exceeded maximum allowed payload size (6291456 bytes).',
  );
  expect(await came(of, { bytes: 1 })).toBe('x');
  expect(of.started()).toBe(1);
});

test('closing ends every process, frozen or at work', async () => {
  const of = functionOf(
    'export const handler = async ({ ms }) => { await new Promise((d) => setTimeout(d, ms)); return process.pid; }',
  );
  const pid = (await came(of, { ms: 0 })) as number;
  const working = came(of, { ms: 60_000 });
  await new Promise((done) => setTimeout(done, 200));
  await of.close();
  expect(await working).toBe('Runtime.ExitError: it was ended');
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await expect(came(of)).rejects.toThrow('tried is closed');
});
