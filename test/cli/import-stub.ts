import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service that answers as it is told to. */
export async function stub(
  answer: (rows: { row: number }[], calls: number) => { status: number; body: object },
) {
  let calls = 0;
  const server: Server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { rows } = JSON.parse(Buffer.concat(chunks).toString()) as { rows: { row: number }[] };
      const { status, body } = answer(rows, (calls += 1));
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, calls: () => calls, close: async () => new Promise((resolve) => server.close(resolve)) };
}

/** Every row came to the same. */
export function done(rows: readonly { row: number }[], result: string) {
  const errors = result === 'left' ? [{ field: '', rule: 'was not come to' }] : undefined;
  const results = rows.map(({ row }) => ({ row, sub_mchid: '1', out_order_no: 'A', result, errors }));
  return { status: 200, body: { dry_run: false, results } };
}
