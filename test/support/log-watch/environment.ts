import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TestEnvironment } from 'jest-environment-node';
import { LOCAL_AWS } from '../../../local/aws/identity';
import { APIV3_KEY } from '../keys';
import { watchChildren } from './children';
import { keysIn, masked, piecesOf } from './key-material';
import { type WatchedKey, watchKeys } from './watch-keys.cjs';

const WATCH = Symbol.for('payscore-collector.log-watch');
const ROOT = path.resolve(__dirname, '../../..');
const VECTORS = path.join(ROOT, 'test/wechatpay/vectors');
const CONSOLE = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const;
/** Of a chunk without a break the part that is looked at together with the next one: a key may be cut in two. */
const CARRIED = 4_096;
/** Of each place. */
const SHOWN_MAX = 5;

/**
 * Every suite runs in this: whatever is written to a log while it runs, at whatever level, is searched for key material
 * at its end, and a suite that wrote some fails. Looked at are the lines handed to Powertools' logger and metrics,
 * printed or not, the console, stdout and stderr of the process, and those of its children. Searched for are the keys in
 * test/, and each private key and APIv3 key that the suite or a child of it makes or uses.
 */
export default class LogWatch extends TestEnvironment {
  readonly #suite: string;
  readonly #keys: WatchedKey[] = [];
  /** What was written, by where; lines that repeat are kept once. */
  readonly #written = new Map<string, Set<string>>();
  readonly #open = new Map<string, string>();
  readonly #undo: (() => void)[] = [];
  #folder = '';

  constructor(...[config, context]: ConstructorParameters<typeof TestEnvironment>) {
    super(config, context);
    this.#suite = path.relative(ROOT, context.testPath);
  }

  override async setup(): Promise<void> {
    await super.setup();
    this.#folder = mkdtempSync(path.join(tmpdir(), 'log-watch-'));
    this.#undo.push(watchKeys((key) => this.#keys.push(key)));
    knownKeys(this.#keys);
    this.#undo.push(watchChildren((source, text) => this.#tell(source, text), this.#keysFile()));
    for (const name of ['stdout', 'stderr'] as const) this.#watchStream(name);
    const { console } = this.global;
    for (const method of CONSOLE) {
      const print = console[method].bind(console) as (...given: unknown[]) => void;
      console[method] = (...given: unknown[]) => {
        this.#tell(`console.${method}`, `${given.map(spoken).join(' ')}\n`);
        print(...given);
      };
    }
    Object.assign(this.global, {
      [WATCH]: (source: string, text: string) => this.#tell(source, `${text}\n`),
    });
  }

  override async teardown(): Promise<void> {
    for (const undo of this.#undo.splice(0).toReversed()) undo();
    const known = [...this.#keys, ...this.#keysOfChildren()];
    rmSync(this.#folder, { recursive: true });
    await super.teardown();
    const found = this.#findings(known);
    if (found.length === 0) return;
    const error = new Error(`Key material in the log of ${this.#suite}:\n${found.join('\n')}`);
    // Where it was written is not known any more, and where it was found helps nobody.
    error.stack = error.message;
    throw error;
  }

  #keysFile(): string {
    return path.join(this.#folder, 'keys');
  }

  #watchStream(name: 'stdout' | 'stderr'): void {
    const stream = process[name];
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = (chunk: unknown, ...rest: unknown[]) => {
      this.#tell(name, typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8'));
      return write(chunk, ...rest);
    };
    this.#undo.push(() => {
      // Inherited, as before.
      delete (stream as { write?: unknown }).write;
    });
  }

  /** Keeps whole lines, and the end of one that is not whole yet. */
  #tell(source: string, text: string): void {
    const lines = ((this.#open.get(source) ?? '') + text).split('\n');
    const rest = lines.pop() ?? '';
    this.#open.set(source, rest.length > CARRIED ? rest.slice(-CARRIED) : rest);
    if (rest.length > CARRIED) lines.push(rest);
    const known = this.#written.get(source) ?? new Set<string>();
    this.#written.set(source, known);
    for (const line of lines) known.add(line);
  }

  #keysOfChildren(): readonly WatchedKey[] {
    if (!existsSync(this.#keysFile())) return [];
    const lines = readFileSync(this.#keysFile(), 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as WatchedKey);
  }

  #findings(secret: readonly WatchedKey[]): readonly string[] {
    const pieces = piecesOf([...new Map(secret.map((key) => [key.hex, key])).values()]);
    const found: string[] = [];
    for (const [source, known] of this.#written) {
      const lines = [...known, this.#open.get(source) ?? ''];
      // All of it first: a key that was printed over several lines, and the quick answer for a log that has none.
      const whole = keysIn(lines.join('\n'), pieces);
      if (whole.length === 0) continue;
      const guilty = lines.flatMap((line) => {
        const keys = keysIn(line, pieces);
        return keys.length === 0 ? [] : `${keys.join('; ')}: ${masked(line)}`;
      });
      const shown = guilty.length === 0 ? [`${whole.join('; ')}: over several lines`] : guilty;
      found.push(...shown.slice(0, SHOWN_MAX).map((line) => `  ${source}: ${line}`));
    }
    return found;
  }
}

/** As the console would say it, with more depth. */
function spoken(given: unknown): string {
  if (typeof given === 'string') return given;
  if (given instanceof Error) return `${given.stack}\n${JSON.stringify(given)}`;
  try {
    return JSON.stringify(given) ?? String(given);
  } catch {
    return String(given);
  }
}

/** The keys that lie in test/, used or not, and the secret of the identity that stands in for one of AWS. */
function knownKeys(keys: WatchedKey[]): void {
  // Through the watched function: each is told of as it is read.
  for (const file of readdirSync(VECTORS).filter((name) => name.endsWith('-key.pem')))
    createPrivateKey(readFileSync(path.join(VECTORS, file)));
  const gcm = readFileSync(path.join(VECTORS, 'gcm.json'), 'utf8');
  for (const [, key = ''] of gcm.matchAll(/"apiv3_key": "([^"]{32})"/g))
    keys.push(keyOf('an APIv3 key', key));
  keys.push(keyOf('an APIv3 key', APIV3_KEY));
  keys.push(keyOf('the secret of an AWS identity', LOCAL_AWS.credentials.secretAccessKey));
}

function keyOf(name: string, text: string): WatchedKey {
  return { name, hex: Buffer.from(text).toString('hex') };
}
