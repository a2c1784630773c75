import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Customer, type NewOrder, type Simulator, startWechatPay } from '../../../local/wechatpay/index';
import { openJournal } from '../../../local/wechatpay/journal';
import {
  APIV3_KEY,
  change,
  drawKeys,
  gist,
  type Keys,
  MCHID,
  MINUTE_MS,
  NOON_MS,
  order,
  pay,
  query,
  SECOND_MS,
  send,
  SUB_MCHID,
  type World,
} from './caller';

const ROOT = path.resolve(__dirname, '../../..');
const MCHIDS: ReadonlySet<string> = new Set([MCHID]);
const keyOf = (out_order_no: string) => ({ mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no });
const KEY = keyOf('ORDER1');
const DEDUCTING = '400 INVALID_REQUEST 271316754';

let keys: Keys;
let folder: string;
let journalFile: string;
let world: World;
let running: Simulator[];

beforeAll(async () => {
  keys = await drawKeys();
});
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'journal-test-'));
  journalFile = path.join(folder, 'wechatpay.jsonl');
  running = [];
  world = { keys, nowMs: NOON_MS, simulator: await start() };
});
afterEach(async () => {
  await Promise.all(running.map((simulator) => simulator.close()));
  rmSync(folder, { recursive: true });
});

const merchants = () => [{ mchid: MCHID, apiv3_key: APIV3_KEY, certificates: [keys.api] }];

async function start(): Promise<Simulator> {
  const simulator = await startWechatPay({
    merchants: merchants(),
    platform: keys.platform,
    now: () => world?.nowMs ?? NOON_MS,
    journalFile,
  });
  running.push(simulator);
  return simulator;
}

/** Another process takes over: the one before was killed, so it closed nothing. */
const restart = async (): Promise<void> => {
  world = { keys, nowMs: world.nowMs, simulator: await start() };
};
const later = (ms: number): void => {
  world.nowMs += ms;
};
const add = (more: Partial<NewOrder> = {}) => world.simulator.addOrder(order(more));
const pays = (more: object = {}): Customer => ({ kind: 'pays', ...more });
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

