import { parseApiv3Key } from '../../lambda/wechatpay/decrypt';
import { Verifier } from '../../lambda/wechatpay/verifier';
import { APIV3_KEY } from './support/certificates';
import { PUBLIC_KEY_ID } from './support/keys';
import { MCHID, PUBLIC_KEYS } from './support/merchant';

test('who only verifies knows the public keys of WeChat Pay, and of no key that signs', () => {
  const credentials = {
    mchid: MCHID,
    publicKeys: PUBLIC_KEYS,
    platformCertificates: true,
    apiv3Key: parseApiv3Key(APIV3_KEY),
  };
  expect(new Verifier(credentials, () => 0).facts).toEqual({
    signing: [],
    public_keys: [PUBLIC_KEY_ID],
    uses_certificates: true,
    platform_certificates: [],
  });
});
