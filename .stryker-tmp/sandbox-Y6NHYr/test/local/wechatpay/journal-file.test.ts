import fs, { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { Books } from '../../../local/wechatpay/books';
import { cancel } from '../../../local/wechatpay/change';
import { pay } from '../../../local/wechatpay/deduct';
import type { Customer } from '../../../local/wechatpay/index';
import { openJournal } from '../../../local/wechatpay/journal';
import { REAL_RULES } from '../../../local/wechatpay/options';
import { refuseThrottled } from '../../../local/wechatpay/states';
import { MCHID, MINUTE_MS, NOON_MS, order, SECOND_MS, SUB_MCHID } from './caller';

const MCHIDS: ReadonlySet<string> = new Set([MCHID]);
const KEY = { mchid: MCHID, sub_mchid: SUB_MCHID, out_order_no: 'ORDER1' };

let folder: string;
let file: string;
let nowMs: number;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'journal-file-test-'));
  file = path.join(folder, 'wechatpay.jsonl');
  nowMs = NOON_MS;
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const open = (slackBytes?: number): Books =>
  new Books(() => nowMs, MCHIDS, openJournal(file, MCHIDS, slackBytes));
const kept = () => openJournal(file, MCHIDS).records;
const lines = (): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);

test('whatever happened, at any moment the file holds every record to its last field', () => {
  const customer = fc.constantFrom<Customer>(
    { kind: 'pays' },
    { kind: 'pays', settlesAfterMs: MINUTE_MS },
    { kind: 'declines' },
    { kind: 'in_progress', forMs: MINUTE_MS, ends: 'paid' },
    { kind: 'in_progress', forMs: 10 * MINUTE_MS, ends: 'failed' },
  );
  const step = fc.oneof(
    fc.record({
      do: fc.constant('pass'),
      ms: fc.constantFrom(0.25, 1, SECOND_MS, 3 * MINUTE_MS, 86_400_000),
    }),
    fc.record({ do: fc.constantFrom('collect', 'by_hand', 'lock', 'cancel') }),
    fc.record({ do: fc.constant('customer'), customer }),
  ) as fc.Arbitrary<{ do: string; ms?: number; customer?: Customer }>;
  const phase = fc.constantFrom('created', 'user_confirm', 'user_paying', 'user_paid', 'revoked');
  const opening = fc.record({ phase, customer, balance: fc.constantFrom({}, { balanceFen: 1 }) });

  fc.assert(
    fc.property(opening, fc.array(step, { maxLength: 12 }), (given, steps) => {
      rmSync(file, { force: true });
      nowMs = NOON_MS;
      const books = open();
      const payer = given.customer.kind === 'pays' ? { ...given.customer, ...given.balance } : given.customer;
      const autoDeductionsAtMs = [NOON_MS + 2 * MINUTE_MS, NOON_MS + MINUTE_MS];
      const first = { ...order(), phase: given.phase, customer: payer, autoDeductionsAtMs };
      expect(books.add(first)).toMatchObject({ ok: true });
      for (const { do: what, ms = 0, customer: next } of steps) {
        nowMs += ms;
        if (what === 'by_hand') books.payByHand(KEY);
        if (what === 'lock') books.lock(KEY, MINUTE_MS);
        if (next !== undefined) books.changeCustomer(KEY, next);
        books.use(KEY, (record) => {
          if (record === undefined) throw new Error('ORDER1 is gone');
          if (what === 'collect' && refuseThrottled(record, nowMs, REAL_RULES) === undefined) {
            pay(record, nowMs, REAL_RULES);
          }
          if (what === 'cancel') cancel(record, { reason: 'rain' }, nowMs, REAL_RULES);
        });
        const told = books.use(KEY, (record) => ({ ...record }));
        expect(kept()).toEqual([told]);
      }
    }),
    { numRuns: 100 },
  );
});

describe('the file', () => {
  test('is rewritten in between when it has outgrown twice its length and the slack', () => {
    const books = open(2_000);
    books.add(order());
    const [line = ''] = lines();
    for (let ms = 1; ms <= 1_000; ms += 1) {
      books.lock(KEY, ms);
      expect(statSync(file).size).toBeLessThan(2_000 + 3 * (line.length + 20));
    }
    expect(kept()).toMatchObject([{ lockedUntilMs: NOON_MS + 1_000 }]);
  });

  test('on a full disk keeps whole lines only, and the change counts as unsaved until it is told of', () => {
    const books = open();
    books.add(order());
    const append = fs.appendFileSync;
    jest.spyOn(fs, 'appendFileSync').mockImplementationOnce((name, data) => {
      append(name, Buffer.from(data).subarray(0, 100));
      throw new Error('ENOSPC');
    });
    expect(() => books.payByHand(KEY)).toThrow('ENOSPC');
    expect(lines()).toHaveLength(1);
    expect(books.order(MCHID, SUB_MCHID, 'ORDER1')).toMatchObject({ state: 'DONE' });
    expect(kept()).toMatchObject([{ phase: 'user_paid', paidFen: 4000 }]);
  });
});

describe('a line', () => {
  test('that is cut off at the end is dropped, wherever it was cut', () => {
    const books = open();
    books.add(order());
    books.payByHand(KEY);
    const whole = readFileSync(file);
    const [first = '', second = ''] = lines();
    const begins = Buffer.byteLength(first) + 1;
    for (const cutAt of [begins, begins + 1, begins + 70, begins + Buffer.byteLength(second)]) {
      writeFileSync(file, whole.subarray(0, cutAt));
      expect(kept()).toMatchObject([{ phase: 'user_paying' }]);
      expect(readFileSync(file, 'utf8')).toBe(`${first}\n`);
    }
    writeFileSync(file, whole.subarray(0, begins - 1));
    expect(kept()).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe('');
  });

  const damages: readonly (readonly [string, (line: string) => string | Buffer, string])[] = [
    ['is empty', () => '', 'line 2: is not JSON'],
    ['is half a line', (line) => line.slice(0, 50), 'line 2: is not JSON'],
    ['is not UTF-8', (line) => Buffer.from(line.replace('充', '\u00e9'), 'latin1'), 'line 2: is not JSON'],
    ['lacks a field', (line) => line.replace('"totalFen":4000,', ''), 'at totalFen'],
    ['has an unknown field', (line) => line.replace('{', '{"colour":"red",'), 'Unrecognized key: "colour"'],
    ['has half a fen', (line) => line.replace('"paidFen":0', '"paidFen":0.5'), 'at paidFen'],
    [
      'has another sequence',
      (line) => line.replace('"sequence":1', '"sequence":2'),
      'sequence is 2, must be 1',
    ],
    [
      'skips an order',
      (line) => line.replace('ORDER1', 'ORDER2').replace('"sequence":1', '"sequence":3'),
      'must be 2',
    ],
    ['is of another merchant', (line) => line.replace(MCHID, '1900000002'), 'no merchant 1900000002 here'],
  ];
  test.each(damages)(
    'that %s is refused by file and line, and the file is left as it is',
    (_, damage, why) => {
      open().add(order());
      const [line = ''] = lines();
      appendFileSync(file, Buffer.concat([Buffer.from(damage(line)), Buffer.from(`\n${line}\ncut`)]));
      const before = readFileSync(file);
      expect(kept).toThrow(`journal ${file}, line 2: `);
      expect(kept).toThrow(why);
      expect(readFileSync(file)).toEqual(before);
    },
  );
});