describe('a simulator that is started again', () => {
  test('has the same orders, the same books, in the same order', async () => {
    add();
    add({ out_order_no: 'ORDER2', customer: pays({ balanceFen: 1500 }) });
    add({ out_order_no: 'ORDER3', phase: 'user_paid', completedAtMs: null });
    await pay(world, 'ORDER2');
    await pay(world);
    const orders = world.simulator.orders();
    await restart();
    expect(world.simulator.orders()).toEqual(orders);
    expect(world.simulator.books()).toMatchObject([
      { out_order_no: 'ORDER1', movements: [{ amountFen: 4000, cause: 'collect' }] },
      { out_order_no: 'ORDER2', movements: [{ amountFen: 1500 }], payCalls: { received: 1, processed: 1 } },
      { out_order_no: 'ORDER3', movements: [{ amountFen: 4000, cause: 'auto' }] },
    ]);
    later(SECOND_MS);
    expect(gist(await pay(world))).toBe('400 ORDER_DONE 271316657');
  });

  test('gives the next order the next number', async () => {
    add();
    await restart();
    expect(add({ out_order_no: 'ORDER2' }).order_id).toBe('10000000000000000002');
    expect(() => add()).toThrow(`order refused: order ${MCHID}/${SUB_MCHID}/ORDER1 exists`);
  });

  test('finds an order by its query_id', async () => {
    add({ query_id: 'Q1' });
    await restart();
    expect((await query(world, { query_id: 'Q1' })).json).toMatchObject({ out_order_no: 'ORDER1' });
    expect(() => add({ out_order_no: 'ORDER2', query_id: 'Q1' })).toThrow('query_id Q1 is taken');
  });

  test('has not forgotten when a customer means to pay by hand', async () => {
    add({ customer: { kind: 'declines' }, byHandAtMs: NOON_MS + MINUTE_MS });
    await restart();
    expect(world.simulator.nextEventAtMs()).toBe(NOON_MS + MINUTE_MS);
    later(2 * MINUTE_MS);
    await restart();
    expect(world.simulator.books()).toMatchObject([
      { movements: [{ atMs: NOON_MS + MINUTE_MS, amountFen: 4000, cause: 'by_hand' }] },
    ]);
    await restart();
    expect(world.simulator.nextEventAtMs()).toBe(Infinity);
  });

  test('ends a deduction that was in progress, at the time it was due', async () => {
    add({ customer: pays({ settlesAfterMs: 10 * MINUTE_MS }) });
    await pay(world);
    await restart();
    expect(world.simulator.order(MCHID, SUB_MCHID, 'ORDER1')).toMatchObject({ deduction: 'in_progress' });
    later(5 * MINUTE_MS);
    expect(gist(await pay(world))).toBe(DEDUCTING);
    later(60 * MINUTE_MS);
    await restart();
    expect(world.simulator.books()).toMatchObject([
      { movements: [{ atMs: NOON_MS + 10 * MINUTE_MS, amountFen: 4000 }] },
    ]);
  });

  test('keeps a lock to its millisecond', async () => {
    add();
    world.simulator.lock(KEY, 3 * MINUTE_MS);
    await restart();
    later(3 * MINUTE_MS - 1);
    expect(gist(await pay(world))).toBe(DEDUCTING);
    later(SECOND_MS);
    expect(gist(await pay(world))).toBe('204');
  });

  test('knows what is left of a balance', async () => {
    add({ customer: pays({ balanceFen: 1500 }) });
    await pay(world);
    await restart();
    later(5 * MINUTE_MS);
    expect(gist(await pay(world))).toBe('403 TRADE_ERROR 271316574');
  });

  test('leaves a balance without a limit unlimited', async () => {
    add();
    await restart();
    expect(gist(await pay(world))).toBe('204');
  });

  test('knows that the last call was less than a second ago, and the reason of a cancellation', async () => {
    add();
    await change(world, 'cancel', { reason: 'rain' });
    await restart();
    expect(gist(await change(world, 'cancel', { reason: 'rain' }))).toBe('429 FREQUENCY_LIMITED 268435472');
    later(SECOND_MS);
    expect(gist(await change(world, 'cancel', { reason: 'rain' }))).toBe('204');
  });

  test('has forgotten no call to /pay, not even one whose answer was lost or that was refused', async () => {
    add({ customer: { kind: 'declines' } });
    world.simulator.fault({ kind: 'lost_answer' });
    await expect(pay(world)).rejects.toThrow('ECONNRESET');
    expect(gist(await pay(world))).toBe('429 FREQUENCY_LIMITED 268435472');
    await restart();
    expect(world.simulator.books()).toMatchObject([{ payCalls: { received: 2, processed: 1 } }]);
  });

  test('has what the customer did, and what time did, as soon as anyone was told', async () => {
    add();
    add({ out_order_no: 'ORDER2', autoDeductionsAtMs: [NOON_MS + MINUTE_MS] });
    add({ out_order_no: 'ORDER3' });
    world.simulator.payByHand(KEY);
    world.simulator.changeCustomer(keyOf('ORDER3'), { kind: 'declines' });
    later(MINUTE_MS);
    const told = world.simulator.orders();
    world.nowMs = NOON_MS;
    await restart();
    expect(world.simulator.orders()).toEqual(told);
    expect(told).toMatchObject([
      { state: 'DONE', movements: [{ cause: 'by_hand' }] },
      { state: 'DONE', movements: [{ cause: 'auto' }] },
      { state: 'DOING', customer: { kind: 'declines' } },
    ]);
  });
});

