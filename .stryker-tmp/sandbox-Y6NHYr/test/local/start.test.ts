import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApiCertificate, startWechatPay, type Simulator } from '../../local/wechatpay';
import { start, type Ended } from './spawned';

const folder = mkdtempSync(path.join(tmpdir(), 'payscore-start-'));
const MERCHANT = path.join(folder, 'merchant.json');
const ORDER = { mchid: '1900000001', sub_mchid: '1230000109', service_id: '500001', total_amount: 1_200 };

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

it('npm start explains itself', async () => {
  const help = await start('--help');
  expect([help.status, help.stderr, help.stdout.includes('--live')]).toEqual([0, '', true]);
});

describe('npm start -- --live', () => {
  it('only asks when a query is wanted', async () => {
    simulator.addOrder({ ...ORDER, out_order_no: 'LIVE-ASK' });
    const ended = await live('--query', '1230000109/LIVE-ASK');

    expect(ended.status).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ standing: { kind: 'pending', paying_amount: 1_200 } });
    expect(simulator.order('1900000001', '1230000109', 'LIVE-ASK')?.payCalls.received).toBe(0);
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

  it('does not ask about an order under another service_id than it was collected under', async () => {
    const ended = await start(
      '--live',
      '--merchant',
      MERCHANT,
      '--data',
      path.join(folder, 'ledger'),
      '--service-id',
      '77',
      '--query',
      '1230000109/LIVE|1',
      '--host',
      simulator.url,
    );
    expect([ended.status, ended.stderr.trim()]).toEqual([
      1,
      'the ledger knows this order under service_id 500001, not 77',
    ]);
  });

  it('keeps nothing of an order that it was not allowed to collect', async () => {
    simulator.addOrder({ ...ORDER, out_order_no: 'LIVE-PAID', phase: 'user_paid' });
    const wrong = await live('--collect', '1230000109/LIVE-PAID', '--yes', '--service-id', '77');
    const right = await live('--collect', '1230000109/LIVE-PAID', '--yes');

    expect([wrong.status, right.status]).toEqual([1, 1]);
    expect(right.stdout).toContain('"because": "paid"');
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
