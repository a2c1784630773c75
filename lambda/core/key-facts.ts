import type { Instant } from './ids';

/** What may be told of a merchant's keys: everything but the keys. */
export interface KeyFacts {
  /** Generations of the API certificate (商户API证书), the one that signs first. */
  readonly signing: readonly {
    readonly serial_no: string;
    readonly valid_from: Instant;
    readonly valid_to: Instant;
  }[];
  /** `PUB_KEY_ID_…` ids and platform-certificate serials that answers may be signed with. */
  readonly verification: readonly string[];
}
