import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { FunctionSpec } from '../../infra/manifest';
import { LOCAL_AWS, LOCAL_REGION } from './identity';
import { type Handed, type Report, type RuntimeApi, type RuntimeError, startRuntimeApi } from './runtime-api';

/** What runs a function: the Node of the runtime, with the arguments that make it the runtime. */
export interface RuntimeProcess {
  readonly command: string;
  readonly args: readonly string[];
}

export interface EnvironmentOptions {
  readonly functionName: string;
  readonly memoryMb: FunctionSpec['memoryMb'];
  /** Where `index.mjs` is: `LAMBDA_TASK_ROOT`. */
  readonly taskRoot: string;
  readonly runtime: RuntimeProcess;
  /** The function's own variables. Nothing of this process's environment reaches it. */
  readonly environment: Readonly<Record<string, string>>;
  /** For the module to be loaded; Lambda gives it 10 s. */
  readonly initMs?: number;
  /** What the function writes to its log. */
  readonly onOutput?: (chunk: Buffer) => void;
}

const INIT_MS = 10_000;

/** Why an invocation, or the start, came to nothing. `errorType` is in Lambda's words. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  constructor(readonly reported: RuntimeError) {
    super(`${reported.errorType}: ${reported.errorMessage}`);
  }
}

function platformError(errorType: string, errorMessage: string): FunctionError {
  return new FunctionError({ errorType, errorMessage, trace: [] });
}

/** One process with one function in it, which does one invocation after the other and is frozen in between. */
export interface ExecutionEnvironment {
  /** Resolves with the answer, as text; rejects with a FunctionError. After `timeoutMs` the process is killed. */
  invoke(invocation: Handed, timeoutMs: number): Promise<string>;
  /** Resolves when it can take the next event: true; or has ended: false. */
  free(): Promise<boolean>;
  /** Whether the process is stopped now, as Lambda stops it between two events. */
  frozen(): boolean;
  end(): Promise<void>;
}

/** Starts the process and waits for its first question for an event. */
export async function startExecutionEnvironment(options: EnvironmentOptions): Promise<ExecutionEnvironment> {
  const environment = new Environment(options);
  await environment.start();
  return environment;
}

type State =
  | { readonly kind: 'starting' | 'idle' | 'finishing' }
  | { readonly kind: 'busy'; readonly settle: (ended: Report | FunctionError) => void }
  | { readonly kind: 'ended'; readonly because: FunctionError };

class Environment implements ExecutionEnvironment {
  #state: State = { kind: 'starting' };
  #frozen = false;
  #api: RuntimeApi | undefined;
  #child: ChildProcess | undefined;
  #ending: Promise<void> | undefined;
  #waiting: (() => void)[] = [];

  constructor(private readonly options: EnvironmentOptions) {}

  async start(): Promise<void> {
    const { runtime, taskRoot, onOutput, initMs = INIT_MS } = this.options;
    const api = (this.#api = await startRuntimeApi((report) => this.#heard(report)));
    const child = spawn(runtime.command, runtime.args, {
      cwd: taskRoot,
      env: environmentOf(this.options, api.host),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => onOutput?.(chunk));
    child.on('error', (error) => this.#ended(platformError('Runtime.InvalidEntrypoint', error.message)));
    child.on('exit', (status, signal) =>
      this.#ended(platformError('Runtime.ExitError', `Runtime exited with ${signal ?? `status ${status}`}`)),
    );
    const late = setTimeout(
      () => this.#kill(platformError('Sandbox.Timedout', `Init did not end within ${initMs} ms`)),
      initMs,
    );
    await this.#change();
    clearTimeout(late);
    if (this.#state.kind !== 'ended') return;
    const { because } = this.#state;
    await this.end();
    throw because;
  }

  async invoke(invocation: Handed, timeoutMs: number): Promise<string> {
    if (this.#state.kind === 'ended') throw this.#state.because;
    if (this.#state.kind !== 'idle') throw new Error('one invocation at a time');
    const ended = new Promise<Report | FunctionError>((resolve) => {
      this.#state = { kind: 'busy', settle: resolve };
    });
    // First the event, then the life to read it: what the process does before it has read must not depend on it.
    this.#api?.hand(invocation);
    this.#thaw();
    const message = `RequestId: ${invocation.requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
    const timer = setTimeout(() => this.#kill(platformError('Sandbox.Timedout', message)), timeoutMs);
    const report = await ended;
    clearTimeout(timer);
    if (report instanceof FunctionError) throw report;
    if (report.kind === 'responded') return report.body;
    throw new FunctionError(report.kind === 'failed' ? report.error : unexpected(report));
  }

  async free(): Promise<boolean> {
    while (this.#state.kind !== 'idle' && this.#state.kind !== 'ended') await this.#change();
    return this.#state.kind === 'idle';
  }

  frozen(): boolean {
    return this.#frozen;
  }

  async end(): Promise<void> {
    return (this.#ending ??= this.#stop());
  }

  async #stop(): Promise<void> {
    const child = this.#child;
    if (
      child !== undefined &&
      child.exitCode === null &&
      child.signalCode === null &&
      child.pid !== undefined
    ) {
      const gone = once(child, 'exit');
      this.#kill(platformError('Runtime.ExitError', 'it was ended'));
      await gone;
    }
    await this.#api?.close();
  }

  #heard(report: Report): void {
    const state = this.#state;
    if (state.kind === 'ended') return;
    switch (report.kind) {
      case 'init_failed':
        this.#kill(new FunctionError(report.error));
        return;
      case 'ready':
        // Lambda lets nothing run that an invocation has left behind: until the next event there is no time at all.
        this.#freeze();
        this.#become({ kind: 'idle' });
        return;
      case 'responded':
      case 'failed':
        this.#become({ kind: 'finishing' });
        if (state.kind === 'busy') state.settle(report);
    }
  }

  #kill(because: FunctionError): void {
    this.#ended(because);
    // A stopped process, too.
    this.#child?.kill('SIGKILL');
  }

  #ended(because: FunctionError): void {
    const state = this.#state;
    if (state.kind === 'ended') return;
    this.#become({ kind: 'ended', because });
    if (state.kind === 'busy') state.settle(because);
  }

  #freeze(): void {
    this.#frozen = this.#child?.kill('SIGSTOP') === true;
  }

  #thaw(): void {
    this.#child?.kill('SIGCONT');
    this.#frozen = false;
  }

  #become(state: State): void {
    this.#state = state;
    for (const told of this.#waiting.splice(0)) told();
  }

  async #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

function unexpected({ kind }: Report): RuntimeError {
  return { errorType: 'Runtime.Unknown', errorMessage: `the runtime said ${kind}`, trace: [] };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function environmentOf(
  { functionName, memoryMb, taskRoot, environment }: EnvironmentOptions,
  runtimeApi: string,
): Record<string, string> {
  return {
    ...environment,
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local/[$LATEST]',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_ACCESS_KEY_ID: LOCAL_AWS.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: LOCAL_AWS.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: `session-of-${functionName}`,
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    _HANDLER: 'index.handler',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/usr/local/bin:/usr/bin:/bin',
  };
}
