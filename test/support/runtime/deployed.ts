import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FUNCTIONS, type FunctionName } from '../../../infra/manifest';
import type { RuntimeProcess } from '../../../local/aws/execution-environment';
import type { LambdaHandler } from '../../../local/aws/invoke';
import { type LambdaFunction, lambdaFunction } from '../../../local/aws/lambda-function';
import { IN_PROCESS } from './in-process';

/** What `npm run test:runtime` tells the tests, in the file that this variable names. */
export const TEST_RUNTIME = 'TEST_RUNTIME';

export interface TestRuntime {
  /** Node 24 under the runtime interface client, with the test's clock. */
  readonly runtime: RuntimeProcess;
  /** Where the bundles are, each in a folder of its function's name. */
  readonly bundles: string;
  /** Where each invocation is noted, one line of JSON each. */
  readonly notes: string;
}

/** One invocation, and which way it went. */
export interface Note {
  /** From the project's root. */
  readonly suite: string;
  readonly test: string;
  readonly name: FunctionName;
  readonly how: 'runtime' | 'in process';
}

const ROOT = path.resolve(__dirname, '../../..');
/** Processes of one function at once: a test that calls more often at once waits here, and would on Lambda have more. */
const CONCURRENCY_MAX = 6;
/** Two cores may be shared by many. */
const INIT_MS = 60_000;

/**
 * The functions of one world. As a rule they are in the test's own process; under `npm run test:runtime` they are the
 * bundles in processes of their own, and the tests are the same.
 */
export interface Deployments {
  /** Says with which variables the function would have to run that has these services. */
  deployedWith(services: object, environment: Readonly<Record<string, string>>): void;
  /** The function with these services; `inProcess` where they are not what a deployment could have. */
  handlerOf<Event>(
    name: FunctionName,
    services: object,
    inProcess: LambdaHandler<Event>,
  ): LambdaHandler<Event>;
  /** Time goes on for all of their processes. */
  moveClock(to: number): void;
  close(): Promise<void>;
}

/** Without a clock, their time is the machine's. */
export function startDeployments(now?: () => number): Deployments {
  const file = process.env[TEST_RUNTIME];
  if (file === undefined)
    return {
      deployedWith: () => {},
      handlerOf: (_name, _services, inProcess) => inProcess,
      moveClock: () => {},
      close: async () => {},
    };
  return new Processes(JSON.parse(readFileSync(file, 'utf8')) as TestRuntime, now);
}

class Processes implements Deployments {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'payscore-clock-'));
  readonly #clockFile = path.join(this.#folder, 'clock');
  readonly #clock = openSync(this.#clockFile, 'w+');
  readonly #environments = new WeakMap<object, Readonly<Record<string, string>>>();
  readonly #functions = new Map<object, Map<FunctionName, LambdaFunction>>();

  constructor(
    private readonly given: TestRuntime,
    private readonly now: (() => number) | undefined,
  ) {
    if (now !== undefined) this.moveClock(now());
  }

  deployedWith(services: object, environment: Readonly<Record<string, string>>): void {
    this.#environments.set(services, environment);
  }

  handlerOf<Event>(
    name: FunctionName,
    services: object,
    inProcess: LambdaHandler<Event>,
  ): LambdaHandler<Event> {
    const environment = this.#environments.get(services);
    const place = async (): Promise<LambdaHandler<Event>> => {
      const { testPath = '', currentTestName: test = '' } = expect.getState();
      const suite = path.relative(ROOT, testPath);
      const here = environment === undefined || staysInProcess(suite, test);
      this.#note({ suite, test, name, how: here ? 'in process' : 'runtime' });
      if (here) return inProcess;
      const { handler } = this.#function(name, services, environment);
      return (await handler.place?.()) ?? handler;
    };
    return Object.assign(async (...given: Parameters<LambdaHandler<Event>>) => (await place())(...given), {
      place,
    });
  }

  moveClock(to: number): void {
    writeSync(this.#clock, new Uint8Array(Float64Array.of(to).buffer), 0, 8, 0);
  }

  async close(): Promise<void> {
    const functions = [...this.#functions.values()].flatMap((ofServices) => [...ofServices.values()]);
    await Promise.all(functions.map(async (one) => one.close()));
    closeSync(this.#clock);
    rmSync(this.#folder, { recursive: true });
  }

  #function(
    name: FunctionName,
    services: object,
    environment: Readonly<Record<string, string>>,
  ): LambdaFunction {
    const ofServices = this.#functions.get(services) ?? new Map<FunctionName, LambdaFunction>();
    this.#functions.set(services, ofServices);
    const known = ofServices.get(name);
    if (known !== undefined) return known;
    const made = lambdaFunction({
      functionName: name,
      memoryMb: FUNCTIONS[name].memoryMb,
      taskRoot: path.join(this.given.bundles, name),
      runtime: this.given.runtime,
      environment: {
        ...environment,
        ...(this.now === undefined ? {} : { TEST_CLOCK_FILE: this.#clockFile }),
      },
      concurrencyMax: CONCURRENCY_MAX,
      initMs: INIT_MS,
      ...(this.now === undefined ? {} : { now: this.now }),
      // As it would be in this process: a test that wants to see the log listens there.
      ...(environment['LOG_LEVEL'] === 'SILENT' ? {} : { onOutput: (chunk) => process.stdout.write(chunk) }),
    });
    ofServices.set(name, made);
    return made;
  }

  #note(note: Note): void {
    appendFileSync(this.given.notes, `${JSON.stringify(note)}\n`);
  }
}

function staysInProcess(suite: string, test: string): boolean {
  return IN_PROCESS.some(
    (one) => one.suite === suite && (one.tests?.some((name) => test.startsWith(name)) ?? true),
  );
}
