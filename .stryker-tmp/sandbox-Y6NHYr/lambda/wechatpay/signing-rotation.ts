import { FRESH_MS } from '../core/decide';
import type { Instant } from '../core/ids';
import type { SigningKey } from './keys';
import { RequestSigner } from './sign';

/** One generation of a merchant's signing key. */
export interface Generation {
  readonly signer: RequestSigner;
  readonly key: SigningKey;
}

/**
 * The live generations of a merchant's signing key, of which one signs: the first that is valid by its certificate's
 * dates, until WeChat Pay refuses it and takes another. WeChat Pay lets several API certificates (商户API证书) of a
 * merchant number live side by side, so that the new one can be brought in before the old one ends.
 */
export class SigningRotation {
  readonly #generations: readonly [Generation, ...Generation[]];
  #chosen: Generation | undefined;
  /** When WeChat Pay last took what each of them had signed. */
  readonly #takenAt = new Map<Generation, Instant>();

  constructor(
    mchid: string,
    [first, ...others]: readonly [SigningKey, ...SigningKey[]],
    private readonly now: () => Instant,
  ) {
    const generation = (key: SigningKey): Generation => ({ key, signer: new RequestSigner(mchid, key) });
    this.#generations = [generation(first), ...others.map(generation)];
  }

  /** The one that signs. When none is valid by its dates WeChat Pay decides: the clock may be the one that is wrong. */
  current(): Generation {
    return this.#chosen ?? this.#generations.find((one) => this.#valid(one.key)) ?? this.#generations[0];
  }

  /** What may be tried instead of one that WeChat Pay refused. */
  others(refused: Generation): readonly Generation[] {
    return this.#generations.filter((one) => one !== refused);
  }

  /** Whether WeChat Pay took what the one that signs had signed, here and a moment ago; an only one needs no proof. */
  isProven(): boolean {
    if (this.#generations.length === 1) return true;
    return this.now() - (this.#takenAt.get(this.current()) ?? -Infinity) <= FRESH_MS;
  }

  /** WeChat Pay took what it had signed. */
  took(generation: Generation): void {
    this.#takenAt.set(generation, this.now());
  }

  /** WeChat Pay took it where it refused another: it signs from now on. */
  choose(generation: Generation): void {
    this.took(generation);
    this.#chosen = generation;
  }

  #valid({ validFrom = -Infinity, validTo = Infinity }: SigningKey): boolean {
    const now = this.now();
    return validFrom <= now && now < validTo;
  }
}
