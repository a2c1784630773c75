import { isPayscoreError } from '../core/errors';
import type { Instant, Mchid } from '../core/ids';
import type { KeyFacts } from '../core/key-facts';
import { isSame } from '../core/same';
import { MINUTE_MS } from '../core/time';
import type { MerchantRows, Ports } from './ports';

/** One merchant's keys in the memory of one function: for as long as its secrets do not change, one object. */
export interface KeyHolder {
  readonly mchid: Mchid;
  readonly facts: KeyFacts;
  /** Takes a list as WeChat Pay sent it in place of the one before; throws CERTIFICATES_INVALID, and keeps that one. */
  adopt(list: string): void;
  /** Absent: it has no key that signs. Rejects with whatever kept the list from coming, or from being believed. */
  download?(timeoutMs: number): Promise<string>;
}

export interface CertificatePorts extends Pick<Ports, 'now' | 'record'> {
  readonly rows: MerchantRows;
}

/** A certificate that another function has downloaded is used after at most this long. */
const REREAD_MS = 5 * MINUTE_MS;
/** Between two downloads, or two wishes for one, of all functions together. */
export const DOWNLOAD_COOLDOWN_MS = MINUTE_MS;
const DOWNLOAD_MS_MAX = 5_000;
/** With less left than this a download is not begun. */
const DOWNLOAD_MS_MIN = 500;

/** What is known of a holder. */
interface Held {
  readAt: Instant;
  fetchedAt: Instant;
  /** So wished for, or found to be there, that nothing more needs to be done before the cooldown is over. */
  wantedAt: Instant;
  reading?: Promise<void> | undefined;
  renewing?: Promise<boolean> | undefined;
}

/**
 * Brings the platform certificates (平台证书) of a merchant to whoever verifies: out of the merchant's row, where they stand as
 * WeChat Pay sent them; and into it, by those that sign. A merchant without platform certificates never asks for any.
 */
export class CertificateKeeper {
  readonly #held = new WeakMap<KeyHolder, Held>();

  constructor(private readonly ports: CertificatePorts) {}

  /**
   * Gives a holder what the row has, before it is used; without any certificate, and if it can, it downloads them.
   * @throws PayscoreError LEDGER_UNAVAILABLE or LEDGER_ROW_NEWER when there is nothing yet to verify with
   */
  async equip(holder: KeyHolder): Promise<void> {
    const held = this.#heldBy(holder);
    if (this.ports.now() - held.readAt < REREAD_MS) return;
    if (holder.download === undefined && !holder.facts.uses_certificates) return;
    held.reading ??= this.#equip(holder, held).finally(() => (held.reading = undefined));
    await held.reading;
  }

  /** When the certificates that a holder has were downloaded; undefined when it has none. */
  fetchedAt(holder: KeyHolder): Instant | undefined {
    const { fetchedAt } = this.#heldBy(holder);
    return fetchedAt === -Infinity ? undefined : fetchedAt;
  }

  /** Whether there are newer certificates than those the holder has: another function's, or downloaded now. Never rejects. */
  async renew(holder: KeyHolder, timeoutMs: number): Promise<boolean> {
    if (!holder.facts.uses_certificates || timeoutMs < DOWNLOAD_MS_MIN) return false;
    const held = this.#heldBy(holder);
    held.renewing ??= this.#renew(holder, held, timeoutMs).finally(() => (held.renewing = undefined));
    return held.renewing;
  }

  /**
   * For a holder that cannot download and has met a certificate it does not know: takes what is there, or has it
   * fetched. Whoever sends made-up serial numbers achieves no more than that, once in a cooldown. Never rejects.
   */
  async want(holder: KeyHolder): Promise<void> {
    const held = this.#heldBy(holder);
    const { now, rows } = this.ports;
    const at = now();
    if (!holder.facts.uses_certificates || at - held.wantedAt < DOWNLOAD_COOLDOWN_MS) return;
    held.wantedAt = at;
    try {
      if (!(await this.#adoptKept(holder, held)))
        await rows.want(holder.mchid, at, at - DOWNLOAD_COOLDOWN_MS);
    } catch (error) {
      // WeChat Pay sends again what could not be verified: the wish is made then.
      this.#failed(holder, error);
    }
  }

  async #equip(holder: KeyHolder, held: Held): Promise<void> {
    const first = held.readAt === -Infinity;
    try {
      await this.#adoptKept(holder, held);
      held.readAt = this.ports.now();
    } catch (error) {
      if (first && holder.facts.uses_certificates) throw error;
      // Keys that have no end need nothing of what stands there, and what was read before stays good for a while.
      held.readAt = this.ports.now();
      if (!holder.facts.uses_certificates) return;
      this.#failed(holder, error);
    }
    if (holder.facts.uses_certificates && held.fetchedAt === -Infinity)
      await (holder.download === undefined ? this.want(holder) : this.renew(holder, DOWNLOAD_MS_MAX));
  }

  /** Whether the row has newer certificates, which the holder now has. Tells the row of other keys than it knows. */
  async #adoptKept(holder: KeyHolder, held: Held): Promise<boolean> {
    const { rows } = this.ports;
    const row = await rows.find(holder.mchid);
    if (holder.download !== undefined) {
      const { platform_certificates: _, ...facts } = holder.facts;
      if (!isSame(row?.facts, facts)) await rows.saveFacts(holder.mchid, facts);
    }
    const kept = row?.certificates;
    if (!holder.facts.uses_certificates || kept === undefined || kept.fetched_at <= held.fetchedAt)
      return false;
    try {
      holder.adopt(kept.list);
    } catch (error) {
      // Encrypted under the APIv3 key of before, if that was changed: as good as not there.
      if (!isPayscoreError(error, 'CERTIFICATES_INVALID')) throw error;
      this.#failed(holder, error);
      return false;
    }
    held.fetchedAt = kept.fetched_at;
    return true;
  }

  async #renew(holder: KeyHolder, held: Held, timeoutMs: number): Promise<boolean> {
    const { now, rows, record } = this.ports;
    const { mchid } = holder;
    let adopted = false;
    try {
      if (await this.#adoptKept(holder, held)) return true;
      if (holder.download === undefined) return false;
      const at = now();
      // Another function is at it, or was a moment ago.
      if (!(await rows.claimDownload(mchid, at, at - DOWNLOAD_COOLDOWN_MS))) return false;
      const list = await holder.download(Math.min(timeoutMs, DOWNLOAD_MS_MAX));
      holder.adopt(list);
      adopted = true;
      const facts = holder.facts.platform_certificates;
      record({ kind: 'certificates_renewed', mchid, serial_nos: facts.map(({ serial_no }) => serial_no) });
      await rows.saveCertificates(mchid, { list, fetched_at: at, facts });
      // Not before: what only this function has is still to be fetched for the others.
      held.fetchedAt = at;
      return true;
    } catch (error) {
      // Whatever was there stays, in the row and in the holder; the next wish, or the next run, tries again.
      this.#failed(holder, error);
      return adopted;
    }
  }

  #failed({ mchid }: KeyHolder, error: unknown): void {
    this.ports.record({ kind: 'certificates_failed', mchid, error });
  }

  #heldBy(holder: KeyHolder): Held {
    const held = this.#held.get(holder) ?? {
      readAt: -Infinity,
      fetchedAt: -Infinity,
      wantedAt: -Infinity,
    };
    this.#held.set(holder, held);
    return held;
  }
}
