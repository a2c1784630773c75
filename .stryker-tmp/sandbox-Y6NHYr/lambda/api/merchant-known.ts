import { isPayscoreError } from '../core/errors';
import type { Mchid } from '../core/ids';

interface MerchantsKnown {
  readonly merchants: { get(mchid: Mchid): Promise<unknown> };
}

/**
 * Refuses an order of a merchant that has no secrets here: nothing would ever become of it. Secrets that are not
 * usable, or not in reach, are no reason to lose an order.
 * @throws PayscoreError MERCHANT_UNKNOWN
 */
export async function demandMerchant(mchid: Mchid, { merchants }: MerchantsKnown): Promise<void> {
  try {
    await merchants.get(mchid);
  } catch (error) {
    if (!isPayscoreError(error, 'SECRET_INVALID', 'SECRETS_UNAVAILABLE')) throw error;
  }
}
