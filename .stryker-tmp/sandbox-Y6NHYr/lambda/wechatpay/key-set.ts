import type { KeyObject } from 'node:crypto';
import type { Instant } from '../core/ids';
import type { PlatformCertificate, VerificationKeys } from './keys';

/**
 * Everything that proves, as of now, that WeChat Pay sent something to one merchant: its WeChat Pay public keys, which
 * have no end, and the platform certificates it was last told of. A certificate counts from the moment it is
 * effective (WeChat Pay lists a new one 24 h before) until it expires.
 */
export class KeySet implements VerificationKeys {
  #certificates: readonly PlatformCertificate[] = [];

  constructor(
    private readonly publicKeys: ReadonlyMap<string, KeyObject>,
    private readonly now: () => Instant,
  ) {}

  /** Takes the place of all certificates that were there before. */
  adopt(certificates: readonly PlatformCertificate[]): void {
    this.#certificates = certificates;
  }

  get(serial: string): KeyObject | undefined {
    return (
      this.publicKeys.get(serial) ?? this.#effective().find(({ serial_no }) => serial_no === serial)?.key
    );
  }

  /**
   * The key WeChat Pay is asked to sign its answers with: the public key where there is one, because WeChat Pay counts
   * the share of calls that ask for it before it lets a merchant leave its certificates; else the newest certificate.
   * Undefined leaves the choice to WeChat Pay.
   */
  answerKey(): string | undefined {
    const [publicKey] = this.publicKeys.keys();
    if (publicKey !== undefined) return publicKey;
    const [newest] = this.#effective().toSorted((a, b) => b.validFrom - a.validFrom);
    return newest?.serial_no;
  }

  *[Symbol.iterator](): Generator<readonly [serial: string, key: KeyObject]> {
    yield* this.publicKeys;
    for (const { serial_no, key } of this.#effective()) yield [serial_no, key];
  }

  #effective(): readonly PlatformCertificate[] {
    const now = this.now();
    return this.#certificates.filter(({ validFrom, validTo }) => validFrom <= now && now < validTo);
  }
}
