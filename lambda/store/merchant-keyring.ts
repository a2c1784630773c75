import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PayscoreError } from '../core/errors';
import type { Instant, Mchid } from '../core/ids';

export interface SecretText {
  /** The secret's name. */
  readonly name: string;
  readonly text: string;
}

/** `signing`: what a call is signed with. `verify`: what answers and notifications are verified and decrypted with. */
export type SecretKind = 'signing' | 'verify';

export interface KeyringOptions<Keys, Kind extends SecretKind> {
  readonly client: Pick<SecretsManagerClient, 'send'>;
  /** Secrets are `<prefix>/<mchid>/signing` and `<prefix>/<mchid>/verify`. */
  readonly prefix: string;
  /** The secrets that are read; no others are asked for. */
  readonly secrets: readonly [Kind, ...Kind[]];
  /** Turns those secrets into keys, once; throws SECRET_INVALID. */
  readonly parse: (mchid: Mchid, secrets: Readonly<Record<Kind, SecretText>>) => Keys;
  readonly now: () => Instant;
  /** A secret that was changed is seen after at most this long. */
  readonly ttlMs?: number;
  /** Numbers that may turn out to have no secrets within a minute; then no more are looked for that are not known. */
  readonly unknownPerMinuteMax?: number;
  /** Between two readings asked for because WeChat Pay refused the keys. */
  readonly cooldownMs?: number;
}

interface Entry<Keys> {
  readonly keys: Keys;
  /** Version ids of the secrets: while they stay, so do the parsed keys. */
  readonly versions: string;
  readonly readAt: Instant;
}

const TTL_MS = 5 * 60_000;
const COOLDOWN_MS = 30_000;
/** Merchants kept in memory; the one read longest ago goes first. */
const MERCHANTS_MAX = 500;
/**
 * A number without secrets is not asked about again for this long: merchant numbers come in from outside, and
 * whoever sends made-up ones must not be able to use up the rate of Secrets Manager.
 */
const UNKNOWN_MS = 60_000;
const UNKNOWN_MAX = 1_000;

interface Unknown {
  readonly error: PayscoreError;
  readonly until: Instant;
}

/**
 * Merchant keys from Secrets Manager: read when first wanted, kept for a limited time, read again once when
 * WeChat Pay refuses them. Callers that want the same merchant at the same time share one reading.
 */
export class MerchantKeyring<Keys, Kind extends SecretKind> {
  readonly #entries = new Map<Mchid, Entry<Keys>>();
  readonly #unknown = new Map<Mchid, Unknown>();
  readonly #readings = new Map<Mchid, Promise<Entry<Keys>>>();
  readonly #refreshedAt = new Map<Mchid, Instant>();
  readonly #ttlMs: number;
  readonly #cooldownMs: number;

  constructor(private readonly options: KeyringOptions<Keys, Kind>) {
    this.#ttlMs = options.ttlMs ?? TTL_MS;
    this.#cooldownMs = options.cooldownMs ?? COOLDOWN_MS;
  }

