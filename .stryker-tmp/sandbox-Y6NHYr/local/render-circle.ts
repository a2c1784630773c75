import { clearScreenDown, moveCursor } from 'node:readline';
import Table from 'cli-table3';
import { DAY_MS } from '../lambda/core/time';
import type { CircleProgress } from './circle';
import type { Snapshot } from './ledger-view';
import { colourful, paint, yuan } from './render';

const BAR_CELLS = 40;

/** The state of the circle, drawn over itself on a terminal; elsewhere a line for every day when it is over. */
export class CircleDisplay {
  #linesDrawn = 0;
  #last: CircleProgress | undefined;

  show(progress: CircleProgress): void {
    if (process.stdout.isTTY) this.#draw(renderCircle(progress));
    else {
      if (this.#last !== undefined && dayOf(this.#last) !== dayOf(progress)) printDay(this.#last);
      this.#last = progress;
    }
  }

  /** A line that stays. */
  say(what: string): void {
    if (process.stdout.isTTY) {
      moveCursor(process.stdout, 0, -this.#linesDrawn);
      clearScreenDown(process.stdout);
      this.#linesDrawn = 0;
    }
    console.log(paint('cyan', `  ${what}`));
  }

  end(progress: CircleProgress): void {
    this.show(progress);
    if (process.stdout.isTTY) return;
    printDay(progress);
    console.log(`\n${renderCircle(progress)}`);
  }

  #draw(text: string): void {
    moveCursor(process.stdout, 0, -this.#linesDrawn);
    clearScreenDown(process.stdout);
    process.stdout.write(text);
    this.#linesDrawn = text.split('\n').length - 1;
  }
}

function printDay(progress: CircleProgress): void {
  const { paid, unknown, declined, watched, recovered } = progress.snapshot;
  console.log(
    `  day ${String(dayOf(progress)).padStart(2)}: ${paid} paid, ${unknown} unknown, ${declined} declined, ${watched} watched, ${yuan(recovered)} recovered`,
  );
}

/** Which day of the demonstration it is, from 1. */
function dayOf({ now, from, until }: CircleProgress): number {
  return Math.min(Math.floor((now - from) / DAY_MS) + 1, daysOf(from, until));
}

function daysOf(from: number, until: number): number {
  return Math.round((until - from) / DAY_MS);
}

const COLUMNS: readonly (readonly [head: string, of: keyof Snapshot, means: string])[] = [
  ['waiting', 'waiting', 'for their time'],
  ['due', 'due', 'to be taken up'],
  ['in flight', 'in_flight', 'with a worker'],
  ['unknown', 'unknown', 'attempt open'],
  ['declined', 'declined', 'tried again'],
  ['watched', 'watched', 'asked only'],
  ['paid', 'paid', 'verified'],
  ['ended', 'ended', 'without payment'],
];

export function renderCircle(progress: CircleProgress): string {
  const { now, from, until, ticks, snapshot, notifications } = progress;
  const table = new Table({
    head: COLUMNS.map(([head]) => head),
    style: { head: colourful ? ['bold'] : [], border: colourful ? ['gray'] : [], compact: true },
    colAligns: COLUMNS.map(() => 'right' as const),
  });
  table.push(
    COLUMNS.map(([, of]) => String(snapshot[of])),
    COLUMNS.map(([, , means]) => paint('dim', means)),
  );
  const share = Math.min(1, (now - from) / (until - from));
  const full = Math.round(share * BAR_CELLS);
  const bar = `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}`;
  const { recovered, owed, attempts, orders, paid, told } = snapshot;
  const { came, taken, lost } = notifications;
  return [
    `  ${bar} day ${dayOf(progress)} of ${daysOf(from, until)}`,
    table.toString(),
    `  ${paint('green', yuan(recovered))} of ${yuan(owed)} recovered; ${orders} orders, ${attempts} collections, ${ticks} ticks`,
    `  notifications: ${taken} taken, ${came - taken} refused, ${lost} lost; of ${paid} payments ${told} were seen by one, ${paid - told} by a query\n`,
  ].join('\n');
}
