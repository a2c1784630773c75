import { createApiCertificate, createPlatformKeys } from '../local/wechatpay/keys';
import { MCHID } from './merchant';

/** What the service needs to call WeChat Pay for the one merchant, as its two secrets have it, and the other side's key. */
export interface ServiceKeys {
  readonly signing: object;
  readonly verify: object;
  readonly signingPem: string;
  readonly platformPem: string;
  readonly platformSerial: string;
}

const APIV3_KEY = 'BenchOnlyApiV3KeyOf32Characters0';

export async function newServiceKeys(): Promise<ServiceKeys> {
  const [merchant, platform] = await Promise.all([createApiCertificate(MCHID), createPlatformKeys()]);
  return {
    signing: { mchid: MCHID, keys: [merchant] },
    verify: {
      mchid: MCHID,
      apiv3_key: APIV3_KEY,
      public_keys: { [platform.public_key_id]: platform.public_key },
    },
    signingPem: merchant.private_key,
    platformPem: platform.public_key_private_key,
    platformSerial: platform.public_key_id,
  };
}
