import { generateKeyPairSync } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { MERCHANT_KEY } from '../../keys';

test('what is public may be logged: certificates, public keys, numbers of certificates', () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { certificate, serial_no } = MERCHANT_KEY;
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  new Logger({ logLevel: 'SILENT' }).info('keys', { certificate, serial_no, pem });
  process.stdout.write(JSON.stringify(publicKey.export({ format: 'jwk' })));
});
