import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const ROOT = path.resolve(__dirname, '..');

export interface Sample {
  /** Rows that had arrived at the service by then. */
  readonly rows: number;
  readonly rss: number;
  readonly heapUsed: number;
}

export interface ImportMemory {
  readonly rows: number;
  readonly fileBytes: number;
  readonly seconds: number;
  readonly status: number | null;
  /** Rows that had arrived when it ended. */
  readonly arrived: number;
  readonly samples: readonly Sample[];
}

/** What `npm run orders -- import` holds in memory while it sends a file of so many rows to a service that takes them all. */
export async function importMemory(rows: number): Promise<ImportMemory> {
  const folder = await mkdtemp(path.join(tmpdir(), 'import-memory-'));
  const service = await startService();
  try {
    const file = path.join(folder, 'orders.csv');
    await pipeline(Readable.from(fileOf(rows)), createWriteStream(file));
    const { size: fileBytes } = await stat(file);
    const begun = Date.now();
    const { status, samples } = await runImport(file, service);
    const seconds = (Date.now() - begun) / 1_000;
    return { rows, fileBytes, seconds, status, arrived: service.rows(), samples };
  } finally {
    await service.close();
    await rm(folder, { recursive: true });
  }
}

/** The most that was held while the given quarter of the rows arrived. */
export function mostIn(
  quarter: 1 | 2 | 3 | 4,
  { rows, samples }: ImportMemory,
  what: 'rss' | 'heapUsed',
): number {
  const within = samples.filter((sample) => Math.ceil((4 * sample.rows) / rows) === quarter);
  return Math.max(...within.map((sample) => sample[what]));
}

/** One row in a thousand is at fault, so that reports are long too. */
function* fileOf(rows: number): Generator<string> {
  yield 'sub_mchid,out_order_no,service_id,total_amount,completed_at\r\n';
  for (let n = 0; n < rows; n += 1) {
    const name = n % 1_000 === 999 ? `=${n}` : `ORDER_${n}`;
    yield `1900000109,${name},00004000000000000000000000000001,${100 + (n % 900)},2026-03-01 12:00:00\r\n`;
  }
}

async function runImport(file: string, service: Service) {
  const args = ['--mchid', '1900009191', '--url', service.url, '--report', `${file}.report.csv`];
  const probe = path.join(ROOT, 'bench/import-probe.ts');
  const node = [
    '--expose-gc',
    '--import',
    'tsx',
    '--import',
    probe,
    'cli/orders.ts',
    'import',
    file,
    ...args,
  ];
  const child = spawn(process.execPath, node, { cwd: ROOT, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const samples: Sample[] = [];
  child.on('message', ({ rss, heapUsed }: Omit<Sample, 'rows'>) => {
    if (service.rows() > 0) samples.push({ rows: service.rows(), rss, heapUsed });
  });
  const status = await new Promise<number | null>((resolve) => void child.on('close', resolve));
  return { status, samples };
}

interface Service {
  readonly url: string;
  rows(): number;
  close(): Promise<void>;
}

async function startService(): Promise<Service> {
  let arrived = 0;
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { rows } = JSON.parse(Buffer.concat(chunks).toString()) as {
        rows: readonly { row: number; sub_mchid: string; out_order_no: string }[];
      };
      arrived += rows.length;
      const results = rows.map(({ row, sub_mchid, out_order_no }) => {
        const bad = out_order_no.startsWith('=');
        const errors = bad ? [{ field: 'out_order_no', rule: 'is not an order number' }] : undefined;
        return { row, sub_mchid, out_order_no, result: bad ? 'refused' : 'registered', errors };
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ results }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rows: () => arrived,
    close: async () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

const MB = 1024 * 1024;

/** `node --import tsx bench/import-memory.ts 1000000` */
async function main(): Promise<void> {
  const measured = await importMemory(Number(process.argv[2] ?? 1_000_000));
  const { rows, fileBytes, seconds, status } = measured;
  console.log(
    `${rows} rows, ${(fileBytes / MB).toFixed(0)} MB, in ${seconds.toFixed(1)} s, status ${status}, ${Math.round(rows / seconds)} rows a second`,
  );
  for (const quarter of [1, 2, 3, 4] as const) {
    const [rss, heap] = (['rss', 'heapUsed'] as const).map((what) => mostIn(quarter, measured, what) / MB);
    console.log(
      `quarter ${quarter}: at most ${rss?.toFixed(1)} MB resident, ${heap?.toFixed(1)} MB of live heap`,
    );
  }
}

if (require.main === module) void main();
