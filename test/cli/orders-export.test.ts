import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportTable, type ExportOptions } from '../../cli/orders/export';
import { serviceAt, ServiceError } from '../../cli/orders/service';
import { ATTEMPTS_HEADER, ORDERS_HEADER } from '../../lambda/api/export-rows';
import type { Fen } from '../../lambda/core/ids';
import { MemoryLedger } from '../../local/memory-ledger';
import { UsageError } from '../../local/usage-error';
import type { Api } from '../support/api';
import { joined, pagesOf, rowsOf, startExports } from '../support/exports';
import { ACTOR, CLAIM, created, HOUR, newlyRegistered, newRef, saved, T0 } from '../store/support/orders';

const MCHID = '1900009191';
const PERIOD = { from: '2026-03-02T04:00:00Z', to: '2026-03-03T04:00:00Z' };

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'orders-export-'));
  out = path.join(folder, 'orders.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Thirty orders of 1 yuan and their number in fen, each with an attempt that was declined. */
async function filled(): Promise<MemoryLedger> {
  const ledger = new MemoryLedger();
  for (let n = 0; n < 30; n += 1) {
    const ref = newRef({ out_order_no: `N${String(n).padStart(2, '0')}` });
    const registration = { at: T0 + n, actor: ACTOR, total_amount: (100 + n) as Fen };
    const order = await created(ledger, newlyRegistered(ref, { registration }));
    const report = { outcome: { kind: 'declined' }, evidence: { message: '余额不足,\n请用户付款' } } as const;
    const settle = { kind: 'settle', at: T0 + n + 2, claim: CLAIM, report } as const;
    await saved(ledger, order, { kind: 'claim', open: CLAIM }, settle);
  }
  return ledger;
}

let api: Api;
let whole: Readonly<Record<'orders' | 'attempts', string>>;
beforeAll(async () => {
  const ledger = await filled();
  api = await startExports({
    ledger,
    orders: ledger,
    limits: { bytesMax: 600, rowsMax: 4 },
    now: () => T0 + HOUR,
  });
  const text = async (what: string) => {
    const pages = await pagesOf(
      api,
      `/v1/merchants/${MCHID}/export/${what}?from=${PERIOD.from}&to=${PERIOD.to}`,
    );
    expect(pages.length).toBeGreaterThan(5);
    return joined(pages);
  };
  whole = { orders: await text('orders'), attempts: await text('attempts') };
});
afterAll(async () => api.close());

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly slept: readonly number[];
}

async function run(
  what: 'orders' | 'attempts',
  more: Partial<ExportOptions> = {},
  { isTTY = false }: { isTTY?: boolean } = {},
): Promise<Ran> {
  const options = { mchid: MCHID, url: api.url, ...PERIOD, out, ...more };
  const [stdout, stderr, slept]: [string[], string[], number[]] = [[], [], []];
  const service = serviceAt(options, {
    sleepMs: async (ms) => {
      slept.push(ms);
    },
    chance: () => 0,
  });
  const status = await exportTable(what, options, service, {
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text), isTTY },
  });
  return { status, stdout: stdout.join(''), stderr: stderr.join(''), slept };
}

test.each([
  ['orders', '30 orders, ¥34.35 in all, ¥0.00 paid'],
  ['attempts', '30 rows, 30 attempts'],
] as const)('the pages of %s become one file, and what it comes to is told', async (what, summary) => {
  expect(await run(what)).toEqual({ status: 0, stdout: `${out}: ${summary}\n`, stderr: '', slept: [] });
  expect(readFileSync(out, 'utf8')).toBe(whole[what]);
  expect(readFileSync(out, 'utf8').startsWith('\uFEFFmchid,')).toBe(true);
  expect(rowsOf(readFileSync(out, 'utf8'))).toHaveLength(30);
  expect(readdirSync(folder)).toEqual(['orders.csv']);
});

test('whoever watches sees how far it is', async () => {
  const { stderr } = await run('orders', {}, { isTTY: true });
  expect(stderr).toMatch(/^\r\d+ rows …(\r\d+ rows …)+\r30 rows\n$/);
});

