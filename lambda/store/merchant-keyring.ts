import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PayscoreError } from '../core/errors';
import type { Instant, Mchid } from '../core/ids';

export interface SecretText {
  /** The secret's name. */
  readonly name: string;
  readonly text: string;
}

export interface KeyringOptions<Keys> {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** Secrets are `<prefix>/<mchid>/signing` and `<prefix>/<mchid>/verify`. */
  readonly prefix: string;
  /** Turns the two secrets into keys, once; throws SECRET_INVALID. */
  readonly parse: (mchid: Mchid, signing: SecretText, verify: SecretText) => Keys;
  readonly now: () => Instant;
  /** A secret that was changed is seen after at most this long. */
  readonly ttlMs?: number;
  /** Between two readings asked for because WeChat Pay refused the keys. */
  readonly cooldownMs?: number;
}

interface Entry<Keys> {
  readonly keys: Keys;
  /** Version ids of both secrets: while they stay, so do the parsed keys. */
  readonly versions: string;
  readonly readAt: Instant;
}

const TTL_MS = 5 * 60_000;
const COOLDOWN_MS = 30_000;
/** Merchants kept in memory; the one read longest ago goes first. */
const MERCHANTS_MAX = 500;

/**
 * Merchant keys from Secrets Manager: read when first wanted, kept for a limited time, read again once when
 * WeChat Pay refuses them. Callers that want the same merchant at the same time share one reading.
 */
export class MerchantKeyring<Keys> {
  readonly #entries = new Map<Mchid, Entry<Keys>>();
  readonly #readings = new Map<Mchid, Promise<Entry<Keys>>>();
  readonly #refreshedAt = new Map<Mchid, Instant>();
  readonly #ttlMs: number;
  readonly #cooldownMs: number;

  constructor(private readonly options: KeyringOptions<Keys>) {
    this.#ttlMs = options.ttlMs ?? TTL_MS;
    this.#cooldownMs = options.cooldownMs ?? COOLDOWN_MS;
  }

  /**
   * The merchant's keys: the same object for as long as its secrets do not change.
   * @throws PayscoreError MERCHANT_UNKNOWN, SECRET_INVALID or SECRETS_UNAVAILABLE
   */
  async get(mchid: Mchid): Promise<Keys> {
    const entry = this.#entries.get(mchid);
    const fresh = entry !== undefined && this.options.now() - entry.readAt < this.#ttlMs;
    return fresh ? entry.keys : (await this.#read(mchid)).keys;
  }

  /**
   * Whether there are other keys than `used`, which WeChat Pay refused: by another caller's reading already, or by
   * one more, unless that was done a moment ago. Never rejects.
   */
  async refresh(mchid: Mchid, used: Keys): Promise<boolean> {
    const now = this.options.now();
    if (this.#entries.get(mchid)?.keys !== used) return true;
    if (!this.#readings.has(mchid)) {
      if (now - (this.#refreshedAt.get(mchid) ?? -Infinity) < this.#cooldownMs) return false;
      this.#refreshedAt.set(mchid, now);
    }
    try {
      return (await this.#read(mchid)).keys !== used;
    } catch {
      // The keys in hand stay in use; once they are too old, `get` says what is wrong with the new ones.
      return false;
    }
  }

  #read(mchid: Mchid): Promise<Entry<Keys>> {
    const underWay = this.#readings.get(mchid);
    if (underWay !== undefined) return underWay;
    const reading = this.#readBoth(mchid).finally(() => this.#readings.delete(mchid));
    this.#readings.set(mchid, reading);
    return reading;
  }

  async #readBoth(mchid: Mchid): Promise<Entry<Keys>> {
    const { prefix, parse, now } = this.options;
    const readAt = now();
    const reading = [
      this.#fetch(`${prefix}/${mchid}/signing`),
      this.#fetch(`${prefix}/${mchid}/verify`),
    ] as const;
    // Both are over before one failure is told: Lambda freezes what is still under way when an answer leaves.
    await Promise.allSettled(reading);
    const [signing, verify] = await Promise.all(reading);
    if (signing === undefined || verify === undefined) throw missing(mchid, prefix, { signing, verify });
    const versions = `${signing.version} ${verify.version}`;
    const before = this.#entries.get(mchid);
    const keys = before?.versions === versions ? before.keys : parse(mchid, signing, verify);
    const entry = { keys, versions, readAt };
    this.#entries.delete(mchid);
    this.#entries.set(mchid, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MERCHANTS_MAX && oldest !== undefined) {
      this.#entries.delete(oldest);
      this.#refreshedAt.delete(oldest);
    }
    return entry;
  }

  async #fetch(name: string): Promise<(SecretText & { version: string }) | undefined> {
    try {
      const answer = await this.options.client.send(new GetSecretValueCommand({ SecretId: name }));
      return { name, text: answer.SecretString ?? '', version: answer.VersionId ?? '' };
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      if (ABSENT.includes(reason)) return undefined;
      throw new PayscoreError(
        'SECRETS_UNAVAILABLE',
        `Secrets Manager did not give ${name} (${reason}). Try again.`,
        { reason },
        error,
      );
    }
  }
}

/** What Secrets Manager answers for a secret that is not there, depending on the shape of the grant. */
const ABSENT = ['ResourceNotFoundException', 'AccessDeniedException'];

function missing(mchid: Mchid, prefix: string, found: { signing: unknown; verify: unknown }): PayscoreError {
  const absent = (['signing', 'verify'] as const).filter((part) => found[part] === undefined);
  const names = absent.map((part) => `${prefix}/${mchid}/${part}`);
  const [code, what] =
    absent.length === 2
      ? (['MERCHANT_UNKNOWN', `Merchant ${mchid} has no secrets here`] as const)
      : (['SECRET_INVALID', `One of the two secrets of merchant ${mchid} is missing`] as const);
  const faults = names.map((name) => `${name}: is missing, or this function may not read it`);
  return new PayscoreError(code, `${what}: create ${names.join(' and ')}, or check who may read them.`, {
    faults,
  });
}