test('a process that is killed in the midst of calls has lost nothing that it answered for', async () => {
  const file = path.join(folder, 'killed.jsonl');
  const options = { merchants: merchants(), platform: keys.platform, journalFile: file };
  const script = `
    const { startWechatPay } = require('./local/wechatpay/index.ts');
    startWechatPay(${JSON.stringify(options)}).then(({ url }) => console.log(url));`;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  const url = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  const there: World = { keys, nowMs: Date.now(), simulator: { ...world.simulator, url } };

  const numbers = Array.from({ length: 300 }, (_, index) => `ORDER${index}`);
  const registered = new Set<string>();
  const paid = new Set<string>();
  const lives = numbers.map(async (out_order_no) => {
    const body = JSON.stringify(order({ out_order_no }));
    const headers = { 'Content-Length': String(body.length) };
    const { status } = await send(url, 'POST', '/_simulator/orders', headers, body);
    if (status === 201) registered.add(out_order_no);
    if (gist(await pay(there, out_order_no)) === '204') paid.add(out_order_no);
    if (paid.size === 50) child.kill('SIGKILL');
  });
  const ends = await Promise.allSettled(lives);
  child.kill('SIGKILL');
  expect(await gone).toBe('SIGKILL');
  expect(ends.some(({ status }) => status === 'rejected')).toBe(true);

  const kept = openJournal(file, MCHIDS).records;
  const numbersOf = (records: typeof kept) => records.map(({ key }) => key.out_order_no);
  expect(numbersOf(kept)).toEqual(expect.arrayContaining([...registered]));
  const moved = kept.filter(({ movements }) => movements.length === 1);
  expect(numbersOf(moved)).toEqual(expect.arrayContaining([...paid]));
  expect(paid.size).toBeGreaterThanOrEqual(50);
});

describe('the file', () => {
  test('gets a line for every change, and none for a question that changed nothing', async () => {
    add();
    await query(world);
    world.simulator.orders();
    world.simulator.order(MCHID, SUB_MCHID, 'ORDER1');
    expect(linesOf(journalFile)).toHaveLength(1);
    await pay(world);
    // The call that arrived, and what came of it.
    expect(linesOf(journalFile)).toHaveLength(3);
  });

  test('has one line an order after the start', async () => {
    add();
    add({ out_order_no: 'ORDER2' });
    world.simulator.payByHand(KEY);
    world.simulator.lock(KEY, MINUTE_MS);
    expect(linesOf(journalFile)).toHaveLength(4);
    await restart();
    expect(linesOf(journalFile)).toMatchObject([
      expect.stringContaining('"phase":"user_paid"'),
      expect.stringContaining('"out_order_no":"ORDER2"'),
    ]);
  });

  test('holds no key and no secret', async () => {
    add();
    await pay(world);
    const text = readFileSync(journalFile, 'utf8');
    expect(text).not.toContain(APIV3_KEY);
    expect(text).not.toMatch(/PRIVATE KEY|CERTIFICATE/);
  });

  test('is made by no simulator that was not asked to', async () => {
    const simulator = await startWechatPay({ merchants: merchants(), platform: keys.platform });
    running.push(simulator);
    simulator.addOrder(order({ out_order_no: 'ORDER9' }));
    await restart();
    expect(world.simulator.orders()).toEqual([]);
  });

  test('is left alone by one whose port is taken, which may be the port of its owner', async () => {
    add();
    world.simulator.payByHand(KEY);
    const before = readFileSync(journalFile, 'utf8');
    const port = Number(new URL(world.simulator.url).port);
    await expect(startWechatPay({ merchants: merchants(), journalFile, port })).rejects.toThrow('EADDRINUSE');
    await expect(startWechatPay({ merchants: merchants(), journalFile, backupPort: port })).rejects.toThrow(
      'EADDRINUSE',
    );
    expect(readFileSync(journalFile, 'utf8')).toBe(before);
  });

  test('that cannot be written keeps the simulator from starting', async () => {
    const missing = path.join(folder, 'missing', 'wechatpay.jsonl');
    await expect(startWechatPay({ merchants: merchants(), journalFile: missing })).rejects.toThrow(
      `ENOENT: no such file or directory, open '${missing}.new'`,
    );
  });

  test('of a merchant that this simulator does not have is refused', async () => {
    add();
    const copy = path.join(folder, 'copy.jsonl');
    copyFileSync(journalFile, copy);
    await expect(startWechatPay({ merchants: [], journalFile: copy })).rejects.toThrow(
      `journal ${copy}, line 1: no merchant ${MCHID} here`,
    );
  });
});
