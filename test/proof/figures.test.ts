import { BEGIN, END, withFigures, type Figures } from './figures';

const ABOUT = { date: '2026-11-30', commit: 'abc1234', machine: 'a CPU, 2 cores' };
const parts: Figures['parts'] = [
  {
    part: 'sim',
    command: 'npm run sim -- --seeds 10',
    passed: true,
    seconds: 60,
    report: {
      seeds: 10,
      simulated_days: 700,
      simulated_days_per_minute: 700,
      calls: 1_234,
      megabytes: { first_tenth: 200, last_tenth: 201 },
    },
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
      unseen: [],
    },
  },
];

const EMPTY = `above\n${BEGIN}\n\nNothing yet.\n\n${END}\nbelow\n`;

test('the figures say what was run, when, on which commit and machine, and what came of it', () => {
  const text = withFigures(EMPTY, { ...ABOUT, parts });
  expect(text).toContain(
    '10 seeds, 700 simulated days at 700 a minute, 1,234 calls, memory of a process 200 MB at first, 201 MB at last; no promise broken | 1.0 | 2026-11-30, commit `abc1234`, a CPU, 2 cores |',
  );
  expect(text).toContain(
    '5,000 to the API, memory 1.0 MB; 5,000 to the notification route; seed 7; nothing found',
  );
  expect(text).toContain('60 orders, 100 calls of /pay; 9 workers killed, WeChat Pay stopped 3 times');
  expect(text).toContain('books ¥123.45, ledger ¥123.45, no difference');
  expect(text).toContain('100 mutants in 2 files, 91.0 % noticed, the others listed with reasons');
  expect(text).not.toContain('Nothing yet');
});

test('a part that failed is told as failed, whatever it reported', () => {
  const failed = parts.map((part) => ({ ...part, passed: false }));
  const text = withFigures(EMPTY, { ...ABOUT, parts: failed });
  expect(text.match(/\*\*failed\*\*/g)).toHaveLength(4);
  expect(text).not.toMatch(/nothing found|no difference|no promise broken/);
});

test('a part that was not run keeps the figures it had, and what was run takes the place of its own', () => {
  const before = withFigures(EMPTY, { ...ABOUT, parts });
  const chaos = parts.filter(({ part }) => part === 'chaos').map((part) => ({ ...part, passed: false }));
  const after = withFigures(before, { ...ABOUT, date: '2026-12-01', parts: chaos });
  const changed = after.split('\n').filter((line) => !before.split('\n').includes(line));
  expect(changed).toEqual([
    '| chaos | `npm run chaos` | **failed** | 0.5 | 2026-12-01, commit `abc1234`, a CPU, 2 cores |',
  ]);
  expect(after.split('\n')).toHaveLength(before.split('\n').length);
});

test('mutants of files that nobody has looked at are not told as explained', () => {
  const unseen = parts.map((part) => ({ ...part, report: { ...part.report, unseen: ['x.ts', 'y.ts'] } }));
  const text = withFigures(EMPTY, { ...ABOUT, parts: unseen.filter(({ part }) => part === 'mutation') });
  expect(text).toContain('91.0 % noticed, those of x.ts, y.ts were never looked at');
  expect(text).not.toContain('listed with reasons');
});

test('nothing else in the document changes, and one without a place for figures is refused', () => {
  const text = withFigures(EMPTY, { ...ABOUT, parts });
  expect(text.startsWith(`above\n${BEGIN}\n\n| part`)).toBe(true);
  expect(text.endsWith(`|\n\n${END}\nbelow\n`)).toBe(true);
  expect(() => withFigures('no place', { ...ABOUT, parts })).toThrow('has no place between');
});
