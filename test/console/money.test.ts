import { counted, fenOf, percent, yuan } from '../../console/src/lib/money';

test.each([
  [0, '¥0.00'],
  [1, '¥0.01'],
  [350, '¥3.50'],
  [-1_250, '−¥12.50'],
  [100_000_00, '¥100,000.00'],
  [9_007_199_254_740_991, '¥90,071,992,547,409.91'],
])('%i fen are %s', (fen, spelled) => {
  expect(yuan(fen)).toBe(spelled);
});

test('money that is no whole number of fen is never spelled', () => {
  for (const fen of [0.5, Number.NaN, Infinity, 2 ** 53]) expect(() => yuan(fen)).toThrow(RangeError);
});

test.each([
  ['12', 1_200],
  ['12.5', 1_250],
  ['12.50', 1_250],
  ['0.29', 29],
  ['¥3', 300],
  ['￥ 1,234.56', 123_456],
  [' 8.20 ', 820],
])('a person who writes %s means %i fen', (text, fen) => {
  expect(fenOf(text)).toBe(fen);
});

test.each(['', '1.234', '1.', '.5', '-1', '1e3', '12,5', '12元', '１２', '12345678901234'])(
  'what a person writes as %j is no amount',
  (text) => {
    expect(fenOf(text)).toBeUndefined();
  },
);

test('100 % is said of all only, and nothing of nothing', () => {
  expect(percent(999, 1_000)).toBe('99.9 %');
  expect(percent(9_999, 10_000)).toBe('99.9 %');
  expect(percent(3, 3)).toBe('100.0 %');
  expect(percent(0, 7)).toBe('0.0 %');
  expect(percent(0, 0)).toBeNull();
});

test('the thousands of a number are parted', () => {
  expect([0, 999, 1_000, 1_234_567].map(counted)).toEqual(['0', '999', '1,000', '1,234,567']);
});
