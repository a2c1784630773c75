import { PayscoreError } from '../core/errors';
import type { Instant, Mchid } from '../core/ids';
import type { CertificateFacts, KeyFacts } from '../core/key-facts';
import type { KeyWatch } from './adapter';
import { axios } from './axios';
import { createWxpay, type Wxpay } from './client';
import type { Credentials } from './credentials';
import { clip, Payscore } from './payscore';
import type { Transport } from './transport';
import { certificateFacts, Verifier } from './verifier';

/** WeChat Pay answers RESOURCE_NOT_EXISTS to a merchant that has no platform certificate. */
function notListed(error: unknown): never {
  if (!axios.isAxiosError(error) || error.response === undefined) throw error;
  const { status, data } = error.response as { status: number; data: unknown };
  throw new PayscoreError(
    'CERTIFICATES_INVALID',
    `WeChat Pay did not list its platform certificates (${status} ${clip(String(data))}). If this merchant ` +
      'has none any more, take platform_certificates out of its …/verify secret.',
    { status },
  );
}

export interface MerchantOptions {
  readonly transport: Pick<Transport, 'send'>;
  readonly now: () => Instant;
  readonly watch?: Omit<KeyWatch, 'wanted'>;
  /** Brings in newer platform certificates, if there are any. Never rejects. Absent: there is no way to. */
  readonly renew?: (merchant: Merchant, timeoutMs: number) => Promise<boolean>;
}

/** A merchant's calls, and what may be told of the keys behind them. */
export class Merchant extends Payscore {
  private constructor(
    private readonly client: Wxpay,
    private readonly verifier: Verifier,
    private readonly signing: readonly CertificateFacts[],
  ) {
    super(client);
  }

  static of(credentials: Credentials, { transport, now, watch, renew }: MerchantOptions): Merchant {
    const { mchid, signingKeys } = credentials;
    const verifier = new Verifier(credentials, now);
    const { verificationKeys } = verifier;
    const client = createWxpay({
      mchid,
      signingKeys,
      verificationKeys,
      answerKey: () => verificationKeys.answerKey(),
      listed: (list) => verifier.listed(list),
      watch: { ...watch, wanted: async (timeoutMs) => renew?.(merchant, timeoutMs) },
      transport,
      now,
    });
    const merchant: Merchant = new Merchant(client, verifier, signingKeys.map(certificateFacts));
    return merchant;
  }

  get mchid(): Mchid {
    return this.verifier.mchid;
  }

  get facts(): KeyFacts {
    return { ...this.verifier.facts, signing: this.signing };
  }

  /** @throws PayscoreError CERTIFICATES_INVALID, and the list before stays */
  adopt(list: string): void {
    this.verifier.adopt(list);
  }

  /**
   * The list of platform certificates (`GET /v3/certificates`), verified, as WeChat Pay sent it.
   * @throws PayscoreError CERTIFICATES_INVALID, NOT_SENT, NO_ANSWER or ANSWER_UNVERIFIED
   */
  async download(timeoutMs: number): Promise<string> {
    // The text itself is what is kept: nothing that was decrypted is ever stored.
    const config = { timeout: Math.max(1, timeoutMs), transformResponse: [] };
    const answer = await this.client.v3.certificates.get(config).catch(notListed);
    return answer.data as unknown as string;
  }
}