test('a date stands for its beginning in Beijing', async () => {
  await run('orders', { from: '2026-03-02', to: '2026-03-03' });
  expect(rowsOf(readFileSync(out, 'utf8'))).toHaveLength(30);
  await run('orders', { from: '2026-03-03', to: '2026-03-04' });
  expect(rowsOf(readFileSync(out, 'utf8'))).toHaveLength(0);
});

test('one sub-merchant and one status are asked for as they are given', async () => {
  const { stdout } = await run('orders', { subMchid: '1900000109', status: 'active' });
  expect(stdout).toContain('30 orders');
  expect((await run('orders', { subMchid: '1900000110' })).stdout).toContain(' 0 orders, ¥0.00 in all');
  expect((await run('orders', { status: 'paid' })).stdout).toContain(' 0 orders, ¥0.00 in all');
});

test('a file that is there is replaced only by a whole one', async () => {
  writeFileSync(out, 'what was exported yesterday');
  const refused = run('orders', { to: PERIOD.from });
  await expect(refused).rejects.toThrow(
    /^GET \/v1\/merchants\/1900009191\/export\/orders: 400 .*to is not after from/,
  );
  await expect(refused).rejects.toBeInstanceOf(ServiceError);
  expect(readdirSync(folder)).toEqual(['orders.csv']);
  expect(readFileSync(out, 'utf8')).toBe('what was exported yesterday');
  await run('orders');
  expect(readFileSync(out, 'utf8')).toBe(whole.orders);
});

test('a file that cannot be written is said before anything is asked for', async () => {
  const lost = path.join(folder, 'nowhere', 'orders.csv');
  await expect(run('orders', { out: lost, url: 'http://127.0.0.1:1' })).rejects.toThrow(
    new UsageError(`--out: ${lost}.part cannot be written (ENOENT)`),
  );
});

test('a folder is no file to write', async () => {
  mkdirSync(out);
  await expect(run('orders')).rejects.toThrow(new UsageError(`--out: ${out} cannot be written (EISDIR)`));
  expect(existsSync(`${out}.part`)).toBe(false);
});

test('attempts have no status', async () => {
  await expect(run('attempts', { status: 'paid' })).rejects.toThrow(
    new UsageError('--status: only orders have one; leave it out for attempts'),
  );
  expect(readdirSync(folder)).toEqual([]);
});

