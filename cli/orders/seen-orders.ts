import { createHash } from 'node:crypto';
import type { Mchid } from '../../lambda/core/ids';
import { readImportRow } from '../../lambda/shared/import-rows';
import type { FileRow } from './rows';

/** Orders that are remembered, in 24 MB whatever the file's size; the command line is for smaller files than that. */
export const SEEN_ORDERS_MAX = 500_000;

/** What a row says of which order, in a few bytes; the words are the same however they are spelled. */
export interface Saying {
  readonly order: string;
  readonly words: string;
}

/** The row of an order that counts: its first one that was not refused. */
export interface CountingRow {
  readonly line: number;
  /** Nothing was done for it yet. */
  readonly left: boolean;
  /** It says the very same. */
  readonly same: boolean;
}

/** `undefined` for a row that names no order as it should: the service says what is wrong with it. */
export function sayingOf(row: FileRow, mchid: Mchid): Saying | undefined {
  if (row.kind !== 'row') return undefined;
  const { parsed } = readImportRow(row.line, row.fields, mchid);
  if (!parsed.ok) return undefined;
  const { ref, said } = parsed.value;
  return {
    order: `${ref.sub_mchid}/${ref.out_order_no}`,
    words: `${ref.service_id}/${said.total_amount ?? ''}/${said.completed_at ?? ''}`,
  };
}

/**
 * The orders of a file, with the words that count: if the second of two rows with different words replaced the first,
 * the same file given again would change the ledger twice. A table of fixed size, because memory must not grow with
 * the file; an order that finds no room in it is not remembered.
 */
export class SeenOrders {
  /** Open addressing, about half empty at most. */
  readonly #table: Uint32Array;
  readonly #slots: number;
  #count = 0;
  #forgot = false;

  constructor(private readonly ordersMax = SEEN_ORDERS_MAX) {
    this.#slots = 2 ** Math.ceil(Math.log2(ordersMax * 2));
    this.#table = new Uint32Array(this.#slots * SLOT_NUMBERS);
  }

  /** Whether the file has orders that found no room. */
  get forgot(): boolean {
    return this.#forgot;
  }

  find(saying: Saying): CountingRow | undefined {
    const { at, words } = this.#placeOf(saying);
    const line = this.#table[at + LINE] ?? 0;
    if (line === 0) return undefined;
    const same = words.every((part, index) => this.#table[at + WORDS + index] === part);
    return { line: line & LINE_MAX, left: line > LINE_MAX, same };
  }

  /** The first that is told of an order stays. */
  remember(saying: Saying, line: number, left: boolean): void {
    const { at, order, words } = this.#placeOf(saying);
    if (this.#table[at + LINE] !== 0) return;
    if (this.#count === this.ordersMax) {
      this.#forgot = true;
      return;
    }
    this.#count += 1;
    // As an unsigned number, which `|` would not make.
    this.#table.set([...order, ...words, left ? line + LEFT : line], at);
  }

  /** Where it stands, or would. */
  #placeOf(saying: Saying) {
    const [slot = 0, ...order] = digest(saying.order, 1 + ORDER_NUMBERS);
    let at = (slot % this.#slots) * SLOT_NUMBERS;
    while (this.#table[at + LINE] !== 0 && order.some((part, index) => this.#table[at + index] !== part))
      at = (at + SLOT_NUMBERS) % this.#table.length;
    return { at, order, words: digest(saying.words, WORDS_NUMBERS) };
  }
}

/** A slot: 96 bits of the order, by which chance confuses no two in any lifetime, 64 of its words, and the line. */
const ORDER_NUMBERS = 3;
const WORDS_NUMBERS = 2;
const WORDS = ORDER_NUMBERS;
const LINE = ORDER_NUMBERS + WORDS_NUMBERS;
const SLOT_NUMBERS = LINE + 1;
/** The highest bit of the line; 0 is an empty slot. */
const LEFT = 2 ** 31;
const LINE_MAX = LEFT - 1;

const NUMBER_BYTES = 4;

function digest(text: string, numbers: number): readonly number[] {
  const hash = createHash('sha256').update(text).digest();
  return Array.from({ length: numbers }, (_, index) => hash.readUInt32LE(index * NUMBER_BYTES));
}
