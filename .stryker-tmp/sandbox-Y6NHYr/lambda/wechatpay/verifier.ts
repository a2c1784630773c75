import type { KeyObject } from 'node:crypto';
import type { Instant, Mchid } from '../core/ids';
import type { CertificateFacts, KeyFacts } from '../core/key-facts';
import { openCertificates } from './certificates';
import type { VerificationCredentials } from './credentials';
import { KeySet } from './key-set';
import type { CertifiedKey, PlatformCertificate } from './keys';

/** What one merchant number verifies and decrypts with: all that a function has which never calls WeChat Pay. */
export class Verifier {
  readonly mchid: Mchid;
  readonly verificationKeys: KeySet;
  readonly apiv3Key: KeyObject;
  readonly #credentials: VerificationCredentials;
  #certificates: readonly CertificateFacts[] = [];

  constructor(
    credentials: VerificationCredentials,
    private readonly now: () => Instant,
  ) {
    this.#credentials = credentials;
    this.mchid = credentials.mchid;
    this.verificationKeys = new KeySet(credentials.publicKeys, now);
    this.apiv3Key = credentials.apiv3Key;
  }

  get facts(): KeyFacts {
    const { publicKeys, platformCertificates } = this.#credentials;
    return {
      signing: [],
      public_keys: [...publicKeys.keys()],
      uses_certificates: platformCertificates,
      platform_certificates: this.#certificates,
    };
  }

  /**
   * Takes a list of platform certificates, as WeChat Pay sent it, in place of the one before.
   * @throws PayscoreError CERTIFICATES_INVALID, and the one before stays
   */
  adopt(list: string): void {
    const certificates = openCertificates(list, this.apiv3Key);
    this.verificationKeys.adopt(certificates);
    this.#certificates = certificates.map(certificateFacts);
  }

  /**
   * The keys that a list of platform certificates can be verified with: those that are known, and those found in it.
   * @throws PayscoreError CERTIFICATES_INVALID
   */
  listed(list: Buffer): KeySet {
    const keys = new KeySet(new Map(this.verificationKeys), this.now);
    keys.adopt(openCertificates(list.toString('utf8'), this.apiv3Key));
    return keys;
  }
}

export function certificateFacts(of: CertifiedKey | PlatformCertificate): CertificateFacts {
  return { serial_no: of.serial_no, valid_from: of.validFrom, valid_to: of.validTo };
}