describe('a service', () => {
  let stub: Server;
  afterEach(() => stub.close());

  async function passOn({ url = '' }: IncomingMessage, response: ServerResponse): Promise<void> {
    const real = await fetch(`${api.url}${url}`);
    const headers = Object.fromEntries([...real.headers].filter(([name]) => name !== 'content-length'));
    response.writeHead(real.status, headers).end(Buffer.from(await real.arrayBuffer()));
  }

  /** Before the real one; what it does not answer itself goes on. */
  async function before(
    answer: (request: IncomingMessage, response: ServerResponse, call: number) => boolean,
  ) {
    let calls = 0;
    stub = createServer((request, response) => {
      if (!answer(request, response, (calls += 1))) void passOn(request, response);
    });
    await new Promise<void>((resolve) => void stub.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
  }

  test('that is overloaded for a while delays the export and takes nothing from it', async () => {
    const url = await before((_request, response, call) => {
      if (call % 3 === 0) return false;
      if (call % 3 === 1)
        response.writeHead(503, { 'retry-after': '2' }).end('{"title":"Ledger out of reach"}');
      else response.destroy();
      return true;
    });
    const { status, slept } = await run('orders', { url });
    expect(status).toBe(0);
    expect(readFileSync(out, 'utf8')).toBe(whole.orders);
    expect(slept.length).toBeGreaterThan(10);
    expect(slept).toContain(2_000);
  });

  test('that stays away ends the export, and leaves no half of a file', async () => {
    const url = await before((_request, response, call) => {
      if (call < 3) return false;
      response.writeHead(503).end('{"title":"Ledger out of reach","detail":"Try again."}');
      return true;
    });
    await expect(run('orders', { url })).rejects.toThrow('503 Ledger out of reach: Try again.');
    expect(readdirSync(folder)).toEqual([]);
  });

  /** A page of an export with this body, and a next one or not. */
  function page(body: string, more: Readonly<Record<string, string>> = {}) {
    return (response: ServerResponse): true => {
      const headers = { 'content-type': 'text/csv; charset=utf-8', 'x-rows-left-out': '2', ...more };
      response.writeHead(200, headers).end(body);
      return true;
    };
  }

  const NEXT = { 'x-next-cursor': 'next' };
  /** A row of orders with so much due and paid. */
  const row = (...amounts: readonly [total: string, paid: string]) =>
    `${[...Array.from({ length: 8 }, () => 'x'), ...amounts, ...Array.from({ length: 8 }, () => '')].join(',')}\r\n`;

  test('that left orders out makes the export fail, with all the others in the file', async () => {
    const url = await before((_request, response, call) =>
      call === 1
        ? page(`\uFEFF${ORDERS_HEADER}${row('5', '')}`, NEXT)(response)
        : page(row('', '7'))(response),
    );
    expect(await run('orders', { url })).toMatchObject({
      status: 1,
      stdout: `${out}: 2 orders, ¥0.05 in all, ¥0.07 paid\n`,
      stderr:
        '4 orders are not in it: another release of the service wrote them. Export again when only one release is running.\n',
    });
    expect(readFileSync(out, 'utf8')).toBe(`\uFEFF${ORDERS_HEADER}${row('5', '')}${row('', '7')}`);
  });

  test('that is newer may have more columns', async () => {
    const header = ORDERS_HEADER.replace('\r\n', ',fees\r\n');
    const url = await before((_request, response) => page(header)(response));
    expect((await run('orders', { url })).stdout).toBe(`${out}: 0 orders, ¥0.00 in all, ¥0.00 paid\n`);
  });

  test.each([
    ['a page of HTML', '<html>Log in</html>', { 'content-type': 'text/html' }],
    ['the header of another table', ATTEMPTS_HEADER, {}],
    ['nothing', '', {}],
    ['rows of another length', `${ORDERS_HEADER}x,y\r\n`, {}],
    ['a quote that does not close', `${ORDERS_HEADER}"x`, {}],
    ['no word of what it left out', ORDERS_HEADER, { 'x-rows-left-out': 'some' }],
  ])('that answers with %s is told apart from one, in a line, and no file is made', async (_, body, more) => {
    const url = await before((_request, response) => page(body, more)(response));
    await expect(run('orders', { url })).rejects.toThrow(
      new ServiceError(
        'The service answered something else than the CSV of orders: is --url the address of its API?',
      ),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('whose later pages are of another kind is told apart too', async () => {
    const url = await before((_request, response, call) =>
      call === 1 ? page(ORDERS_HEADER, NEXT)(response) : page('x,y\r\n')(response),
    );
    await expect(run('orders', { url })).rejects.toThrow('something else than the CSV of orders');
  });

  test.each([1, 3, 7])('whose pages run in a circle of %i ends the export', async (circle) => {
    const url = await before((_request, response, call) =>
      page(call === 1 ? ORDERS_HEADER : '', { 'x-next-cursor': `${call % circle}` })(response),
    );
    await expect(run('orders', { url })).rejects.toThrow('The service’s pages run in a circle');
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('npm run orders -- export does it from the command line', async () => {
  const child = spawn(
    process.execPath,
    `--import tsx cli/orders.ts export orders --mchid ${MCHID} --url ${api.url} --from ${PERIOD.from} --to ${PERIOD.to} --out`
      .split(' ')
      .concat(out),
    { cwd: path.join(__dirname, '..', '..'), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(String(chunk)));
  const status = await new Promise((resolve) => void child.on('close', resolve));
  expect([status, output.join('')]).toEqual([0, `${out}: 30 orders, ¥34.35 in all, ¥0.00 paid\n`]);
  expect(readFileSync(out, 'utf8')).toBe(whole.orders);
}, 60_000);
