import { generateKeyPairSync } from 'node:crypto';
import { APIV3_KEY } from '../../keys';

test('a key that the suite has made, as JWK', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  // oxlint-disable-next-line eslint/no-console -- that is the leak
  console.info('made', privateKey.export({ format: 'jwk' }));
});

test('an APIv3 key as bytes', () => {
  // oxlint-disable-next-line eslint/no-console -- that is the leak
  console.error({ key: Buffer.from(APIV3_KEY) });
});
