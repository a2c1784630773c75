import type { Instant, Mchid } from '../core/ids';
import type { KeptOverview, Overview } from '../core/overview';
import type { ClosedDay, Tally } from '../core/tally';
import type { Item } from './ledger-item';
import { LedgerTable, type LedgerOptions } from './ledger-table';

/** Of the rows. What another release wrote is passed over, and made anew. */
const SCHEMA = 1;

/**
 * How merchants stand, as it was last rolled up. Tallies and overviews are texts in JSON: nothing in DynamoDB looks
 * into them, and a text is half of what a map is.
 *
 *     pk  overview#<mchid>    sk  overview       schema, as_of, closed_through, overview
 *                             sk  day#<date>     schema, computed_at, tally
 *
 * Every method throws PayscoreError LEDGER_UNAVAILABLE when DynamoDB does not answer, or refuses.
 */
export class DynamoOverviews {
  readonly #table: LedgerTable;

  constructor(options: LedgerOptions) {
    this.#table = new LedgerTable(options);
  }

  async find(mchid: Mchid): Promise<KeptOverview | undefined> {
    const item = await this.#table.get(keyOf(mchid, 'overview'));
    if (item === undefined || !isKnown(item)) return undefined;
    const closed_through = textOf(item, 'closed_through');
    return { overview: JSON.parse(textOf(item, 'overview')) as Overview, closed_through };
  }

  /** Unless a later one is there. */
  async save(mchid: Mchid, { overview, closed_through }: KeptOverview): Promise<'saved' | 'conflict'> {
    return this.#save(keyOf(mchid, 'overview'), 'as_of', overview.as_of, {
      closed_through,
      overview: JSON.stringify(overview),
    });
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
    stamp: 'as_of' | 'computed_at',
    at: Instant,
    texts: Readonly<Record<string, string>>,
  ): Promise<'saved' | 'conflict'> {
    const names = ['schema', stamp, ...Object.keys(texts)];
    return this.#table.update({
      Key: key,
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: `attribute_not_exists(#${stamp}) OR #${stamp} < :${stamp} OR #schema <> :schema`,
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
