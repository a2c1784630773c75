import { ERROR_CODES, isPayscoreError, PayscoreError } from '../../lambda/core/errors';
import { isFen, PATTERNS } from '../../lambda/core/ids';

test.each([
  ['out_order_no', '1234323JKHDFE1243252', true],
  ['out_order_no', 'a_-|*Z9', true],
  ['out_order_no', 'x'.repeat(32), true],
  ['out_order_no', 'x'.repeat(33), false],
  ['out_order_no', '', false],
  ['out_order_no', 'a b', false],
  ['out_order_no', 'a/b', false],
  ['out_order_no', 'a%7Cb', false],
  ['out_order_no', 'a\n', false],
  ['out_order_no', '订单', false],
  ['mchid', '1900009191', true],
  ['mchid', '', false],
  ['mchid', '19000091x', false],
  ['mchid', '1'.repeat(33), false],
  ['sub_mchid', '1900000109', true],
  ['sub_mchid', '1900000109\n', false],
  ['service_id', '00004000000000157500000000000000', true],
  ['service_id', '-1', false],
] as const)('as %s, %j is taken: %s', (name, text, taken) => {
  expect(PATTERNS[name].test(text)).toBe(taken);
});

test.each([
  [0, true],
  [1, true],
  [9_007_199_254_740_991, true],
  [9_007_199_254_740_992, false],
  [-1, false],
  [0.5, false],
  [Number.NaN, false],
  [Infinity, false],
  ['1', false],
  [null, false],
  [1n, false],
])('%p is an amount in fen: %s', (value, taken) => {
  expect(isFen(value)).toBe(taken);
});

describe('the one error class', () => {
  test('has a code, a message, data and, when there is one, a cause', () => {
    const cause = new Error('below');
    const error = new PayscoreError('NOT_SENT', 'The request was not sent.', { because: 'timeout' }, cause);
    expect(error).toMatchObject({
      name: 'PayscoreError',
      code: 'NOT_SENT',
      message: 'The request was not sent.',
      data: { because: 'timeout' },
      cause,
    });
    const bare = new PayscoreError('NO_ANSWER', 'm');
    expect(bare.data).toEqual({});
    expect(bare).not.toHaveProperty('cause');
  });

  test('is told apart by its code', () => {
    const error = new PayscoreError('NOT_SENT', 'm');
    expect(isPayscoreError(error)).toBe(true);
    expect(isPayscoreError(error, 'NO_ANSWER', 'NOT_SENT')).toBe(true);
    expect(isPayscoreError(error, 'NO_ANSWER')).toBe(false);
    expect(isPayscoreError({ code: 'NOT_SENT' }, 'NOT_SENT')).toBe(false);
    expect(isPayscoreError(undefined)).toBe(false);
  });

  test('every code is spelled like its name', () => {
    expect(Object.entries(ERROR_CODES).filter(([name, code]) => name !== code)).toEqual([]);
  });
});
