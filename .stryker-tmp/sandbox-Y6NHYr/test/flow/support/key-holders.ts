import { PayscoreError } from '../../../lambda/core/errors';
import type { FlowEvent } from '../../../lambda/core/event';
import type { Instant, Mchid } from '../../../lambda/core/ids';
import type {
  CertificateFacts,
  KeptCertificates,
  KeyFacts,
  MerchantRow,
} from '../../../lambda/core/key-facts';
import type { KeyHolder } from '../../../lambda/flow/certificates';
import type { MerchantRows } from '../../../lambda/flow/ports';

export const MCHID = '1900009191' as Mchid;
export const T0 = Date.parse('2026-03-02T04:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const lasting = (serial_no: string, days: number): CertificateFacts => ({
  serial_no,
  valid_from: T0 - DAY,
  valid_to: T0 + days * DAY,
});

export const unreachable = () => new PayscoreError('LEDGER_UNAVAILABLE', 'away');

/** Rows in memory, with the conditions of the table. */
export class MemoryRows implements MerchantRows {
  readonly rows = new Map<Mchid, MerchantRow & { readonly tried_at?: Instant }>();
  /** Every call, by name. */
  readonly calls: string[] = [];
  /** Rejects these while it is set. */
  broken: ReadonlySet<keyof MerchantRows> = new Set();

  async find(mchid: Mchid): Promise<MerchantRow | undefined> {
    await this.#called('find');
    return this.rows.get(mchid);
  }

  async all(): Promise<readonly MerchantRow[]> {
    await this.#called('all');
    return [...this.rows.values()];
  }

  async saveFacts(mchid: Mchid, facts: KeyFacts): Promise<void> {
    await this.#called('saveFacts');
    this.#set(mchid, { facts });
  }

  async claimDownload(mchid: Mchid, at: Instant, notAfter: Instant): Promise<boolean> {
    await this.#called('claimDownload');
    if ((this.rows.get(mchid)?.tried_at ?? -Infinity) > notAfter) return false;
    this.#set(mchid, { tried_at: at });
    return true;
  }

  async saveCertificates(mchid: Mchid, certificates: KeptCertificates): Promise<boolean> {
    await this.#called('saveCertificates');
    if ((this.rows.get(mchid)?.certificates?.fetched_at ?? -Infinity) > certificates.fetched_at) return false;
    this.#set(mchid, { certificates });
    return true;
  }

  async want(mchid: Mchid, at: Instant, notAfter: Instant): Promise<boolean> {
    await this.#called('want');
    if ((this.rows.get(mchid)?.wanted_at ?? -Infinity) > notAfter) return false;
    this.#set(mchid, { wanted_at: at });
    return true;
  }

  count(call: keyof MerchantRows): number {
    return this.calls.filter((one) => one === call).length;
  }

  #set(mchid: Mchid, change: Partial<MerchantRow & { tried_at: Instant }>): void {
    this.rows.set(mchid, { mchid, ...this.rows.get(mchid), ...change });
  }

  async #called(name: keyof MerchantRows): Promise<void> {
    this.calls.push(name);
    await Promise.resolve();
    if (this.broken.has(name)) throw unreachable();
  }
}

/** What WeChat Pay lists: the serial numbers, as they stand in the list. */
export interface Lister {
  list: string;
  downloads: number;
  /** Rejects downloads while it is set. */
  failure?: Error;
}

/** A merchant's keys; a list is its serial numbers, and one with `!` in it cannot be used. */
export class FakeHolder implements KeyHolder {
  readonly mchid = MCHID;
  #facts: KeyFacts;

  constructor(given: Partial<KeyFacts> = {}) {
    this.#facts = {
      signing: [lasting('API', 400)],
      public_keys: [],
      uses_certificates: true,
      platform_certificates: [],
      ...given,
    };
  }

  get facts(): KeyFacts {
    return this.#facts;
  }

  get serials(): readonly string[] {
    return this.#facts.platform_certificates.map(({ serial_no }) => serial_no);
  }

  adopt(list: string): void {
    if (list.includes('!')) throw new PayscoreError('CERTIFICATES_INVALID', 'not ours');
    this.#facts = { ...this.#facts, platform_certificates: list.split(',').map((one) => lasting(one, 400)) };
  }
}

/** One that signs, and so can download. */
export class SigningHolder extends FakeHolder {
  constructor(
    private readonly lister: Lister,
    given: Partial<KeyFacts> = {},
  ) {
    super(given);
  }

  async download(_timeoutMs: number): Promise<string> {
    this.lister.downloads += 1;
    await Promise.resolve();
    if (this.lister.failure !== undefined) throw this.lister.failure;
    return this.lister.list;
  }
}

export interface Recorded {
  readonly events: FlowEvent[];
  readonly record: (event: FlowEvent) => void;
}

export function recorder(): Recorded {
  const events: FlowEvent[] = [];
  return { events, record: (event) => void events.push(event) };
}
