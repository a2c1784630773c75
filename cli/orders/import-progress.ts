import { printable } from '../printable';
import type { Terminal } from './export';
import { rowsIn, type Counts } from './import-report';
import type { RowReport } from './send-rows';

/** Rows at fault that are told of at once; the rest is in the report. */
const TOLD_MAX = 20;
const PROGRESS_EVERY_MS = 500;

/** What is seen while it runs: rows at fault, and on a terminal a line that counts. */
export class Progress {
  readonly #since = Date.now();
  #told = 0;
  #lastAt = 0;

  constructor(private readonly stderr: Terminal['stderr']) {}

  say(text: string): void {
    this.end();
    this.stderr.write(`${printable(text)}\n`);
  }

  batch(results: readonly RowReport[], counts: Counts): void {
    for (const { line, result, reason } of results) {
      if (result !== 'refused' || this.#told >= TOLD_MAX) continue;
      this.#told += 1;
      this.say(`line ${line}: ${reason}`);
      if (this.#told === TOLD_MAX) this.say('Further rows at fault are only counted.');
    }
    const now = Date.now();
    if (this.stderr.isTTY !== true || now - this.#lastAt < PROGRESS_EVERY_MS) return;
    this.#lastAt = now;
    const rows = rowsIn(counts);
    const perSecond = Math.round((rows * 1_000) / Math.max(1, now - this.#since));
    this.stderr.write(`\r${rows.toLocaleString('en')} rows, ${perSecond.toLocaleString('en')} a second `);
  }

  end(): void {
    if (this.stderr.isTTY === true) this.stderr.write('\r\u001B[K');
  }
}
