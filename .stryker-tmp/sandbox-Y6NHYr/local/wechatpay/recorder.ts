import type { SignatureFault } from './authenticate';
import type { SetFault } from './faults';

/** What the caller got. */
export type Outcome =
  | { readonly kind: 'pending' }
  | { readonly kind: 'answered'; readonly status: number; readonly requestId: string }
  | { readonly kind: 'reset'; readonly when: 'before_reading' | 'before_processing' | 'after_processing' }
  | { readonly kind: 'caller_gone' };

/** One call as it arrived, with what came of it. */
export interface RecordedRequest {
  readonly atMs: number;
  readonly host: 'main' | 'backup';
  readonly method: string;
  /** Raw path and query, as received. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signature: {
    readonly verdict: 'unchecked' | 'valid' | SignatureFault;
    /** The text the signature was checked against. */
    readonly message: string;
  };
  readonly faults: readonly SetFault['kind'][];
  readonly outcome: Outcome;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** The recorder's own side of an entry, filled in while the call goes its way. */
export type Entry = Writable<RecordedRequest>;

/** Keeps the last `limit` calls, oldest first. */
export class Recorder {
  readonly #entries: Entry[] = [];
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get entries(): readonly RecordedRequest[] {
    return this.#entries;
  }

  add(entry: Entry): Entry {
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) this.#entries.shift();
    return entry;
  }
}
