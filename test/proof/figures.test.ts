import { BEGIN, END, figuresOf, withFigures, type Figures } from './figures';

const ABOUT = { date: '2026-11-30', commit: 'abc1234', machine: 'a CPU, 2 cores' };
const parts: Figures['parts'] = [
  {
    part: 'sim',
    command: 'npm run sim -- --seeds 10',
    passed: true,
    seconds: 60,
    report: { seeds: 10, simulated_days: 700, simulated_days_per_minute: 700, calls: 1_234 },
  },
  {
    part: 'fuzz',
    command: 'npm run fuzz',
    passed: true,
    seconds: 90,
    report: {
      seed: 7,
      results: [
        { surface: 'api', requests: 5_000, growthBytes: 1_048_576 },
        { surface: 'notifications', requests: 5_000, growthBytes: null },
      ],
    },
  },
  {
    part: 'chaos',
    command: 'npm run chaos',
    passed: true,
    seconds: 30,
    report: {
      orders: 60,
      payCalls: 100,
      booksFen: 12_345,
      ledgerFen: 12_345,
      faults: { workersKilled: 9, wechatpayStops: 3, store: { delayed: 40 } },
    },
  },
  {
    part: 'mutation',
    command: 'npm run mutation',
    passed: true,
    seconds: 600,
    report: {
      scores: [
        { mutants: 90, detected: 81 },
        { mutants: 10, detected: 10 },
      ],
    },
  },
];

test('the figures say what was run, when, on which commit and machine, and what came of it', () => {
  const text = figuresOf({ ...ABOUT, parts });
  expect(text).toContain('Measured on 2026-11-30 at commit `abc1234`: a CPU, 2 cores.');
  expect(text).toContain(
    '10 seeds, 700 simulated days at 700 a minute, 1,234 calls; no promise broken | 1.0 |',
  );
  expect(text).toContain(
    '5,000 to the API, memory 1.0 MB; 5,000 to the notification route; seed 7; nothing found',
  );
  expect(text).toContain('60 orders, 100 calls of /pay; 9 workers killed, WeChat Pay stopped 3 times');
  expect(text).toContain('books ¥123.45, ledger ¥123.45, no difference');
  expect(text).toContain('100 mutants in 2 files, 91.0 % noticed');
});

test('a part that failed is told as failed, whatever it reported', () => {
  const failed = parts.map((part) => ({ ...part, passed: false }));
  const text = figuresOf({ ...ABOUT, parts: failed });
  expect(text.match(/\*\*failed\*\*/g)).toHaveLength(4);
  expect(text).not.toMatch(/nothing found|no difference|no promise broken/);
});

test('the figures take the place of those before, and nothing else in the document changes', () => {
  const document = `above\n${BEGIN}\nold\n${END}\nbelow\n`;
  expect(withFigures(document, 'new')).toBe(`above\n${BEGIN}\n\nnew\n\n${END}\nbelow\n`);
  expect(() => withFigures('no place', 'new')).toThrow('has no place between');
});
