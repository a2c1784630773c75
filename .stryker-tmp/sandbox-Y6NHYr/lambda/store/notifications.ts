import { marshall } from '@aws-sdk/util-dynamodb';
import type { KeptNotification } from '../core/notification';
import { DAY_MS } from '../core/time';
import { LedgerTable, type LedgerOptions } from './ledger-table';
import { TABLE_TTL } from './table-schema';

/** The shape of a row of a notification. */
const SCHEMA = 1;
/** As long as an order is watched. */
const KEPT_DAYS = 180;

/**
 * Notifications that were not applied, in the ledger's table.
 *
 *     pk  notification#<mchid>    sk  <id>
 *     schema, event_type, created_at, received_at, because, order {…}, envelope (as it came, still encrypted), expires_at
 */
export class DynamoNotifications {
  readonly #table: LedgerTable;

  constructor(options: LedgerOptions) {
    this.#table = new LedgerTable(options);
  }

  /**
   * Writes it, unless it is there: WeChat Pay delivers more than once, and the first delivery is what is kept.
   * @throws PayscoreError LEDGER_UNAVAILABLE
   */
  async keep({ mchid, id, ...rest }: KeptNotification): Promise<void> {
    const expires = Math.floor((rest.received_at + KEPT_DAYS * DAY_MS) / 1000);
    const row = Object.entries({ schema: SCHEMA, ...rest, [TABLE_TTL]: expires });
    // A failed condition says that it is there.
    await this.#table.update({
      Key: marshall({ pk: `notification#${mchid}`, sk: id }),
      UpdateExpression: `SET ${row.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: {
        '#pk': 'pk',
        ...Object.fromEntries(row.map(([name]) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: marshall(
        Object.fromEntries(row.map(([name, value]) => [`:${name}`, value])),
      ),
    });
  }
}
