import type { Instant, Mchid } from '../core/ids';
import type { Overview, RollupProgress } from '../core/overview';
import type { ClosedDay, Tally } from '../core/tally';
import type { Item } from './ledger-item';
import { LedgerTable, type LedgerOptions } from './ledger-table';

/** What a row is saved over, by its stamp. A turn comes on step by step. */
const SAVED_OVER = { as_of: '<', computed_at: '<', turn_at: '<=' } as const;
/** Of the rows. What another release wrote is passed over, and made anew. */
const SCHEMA = 1;

/**
 * How merchants stand, as it was last rolled up. Tallies and overviews are texts in JSON: nothing in DynamoDB looks
 * into them, and a text is half of what a map is.
 *
 *     pk  overview#<mchid>    sk  overview       schema, as_of, overview
 *                             sk  progress       schema, turn_at, closed_through
 *                             sk  day#<date>     schema, computed_at, tally
 *
 * Every method throws PayscoreError LEDGER_UNAVAILABLE when DynamoDB does not answer, or refuses.
 */
export class DynamoOverviews {
  readonly #table: LedgerTable;

  constructor(options: LedgerOptions) {
    this.#table = new LedgerTable(options);
  }

  async find(mchid: Mchid): Promise<Overview | undefined> {
    const item = await this.#table.get(keyOf(mchid, 'overview'));
    if (item === undefined || !isKnown(item)) return undefined;
    return JSON.parse(textOf(item, 'overview')) as Overview;
  }

  /** Unless a later one is there. */
  async save(overview: Overview): Promise<'saved' | 'conflict'> {
    return this.#save(keyOf(overview.mchid, 'overview'), 'as_of', overview.as_of, {
      overview: JSON.stringify(overview),
    });
  }

  async progress(mchid: Mchid): Promise<RollupProgress | undefined> {
    const item = await this.#table.get(keyOf(mchid, 'progress'));
    if (item === undefined || !isKnown(item)) return undefined;
    return { turn_at: Number(item['turn_at']?.N), closed_through: textOf(item, 'closed_through') };
  }

  /** Unless that of a later turn is there. */
  async saveProgress(
    mchid: Mchid,
    { turn_at, closed_through }: RollupProgress,
  ): Promise<'saved' | 'conflict'> {
    return this.#save(keyOf(mchid, 'progress'), 'turn_at', turn_at, { closed_through });
  }

  /** All days that were closed. */
  async *days(mchid: Mchid): AsyncGenerator<ClosedDay> {
    for await (const page of this.#table.partition(partitionOf(mchid), 'day#'))
      for (const item of page)
        if (isKnown(item))
          yield {
            date: textOf(item, 'sk').slice('day#'.length),
            computed_at: Number(item['computed_at']?.N),
            tally: JSON.parse(textOf(item, 'tally')) as Tally,
          };
  }

  /** Unless one that was computed later is there. */
  async saveDay(mchid: Mchid, { date, computed_at, tally }: ClosedDay): Promise<'saved' | 'conflict'> {
    return this.#save(keyOf(mchid, `day#${date}`), 'computed_at', computed_at, {
      tally: JSON.stringify(tally),
    });
  }

  async #save(
    key: Item,
    stamp: keyof typeof SAVED_OVER,
    at: Instant,
    texts: Readonly<Record<string, string>>,
  ): Promise<'saved' | 'conflict'> {
    const names = ['schema', stamp, ...Object.keys(texts)];
    return this.#table.update({
      Key: key,
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: `attribute_not_exists(#${stamp}) OR #${stamp} ${SAVED_OVER[stamp]} :${stamp} OR #schema <> :schema`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ':schema': { N: String(SCHEMA) },
        [`:${stamp}`]: { N: String(at) },
        ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [`:${name}`, { S: text }])),
      },
    });
  }
}

function partitionOf(mchid: Mchid): string {
  return `overview#${mchid}`;
}

function keyOf(mchid: Mchid, sk: string): Item {
  return { pk: { S: partitionOf(mchid) }, sk: { S: sk } };
}

function isKnown(item: Item): boolean {
  return item['schema']?.N === String(SCHEMA);
}

function textOf(item: Item, name: string): string {
  return item[name]?.S ?? '';
}
