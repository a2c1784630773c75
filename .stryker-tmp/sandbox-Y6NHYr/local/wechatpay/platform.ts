import type { KeyObject } from 'node:crypto';
import { Rsa } from 'wechatpay-axios-plugin';
import { impossible } from './impossible';
import type { CertifiedKey, PlatformKeys } from './keys';
import type { Verification } from './merchants';

/** One of the platform's keys, and the serial number or id that says which. */
export interface Signer {
  readonly kind: 'certificate' | 'public_key';
  readonly serial: string;
  readonly privateKey: KeyObject;
}

/** What the list says of a platform certificate, the ciphertext aside. */
export interface ListedCertificate {
  readonly serial_no: string;
  readonly certificate: string;
}

interface Generation extends ListedCertificate {
  readonly signer: Signer;
  readonly signsFromMs: number;
}

// WeChat Pay: a new platform certificate is in the list 24 h before it is used.
const LISTED_BEFORE_MS = 24 * 3_600_000;
// WeChat Pay: while they change over either may sign. Assumed: for a day.
const LISTED_AFTER_MS = 24 * 3_600_000;

const privateKey = (pem: string): KeyObject => Rsa.from(pem, Rsa.KEY_TYPE_PRIVATE);

function generation({ serial_no, certificate, private_key }: CertifiedKey, signsFromMs: number): Generation {
  const signer = { kind: 'certificate', serial: serial_no, privateKey: privateKey(private_key) } as const;
  return { serial_no, certificate, signer, signsFromMs };
}

/** The platform's own keys (平台证书, 微信支付公钥), and which of them signs when. */
export class Platform {
  readonly #publicKey: Signer;
  /** Oldest first, two at most. */
  #generations: readonly Generation[];

  constructor(keys: PlatformKeys) {
    const { serial_no, certificate, certificate_private_key } = keys;
    this.#publicKey = {
      kind: 'public_key',
      serial: keys.public_key_id,
      privateKey: privateKey(keys.public_key_private_key),
    };
    this.#generations = [
      generation({ serial_no, certificate, private_key: certificate_private_key }, -Infinity),
    ];
  }

  /** The certificates that GET /v3/certificates has. */
  listed(nowMs: number): readonly ListedCertificate[] {
    return this.#current(nowMs).map(({ serial_no, certificate }) => ({ serial_no, certificate }));
  }

  /**
   * The next certificate is listed from now on and signs a day later.
   * @returns when it signs; throws while the last rotation is not over
   */
  rotate(next: CertifiedKey, nowMs: number): number {
    const listed = this.#current(nowMs);
    if (listed.length > 1)
      throw new Error('simulator: one rotation of the platform certificate at a time; two are listed');
    const signsFromMs = nowMs + LISTED_BEFORE_MS;
    this.#generations = [...listed, generation(next, signsFromMs)];
    return signsFromMs;
  }

  /**
   * WeChat Pay: the request's Wechatpay-Serial says with which key the answer is to be signed; none → the certificate.
   * Assumed: an id nobody knows, or one that does not sign yet, counts as none.
   */
  answerSigner(verification: Verification, named: string | undefined, nowMs: number): Signer {
    switch (verification) {
      case 'both':
        return named === this.#publicKey.serial ? this.#publicKey : this.#certificate(named, nowMs);
      case 'certificate':
        return this.#certificate(named, nowMs);
      case 'public_key':
        return this.#publicKey;
      default:
        return impossible(verification);
    }
  }

  /** WeChat Pay: while a merchant changes over, a growing share of the callbacks is signed with the public key. */
  callbackSigner(verification: Verification, byPublicKey: boolean, nowMs: number): Signer {
    switch (verification) {
      case 'both':
        return byPublicKey ? this.#publicKey : this.#certificate(undefined, nowMs);
      case 'certificate':
        return this.#certificate(undefined, nowMs);
      case 'public_key':
        return this.#publicKey;
      default:
        return impossible(verification);
    }
  }

  #certificate(named: string | undefined, nowMs: number): Signer {
    const signing = this.#current(nowMs).filter(({ signsFromMs }) => signsFromMs <= nowMs);
    const found = signing.find(({ serial_no }) => serial_no === named) ?? signing.at(-1);
    if (found === undefined) throw new Error('simulator: no platform certificate signs now');
    return found.signer;
  }

  #current(nowMs: number): readonly Generation[] {
    const newest = this.#generations.at(-1);
    const over = newest !== undefined && nowMs >= newest.signsFromMs + LISTED_AFTER_MS;
    if (over) this.#generations = [newest];
    return this.#generations;
  }
}
