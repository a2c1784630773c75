import {
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Breaker } from '../core/breaker';
import type {
  BreakerTarget,
  MerchantControls,
  ModeTarget,
  PolicyTarget,
  StoredPolicy,
} from '../core/controls';
import type { Instant, Mchid } from '../core/ids';
import type { PolicyLayer } from '../core/policy';
import type { Mode } from '../core/switch';
import {
  breakerKey,
  CONTROLS_SCHEMA,
  controlsOf,
  modeKey,
  partitionOf,
  policiesOf,
  policyKey,
  rowIsNewer,
  SERVICE_MODE_KEY,
  serviceModeOf,
  tableIsRestored,
  type Row,
  type RowKey,
  type ServiceRow,
} from './control-rows';
import { reach, reachIf } from './reach';

export interface ControlsOptions {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

/**
 * What is decided for a merchant as a whole, in the ledger's table. Rows are never deleted: what is taken back
 * loses its attributes, and the version stays.
 *
 *     pk merchant#<mchid>    sk policy#provider                     schema, version, layer {…}, changed_by, changed_at
 *                               policy#sub_merchant#<sub_mchid>
 *                               policy#service#<sub_mchid>#<service_id>
 *                               mode#merchant                       schema, version, mode, changed_by, changed_at
 *                               mode#sub_merchant#<sub_mchid>
 *                               breaker#merchant                    schema, and Breaker while it is tripped
 *                               breaker#pair#<sub_mchid>#<service_id>
 *     pk service             sk mode                                as mode#merchant, and table, unseen […]
 */
export class DynamoControls {
  constructor(private readonly options: ControlsOptions) {}

  /** Everything at once, read consistently. @throws PayscoreError LEDGER_UNAVAILABLE, LEDGER_ROW_NEWER */
  async read(mchid: Mchid): Promise<MerchantControls> {
    const reading = [this.#rows(mchid), this.#row(SERVICE_MODE_KEY)] as const;
    // Both are over before one failure is told: Lambda freezes what is still under way when an answer leaves.
    await Promise.allSettled(reading);
    const [rows, serviceMode] = await Promise.all(reading);
    return controlsOf(rows, serviceMode, this.options.tableName);
  }

  /**
   * Writes one breaker, or removes it, if it is still as seen.
   * `conflict`: somebody else changed it, or an earlier try of this very write got through and its answer was lost.
   * @throws PayscoreError LEDGER_UNAVAILABLE
   */
  async saveBreaker(
    target: BreakerTarget,
    before: Breaker | undefined,
    after: Breaker | undefined,
  ): Promise<'saved' | 'conflict'> {
    const { version, trips, tripped_at, until, because, trial, lifting }: Partial<Breaker> = after ?? {};
    const written = await this.#update({
      key: breakerKey(target),
      attributes: { version, trips, tripped_at, until, because, trial, lifting },
      condition: before === undefined ? BREAKER_IS_CLOSED : BREAKER_IS_AS_SEEN,
      values: before === undefined ? {} : { ':seen': before.version, ':seen_tripped_at': before.tripped_at },
    });
    return written === 'conflict' ? 'conflict' : 'saved';
  }

