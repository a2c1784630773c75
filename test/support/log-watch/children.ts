import * as childProcess from 'node:child_process';
import path from 'node:path';

type Tell = (source: string, text: string) => void;
/** What every child comes from, whichever function started it; a stream or null where there is none. */
interface Child {
  spawn(options: SpawnOptions): unknown;
  stdout: ReadableEnd | null;
  stderr: ReadableEnd | null;
}
interface SpawnOptions {
  envPairs?: string[];
  stdio?: unknown;
}
interface ReadableEnd extends NodeJS.ReadableStream {
  push(chunk: unknown, ...rest: unknown[]): boolean;
}
interface SyncResult {
  readonly stdout?: string | Buffer | null;
  readonly stderr?: string | Buffer | null;
}

const PRELOAD = path.join(__dirname, 'watch-keys.cjs');
const NAMES = ['stdout', 'stderr'] as const;

/**
 * Tells of everything that children of this process write, without taking it from whoever reads it, and has the children
 * note their own keys in `keysFile`. @returns a function that ends it
 */
export function watchChildren(tell: Tell, keysFile: string): () => void {
  const prototype = (childProcess as unknown as { ChildProcess: { prototype: Child } }).ChildProcess
    .prototype;
  // oxlint-disable-next-line typescript/unbound-method -- called with its object below
  const { spawn } = prototype;
  prototype.spawn = function watched(this: Child, options) {
    const inherited = NAMES.filter((_, at) => inherits(options.stdio, at + 1));
    if (inherited.length > 0) options.stdio = piped(options.stdio);
    withKeys(options, keysFile);
    const status = spawn.call(this, options);
    for (const name of NAMES) {
      const stream = this[name];
      if (stream === null || stream === undefined) continue;
      if (inherited.includes(name)) {
        // It writes to where this process does, by way of the watch there; and whoever started it has nothing to read.
        stream.on('data', (chunk: Buffer) => process[name].write(chunk));
        this[name] = null;
      } else tap(stream, (text) => tell(`${name} of a child process`, text));
    }
    return status;
  };
  const undo = (['spawnSync', 'execFileSync', 'execSync'] as const).map((name) => watchSync(name, tell));
  return () => {
    prototype.spawn = spawn;
    for (const one of undo) one();
  };
}

function inherits(stdio: unknown, descriptor: number): boolean {
  const given: unknown = Array.isArray(stdio) ? stdio[descriptor] : stdio;
  return given === 'inherit' || given === descriptor;
}

function piped(stdio: unknown): unknown[] {
  const all: unknown[] = Array.isArray(stdio) ? [...(stdio as unknown[])] : [stdio, stdio, stdio];
  return all.map((given, at) => ((at === 1 || at === 2) && inherits(stdio, at) ? 'pipe' : given));
}

/** Each chunk on its way to whoever listens, or does not. */
function tap(stream: ReadableEnd, told: (text: string) => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk, ...rest) => {
    if (chunk !== null && chunk !== undefined) told(textOf(chunk));
    return push(chunk, ...rest);
  };
}

/** A function in an environment of Lambda's has Lambda's variables and no others; its keys are the test's. */
function withKeys(options: SpawnOptions, keysFile: string): void {
  const pairs = options.envPairs ?? [];
  if (pairs.some((pair) => pair.startsWith('AWS_LAMBDA_RUNTIME_API='))) return;
  const before = pairs.find((pair) => pair.startsWith('NODE_OPTIONS='))?.slice('NODE_OPTIONS='.length) ?? '';
  options.envPairs = [
    ...pairs.filter((pair) => !/^(?:NODE_OPTIONS|LOG_WATCH_KEYS)=/.test(pair)),
    `NODE_OPTIONS=${before.includes(PRELOAD) ? before : `--require ${JSON.stringify(PRELOAD)} ${before}`}`,
    `LOG_WATCH_KEYS=${keysFile}`,
  ];
}

/** The environment of these is not changed: they end before anybody could ask them for keys. */
function watchSync(name: 'spawnSync' | 'execFileSync' | 'execSync', tell: Tell): () => void {
  const functions = childProcess as unknown as Record<string, (...given: unknown[]) => unknown>;
  const original = functions[name];
  if (original === undefined) throw new Error(`node:child_process has ${name}`);
  functions[name] = (...given) => {
    try {
      const result = original(...given);
      see(
        name,
        name === 'spawnSync' ? (result as SyncResult) : { stdout: result as string | Buffer | null },
        tell,
      );
      return result;
    } catch (error) {
      see(name, error as SyncResult, tell);
      throw error;
    }
  };
  return () => {
    functions[name] = original;
  };
}

function see(name: string, { stdout, stderr }: SyncResult, tell: Tell): void {
  for (const text of [stdout, stderr]) if (text !== null && text !== undefined) tell(name, String(text));
}

function textOf(chunk: unknown): string {
  return typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8');
}
