import { type KeyObject, X509Certificate } from 'node:crypto';
import { Rsa } from 'wechatpay-axios-plugin';

/**
 * Which of the platform's keys a merchant number lives with.
 * - `both`: between the two; an answer is signed with what the request's Wechatpay-Serial names, else with the certificate;
 *   `publicKeyShare` of the notifications with the public key.
 * - `certificate`: the switch was never started; naming the public key has no effect.
 * - `public_key`: a new merchant; there is no platform certificate, and everything is signed with the public key.
 */
export type Verification = 'both' | 'certificate' | 'public_key';

export interface MerchantCertificate {
  readonly serial_no: string;
  /** X.509, PEM. */
  readonly certificate: string;
}

/** A service provider (服务商) the simulator knows. */
export interface SimulatedMerchant {
  readonly mchid: string;
  /** 32 bytes. */
  readonly apiv3_key: string;
  /** API certificates accepted for signing requests; several at once while they are being rotated. */
  readonly certificates: readonly MerchantCertificate[];
  /** Default: `both`. */
  readonly verification?: Verification;
  /** Where notifications of orders without a `notify_url` of their own go; without either there are none. */
  readonly notifyUrl?: string;
}

const APIV3_KEY_BYTES = 32;
const URL_CHARACTERS_MAX = 255;

/** WeChat Pay: at most 255 characters, no query string. Here also plain http, since everything is on one machine. */
export function isNotifyUrl(text: string): boolean {
  if (text.length > URL_CHARACTERS_MAX || !URL.canParse(text)) return false;
  const { protocol, search, hash } = new URL(text);
  return ['http:', 'https:'].includes(protocol) && search === '' && hash === '';
}

export const NOTIFY_URL_RULE = `must be an http or https address of at most ${URL_CHARACTERS_MAX} characters without query and fragment`;

/** A merchant number, whose keys and settings may change while the simulator runs. */
export class Merchant {
  readonly mchid: string;
  readonly apiv3_key: string;
  readonly #publicKeys = new Map<string, KeyObject>();
  readonly #revoked = new Set<string>();
  #verification: Verification;
  #notifyUrl: string | undefined;

  /** Throws on a merchant that could never work: key of a wrong length, serial of another certificate. */
  constructor(given: SimulatedMerchant) {
    this.mchid = given.mchid;
    this.apiv3_key = given.apiv3_key;
    if (Buffer.byteLength(given.apiv3_key) !== APIV3_KEY_BYTES)
      throw this.#refuse(`apiv3_key must have ${APIV3_KEY_BYTES} bytes`);
    this.#verification = given.verification ?? 'both';
    for (const certificate of given.certificates) this.addCertificate(certificate);
    this.setNotifyUrl(given.notifyUrl);
  }

  get verification(): Verification {
    return this.#verification;
  }

  get notifyUrl(): string | undefined {
    return this.#notifyUrl;
  }

  /** The key that checks requests signed under this serial number. */
  publicKey(serial_no: string): KeyObject | 'revoked' | undefined {
    return this.#revoked.has(serial_no) ? 'revoked' : this.#publicKeys.get(serial_no);
  }

  /** Requests may be signed with it from now on. Throws when it is there, was revoked, or bears another number. */
  addCertificate({ serial_no, certificate }: MerchantCertificate): void {
    const actual = new X509Certificate(certificate).serialNumber;
    if (actual !== serial_no)
      throw this.#refuse(`serial_no ${serial_no}, but the certificate says ${actual}`);
    if (this.publicKey(serial_no) !== undefined) throw this.#refuse(`certificate ${serial_no} was added`);
    this.#publicKeys.set(serial_no, Rsa.from(certificate, Rsa.KEY_TYPE_PUBLIC));
  }

  /** Requests signed with it are refused from now on (商户证书已作废). Throws when there is no such certificate. */
  revokeCertificate(serial_no: string): void {
    if (!this.#publicKeys.delete(serial_no)) throw this.#refuse(`no certificate ${serial_no}`);
    this.#revoked.add(serial_no);
  }

  setVerification(verification: Verification): void {
    this.#verification = verification;
  }

  /** For what moves from now on; undefined ends the notifications of orders without an address of their own. */
  setNotifyUrl(url: string | undefined): void {
    if (url !== undefined && !isNotifyUrl(url)) throw this.#refuse(`notifyUrl ${NOTIFY_URL_RULE}`);
    this.#notifyUrl = url;
  }

  #refuse(why: string): Error {
    return new Error(`merchant ${this.mchid}: ${why}`);
  }
}

/** Throws on a merchant that could never work, and on one that is given twice. */
export function readMerchants(given: readonly SimulatedMerchant[]): ReadonlyMap<string, Merchant> {
  const merchants = new Map<string, Merchant>();
  for (const merchant of given) {
    if (merchants.has(merchant.mchid)) throw new Error(`merchant ${merchant.mchid} is given twice`);
    merchants.set(merchant.mchid, new Merchant(merchant));
  }
  return merchants;
}
