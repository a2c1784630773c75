/** One call to the host named on the command line, in a process of its own: prints what became of it. */
import { Transport } from '../../../lambda/wechatpay/transport';

const transport = new Transport({ hosts: process.argv.slice(2), now: Date.now });
const request = { method: 'GET', path: '/v3/certificates', headers: {}, body: '', timeoutMs: 10_000 };

async function call(): Promise<void> {
  const result = await transport.send(request);
  process.stdout.write(JSON.stringify({ ...result, body: undefined, headers: undefined }));
  transport.close();
}

void call();
