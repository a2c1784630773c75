import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { PayscoreError } from '../core/errors';
import type { Instant, Mchid } from '../core/ids';
import type { CertificateFacts, KeptCertificates, MerchantRow, SecretFacts } from '../core/key-facts';
import type { Item } from './ledger-item';
import { LedgerTable, type LedgerOptions } from './ledger-table';

/** Of the rows; a row with a higher one was written by a newer release. */
const SCHEMA = 1;
const PARTITION = 'merchants';
/** More merchant numbers than one provider has. */
const MERCHANTS_MAX = 2_000;

interface Stored {
  readonly sk: Mchid;
  readonly schema: number;
  readonly facts?: SecretFacts;
  readonly certificates?: string;
  readonly certificate_facts?: readonly CertificateFacts[];
  readonly fetched_at?: Instant;
  readonly wanted_at?: Instant;
}

/**
 * One row for each merchant number:
 *
 *     pk merchants    sk <mchid>    schema, facts, certificates, certificate_facts, fetched_at, tried_at, wanted_at
 *
 * Every method may throw PayscoreError LEDGER_UNAVAILABLE.
 */
export class DynamoMerchantRows {
  readonly #table: LedgerTable;

  constructor(options: LedgerOptions) {
    this.#table = new LedgerTable(options);
  }

  /** @throws PayscoreError LEDGER_ROW_NEWER */
  async find(mchid: Mchid): Promise<MerchantRow | undefined> {
    const item = await this.#table.get(keyOf(mchid));
    if (item === undefined) return undefined;
    const stored = unmarshall(item) as Stored;
    if (stored.schema <= SCHEMA) return rowOf(stored);
    throw new PayscoreError(
      'LEDGER_ROW_NEWER',
      `The row of merchant ${mchid} was written by a newer release; this one knows schema ${SCHEMA}.`,
    );
  }

  /** Of every merchant, by number; those that a newer release wrote are passed over. */
  async all(): Promise<readonly MerchantRow[]> {
    const items = await this.#table.query(
      { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: marshall({ ':pk': PARTITION }) },
      MERCHANTS_MAX,
    );
    return items
      .map((item) => unmarshall(item) as Stored)
      .filter(({ schema }) => schema <= SCHEMA)
      .map(rowOf);
  }

  async saveFacts(mchid: Mchid, facts: SecretFacts): Promise<void> {
    await this.#set(mchid, { facts });
  }

  /** Whether the caller is the one to download now: nobody has tried after `notAfter`. */
  async claimDownload(mchid: Mchid, at: Instant, notAfter: Instant): Promise<boolean> {
    return this.#set(mchid, { tried_at: at }, 'tried_at', notAfter);
  }

  /** False: newer ones are there already. */
  async saveCertificates(mchid: Mchid, { list, fetched_at, facts }: KeptCertificates): Promise<boolean> {
    const values = { certificates: list, certificate_facts: facts, fetched_at };
    return this.#set(mchid, values, 'fetched_at', fetched_at);
  }

  /** Asks for a download, unless somebody has asked after `notAfter`. */
  async want(mchid: Mchid, at: Instant, notAfter: Instant): Promise<boolean> {
    return this.#set(mchid, { wanted_at: at }, 'wanted_at', notAfter);
  }

  /** One write, which also creates the row; false: the time in `unlessLater` is later than `notAfter`. */
  async #set(
    mchid: Mchid,
    values: Omit<Partial<Record<string, unknown>>, 'schema'>,
    unlessLater?: 'tried_at' | 'fetched_at' | 'wanted_at',
    notAfter?: Instant,
  ): Promise<boolean> {
    const set = Object.entries({ schema: SCHEMA, ...values });
    const saved = await this.#table.update({
      Key: keyOf(mchid),
      UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
      ExpressionAttributeValues: marshall({
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
        ':known': SCHEMA,
        ...(notAfter === undefined ? {} : { ':not_after': notAfter }),
      }),
      ConditionExpression:
        '(attribute_not_exists(#schema) OR #schema <= :known)' +
        (unlessLater === undefined
          ? ''
          : ` AND (attribute_not_exists(${unlessLater}) OR ${unlessLater} <= :not_after)`),
    });
    return saved === 'saved';
  }
}

function keyOf(mchid: Mchid): Item {
  return marshall({ pk: PARTITION, sk: mchid });
}

function rowOf(stored: Stored): MerchantRow {
  const { sk, facts, certificates: list, certificate_facts = [], fetched_at, wanted_at } = stored;
  return {
    mchid: sk,
    ...(facts === undefined ? {} : { facts }),
    ...(list === undefined || fetched_at === undefined
      ? {}
      : { certificates: { list, fetched_at, facts: certificate_facts } }),
    ...(wanted_at === undefined ? {} : { wanted_at }),
  };
}
