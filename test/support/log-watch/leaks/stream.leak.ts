import { createPrivateKey } from 'node:crypto';
import { MERCHANT_KEY } from '../../keys';

test('a key as DER in base64, in two pieces and without an end of the line', () => {
  const der = createPrivateKey(MERCHANT_KEY.private_key).export({ type: 'pkcs8', format: 'der' });
  const text = der.toString('base64url');
  process.stderr.write(text.slice(0, 701));
  process.stderr.write(text.slice(701));
});

test('a key in hexadecimal', () => {
  const der = createPrivateKey(MERCHANT_KEY.private_key).export({ type: 'pkcs1', format: 'der' });
  process.stdout.write(`${der.toString('hex').toUpperCase()}\n`);
});
