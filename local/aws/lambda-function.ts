import type { Context } from 'aws-lambda';
import {
  type EnvironmentOptions,
  type ExecutionEnvironment,
  startExecutionEnvironment,
} from './execution-environment';
import type { LambdaHandler } from './invoke';

export interface LambdaFunctionOptions extends EnvironmentOptions {
  /** Environments at once; what is more waits, where Lambda would answer 429. */
  readonly concurrencyMax: number;
  /** The clock that deadlines are told by: the one in the function's processes. */
  readonly now?: () => number;
}

export interface LambdaFunction {
  /** Through JSON, the Runtime API and another process, to the bundle and back. */
  readonly handler: LambdaHandler<unknown>;
  /** Has an environment ready, as provisioned concurrency would. */
  warm(): Promise<void>;
  /** Processes started so far. */
  started(): number;
  /** Ends all of its processes. */
  close(): Promise<void>;
}

/**
 * A function as Lambda has it: an event goes to an environment that is free, or to a new one, never two events to one
 * at once; one that has crashed, or has run into its timeout, is replaced when the next event comes.
 */
export function lambdaFunction(options: LambdaFunctionOptions): LambdaFunction {
  return new Pool(options);
}

class Pool implements LambdaFunction {
  readonly #all = new Set<ExecutionEnvironment>();
  /** The one that was used last is used first. */
  readonly #free: ExecutionEnvironment[] = [];
  readonly #queue: (() => void)[] = [];
  /** Answered already: a matter of a millisecond, for which no new one is started. */
  readonly #finishing = new Set<Promise<void>>();
  /** Closing waits for those that are coming up. */
  readonly #starting = new Set<Promise<unknown>>();
  #taken = 0;
  #started = 0;
  #closed = false;

  constructor(private readonly options: LambdaFunctionOptions) {}

  readonly handler: LambdaHandler<unknown> = Object.assign(
    async (event: unknown, context: Context) => (await this.#place())(event, context),
    { place: async () => this.#place() },
  );

  async #place(): Promise<(event: unknown, context: Context) => Promise<unknown>> {
    const environment = await this.#take();
    return async (event, context) => this.#use(environment, event, context);
  }

  async #use(environment: ExecutionEnvironment, event: unknown, context: Context): Promise<unknown> {
    try {
      return await this.#run(environment, event, context);
    } finally {
      // The caller has its answer before the runtime has finished; only then is the environment free.
      const finishing = this.#whenFree(environment).finally(() => this.#finishing.delete(finishing));
      this.#finishing.add(finishing);
    }
  }

  async warm(): Promise<void> {
    const environment = await this.#take();
    this.#giveBack(environment, true);
  }

  started(): number {
    return this.#started;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#all].map(async (one) => one.end()));
    this.#all.clear();
  }

  async #run(environment: ExecutionEnvironment, event: unknown, context: Context): Promise<unknown> {
    const { awsRequestId: requestId, invokedFunctionArn: functionArn } = context;
    const remainingMs = context.getRemainingTimeInMillis();
    const deadlineAt = (this.options.now ?? Date.now)() + remainingMs;
    const handed = { requestId, functionArn, deadlineAt, event: JSON.stringify(event) ?? 'null' };
    const text = await environment.invoke(handed, remainingMs);
    return JSON.parse(text === '' ? 'null' : text) as unknown;
  }

  async #take(): Promise<ExecutionEnvironment> {
    if (this.#closed) throw new Error(`${this.options.functionName} is closed`);
    if (this.#taken >= this.options.concurrencyMax)
      await new Promise<void>((resolve) => {
        this.#queue.push(resolve);
      });
    else this.#taken += 1;
    let free = this.#free.pop();
    while (free === undefined && this.#finishing.size > 0) {
      await Promise.race(this.#finishing);
      free = this.#free.pop();
    }
    if (free !== undefined) return free;
    this.#started += 1;
    const starting = startExecutionEnvironment(this.options);
    this.#starting.add(starting);
    try {
      const fresh = await starting;
      this.#all.add(fresh);
      return fresh;
    } catch (error) {
      this.#leave();
      throw error;
    } finally {
      this.#starting.delete(starting);
    }
  }

  async #whenFree(environment: ExecutionEnvironment): Promise<void> {
    this.#giveBack(environment, await environment.free());
  }

  #giveBack(environment: ExecutionEnvironment, alive: boolean): void {
    if (alive) this.#free.push(environment);
    else {
      this.#all.delete(environment);
      void environment.end();
    }
    this.#leave();
  }

  /** Whoever waits takes the place. */
  #leave(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}
