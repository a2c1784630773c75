import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { importFile, type ImportOptions } from '../../cli/orders/import';
import { serviceAt } from '../../cli/orders/service';
import { UsageError } from '../../local/usage-error';
import { MCHID } from '../support/keys';

const ROOT = path.resolve(__dirname, '../..');

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

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm run orders -- import …`, without npm and without a terminal. */
export async function spawned(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'cli/orders.ts', 'import', ...args], {
    cwd: ROOT,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/** The same in this process, with no waiting between tries; what it throws is what a person would be told. */
export async function runImport(
  file: string,
  options: Partial<ImportOptions> & { readonly url: string },
): Promise<Ended> {
  const told = { stdout: '', stderr: '' };
  const terminal = {
    stdout: { write: (text: string) => void (told.stdout += text) },
    stderr: { write: (text: string) => void (told.stderr += text) },
  };
  const all: ImportOptions = { mchid: MCHID, encoding: 'auto', ...options };
  try {
    const sleepMs = async () => undefined;
    const status = await importFile(file, all, serviceAt(all, { sleepMs }), terminal, sleepMs);
    return { status, ...told };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { status: 1, ...told, stderr: `${told.stderr}${error.message}\n` };
  }
}
