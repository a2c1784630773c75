import type { Breaker } from '../lambda/core/breaker';
import type {
  BreakerTarget,
  MerchantControls,
  ModeTarget,
  PolicyTarget,
  StoredPolicy,
} from '../lambda/core/controls';
import type { Instant, Mchid } from '../lambda/core/ids';
import type { PolicyLayer } from '../lambda/core/policy';
import type { Mode } from '../lambda/core/switch';
import type { ControlsAdmin } from '../lambda/flow/admin';
import type { Controls, Saved } from '../lambda/flow/ports';
import {
  breakerKey,
  CONTROLS_SCHEMA,
  controlsOf,
  modeKey,
  partitionOf,
  policiesOf,
  policyKey,
  SERVICE_MODE_KEY,
  serviceModeOf,
  type Row,
  type RowKey,
} from '../lambda/store/control-rows';

/** What is in memory is never a copy. */
const TABLE = 'memory';

/** The rows that `DynamoControls` keeps, in memory; what is handed in or out is a copy. */
export class MemoryControls implements Controls, ControlsAdmin {
  readonly #partitions = new Map<string, Map<string, Row>>();

  async read(mchid: Mchid): Promise<MerchantControls> {
    return structuredClone(controlsOf(this.#rows(mchid), this.#row(SERVICE_MODE_KEY), TABLE));
  }

  async saveBreaker(
    target: BreakerTarget,
    before: Breaker | undefined,
    after: Breaker | undefined,
  ): Promise<Saved> {
    const key = breakerKey(target);
    const stored = this.#row(key) as Partial<Breaker> | undefined;
    if (stored?.version !== before?.version || stored?.tripped_at !== before?.tripped_at) return 'conflict';
    this.#put(key, { ...after });
    return 'saved';
  }

  async readPolicies(mchid: Mchid): Promise<readonly StoredPolicy[]> {
    return structuredClone(policiesOf(mchid, this.#rows(mchid)));
  }

  async savePolicy(
    target: PolicyTarget,
    layer: PolicyLayer | undefined,
    actorId: string,
    at: Instant,
    seenVersion?: number,
  ): Promise<{ readonly version: number } | 'conflict'> {
    const key = policyKey(target);
    const { version } = { version: 0, ...this.#row(key) };
    if (seenVersion !== undefined && seenVersion !== version) return 'conflict';
    this.#put(key, { version: version + 1, layer, changed_by: actorId, changed_at: at });
    return { version: version + 1 };
  }

  async saveMode(target: ModeTarget, mode: Mode | undefined, actorId: string, at: Instant): Promise<void> {
    const key = modeKey(target);
    const { version } = { version: 0, ...this.#row(key) };
    this.#put(key, { version: version + 1, mode, changed_by: actorId, changed_at: at, table: TABLE });
  }

  async serviceMode(): Promise<Mode | undefined> {
    return serviceModeOf(this.#row(SERVICE_MODE_KEY), TABLE);
  }

  /** In the order of their sort keys, as a Query gives them. */
  #rows(mchid: Mchid): Row[] {
    const rows = [...(this.#partitions.get(partitionOf(mchid))?.values() ?? [])];
    return rows.toSorted((one, other) => (one.sk < other.sk ? -1 : 1));
  }

  #row({ pk, sk }: RowKey): Row | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  #put(key: RowKey, attributes: object): void {
    const partition = this.#partitions.get(key.pk) ?? new Map<string, Row>();
    this.#partitions.set(key.pk, partition);
    partition.set(key.sk, { ...key, schema: CONTROLS_SCHEMA, ...structuredClone(attributes) });
  }
}