  async readPolicies(mchid: Mchid): Promise<readonly StoredPolicy[]> {
    return policiesOf(mchid, await this.#rows(mchid));
  }

  async savePolicy(
    target: PolicyTarget,
    layer: PolicyLayer | undefined,
    actorId: string,
    at: Instant,
    seenVersion?: number,
  ): Promise<{ readonly version: number } | 'conflict'> {
    const key = policyKey(target);
    const written = await this.#update({
      key,
      attributes: { layer, changed_by: actorId, changed_at: at },
      counted: true,
      ...versionIs(seenVersion),
    });
    if (written !== 'conflict') return { version: Number(written['version']?.N) };
    if (seenVersion === undefined) throw rowIsNewer(key);
    return 'conflict';
  }

  async saveMode(target: ModeTarget, mode: Mode | undefined, actorId: string, at: Instant): Promise<void> {
    const key = modeKey(target);
    const attributes = { mode, changed_by: actorId, changed_at: at };
    if (target === 'service') return this.#saveServiceMode(attributes);
    if ((await this.#update({ key, attributes, counted: true })) === 'conflict') throw rowIsNewer(key);
  }

  async #saveServiceMode(attributes: object): Promise<void> {
    const { tableName } = this.options;
    const written = await this.#update({
      key: SERVICE_MODE_KEY,
      attributes: { ...attributes, table: tableName },
      counted: true,
      condition: '(attribute_not_exists(#table) OR #table = :table)',
    });
    if (written !== 'conflict') return;
    const row: ServiceRow | undefined = await this.#row(SERVICE_MODE_KEY);
    if (row?.table === undefined || row.table === tableName) throw rowIsNewer(SERVICE_MODE_KEY);
    throw tableIsRestored(tableName, row.table);
  }

  /** What the switch says for the whole service; undefined: nobody said anything yet. */
  async serviceMode(): Promise<Mode | undefined> {
    return serviceModeOf(await this.#row(SERVICE_MODE_KEY), this.options.tableName);
  }

  async #rows(mchid: Mchid): Promise<Row[]> {
    const rows: Row[] = [];
    let after: Record<string, AttributeValue> | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.options.tableName,
        KeyConditionExpression: '#pk = :pk',
        ExpressionAttributeNames: { '#pk': 'pk' },
        ExpressionAttributeValues: { ':pk': { S: partitionOf(mchid) } },
        ConsistentRead: true,
        ExclusiveStartKey: after,
      });
      const page = await reach(() => this.options.client.send(command));
      rows.push(...(page.Items ?? []).map((item) => unmarshall(item) as Row));
      after = page.LastEvaluatedKey;
    } while (after !== undefined);
    return rows;
  }

  async #row(key: RowKey): Promise<Row | undefined> {
    const command = new GetItemCommand({
      TableName: this.options.tableName,
      Key: marshall(key),
      ConsistentRead: true,
    });
    const { Item: item } = await reach(() => this.options.client.send(command));
    return item && (unmarshall(item) as Row);
  }

  /** What was written, or `conflict`. */
  async #update(update: Update): Promise<Record<string, AttributeValue> | 'conflict'> {
    const command = new UpdateItemCommand({
      TableName: this.options.tableName,
      ReturnValues: 'UPDATED_NEW',
      ...expressionsOf(update),
    });
    const answer = await reachIf(() => this.options.client.send(command));
    return answer === 'conflict' ? 'conflict' : (answer.Attributes ?? {});
  }
}

interface Update {
  readonly key: RowKey;
  /** What becomes of each; undefined: it is removed. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The version goes up by one; otherwise it is an attribute like any other. */
  readonly counted?: true;
  readonly condition?: string;
  /** Those of the condition. */
  readonly values?: Readonly<Record<string, unknown>>;
}

const BREAKER_IS_CLOSED = 'attribute_not_exists(#trips)';
// The version begins again at 1 when a breaker trips anew; tripped_at tells that one from the one before.
const BREAKER_IS_AS_SEEN = '#version = :seen AND #tripped_at = :seen_tripped_at';
const ROW_IS_KNOWN = '(attribute_not_exists(#schema) OR #schema = :schema)';

function versionIs(seen: number | undefined): Pick<Update, 'condition' | 'values'> {
  if (seen === undefined) return {};
  if (seen === 0) return { condition: 'attribute_not_exists(#version)' };
  return { condition: '#version = :seen', values: { ':seen': seen } };
}

function expressionsOf({ key, attributes, counted, condition, values }: Update) {
  const given = Object.entries({ schema: CONTROLS_SCHEMA, ...attributes });
  const sets = given.filter(([, value]) => value !== undefined);
  const removes = given.filter(([, value]) => value === undefined);
  const parts = [
    `SET ${sets.map(([name]) => `#${name} = :${name}`).join(', ')}`,
    ...(removes.length === 0 ? [] : [`REMOVE ${removes.map(([name]) => `#${name}`).join(', ')}`]),
    ...(counted ? ['ADD #version :one'] : []),
  ];
  const names = [...given.map(([name]) => name), ...(counted ? ['version'] : [])];
  return {
    Key: marshall(key),
    UpdateExpression: parts.join(' '),
    ConditionExpression: condition === undefined ? ROW_IS_KNOWN : `${ROW_IS_KNOWN} AND ${condition}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: marshall(
      {
        ...Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
        ...(counted ? { ':one': 1 } : {}),
        ...values,
      },
      { removeUndefinedValues: true },
    ),
  };
}
