import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApiCertificate, startWechatPay, type Simulator } from '../../local/wechatpay';

const ROOT = path.resolve(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'payscore-start-'));
const MERCHANT = path.join(folder, 'merchant.json');
const ORDER = { mchid: '1900000001', sub_mchid: '1230000109', service_id: '500001', total_amount: 1_200 };

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start -- ...args`, without npm and without a terminal. */
function start(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/start.ts', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

let simulator: Simulator;
let privateKey: string;

beforeAll(async () => {
  const certificate = await createApiCertificate(ORDER.mchid);
  privateKey = certificate.private_key;
  const apiv3_key = 'an-apiv3-key-of-thirty-two-bytes';
  simulator = await startWechatPay({
    merchants: [{ mchid: ORDER.mchid, apiv3_key, certificates: [certificate] }],
  });
  const { public_key_id, public_key } = simulator.platform;
  const signing = { mchid: ORDER.mchid, keys: [certificate] };
  const verify = { mchid: ORDER.mchid, apiv3_key, public_keys: { [public_key_id]: public_key } };
  writeFileSync(MERCHANT, JSON.stringify({ signing, verify }));
});

afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true });
});

function live(...args: string[]): Promise<Ended> {
  const hosts = ['--host', simulator.url, simulator.backupUrl];
  return start(
    '--live',
    '--merchant',
    MERCHANT,
    '--data',
    path.join(folder, 'ledger'),
    '--service-id',
    '500001',
    ...args,
    ...hosts,
  );
}

describe('npm start', () => {
  it('collects the sample orders, agrees with WeChat Pay’s books, says how long it took, and ends with 0', async () => {
    const json = path.join(folder, 'demo.json');
    const ended = await start('--exit', '--json', json);

    expect(ended.stderr).toBe('');
    expect(ended.status).toBe(0);
    expect(ended.stdout).toContain('checked by wechatpay-axios-plugin on the other side');
    expect(ended.stdout).toContain('¥58.30 verified as paid.');
    expect(ended.stdout).toMatch(/10 orders in \d+\.\d s, start included\./);
    const { rows, tick, faults } = JSON.parse(readFileSync(json, 'utf8')) as {
      rows: { out_order_no: string; outcome: string; standing: string; calls_received: number }[];
      tick: object;
      faults: string[];
    };
    expect(rows.map((row) => [row.out_order_no, row.outcome, row.standing, row.calls_received])).toEqual([
      ['BIKE-1001', 'accepted', 'paid', 1],
      ['BIKE-1002', 'declined', 'pending', 1],
      ['BIKE|1003*A', 'in_progress', 'pending', 1],
      ['BIKE-1004', 'unknown', 'paid', 1],
      ['BIKE-1005', 'unknown', 'pending', 1],
      ['BIKE-1006', 'unknown', 'paid', 1],
      ['BIKE-1007', 'accepted', 'paid', 1],
      ['BIKE-1008', 'held back', 'paid', 0],
      ['BIKE-1009', 'held back', 'not_completed', 0],
      ['BIKE-1010', 'misconfigured', 'pending', 1],
    ]);
    expect(tick).toEqual({ held_back: 10 });
    expect(faults).toEqual([]);
  });

  it.each([
    [
      'a report that cannot be written',
      ['--exit', '--json', '/nonexistent/x.json'],
      '--json: /nonexistent/x.json cannot be written',
    ],
    ['an order without --live', ['--collect', '1/2'], '--query and --collect go with --live'],
  ])('%s ends at once with a sentence', async (_what, args, message) => {
    const ended = await start(...args);
    expect([ended.status, ended.stderr.trim()]).toEqual([1, message]);
  });

  it('ends with a sentence when its port is taken', async () => {
    const { port } = new URL(simulator.url);
    const ended = await start('--exit', '--port', port);
    expect([ended.status, ended.stderr.trim()]).toEqual([1, `--port: ${port} is in use`]);
  });

  it('explains itself, and refuses what it does not know', async () => {
    const help = await start('--help');
    expect([help.status, help.stdout.includes('--live')]).toEqual([0, true]);
    const unknown = await start('--bogus');
    expect([unknown.status, unknown.stderr.trim()]).toEqual([1, "error: unknown option '--bogus'"]);
  });
});

describe('npm start -- --live', () => {
  it('only asks when a query is wanted', async () => {
    simulator.addOrder({ ...ORDER, out_order_no: 'LIVE-ASK' });
    const ended = await live('--query', '1230000109/LIVE-ASK');

    expect(ended.status).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ standing: { kind: 'pending', paying_amount: 1_200 } });
    expect(simulator.order('1900000001', '1230000109', 'LIVE-ASK')?.payCalls.received).toBe(0);
  });

  it('does not ask about an order under another service_id than its ledger knows', async () => {
    const ended = await start(
      '--live',
      '--merchant',
      MERCHANT,
      '--data',
      path.join(folder, 'ledger'),
      '--service-id',
      '77',
      '--query',
      '1230000109/LIVE-ASK',
      '--host',
      simulator.url,
    );
    expect([ended.status, ended.stderr.trim()]).toEqual([
      1,
      'the ledger knows this order under service_id 500001, not 77',
    ]);
  });

  it('refuses to collect where nobody can be asked', async () => {
    simulator.addOrder({ ...ORDER, out_order_no: 'LIVE-PIPE' });
    const ended = await live('--collect', '1230000109/LIVE-PIPE');

    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('there is no terminal to ask on; --yes sends without asking');
    expect(simulator.order('1900000001', '1230000109', 'LIVE-PIPE')?.payCalls.received).toBe(0);
  });

  it('shows the call, sends it once, and holds the next run to the open attempt', async () => {
    simulator.addOrder({ ...ORDER, out_order_no: 'LIVE|1' });
    const first = await live('--collect', '1230000109/LIVE|1', '--yes');
    const second = await live('--collect', '1230000109/LIVE|1', '--yes');

    expect(first.status).toBe(0);
    expect(first.stdout).toContain('POST /v3/payscore/partner/serviceorder/LIVE%7C1/pay');
    expect(first.stdout).toContain('amount to be paid: ¥12.00');
    expect(first.stdout).toContain('"outcome": "accepted"');
    expect(second.status).toBe(1);
    expect(second.stdout).toContain('"because": "attempt_open"');
    expect(simulator.order('1900000001', '1230000109', 'LIVE|1')?.payCalls.received).toBe(1);
  });

  it.each([
    ['no merchant', ['--live'], '--live needs --merchant FILE'],
    [
      'a file that is not there',
      ['--live', '--merchant', path.join(folder, 'none.json')],
      'none.json cannot be read',
    ],
    ['no order', ['--live', '--merchant', MERCHANT], '--live needs one of --query'],
    [
      'a malformed order',
      ['--live', '--merchant', MERCHANT, '--query', 'x/y'],
      'sub_mchid is not a merchant number',
    ],
  ])('%s is refused with a sentence that says what is wrong', async (_what, args, message) => {
    const ended = await start(...args);
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toContain('    at ');
  });

  it('never prints a key', async () => {
    const broken = path.join(folder, 'broken.json');
    writeFileSync(
      broken,
      JSON.stringify({
        signing: {
          mchid: '1900000001',
          keys: [{ serial_no: 'AB', private_key: privateKey, certificate: 'x' }],
        },
        verify: {},
      }),
    );
    const ended = await start(
      '--live',
      '--merchant',
      broken,
      '--query',
      '1230000109/LIVE-ASK',
      '--service-id',
      '1',
    );

    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('signing: keys[0]: certificate is not a certificate in PEM form');
    expect(ended.stderr).toContain('verify: apiv3_key is missing');
    expect(ended.stdout + ended.stderr).not.toContain(privateKey.slice(40, 80));
  });
});