  /**
   * The merchant's keys: the same object for as long as its secrets do not change.
   * @throws PayscoreError MERCHANT_UNKNOWN, SECRET_INVALID or SECRETS_UNAVAILABLE
   */
  async get(mchid: Mchid): Promise<Keys> {
    const entry = this.#entries.get(mchid);
    const now = this.options.now();
    if (entry !== undefined && now - entry.readAt < this.#ttlMs) return entry.keys;
    const unknown = this.#unknown.get(mchid);
    if (unknown !== undefined && now < unknown.until) throw unknown.error;
    if (entry === undefined) this.#refuseFlood(now);
    return (await this.#read(mchid)).keys;
  }

  #refuseFlood(now: Instant): void {
    const { unknownPerMinuteMax: unknownMax = Infinity } = this.options;
    const ends = [...this.#unknown.values()].map(({ until }) => until).filter((until) => now < until);
    if (ends.length < unknownMax) return;
    throw new PayscoreError(
      'SECRETS_UNAVAILABLE',
      `${unknownMax} merchant numbers without secrets were looked for within a minute; others that are not known yet have to wait. Try again.`,
      { reason: 'unknown_numbers' },
    );
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
    this.#unknown.delete(mchid);
    const reading = this.#readAll(mchid).finally(() => this.#readings.delete(mchid));
    this.#readings.set(mchid, reading);
    return reading;
  }

  async #readAll(mchid: Mchid): Promise<Entry<Keys>> {
    const { prefix, secrets: kinds, parse, now } = this.options;
    const readAt = now();
    const reading = kinds.map(async (kind) => this.#fetch(`${prefix}/${mchid}/${kind}`));
    // All are over before one failure is told: Lambda freezes what is still under way when an answer leaves.
    await Promise.allSettled(reading);
    const found = await Promise.all(reading);
    const secrets = Object.fromEntries(
      kinds.flatMap((kind, index) => (found[index] === undefined ? [] : [[kind, found[index]]])),
    ) as Partial<Record<Kind, Found>>;
    if (!isWhole(secrets, kinds)) throw this.#missing(mchid, secrets, readAt);
    const versions = found.map((one) => one?.version).join(' ');
    const before = this.#entries.get(mchid);
    const keys = before?.versions === versions ? before.keys : parse(mchid, secrets);
    const entry = { keys, versions, readAt };
    putLast(this.#entries, mchid, entry, MERCHANTS_MAX, (oldest) => this.#refreshedAt.delete(oldest));
    return entry;
  }

  #missing(mchid: Mchid, found: Partial<Record<Kind, Found>>, readAt: Instant): PayscoreError {
    const { prefix, secrets } = this.options;
    const absent = secrets.filter((kind) => found[kind] === undefined);
    const error = missing(mchid, prefix, absent, secrets);
    if (error.code === 'MERCHANT_UNKNOWN')
      putLast(this.#unknown, mchid, { error, until: readAt + UNKNOWN_MS }, UNKNOWN_MAX);
    return error;
  }

  async #fetch(name: string): Promise<Found | undefined> {
    try {
      const answer = await this.options.client.send(new GetSecretValueCommand({ SecretId: name }));
      return { name, text: answer.SecretString ?? '', version: answer.VersionId ?? '' };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      const reason = error instanceof Error ? error.name : 'unknown';
      if (DENIED.includes(reason)) throw denied(name, reason, error);
      const message = `Secrets Manager did not give ${name} (${reason}). Try again.`;
      throw new PayscoreError('SECRETS_UNAVAILABLE', message, { reason }, error);
    }
  }
}

type Found = SecretText & { readonly version: string };

/** Answers that mean: it is there, and this function may not have it. */
const DENIED = ['AccessDeniedException', 'DecryptionFailure'];

/** No less lasting than a secret that is wrong: another try comes to the same. */
function denied(name: string, reason: string, cause: unknown): PayscoreError {
  const what = `This function may not read ${name} (${reason}).`;
  const message = `${what} Check its role, the secret's policy and its KMS key.`;
  return new PayscoreError('SECRET_INVALID', message, { faults: [what] }, cause);
}

/**
 * Whether an error says that a secret is not there. Permission is looked at first, and by what the name stands for: a secret
 * that is there is refused under its ARN, or because of KMS, or by an explicit denial. One that is not there has
 * no ARN which the grant's pattern could match and is refused under its bare name.
 */
function isAbsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'ResourceNotFoundException') return true;
  if (error.name === 'InvalidRequestException') return / marked for deletion/.test(error.message);
  return (
    error.name === 'AccessDeniedException' &&
    / on resource: (?!arn:)/.test(error.message) &&
    !/explicit deny/.test(error.message)
  );
}

function isWhole<Kind extends SecretKind>(
  secrets: Partial<Record<Kind, Found>>,
  kinds: readonly Kind[],
): secrets is Record<Kind, Found> {
  return kinds.every((kind) => secrets[kind] !== undefined);
}

/** Puts an entry behind all others; beyond the limit the first one goes. */
function putLast<K, V>(
  map: Map<K, V>,
  key: K,
  value: V,
  entriesMax: number,
  onGone?: (key: K) => void,
): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size <= entriesMax || oldest === undefined) return;
  map.delete(oldest);
  onGone?.(oldest);
}

function missing(
  mchid: Mchid,
  prefix: string,
  absent: readonly SecretKind[],
  wanted: readonly SecretKind[],
): PayscoreError {
  const names = absent.map((part) => `${prefix}/${mchid}/${part}`);
  const [code, what] =
    absent.length === wanted.length
      ? (['MERCHANT_UNKNOWN', `Merchant ${mchid} has no secrets here`] as const)
      : (['SECRET_INVALID', `One of the two secrets of merchant ${mchid} is missing`] as const);
  const faults = names.map((name) => `${name}: is missing, or this function may not read it`);
  return new PayscoreError(code, `${what}: create ${names.join(' and ')}, or check who may read them.`, {
    faults,
  });
}
